/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Floating-point arithmetic (Power ISA Book I chapter 4). Pure.
 *
 * Inside, a finite number is sign, exponent and a 64-bit significand with its top bit set:
 * value = sig / 2^63 * 2^exp. Anything lost below bit 0 is remembered by setting bit 0 (sticky).
 */
#include "fpu.h"

typedef unsigned __int128 u128;

enum fpu_kind { KIND_ZERO, KIND_FINITE, KIND_INF, KIND_NAN };

struct fpu_num {
	enum fpu_kind kind;
	bool sign;
	int exp;
	uint64_t sig;
};

bool fpu_is_nan(uint64_t a)
{
	return (a & ~FPU_SIGN) > FPU_INF;
}

bool fpu_is_snan(uint64_t a)
{
	return fpu_is_nan(a) && !(a & UINT64_C(0x0008000000000000));
}

static struct fpu_num fpu_unpack(uint64_t a)
{
	struct fpu_num n = {.sign = a >> 63};
	uint64_t frac = a & UINT64_C(0x000fffffffffffff);
	int exp = (int)(a >> 52 & 0x7ff);

	if (exp == 0x7ff) {
		n.kind = frac ? KIND_NAN : KIND_INF;
	} else if (exp) {
		n.kind = KIND_FINITE;
		n.exp = exp - 1023;
		n.sig = FPU_SIGN | frac << 11;
	} else if (frac) {
		int shift = __builtin_clzll(frac);

		n.kind = KIND_FINITE;
		n.sig = frac << shift;
		n.exp = -1022 + 11 - shift;
	}
	return n;
}

static uint64_t fpu_shift_sticky(uint64_t sig, unsigned n)
{
	if (!n)
		return sig;
	if (n > 63)
		return sig != 0;
	return sig >> n | ((sig << (64 - n)) != 0);
}

/* Bits of a finite value whose significand already has at most 53 bits. */
static uint64_t fpu_pack(bool sign, int exp, uint64_t sig)
{
	uint64_t bits = (uint64_t)sign << 63;

	if (!sig)
		return bits;
	if (exp < -1022)
		return bits | fpu_shift_sticky(sig, (unsigned)(-1022 - exp)) >> 11;
	return bits | (uint64_t)(exp + 1023) << 52 | (sig << 1 >> 12);
}

static uint64_t fpu_overflow(struct fpu_op *o, bool sign)
{
	unsigned rn = o->fpscr & FPSCR_RN;
	bool to_inf = rn == 0 || (rn == 2 && !sign) || (rn == 3 && sign);
	uint64_t max = o->single ? UINT64_C(0x47efffffe0000000) : FPU_INF - 1;

	o->flags |= FPSCR_OX | FPSCR_XX | FPSCR_FI | (to_inf ? FPSCR_FR : 0);
	return (uint64_t)sign << 63 | (to_inf ? FPU_INF : max);
}

/* Round the significand to p bits; *carry = it became 2.0. Sets FR and FI. */
static uint64_t fpu_round_sig(struct fpu_op *o, bool sign, uint64_t sig, unsigned p, bool *carry)
{
	unsigned drop = 64 - p;
	uint64_t rest = sig & ((UINT64_C(1) << drop) - 1);
	uint64_t half = UINT64_C(1) << (drop - 1);
	uint64_t unit = UINT64_C(1) << drop;
	bool up;

	*carry = false;
	if (!rest)
		return sig;
	switch (o->fpscr & FPSCR_RN) {
	case 0:
		up = rest > half || (rest == half && (sig & unit));
		break;
	case 1:
		up = false;
		break;
	case 2:
		up = !sign;
		break;
	default:
		up = sign;
		break;
	}
	o->flags |= FPSCR_FI | FPSCR_XX | (up ? FPSCR_FR : 0);
	sig -= rest;
	if (up) {
		sig += unit;
		*carry = !sig;
		if (*carry)
			sig = FPU_SIGN;
	}
	return sig;
}

