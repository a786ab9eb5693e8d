/* SPDX-License-Identifier: BSD-3-Clause */
/* The GIC's CPU side: list registers and the ICC registers, as the trap path and the vGIC use them. */
/* own CPU */
#ifndef ARCH_GICH_H
#define ARCH_GICH_H

#include "hv/types.h"

struct cpu;
struct vcpu;
enum trap;

/* List register state of one vCPU. */
struct gich_vcpu {
	uint32_t used; /* list registers holding a virtual interrupt, a bit each */
};

/*
 * An interrupt (IRQ in virtual mode, FIQ in direct mode) was taken to EL2 from the guest, or woke
 * arch_cpu_wait(): acknowledge and dispatch until none is pending. The hypervisor's own go to
 * trap_irq(), a guest's to its list registers; a kick only had to get here, since the trap
 * epilogue looks at cpu->events. With nothing pending it returns at once.
 */
void gich_irq(struct cpu *cpu);

/*
 * A trapped ICC_* or ICV_* register access of the guest (EC 0x18 with CRn 12, and ICC_PMR_EL1):
 * key is the ISS with direction and Rt masked out, as the SYSREG_* constants. TRAP_SKIP when
 * done; TRAP_INJECT when the register does not exist for this guest: the caller injects UNDEF.
 */
enum trap gich_sysreg(struct vcpu *v, uint32_t key, bool is_write, uint64_t *value);

#endif
