/* SPDX-License-Identifier: BSD-3-Clause */
/* Which accesses of a guest come to EL2. sysreg.c decides what becomes of them. */
/* own CPU */
#include "traps.h"

#include "arch/sysreg.h"
#include "hv/part.h"

/* CPTR_EL2 (D19.2.34, E2H = 0): RES1 bits, which trap SVE and SME where they exist; trace, AMU. */
#define CPTR_VALUE (0x33ffu | BIT(20) | BIT(30))
/* MDCR_EL2 (D19.2.107) without HPMN: TDRA, TDOSA; TPM, TPMCR; TPMS, trace filter. Not TDA, TDE. */
#define MDCR_TPMCR BIT(5)
#define MDCR_TPM BIT(6)
#define MDCR_TDOSA BIT(10)
#define MDCR_TDRA BIT(11)
#define MDCR_TPMS BIT(14)
#define MDCR_TTRF BIT(19)

static bool has(uint64_t id, unsigned int bit)
{
	return (id >> bit & 15) != 0;
}

uint64_t cpu_hcr(const struct part *p)
{
	uint64_t pfr0 = sysreg_rd(id_aa64pfr0_el1);
	uint64_t isar1 = sysreg_rd(id_aa64isar1_el1);
	uint64_t hcr = HCR_VM | HCR_SWIO | HCR_FMO | HCR_AMO | HCR_TID3 | HCR_TSC | HCR_TIDCP |
		       HCR_TACR | HCR_RW;

	if (p->plan->irq_mode != PLAN_IRQ_DIRECT) {
		hcr |= HCR_IMO;
	}
	if (has(sysreg_rd(id_aa64mmfr1_el1), 16)) {
		hcr |= HCR_TLOR;
	}
	if (has(pfr0, 28)) {
		hcr |= HCR_TERR;
	}
	if (has(sysreg_rd(id_aa64pfr1_el1), 8)) {
		hcr |= HCR_TID5;
	}
	/* Pointer authentication is the guest's: no traps on instructions and keys. */
	if (has(isar1, 4) || has(isar1, 8) || has(isar1, 24) || has(isar1, 28) ||
	    has(sysreg_rd(S3_0_C0_C6_2), 8) || has(sysreg_rd(S3_0_C0_C6_2), 12)) {
		hcr |= HCR_APK | HCR_API;
	}
	return hcr;
}

/* Fine-grained and extended controls default to "no trap, feature off" when they are zero. */
static void extended_traps(void)
{
	uint64_t mmfr0 = sysreg_rd(id_aa64mmfr0_el1);

	if (has(mmfr0, 56)) { /* FGT: HFGRTR, HFGWTR, HFGITR, HDFGRTR, HDFGWTR */
		sysreg_wr(S3_4_C1_C1_4, 0);
		sysreg_wr(S3_4_C1_C1_5, 0);
		sysreg_wr(S3_4_C1_C1_6, 0);
		sysreg_wr(S3_4_C3_C1_4, 0);
		sysreg_wr(S3_4_C3_C1_5, 0);
	}
	if (has(sysreg_rd(id_aa64mmfr1_el1), 40)) { /* HCX */
		sysreg_wr(S3_4_C1_C2_2, 0);
	}
}

void cpu_traps(void)
{
	uint64_t dfr0 = sysreg_rd(id_aa64dfr0_el1);
	uint64_t pmu = field_get(MASK(11, 8), dfr0);
	uint64_t mdcr = MDCR_TPMCR | MDCR_TPM | MDCR_TDOSA | MDCR_TDRA;

	if (pmu != 0 && pmu != 15) {
		/* HPMN = PMCR.N: no counter is set apart, and all accesses trap anyway. */
		mdcr |= field_get(MASK(15, 11), sysreg_rd(pmcr_el0));
		sysreg_wr(pmuserenr_el0, 0);
		sysreg_wr(pmcr_el0, 0);
	}
	if (has(dfr0, 32)) {
		mdcr |= MDCR_TPMS;
	}
	if (has(dfr0, 40)) {
		mdcr |= MDCR_TTRF;
	}
	sysreg_wr(mdcr_el2, mdcr);
	sysreg_wr(cptr_el2, CPTR_VALUE);
	sysreg_wr(hstr_el2, 0); /* AArch32 EL0 keeps its thread registers; TIDCP has the rest */
	sysreg_wr(cnthctl_el2, 0); /* EL1PCTEN = EL1PCEN = 0: physical counter and timer trap */
	extended_traps();
	sysreg_wr(hcr_el2, HCR_IDLE);
	isb();
}