/* Round and range-check a nonzero value; tininess is judged before rounding (4.4.4). */
static uint64_t fpu_finish(struct fpu_op *o, bool sign, int exp, uint64_t sig)
{
	unsigned p = o->single ? 24 : 53;
	int emin = o->single ? -126 : -1022;
	int emax = o->single ? 127 : 1023;
	int adjust = o->single ? 192 : 1536;
	bool tiny = exp < emin;
	bool carry;

	if (tiny && (o->fpscr & FPSCR_UE)) {
		o->flags |= FPSCR_UX;
		exp += adjust;
		sig = fpu_round_sig(o, sign, sig, p, &carry);
		return fpu_pack(sign, exp + carry, sig);
	}
	if (tiny) {
		unsigned shift = (unsigned)(emin - exp);

		sig = fpu_shift_sticky(sig, shift);
		sig = fpu_round_sig(o, sign, sig, p, &carry);
		if (o->flags & FPSCR_FI)
			o->flags |= FPSCR_UX;
		if (!sig)
			return (uint64_t)sign << 63;
		shift = (unsigned)__builtin_clzll(sig);
		return fpu_pack(sign, emin - (int)shift, sig << shift);
	}
	sig = fpu_round_sig(o, sign, sig, p, &carry);
	exp += carry;
	if (exp <= emax)
		return fpu_pack(sign, exp, sig);
	if (!(o->fpscr & FPSCR_OE))
		return fpu_overflow(o, sign);
	o->flags |= FPSCR_OX;
	return fpu_pack(sign, exp - adjust, sig);
}

/* Normalise a 128-bit magnitude: value = v / 2^127 * 2^exp. */
static uint64_t fpu_finish128(struct fpu_op *o, bool sign, int exp, u128 v)
{
	uint64_t hi = (uint64_t)(v >> 64);
	unsigned shift = hi ? (unsigned)__builtin_clzll(hi)
			    : 64 + (unsigned)__builtin_clzll((uint64_t)v);

	v <<= shift;
	return fpu_finish(o, sign, exp - (int)shift, (uint64_t)(v >> 64) | ((uint64_t)v != 0));
}

/* The NaN an operation with a NaN operand returns: the first one, quieted. */
static uint64_t fpu_nan(struct fpu_op *o, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t r = fpu_is_nan(a) ? a : fpu_is_nan(b) ? b : c;

	if (fpu_is_snan(a) || fpu_is_snan(b) || fpu_is_snan(c))
		o->flags |= FPSCR_VXSNAN;
	r |= UINT64_C(0x0008000000000000);
	return o->single ? r & ~UINT64_C(0x1fffffff) : r;
}

static uint64_t fpu_invalid(struct fpu_op *o, uint32_t flag)
{
	o->flags |= flag;
	return FPU_QNAN;
}

static u128 fpu_shift128(u128 v, unsigned n)
{
	if (n > 127)
		return v != 0;
	if (!n)
		return v;
	return v >> n | ((v << (128 - n)) != 0);
}

/* x + y, both with their leading bit at or just below bit 126 and exponents for bit 127. */
static uint64_t fpu_sum(struct fpu_op *o, bool xs, int xe, u128 x, bool ys, int ye, u128 y)
{
	int exp = xe > ye ? xe : ye;

	x = fpu_shift128(x, (unsigned)(exp - xe));
	y = fpu_shift128(y, (unsigned)(exp - ye));
	if (xs == ys)
		return fpu_finish128(o, xs, exp, x + y);
	if (x == y)
		return (o->fpscr & FPSCR_RN) == 3 ? FPU_SIGN : 0;
	return x > y ? fpu_finish128(o, xs, exp, x - y) : fpu_finish128(o, ys, exp, y - x);
}

