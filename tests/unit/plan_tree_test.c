/* SPDX-License-Identifier: BSD-3-Clause */
/* The bounded check of device tree blobs: sound ones are indexed, all others refused, none read too
 * far. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan_kit.h"

static uint8_t memory[1 << 18] __attribute__((aligned(16)));

static struct arena fresh(void)
{
	return (struct arena){.base = memory, .size = sizeof(memory)};
}

/* Everything the index hands out must lie inside the blob. */
static void walk(const struct tree *t, const void *blob, size_t size)
{
	const uint8_t *lo = blob, *hi = lo + size;
	unsigned seen = 0;

	for (unsigned n = TREE_ROOT; n != NONE; n = tree_walk(t, TREE_ROOT, n)) {
		const struct tree_node *node = &t->nodes[n];

		seen++;
		assert_true((const uint8_t *)node->name >= lo &&
			    (const uint8_t *)node->name + strlen(node->name) < hi);
		assert_true(n == TREE_ROOT || node->parent < n);
		for (unsigned i = 0; i < node->prop_count; i++) {
			const struct tree_prop *p = &node->props[i];

			assert_true(p->val >= lo && p->val + p->len <= hi);
			assert_true((const uint8_t *)p->name + strlen(p->name) < hi);
			assert_ptr_not_equal(tree_prop(t, n, p->name), NULL);
		}
	}
	assert_int_equal(seen, t->node_count);
}

static void lookups(void **state)
{
	size_t size;
	void *b = kit_board(3, &size);
	struct arena a = fresh();
	struct tree t;
	struct range r;
	unsigned uart;

	(void)state;
	assert_int_equal(tree_index(&t, b, size, &a), OK);
	walk(&t, b, size);
	uart = tree_by_name(&t, "serial0");
	assert_string_equal(t.nodes[uart].name, "uart@9000000");
	assert_int_equal(tree_by_path(&t, "//uart@9000000/", 15), uart);
	assert_int_equal(tree_by_path(&t, "uart", 4), uart);
	assert_int_equal(tree_by_name(&t, "nobody"), NONE);
	assert_int_equal(tree_by_phandle(&t, 1), tree_by_path(&t, "/intc@8000000", 13));
	assert_int_equal(tree_by_phandle(&t, 0), NONE);
	assert_int_equal(tree_by_phandle(&t, 2), NONE);
	assert_int_equal(tree_reg(&t, uart, 0, &r), OK);
	assert_int_equal(r.base, 0x9000000);
	assert_int_equal(r.size, 0x1000);
	assert_int_equal(tree_reg(&t, uart, 1, &r), ERR_NONE);
	assert_string_equal(tree_path(&t, uart, &a, "hw:"), "hw:/uart@9000000");
	assert_true(tree_is_compatible(&t, uart, "arm,pl011"));
	assert_false(tree_is_compatible(&t, uart, "arm,pl01"));
	assert_int_equal(fdt_path_offset(b, "/uart@9000000"), t.nodes[uart].off);
	free(b);
}

/* soc@80000000 { ranges = <0 0x8 0 0x1000>; dev@10 } under cells 2/1: translated, and refused
 * outside. */
static void translation(void **state)
{
	size_t size;
	void *b = kit_begin();
	struct arena a = fresh();
	struct tree t;
	struct range r;

	(void)state;
	kit_cells(b, "#address-cells", 1, 2);
	kit_cells(b, "#size-cells", 1, 1);
	kit_node(b, "soc");
	kit_cells(b, "#address-cells", 1, 1);
	kit_cells(b, "#size-cells", 1, 1);
	kit_cells(b, "ranges", 8, 0, 8, 0, 0x1000, 0xfffff000, 0xffffffff, 0xfffff000, 0x1000);
	kit_node(b, "dev");
	kit_cells(b, "reg", 8, 0x10, 4, 0xffe, 4, 0xffffff00, 0x100, 0xffffff00, 0x101);
	kit_end(b);
	kit_end(b);
	kit_node(b, "i2c");
	kit_node(b, "chip");
	kit_cells(b, "reg", 1, 0x50);
	kit_end(b);
	kit_end(b);
	b = kit_finish(b, &size);
	assert_int_equal(tree_index(&t, b, size, &a), OK);
	assert_int_equal(tree_reg(&t, tree_by_path(&t, "soc/dev", 7), 0, &r), OK);
	assert_int_equal(r.base, UINT64_C(0x800000010));
	assert_int_equal(tree_reg(&t, tree_by_path(&t, "soc/dev", 7), 1, &r), ERR_NONE);
	assert_int_equal(tree_reg(&t, tree_by_path(&t, "soc/dev", 7), 2, &r), OK);
	assert_int_equal(r.base, UINT64_C(0xffffffffffffff00));
	assert_int_not_equal(tree_reg(&t, tree_by_path(&t, "soc/dev", 7), 3, &r), OK);
	assert_int_equal(tree_reg(&t, tree_by_path(&t, "i2c/chip", 8), 0, &r), ERR_NONE);
	free(b);
}

