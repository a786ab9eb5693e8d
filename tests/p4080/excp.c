/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupt entry, return, and priorities (Power ISA 2.06 Book III-E chapter 7, spec 4).
 */
#include "excp.h"

#include "debug.h"
#include "machine.h"
#include "pmu.h"
#include "timer.h"
#include "trace.h"

/* Where an interrupt saves and what it keeps of MSR (spec 4.3). */
enum excp_class { CLASS_BASE, CLASS_GUEST, CLASS_CRIT, CLASS_MCHECK, CLASS_DEBUG, CLASS_GDBELL };

static const struct {
	uint16_t save_pc;
	uint16_t save_msr;
	uint32_t keep;
} excp_classes[] = {
	[CLASS_BASE] = {SPR_SRR0, SPR_SRR1, MSR_CE | MSR_ME | MSR_DE | MSR_RI},
	[CLASS_GUEST] = {SPR_GSRR0, SPR_GSRR1, MSR_CE | MSR_ME | MSR_DE | MSR_GS | MSR_RI},
	[CLASS_CRIT] = {SPR_CSRR0, SPR_CSRR1, MSR_ME | MSR_DE | MSR_RI},
	[CLASS_MCHECK] = {SPR_MCSRR0, SPR_MCSRR1, 0},
	[CLASS_DEBUG] = {SPR_DSRR0, SPR_DSRR1, MSR_ME | MSR_RI},
	[CLASS_GDBELL] = {SPR_GSRR0, SPR_GSRR1, MSR_CE | MSR_ME | MSR_DE | MSR_RI},
};

const char *excp_name(unsigned ivor)
{
	static const char *const names[] = {
		[EXCP_CRITICAL] = "critical input", [EXCP_MCHECK] = "machine check",
		[EXCP_DSI] = "data storage", [EXCP_ISI] = "instruction storage",
		[EXCP_EXTERNAL] = "external input", [EXCP_ALIGN] = "alignment",
		[EXCP_PROGRAM] = "program", [EXCP_FP] = "fp unavailable",
		[EXCP_SC] = "system call", [EXCP_DEC] = "decrementer",
		[EXCP_FIT] = "fixed interval", [EXCP_WATCHDOG] = "watchdog",
		[EXCP_DTLB] = "data tlb", [EXCP_ITLB] = "instruction tlb",
		[EXCP_DEBUG] = "debug", [EXCP_PERFMON] = "performance monitor",
		[EXCP_DBELL] = "doorbell", [EXCP_DBELL_CRIT] = "critical doorbell",
		[EXCP_G_DBELL] = "guest doorbell", [EXCP_G_DBELL_CRIT] = "guest doorbell crit/mc",
		[EXCP_HCALL] = "hypercall", [EXCP_EHPRIV] = "hypervisor privilege",
	};

	return ivor < ARRAY_COUNT(names) && names[ivor] ? names[ivor] : "?";
}

static unsigned excp_state(const struct core *c)
{
	bool pr = c->msr & MSR_PR;

	if (c->msr & MSR_GS)
		return pr ? STATS_GUSER : STATS_GUEST;
	return pr ? STATS_USER : STATS_HV;
}

void excp_account(struct core *c, unsigned lost)
{
	uint64_t now = core_cycle(c);

	c->stats.insn[excp_state(c)] += now - c->counted - lost;
	c->counted = now;
}

static void excp_set_msr(struct core *c, uint32_t msr)
{
	c->msr = msr & MSR_MASK;
	core_context_changed(c);
}

/* SPR that holds the vector offset of an interrupt. */
static unsigned excp_ivor_spr(unsigned ivor, bool guest)
{
	if (guest) {
		switch (ivor) {
		case EXCP_DSI:
			return SPR_GIVOR2;
		case EXCP_ISI:
			return SPR_GIVOR3;
		case EXCP_EXTERNAL:
			return SPR_GIVOR4;
		case EXCP_SC:
			return SPR_GIVOR8;
		case EXCP_DTLB:
			return SPR_GIVOR13;
		default:
			return SPR_GIVOR14;
		}
	}
	if (ivor < 16)
		return SPR_IVOR0 + ivor;
	if (ivor < 38)
		return SPR_IVOR32 + (ivor - 32);
	return SPR_IVOR38 + (ivor - 38);
}

