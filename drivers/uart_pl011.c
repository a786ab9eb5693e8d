/* SPDX-License-Identifier: BSD-3-Clause */
/* Arm PL011 UART: polled at first, interrupt-driven once a channel uses it. */
/* any CPU */
#include "arch/mmio.h"
#include "drivers/pl011_regs.h"
#include "hv/cpu.h"
#include "hv/lock.h"
#include "hv/uart.h"

/* Longest wait for one character: 10 bits at 1200 baud are 8.3 ms. */
#define PL011_CHAR_US 10000

static struct lock pl011_lock = LOCK_INIT(LOCK_UART, "pl011");

/* Firmware has set the line speed; 8 bits and FIFOs are ours, the divisors stay. */
static enum err pl011_init(struct uart *u)
{
	volatile void *r = u->regs;
	uint32_t cr = mmio_rd32(r, PL011_CR);

	mmio_wr32(r, PL011_IMSC, 0);
	mmio_wr32(r, PL011_ICR, PL011_INT_ALL);
	/* LCR_H may be written only while the UART is off, and off only when it is not busy. */
	if ((mmio_rd32(r, PL011_LCR_H) & PL011_LCR_FEN) == 0) {
		(void)cpu_wait_until(!(mmio_rd32(r, PL011_FR) & PL011_FR_BUSY),
				     (uint64_t)PL011_CHAR_US);
		mmio_wr32(r, PL011_CR, cr & ~PL011_CR_UARTEN);
		mmio_wr32(r, PL011_LCR_H, PL011_LCR_FEN | PL011_LCR_8BIT);
	}
	mmio_wr32(r, PL011_IFLS, field_put(PL011_IFLS_TX, 1) | field_put(PL011_IFLS_RX, 1));
	mmio_wr32(r, PL011_CR, cr | PL011_CR_UARTEN | PL011_CR_TXE | PL011_CR_RXE);
	return OK;
}

static void pl011_irq_on(struct uart *u)
{
	mmio_wr32(u->regs, PL011_IMSC, PL011_INT_RX | PL011_INT_RT);
}

static unsigned int pl011_tx(struct uart *u, const uint8_t *bytes, unsigned int n)
{
	unsigned int done = 0;

	while (done < n && !(mmio_rd32(u->regs, PL011_FR) & PL011_FR_TXFF)) {
		mmio_wr32(u->regs, PL011_DR, bytes[done++]);
	}
	return done;
}

static unsigned int pl011_rx(struct uart *u, uint8_t *bytes, unsigned int n)
{
	unsigned int got = 0;

	while (got < n && !(mmio_rd32(u->regs, PL011_FR) & PL011_FR_RXFE)) {
		bytes[got++] = (uint8_t)mmio_rd32(u->regs, PL011_DR);
	}
	return got;
}

static void pl011_tx_irq(struct uart *u, bool on)
{
	uint32_t mask;

	lock_take(&pl011_lock);
	mask = mmio_rd32(u->regs, PL011_IMSC);
	if (on != !!(mask & PL011_INT_TX)) {
		mmio_wr32(u->regs, PL011_IMSC, mask ^ (uint32_t)PL011_INT_TX);
	}
	lock_drop(&pl011_lock);
}

static void pl011_putc_polled(struct uart *u, char c)
{
	(void)cpu_wait_until(!(mmio_rd32(u->regs, PL011_FR) & PL011_FR_TXFF),
			     (uint64_t)PL011_CHAR_US);
	mmio_wr32(u->regs, PL011_DR, (uint8_t)c);
}

const struct uart_ops uart_pl011_ops = {
    .compatible = "arm,pl011",
    .size = 0x1000,
    .init = pl011_init,
    .irq_on = pl011_irq_on,
    .tx = pl011_tx,
    .rx = pl011_rx,
    .tx_irq = pl011_tx_irq,
    .putc_polled = pl011_putc_polled,
};
