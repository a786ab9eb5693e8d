/* SPDX-License-Identifier: BSD-3-Clause */
/* Verdicts, and the doors through which an architecture calls the core. */
/* trap context: own CPU, guest stopped at a trap, interrupts masked */
#ifndef HV_TRAP_H
#define HV_TRAP_H

#include "hv/arch.h"

/* What becomes of a trapped instruction. Only arch's epilogue acts on it. */
enum trap {
	TRAP_SKIP,   /* done: step over the instruction */
	TRAP_RETRY,  /* state changed or nothing to step over: resume at the same PC */
	TRAP_INJECT, /* the handler recorded a fault for the guest: resume at its vector */
	TRAP_STOP,   /* the partition (or this vcpu) does not go on: trap_exit() takes over */
};

/* One load or store to guest-physical space that no memory backs. */
struct mmio {
	gpa_t addr;
	uint64_t value;  /* store: the value; load: filled in, zero-extended from size bytes */
	uint8_t size;    /* bytes: 1, 2, 4, 8 */
	bool is_write;
	uint8_t exit_class; /* out: what the access is counted under (the vdev's, or EXIT_STRAY) */
};

/*
 * Door 1: a decoded access. TRAP_SKIP: done (arch writes acc->value to the register).
 * TRAP_INJECT: nobody answers there; the bus error has been recorded.
 */
enum trap trap_mmio(struct vcpu *v, struct mmio *acc);
/*
 * Door 1b: an access that cannot be decoded (no syndrome) or an instruction fetch outside memory:
 * counts, logs, records the bus error. Always TRAP_INJECT.
 */
enum trap trap_stray(struct vcpu *v, gpa_t at, bool is_write, const char *what);
/*
 * Door 2: a hypercall; number and arguments by arch_vcpu_reg(). Arch puts the status into register
 * ARCH_HCALL_STATUS and goes on behind the call.
 */
enum hc_status trap_hcall(struct vcpu *v, uint32_t token);
/* Door 3: a physical interrupt of the hypervisor's own arrived (already acknowledged, not yet ended). */
void trap_irq(struct cpu *cpu, uint32_t irq);
/*
 * Door 4: leave the trap. Arch calls it when cpu->events is not 0 or the verdict is TRAP_STOP.
 * Runs posted events; returns if the guest goes on, else the CPU goes idle and it does not return.
 */
void trap_exit(struct vcpu *v, enum trap verdict);

/* Guest firmware requests that both architectures share (PSCI, spin table, shutdown). */
enum trap part_vcpu_on(struct vcpu *caller, unsigned int g_target, uint64_t pc, uint64_t arg,
		       int *status); /* status: 0, -ALREADY_ON.. as PSCI */
/* AFFINITY_INFO of one of the caller's vcpus: 0 on, 1 off, 2 will be on, -1 no such vcpu. */
int part_vcpu_status(const struct vcpu *caller, unsigned int g_target);
enum trap part_vcpu_off(struct vcpu *v);        /* TRAP_STOP; the vcpu waits for an ON */
enum trap part_guest_off(struct vcpu *v);       /* SYSTEM_OFF: stops the partition */
enum trap part_guest_reset(struct vcpu *v);     /* SYSTEM_RESET: restarts it */
/* The guest did something it cannot continue from: stops its partition with one line of log. */
enum trap part_fail(struct vcpu *v, const char *fmt, ...) printf_like(2, 3);

#endif
