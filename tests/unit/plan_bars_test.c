/* SPDX-License-Identifier: BSD-3-Clause */
/* Places of BARs: one by one in all small windows against a model of pages, then whole sets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/plan/bars.h"

#define PAGES 10u /* of the largest window */
#define KB4 ((uint64_t)PAGE_SIZE)

/* Where windows begin on the bus and for the CPU: at 0, in the middle, and at the top of all. */
static const struct {
	uint64_t bus, cpu;
} origins[] = {
    {0, 0x3eff0000},
    {0x10003000, 0x10003000},
    {0x8000005000, 0x2000},
    {0x1000, UINT64_MAX - PAGES * KB4 + 1},
    {UINT64_MAX - PAGES * KB4 + 1, 0x40000000},
};

/* Lowest place by trying every page; one bit of `busy` for each page of the CPU's side. */
static uint64_t model(const struct plan_pci_window *w, uint32_t busy, uint64_t size)
{
	uint64_t pages = size > KB4 ? size / KB4 : 1;

	for (uint64_t at = 0; at + pages <= w->size / KB4; at++) {
		uint64_t bus = w->bus + at * KB4;
		uint32_t mine = (uint32_t)(((UINT64_C(1) << pages) - 1) << at);

		if (bus != 0 && bus % (pages * KB4) == 0 && (busy & mine) == 0) {
			return bus;
		}
	}
	return BARS_NOWHERE;
}

/* The busy pages as ranges, each run as one piece or page by page, in falling order. */
static unsigned ranges_of(struct range *out, uint64_t cpu, uint32_t busy, bool is_joined)
{
	unsigned n = 0;

	for (unsigned i = PAGES; i-- > 0;) {
		if (!(busy >> i & 1)) {
			continue;
		}
		if (is_joined && n && out[n - 1].base == cpu + (i + 1) * KB4) {
			out[n - 1].base -= KB4;
			out[n - 1].size += KB4;
		} else {
			out[n++] = (struct range){cpu + i * KB4, KB4};
		}
	}
	return n;
}

static void every_small_window(void **state)
{
	static const uint64_t sizes[] = {4, 16, KB4 / 2, KB4, 2 * KB4, 4 * KB4, 8 * KB4, 16 * KB4};
	struct range list[PAGES];

	(void)state;
	for (unsigned o = 0; o < ARRAY_SIZE(origins); o++) {
		for (unsigned pages = 1; pages <= PAGES; pages++) {
			struct plan_pci_window w = {hpa(origins[o].cpu), origins[o].bus,
						    pages * KB4};

			for (uint32_t busy = 0; busy < 1u << PAGES; busy++) {
				unsigned n = ranges_of(list, origins[o].cpu, busy, busy & 1);

				for (unsigned s = 0; s < ARRAY_SIZE(sizes); s++) {
					assert_int_equal(bars_find(&w, list, n, sizes[s]),
							 model(&w, busy, sizes[s]));
				}
			}
		}
	}
}

/* What stands in the way may begin before the window and end behind it. */
static void large_obstacles(void **state)
{
	struct plan_pci_window w = {hpa(0x20000000), 0x20000000, 0x10000};
	struct range before = {0x1fff0000, 0x14000}, all = {0, UINT64_MAX},
		     behind = {0x2000c000, 0x100000000}, none = {0x20010000, 0x1000};

	(void)state;
	assert_int_equal(bars_find(&w, &before, 1, 0x1000), 0x20004000);
	assert_int_equal(bars_find(&w, &before, 1, 0x8000), 0x20008000);
	assert_int_equal(bars_find(&w, &all, 1, 0x1000), BARS_NOWHERE);
	assert_int_equal(bars_find(&w, &behind, 1, 0x1000), 0x20000000);
	assert_int_equal(bars_find(&w, &behind, 1, 0x10000), BARS_NOWHERE);
	assert_int_equal(bars_find(&w, &none, 1, 0x10000), 0x20000000);
	assert_int_equal(bars_find(&w, NULL, 0, UINT64_C(1) << 62), BARS_NOWHERE);
	w.size = 0;
	assert_int_equal(bars_find(&w, NULL, 0, 16), BARS_NOWHERE);
}

