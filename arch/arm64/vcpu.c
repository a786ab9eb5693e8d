/* SPDX-License-Identifier: BSD-3-Clause */
/* The guest's CPU state: reset, entry, injected exceptions, and what others may look at. */
/* own CPU, unless a function says otherwise */
#include "vcpu.h"

#include "arch/barrier.h"
#include "frame.h"
#include "hv/cpu.h"
#include "hv/fmt.h"
#include "hv/part.h"
#include "psci.h"
#include "trap.h"

/* Copies in vcpu_arch.el1[] */
enum {
	EL1_SP0,
	EL1_SP1,
	EL1_SCTLR,
	EL1_VBAR,
	EL1_TTBR0,
	EL1_ESR,
	EL1_FAR,
	EL1_ELR,
};

void vcpu_save(struct vcpu *v)
{
	uint64_t *el1 = v->arch.el1;

	v->arch.pc = sysreg_rd(elr_el2);
	v->arch.pstate = sysreg_rd(spsr_el2);
	el1[EL1_SP0] = sysreg_rd(sp_el0);
	el1[EL1_SP1] = sysreg_rd(sp_el1);
	el1[EL1_SCTLR] = sysreg_rd(sctlr_el1);
	el1[EL1_VBAR] = sysreg_rd(vbar_el1);
	el1[EL1_TTBR0] = sysreg_rd(ttbr0_el1);
	el1[EL1_ESR] = sysreg_rd(esr_el1);
	el1[EL1_FAR] = sysreg_rd(far_el1);
	el1[EL1_ELR] = sysreg_rd(elr_el1);
}

void vcpu_load(const struct vcpu *v)
{
	sysreg_wr(elr_el2, v->arch.pc);
	sysreg_wr(spsr_el2, v->arch.pstate);
}

/* Everything EL1 and EL0 can write without a trap, to the value of a cold reset or to zero. */
static void el1_reset(void)
{
	sysreg_wr(sctlr_el1, SCTLR_EL1_RESET);
	sysreg_wr(cpacr_el1, 0);
	sysreg_wr(tcr_el1, 0);
	sysreg_wr(ttbr0_el1, 0);
	sysreg_wr(ttbr1_el1, 0);
	sysreg_wr(mair_el1, 0);
	sysreg_wr(amair_el1, 0);
	sysreg_wr(vbar_el1, 0);
	sysreg_wr(contextidr_el1, 0);
	sysreg_wr(tpidr_el0, 0);
	sysreg_wr(tpidrro_el0, 0);
	sysreg_wr(tpidr_el1, 0);
	sysreg_wr(sp_el0, 0);
	sysreg_wr(sp_el1, 0);
	sysreg_wr(elr_el1, 0);
	sysreg_wr(spsr_el1, 0);
	sysreg_wr(esr_el1, 0);
	sysreg_wr(far_el1, 0);
	sysreg_wr(afsr0_el1, 0);
	sysreg_wr(afsr1_el1, 0);
	sysreg_wr(par_el1, 0);
	sysreg_wr(csselr_el1, 0);
	sysreg_wr(fpcr, 0);
	sysreg_wr(fpsr, 0);
	sysreg_wr(cntkctl_el1, 0);
	sysreg_wr(cntv_ctl_el0, 0);
	sysreg_wr(cntv_cval_el0, 0);
}

