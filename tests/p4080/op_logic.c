/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Logic, shifts, rotates (Power ISA Book I 3.3.12, 3.3.13) and the model's marker instructions.
 */
#include "op.h"

/* In these formats the source is rS (the d field) and the target rA. */
#define RS(i) c->gpr[(i)->d]
#define RA(i) c->gpr[(i)->a]
#define RB(i) c->gpr[(i)->b]

OP(ori)
{
	RA(i) = RS(i) | (uint32_t)i->imm;
	NEXT;
}

OP(oris)
{
	RA(i) = RS(i) | (uint32_t)i->imm << 16;
	NEXT;
}

OP(xori)
{
	RA(i) = RS(i) ^ (uint32_t)i->imm;
	NEXT;
}

OP(xoris)
{
	RA(i) = RS(i) ^ (uint32_t)i->imm << 16;
	NEXT;
}

/* xoris N,N,0 changes nothing on any core: N = 16 ends the run, others bound cost windows. */
OP(marker)
{
	if (i->d == 16) {
		insn_set_pc(c, i);
		machine_stop(c->machine, c->gpr[3] ? EXIT_FAIL : EXIT_PASS, "stop marker");
		NEXT;
	}
	stats_marker(c, i->d);
	NEXT;
}

static insn_fn *pick_xoris(const struct insn *w)
{
	return w->d && w->d == w->a && !w->imm ? op_marker : NULL;
}

OP(andi)
{
	RA(i) = RS(i) & (uint32_t)i->imm;
	op_record(c, RA(i));
	NEXT;
}

OP(andis)
{
	RA(i) = RS(i) & (uint32_t)i->imm << 16;
	op_record(c, RA(i));
	NEXT;
}

#define LOGIC(name, expr)                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		uint32_t r = expr;                                                                 \
                                                                                                   \
		RA(i) = r;                                                                         \
		if (i->x)                                                                          \
			op_record(c, r);                                                           \
		NEXT;                                                                              \
	}

LOGIC(and, RS(i) & RB(i))
LOGIC(andc, RS(i) & ~RB(i))
LOGIC(or, RS(i) | RB(i))
LOGIC(orc, RS(i) | ~RB(i))
LOGIC(xor, RS(i) ^ RB(i))
LOGIC(nand, ~(RS(i) & RB(i)))
LOGIC(nor, ~(RS(i) | RB(i)))
LOGIC(eqv, ~(RS(i) ^ RB(i)))
LOGIC(extsb, (uint32_t)(int8_t)RS(i))
LOGIC(extsh, (uint32_t)(int16_t)RS(i))
LOGIC(cntlzw, RS(i) ? (uint32_t)__builtin_clz(RS(i)) : 32)
LOGIC(slw, RB(i) & 32 ? 0 : RS(i) << (RB(i) & 31))
LOGIC(srw, RB(i) & 32 ? 0 : RS(i) >> (RB(i) & 31))
LOGIC(rlwinm, bits_rotl32(RS(i), i->b) & (uint32_t)i->imm)
LOGIC(rlwnm, bits_rotl32(RS(i), RB(i)) & (uint32_t)i->imm)
LOGIC(rlwimi, (bits_rotl32(RS(i), i->b) & (uint32_t)i->imm) | (RA(i) & ~(uint32_t)i->imm))

OP(mr)
{
	RA(i) = RS(i);
	NEXT;
}

static insn_fn *pick_or(const struct insn *w)
{
	return w->d == w->b && !w->x ? op_mr : NULL;
}

/* Count of ones in each byte (popcntb). */
OP(popcntb)
{
	uint32_t v = RS(i);

	v = v - (v >> 1 & 0x55555555u);
	v = (v & 0x33333333u) + (v >> 2 & 0x33333333u);
	RA(i) = (v + (v >> 4)) & 0x0f0f0f0fu;
	NEXT;
}

/* Arithmetic shift right; CA = a one was shifted out of a negative number. */
static uint32_t logic_sra(struct core *c, uint32_t v, unsigned n)
{
	int32_t s = (int32_t)v;

	if (n > 31) {
		c->ca = s < 0;
		return s < 0 ? 0xffffffffu : 0;
	}
	c->ca = s < 0 && (v & ((UINT32_C(1) << n) - 1));
	return (uint32_t)(s >> n);
}

LOGIC(sraw, logic_sra(c, RS(i), RB(i) & 63))
LOGIC(srawi, logic_sra(c, RS(i), i->b))

const struct insn_row insn_rows_logic[] = {
	ROW_D(24, "ori", FORM_DU, op_ori),
	ROW_D(25, "oris", FORM_DU, op_oris),
	ROW_D(26, "xori", FORM_DU, op_xori),
	ROW_PICK(27, "xoris", FORM_DU, op_xoris, pick_xoris),
	ROW_D(28, "andi.", FORM_DU, op_andi),
	ROW_D(29, "andis.", FORM_DU, op_andis),
	ROW_D(20, "rlwimi", FORM_M, op_rlwimi),
	ROW_D(21, "rlwinm", FORM_M, op_rlwinm),
	ROW_D(23, "rlwnm", FORM_M, op_rlwnm),
	ROW_X(31, 28, "and", FORM_X, op_and),
	ROW_X(31, 60, "andc", FORM_X, op_andc),
	{"or", 31u << 26 | 444u << 1, 0xfc0007feu, FORM_X, op_or, pick_or},
	ROW_X(31, 412, "orc", FORM_X, op_orc),
	ROW_X(31, 316, "xor", FORM_X, op_xor),
	ROW_X(31, 476, "nand", FORM_X, op_nand),
	ROW_X(31, 124, "nor", FORM_X, op_nor),
	ROW_X(31, 284, "eqv", FORM_X, op_eqv),
	ROW_X(31, 954, "extsb", FORM_X, op_extsb),
	ROW_X(31, 922, "extsh", FORM_X, op_extsh),
	ROW_X(31, 26, "cntlzw", FORM_X, op_cntlzw),
	ROW_X0(31, 122, "popcntb", FORM_X, op_popcntb),
	ROW_X(31, 24, "slw", FORM_X, op_slw),
	ROW_X(31, 536, "srw", FORM_X, op_srw),
	ROW_X(31, 792, "sraw", FORM_X, op_sraw),
	ROW_X(31, 824, "srawi", FORM_X, op_srawi),
	ROW_END,
};
