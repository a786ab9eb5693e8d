/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts into the guest: what the architecture does to SRRs, MSR and PC (EREF ch. 4). */
/* trap context: own CPU; the same for both virtualisation modes */
#include "emul.h"

#include "hv/part.h"
#include "pic.h"

/* MSR bits that survive an interrupt of each class (EREF table 4-3; e500mc RM 4.8). */
#define KEEP_BASE (MSR_CE | MSR_ME | MSR_DE | MSR_RI)
#define KEEP_CRITICAL (MSR_ME | MSR_DE | MSR_RI) /* DE only where debug has save registers of its own */
#define KEEP_DEBUG (MSR_ME | MSR_RI)
#define KEEP_MCHECK 0u

static void enter(struct vcpu *v, uint32_t pair[2], enum ivor ivor, uint32_t keep)
{
	struct ppc_guest *g = &v->arch.g;

	pair[0] = v->arch.f.pc;
	pair[1] = g->msr;
	v->arch.f.pc = g->ivpr | g->ivor[ivor];
	guest_set_msr(v, g->msr & keep);
}

enum trap reflect(struct vcpu *v, enum ivor ivor)
{
	enter(v, v->arch.g.srr, ivor, KEEP_BASE);
	return TRAP_INJECT;
}

enum trap reflect_program(struct vcpu *v, uint32_t esr)
{
	v->arch.g.esr = esr;
	return reflect(v, IVOR_PROGRAM);
}

enum trap reflect_data(struct vcpu *v, enum ivor ivor, uint32_t dear, uint32_t esr)
{
	v->arch.g.dear = dear;
	v->arch.g.esr = esr;
	return reflect(v, ivor);
}

enum trap reflect_fetch(struct vcpu *v, enum ivor ivor)
{
	v->arch.g.esr = 0;
	return reflect(v, ivor);
}

enum trap reflect_mcheck(struct vcpu *v, uint32_t mcsr, uint64_t addr)
{
	struct ppc_guest *g = &v->arch.g;

	g->mcsr |= mcsr;
	g->mcar = (uint32_t)addr;
	g->mcaru = (uint32_t)(addr >> 32);
	if ((g->msr & MSR_ME) == 0) {
		return part_fail(v, "machine check at pc %08lx with MSR[ME]=0: checkstop",
				 (unsigned long)v->arch.f.pc);
	}
	enter(v, g->mcsrr, IVOR_MCHECK, KEEP_MCHECK);
	return TRAP_INJECT;
}

void reflect_nmi(struct vcpu *v)
{
	v->arch.g.mcsr |= MCSR_NMI;
	enter(v, v->arch.g.mcsrr, IVOR_MCHECK, KEEP_MCHECK);
}

void pend(struct vcpu *v, enum ppc_pending p)
{
	v->arch.g.pending |= 1u << p;
}

void unpend(struct vcpu *v, enum ppc_pending p)
{
	v->arch.g.pending &= ~(1u << p);
}

/* How each pending interrupt is taken, in order of priority (EREF 4.11). */
static const struct {
	uint32_t enable;   /* the MSR bit it waits for */
	uint8_t ivor;
	uint8_t class;     /* 0 base, 1 critical, 2 debug, 3 machine check */
	bool is_latched;   /* taking it consumes it; else the source stays asserted */
} kinds[] = {
	[PPC_PEND_MCHECK] = { MSR_ME, IVOR_MCHECK, 3, true },
	[PPC_PEND_DEBUG] = { MSR_DE, IVOR_DEBUG, 2, false },
	[PPC_PEND_CRITICAL] = { MSR_CE, IVOR_CRITICAL, 1, false },
	[PPC_PEND_WATCHDOG] = { MSR_CE, IVOR_WATCHDOG, 1, false },
	[PPC_PEND_CDBELL] = { MSR_CE, IVOR_CDBELL, 1, true },
	[PPC_PEND_EXTERNAL] = { MSR_EE, IVOR_EXTERNAL, 0, false },
	[PPC_PEND_DECREMENTER] = { MSR_EE, IVOR_DECREMENTER, 0, false },
	[PPC_PEND_FIT] = { MSR_EE, IVOR_FIT, 0, false },
	[PPC_PEND_DBELL] = { MSR_EE, IVOR_DBELL, 0, true },
};

static void take(struct vcpu *v, unsigned int p)
{
	struct ppc_guest *g = &v->arch.g;

	if (kinds[p].is_latched) {
		unpend(v, p);
	}
	if (p == PPC_PEND_EXTERNAL) {
		pic_taken(v);
	}
	switch (kinds[p].class) {
	case 0:
		enter(v, g->srr, kinds[p].ivor, KEEP_BASE);
		break;
	case 1:
		enter(v, g->csrr, kinds[p].ivor,
		      guest_is_e500mc(v) ? KEEP_CRITICAL : KEEP_CRITICAL & ~MSR_DE);
		break;
	case 2:
		/* e500v2 has no save pair of its own for debug interrupts. */
		enter(v, guest_is_e500mc(v) ? g->dsrr : g->csrr, kinds[p].ivor, KEEP_DEBUG);
		break;
	default:
		enter(v, g->mcsrr, kinds[p].ivor, KEEP_MCHECK);
	}
}

bool is_deliverable(const struct vcpu *v)
{
	for (unsigned int p = 0; p < ARRAY_SIZE(kinds); p++) {
		if ((v->arch.g.pending >> p & 1) != 0 && (v->arch.g.msr & kinds[p].enable) != 0) {
			return true;
		}
	}
	return false;
}

void deliver(struct vcpu *v)
{
	struct ppc_guest *g = &v->arch.g;

	/* One interrupt clears the enables of its own class and those below: at most a few rounds. */
	for (unsigned int p = 0; p < ARRAY_SIZE(kinds); p++) {
		if ((g->pending >> p & 1) != 0 && (g->msr & kinds[p].enable) != 0) {
			take(v, p);
		}
	}
}