/* Sum when one side is zero: the other, rounded; two zeros follow the sign rule. */
static uint64_t fpu_sum_zero(struct fpu_op *o, const struct fpu_num *x, const struct fpu_num *y)
{
	const struct fpu_num *n = x->kind == KIND_ZERO ? y : x;

	if (n->kind != KIND_ZERO)
		return fpu_finish(o, n->sign, n->exp, n->sig);
	if (x->sign == y->sign)
		return (uint64_t)x->sign << 63;
	return (o->fpscr & FPSCR_RN) == 3 ? FPU_SIGN : 0;
}

uint64_t fpu_add(struct fpu_op *o, uint64_t a, uint64_t b)
{
	struct fpu_num x = fpu_unpack(a);
	struct fpu_num y = fpu_unpack(b);

	if (x.kind == KIND_NAN || y.kind == KIND_NAN)
		return fpu_nan(o, a, b, 0);
	if (x.kind == KIND_INF && y.kind == KIND_INF && x.sign != y.sign)
		return fpu_invalid(o, FPSCR_VXISI);
	if (x.kind == KIND_INF)
		return a;
	if (y.kind == KIND_INF)
		return b;
	if (x.kind == KIND_ZERO || y.kind == KIND_ZERO)
		return fpu_sum_zero(o, &x, &y);
	return fpu_sum(o, x.sign, x.exp + 1, (u128)x.sig << 63, y.sign, y.exp + 1,
		       (u128)y.sig << 63);
}

uint64_t fpu_mul(struct fpu_op *o, uint64_t a, uint64_t b)
{
	struct fpu_num x = fpu_unpack(a);
	struct fpu_num y = fpu_unpack(b);
	bool sign = x.sign != y.sign;

	if (x.kind == KIND_NAN || y.kind == KIND_NAN)
		return fpu_nan(o, a, b, 0);
	if (x.kind == KIND_INF || y.kind == KIND_INF) {
		if (x.kind == KIND_ZERO || y.kind == KIND_ZERO)
			return fpu_invalid(o, FPSCR_VXIMZ);
		return (uint64_t)sign << 63 | FPU_INF;
	}
	if (x.kind == KIND_ZERO || y.kind == KIND_ZERO)
		return (uint64_t)sign << 63;
	return fpu_finish128(o, sign, x.exp + y.exp + 1, (u128)x.sig * y.sig);
}

uint64_t fpu_div(struct fpu_op *o, uint64_t a, uint64_t b)
{
	struct fpu_num x = fpu_unpack(a);
	struct fpu_num y = fpu_unpack(b);
	bool sign = x.sign != y.sign;
	u128 n, q;

	if (x.kind == KIND_NAN || y.kind == KIND_NAN)
		return fpu_nan(o, a, b, 0);
	if (x.kind == KIND_INF)
		return y.kind == KIND_INF ? fpu_invalid(o, FPSCR_VXIDI)
					  : (uint64_t)sign << 63 | FPU_INF;
	if (y.kind == KIND_INF)
		return (uint64_t)sign << 63;
	if (y.kind == KIND_ZERO) {
		if (x.kind == KIND_ZERO)
			return fpu_invalid(o, FPSCR_VXZDZ);
		o->flags |= FPSCR_ZX;
		return (uint64_t)sign << 63 | FPU_INF;
	}
	if (x.kind == KIND_ZERO)
		return (uint64_t)sign << 63;
	/* Both significands have bit 63 set: the quotient lies in (2^62, 2^64). */
	n = (u128)x.sig << 63;
	q = n / y.sig;
	if (n % y.sig)
		q = q << 1 | 1;
	else
		q <<= 1;
	return fpu_finish128(o, sign, x.exp - y.exp + 63, q);
}

