/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The operand judge: every user instruction over special and random operands, one line with a
 * checksum of all results each. Runs bare on the model and under a user-mode emulator.
 * With a row number in `verbose_row` every result of that row is printed.
 */
#include "kit.h"

#define ROUNDS 200
/* 1: FPSCR exception enables are random too (a user-mode emulator would send signals). */
#ifndef ENABLES
#define ENABLES 0
#endif
#define BUF 128

struct state {
	uint32_t gpr[32];
	uint32_t cr, xer, ctr, fpscr;
	uint64_t fpr[8];
};

/* Where the architecture leaves a result undefined, or the reference emulator departs from it */
enum row_flags {
	ROW_FP = 1,
	ROW_LOW = 2,	  /* upper word and FPRF undefined (fctiw, mffs) */
	ROW_NEGATED = 4,  /* reference rounds after negating: wrong in directed rounding */
	ROW_COMPARE = 8,  /* reference changes FPRF[C] in fcmp */
	ROW_ENABLES = 16, /* sets FPSCR enables: signals under a user-mode emulator */
	ROW_SINGLE = 32,  /* to single: enabled overflow beyond the adjusted range is undefined */
	ROW_SETS_FX = 64, /* reference does not set FX in mtfsb1 */
};

struct op {
	void (*fn)(void);
	const char *name;
	uint32_t flags; /* enum row_flags */
};

extern const struct op ops[];
extern const uint32_t ops_count;
void run_op(void (*fn)(void), struct state *s);

static uint8_t buf[BUF] __attribute__((aligned(64)));
static uint64_t seed = 0x123456789abcdefull;
uint32_t verbose_row = 0xffffffff;

static uint32_t random32(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)((seed * 0x2545f491ull) >> 13);
}

static const uint32_t ints[] = {0, 1, 2, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 31, 32, 33,
				0x8000, 0xffff8000, 0x55555555, 64};

static uint32_t random_int(void)
{
	uint32_t r = random32();

	return r & 0x100 ? ints[(r >> 16) % (sizeof(ints) / sizeof(ints[0]))] : random32();
}

static const uint64_t doubles[] = {
	0, 0x8000000000000000ull, 0x3ff0000000000000ull, 0xbff0000000000000ull,
	0x7ff0000000000000ull, 0xfff0000000000000ull, 0x7ff8000000000000ull, 0x7ff0000000000001ull,
	0xfff4000000000000ull, 0x0000000000000001ull, 0x800fffffffffffffull, 0x0010000000000000ull,
	0x7fefffffffffffffull, 0x36a0000000000000ull, 0x380fffffffffffffull, 0x47efffffe0000000ull,
	0x47effffff0000000ull, 0x41dfffffffc00000ull, 0x41dfffffffe00000ull, 0xc1e0000000000000ull,
	0x3fe0000000000000ull, 0x3ff8000000000000ull, 0x4330000000000001ull, 0x3690000000000000ull,
};

static uint64_t random_double(void)
{
	uint32_t r = random32();
	uint64_t hi = random32();
	uint64_t lo = random32();

	switch (r >> 20 & 7) {
	case 0:
	case 1:
		return doubles[(r & 0xffff) % (sizeof(doubles) / sizeof(doubles[0]))];
	case 2: /* near 1: cancellation and carries */
		return 0x3ff0000000000000ull + (uint64_t)(int64_t)(int32_t)(r & 7) - 3 +
		       ((uint64_t)(r & 1) << 63) + ((hi & 15) << 52);
	case 3: /* a single-precision value */
		return (0x3800000000000000ull | (uint64_t)(r & 1) << 63 | (hi & 0x0fffffff) << 32) |
		       (lo & 0xe0000000);
	case 4: /* halfway cases of single rounding */
		return (0x3ff0000000000000ull | (hi & 0xfffff) << 32) | (lo & 0xe0000000) |
		       0x10000000;
	case 5: /* integers around 2^31 */
		return 0x41d0000000000000ull | (hi & 0x1fffff) << 32 | lo | (uint64_t)(r & 1) << 63;
	default:
		return hi << 32 | lo;
	}
}

static uint32_t crc;

static void crc_add(uint32_t v)
{
	crc = (crc << 5 | crc >> 27) ^ v;
	crc *= 0x9e3779b1u;
}

static void show(const char *what, uint32_t v)
{
	put_string(what);
	put_hex(v);
}

