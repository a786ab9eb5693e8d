/* SPDX-License-Identifier: BSD-3-Clause */
/* The decoder of device accesses without syndrome, against encodings made by an assembler. */
#include "arch/arm64/insn.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

struct row {
	uint32_t insn;
	struct insn_access want;
};

#define LOAD .is_write = false
#define STORE .is_write = true

static const struct row good[] = {
	/* ldp x0, x1, [x2] */
	{ 0xa9400440, { LOAD, .size = 8, .count = 2, .rt = { 0, 1 }, .rn = 2 } },
	/* stp w3, w4, [sp, #-8] */
	{ 0x293f13e3, { STORE, .size = 4, .count = 2, .rt = { 3, 4 }, .rn = 31, .offset = -8, .writeback = -8 } },
	/* stp x5, xzr, [x6], #504 */
	{ 0xa89ffcc5, { STORE, .size = 8, .count = 2, .rt = { 5, 31 }, .rn = 6, .has_writeback = true,
			.writeback = 504 } },
	/* ldp x7, x8, [x9, #-512]! */
	{ 0xa9e02127, { LOAD, .size = 8, .count = 2, .rt = { 7, 8 }, .rn = 9, .has_writeback = true,
			.offset = -512, .writeback = -512 } },
	/* ldpsw x10, x11, [x12, #4] */
	{ 0x6940ad8a, { LOAD, .is_signed = true, .size = 4, .count = 2, .rt = { 10, 11 }, .rn = 12,
			.offset = 4, .writeback = 4 } },
	/* ldnp w1, w2, [x3, #16] */
	{ 0x28420861, { LOAD, .size = 4, .count = 2, .rt = { 1, 2 }, .rn = 3, .offset = 16, .writeback = 16 } },
	/* str x1, [x2], #-256 */
	{ 0xf8100441, { STORE, .size = 8, .count = 1, .rt = { 1 }, .rn = 2, .has_writeback = true,
			.writeback = -256 } },
	/* ldr w3, [x4, #255]! */
	{ 0xb84ffc83, { LOAD, .size = 4, .count = 1, .rt = { 3 }, .rn = 4, .has_writeback = true,
			.offset = 255, .writeback = 255 } },
	/* ldrsb w5, [x6], #1 */
	{ 0x38c014c5, { LOAD, .is_signed = true, .is_word = true, .size = 1, .count = 1, .rt = { 5 }, .rn = 6,
			.has_writeback = true, .writeback = 1 } },
	/* ldrsw x7, [sp, #4]! */
	{ 0xb8804fe7, { LOAD, .is_signed = true, .size = 4, .count = 1, .rt = { 7 }, .rn = 31,
			.has_writeback = true, .offset = 4, .writeback = 4 } },
	/* strh wzr, [x8], #2 */
	{ 0x7800251f, { STORE, .size = 2, .count = 1, .rt = { 31 }, .rn = 8, .has_writeback = true,
			.writeback = 2 } },
};

static const uint32_t bad[] = {
	0x885f7c20, /* ldxr w0, [x1] */
	0xc8027c20, /* stxr w2, x0, [x1] */
	0x887f0440, /* ldxp w0, w1, [x2] */
	0xad400440, /* ldp q0, q1, [x2] */
	0x2c400440, /* ldnp s0, s1, [x2] */
	0x3c401420, /* ldr b0, [x1], #1 */
	0xb9400020, /* ldr w0, [x1]: has a syndrome, does not come here */
	0xd50b7420, /* dc zva, x0 */
	0xf8bf8020, /* ldaddal-like atomic */
	0xa9400000, /* ldp x0, x0, [x0]: unpredictable */
	0xa8c10400, /* ldp x0, x1, [x0], #16: base is a target */
	0xf8008421, /* str x1, [x1], #8: base is the source */
	0x68000440, /* stgp-class encoding with opc 1, no allocate */
	0x69000440, /* stgp x0, x1, [x2] */
	0xe9400440, /* opc 3 */
	0xf8c01420, /* size 8, opc 3 */
	0xb8c01420, /* size 4, opc 3 */
	0xd503201f, /* nop */
};

static void test_good(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(good); i++) {
		const struct insn_access *w = &good[i].want;
		struct insn_access in;

		assert_true(insn_decode(good[i].insn, &in));
		assert_int_equal(in.is_write, w->is_write);
		assert_int_equal(in.is_signed, w->is_signed);
		assert_int_equal(in.is_word, w->is_word);
		assert_int_equal(in.has_writeback, w->has_writeback);
		assert_int_equal(in.size, w->size);
		assert_int_equal(in.count, w->count);
		assert_int_equal(in.rt[0], w->rt[0]);
		assert_int_equal(in.rt[1], w->count == 2 ? w->rt[1] : 0);
		assert_int_equal(in.rn, w->rn);
		assert_int_equal(in.offset, w->offset);
		if (w->has_writeback) {
			assert_int_equal(in.writeback, w->writeback);
		}
	}
}

static void test_bad(void **state)
{
	struct insn_access in;

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_false(insn_decode(bad[i], &in));
	}
	/* The legal twins of the two that write back into a register they also use. */
	assert_true(insn_decode(0xa8c10820, &in)); /* ldp x0, x2, [x1], #16 */
	assert_true(insn_decode(0xf8008420, &in)); /* str x0, [x1], #8 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