uint64_t fpu_madd(struct fpu_op *o, uint64_t a, uint64_t c, uint64_t b, bool negate_b)
{
	struct fpu_num x = fpu_unpack(a);
	struct fpu_num y = fpu_unpack(c);
	struct fpu_num z = fpu_unpack(b);
	bool sign = x.sign != y.sign;
	bool imz = (x.kind == KIND_INF && y.kind == KIND_ZERO) ||
		   (x.kind == KIND_ZERO && y.kind == KIND_INF);
	bool inf = x.kind == KIND_INF || y.kind == KIND_INF;
	struct fpu_num p = {KIND_ZERO, sign, 0, 0};

	if (imz)
		o->flags |= FPSCR_VXIMZ;
	if (x.kind == KIND_NAN || y.kind == KIND_NAN || z.kind == KIND_NAN)
		return fpu_nan(o, a, b, c);
	if (imz)
		return FPU_QNAN;
	z.sign ^= negate_b;
	if (inf && z.kind == KIND_INF && z.sign != sign)
		return fpu_invalid(o, FPSCR_VXISI);
	if (inf)
		return (uint64_t)sign << 63 | FPU_INF;
	if (z.kind == KIND_INF)
		return (uint64_t)z.sign << 63 | FPU_INF;
	if (x.kind == KIND_ZERO || y.kind == KIND_ZERO)
		return fpu_sum_zero(o, &p, &z);
	if (z.kind == KIND_ZERO)
		return fpu_finish128(o, sign, x.exp + y.exp + 1, (u128)x.sig * y.sig);
	/* The product of two 53-bit significands leaves its low 22 bits zero: >> 1 is exact. */
	return fpu_sum(o, sign, x.exp + y.exp + 2, (u128)x.sig * y.sig >> 1, z.sign, z.exp + 1,
		       (u128)z.sig << 63);
}

uint64_t fpu_round(struct fpu_op *o, uint64_t a)
{
	struct fpu_num x = fpu_unpack(a);

	o->single = true;
	if (x.kind == KIND_NAN)
		return fpu_nan(o, a, 0, 0);
	if (x.kind != KIND_FINITE)
		return a;
	return fpu_finish(o, x.sign, x.exp, x.sig);
}

uint32_t fpu_to_int(struct fpu_op *o, uint64_t a, unsigned rn)
{
	struct fpu_num x = fpu_unpack(a);
	struct fpu_op round = {.fpscr = rn};
	uint64_t v;
	bool carry;

	if (x.kind == KIND_ZERO)
		return 0;
	if (x.kind == KIND_NAN) {
		o->flags |= FPSCR_VXCVI | (fpu_is_snan(a) ? FPSCR_VXSNAN : 0);
		return 0x80000000u;
	}
	if (x.kind == KIND_INF || x.exp > 31) {
		o->flags |= FPSCR_VXCVI;
		return x.sign ? 0x80000000u : 0x7fffffffu;
	}
	/* Put the binary point between bits 32 and 31, so that rounding to 32 bits is to integer. */
	v = x.exp < -1 ? 1 : fpu_shift_sticky(x.sig, (unsigned)(32 - 1 - x.exp) + 0);
	v = fpu_round_sig(&round, x.sign, v, 32, &carry) >> 32;
	if (carry || v > (x.sign ? UINT64_C(0x80000000) : UINT64_C(0x7fffffff))) {
		o->flags |= FPSCR_VXCVI;
		return x.sign ? 0x80000000u : 0x7fffffffu;
	}
	o->flags |= round.flags;
	return x.sign ? (uint32_t)(0 - v) : (uint32_t)v;
}

uint64_t fpu_reciprocal(struct fpu_op *o, uint64_t a)
{
	struct fpu_num x = fpu_unpack(a);

	o->single = true;
	/* An estimate: FR and FI are undefined, inexactness is not reported (4.6.6.1). */
	if (x.kind == KIND_FINITE) {
		uint64_t r = fpu_div(o, UINT64_C(0x3ff0000000000000), a);

		o->flags &= ~(FPSCR_XX | FPSCR_FI | FPSCR_FR);
		return r;
	}
	return fpu_div(o, UINT64_C(0x3ff0000000000000), a);
}

