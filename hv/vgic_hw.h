/* SPDX-License-Identifier: BSD-3-Clause */
/* What the virtual GIC asks of the physical one; the host tests put arrays behind it. */
/* any CPU, unless a member says otherwise; CPUs are named by their index in the plan */
#ifndef HV_VGIC_HW_H
#define HV_VGIC_HW_H

#include "hv/types.h"

/* The set/clear register pairs: one bit a line, 32 lines a word. */
enum gic_bank {
	GIC_ENABLE,
	GIC_PEND,
	GIC_ACTIVE,
};

/* A list register, independent of its layout. Bits of .state may be both set when is_hw is not. */
enum gic_lr_state {
	GIC_LR_PEND = 1,
	GIC_LR_ACTIVE = 2,
};

struct gic_lr {
	uint16_t irq;    /* virtual INTID, and the physical one when is_hw */
	uint8_t prio;
	uint8_t state;   /* enum gic_lr_state bits; 0: empty */
	uint8_t source;  /* GICv2 SGIs: the vCPU that sent it */
	bool is_hw;      /* the guest's deactivation deactivates the physical line */
	bool want_eoi;   /* maintenance interrupt when the guest ends it; not with is_hw */
};

/* When a maintenance interrupt is wanted beyond that. */
enum gic_maint {
	GIC_MAINT_NONE,
	GIC_MAINT_NO_PENDING, /* no list register is pending any more */
	GIC_MAINT_UNDERFLOW,  /* at most one list register is in use */
};

/* The hypervisor's own SGI: makes a CPU come to EL2. Never a guest's. */
enum { GIC_KICK_SGI = 15 };

/* Most urgent priority a guest's physical line gets: 0 is the hypervisor's alone. */
enum { GIC_GUEST_PRIO = 0x20 };

struct vgic_cpu;

struct gic_hw {
	uint8_t version;        /* 2 or 3 */
	/* Deactivation through a list register loses what came meanwhile: end lines by maintenance. */
	bool ends_by_hand;
	bool can_direct;        /* guests can take Group 1 while the hypervisor keeps Group 0 */
	/* The controller knows this CPU; all others below are only called for such CPUs. */
	bool (*has_cpu)(unsigned int cpu);
	/* Word 0 (SGIs and PPIs) is per CPU; GICv2 reaches only that of the calling CPU. */
	uint32_t (*get)(unsigned int cpu, enum gic_bank bank, unsigned int word);
	void (*set)(unsigned int cpu, enum gic_bank bank, unsigned int word, uint32_t bits);
	void (*clear)(unsigned int cpu, enum gic_bank bank, unsigned int word, uint32_t bits);
	void (*prio)(unsigned int cpu, uint32_t irq, uint8_t prio);
	void (*trigger)(unsigned int cpu, uint32_t irq, bool edge);
	void (*route)(uint32_t irq, unsigned int cpu);
	/* A Group 1 SGI 0..14 to one CPU (GICv3). */
	void (*sgi)(unsigned int cpu, unsigned int sgi);
	/* A clear of GIC_ENABLE is still taking effect: what RWP tells. */
	bool (*busy)(void);

	/* Own CPU: the virtual CPU interface. */
	uint8_t (*lr_count)(void);
	uint8_t (*prio_mask)(void);   /* implemented bits of a virtual priority */
	void (*lr_get)(unsigned int n, struct gic_lr *lr);
	void (*lr_put)(unsigned int n, const struct gic_lr *lr);
	/*
	 * Put a pending interrupt that stands alone (no HW) into an empty list register; nothing to do
	 * when one has it pending already. False: none is empty, or it is active. NULL: not worth it.
	 */
	bool (*lr_try)(struct vgic_cpu *c, uint32_t irq, uint8_t prio);
	void (*maint)(enum gic_maint when);
	/* As after a cold start: list registers empty, guest's CPU interface off. */
	void (*cpu_reset)(bool direct);
};

/* The board's controller: set by its driver's init(), before any vic_init(). */
extern const struct gic_hw *gic_hw;

#endif
