/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System instructions: linkage, MSR, SPRs, PMRs, messages, synchronisation.
 * Privilege in guest state: spec 3.3 and 5.
 */
#include "debug.h"
#include "op.h"
#include "pmu.h"
#include "reserve.h"
#include "spr_table.h"

/* Rows of stats.insn_trap */
enum sys_trap { TRAP_RF, TRAP_MSG, TRAP_EHPRIV, TRAP_PMR };

static const struct insn *sys_ehpriv(struct core *c, const struct insn *i, enum sys_trap row)
{
	insn_set_pc(c, i);
	c->stats.insn_trap[row]++;
	excp_ehpriv(c);
	return NULL;
}

void op_trap_taken(struct core *c)
{
	if (!debug_event(c, DBSR_TRAP))
		excp_program(c, ESR_PTR);
}

OP(sc)
{
	unsigned lev = i->op >> 5 & 0x7f;

	c->pc = insn_next_pc(c, i);
	if (lev == 1)
		excp_hcall(c);
	else
		excp_syscall(c);
	return NULL;
}

/* --- returns --- */

OP(rfi)
{
	bool guest = op_is_guest(c) && !fault_on(FAULT_GUEST_RFI_SRR);

	if (op_is_user(c))
		return op_privileged(c, i);
	insn_set_pc(c, i);
	if (debug_event(c, DBSR_RET))
		return NULL;
	excp_return(c, c->spr[guest ? SPR_GSRR0 : SPR_SRR0], c->spr[guest ? SPR_GSRR1 : SPR_SRR1]);
	return NULL;
}

/* rfci, rfmci, rfdi, rfgi: hypervisor only. */
static const struct insn *sys_return(struct core *c, const struct insn *i, unsigned srr0)
{
	if (op_is_user(c))
		return op_privileged(c, i);
	if (op_is_guest(c))
		return sys_ehpriv(c, i, TRAP_RF);
	insn_set_pc(c, i);
	excp_return(c, c->spr[srr0], c->spr[srr0 + 1]);
	return NULL;
}

OP(rfci)
{
	return sys_return(c, i, SPR_CSRR0);
}

OP(rfmci)
{
	return sys_return(c, i, SPR_MCSRR0);
}

OP(rfdi)
{
	return sys_return(c, i, SPR_DSRR0);
}

OP(rfgi)
{
	return sys_return(c, i, SPR_GSRR0);
}

/* --- MSR --- */

OP(mfmsr)
{
	if (op_is_user(c))
		return op_privileged(c, i);
	c->gpr[i->d] = c->msr;
	NEXT;
}

OP(mtmsr)
{
	if (op_is_user(c))
		return op_privileged(c, i);
	excp_msr_write(c, c->gpr[i->d]);
	return insn_leave(c, i);
}

static const struct insn *sys_set_ee(struct core *c, const struct insn *i, bool ee)
{
	if (op_is_user(c))
		return op_privileged(c, i);
	c->msr = (c->msr & ~MSR_EE) | (ee ? MSR_EE : 0);
	if (ee)
		core_kick(c);
	NEXT;
}

OP(wrtee)
{
	return sys_set_ee(c, i, c->gpr[i->d] & MSR_EE);
}

OP(wrteei)
{
	return sys_set_ee(c, i, i->op & MSR_EE);
}

/* --- special-purpose registers --- */

/*
 * Check an access to SPR n in the order of spec 5. Returns the row, or NULL after raising the
 * interrupt.
 */
