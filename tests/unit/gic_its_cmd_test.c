/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands of an ITS as the manual has them, and tables of every size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drivers/gic_its_cmd.h"

/* Golden words (IHI 0069, 5.3). */
static void test_words(void **state)
{
	static const struct its_cmd want[] = {
		{ { UINT64_C(0x1234567800000008), 6, UINT64_C(0x8000000012345600), 0 } },
		{ { 0x09, 0, UINT64_C(0x8000000080a00003), 0 } },
		{ { UINT64_C(0x000000100000000a), UINT64_C(0x0000200100000068), 0x0003, 0 } },
		{ { UINT64_C(0xffffffff00000001), UINT64_C(0xffffffff), 0xffff, 0 } },
		{ { UINT64_C(0x0000001000000004), 0x68, 0, 0 } },
		{ { UINT64_C(0x000000100000000c), 0x68, 0, 0 } },
		{ { UINT64_C(0x000000100000000f), 0x68, 0, 0 } },
		{ { 0x05, 0, UINT64_C(0x000f0000080a0000), 0 } },
	};
	const struct its_cmd got[] = {
		its_mapd(0x12345678, 0x12345600, 7),
		its_mapc(3, 0x80a00000),
		its_mapti(0x10, 0x68, 0x2001, 3),
		its_movi(0xffffffff, 0xffffffff, 0xffff),
		its_event(ITS_CLEAR, 0x10, 0x68),
		its_event(ITS_INV, 0x10, 0x68),
		its_event(ITS_DISCARD, 0x10, 0x68),
		its_sync(UINT64_C(0x000f0000080a0000)),
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(want); i++) {
		assert_memory_equal(&got[i], &want[i], sizeof(want[i]));
	}
}

/* Every size and page: room for exactly the count, never more pages than needed, never too few. */
static void test_sizes(void **state)
{
	struct its_table t;

	(void)state;
	for (unsigned int shift = 12; shift <= 16; shift += 2) {
		for (unsigned int entry = 1; entry <= 32; entry++) {
			for (uint64_t count = 1; count < 70000; count = count * 5 / 4 + 1) {
				uint64_t page = UINT64_C(1) << shift, bytes = count * entry;
				enum err err = its_table_size(&t, count, entry, shift, false, 0);

				assert_int_equal(err, bytes > 256 * page ? ERR_SIZE : OK);
				if (err == OK) {
					assert_false(t.is_indirect);
					assert_true(t.pages * page >= bytes);
					assert_true((t.pages - 1) * page < bytes);
				}
				assert_int_equal(its_table_size(&t, count, entry, shift, true, 0x4000), OK);
				assert_int_equal(t.is_indirect, bytes > 0x4000 || bytes > 256 * page);
				if (t.is_indirect) {
					assert_true(t.leaf_count * entry <= page);
					assert_true((uint64_t)t.pages * page / 8 * t.leaf_count >= count);
				}
			}
		}
	}
	assert_int_equal(its_table_size(&t, 0, 8, 12, true, 0), ERR_SIZE);
	assert_int_equal(its_table_size(&t, UINT64_C(1) << 32, 8, 16, true, 0), OK);
	assert_int_equal(its_table_size(&t, UINT64_C(1) << 32, 8, 12, true, 0), ERR_SIZE);
	for (unsigned int bits = 1; bits < 32; bits++) {
		assert_int_equal(its_event_bits((1u << bits) - 1), bits);
		assert_int_equal(its_event_bits(1u << bits), bits + 1);
	}
	assert_int_equal(its_event_bits(0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
