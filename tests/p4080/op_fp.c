/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Floating-point instructions (Power ISA Book I chapter 4): operands, FPSCR, CR1, the enabled
 * exception interrupt. Arithmetic is in fpu.c.
 */
#include "fpu.h"
#include "op.h"

#define FD(i) c->fpr[(i)->d]
#define FA(i) c->fpr[(i)->a]
#define FB(i) c->fpr[(i)->b]
#define FC(i) c->fpr[(i)->x]

/* Interrupt if FP is off; the handler must return then. */
static bool fp_off(struct core *c, const struct insn *i)
{
	if (c->msr & MSR_FP)
		return false;
	insn_set_pc(c, i);
	excp_fp_unavailable(c);
	return true;
}

/* Recompute the summaries VX and FEX. */
static void fp_summary(struct core *c)
{
	uint32_t s = c->fpscr & ~(FPSCR_VX | FPSCR_FEX);

	if (s & FPSCR_VX_ALL)
		s |= FPSCR_VX;
	if (((s & FPSCR_VX) && (s & FPSCR_VE)) || ((s & FPSCR_OX) && (s & FPSCR_OE)) ||
	    ((s & FPSCR_UX) && (s & FPSCR_UE)) || ((s & FPSCR_ZX) && (s & FPSCR_ZE)) ||
	    ((s & FPSCR_XX) && (s & FPSCR_XE)))
		s |= FPSCR_FEX;
	c->fpscr = s;
}

/* Record exceptions; FX follows new ones. */
static void fp_raise(struct core *c, uint32_t flags)
{
	uint32_t bits = flags & FPSCR_EXCEPTIONS;

	if (bits & ~c->fpscr)
		c->fpscr |= FPSCR_FX;
	c->fpscr |= bits;
	fp_summary(c);
}

/* The end of an instruction: CR1, then the program interrupt if an enabled exception is there. */
static const struct insn *fp_end(struct core *c, const struct insn *i)
{
	if (i->op & 1)
		c->crf[1] = (uint8_t)(c->fpscr >> 28);
	if ((c->fpscr & FPSCR_FEX) && (c->msr & (MSR_FE0 | MSR_FE1))) {
		insn_set_pc(c, i);
		excp_program(c, ESR_FP);
		return NULL;
	}
	NEXT;
}

/* Store an arithmetic result unless an enabled invalid or zero divide suppresses it. */
static const struct insn *fp_result(struct core *c, const struct insn *i, const struct fpu_op *o,
				    uint64_t r)
{
	bool suppressed = ((o->flags & FPSCR_VX_ALL) && (c->fpscr & FPSCR_VE)) ||
			  ((o->flags & FPSCR_ZX) && (c->fpscr & FPSCR_ZE));

	c->fpscr &= ~(FPSCR_FR | FPSCR_FI);
	fp_raise(c, o->flags);
	if (!suppressed) {
		c->fpscr |= o->flags & (FPSCR_FR | FPSCR_FI);
		c->fpscr = (c->fpscr & ~FPSCR_FPRF) | fpu_class(r, o->single);
		FD(i) = r;
	}
	return fp_end(c, i);
}

#define FP_ARITH(name, single_, expr)                                                              \
	OP(name)                                                                                   \
	{                                                                                          \
		struct fpu_op o = {.fpscr = c->fpscr, .single = single_};                          \
		uint64_t r;                                                                        \
                                                                                                   \
		if (fp_off(c, i))                                                                  \
			return NULL;                                                               \
		r = expr;                                                                          \
		return fp_result(c, i, &o, r);                                                     \
	}

/* -x, but a NaN keeps its sign (fsub, fmsub, fnmadd). */
static uint64_t fp_negate(uint64_t v)
{
	return fpu_is_nan(v) ? v : v ^ FPU_SIGN;
}

