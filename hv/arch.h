/* SPDX-License-Identifier: BSD-3-Clause */
/* The contract between the core and an architecture: all that hv/ may ask of arch/, and back. */
/*
 * Rules for every function unless it says otherwise: any CPU may call it, in hypervisor state with
 * interrupts masked, with or without locks held; it does not sleep, allocate or print.
 * tests/model/ implements the whole contract on the host.
 */
#ifndef HV_ARCH_H
#define HV_ARCH_H

#include "arch/types.h" /* struct cpu_arch, vcpu_arch, part_arch; ARCH_PLAN; cpu_relax(), barriers */
#include "hv/addr.h"
#include "hv/err.h"

struct cpu;
struct vcpu;
struct part;
struct plan;
struct tree;

/* What the entry code knows when it calls hv_main(). */
struct boot_info {
	hpa_t hw_tree;        /* hardware device tree, as firmware passed it */
	uint64_t cpu;         /* hw_id of this CPU: MPIDR affinity / PIR */
	struct range image;   /* the hypervisor in host-physical memory, stacks and arena included */
};

/* The one way in from arch: boot CPU, MMU on with the image mapped W^X and a way to reach RAM. */
noreturn_fn void hv_main(const struct boot_info *boot);
/* The way in for every other CPU; arch has set up its stack and cpu_self(). */
noreturn_fn void hv_secondary(struct cpu *cpu);

/* ---- cpu: physical CPUs ------------------------------------------------------------------ */

/* struct cpu of the CPU this runs on. Inline in arch/types.h: struct cpu *cpu_self(void). */

/*
 * Per-CPU hardware state that does not depend on a guest: traps, timers, errata. Once a CPU. From
 * then on cpu_self() is cpu; before, the boot CPU is &cpus[0].
 */
void arch_cpu_init(struct cpu *cpu);
/* Start a physical CPU into hv_secondary(). Boot CPU only. ERR_STATE: already on; ERR_NONE: absent. */
must_check enum err arch_cpu_start(struct cpu *cpu);
/* Make another CPU leave its guest or its idle wait and look at its posted events. */
void arch_cpu_kick(struct cpu *cpu);
/*
 * Wait with interrupts masked until an interrupt or kick is pending for this CPU, dispatch what is
 * pending to trap_irq(), return. May return early.
 */
void arch_cpu_wait(void);
/*
 * Forget this CPU's stack and continue in fn on an empty one, interrupts masked. How a CPU leaves a
 * stopped guest.
 */
noreturn_fn void arch_cpu_restack(noreturn_fn void (*fn)(void));
/* For good: mask everything and never come back. */
noreturn_fn void arch_cpu_park(void);
/* Reset / switch off the whole machine by firmware or board means; return only if that failed. */
void arch_system_reset(void);
void arch_system_off(void);

/* ---- vcpu: one guest CPU on the physical CPU it owns ------------------------------------- */

/* Architectural reset state; then the CPU's registers hold what the guest entry protocol wants. */
struct vcpu_entry {
	uint64_t pc;          /* guest virtual = guest physical at entry */
	uint64_t arg;         /* x0 / r3: guest tree address for the boot vcpu, context for others */
	bool is_boot;         /* boot vcpu of the partition (ppc: initial mapped area rules differ) */
};
/* Own CPU only. Everything the guest could have changed returns to its first-boot value. */
void arch_vcpu_reset(struct vcpu *v, const struct vcpu_entry *entry);
/* Own CPU only: load the guest's context and go. */
noreturn_fn void arch_vcpu_enter(struct vcpu *v);
/*
 * Own CPU only: the guest does not go on until the next arch_vcpu_reset() (stopped, or switched
 * off). Its timers and pending virtual interrupts fall silent, so that the idle loop can wait.
 */
