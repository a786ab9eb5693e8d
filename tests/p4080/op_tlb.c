/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TLB management instructions: privilege, then the operation in mmu_tlb.c.
 */
#include "op.h"

/* Hypervisor-only: true if i may execute, else the interrupt has been raised. */
static bool tlb_allowed(struct core *c, const struct insn *i, bool guest_may)
{
	insn_set_pc(c, i);
	if (op_is_user(c)) {
		excp_program(c, ESR_PPR);
		return false;
	}
	if (op_is_guest(c) && !guest_may) {
		c->stats.insn_trap[8 + (i->op >> 6 & 7)]++;
		excp_ehpriv(c);
		return false;
	}
	return true;
}

OP(tlbwe)
{
	if (!tlb_allowed(c, i, false))
		return NULL;
	mmu_tlbwe(c);
	return insn_leave(c, i);
}

OP(tlbre)
{
	if (!tlb_allowed(c, i, false))
		return NULL;
	mmu_tlbre(c);
	NEXT;
}

OP(tlbsx)
{
	if (!tlb_allowed(c, i, false))
		return NULL;
	mmu_tlbsx(c, op_ea_x(c, i));
	NEXT;
}

OP(tlbivax)
{
	if (!tlb_allowed(c, i, false))
		return NULL;
	mmu_tlbivax(c, op_ea_x(c, i));
	return insn_leave(c, i);
}

OP(tlbsync)
{
	if (!tlb_allowed(c, i, false))
		return NULL;
	NEXT;
}

/* Guest supervisors may use it when EPCR[DGTMI] = 0. T is in bits 9 and 10. */
OP(tlbilx)
{
	bool guest_may = !(c->spr[SPR_EPCR] & EPCR_DGTMI) || fault_on(FAULT_DGTMI_IGNORED);
	unsigned t = i->d & 3;

	if (t == 2)
		return op_illegal(c, i);
	if (!tlb_allowed(c, i, guest_may))
		return NULL;
	mmu_tlbilx(c, t, op_ea_x(c, i));
	return insn_leave(c, i);
}

const struct insn_row insn_rows_tlb[] = {
	ROW_X0(31, 978, "tlbwe", FORM_X, op_tlbwe),
	ROW_X0(31, 946, "tlbre", FORM_X, op_tlbre),
	ROW_X0(31, 914, "tlbsx", FORM_X, op_tlbsx),
	ROW_X0(31, 786, "tlbivax", FORM_X, op_tlbivax),
	ROW_X0(31, 566, "tlbsync", FORM_X, op_tlbsync),
	ROW_X0(31, 18, "tlbilx", FORM_X, op_tlbilx),
	ROW_END,
};