#define FP_BOTH(name, expr)                                                                        \
	FP_ARITH(name, false, expr)                                                                \
	FP_ARITH(name##s, true, expr)

FP_BOTH(fadd, fpu_add(&o, FA(i), FB(i)))
FP_BOTH(fsub, fpu_add(&o, FA(i), fp_negate(FB(i))))
FP_BOTH(fmul, fpu_mul(&o, FA(i), FC(i)))
FP_BOTH(fdiv, fpu_div(&o, FA(i), FB(i)))
FP_BOTH(fmadd, fpu_madd(&o, FA(i), FC(i), FB(i), false))
FP_BOTH(fmsub, fpu_madd(&o, FA(i), FC(i), FB(i), true))
FP_BOTH(fnmadd, fp_negate(fpu_madd(&o, FA(i), FC(i), FB(i), false)))
FP_BOTH(fnmsub, fp_negate(fpu_madd(&o, FA(i), FC(i), FB(i), true)))
FP_ARITH(frsp, true, fpu_round(&o, FB(i)))
FP_ARITH(fres, true, fpu_reciprocal(&o, FB(i)))
FP_ARITH(frsqrte, false, fpu_rsqrt(&o, FB(i)))

static const struct insn *fp_to_int(struct core *c, const struct insn *i, unsigned rn)
{
	struct fpu_op o = {.fpscr = c->fpscr};
	uint32_t r;

	if (fp_off(c, i))
		return NULL;
	r = fpu_to_int(&o, FB(i), rn);
	c->fpscr &= ~(FPSCR_FR | FPSCR_FI);
	fp_raise(c, o.flags);
	if (!((o.flags & FPSCR_VX_ALL) && (c->fpscr & FPSCR_VE))) {
		c->fpscr |= o.flags & (FPSCR_FR | FPSCR_FI);
		/* The upper word is undefined; this is what 32-bit FPUs leave there. */
		FD(i) = UINT64_C(0xfff80000) << 32 | r;
	}
	return fp_end(c, i);
}

OP(fctiw)
{
	return fp_to_int(c, i, c->fpscr & FPSCR_RN);
}

OP(fctiwz)
{
	return fp_to_int(c, i, 1);
}

/* --- moves: no status but CR1 --- */

#define FP_MOVE(name, expr)                                                                        \
	OP(name)                                                                                   \
	{                                                                                          \
		if (fp_off(c, i))                                                                  \
			return NULL;                                                               \
		FD(i) = expr;                                                                      \
		if (i->op & 1)                                                                     \
			c->crf[1] = (uint8_t)(c->fpscr >> 28);                                     \
		NEXT;                                                                              \
	}

static uint64_t fp_select(uint64_t a, uint64_t b, uint64_t x)
{
	return !fpu_is_nan(a) && (fpu_compare(a, 0) & 6) ? x : b;
}

FP_MOVE(fmr, FB(i))
FP_MOVE(fneg, FB(i) ^ FPU_SIGN)
FP_MOVE(fabs, FB(i) & ~FPU_SIGN)
FP_MOVE(fnabs, FB(i) | FPU_SIGN)
FP_MOVE(fsel, fp_select(FA(i), FB(i), FC(i)))
FP_MOVE(mffs, UINT64_C(0xfff80000) << 32 | c->fpscr)

/* --- compare --- */

static const struct insn *fp_compare(struct core *c, const struct insn *i, bool ordered)
{
	uint64_t a = FA(i);
	uint64_t b = c->fpr[i->b];
	unsigned rel;
	uint32_t flags = 0;

	if (fp_off(c, i))
		return NULL;
	rel = fpu_compare(a, b);
	c->fpscr = (c->fpscr & ~FPSCR_FPCC) | rel << 12;
	c->crf[i->d] = (uint8_t)rel;
	if (fpu_is_snan(a) || fpu_is_snan(b))
		flags = FPSCR_VXSNAN;
	/* fcmpo: VXVC with a quiet NaN, or with a signalling one unless that is trapped. */
	if (ordered && rel == 1 && !(flags && (c->fpscr & FPSCR_VE)))
		flags |= FPSCR_VXVC;
	fp_raise(c, flags);
	if ((c->fpscr & FPSCR_FEX) && (c->msr & (MSR_FE0 | MSR_FE1))) {
		insn_set_pc(c, i);
		excp_program(c, ESR_FP);
		return NULL;
	}
	NEXT;
}

OP(fcmpu)
{
	return fp_compare(c, i, false);
}

OP(fcmpo)
{
	return fp_compare(c, i, true);
}

/* --- FPSCR --- */

/* FEX and VX are summaries: software cannot write them. Bit 52 is reserved. */
#define FPSCR_RESERVED 0x00000800u

static const struct insn *fp_write_fpscr(struct core *c, const struct insn *i, uint32_t val,
					 uint32_t mask)
{
	mask &= ~(FPSCR_FEX | FPSCR_VX | FPSCR_RESERVED);
	c->fpscr = (c->fpscr & ~mask) | (val & mask);
	fp_summary(c);
	return fp_end(c, i);
}

OP(mtfsf)
{
	unsigned fields = (unsigned)(i->op >> 17) & 0xff;
	uint32_t mask = 0;

	if (fp_off(c, i))
		return NULL;
	for (unsigned n = 0; n < 8; n++) {
		if (fields & (0x80u >> n))
			mask |= 0xf0000000u >> (4 * n);
	}
	return fp_write_fpscr(c, i, (uint32_t)FB(i), mask);
}

OP(mtfsfi)
{
	unsigned field = i->op >> 23 & 7;

	if (fp_off(c, i))
		return NULL;
	return fp_write_fpscr(c, i, (i->op >> 12 & 15) << (28 - 4 * field),
			      0xf0000000u >> (4 * field));
}

OP(mtfsb0)
{
	if (fp_off(c, i))
		return NULL;
	return fp_write_fpscr(c, i, 0, PBIT32(i->d));
}

OP(mtfsb1)
{
	uint32_t bit = PBIT32(i->d);

	if (fp_off(c, i))
		return NULL;
	if ((bit & FPSCR_EXCEPTIONS) & ~c->fpscr)
		c->fpscr |= FPSCR_FX;
	return fp_write_fpscr(c, i, bit, bit);
}

OP(mcrfs)
{
	unsigned shift = 28 - 4 * (i->a >> 2);

	if (fp_off(c, i))
		return NULL;
	c->crf[i->d] = c->fpscr >> shift & 15;
	/* The exception bits that were copied are cleared (4.6.8). */
	c->fpscr &= ~((15u << shift) & (FPSCR_FX | FPSCR_EXCEPTIONS));
	fp_summary(c);
	NEXT;
}

/* A-form: five-bit extended opcode. */
#define ROW_A(op, xo, name, fn)                                                                    \
	{name, (uint32_t)(op) << 26 | (uint32_t)(xo) << 1, 0xfc00003eu, FORM_A, fn, NULL}

const struct insn_row insn_rows_fp[] = {
	ROW_A(63, 21, "fadd", op_fadd),
	ROW_A(59, 21, "fadds", op_fadds),
	ROW_A(63, 20, "fsub", op_fsub),
	ROW_A(59, 20, "fsubs", op_fsubs),
	ROW_A(63, 25, "fmul", op_fmul),
	ROW_A(59, 25, "fmuls", op_fmuls),
	ROW_A(63, 18, "fdiv", op_fdiv),
	ROW_A(59, 18, "fdivs", op_fdivs),
	ROW_A(63, 29, "fmadd", op_fmadd),
	ROW_A(59, 29, "fmadds", op_fmadds),
	ROW_A(63, 28, "fmsub", op_fmsub),
	ROW_A(59, 28, "fmsubs", op_fmsubs),
	ROW_A(63, 31, "fnmadd", op_fnmadd),
	ROW_A(59, 31, "fnmadds", op_fnmadds),
	ROW_A(63, 30, "fnmsub", op_fnmsub),
	ROW_A(59, 30, "fnmsubs", op_fnmsubs),
	ROW_A(63, 23, "fsel", op_fsel),
	ROW_A(59, 24, "fres", op_fres),
	ROW_A(63, 26, "frsqrte", op_frsqrte),
	ROW_X(63, 12, "frsp", FORM_X, op_frsp),
	ROW_X(63, 14, "fctiw", FORM_X, op_fctiw),
	ROW_X(63, 15, "fctiwz", FORM_X, op_fctiwz),
	ROW_X(63, 72, "fmr", FORM_X, op_fmr),
	ROW_X(63, 40, "fneg", FORM_X, op_fneg),
	ROW_X(63, 264, "fabs", FORM_X, op_fabs),
	ROW_X(63, 136, "fnabs", FORM_X, op_fnabs),
	ROW_X0(63, 0, "fcmpu", FORM_CRX, op_fcmpu),
	ROW_X0(63, 32, "fcmpo", FORM_CRX, op_fcmpo),
	ROW_X(63, 583, "mffs", FORM_X, op_mffs),
	ROW_X(63, 711, "mtfsf", FORM_X, op_mtfsf),
	ROW_X(63, 134, "mtfsfi", FORM_X, op_mtfsfi),
	ROW_X(63, 70, "mtfsb0", FORM_X, op_mtfsb0),
	ROW_X(63, 38, "mtfsb1", FORM_X, op_mtfsb1),
	ROW_X0(63, 64, "mcrfs", FORM_CRX, op_mcrfs),
	ROW_END,
};