/* Integer square root of a 128-bit number, bit by bit. */
static uint64_t fpu_isqrt(u128 v)
{
	u128 root = 0;

	for (int bit = 63; bit >= 0; bit--) {
		u128 try = root | (u128)1 << bit;

		if (try * try <= v)
			root = try;
	}
	return (uint64_t)root;
}

uint64_t fpu_rsqrt(struct fpu_op *o, uint64_t a)
{
	struct fpu_num x = fpu_unpack(a);
	struct fpu_op scratch = *o;
	uint64_t root;
	int exp;

	if (x.kind == KIND_NAN)
		return fpu_nan(o, a, 0, 0);
	if (x.kind == KIND_ZERO) {
		o->flags |= FPSCR_ZX;
		return (uint64_t)x.sign << 63 | FPU_INF;
	}
	if (x.sign)
		return fpu_invalid(o, FPSCR_VXSQRT);
	if (x.kind == KIND_INF)
		return 0;
	/* sqrt to 63 bits, then one division; the estimate is far better than the required 1/32. */
	exp = x.exp & ~1;
	root = fpu_isqrt((u128)x.sig << (63 + (x.exp & 1)));
	scratch.fpscr &= FPSCR_RN;
	return fpu_div(&scratch, UINT64_C(0x3ff0000000000000),
		       fpu_finish128(&scratch, false, exp / 2 + 64, (u128)root));
}

unsigned fpu_compare(uint64_t a, uint64_t b)
{
	bool sa = a >> 63;
	bool sb = b >> 63;

	if (fpu_is_nan(a) || fpu_is_nan(b))
		return 1;
	if (!((a | b) & ~FPU_SIGN) || a == b)
		return 2;
	if (sa != sb)
		return sa ? 8 : 4;
	return (a < b) != sa ? 8 : 4;
}

uint32_t fpu_class(uint64_t a, bool single)
{
	bool sign = a >> 63;
	uint64_t mag = a & ~FPU_SIGN;
	uint64_t least = single ? UINT64_C(0x3810000000000000) : UINT64_C(0x0010000000000000);

	if (mag > FPU_INF)
		return 0x11000;
	if (mag == FPU_INF)
		return sign ? 0x09000 : 0x05000;
	if (!mag)
		return sign ? 0x12000 : 0x02000;
	if (mag < least)
		return sign ? 0x18000 : 0x14000;
	return sign ? 0x08000 : 0x04000;
}

uint64_t fpu_from_single(uint32_t s)
{
	uint64_t sign = (uint64_t)(s >> 31) << 63;
	uint32_t exp = s >> 23 & 0xff;
	uint32_t frac = s & 0x7fffff;

	if (exp == 0xff)
		return sign | FPU_INF | (uint64_t)frac << 29;
	if (exp)
		return sign | (uint64_t)(exp + 896) << 52 | (uint64_t)frac << 29;
	if (!frac)
		return sign;
	return fpu_pack(s >> 31, -126 + 8 - __builtin_clz(frac), (uint64_t)frac << 32
				 << __builtin_clz(frac));
}

/* Book I 4.6.3: single-precision stores denormalise but never round. */
uint32_t fpu_to_single(uint64_t d)
{
	uint32_t sign = (uint32_t)(d >> 32) & 0x80000000u;
	unsigned exp = d >> 52 & 0x7ff;

	if (exp > 896 || !(d & ~FPU_SIGN))
		return ((uint32_t)(d >> 32) & 0xc0000000u) | ((uint32_t)(d >> 29) & 0x3fffffffu);
	if (exp >= 874) {
		uint32_t frac = 0x800000u | ((uint32_t)(d >> 29) & 0x7fffffu);

		return sign | frac >> (897 - exp);
	}
	return sign;
}
