/* SPDX-License-Identifier: BSD-3-Clause */
/* Translation tables, exhaustively at two index bits: every mapping, every pair of mappings. */
#include "arch/arm64/pgtable.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	POOL_PAGES = 96,
	PAGE = 4096,
	SPACE_MAX = 128, /* pages of input space in the largest geometry used */
	ATTRS = 0x7c,
};

static uint64_t *tables;

static int setup(void **state)
{
	(void)state;
	tables = aligned_alloc(PAGE, (size_t)POOL_PAGES * PAGE);
	return tables == NULL;
}

static int teardown(void **state)
{
	(void)state;
	free(tables);
	return 0;
}

/* Tables live at a made-up physical address, so that a pointer taken for one would not pass. */
static struct pgt_pool pool_of(uint32_t pages)
{
	memset(tables, 0xa5, (size_t)POOL_PAGES * PAGE);
	return (struct pgt_pool){ .tables = tables, .at = 0x7f00000000, .pages = pages };
}

static struct pgt_geom geom_of(unsigned int start, unsigned int root_bits, unsigned int blocks)
{
	return (struct pgt_geom){ .page_shift = 12, .index_bits = 2, .start_level = (uint8_t)start,
				  .root_bits = (uint8_t)root_bits,
				  .block_levels = (uint8_t)blocks };
}

static uint64_t space_pages(const struct pgt_geom *g)
{
	return pgt_limit(g) >> 12;
}

/* The largest leaf that may map page p of a mapping of size pages at in to out: by definition. */
static uint64_t best_span(const struct pgt_geom *g, uint64_t in, uint64_t out, uint64_t size, uint64_t p)
{
	for (unsigned int level = g->start_level; level < PGT_LAST_LEVEL; level++) {
		uint64_t span = UINT64_C(1) << (2 * (PGT_LAST_LEVEL - level));
		uint64_t base = p / span * span;

		if ((g->block_levels & BIT(level)) != 0 && base >= in && base + span <= in + size &&
		    (in % span) == (out % span)) {
			return span;
		}
	}
	return 1;
}

static void check_mapping(const struct pgt *t, uint64_t in, uint64_t out, uint64_t size)
{
	struct pgt_leaf leaf;

	for (uint64_t p = 0; p < space_pages(&t->geom); p++) {
		enum err err = pgt_walk(t, p * PAGE + 0x123, &leaf);

		if (p < in || p >= in + size) {
			assert_int_equal(err, ERR_EMPTY);
			continue;
		}
		assert_int_equal(err, OK);
		assert_int_equal(leaf.out, (out + p - in) * PAGE + 0x123);
		assert_int_equal(leaf.size, best_span(&t->geom, in, out, size, p) * PAGE);
		assert_int_equal(leaf.desc & 0xfff & ~UINT64_C(3), ATTRS);
		assert_int_equal((leaf.desc & PGT_TABLE) != 0, leaf.level == PGT_LAST_LEVEL);
	}
	assert_int_equal(pgt_walk(t, pgt_limit(&t->geom), &leaf), ERR_EMPTY);
	assert_int_equal(pgt_walk(t, UINT64_MAX, &leaf), ERR_EMPTY);
}

static void every_mapping(const struct pgt_geom *g)
{
	uint64_t n = space_pages(g);

	for (uint64_t in = 0; in < n; in++) {
		for (uint64_t size = 1; size <= n - in; size++) {
			for (uint64_t shift = 0; shift < 17; shift += in % 3 + 1) {
				struct pgt_pool pool = pool_of(POOL_PAGES);
				uint64_t out = 1024 + in + shift;
				struct pgt t;

				assert_int_equal(pgt_init(&t, g, &pool), OK);
				assert_int_equal(pgt_map(&t, in * PAGE, out * PAGE, size * PAGE, ATTRS), OK);
				check_mapping(&t, in, out, size);
			}
		}
	}
}

static void test_every_mapping(void **state)
{
	static const struct {
		unsigned int start, root_bits, blocks;
	} rows[] = {
		{ 1, 2, 6 }, { 1, 1, 4 }, { 2, 2, 4 }, { 2, 3, 4 }, { 2, 4, 0 }, { 1, 2, 2 }, { 3, 2, 0 },
		{ 0, 1, 6 },
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pgt_geom g = geom_of(rows[i].start, rows[i].root_bits, rows[i].blocks);

		assert_true(space_pages(&g) <= SPACE_MAX);
		every_mapping(&g);
	}
}

/* A second mapping is refused exactly when it overlaps, and never changes the first. */
static void pair(const struct pgt_geom *g, uint64_t a, uint64_t an, uint64_t b, uint64_t bn)
{
	struct pgt_pool pool = pool_of(POOL_PAGES);
	bool overlaps = a < b + bn && b < a + an;
	struct pgt_leaf leaf;
	struct pgt t;

	assert_int_equal(pgt_init(&t, g, &pool), OK);
	assert_int_equal(pgt_map(&t, a * PAGE, (64 + a) * PAGE, an * PAGE, ATTRS), OK);
	assert_int_equal(pgt_map(&t, b * PAGE, (128 + b) * PAGE, bn * PAGE, ATTRS),
			 overlaps ? ERR_STATE : OK);
	for (uint64_t p = 0; p < space_pages(g); p++) {
		enum err err = pgt_walk(&t, p * PAGE, &leaf);

		if (p >= a && p < a + an) {
			assert_int_equal(err, OK);
			assert_int_equal(leaf.out, (64 + p) * PAGE);
		} else if (p >= b && p < b + bn) {
			assert_true(err == OK || overlaps);
			assert_true(err != OK || leaf.out == (128 + p) * PAGE);
		} else {
			assert_int_equal(err, ERR_EMPTY);
		}
	}
}

