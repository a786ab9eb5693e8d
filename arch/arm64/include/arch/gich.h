/* SPDX-License-Identifier: BSD-3-Clause */
/* The GIC's CPU side: ICC and ICH registers, list registers, and interrupts taken to EL2. */
/* own CPU */
#ifndef ARCH_GICH_H
#define ARCH_GICH_H

#include "hv/types.h"

struct cpu;
struct vcpu;
struct gic_lr;
struct vgic_cpu;
enum trap;
enum gic_maint;

/*
 * An interrupt (IRQ in virtual mode, FIQ in direct mode) was taken to EL2 from the guest, or woke
 * arch_cpu_wait(): acknowledge and dispatch. The hypervisor's own go to trap_irq(), a guest's to
 * its list registers; a kick only had to get here, since the trap epilogue looks at cpu->events.
 * With nothing pending it returns at once; what is still pending comes again.
 */
void gich_irq(struct cpu *cpu);

/*
 * A trapped ICC_* or ICV_* register access of the guest (EC 0x18 with CRn 12, and ICC_PMR_EL1):
 * key is the ISS with direction and Rt masked out, as the SYSREG_* constants. TRAP_SKIP when
 * done; TRAP_INJECT when the register does not exist for this guest: the caller injects UNDEF.
 */
enum trap gich_sysreg(struct vcpu *v, uint32_t key, bool is_write, uint64_t *value);

/*
 * The wait of arch_cpu_wait(): WFI with interrupts masked, then gich_irq(). A direct-mode guest
 * that was evicted with ICC_AP1R0_EL1 set would keep the hypervisor's interrupts away: they get
 * through here, and the register has the guest's value again afterwards.
 */
void gich_wait(struct cpu *cpu);

/* The vcpu on this CPU stops until its next vic_vcpu_reset(): the guest's interface is off. */
void gich_leave(struct cpu *cpu);

/* ---- for the GIC drivers ----------------------------------------------------------------- */

/* Boot CPU: which controller there is, its maintenance PPI, and whether all is in one group. */
void gich_init(unsigned int version, uint32_t maint_irq, bool is_shared_group);
/* GICv3, each CPU: system register access on, the hypervisor's group enabled. */
void gich_cpu_init(void);
/* GICv3: what ICC_SGI1R_EL1 takes for an SGI to the CPU with this MPIDR affinity. */
uint64_t gich_sgi_value(uint64_t hw_id, unsigned int sgi);
/* GICv3: send a Group 1 SGI, or the hypervisor's own; value as above. */
void gich_sgi1(uint64_t value);
void gich_kick(uint64_t value);
/* GICv3: end and deactivate a line of the hypervisor. */
void gich_eoi(uint32_t irq);

/* GICv3's part of struct gic_hw. */
uint8_t gich_lr_count(void);
uint8_t gich_prio_mask(void);
void gich_lr_get(unsigned int n, struct gic_lr *lr);
void gich_lr_put(unsigned int n, const struct gic_lr *lr);
bool gich_lr_try(struct vgic_cpu *c, uint32_t irq, uint8_t prio);
void gich_maint(enum gic_maint when);
void gich_cpu_reset(bool direct);

#endif
