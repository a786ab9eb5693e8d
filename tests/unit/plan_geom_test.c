/* SPDX-License-Identifier: BSD-3-Clause */
/* Range code, exhaustively at small width: at the bottom of the 64-bit space and at its very top.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/plan/geom.h"

#define BITS 5
#define SPACE (1u << BITS)

/* Where the small space lies: its last byte is the last of all in the second case. */
static const uint64_t origins[] = {0, 0x40000000, UINT64_MAX - (SPACE - 1)};

/* The model: one bit for each address of the small space. */
static uint32_t bits(unsigned base, unsigned size)
{
	uint32_t m = 0;

	for (unsigned i = base; i < base + size && i < SPACE; i++)
		m |= UINT32_C(1) << i;
	return m;
}

static uint32_t list_bits(uint64_t origin, const struct range *list, unsigned n)
{
	uint32_t m = 0;

	for (unsigned i = 0; i < n; i++) {
		assert_true(range_valid(list[i]));
		m |= bits((unsigned)(list[i].base - origin), (unsigned)list[i].size);
	}
	return m;
}

static void validity_at_the_top(void **state)
{
	(void)state;
	assert_true(range_valid((struct range){0, UINT64_MAX}));
	assert_true(range_valid((struct range){1, UINT64_MAX}));
	assert_false(range_valid((struct range){2, UINT64_MAX}));
	assert_false(range_valid((struct range){0, 0}));
	for (unsigned b = 0; b < SPACE; b++)
		for (unsigned s = 0; s <= 2 * SPACE; s++)
			assert_int_equal(range_valid((struct range){origins[2] + b, s}),
					 s != 0 && b + s <= SPACE);
}

static void pairs(void **state)
{
	(void)state;
	for (unsigned o = 0; o < 3; o++)
		for (unsigned a = 0; a < SPACE; a++)
			for (unsigned as = 1; a + as <= SPACE; as++)
				for (unsigned b = 0; b < SPACE; b++)
					for (unsigned bs = 1; b + bs <= SPACE; bs++) {
						struct range x = {origins[o] + a, as},
							     y = {origins[o] + b, bs};
						uint32_t mx = bits(a, as), my = bits(b, bs);

						assert_int_equal(range_overlaps(x, y),
								 (mx & my) != 0);
						assert_int_equal(range_covers(x, y.base, bs),
								 (my & ~mx) == 0);
						assert_int_equal(geom_covers(&x, 1, y),
								 (my & ~mx) == 0);
						if (mx & my) {
							struct range c = geom_common(x, y);

							assert_int_equal(
							    list_bits(origins[o], &c, 1), mx & my);
						}
					}
}

/* Every set of 2^BITS addresses below some mask, as a sorted list; cut every hole out of it. */
static void cutting(void **state)
{
	(void)state;
	for (unsigned o = 0; o < 3; o++)
		for (uint32_t set = 0; set < 1u << 10; set++)
			for (unsigned h = 0; h < 12; h++)
				for (unsigned hs = 1; h + hs <= 12; hs++) {
					struct range list[16];
					unsigned n = 0;

					/* shifted to the end of the space, so that the top is in
					 * play */
					for (unsigned i = 0; i < 10; i++) {
						uint64_t at = origins[o] + SPACE - 10 + i;

						if (!(set >> i & 1))
							continue;
						if (n &&
						    list[n - 1].base + list[n - 1].size == at &&
						    at != 0)
							list[n - 1].size++;
						else
							list[n++] = (struct range){at, 1};
					}
					n = geom_cut(
					    list, n,
					    (struct range){origins[o] + SPACE - 12 + h, hs});
					assert_int_equal(list_bits(origins[o], list, n),
							 (set << (SPACE - 10)) &
							     ~bits(SPACE - 12 + h, hs));
					for (unsigned i = 1; i < n; i++)
						assert_true(list[i].base - list[i - 1].base >
							    list[i - 1].size - 1);
				}
}

/* Every three ranges, in every order: sorting and joining keeps the set and leaves gaps only. */
static void joining(void **state)
{
	enum { W = 8 };

	(void)state;
	for (unsigned o = 0; o < 3; o++)
		for (unsigned code = 0; code < W * W * W * 64; code++) {
			unsigned at[3] = {code % W, code / W % W, code / W / W % W},
				 rest = code / (W * W * W);
			struct range list[3];
			uint32_t want = 0;
			unsigned n;

			for (unsigned i = 0; i < 3; i++, rest /= 4) {
				unsigned base = SPACE - W + at[i], size = 1 + rest % 4;

				size = base + size > SPACE ? SPACE - base : size;
				list[i] = (struct range){origins[o] + base, size};
				want |= bits(base, size);
			}
			geom_sort(list, 3);
			n = geom_join(list, 3);
			assert_int_equal(list_bits(origins[o], list, n), want);
			for (unsigned i = 1; i < n; i++)
				assert_true(list[i].base - list[i - 1].base > list[i - 1].size);
		}
}

static void hits(void **state)
{
	struct range list[3] = {{2, 2}, {8, 1}, {UINT64_MAX - 3, 4}};

	(void)state;
	for (unsigned b = 0; b < 12; b++)
		for (unsigned s = 1; s < 12; s++) {
			unsigned want = b < 4 && b + s > 2 ? 0 : b <= 8 && b + s > 8 ? 1 : 3;

			assert_int_equal(geom_hit(list, 3, (struct range){b, s}), want);
		}
	assert_int_equal(geom_hit(list, 3, (struct range){UINT64_MAX, 1}), 2);
}

static void pages(void **state)
{
	(void)state;
	for (unsigned o = 0; o < 3; o++)
		for (unsigned b = 0; b < SPACE; b++)
			for (unsigned s = 1; b + s <= SPACE; s++) {
				struct range p = geom_pages((struct range){origins[o] + b, s}, 4);
				unsigned first = b & ~3u, last = (b + s - 1) | 3u;

				assert_int_equal(p.base, origins[o] + first);
				assert_int_equal(p.size, last - first + 1);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(validity_at_the_top),
	    cmocka_unit_test(pairs),
	    cmocka_unit_test(cutting),
	    cmocka_unit_test(joining),
	    cmocka_unit_test(hits),
	    cmocka_unit_test(pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
