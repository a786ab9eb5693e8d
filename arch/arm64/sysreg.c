/* SPDX-License-Identifier: BSD-3-Clause */
/* What a guest may see of the CPU's system registers: one decision for each that is trapped. */
/* trap context: own CPU, guest stopped, interrupts masked */
/*
 * Which accesses trap is set by part_hcr() (HCR_EL2) and cpu_traps() in cpu.c; the policy:
 *
 *   ID registers (HCR.TID3)         read: hardware & mask below; reserved ones read as zero
 *   ICC_* that trap                 the virtual GIC decides (gich_sysreg)
 *   CNTPCT_EL0                      read: the guest's virtual count, so that a restarted partition
 *                                   starts at 0 and U-Boot-like guests that use it work
 *   CNTP_*                          UNDEF: guests have the virtual timer; PPI 30 is not theirs
 *   OSLAR, OSLSR                    executed: the lock is of this CPU, which is the guest's
 *   OSDLR                           RAZ/WI, as architected where DoubleLock is absent (which the
 *                                   guest's ID_AA64DFR0_EL1 says)
 *   DBGPRCR, MDRAR, DBGDSAR         UNDEF: power-down requests and the debug ROM are the machine's
 *   other debug registers           do not trap: breakpoints and watchpoints cannot fire at EL2
 *                                   (MDCR_EL2.TDE = 0), and are reset with the vCPU
 *   PMU, SPE, trace, AMU            hidden and UNDEF: nothing counts or observes the hypervisor
 *   ACTLR_EL1, IMPLEMENTATION
 *   DEFINED space, LORegions, RAS   hidden where there is an ID field, UNDEF
 *   SVE, SME, MTE                   hidden, UNDEF
 *   DC xSW                          do not trap: HCR.SWIO makes invalidation clean first, so a
 *                                   guest can lose nobody's data, its own included
 *   everything else that traps      UNDEF; nothing is accepted and ignored
 */
#include "arch/gich.h"
#include "trap.h"

/* Four-bit ID field f at bit n. */
#define F(n) MASK((n) + 3, n)
#define ALL (~UINT64_C(0))

struct id_reg {
	uint8_t crm, op2;
	uint64_t keep; /* bits of the hardware's value that the guest sees */
	uint64_t set;  /* bits it sees as one */
};

/* ID_AA64PFR0_EL1: EL0, EL1, FP, AdvSIMD, GIC (see id_value), CSV2 (see id_value), CSV3, DIT. */
#define PFR0_KEEP (F(0) | F(4) | F(16) | F(20) | F(24) | F(48) | F(56) | F(60))
/* ID_AA64PFR1_EL1: BTI and SSBS. */
#define PFR1_KEEP (F(0) | F(4))
/* ID_AA64DFR0_EL1: debug version, breakpoints, watchpoints, context comparators. */
#define DFR0_KEEP (F(0) | F(12) | F(20) | F(28))
/* ID_AA64ISAR0_EL1: all but TME. */
#define ISAR0_KEEP (ALL & ~F(24))
/* ID_AA64ISAR1_EL1: all but XS and LS64, which HCRX_EL2 keeps off. */
#define ISAR1_KEEP (ALL & ~(F(56) | F(60)))
/* ID_AA64ISAR2_EL1: WFxT, RPRES, GPA3, APA3, PAC_frac, CLRBHB. */
#define ISAR2_KEEP (F(0) | F(4) | F(8) | F(12) | F(24) | F(28))
/* ID_AA64MMFR0_EL1: all but FGT and ECV. */
#define MMFR0_KEEP (ALL & ~(F(56) | F(60)))
/* ID_AA64MMFR1_EL1: HAFDBS, VMIDBits, HPDS, PAN, SpecSEI, ETS. */
#define MMFR1_KEEP (F(0) | F(4) | F(12) | F(20) | F(24) | F(36))
/* ID_AA64MMFR2_EL1: CnP, UAO, IESB, VARange, CCIDX, ST, AT, IDS, TTL, BBM, E0PD. */
#define MMFR2_KEEP \
	(F(0) | F(4) | F(12) | F(16) | F(20) | F(28) | F(32) | F(36) | F(48) | F(52) | F(60))
/* ID_DFR0_EL1: all but the trace fields, PerfMon and TraceFilt. */
#define AA32_DFR0_KEEP (F(0) | F(4) | F(8))
/* ID_PFR0_EL1: all but AMU and RAS. */
#define AA32_PFR0_KEEP (ALL & ~(F(20) | F(28)))

