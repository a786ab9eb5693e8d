/* SPDX-License-Identifier: BSD-3-Clause */
/* NS16550A UART with byte-wide registers: polled at first, interrupt-driven once a channel uses it. */
/* any CPU */
#include "arch/mmio.h"
#include "drivers/ns16550_regs.h"
#include "hv/cpu.h"
#include "hv/lock.h"
#include "hv/uart.h"

/* Longest wait for a FIFO to drain: 16 characters of 10 bits at 1200 baud are 133 ms. */
#define NS16550_DRAIN_US 150000

static struct lock ns16550_lock = LOCK_INIT(LOCK_UART, "ns16550");

/* Firmware has set the line speed; 8 bits and FIFOs are ours, the divisor stays. */
static enum err ns16550_init(struct uart *u)
{
	volatile void *r = u->regs;

	mmio_wr8(r, NS16550_LCR, NS16550_LCR_8BIT);
	mmio_wr8(r, NS16550_IER, 0);
	mmio_wr8(r, NS16550_FCR, NS16550_FCR_ENABLE);
	/* OUT2 gates the interrupt output on PC-style boards; harmless elsewhere. */
	mmio_wr8(r, NS16550_MCR, NS16550_MCR_OUT2);
	return OK;
}

static void ns16550_irq_on(struct uart *u)
{
	mmio_wr8(u->regs, NS16550_IER, NS16550_IER_RX);
}

static bool ns16550_has_room(struct uart *u)
{
	return mmio_rd8(u->regs, NS16550_LSR) & NS16550_LSR_THRE;
}

/* THRE says that the whole FIFO is empty: 16 bytes go at once. */
static unsigned int ns16550_tx(struct uart *u, const uint8_t *bytes, unsigned int n)
{
	unsigned int done = 0;

	while (done < n && ns16550_has_room(u)) {
		for (unsigned int i = 0; i < NS16550_FIFO && done < n; i++) {
			mmio_wr8(u->regs, NS16550_DATA, bytes[done++]);
		}
	}
	return done;
}

static unsigned int ns16550_rx(struct uart *u, uint8_t *bytes, unsigned int n)
{
	unsigned int got = 0;

	while (got < n && (mmio_rd8(u->regs, NS16550_LSR) & NS16550_LSR_DATA)) {
		bytes[got++] = mmio_rd8(u->regs, NS16550_DATA);
	}
	return got;
}

static void ns16550_tx_irq(struct uart *u, bool on)
{
	lock_take(&ns16550_lock);
	mmio_wr8(u->regs, NS16550_IER, on ? NS16550_IER_RX | NS16550_IER_TX : NS16550_IER_RX);
	lock_drop(&ns16550_lock);
}

static void ns16550_putc_polled(struct uart *u, char c)
{
	(void)cpu_wait_until(ns16550_has_room(u), (uint64_t)NS16550_DRAIN_US);
	mmio_wr8(u->regs, NS16550_DATA, (uint8_t)c);
}

const struct uart_ops uart_ns16550_ops = {
	.compatible = "ns16550",
	.size = NS16550_REGS,
	.init = ns16550_init,
	.irq_on = ns16550_irq_on,
	.tx = ns16550_tx,
	.rx = ns16550_rx,
	.tx_irq = ns16550_tx_irq,
	.putc_polled = ns16550_putc_polled,
};