static const struct spr_row *sys_spr_check(struct core *c, const struct insn *i, unsigned n,
					   bool write)
{
	const struct spr_row *r = spr_find(n);
	unsigned class;

	insn_set_pc(c, i);
	if (!r) {
		if (op_is_user(c) && (n & 0x10)) {
			excp_program(c, ESR_PPR);
		} else if (op_is_guest(c) && fault_on(FAULT_UNDEF_SPR_EHPRIV)) {
			excp_ehpriv(c);
		} else {
			if (!op_is_guest(c) && !op_is_user(c) && write)
				lint_report(c, LINT_SPR_UNKNOWN, "mtspr %u", n);
			excp_program(c, ESR_PIL);
		}
		return NULL;
	}
	class = write && r->write != SPR_CLASS_NONE ? r->write : r->read;
	if (op_is_user(c) && class != SPR_CLASS_USER) {
		excp_program(c, ESR_PPR);
		return NULL;
	}
	if (op_is_user(c) && write && r->write == SPR_CLASS_NONE) {
		excp_program(c, ESR_PIL);
		return NULL;
	}
	if (class == SPR_CLASS_HV && op_is_guest(c) && !fault_on(FAULT_HV_SPR_NO_TRAP)) {
		c->stats.spr_trap[n][write]++;
		excp_ehpriv(c);
		return NULL;
	}
	return r;
}

/* The number the access really reaches: guest state has its own copies of some. */
static unsigned sys_spr_redirect(const struct core *c, const struct spr_row *r, unsigned n)
{
	if (!r->guest || !op_is_guest(c))
		return n;
	if (n == SPR_SPRG3 && fault_on(FAULT_SPRG3_NOT_REDIRECTED))
		return n;
	if (n == SPR_EPR && fault_on(FAULT_EPR_NOT_REDIRECTED))
		return n;
	if (n == SPR_PIR && fault_on(FAULT_GUEST_READS_PIR))
		return n;
	return r->guest + (n - r->first);
}

OP(mfspr)
{
	unsigned n = (unsigned)i->imm;
	const struct spr_row *r = sys_spr_check(c, i, n, false);

	if (!r)
		return NULL;
	n = sys_spr_redirect(c, r, n);
	c->gpr[i->d] = r->get ? r->get(c, n) : c->spr[n];
	NEXT;
}

OP(mtspr)
{
	unsigned n = (unsigned)i->imm;
	const struct spr_row *r = sys_spr_check(c, i, n, true);

	if (!r)
		return NULL;
	if (r->write == SPR_CLASS_NONE)
		NEXT;
	/* The guest copy of PIR is written by the hypervisor only; that trapped above. */
	n = sys_spr_redirect(c, r, n);
	if (!r->set) {
		c->spr[n] = c->gpr[i->d] & r->mask;
		NEXT;
	}
	r->set(c, n, c->gpr[i->d] & r->mask);
	return insn_leave(c, i);
}

OP(mflr)
{
	c->gpr[i->d] = c->lr;
	NEXT;
}

OP(mtlr)
{
	c->lr = c->gpr[i->d];
	NEXT;
}

OP(mfctr)
{
	c->gpr[i->d] = c->ctr;
	NEXT;
}

OP(mtctr)
{
	c->ctr = c->gpr[i->d];
	NEXT;
}

static insn_fn *pick_mfspr(const struct insn *w)
{
	return w->imm == SPR_LR ? op_mflr : w->imm == SPR_CTR ? op_mfctr : NULL;
}

static insn_fn *pick_mtspr(const struct insn *w)
{
	return w->imm == SPR_LR ? op_mtlr : w->imm == SPR_CTR ? op_mtctr : NULL;
}

/* --- performance monitor registers --- */

/*
 * In guest state MSRP[PMMP] takes the performance monitor away: supervisor accesses trap, user
 * reads return 0.
 */
static bool sys_pmr_guarded(const struct core *c)
{
	return op_is_guest(c) && (c->spr[SPR_MSRP] & MSRP_PMMP) && !fault_on(FAULT_MSRP_IGNORED);
}

OP(mfpmr)
{
	unsigned n = (unsigned)i->imm;
	bool user;

	if (!pmu_valid(n, &user))
		return op_is_user(c) && (n & 0x10) ? op_privileged(c, i) : op_illegal(c, i);
	if (op_is_user(c) && !user)
		return op_privileged(c, i);
	if (!op_is_user(c) && sys_pmr_guarded(c))
		return sys_ehpriv(c, i, TRAP_PMR);
	c->gpr[i->d] = sys_pmr_guarded(c) ? 0 : pmu_read(c, n);
	NEXT;
}