/* Registers S3_0_C0_C<crm>_<op2>. One that is not here reads as zero: nothing new is shown. */
static const struct id_reg id_regs[] = {
	{ 1, 0, AA32_PFR0_KEEP, 0 }, /* ID_PFR0_EL1 */
	{ 1, 1, ALL & ~(F(12) | F(28)), 0 }, /* ID_PFR1_EL1: no virtualization, no GIC */
	{ 1, 2, AA32_DFR0_KEEP, 0 }, /* ID_DFR0_EL1 */
	{ 1, 4, ALL, 0 },            /* ID_MMFR0_EL1 */
	{ 1, 5, ALL, 0 },            /* ID_MMFR1_EL1 */
	{ 1, 6, ALL, 0 },            /* ID_MMFR2_EL1 */
	{ 1, 7, ALL, 0 },            /* ID_MMFR3_EL1 */
	{ 2, 0, ALL, 0 },            /* ID_ISAR0_EL1 */
	{ 2, 1, ALL, 0 },            /* ID_ISAR1_EL1 */
	{ 2, 2, ALL, 0 },            /* ID_ISAR2_EL1 */
	{ 2, 3, ALL, 0 },            /* ID_ISAR3_EL1 */
	{ 2, 4, ALL, 0 },            /* ID_ISAR4_EL1 */
	{ 2, 5, ALL, 0 },            /* ID_ISAR5_EL1 */
	{ 2, 6, ALL & ~F(20), 0 },   /* ID_MMFR4_EL1: no AC2 (its controls are not kept) */
	{ 2, 7, ALL, 0 },            /* ID_ISAR6_EL1 */
	{ 3, 0, ALL, 0 },            /* MVFR0_EL1 */
	{ 3, 1, ALL, 0 },            /* MVFR1_EL1 */
	{ 3, 2, ALL, 0 },            /* MVFR2_EL1 */
	{ 3, 4, F(0) | F(4), 0 },    /* ID_PFR2_EL1: CSV3, SSBS */
	{ 4, 0, PFR0_KEEP, 0 },      /* ID_AA64PFR0_EL1 */
	{ 4, 1, PFR1_KEEP, 0 },      /* ID_AA64PFR1_EL1 */
	{ 5, 0, DFR0_KEEP, F(36) },  /* ID_AA64DFR0_EL1: DoubleLock 0xf = absent */
	{ 6, 0, ISAR0_KEEP, 0 },     /* ID_AA64ISAR0_EL1 */
	{ 6, 1, ISAR1_KEEP, 0 },     /* ID_AA64ISAR1_EL1 */
	{ 6, 2, ISAR2_KEEP, 0 },     /* ID_AA64ISAR2_EL1 */
	{ 7, 0, MMFR0_KEEP, 0 },     /* ID_AA64MMFR0_EL1 */
	{ 7, 1, MMFR1_KEEP, 0 },     /* ID_AA64MMFR1_EL1 */
	{ 7, 2, MMFR2_KEEP, 0 },     /* ID_AA64MMFR2_EL1 */
};