static void prepare(struct state *s, uint32_t flags)
{
	for (unsigned n = 3; n < 7; n++)
		s->gpr[n] = random_int();
	s->gpr[7] = (uint32_t)buf + 32 + (random32() & 7);
	s->gpr[8] = random32() & 15;
	s->gpr[9] = 0;
	s->gpr[10] = (uint32_t)buf + 64;
	for (unsigned n = 27; n < 32; n++)
		s->gpr[n] = random32();
	s->cr = random32();
	s->xer = random32() & 0xe0000000;
	s->ctr = random32() & 3;
	/* Rounding mode and enables are random; exceptions may be pending already. */
	s->fpscr = flags & ROW_FP ? random32() & (ENABLES ? 0x9f8007f8 : 0x9f800700) : 0;
	s->fpscr |= random32() & 3;
	/*
	 * FX is set when an exception bit goes from 0 to 1 (Book I 4.2.2); the reference emulator
	 * also sets it for one that was there. With FX set beforehand the two agree.
	 */
	if (s->fpscr & 0x1f800700)
		s->fpscr |= 0x80000000;
	if (random32() & 1)
		s->fpscr &= 0xfb;
	for (unsigned n = 1; n < 5; n++)
		s->fpr[n] = random_double();
	for (unsigned n = 0; n < BUF; n++)
		buf[n] = (uint8_t)random32();
}

static bool is_suppressed(const struct state *s, uint32_t flags)
{
	if ((flags & ROW_SINGLE) && (s->fpscr & 0x18000060))
		return true;
	/* Enabled invalid operation, zero divide: the target is left alone; the reference writes it. */
	return (flags & ROW_FP) && (((s->fpscr & 0x80) && (s->fpscr & 0x20000000)) ||
				    ((s->fpscr & 0x10) && (s->fpscr & 0x04000000)));
}

/* FPSCR as far as it can be compared after a row with these flags left f1. */
static uint32_t comparable_fpscr(const struct state *s, uint32_t flags)
{
	uint64_t mag = s->fpr[1] & 0x7fffffffffffffffull;
	uint32_t mask = ~0x40000u; /* FR is not kept by the reference emulator */

	if ((flags & ROW_LOW) || is_suppressed(s, flags))
		mask &= ~0x1f000u;
	if (flags & ROW_SETS_FX)
		mask &= ~0x80000000u;
	if (flags & ROW_COMPARE)
		mask &= ~0x10000u;
	/* fcmpo with a trapped signalling NaN does not raise VXVC (4.6.7); the reference does. */
	if ((flags & ROW_COMPARE) && (s->fpscr & 0x01000080) == 0x01000080)
		mask &= ~0x80000u;
	/* Class of a denormal single (4.2.2: by target precision; the reference says normal). */
	if (mag && mag < 0x3810000000000000ull)
		mask &= ~0x1f000u;
	return s->fpscr & mask;
}

static void judge(unsigned row)
{
	const struct op *o = &ops[row];
	static struct state s;

	crc = 0;
	seed = 0x123456789abcdefull + row;
	for (unsigned n = 0; n < ROUNDS; n++) {
		struct state in;

		prepare(&s, o->flags);
		if (o->flags & ROW_NEGATED)
			s.fpscr &= ~2u;
		in = s;
		run_op(o->fn, &s);
		for (unsigned k = 3; k < 7; k++)
			crc_add(s.gpr[k]);
		crc_add(s.gpr[7] - (uint32_t)buf);
		crc_add(s.cr);
		crc_add(s.xer & 0xe000007f);
		crc_add(s.ctr == (uint32_t)o->fn + 12 ? 0 : s.ctr & 0xff);
		crc_add(comparable_fpscr(&s, o->flags));
		if (is_suppressed(&s, o->flags))
			s.fpr[1] = 0;
		crc_add(o->flags & ROW_LOW ? 0 : (uint32_t)(s.fpr[1] >> 32));
		crc_add((uint32_t)s.fpr[1]);
		for (unsigned k = 0; k < BUF; k++)
			crc_add(buf[k]);
		if (row != verbose_row)
			continue;
		show(" in ", in.gpr[3]);
		show(" ", in.gpr[4]);
		show(" ", in.gpr[5]);
		show(" f ", (uint32_t)(in.fpr[2] >> 32));
		show("", (uint32_t)in.fpr[2]);
		show(" ", (uint32_t)(in.fpr[3] >> 32));
		show("", (uint32_t)in.fpr[3]);
		show(" ", (uint32_t)(in.fpr[4] >> 32));
		show("", (uint32_t)in.fpr[4]);
		show(" fpscr ", in.fpscr);
		show(" xer ", in.xer);
		show(" out ", s.gpr[3]);
		show(" cr ", s.cr);
		show(" xer ", s.xer);
		show(" f1 ", (uint32_t)(s.fpr[1] >> 32));
		show("", (uint32_t)s.fpr[1]);
		show(" fpscr ", s.fpscr);
		put_char('\n');
	}
	put_string(o->name);
	show(" = ", crc);
	put_char('\n');
}

void test(void)
{
	for (unsigned n = 0; n < ops_count; n++) {
		if (ENABLES || !(ops[n].flags & ROW_ENABLES))
			judge(n);
	}
}