static void excp_enter(struct core *c, unsigned ivor, enum excp_class class, uint32_t pc)
{
	bool guest = class == CLASS_GUEST;
	uint32_t keep = excp_classes[class].keep;
	uint32_t msrp = c->spr[SPR_MSRP];

	trace_add(c, 0xee000000u | ivor);
	if (guest) {
		/* Protected bits belong to the hypervisor: the guest's interrupt leaves them. */
		if (!fault_on(FAULT_MSRP_IGNORED))
			keep |= msrp & (MSRP_UCLEP | MSRP_PMMP);
		if (fault_on(FAULT_GINT_KEPT_BITS))
			keep &= ~(MSR_CE | MSR_ME);
		if (fault_on(FAULT_GINT_KEEPS_EE))
			keep |= MSR_EE;
	}
	if (class == CLASS_MCHECK && fault_on(FAULT_MCHECK_KEEPS_ME))
		keep |= MSR_ME;
	if (class == CLASS_CRIT && fault_on(FAULT_CRIT_KEEPS_CE))
		keep |= MSR_CE;
	if (class == CLASS_GDBELL && fault_on(FAULT_GDBELL_SRR))
		class = CLASS_BASE;
	c->spr[excp_classes[class].save_pc] = pc;
	c->spr[excp_classes[class].save_msr] = c->msr;
	c->pc = (c->spr[guest ? SPR_GIVPR : SPR_IVPR] & 0xffff0000u) |
		(c->spr[excp_ivor_spr(ivor, guest)] & 0xfff0u);
	c->stats.interrupt[ivor][guest]++;
	if (c->idle == CORE_WAITING)
		c->idle = CORE_RUNNING;
	excp_set_msr(c, c->msr & keep);
	c->attention = true;
}

/* A synchronous interrupt: its instruction did not complete. */
static void excp_sync(struct core *c, unsigned ivor, enum excp_class class)
{
	excp_account(c, 1);
	excp_enter(c, ivor, class, c->pc);
}

/* A failed fetch: no instruction was lost, but a cycle goes by, so that no loop stops time. */
static void excp_charge_fetch(struct core *c, const struct mmu_access *a)
{
	if (a->kind == BUS_FETCH)
		c->left--;
}

/* An asynchronous one takes one cycle that executes nothing, so that no storm stops time. */
static void excp_async(struct core *c, unsigned ivor, enum excp_class class)
{
	excp_account(c, 0);
	c->left--;
	c->counted++;
	excp_enter(c, ivor, class, c->pc);
}

/* Is a storage or TLB interrupt with this EPCR bit directed to the guest now? */
static bool excp_to_guest(const struct core *c, uint32_t epcr_bit)
{
	return (c->msr & MSR_GS) && (c->spr[SPR_EPCR] & epcr_bit);
}

static void excp_syndrome(struct core *c, bool guest, uint32_t esr, bool data, uint32_t ea)
{
	bool copy_guest = guest;

	if (guest && fault_on(FAULT_DEAR_TO_HV))
		copy_guest = false;
	if (!guest && (c->msr & MSR_GS) && fault_on(FAULT_DEAR_TO_GUEST))
		copy_guest = true;
	c->spr[copy_guest ? SPR_GESR : SPR_ESR] = esr;
	if (data)
		c->spr[copy_guest ? SPR_GDEAR : SPR_DEAR] = ea;
}

static uint32_t excp_data_esr(const struct mmu_access *a)
{
	uint32_t esr = a->kind == BUS_STORE ? ESR_ST : 0;

	if (a->epid && !fault_on(FAULT_ESR_EPID_MISSING))
		esr |= ESR_EPID;
	return esr;
}

void excp_tlb_miss(struct core *c, const struct mmu_access *a)
{
	bool fetch = a->kind == BUS_FETCH;
	bool guest = excp_to_guest(c, fetch ? EPCR_ITLBGS : EPCR_DTLBGS);
	bool keep_mas = !guest && (c->spr[SPR_EPCR] & EPCR_DMIUH);

	if (!keep_mas || fault_on(FAULT_DMIUH_IGNORED))
		mmu_mas_miss(c, a);
	excp_syndrome(c, guest, fetch ? 0 : excp_data_esr(a), !fetch, a->ea);
	excp_charge_fetch(c, a);
	excp_sync(c, fetch ? EXCP_ITLB : EXCP_DTLB, guest ? CLASS_GUEST : CLASS_BASE);
}