/* Placed from the largest down, sets that fill an aligned window exactly all find room. */
static void sets_that_fill(void **state)
{
	struct plan_pci_window w = {hpa(0x80000000), 0x10000000, 16 * KB4};
	struct range list[16];

	(void)state;
	for (unsigned eights = 0; eights <= 2; eights++) {
		for (unsigned fours = 0; fours <= (16 - 8 * eights) / 4; fours++) {
			unsigned left = 16 - 8 * eights - 4 * fours, n = 0;
			unsigned twos = left / 4, ones = left - 2 * twos;
			unsigned counts[] = {eights, fours, twos, ones};

			for (unsigned s = 0; s < 4; s++) {
				for (unsigned i = 0; i < counts[s]; i++) {
					uint64_t size = 8 * KB4 >> s;
					uint64_t at = bars_find(&w, list, n, size);

					assert_int_not_equal(at, BARS_NOWHERE);
					list[n++] = (struct range){at + 0x70000000, size};
				}
			}
			assert_int_equal(bars_find(&w, list, n, 16), BARS_NOWHERE);
		}
	}
}

/* ---------------------------------------------------------------- interrupt numbers for messages */

#define FNS 4u
#define NUMBERS 256u

/* Linux' way: the lowest free piece of a power of two at a multiple of it. */
static bool take(bool *is_taken, unsigned room, unsigned vectors)
{
	unsigned piece = 1;

	while (piece < vectors) {
		piece *= 2;
	}
	for (unsigned at = 0; at + piece <= room; at += piece) {
		unsigned i = 0;

		while (i < piece && !is_taken[at + i]) {
			i++;
		}
		if (i == piece) {
			memset(is_taken + at, true, piece);
			return true;
		}
	}
	return false;
}

/* All functions in one order; a bit of `msix` for each that takes its numbers one by one. */
static bool all_fit(const struct plan_pci_fn *fns, const unsigned *order, unsigned msix,
		    unsigned room)
{
	bool is_taken[NUMBERS] = {false}, ok = true;

	for (unsigned i = 0; i < FNS; i++) {
		unsigned n = fns[order[i]].vectors;
		bool is_single = n > 32 || (msix >> order[i] & 1);

		for (unsigned k = 0; n && k < (is_single ? n : 1); k++) {
			ok &= take(is_taken, room, is_single ? 1 : n);
		}
	}
	return ok;
}

static void messages_fit_in_every_order(void **state)
{
	static const uint16_t vectors[] = {0, 1, 2, 3, 8, 35};
	struct plan_pci_fn fns[FNS + 1] = {[FNS] = {.owner = 1, .vectors = 7}};
	unsigned order[FNS];

	(void)state;
	for (unsigned set = 0; set < 6 * 6 * 6 * 6; set++) {
		for (unsigned i = 0, left = set; i < FNS; i++, left /= 6) {
			fns[i] = (struct plan_pci_fn){.vectors = vectors[left % 6]};
		}
		for (unsigned way = 0; way < 256; way++) {
			unsigned seen = 0;

			for (unsigned i = 0; i < FNS; i++) {
				order[i] = way >> 2 * i & 3;
				seen |= 1u << order[i];
			}
			for (unsigned msix = 0; seen == 15 && msix < 1u << FNS; msix++) {
				assert_true(all_fit(fns, order, msix, pcifn_room(fns, FNS + 1, 0)));
			}
		}
	}
	assert_int_equal(pcifn_room(fns, FNS + 1, 1), 8);
	assert_int_equal(pcifn_room(fns, FNS + 1, 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_small_window),
	    cmocka_unit_test(large_obstacles),
	    cmocka_unit_test(sets_that_fill),
	    cmocka_unit_test(messages_fit_in_every_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
