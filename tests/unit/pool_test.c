/* SPDX-License-Identifier: BSD-3-Clause */
/* The boot-time pool: aligned, zeroed, never twice, and what alignment leaves over is used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hv/bits.h"
#include "hv/pool.h"

static void test_gaps(void **state)
{
	uint8_t *table[4], *block;
	size_t used;
	unsigned int i, n;

	(void)state;
	memset(pool_alloc(1), 0xff, 64);
	for (i = 0; i < 4; i++) {
		table[i] = pool_align(2048, KIB(64));
		assert_non_null(table[i]);
		assert_true(is_aligned((uintptr_t)table[i], KIB(64)));
		memset(table[i], 0xff, 2048);
	}
	used = pool_used();
	/* Three gaps of 62 KiB at least: page-sized blocks, and small ones, go there. */
	for (n = 0; n < 30; n++) {
		block = pool_align(KIB(4), KIB(4));
		assert_non_null(block);
		assert_true(is_aligned((uintptr_t)block, KIB(4)));
		for (i = 0; i < 4; i++) {
			assert_true(block + KIB(4) <= table[i] || block >= table[i] + 2048);
		}
		for (i = 0; i < KIB(4); i++) {
			assert_int_equal(block[i], 0);
		}
		memset(block, 0xff, KIB(4));
	}
	assert_non_null(pool_alloc(100));
	assert_int_equal(pool_used(), used);
}

static void test_end(void **state)
{
	size_t n;

	(void)state;
	assert_null(pool_alloc(pool_size() + 1));
	assert_null(pool_alloc(SIZE_MAX));
	assert_null(pool_align(pool_size(), KIB(64)));
	for (n = 0; pool_align(KIB(64), KIB(64)) != NULL; n++) {
	}
	assert_true(n > pool_size() / KIB(64) / 2);
	assert_true(pool_used() <= pool_size());
	while (pool_alloc(64) != NULL) {
	}
	assert_true(pool_used() <= pool_size());
	pool_close();
	assert_null(pool_alloc(1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