void excp_storage(struct core *c, const struct mmu_access *a, bool vf)
{
	bool fetch = a->kind == BUS_FETCH;
	bool guest = excp_to_guest(c, fetch ? EPCR_ISIGS : EPCR_DSIGS);

	if (!fetch && fault_on(FAULT_DSIGS_IGNORED))
		guest = false;
	if (vf && !fault_on(FAULT_VF_OBEYS_DSIGS))
		guest = false;
	excp_syndrome(c, guest, fetch ? 0 : excp_data_esr(a), !fetch, a->ea);
	excp_charge_fetch(c, a);
	excp_sync(c, fetch ? EXCP_ISI : EXCP_DSI, guest ? CLASS_GUEST : CLASS_BASE);
}

void excp_lock(struct core *c, uint32_t ea, uint32_t esr)
{
	bool guest = excp_to_guest(c, EPCR_DSIGS);

	excp_syndrome(c, guest, esr, true, ea);
	excp_sync(c, EXCP_DSI, guest ? CLASS_GUEST : CLASS_BASE);
}

void excp_align(struct core *c, uint32_t ea, bool store)
{
	excp_syndrome(c, false, store ? ESR_ST : 0, true, ea);
	excp_sync(c, EXCP_ALIGN, CLASS_BASE);
}

void excp_program(struct core *c, uint32_t esr)
{
	excp_syndrome(c, false, esr, false, 0);
	excp_sync(c, EXCP_PROGRAM, CLASS_BASE);
}

void excp_fp_unavailable(struct core *c)
{
	excp_sync(c, EXCP_FP, CLASS_BASE);
}

void excp_syscall(struct core *c)
{
	bool guest = (c->msr & MSR_GS) && !fault_on(FAULT_GUEST_SC_TO_HV);

	excp_account(c, 0);
	excp_enter(c, EXCP_SC, guest ? CLASS_GUEST : CLASS_BASE, c->pc);
}

void excp_hcall(struct core *c)
{
	stats_hcall(c, c->gpr[11]);
	excp_account(c, 0);
	excp_enter(c, EXCP_HCALL, CLASS_BASE, c->pc);
}

void excp_ehpriv(struct core *c)
{
	excp_sync(c, EXCP_EHPRIV, CLASS_BASE);
}

void excp_debug(struct core *c)
{
	excp_account(c, 0);
	excp_enter(c, EXCP_DEBUG, CLASS_DEBUG, c->pc);
}

static bool excp_take_message(struct core *c, enum core_message msg, unsigned ivor,
			      enum excp_class class)
{
	if (!(c->messages & (1u << msg)))
		return false;
	c->messages &= ~(1u << msg);
	excp_async(c, ivor, class);
	return true;
}

static bool excp_poll_mcheck(struct core *c)
{
	if (c->inputs & CORE_IN_MCHECK)
		c->spr[SPR_MCSR] |= MCSR_MCP;
	if (!c->spr[SPR_MCSR] || !(c->msr & (MSR_ME | MSR_GS)))
		return false;
	excp_async(c, EXCP_MCHECK, CLASS_MCHECK);
	return true;
}

/* Critical-class interrupts, in order; CE|GS enables those directed to the hypervisor. */
static bool excp_poll_critical(struct core *c)
{
	bool gs = c->msr & MSR_GS;
	bool on = (c->msr & MSR_CE) || (gs && !fault_on(FAULT_CRIT_WITHOUT_GS));

	if (on && (c->inputs & CORE_IN_CRITICAL)) {
		excp_async(c, EXCP_CRITICAL, CLASS_CRIT);
		return true;
	}
	if (on && (c->spr[SPR_TSR] & TSR_WIS) && (c->spr[SPR_TCR] & TCR_WIE)) {
		excp_async(c, EXCP_WATCHDOG, CLASS_CRIT);
		return true;
	}
	if (on && excp_take_message(c, CORE_MSG_DBELL_CRIT, EXCP_DBELL_CRIT, CLASS_CRIT))
		return true;
	return gs && (c->msr & MSR_CE) &&
	       excp_take_message(c, CORE_MSG_G_DBELL_CRIT, EXCP_G_DBELL_CRIT, CLASS_CRIT);
}

