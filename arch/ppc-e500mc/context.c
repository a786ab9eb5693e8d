/* SPDX-License-Identifier: BSD-3-Clause */
/* De-privileged mode: what the guest's MSR, PID and debug registers mean for the hardware. */
/* trap context: own CPU */
#include "emul.h"

#include "hv/cpu.h"
#include "hv/part.h"
#include "tlb.h"
#include "trap_ppc.h"

/*
 * Whatever the guest believes, it runs in problem state and address space 1 with every interrupt of
 * the hypervisor enabled. Floating point and SPE are the guest's own and follow its MSR. UCLE never
 * does: a line that is locked in a cache others share would be taken from them.
 */
#define HW_MSR_FIXED (MSR_PR | MSR_IS | MSR_DS | MSR_ME | MSR_CE | MSR_EE)
#define HW_MSR_GUEST (MSR_FP | MSR_FE0 | MSR_FE1 | MSR_SPE)

/* Debug events the hardware may raise for the guest: never RST, nor what freezes timers. */
#define DBCR0_GUEST (DBCR0_IDM | DBCR0_ICMP | DBCR0_BRT)

bool guest_is_e500mc(const struct vcpu *v)
{
	(void)v;
	return tlb_core()->is_e500mc;
}

void guest_set_msr(struct vcpu *v, uint32_t msr)
{
	uint32_t changed;

	msr &= v->arch.msr_mask;
	changed = msr ^ v->arch.g.msr;
	v->arch.g.msr = msr;
	changed &= ~(MSR_EE | MSR_CE | MSR_ME | MSR_RI);
	if (changed != 0) {
		v->arch.g.context_stale |= changed == MSR_PR ? CONTEXT_PR : CONTEXT_ALL;
	}
}

/*
 * refill.S works in a context that has a process id, where fetches and loads see one space, and that
 * has had a small page already. spid: 0 for none.
 */
static void refill_load(struct vcpu *v, unsigned int spaces, unsigned int pr, unsigned int spid)
{
	uint32_t mas1 = MAS1_V | (spaces != 0 ? MAS1_TS : 0) | (uint32_t)field_put(MAS1_TSIZE, 2);
	bool is_on = (spaces == 0 || spaces == 3) && shadow_has_small(&v->arch.shadow, spid);

	v->arch.refill.by_pr[pr].shift = !pr;
	v->arch.refill.by_pr[pr].mas1 =
		MAS1_V | MAS1_TS | (uint32_t)(field_put(MAS1_TID, spid) | field_put(MAS1_TSIZE, 2));
	v->arch.refill.by_pr[pr].match_all = is_on ? mas1 : UINT32_MAX;
	v->arch.refill.by_pr[pr].match_pid =
		is_on ? mas1 | (uint32_t)field_put(MAS1_TID, v->arch.g.pid) : UINT32_MAX;
}

/* fast.S knows no debug events: who steps through the supervisor's instructions takes the long way. */
static uint32_t program_vector(const struct vcpu *v, bool is_user)
{
	is_user = is_user || (v->arch.hw_msr & MSR_DE) != 0;
	return (uint32_t)(uintptr_t)(is_user ? vec_program : vec_program_fast) & 0xffff;
}

void context_update(struct vcpu *v)
{
	bool is_user = v->arch.g.msr & MSR_PR;

	if (v->arch.g.context_stale != CONTEXT_PR || v->arch.epc[is_user] == 0) {
		context_load(v);
		return;
	}
	/* The other privilege of a context that is loaded: as fast.S does it. */
	v->arch.ivor6 = program_vector(v, is_user);
	tlb_set_guest_pid(v->arch.epc[is_user]);
	v->arch.g.context_stale = 0;
}

void context_load(struct vcpu *v)
{
	struct ppc_guest *g = &v->arch.g;
	unsigned int spaces = (g->msr & (MSR_IS | MSR_DS)) / MSR_DS;
	bool is_debug = (g->msr & MSR_DE) != 0 && (g->dbcr[0] & DBCR0_IDM) != 0;
	unsigned int pr = (g->msr & MSR_PR) != 0;
	unsigned int spid = shadow_pid(&v->arch.shadow, g->pid, spaces, pr);
	unsigned int other = shadow_pid_known(&v->arch.shadow, g->pid, spaces, !pr);

	v->arch.hw_msr = HW_MSR_FIXED | (g->msr & HW_MSR_GUEST) | (is_debug ? MSR_DE : 0);
	v->arch.ivor6 = program_vector(v, pr);
	v->arch.epc[pr] = EPC_USER_AS1 | spid;
	v->arch.epc[!pr] = other != 0 ? EPC_USER_AS1 | other : 0;
	tlb_set_guest_pid(v->arch.epc[pr]);
	tlb_set_debug(is_debug ? g->dbcr[0] & DBCR0_GUEST : 0);
	g->context_stale = 0;
	refill_load(v, spaces, pr, spid);
	refill_load(v, spaces, !pr, other);
}

void context_reset(struct vcpu *v)
{
	uint32_t flags = v->part->plan->flags;

	v->arch.msr_mask = guest_is_e500mc(v) ? GUEST_MSR_E500MC : GUEST_MSR_E500V2;
	if ((flags & PLAN_PART_NO_DEBUG) != 0) {
		v->arch.msr_mask &= ~MSR_DE;
	}
	if ((flags & PLAN_PART_NO_CACHE_LOCK) != 0) {
		v->arch.msr_mask &= ~MSR_UCLE;
	}
	v->arch.refill = (struct ppc_refill){ .revoked = &v->part->arch.revoked };
	v->arch.g.context_stale = CONTEXT_ALL;
}
