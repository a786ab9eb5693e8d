/* SPDX-License-Identifier: BSD-3-Clause */
/* Handlers by interrupt number; the controller itself is the architecture's. */
/* registered by any CPU, called on the CPU that took the interrupt */
#include "kit/kit.h"

static struct {
	irq_fn *fn;
	void *arg;
} handlers[IRQ_MAX];

volatile uint32_t irq_spurious;

void irq_on(uint32_t irq, irq_fn *fn, void *arg)
{
	if (irq >= IRQ_MAX) {
		return;
	}
	handlers[irq].arg = arg;
	__atomic_store_n(&handlers[irq].fn, fn, __ATOMIC_RELEASE);
	irq_line_on(irq, true);
}

void irq_off(uint32_t irq)
{
	if (irq < IRQ_MAX) {
		irq_line_on(irq, false);
		handlers[irq].fn = NULL;
	}
}

void irq_dispatch(uint32_t irq)
{
	irq_fn *fn = irq < IRQ_MAX ? __atomic_load_n(&handlers[irq].fn, __ATOMIC_ACQUIRE) : NULL;

	if (fn) {
		fn(irq, handlers[irq].arg);
	} else {
		__atomic_fetch_add(&irq_spurious, 1, __ATOMIC_RELAXED);
	}
}

void irq_count(uint32_t irq, void *arg)
{
	(void)irq;
	__atomic_fetch_add((uint32_t *)arg, 1, __ATOMIC_SEQ_CST);
}