void arch_vcpu_leave(struct vcpu *v);
/* Own CPU only, guest has trapped: general register n in the convention of the hypercall ABI. */
uint64_t arch_vcpu_reg(const struct vcpu *v, unsigned int n);
void arch_vcpu_set_reg(struct vcpu *v, unsigned int n, uint64_t x);
uint64_t arch_vcpu_pc(const struct vcpu *v);
/* Own CPU only, trapped in user mode of the guest. */
bool arch_vcpu_is_user(const struct vcpu *v);
/*
 * Own CPU only: the access the vcpu just trapped on hits nothing. Delivered into the guest as its
 * hardware would: synchronous external abort / machine check.
 */
void arch_vcpu_inject_bus_error(struct vcpu *v, gpa_t at, bool is_write);
/* Human-readable registers, one line per emit() call. Own CPU, or the vcpu is stopped or paused. */
void arch_vcpu_dump(const struct vcpu *v, void (*emit)(const char *line));

/* ---- gspace: guest-physical space of a partition ----------------------------------------- */

/*
 * Build the partition's translation from its plan slice (p->plan->mems), with the largest blocks
 * that fit. Once, at boot, before any of its vcpus runs. ERR_FULL: table pool exhausted.
 */
must_check enum err arch_gspace_init(struct part *p);
/* Remove or restore all access for all vcpus of the partition at once (forced eviction). */
void arch_gspace_revoke(struct part *p);
void arch_gspace_restore(struct part *p);

/* ---- hmem: the hypervisor's view of host-physical memory --------------------------------- */

/*
 * A pointer through which this CPU may read and write [at, at + *size); *size is cut to what one
 * view covers (at least up to the next 4 KiB boundary). Valid until the next call on this CPU; where
 * ARCH_HMEM_VIEWS (arch/types.h) is more than 1, that many calls.
 * Memory only, cacheable.
 */
void *arch_hmem(hpa_t at, uint64_t *size);
/* Boot CPU, first of all: the board's memory. Before it, arch_hmem() may reach the board's tree alone. */
void arch_hmem_ram(const struct tree *hw);
/* Host-physical address of something in the hypervisor's own image. */
hpa_t arch_hmem_address(const void *p);
/* Map device registers for good, on all CPUs. Boot CPU, before the plan is sealed. NULL: no room. */
volatile void *arch_hmem_device(hpa_t at, uint64_t size);
/* After planning: unmap or write-protect what is not needed any more (plan read-only). Boot CPU. */
void arch_hmem_seal(const struct plan *plan, struct range arena);

/* ---- cache ------------------------------------------------------------------------------- */

/* Make [p, p+n) written by this CPU visible to instruction fetch and to observers with caches off. */
void arch_cache_sync(const void *p, uint64_t n);

/* ---- time -------------------------------------------------------------------------------- */

/* Free-running ticks, the same on all CPUs, and their rate. */
uint64_t arch_time_now(void);
uint64_t arch_time_hz(void);
/* This CPU's hypervisor timer: call timer_expired(cpu) at or after `when`; UINT64_MAX disarms. */
void arch_time_arm(uint64_t when);

/* ---- virtual interrupts: the guest's interrupt controller --------------------------------- */
/*
 * Implemented by hv/vgic*.c (arm64) or hv/hvpic.c and hv/vmpic.c (ppc). g_irq is plan_virq.g_irq.
 * raise/level may be called from any CPU, for any partition, at any time: they take the
 * controller's own lock and kick the target themselves.
 */
must_check enum err vic_init(struct part *p);          /* boot: registers its MMIO regions */
void vic_reset(struct part *p);                        /* all vcpus stopped: first-boot state, lines off */
void vic_vcpu_reset(struct vcpu *v);                   /* own CPU, before arch_vcpu_enter */
void vic_raise(struct part *p, uint32_t g_irq);        /* edge: make pending, coalescing */
void vic_level(struct part *p, uint32_t g_irq, bool on); /* level line of an emulated device */
void vic_sync(struct vcpu *v);                         /* own CPU, on CPU_EV_VIRQ: pending -> hardware */
void vic_pause(struct part *p, bool paused);           /* mask / unmask its physical lines */

/* ---- exit classes ------------------------------------------------------------------------ */

#define EXIT_CLASSES 24
/* Names for the `exits` table, NULL-terminated, in the order of the arch's class numbers. */
extern const char *const arch_exit_names[];

#endif