#define ID_CASE(crm, op2)          \
	case (crm) * 8 + (op2):    \
		return sysreg_rd(S3_0_C0_C##crm##_##op2)

static uint64_t id_hardware(unsigned int crm, unsigned int op2)
{
	switch (crm * 8 + op2) {
		ID_CASE(1, 0);
		ID_CASE(1, 1);
		ID_CASE(1, 2);
		ID_CASE(1, 4);
		ID_CASE(1, 5);
		ID_CASE(1, 6);
		ID_CASE(1, 7);
		ID_CASE(2, 0);
		ID_CASE(2, 1);
		ID_CASE(2, 2);
		ID_CASE(2, 3);
		ID_CASE(2, 4);
		ID_CASE(2, 5);
		ID_CASE(2, 6);
		ID_CASE(2, 7);
		ID_CASE(3, 0);
		ID_CASE(3, 1);
		ID_CASE(3, 2);
		ID_CASE(3, 4);
		ID_CASE(4, 0);
		ID_CASE(4, 1);
		ID_CASE(5, 0);
		ID_CASE(6, 0);
		ID_CASE(6, 1);
		ID_CASE(6, 2);
		ID_CASE(7, 0);
		ID_CASE(7, 1);
		ID_CASE(7, 2);
	default:
		return 0;
	}
}

static uint64_t cap_field(uint64_t x, uint64_t field, uint64_t most)
{
	return field_get(field, x) > most ? (x & ~field) | field_put(field, most) : x;
}

/* The view of one ID register, where a mask is not enough. */
static uint64_t id_value(const struct vcpu *v, const struct id_reg *r)
{
	uint64_t x = (id_hardware(r->crm, r->op2) & r->keep) | r->set;
	uint64_t el0_aarch32;

	if (r->crm == 4 && r->op2 == 0) {
		/* EL1 is AArch64 only; CSV2 2 would bring SCXTNUM; system registers: GICv3 only. */
		el0_aarch32 = x & F(0);
		x = cap_field(cap_field(x, F(4), 1), F(56), 1) | el0_aarch32;
		x = v->part->plan->gic.version == 3 ? cap_field(x, F(24), 1) : x & ~F(24);
	} else if (r->crm == 5 && r->op2 == 0) {
		x = cap_field(x, F(0), 8);
	} else if (r->crm == 7 && r->op2 == 0) {
		x = cap_field(x, F(0), field_get(MASK(18, 16), v->part->arch.vtcr));
	} else if (r->crm == 7 && r->op2 == 2) {
		x = cap_field(x, F(16), 1);
	}
	return x;
}

static uint64_t id_read(const struct vcpu *v, uint32_t key)
{
	unsigned int crm = key >> 1 & 15;
	unsigned int op2 = key >> 17 & 7;

	for (unsigned int i = 0; i < ARRAY_SIZE(id_regs); i++) {
		if (id_regs[i].crm == crm && id_regs[i].op2 == op2) {
			return id_value(v, &id_regs[i]);
		}
	}
	return 0;
}

/* Single registers that a guest may use although they trap. False: it may not. */
static bool single_read(const struct vcpu *v, uint32_t key, uint64_t *x)
{
	switch (key) {
	case SYSREG_KEY(3, 3, 14, 0, 1): /* CNTPCT_EL0 */
		*x = sysreg_rd(cntpct_el0) - v->part->arch.cntvoff;
		return true;
	case SYSREG_KEY(2, 0, 1, 1, 4): /* OSLSR_EL1 */
		*x = sysreg_rd(oslsr_el1);
		return true;
	case SYSREG_KEY(2, 0, 1, 3, 4): /* OSDLR_EL1 */
		*x = 0;
		return true;
	default:
		return false;
	}
}

static bool single_write(uint32_t key, uint64_t x)
{
	switch (key) {
	case SYSREG_KEY(2, 0, 1, 0, 4): /* OSLAR_EL1 */
		sysreg_wr(oslar_el1, x);
		return true;
	case SYSREG_KEY(2, 0, 1, 3, 4): /* OSDLR_EL1: write ignored as architected */
		return true;
	default:
		return false;
	}
}

static enum trap access(struct vcpu *v, uint32_t key, bool is_write, uint64_t *x)
{
	/* op0 3, op1 0, CRn 12, CRm 8-15: ICC_*; CRn 4, CRm 6, op2 0: ICC_PMR_EL1 */
	if ((key & SYSREG_KEY(3, 7, 15, 8, 0)) == SYSREG_KEY(3, 0, 12, 8, 0) ||
	    key == SYSREG_KEY(3, 0, 4, 6, 0)) {
		return gich_sysreg(v, key, is_write, x);
	}
	if ((key & SYSREG_KEY(3, 7, 15, 8, 0)) == SYSREG_KEY(3, 0, 0, 0, 0) && !is_write) {
		*x = id_read(v, key);
		return TRAP_SKIP;
	}
	if (is_write ? single_write(key, *x) : single_read(v, key, x)) {
		return TRAP_SKIP;
	}
	return TRAP_INJECT;
}

enum trap sysreg_access(struct vcpu *v, uint64_t esr, unsigned int *class)
{
	uint32_t key = (uint32_t)esr & SYSREG_KEY_MASK;
	unsigned int rt = ISS_SYS_RT(esr);
	bool is_write = (esr & ISS_SYS_READ) == 0;
	uint64_t x = is_write && rt != 31 ? v->arch.x[rt] : 0;
	enum trap verdict = access(v, key, is_write, &x);

	if (likely(verdict == TRAP_SKIP)) {
		/* ICC_SGI1R, ICC_ASGI1R, ICC_SGI0R: the ones that matter in the `exits` table */
		if ((key & ~SYSREG_KEY(0, 0, 0, 0, 7)) == SYSREG_KEY(3, 0, 12, 11, 0) && is_write) {
			*class = EXIT_SGI;
		} else if (!is_write && rt != 31) {
			v->arch.x[rt] = x;
		}
		return TRAP_SKIP;
	}
	*class = EXIT_UNDEF;
	return vcpu_inject_undef(esr);
}
