/* SPDX-License-Identifier: BSD-3-Clause */
/* The physical interrupt controller, as far as the hypervisor itself uses it. */
#ifndef HV_IRQC_H
#define HV_IRQC_H

#include "hv/arch.h"
#include "hv/plan/plan.h"

/* One row per controller in drivers/table.c; the plan's board.irqc picks it. */
struct irqc_ops {
	const char *name;
	/* Boot CPU: everything masked, owned lines routed to nobody. */
	enum err (*init)(const struct plan *plan, const struct plan_dev *dev);
	/* Every CPU. ERR_TIMEOUT: the controller does not answer. */
	enum err (*cpu_init)(struct cpu *cpu);
	/* A line for the hypervisor: enable it, deliver to that CPU. Any CPU. */
	void (*claim)(uint32_t irq, struct cpu *to, uint8_t flags /* plan_irq_flags */);
	/* End a hypervisor interrupt that trap_irq() was called for. */
	void (*eoi)(uint32_t irq);
	/* Interrupt another CPU (the hypervisor's own SGI / doorbell). */
	void (*kick)(struct cpu *to);
};

extern const struct irqc_ops *irqc;
extern const struct irqc_ops irqc_gicv2_ops;
extern const struct irqc_ops irqc_gicv3_ops;
extern const struct irqc_ops irqc_mpic_ops;

/* Handler of a hypervisor-owned line; irq_register() at boot, then called by trap_irq(). */
typedef void irq_fn(struct cpu *cpu, void *arg);
must_check enum err irq_register(uint32_t irq, irq_fn *fn, void *arg);

#endif