static void test_every_pair(void **state)
{
	struct pgt_geom g = geom_of(2, 2, 4);
	uint64_t n = space_pages(&g);

	(void)state;
	for (uint64_t a = 0; a < n; a++) {
		for (uint64_t an = 1; an <= n - a; an++) {
			for (uint64_t b = 0; b < n; b++) {
				for (uint64_t bn = 1; bn <= n - b; bn++) {
					pair(&g, a, an, b, bn);
				}
			}
		}
	}
}

/* With too few tables: ERR_FULL, and not a byte outside the pool's share is written. */
static void test_pool_runs_out(void **state)
{
	struct pgt_geom g = geom_of(0, 2, 6);
	bool was_full = false;

	(void)state;
	for (uint32_t pages = 0; pages < 32; pages++) {
		struct pgt_pool pool = pool_of(pages);
		enum err err;
		struct pgt t;

		err = pgt_init(&t, &g, &pool);
		for (uint64_t p = 0; err == OK && p < 256; p += 7) {
			err = pgt_map(&t, p * PAGE, p * PAGE, PAGE, ATTRS);
		}
		was_full |= err == ERR_FULL;
		assert_true(err == ERR_FULL || err == OK);
		assert_true(pool.used <= pages);
		for (size_t i = (size_t)pages * PAGE / 8; i < (size_t)POOL_PAGES * PAGE / 8; i++) {
			assert_true(tables[i] == UINT64_C(0xa5a5a5a5a5a5a5a5));
		}
	}
	assert_true(was_full);
}

/* A concatenated root is aligned to its own length, whatever was taken before. */
static void test_root_alignment(void **state)
{
	struct pgt_geom g = geom_of(2, 5, 4);
	struct pgt_pool pool = pool_of(POOL_PAGES);
	struct pgt t;

	(void)state;
	pool.used = 3;
	assert_int_equal(pgt_init(&t, &g, &pool), OK);
	assert_int_equal(t.root_at % (8 * PAGE), 0);
	assert_int_equal(pool.used, 16);
}

static void test_bad_ranges(void **state)
{
	static const uint64_t rows[][3] = {
		{ 0, 0, 0 },                        /* empty */
		{ 1, 0, PAGE },                     /* unaligned */
		{ 0, 0x800, PAGE },
		{ 0, 0, PAGE + 1 },
		{ 0, 0, 65 * PAGE },                /* past the input space */
		{ 64 * PAGE, 0, PAGE },
		{ 63 * PAGE, 0, 2 * PAGE },
		{ UINT64_MAX - PAGE + 1, 0, PAGE },
		{ 63 * PAGE, 0, UINT64_MAX - 63 * PAGE - PAGE + 1 }, /* wraps */
		{ 0, UINT64_C(1) << 48, PAGE },     /* past the output space */
		{ 0, (UINT64_C(1) << 48) - PAGE, 2 * PAGE },
	};
	struct pgt_geom g = geom_of(1, 2, 6);
	struct pgt_pool pool = pool_of(POOL_PAGES);
	struct pgt t;

	(void)state;
	assert_int_equal(pgt_init(&t, &g, &pool), OK);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(pgt_map(&t, rows[i][0], rows[i][1], rows[i][2], ATTRS), ERR_RANGE);
	}
	assert_int_equal(pgt_map(&t, 63 * PAGE, (UINT64_C(1) << 48) - PAGE, PAGE, ATTRS), OK);
	check_mapping(&t, 63, (UINT64_C(1) << 36) - 1, 1);
}

/* The geometries that ship: leaves of 1 GiB, 2 MiB and 4 KiB where they belong. */
static void test_real_geometry(void **state)
{
	struct pgt_geom g = { .page_shift = 12, .index_bits = 9, .start_level = 1, .root_bits = 10,
			      .block_levels = 6 };
	struct pgt_pool pool = pool_of(POOL_PAGES);
	struct pgt_leaf leaf;
	struct pgt t;

	(void)state;
	assert_int_equal(pgt_limit(&g), UINT64_C(1) << 40);
	assert_int_equal(pgt_init(&t, &g, &pool), OK);
	assert_int_equal(pgt_map(&t, 0x3fe00000, 0xbfe00000, 0x40000000 + 0x403000, ATTRS), OK);
	assert_int_equal(pgt_walk(&t, 0x3fffffff, &leaf), OK);
	assert_int_equal(leaf.size, 0x200000);
	assert_int_equal(pgt_walk(&t, 0x40000000, &leaf), OK);
	assert_int_equal(leaf.size, 0x40000000);
	assert_int_equal(leaf.out, 0xc0000000);
	assert_int_equal(pgt_walk(&t, 0x80202fff, &leaf), OK);
	assert_int_equal(leaf.size, 0x1000);
	assert_int_equal(pgt_walk(&t, 0x80203000, &leaf), ERR_EMPTY);
	assert_int_equal(pool.used, 2 + 2 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_mapping),  cmocka_unit_test(test_every_pair),
		cmocka_unit_test(test_pool_runs_out),  cmocka_unit_test(test_root_alignment),
		cmocka_unit_test(test_bad_ranges),     cmocka_unit_test(test_real_geometry),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
