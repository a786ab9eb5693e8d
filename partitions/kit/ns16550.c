/* SPDX-License-Identifier: BSD-3-Clause */
/* 16550-compatible UART with byte-wide registers, as much of it as a console needs. */
/* any CPU */
#include "kit/kit.h"

enum {
	RBR = 0,
	THR = 0,
	IER = 1,
	IER_RX = 1,
	FCR = 2,
	FCR_ENABLE = 7, /* FIFOs on and empty */
	LCR = 3,
	LCR_8BIT = 3,
	LSR = 5,
	LSR_DR = 1,
	LSR_THRE = 0x20,
};

static volatile uint8_t *reg(uint64_t regs, unsigned int offset)
{
	return (volatile uint8_t *)(uintptr_t)(regs + offset);
}

static void ns16550_init(uint64_t regs)
{
	*reg(regs, IER) = 0;
	*reg(regs, LCR) = LCR_8BIT;
	*reg(regs, FCR) = FCR_ENABLE;
}

static void ns16550_putc(uint64_t regs, char c)
{
	while (!(*reg(regs, LSR) & LSR_THRE)) {
		cpu_relax();
	}
	*reg(regs, THR) = (uint8_t)c;
}

static int ns16550_getc(uint64_t regs)
{
	return *reg(regs, LSR) & LSR_DR ? *reg(regs, RBR) : -1;
}

static void ns16550_irq_enable(uint64_t regs, bool on)
{
	*reg(regs, IER) = on ? IER_RX : 0;
}

const struct con_uart con_ns16550 = {
    .compatible = "ns16550",
    .init = ns16550_init,
    .putc = ns16550_putc,
    .getc = ns16550_getc,
    .irq_enable = ns16550_irq_enable,
};
