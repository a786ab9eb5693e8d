/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Branches, condition register, system linkage (Power ISA Book I 2.4, 2.5).
 */
#include "op.h"

static inline bool branch_cr(const struct core *c, unsigned bi)
{
	return c->crf[bi >> 2] >> (3 - (bi & 3)) & 1;
}

/* BO: 16 ignore CR, 8 branch if true, 4 leave CTR, 2 branch if CTR = 0. */
static inline bool branch_taken(struct core *c, unsigned bo, unsigned bi)
{
	if (!(bo & 4)) {
		c->ctr--;
		if ((c->ctr != 0) == !!(bo & 2))
			return false;
	}
	return (bo & 16) || branch_cr(c, bi) == !!(bo & 8);
}

OP(b)
{
	uint32_t target = (uint32_t)i->imm;

	if (!(i->op & 2))
		target += c->page_va + i->off;
	if (i->op & 1)
		c->lr = insn_next_pc(c, i);
	return insn_goto(c, target);
}

OP(bc)
{
	uint32_t target = (uint32_t)i->imm;

	if (i->op & 1)
		c->lr = insn_next_pc(c, i);
	if (!branch_taken(c, i->d, i->a))
		NEXT;
	if (!(i->op & 2))
		target += c->page_va + i->off;
	return insn_goto(c, target);
}

/* Within the page: no translation, no address arithmetic. imm is still the byte displacement. */
OP(b_near)
{
	(void)c;
	return i + (i->imm >> 2);
}

OP(bl_near)
{
	c->lr = insn_next_pc(c, i);
	return i + (i->imm >> 2);
}

OP(bc_near)
{
	return branch_taken(c, i->d, i->a) ? i + (i->imm >> 2) : i + 1;
}

OP(bt_near)
{
	return branch_cr(c, i->a) ? i + (i->imm >> 2) : i + 1;
}

OP(bf_near)
{
	return branch_cr(c, i->a) ? i + 1 : i + (i->imm >> 2);
}

OP(bdnz_near)
{
	return --c->ctr ? i + (i->imm >> 2) : i + 1;
}

static bool branch_is_near(const struct insn *w)
{
	return !(w->op & 2) && (uint32_t)(w->off + w->imm) < BUS_PAGE_SIZE;
}

static insn_fn *pick_b(const struct insn *w)
{
	if (!branch_is_near(w))
		return NULL;
	return w->op & 1 ? op_bl_near : op_b_near;
}

static insn_fn *pick_bc(const struct insn *w)
{
	if (!branch_is_near(w) || (w->op & 1))
		return NULL;
	switch (w->d & 0x1c) {
	case 0x0c:
		return op_bt_near;
	case 0x04:
		return op_bf_near;
	default:
		return (w->d & 0x16) == 0x10 ? op_bdnz_near : op_bc_near;
	}
}

OP(bclr)
{
	uint32_t target = c->lr & ~3u;
	bool taken = branch_taken(c, i->d, i->a);

	if (i->op & 1)
		c->lr = insn_next_pc(c, i);
	if (!taken)
		NEXT;
	return insn_goto(c, target);
}

/* Decrementing CTR is an invalid form: the bit is taken as "do not decrement" (spec 3.1). */
OP(bcctr)
{
	uint32_t target = c->ctr & ~3u;

	if (i->op & 1)
		c->lr = insn_next_pc(c, i);
	if (!(i->d & 16) && branch_cr(c, i->a) != !!(i->d & 8))
		NEXT;
	return insn_goto(c, target);
}

/* --- condition register --- */

static inline void branch_cr_set(struct core *c, unsigned bit, bool v)
{
	uint8_t mask = (uint8_t)(8 >> (bit & 3));

	if (v)
		c->crf[bit >> 2] |= mask;
	else
		c->crf[bit >> 2] &= (uint8_t)~mask;
}

#define CRLOGIC(name, expr)                                                                        \
	OP(name)                                                                                   \
	{                                                                                          \
		bool a = branch_cr(c, i->a), b = branch_cr(c, i->b);                               \
                                                                                                   \
		branch_cr_set(c, i->d, expr);                                                      \
		NEXT;                                                                              \
	}

CRLOGIC(crand, a && b)
CRLOGIC(crandc, a && !b)
CRLOGIC(creqv, a == b)
CRLOGIC(crnand, !(a && b))
CRLOGIC(crnor, !(a || b))
CRLOGIC(cror, a || b)
CRLOGIC(crorc, a || !b)
CRLOGIC(crxor, a != b)

OP(mcrf)
{
	c->crf[i->d] = c->crf[i->a >> 2];
	NEXT;
}

OP(mcrxr)
{
	c->crf[i->d] = (uint8_t)(c->so << 3 | c->ov << 2 | c->ca << 1);
	c->so = 0;
	c->ov = 0;
	c->ca = 0;
	NEXT;
}

/* mfcr and mfocrf: the one-field form may return the other fields too (Book I 2.3.1). */
OP(mfcr)
{
	c->gpr[i->d] = core_cr_get(c);
	NEXT;
}

/* mfocrf: only the chosen field is defined; the others read 0 as in the reference emulator. */
OP(mfocrf)
{
	unsigned mask = (unsigned)i->imm;
	uint32_t v = 0;

	for (unsigned n = 0; n < 8; n++) {
		if (mask & (0x80u >> n))
			v |= (uint32_t)c->crf[n] << (28 - 4 * n);
	}
	c->gpr[i->d] = v;
	NEXT;
}

OP(mtcrf)
{
	uint32_t v = c->gpr[i->d];

	for (unsigned n = 0; n < 8; n++) {
		if (i->imm & (0x80 >> n))
			c->crf[n] = v >> (28 - 4 * n) & 15;
	}
	NEXT;
}

const struct insn_row insn_rows_branch[] = {
	ROW_PICK(18, "b", FORM_I, op_b, pick_b),
	ROW_PICK(16, "bc", FORM_B, op_bc, pick_bc),
	ROW_X(19, 16, "bclr", FORM_X, op_bclr),
	ROW_X(19, 528, "bcctr", FORM_X, op_bcctr),
	ROW_X0(19, 257, "crand", FORM_CRB, op_crand),
	ROW_X0(19, 129, "crandc", FORM_CRB, op_crandc),
	ROW_X0(19, 289, "creqv", FORM_CRB, op_creqv),
	ROW_X0(19, 225, "crnand", FORM_CRB, op_crnand),
	ROW_X0(19, 33, "crnor", FORM_CRB, op_crnor),
	ROW_X0(19, 449, "cror", FORM_CRB, op_cror),
	ROW_X0(19, 417, "crorc", FORM_CRB, op_crorc),
	ROW_X0(19, 193, "crxor", FORM_CRB, op_crxor),
	ROW_X0(19, 0, "mcrf", FORM_CRX, op_mcrf),
	ROW_X0(31, 512, "mcrxr", FORM_CRX, op_mcrxr),
	{"mfcr", 31u << 26 | 19u << 1, 0xfc1007ffu, FORM_X, op_mfcr, NULL},
	{"mfocrf", 31u << 26 | 1u << 20 | 19u << 1, 0xfc1007ffu, FORM_CRM, op_mfocrf, NULL},
	ROW_X0(31, 144, "mtcrf", FORM_CRM, op_mtcrf),
	ROW_END,
};
