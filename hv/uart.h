/* SPDX-License-Identifier: BSD-3-Clause */
/* A physical UART the hypervisor owns: interrupt-driven both ways, polled before and in panic. */
#ifndef HV_UART_H
#define HV_UART_H

#include "hv/err.h"
#include "hv/plan/plan.h"

struct uart;

struct uart_ops {
	const char *compatible;
	uint32_t size;                   /* bytes of registers */
	enum err (*init)(struct uart *u); /* u->regs is set; interrupts off, polled output works */
	void (*irq_on)(struct uart *u);   /* let receive interrupts through */
	unsigned int (*tx)(struct uart *u, const uint8_t *bytes, unsigned int n); /* taken, never waits */
	unsigned int (*rx)(struct uart *u, uint8_t *bytes, unsigned int n);       /* got, never waits */
	void (*tx_irq)(struct uart *u, bool on); /* interrupt when there is room again */
	void (*putc_polled)(struct uart *u, char c); /* panic, early boot: bounded wait */
};

struct uart {
	const struct uart_ops *ops;
	volatile void *regs;
	hpa_t at;
	uint32_t irq;
	uint16_t dev;         /* plan device, or NONE */
	void (*ready)(struct uart *u, void *arg); /* interrupt context: data or room */
	void *arg;
};

extern const struct uart_ops uart_pl011_ops;
extern const struct uart_ops uart_ns16550_ops;

#endif
