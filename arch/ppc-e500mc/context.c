/* SPDX-License-Identifier: BSD-3-Clause */
/* De-privileged mode: what the guest's MSR, PID and debug registers mean for the hardware. */
/* trap context: own CPU */
#include "emul.h"

#include "hv/cpu.h"
#include "hv/part.h"
#include "tlb.h"

/*
 * Whatever the guest believes, it runs in problem state and address space 1 with every interrupt of
 * the hypervisor enabled. Floating point and SPE are the guest's own and follow its MSR.
 */
#define HW_MSR_FIXED (MSR_PR | MSR_IS | MSR_DS | MSR_ME | MSR_CE | MSR_EE)
#define HW_MSR_GUEST (MSR_FP | MSR_FE0 | MSR_FE1 | MSR_SPE | MSR_UCLE)

/* Debug events the hardware may raise for the guest: never RST, nor what freezes timers. */
#define DBCR0_IDM 0x40000000u
#define DBCR0_ICMP 0x08000000u
#define DBCR0_BRT 0x04000000u
#define DBCR0_GUEST (DBCR0_IDM | DBCR0_ICMP | DBCR0_BRT)

bool guest_is_e500mc(const struct vcpu *v)
{
	(void)v;
	return tlb_core()->is_e500mc;
}

void guest_set_msr(struct vcpu *v, uint32_t msr)
{
	uint32_t changed;

	msr &= guest_is_e500mc(v) ? GUEST_MSR_E500MC : GUEST_MSR_E500V2;
	changed = msr ^ v->arch.g.msr;
	v->arch.g.msr = msr;
	if ((changed & ~(MSR_EE | MSR_CE | MSR_ME | MSR_RI)) != 0) {
		v->arch.g.context_stale = true;
	}
}

void context_load(struct vcpu *v)
{
	struct ppc_guest *g = &v->arch.g;
	unsigned int spaces = (g->msr & (MSR_IS | MSR_DS)) / MSR_DS;
	bool is_debug = (g->msr & MSR_DE) != 0 && (g->dbcr[0] & DBCR0_IDM) != 0;
	unsigned int spid =
		shadow_pid(&v->arch.shadow, g->pid, spaces, (g->msr & MSR_PR) != 0);

	v->arch.hw_msr = HW_MSR_FIXED | (g->msr & HW_MSR_GUEST) | (is_debug ? MSR_DE : 0);
	tlb_set_guest_pid(spid);
	tlb_set_debug(is_debug ? g->dbcr[0] & DBCR0_GUEST : 0);
	g->context_stale = false;
}