OP(mtpmr)
{
	unsigned n = (unsigned)i->imm;
	bool user;

	if (op_is_user(c))
		return pmu_valid(n, &user) || (n & 0x10) ? op_privileged(c, i) : op_illegal(c, i);
	if (!pmu_valid(n, &user) || user)
		return op_illegal(c, i);
	if (sys_pmr_guarded(c))
		return sys_ehpriv(c, i, TRAP_PMR);
	pmu_write(c, n, c->gpr[i->d]);
	NEXT;
}

/* --- messages --- */

OP(msgsnd)
{
	struct machine *m = c->machine;

	if (op_is_user(c))
		return op_privileged(c, i);
	if (op_is_guest(c))
		return sys_ehpriv(c, i, TRAP_MSG);
	for (unsigned n = 0; n < m->cfg.cores; n++)
		core_message(m->core[n], c->gpr[i->b]);
	NEXT;
}

OP(msgclr)
{
	if (op_is_user(c))
		return op_privileged(c, i);
	if (op_is_guest(c))
		return sys_ehpriv(c, i, TRAP_MSG);
	core_message_clear(c, c->gpr[i->b]);
	NEXT;
}

/* --- synchronisation --- */

/* sync, mbar, isync: the model executes in order and coherently. */
OP(nop)
{
	(void)c;
	NEXT;
}

OP(wait)
{
	c->idle = CORE_WAITING;
	core_kick(c);
	NEXT;
}

OP(ehpriv)
{
	return sys_ehpriv(c, i, TRAP_EHPRIV);
}

const struct insn_row insn_rows_sys[] = {
	{"sc", 17u << 26 | 2, 0xfc000002u, FORM_X, op_sc, NULL},
	ROW_X0(19, 50, "rfi", FORM_X, op_rfi),
	ROW_X0(19, 51, "rfci", FORM_X, op_rfci),
	ROW_X0(19, 38, "rfmci", FORM_X, op_rfmci),
	ROW_X0(19, 39, "rfdi", FORM_X, op_rfdi),
	ROW_X0(19, 102, "rfgi", FORM_X, op_rfgi),
	ROW_X0(19, 150, "isync", FORM_X, op_nop),
	ROW_X0(31, 83, "mfmsr", FORM_X, op_mfmsr),
	ROW_X0(31, 146, "mtmsr", FORM_X, op_mtmsr),
	ROW_X0(31, 131, "wrtee", FORM_X, op_wrtee),
	ROW_X0(31, 163, "wrteei", FORM_X, op_wrteei),
	{"mfspr", 31u << 26 | 339u << 1, 0xfc0007ffu, FORM_SPR, op_mfspr, pick_mfspr},
	{"mtspr", 31u << 26 | 467u << 1, 0xfc0007ffu, FORM_SPR, op_mtspr, pick_mtspr},
	/* mftb reads the same numbers 268 and 269 */
	ROW_X0(31, 371, "mftb", FORM_SPR, op_mfspr),
	ROW_X0(31, 334, "mfpmr", FORM_SPR, op_mfpmr),
	ROW_X0(31, 462, "mtpmr", FORM_SPR, op_mtpmr),
	ROW_X0(31, 206, "msgsnd", FORM_X, op_msgsnd),
	ROW_X0(31, 238, "msgclr", FORM_X, op_msgclr),
	ROW_X0(31, 598, "sync", FORM_X, op_nop),
	ROW_X0(31, 854, "mbar", FORM_X, op_nop),
	ROW_X0(31, 62, "wait", FORM_X, op_wait),
	ROW_X0(31, 270, "ehpriv", FORM_X, op_ehpriv),
	ROW_END,
};