static bool excp_poll_external(struct core *c)
{
	struct machine_pic *pic = &c->machine->pic;
	bool gs = c->msr & MSR_GS;
	bool ee = c->msr & MSR_EE;
	bool extgs = (c->spr[SPR_EPCR] & EPCR_EXTGS) && !fault_on(FAULT_EXTGS_IGNORED);
	bool guest = extgs && gs;
	bool on;

	if (!(c->inputs & CORE_IN_EXTERNAL))
		return false;
	if (extgs)
		on = gs && (ee || fault_on(FAULT_GEXT_IGNORES_EE));
	else
		on = ee || (gs && !fault_on(FAULT_EE_WITHOUT_GS));
	if (!on)
		return false;
	/* External proxy: taking the interrupt acknowledges it (spec 8.6.4). */
	if (pic->proxy && pic->proxy(pic->dev) && !fault_on(FAULT_PROXY_ACK_MISSING))
		c->spr[guest ? SPR_GEPR : SPR_EPR] = pic->acknowledge(pic->dev, c->index);
	excp_async(c, EXCP_EXTERNAL, guest ? CLASS_GUEST : CLASS_BASE);
	return true;
}

static bool excp_poll_base(struct core *c)
{
	bool gs = c->msr & MSR_GS;
	bool ee = c->msr & MSR_EE;
	bool on = ee || (gs && !fault_on(FAULT_EE_WITHOUT_GS));
	uint32_t tsr = c->spr[SPR_TSR];
	uint32_t tcr = c->spr[SPR_TCR];

	if (excp_poll_external(c))
		return true;
	if (on && (tsr & TSR_DIS) && (tcr & TCR_DIE)) {
		excp_async(c, EXCP_DEC, CLASS_BASE);
		return true;
	}
	if (on && (tsr & TSR_FIS) && (tcr & TCR_FIE)) {
		excp_async(c, EXCP_FIT, CLASS_BASE);
		return true;
	}
	if (on && excp_take_message(c, CORE_MSG_DBELL, EXCP_DBELL, CLASS_BASE))
		return true;
	if (on && pmu_interrupt(c)) {
		excp_async(c, EXCP_PERFMON, CLASS_BASE);
		return true;
	}
	if (gs && (ee || fault_on(FAULT_GDBELL_IGNORES_EE)))
		return excp_take_message(c, CORE_MSG_G_DBELL, EXCP_G_DBELL, CLASS_GDBELL);
	return false;
}

void excp_poll(struct core *c)
{
	bool gs = c->msr & MSR_GS;

	c->attention = false;
	if (c->idle == CORE_HELD || c->napping)
		return;
	if (excp_poll_mcheck(c))
		return;
	if (gs && (c->msr & MSR_ME) &&
	    excp_take_message(c, CORE_MSG_G_DBELL_MC, EXCP_G_DBELL_CRIT, CLASS_CRIT))
		return;
	if (debug_pending(c)) {
		excp_account(c, 0);
		excp_enter(c, EXCP_DEBUG, CLASS_DEBUG, c->pc);
		return;
	}
	if (excp_poll_critical(c))
		return;
	excp_poll_base(c);
}

void excp_msr_write(struct core *c, uint32_t val)
{
	if (c->msr & MSR_GS) {
		uint32_t keep = fault_on(FAULT_GS_UNPROTECTED) ? 0 : MSR_GS;

		if (!fault_on(FAULT_MSRP_IGNORED))
			keep |= c->spr[SPR_MSRP] & (MSRP_UCLEP | MSRP_DEP | MSRP_PMMP);
		val = (val & ~keep) | (c->msr & keep);
	}
	excp_account(c, 0);
	excp_set_msr(c, val);
	c->attention = true;
}

void excp_return(struct core *c, uint32_t pc, uint32_t msr)
{
	if ((msr & ~MSR_MASK) && !(c->msr & MSR_GS))
		lint_report(c, LINT_RFI_RESERVED, "msr %08x", msr);
	c->pc = pc & ~3u;
	excp_msr_write(c, msr);
}
