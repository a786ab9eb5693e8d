/* SPDX-License-Identifier: BSD-3-Clause */
/* One trap, one way through: what vectors.S calls, and the handlers trap.c dispatches to. */
/* trap context: own CPU, guest stopped, interrupts masked */
#ifndef ARM64_TRAP_H
#define ARM64_TRAP_H

#include "arch/sysreg.h"
#include "hv/cpu.h"
#include "hv/part.h"
#include "vcpu.h"

/* Kept out of line, so that what is hot needs no stack frame for it. */
#define cold_fn __attribute__((noinline))
/*
 * On hot functions whose only addressed locals are scalars or one struct of scalars, handed to
 * callees that write their members: there is nothing in them that can overflow.
 */
#define no_canary __attribute__((no_stack_protector))

/* For vectors.S: 0, or what trap_slow() is to be called with. */
uint64_t trap_hvc(struct vcpu *v);
uint64_t trap_sync(struct vcpu *v, uint64_t esr);
/*
 * x20-x29 of the guest are still in the registers. TRAP_FULL: save them and call trap_sync();
 * TRAP_UPPER: save them and call trap_upper(), which may want trap_sync() after all.
 */
uint64_t trap_quick(struct vcpu *v, uint64_t esr, unsigned int ec);
uint64_t trap_upper(struct vcpu *v, uint64_t esr);
#define TRAP_FULL UINT64_C(0x80)
#define TRAP_UPPER UINT64_C(0x81)
uint64_t trap_irq_taken(struct vcpu *v);
uint64_t trap_fiq_taken(struct vcpu *v);
uint64_t trap_serror(struct vcpu *v, uint64_t esr);
void trap_slow(struct vcpu *v, uint64_t how);
noreturn_fn void trap_el2(const uint64_t *frame);

/* Verdict 0 is the fast way out; trap_slow() gets 1 + verdict. */
#define SLOW(verdict) (1 + (uint64_t)(verdict))

/* The one epilogue of the fast path. */
static inline uint64_t finish(struct vcpu *v, enum trap verdict, unsigned int class, uint64_t start)
{
	const volatile uint32_t *events = &v->cpu->events; /* a relaxed load in one instruction */

	exit_stat_add(&v->exits[class], sysreg_rd(cntpct_el0) - start);
	if (unlikely(verdict == TRAP_STOP || *events != 0)) {
		return SLOW(verdict);
	}
	return 0;
}

static inline void step_over(void)
{
	sysreg_wr(elr_el2, sysreg_rd(elr_el2) + 4);
}

/* Handlers. *class is preset and may be made more precise. */
enum trap abort_data(struct vcpu *v, uint64_t esr, unsigned int *class);
enum trap abort_fetch(struct vcpu *v, uint64_t esr);
enum trap sysreg_access(struct vcpu *v, uint64_t esr, unsigned int *class);
/* PSCI and SMCCC standard calls; arguments and results in the vcpu's registers. */
enum trap psci_call(struct vcpu *v, uint32_t fn);

/* ESR_EL1 for a synchronous exception of the guest, then the CPU state of its vector. */
void vcpu_inject(uint64_t esr, bool has_far, uint64_t far);
/* Undefined instruction at the guest's PC. */
enum trap vcpu_inject_undef(uint64_t esr);

#endif