#define DEBUG_CASE(n)                             \
	case n:                                   \
		sysreg_wr(dbgbcr##n##_el1, 0);    \
		sysreg_wr(dbgbvr##n##_el1, 0);    \
		break
#define WATCH_CASE(n)                             \
	case n:                                   \
		sysreg_wr(dbgwcr##n##_el1, 0);    \
		sysreg_wr(dbgwvr##n##_el1, 0);    \
		break

static void breakpoint_reset(unsigned int n)
{
	switch (n) {
		DEBUG_CASE(0);
		DEBUG_CASE(1);
		DEBUG_CASE(2);
		DEBUG_CASE(3);
		DEBUG_CASE(4);
		DEBUG_CASE(5);
		DEBUG_CASE(6);
		DEBUG_CASE(7);
		DEBUG_CASE(8);
		DEBUG_CASE(9);
		DEBUG_CASE(10);
		DEBUG_CASE(11);
		DEBUG_CASE(12);
		DEBUG_CASE(13);
		DEBUG_CASE(14);
		DEBUG_CASE(15);
	default:
		break;
	}
}

static void watchpoint_reset(unsigned int n)
{
	switch (n) {
		WATCH_CASE(0);
		WATCH_CASE(1);
		WATCH_CASE(2);
		WATCH_CASE(3);
		WATCH_CASE(4);
		WATCH_CASE(5);
		WATCH_CASE(6);
		WATCH_CASE(7);
		WATCH_CASE(8);
		WATCH_CASE(9);
		WATCH_CASE(10);
		WATCH_CASE(11);
		WATCH_CASE(12);
		WATCH_CASE(13);
		WATCH_CASE(14);
		WATCH_CASE(15);
	default:
		break;
	}
}

/* The debug registers are the guest's (sysreg.c); after a cold reset the OS lock is held. */
static void debug_reset(void)
{
	uint64_t dfr0 = sysreg_rd(id_aa64dfr0_el1);

	sysreg_wr(mdscr_el1, 0);
	sysreg_wr(oslar_el1, 1);
	for (unsigned int n = 0; n <= field_get(MASK(15, 12), dfr0); n++) {
		breakpoint_reset(n);
	}
	for (unsigned int n = 0; n <= field_get(MASK(23, 20), dfr0); n++) {
		watchpoint_reset(n);
	}
}

/* Registers of extensions that guests may use, where this CPU has them. */
static void extension_reset(void)
{
	uint64_t isar1 = sysreg_rd(id_aa64isar1_el1);

	/* Pointer authentication by QARMA5 or an implementation defined algorithm: the keys. */
	if ((isar1 & (MASK(11, 4) | MASK(31, 24))) != 0 ||
	    (sysreg_rd(S3_0_C0_C6_2) & MASK(15, 8)) != 0) {
		sysreg_wr(S3_0_C2_C1_0, 0);
		sysreg_wr(S3_0_C2_C1_1, 0);
		sysreg_wr(S3_0_C2_C1_2, 0);
		sysreg_wr(S3_0_C2_C1_3, 0);
		sysreg_wr(S3_0_C2_C2_0, 0);
		sysreg_wr(S3_0_C2_C2_1, 0);
		sysreg_wr(S3_0_C2_C2_2, 0);
		sysreg_wr(S3_0_C2_C2_3, 0);
		sysreg_wr(S3_0_C2_C3_0, 0);
		sysreg_wr(S3_0_C2_C3_1, 0);
	}
	/* RAS: the virtual SError syndrome and DISR_EL1 as the guest reads it (VDISR_EL2). */
	if ((sysreg_rd(id_aa64pfr0_el1) & MASK(31, 28)) != 0) {
		sysreg_wr(S3_4_C12_C1_1, 0);
		sysreg_wr(S3_4_C5_C2_3, 0);
	}
}

void arch_vcpu_reset(struct vcpu *v, const struct vcpu_entry *entry)
{
	struct part *p = v->part;

	for (unsigned int i = 0; i < ARRAY_SIZE(v->arch.x); i++) {
		v->arch.x[i] = 0;
	}
	v->arch.x[0] = entry->arg;
	v->arch.pc = entry->pc;
	v->arch.pstate = SPSR_EL1H | SPSR_DAIF;
	/* Bit 31 is RES1; bit 30 says there is only one CPU. */
	v->arch.vmpidr = BIT(31) | psci_mpidr(v->index) | (p->plan->cpu_count == 1 ? BIT(30) : 0);
	el1_reset();
	debug_reset();
	extension_reset();
	if (entry->is_boot) {
		p->arch.cntvoff = sysreg_rd(cntpct_el0);
	}
	/* Nothing the last run of this VMID cached may be found by the next. */
	sysreg_wr(vttbr_el2, p->arch.vttbr);
	isb();
	__asm__ volatile("dsb nshst\n\ttlbi vmalls12e1\n\tdsb nsh\n\tic iallu\n\tdsb nsh" ::: "memory");
	isb();
}

void arch_vcpu_leave(struct vcpu *v)
{
	sysreg_wr(cntv_ctl_el0, 0);
	gich_leave(v->cpu);
}

void arch_vcpu_enter(struct vcpu *v)
{
	struct part *p = v->part;

	v->arch.stack = v->cpu->stack_top;
	sysreg_wr(vmpidr_el2, v->arch.vmpidr);
	sysreg_wr(vpidr_el2, sysreg_rd(midr_el1));
	sysreg_wr(cntvoff_el2, p->arch.cntvoff);
	sysreg_wr(vtcr_el2, p->arch.vtcr);
	sysreg_wr(vttbr_el2, p->arch.vttbr);
	sysreg_wr(hcr_el2, p->arch.hcr);
	vcpu_load(v);
	isb();
	vcpu_run(v);
}

uint64_t arch_vcpu_pc(const struct vcpu *v)
{
	(void)v;
	return sysreg_rd(elr_el2);
}

/* D1.3.2: which vector, and PSTATE on exception entry to EL1. */
void vcpu_inject(uint64_t esr, bool has_far, uint64_t far)
{
	uint64_t spsr = sysreg_rd(spsr_el2);
	uint64_t sctlr = sysreg_rd(sctlr_el1);
	uint64_t keep = SPSR_NZCV | SPSR_PAN | SPSR_DIT;
	uint64_t vector = 0x600;
	uint64_t pstate;

	if ((spsr & SPSR_M_AARCH32) == 0) {
		vector = (spsr & SPSR_M_EL) == 0 ? 0x400 : (spsr & SPSR_M_SPSEL) != 0 ? 0x200 : 0;
	} else {
		keep = SPSR_NZCV | SPSR_PAN; /* DIT has another place in AArch32 */
	}
	pstate = (spsr & keep) | SPSR_DAIF | SPSR_EL1H;
	if ((sysreg_rd(id_aa64mmfr1_el1) & MASK(23, 20)) != 0 && (sctlr & SCTLR_SPAN) == 0) {
		pstate |= SPSR_PAN;
	}
	if ((sctlr & SCTLR_DSSBS) != 0 && (sysreg_rd(id_aa64pfr1_el1) & MASK(7, 4)) != 0) {
		pstate |= SPSR_SSBS;
	}
	sysreg_wr(esr_el1, esr);
	if (has_far) {
		sysreg_wr(far_el1, far);
	}
	sysreg_wr(elr_el1, sysreg_rd(elr_el2));
	sysreg_wr(spsr_el1, spsr);
	sysreg_wr(elr_el2, sysreg_rd(vbar_el1) + vector);
	sysreg_wr(spsr_el2, pstate);
}

enum trap vcpu_inject_undef(uint64_t esr)
{
	vcpu_inject(ESR_EC_OF(EC_UNKNOWN) | (esr & ESR_IL), false, 0);
	return TRAP_INJECT;
}

void arch_vcpu_inject_bus_error(struct vcpu *v, gpa_t at, bool is_write)
{
	uint64_t esr = sysreg_rd(esr_el2);
	bool is_fetch = ESR_EC(esr) == EC_IABT_LOW;
	bool from_el1 = !arch_vcpu_is_user(v);
	uint64_t ec = is_fetch ? (from_el1 ? EC_IABT_CUR : EC_IABT_LOW) :
				 (from_el1 ? EC_DABT_CUR : EC_DABT_LOW);
	uint64_t fsc = (esr & ISS_S1PTW) != 0 ? FSC_EXTERNAL_WALK | (esr & 3) : FSC_EXTERNAL;

	(void)at;
	vcpu_inject(ESR_EC_OF(ec) | (esr & ESR_IL) | (is_write && !is_fetch ? ISS_WNR : 0) | fsc,
		    true, sysreg_rd(far_el2));
}

void arch_vcpu_dump(const struct vcpu *v, void (*emit)(const char *line))
{
	static const char *const names[] = { "sp_el0", "sp_el1", "sctlr", "vbar",
					     "ttbr0",  "esr",    "far",   "elr" };
	const uint64_t *x = v->arch.x;
	char line[120];

	fmt_print(line, sizeof(line), "pc  %016" PRIx64 "  pstate %08" PRIx64 "  lr %016" PRIx64,
		  v->arch.pc, v->arch.pstate, x[30]);
	emit(line);
	for (unsigned int i = 0; i < 30; i += 3) {
		fmt_print(line, sizeof(line),
			  "x%-2u %016" PRIx64 "  x%-2u %016" PRIx64 "  x%-2u %016" PRIx64, i, x[i],
			  i + 1, x[i + 1], i + 2, x[i + 2]);
		emit(line);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i += 2) {
		fmt_print(line, sizeof(line), "%-6s %016" PRIx64 "  %-6s %016" PRIx64, names[i],
			  v->arch.el1[i], names[i + 1], v->arch.el1[i + 1]);
		emit(line);
	}
}
