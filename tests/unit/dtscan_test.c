/* SPDX-License-Identifier: BSD-3-Clause */
/* The entry code's pass over a device tree: what it finds, and that nothing makes it read outside. */
#include "arch/arm64/dtscan.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Big-endian words of a tree by hand: / { a = <1 2>; memory@4 { reg = <3>; }; b { }; }; */
#define W(x) ((x) >> 24) & 255, ((x) >> 16) & 255, ((x) >> 8) & 255, (x)&255
static const uint8_t tree[] = {
	W(0xd00dfeed), W(156), W(56), W(144), W(40), W(17), W(16), W(0), W(12), W(88),
	W(0), W(0), W(0), W(0),                           /* reserve map; structure at 56 */
	W(1), 0, 0, 0, 0,                                 /* root */
	W(3), W(8), W(0), W(1), W(2),                     /* a */
	W(1), 'm', 'e', 'm', 'o', 'r', 'y', '@', '4', 0, 0, 0, 0,
	W(3), W(4), W(2), W(3),                           /* reg */
	W(2), W(4), W(1), 'b', 0, 0, 0, W(2), W(2), W(9), /* nop, b, ends */
	'a', 0, 'r', 'e', 'g', 0, 'x', 'x', 'x', 'x', 0, 0,
};

/* In memory of exactly its size, so that the sanitizer sees one byte too much. */
static uint8_t *copy(size_t n)
{
	uint8_t *p = malloc(n);

	assert_non_null(p);
	memcpy(p, tree, n);
	return p;
}

static void test_finds(void **state)
{
	uint8_t *p = copy(sizeof(tree));
	unsigned int nodes = 0;
	struct dtscan s;
	enum dtscan_kind kind;
	bool is_seen = false;

	(void)state;
	assert_int_equal(sizeof(tree), 156);
	assert_int_equal(dtscan_open(&s, p, DTSCAN_MAX), 156);
	while ((kind = dtscan_next(&s)) != DTSCAN_END) {
		nodes += kind == DTSCAN_NODE ? 1 : 0;
		if (kind == DTSCAN_PROP && dtscan_prop_is(&s, "reg")) {
			assert_int_equal(s.depth, 1);
			assert_true(dtscan_name_is(s.path[1], "memory"));
			assert_false(dtscan_name_is(s.path[1], "memor"));
			assert_int_equal(dtscan_cells(&s, 0, 1), 3);
			assert_int_equal(dtscan_cells(&s, 0, 2), UINT64_C(3) << 32);
			is_seen = true;
		}
	}
	assert_int_equal(nodes, 3);
	assert_true(is_seen);
	free(p);
}

static void test_refuses(void **state)
{
	uint8_t *p = copy(sizeof(tree));
	struct dtscan s;

	(void)state;
	assert_int_equal(dtscan_open(&s, p, 155), 0);
	assert_int_equal(dtscan_open(&s, p + 4, DTSCAN_MAX), 0);
	p[0] = 0;
	assert_int_equal(dtscan_open(&s, p, DTSCAN_MAX), 0);
	free(p);
}

/* Every byte of the tree set to each of several values: the pass ends, and stays inside. */
static void test_broken(void **state)
{
	static const uint8_t values[] = { 0, 1, 2, 3, 4, 9, 0x7f, 0x80, 0xff };

	(void)state;
	for (size_t i = 0; i < sizeof(tree); i++) {
		for (size_t k = 0; k < sizeof(values); k++) {
			uint8_t *p = copy(sizeof(tree));
			unsigned int turns = 0;
			struct dtscan s;

			p[i] = values[k];
			if (dtscan_open(&s, p, sizeof(tree)) != 0) {
				while (dtscan_next(&s) != DTSCAN_END) {
					assert_true(turns++ < sizeof(tree));
					if (s.prop != NULL) {
						(void)dtscan_prop_is(&s, "reg");
						(void)dtscan_cells(&s, 0, 2);
					}
				}
			}
			free(p);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