/* Whatever is cut off, the rest is refused, and nothing behind it is read (the sanitizer watches).
 */
static void truncation(void **state)
{
	size_t size;
	void *b = kit_pair(&size);

	(void)state;
	for (size_t n = 0; n < size; n++) {
		void *cut = malloc(n ? n : 1); /* exact, and aligned to 16 */
		struct arena a = fresh();
		struct tree t;

		memcpy(cut, b, n);
		assert_int_equal(tree_index(&t, cut, n, &a), ERR_FORMAT);
		assert_non_null(t.problem);
		assert_int_equal(tree_used(cut, n), 0);
		free(cut);
	}
	free(b);
}

static void bit_flips(void **state)
{
	size_t size;
	uint8_t *b = kit_pair(&size);
	unsigned refused = 0;

	(void)state;
	for (size_t bit = 0; bit < size * 8; bit++) {
		struct arena a = fresh();
		struct tree t;
		enum err e;

		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		e = tree_index(&t, b, size, &a);
		assert_true(e == OK || e == ERR_FORMAT);
		if (e == OK)
			walk(&t, b, size);
		else
			refused++;
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(refused > 100 && refused < size * 8);
	free(b);
}

/* One field of the header at a time to values around its limits. */
static void header_edges(void **state)
{
	static const uint32_t values[] = {0,  1,	  4,	      39,	  40,
					  41, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff};
	size_t size;
	uint8_t *b = kit_pair(&size);
	uint32_t old, v;

	(void)state;
	for (unsigned field = 0; field < 10; field++)
		for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++)
			for (int d = -1; d <= 1; d++) {
				struct arena a = fresh();
				struct tree t;

				memcpy(&old, b + 4 * field, 4);
				v = cpu_to_fdt32(
				    (i % 2 ? values[i] : (uint32_t)size - values[i] % 64) +
				    (uint32_t)d);
				memcpy(b + 4 * field, &v, 4);
				if (tree_index(&t, b, size, &a) == OK)
					walk(&t, b, size);
				memcpy(b + 4 * field, &old, 4);
			}
	free(b);
}

static void small_arenas(void **state)
{
	size_t size;
	void *b = kit_pair(&size);
	bool fits = false;

	(void)state;
	for (size_t room = 0; room < 16384; room += 8) {
		struct arena a = {.base = memory, .size = room};
		struct tree t;
		enum err e = tree_index(&t, b, size, &a);

		assert_true(e == OK || (e == ERR_SIZE && !fits));
		fits = e == OK;
	}
	assert_true(fits);
	free(b);
}

/* A tree padded to 64 KiB is copied without the padding and is still sound. */
static void copying(void **state)
{
	static uint64_t big[8192];
	size_t size, n;
	void *b = kit_pair(&size);
	struct arena a = fresh();
	struct tree t;

	(void)state;
	assert_int_equal(fdt_open_into(b, big, sizeof(big)), 0);
	n = tree_used(big, sizeof(big));
	assert_true(n != 0 && n <= size);
	assert_int_equal(tree_copy(memory, n - 1, big, sizeof(big)), 0);
	assert_int_equal(tree_copy(memory, sizeof(memory), big, sizeof(big)), n);
	memcpy(big, memory, n);
	assert_int_equal(tree_index(&t, big, n, &a), OK);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lookups),	    cmocka_unit_test(translation),
	    cmocka_unit_test(truncation),   cmocka_unit_test(bit_flips),
	    cmocka_unit_test(header_edges), cmocka_unit_test(small_arenas),
	    cmocka_unit_test(copying),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
