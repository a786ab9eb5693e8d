/* SPDX-License-Identifier: BSD-3-Clause */
/* Arm PL011 UART (DDI 0183), as much of it as a console needs. */
/* any CPU */
#include "kit/kit.h"

enum {
	DR = 0x00,
	FR = 0x18,
	FR_RXFE = 1 << 4,
	FR_TXFF = 1 << 5,
	CR = 0x30,
	CR_ENABLE = 1 << 0 | 1 << 8 | 1 << 9, /* UARTEN, TXE, RXE */
	LCR_H = 0x2c,
	LCR_8BIT = 3 << 5,
	IMSC = 0x38,
	ICR = 0x44,
	INT_RX = 1 << 4,
	INT_RT = 1 << 6,
};

static volatile uint32_t *reg(uint64_t regs, unsigned int offset)
{
	return (volatile uint32_t *)(uintptr_t)(regs + offset);
}

static void pl011_init(uint64_t regs)
{
	*reg(regs, IMSC) = 0;
	*reg(regs, ICR) = 0x7ff;
	*reg(regs, LCR_H) = LCR_8BIT;
	*reg(regs, CR) = CR_ENABLE;
}

static void pl011_putc(uint64_t regs, char c)
{
	while (*reg(regs, FR) & FR_TXFF) {
		cpu_relax();
	}
	*reg(regs, DR) = (uint8_t)c;
}

static int pl011_getc(uint64_t regs)
{
	return *reg(regs, FR) & FR_RXFE ? -1 : (int)(*reg(regs, DR) & 0xff);
}

static void pl011_irq_enable(uint64_t regs, bool on)
{
	*reg(regs, IMSC) = on ? INT_RX | INT_RT : 0;
}

const struct con_uart con_pl011 = {
    .compatible = "arm,pl011",
    .init = pl011_init,
    .putc = pl011_putc,
    .getc = pl011_getc,
    .irq_enable = pl011_irq_enable,
};
