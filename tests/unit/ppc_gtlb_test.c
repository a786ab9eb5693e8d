/* SPDX-License-Identifier: BSD-3-Clause */
/* The guest TLB and its shadows against models that know nothing of sets, ways or slots. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/gtlb.h"
#include "arch/shadow.h"

static uint32_t seed;

static uint32_t rnd(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* ---- gtlb against a list of ranges ---------------------------------------------------------------- */

struct model {
	bool valid, protected;
	unsigned int array;
	uint32_t tid, as;
	uint64_t ea, size, rpn;
	unsigned int slot;       /* identity: TLB1 entry, or set * 4 + way */
};

static struct model entries[64];
static unsigned int entry_count;

static const struct model *model_find(uint32_t ea, uint32_t as, uint32_t pid, unsigned int *hits)
{
	const struct model *found = NULL;

	*hits = 0;
	for (unsigned int i = 0; i < entry_count; i++) {
		const struct model *m = &entries[i];

		if (m->valid && m->as == as && (m->tid == 0 || m->tid == pid) && ea - m->ea < m->size &&
		    ea >= m->ea) {
			found = m;
			(*hits)++;
		}
	}
	return found;
}

static bool model_clashes(const struct model *a)
{
	for (unsigned int i = 0; i < entry_count; i++) {
		const struct model *b = &entries[i];

		if (!b->valid || (b->array == a->array && b->slot == a->slot) || b->as != a->as) {
			continue;
		}
		if ((a->tid == 0 || b->tid == 0 || a->tid == b->tid) && a->ea < b->ea + b->size &&
		    b->ea < a->ea + a->size) {
			return true;
		}
	}
	return false;
}

static void model_set(const struct model *m)
{
	for (unsigned int i = 0; i < entry_count; i++) {
		if (entries[i].array == m->array && entries[i].slot == m->slot) {
			entries[i] = *m;
			return;
		}
	}
	assert_true(entry_count < 64);
	entries[entry_count++] = *m;
}

/* Addresses that share few sets, so that ways fill up: 4 sets by 8 pages. */
static uint32_t some_ea(void)
{
	return rnd(4) << PAGE_SHIFT | rnd(8) << 19;
}

static void step_write(struct gtlb *t)
{
	static const uint8_t sizes[] = { 2, 2, 4, 6, 8, 10, 12 };
	unsigned int array = rnd(3) == 0;
	uint32_t tsize = array ? sizes[rnd(7)] : 2;
	uint64_t size = UINT64_C(1024) << tsize;
	struct model m = {
		.valid = rnd(5) != 0,
		.array = array,
		.protected = array && rnd(2),
		.tid = rnd(3),
		.as = rnd(2),
		.size = size,
	};
	struct gtlb_entry old;
	const struct gtlb_entry *now;
	enum gtlb_result res;
	struct gtlb_mas mas;

	m.ea = some_ea() & ~(size - 1);
	m.rpn = ((uint64_t)rnd(1 << 16) << 20) & ~(size - 1);
	m.slot = array ? rnd(GTLB1_COUNT) :
			 (unsigned int)(m.ea >> PAGE_SHIFT) % GTLB0_SETS * 4 + rnd(4);
	mas = (struct gtlb_mas){
		.mas0 = (uint32_t)(field_put(MAS0_TLBSEL, array) |
				   field_put(MAS0_ESEL, array ? m.slot : m.slot % 4)),
		.mas1 = (m.valid ? MAS1_V : 0) | (m.protected ? MAS1_IPROT : 0) |
			(uint32_t)(field_put(MAS1_TID, m.tid) | field_put(MAS1_TS, m.as) |
				   field_put(MAS1_TSIZE, tsize)),
		.mas2 = (uint32_t)m.ea,
		.mas3 = (uint32_t)m.rpn | MAS3_PERM,
		.mas7 = (uint32_t)(m.rpn >> 32) & MAS7_RPN,
	};
	m.rpn = (uint64_t)mas.mas7 << 32 | (mas.mas3 & MAS3_RPN);
	res = gtlb_write(t, &mas, &old, &now);
	if (m.valid && model_clashes(&m)) {
		assert_int_equal(res, GTLB_DUPLICATE);
		return;
	}
	assert_int_equal(res, GTLB_OK);
	model_set(&m);
}

static void step_flush(struct gtlb *t)
{
	uint32_t ea = some_ea(), pid = rnd(3);
	unsigned int kind = rnd(5), array = rnd(2);

	switch (kind) {
	case 0:
		gtlb_flush_pid(t, pid);
		break;
	case 1:
		(void)gtlb_flush_va(t, ea, pid);
		break;
	case 2:
		gtlb_flush_array(t, array);
		break;
	case 3:
		(void)gtlb_flush_array_va(t, array, ea);
		break;
	default:
		gtlb_flush_all(t);
	}
	for (unsigned int i = 0; i < entry_count; i++) {
		struct model *m = &entries[i];
		bool covers = ea >= m->ea && ea - m->ea < m->size;
		bool hit = (kind == 0 && m->tid == pid) ||
			   (kind == 1 && covers && (m->tid == 0 || m->tid == pid)) ||
			   (kind == 2 && m->array == array) ||
			   (kind == 3 && m->array == array && covers) || kind == 4;

		if (hit && !m->protected) {
			m->valid = false;
		}
	}
}

static void compare(const struct gtlb *t)
{
	for (unsigned int i = 0; i < 64; i++) {
		uint32_t ea = some_ea() | rnd(PAGE_SIZE), as = rnd(2), pid = rnd(4);
		unsigned int hits;
		const struct model *m = model_find(ea, as, pid, &hits);
		const struct gtlb_entry *e = gtlb_find(t, ea, as, pid);

		assert_true(hits <= 1);
		assert_int_equal(e != NULL, m != NULL);
		if (e != NULL) {
			assert_int_equal(gtlb_rpn(e), m->rpn);
			assert_int_equal(gtlb_size(e), m->size);
			assert_int_equal(gtlb_epn(e), m->ea);
		}
	}
}

static void gtlb_equals_model(void **state)
{
	static struct gtlb t;

	(void)state;
	for (unsigned int run = 0; run < 200; run++) {
		gtlb_reset(&t);
		entry_count = 0;
		seed = run;
		for (unsigned int step = 0; step < 150; step++) {
			if (rnd(8) == 0) {
				step_flush(&t);
			} else {
				step_write(&t);
			}
			compare(&t);
		}
	}
}

static enum gtlb_result write_one(struct gtlb *t, uint32_t mas0, uint32_t mas1, uint32_t mas2, uint32_t mas3,
				  uint32_t mas7)
{
	struct gtlb_mas mas = { .mas0 = mas0, .mas1 = mas1, .mas2 = mas2, .mas3 = mas3, .mas7 = mas7 };
	const struct gtlb_entry *now;
	struct gtlb_entry old;

	return gtlb_write(t, &mas, &old, &now);
}

static void gtlb_refuses_nonsense(void **state)
{
	static struct gtlb t;
	uint32_t valid_4k = MAS1_V | 2 << 7, valid_16k = MAS1_V | 4 << 7;

	(void)state;
	gtlb_reset(&t);
	assert_int_equal(write_one(&t, MAS0_TLBSEL1 | 16u << 16, valid_4k, 0, 0, 0), GTLB_BAD_SELECT);
	assert_int_equal(write_one(&t, 0x20000000u, valid_4k, 0, 0, 0), GTLB_BAD_SELECT);
	assert_int_equal(write_one(&t, MAS0_TLBSEL1, MAS1_V | 3 << 7, 0, 0, 0), GTLB_BAD_SIZE);
	assert_int_equal(write_one(&t, MAS0_TLBSEL1, MAS1_V, 0, 0, 0), GTLB_BAD_SIZE);
	assert_int_equal(write_one(&t, MAS0_TLBSEL1, MAS1_V | 24u << 7, 0, 0, 0), GTLB_BAD_SIZE);
	assert_int_equal(write_one(&t, MAS0_TLBSEL1, valid_16k, 0, 0x1000, 0), GTLB_BAD_ALIGN);
	assert_int_equal(write_one(&t, MAS0_TLBSEL1, valid_4k | 1, 0, 0, 0), GTLB_BAD_RESERVED);
	assert_int_equal(write_one(&t, MAS0_TLBSEL1, valid_4k, 0x800, 0, 0), GTLB_BAD_RESERVED);
	assert_int_equal(write_one(&t, MAS0_TLBSEL1, valid_4k, 0, 0x400, 0), GTLB_BAD_RESERVED);
	assert_int_equal(write_one(&t, MAS0_TLBSEL1, valid_4k, 0, 0, 0x10), GTLB_BAD_RESERVED);
	/* The same bits do not matter while V is clear: that is how entries are dropped. */
	assert_int_equal(write_one(&t, MAS0_TLBSEL1, 1, 0x800, 0x400, 0x10), GTLB_OK);
	/* 4 GiB at the top of the TSIZE range covers every address. */
	assert_int_equal(write_one(&t, MAS0_TLBSEL1, MAS1_V | 22u << 7, 0, 0, 0), GTLB_OK);
	assert_non_null(gtlb_find(&t, 0xffffffffu, 0, 9));
	assert_int_equal(write_one(&t, 0, valid_4k, 0x5000, 0, 0), GTLB_DUPLICATE);
}

static void search_and_read_round_trip(void **state)
{
	static struct gtlb t;
	struct gtlb_mas mas = { .mas4 = 2 << 7 | MAS2_M, .mas6 = 7u << 16 };

	(void)state;
	gtlb_reset(&t);
	assert_int_equal(write_one(&t, 2u << 16 | 3, MAS1_V | 7u << 16, 0x12345000, 0x6789a000 | MAS3_SR, 5),
			 GTLB_OK);
	gtlb_search(&t, &mas, 0x12345678);
	assert_int_equal(mas.mas0, 2u << 16 | 3);
	assert_int_equal(mas.mas1, MAS1_V | 7u << 16 | 2 << 7);
	assert_int_equal(mas.mas2, 0x12345000);
	assert_int_equal(mas.mas3, 0x6789a000 | MAS3_SR);
	assert_int_equal(mas.mas7, 5);
	mas.mas1 = mas.mas3 = mas.mas7 = 0;
	gtlb_read(&t, &mas);
	assert_int_equal(mas.mas1, MAS1_V | 7u << 16 | 2 << 7);
	gtlb_search(&t, &mas, 0x12346678);
	assert_int_equal(mas.mas1, 7u << 16 | 2 << 7);
	assert_int_equal(mas.mas0 >> 16, 3);
	gtlb_miss(&t, &mas, 0xabcdefff, 1, 9);
	assert_int_equal(mas.mas1, MAS1_V | 9u << 16 | MAS1_TS | 2 << 7);
	assert_int_equal(mas.mas2, 0xabcde000 | MAS2_M);
	assert_int_equal(mas.mas6, 9u << 16 | 1);
}

/* ---- shadows against a recorded hardware ------------------------------------------------------------ */

#define BIG_FIRST 6
#define BIG_COUNT 10

struct hw_entry {
	uint32_t mas1, mas2, mas3, mas7;
};

static struct hw_entry hw0[GTLB0_SETS][GTLB0_WAYS], hw1[64];

void shadow_hw_small(unsigned int way, uint32_t mas1, uint32_t mas2, uint32_t mas3, uint32_t mas7)
{
	assert_true(way < GTLB0_WAYS);
	hw0[(mas2 >> PAGE_SHIFT) % GTLB0_SETS][way] = (struct hw_entry){ mas1, mas2, mas3, mas7 };
}

void shadow_hw_big(unsigned int entry, uint32_t mas1, uint32_t mas2, uint32_t mas3, uint32_t mas7)
{
	assert_in_range(entry, BIG_FIRST, BIG_FIRST + BIG_COUNT - 1);
	hw1[entry] = (struct hw_entry){ mas1, mas2, mas3, mas7 };
}

void shadow_hw_flush_small(void)
{
	memset(hw0, 0, sizeof(hw0));
}

static bool hw_matches(const struct hw_entry *e, uint32_t ea, unsigned int spid)
{
	uint64_t size = UINT64_C(1024) << field_get(MAS1_TSIZE, e->mas1);

	return (e->mas1 & MAS1_V) != 0 && field_get(MAS1_TID, e->mas1) == spid &&
	       ((ea ^ e->mas2) & ~(uint32_t)(size - 1) & MAS2_EPN) == 0;
}

/* The one entry that translates ea for a shadow id; fails on a multiple hit. */
static const struct hw_entry *hw_find(uint32_t ea, unsigned int spid)
{
	const struct hw_entry *found = NULL;

	for (unsigned int way = 0; way < GTLB0_WAYS; way++) {
		const struct hw_entry *e = &hw0[(ea >> PAGE_SHIFT) % GTLB0_SETS][way];

		if (hw_matches(e, ea, spid)) {
			assert_null(found);
			found = e;
		}
	}
	for (unsigned int i = 0; i < 64; i++) {
		if (hw_matches(&hw1[i], ea, spid)) {
			assert_null(found);
			found = &hw1[i];
		}
	}
	return found;
}

static void shadows_stay_consistent(void **state)
{
	static struct shadow s;
	uint64_t big = 4 * PAGE_SIZE;

	(void)state;
	for (unsigned int run = 0; run < 60; run++) {
		seed = run + 1000;
		memset(hw0, 0, sizeof(hw0));
		memset(hw1, 0, sizeof(hw1));
		shadow_init(&s, BIG_FIRST, BIG_COUNT);
		for (unsigned int step = 0; step < 2000; step++) {
			uint32_t ea = some_ea(), pid = rnd(40);
			unsigned int spaces = rnd(2) * 3, pr = rnd(2), spid;
			struct shadow_map map = {
				.ea = ea, .size = rnd(3) == 0 ? big : PAGE_SIZE, .perm = MAS3_UR
			};

			/* Large pages and small ones may overlap only in the same content. */
			map.hpa = (uint64_t)ea + (pid << 28);
			spid = shadow_pid(&s, pid, spaces, pr);
			assert_in_range(spid, 1, SHADOW_PIDS);
			switch (rnd(16)) {
			case 0:
				shadow_flush_small(&s, ea);
				assert_true(hw_find(ea, spid) == NULL ||
					    field_get(MAS1_TSIZE, hw_find(ea, spid)->mas1) > 2);
				break;
			case 1:
				shadow_flush_pid(&s, pid);
				spid = shadow_pid(&s, pid, spaces, pr);
				assert_null(hw_find(ea, spid));
				break;
			case 2:
				shadow_flush_all(&s);
				spid = shadow_pid(&s, pid, spaces, pr);
				assert_null(hw_find(ea, spid));
				break;
			default:
				if (hw_find(ea, spid) == NULL) {
					const struct hw_entry *e;

					shadow_install(&s, spid, &map);
					e = hw_find(ea, spid);
					assert_non_null(e);
					assert_int_equal((e->mas3 & MAS3_RPN) +
								 (ea - (e->mas2 & MAS2_EPN)),
							 (uint32_t)map.hpa);
					assert_true((e->mas1 & MAS1_TS) != 0 && (e->mas1 & MAS1_IPROT) == 0);
				}
			}
		}
		assert_true(s.recycles > 0);
	}
}

/* A vcpu that starts anew uses the same ids again: nothing of its earlier life may answer to them. */
static void a_new_life_finds_no_shadows(void **state)
{
	static struct shadow s;
	struct shadow_map map = { .ea = 0x400000, .hpa = 0x400000, .size = 4 * PAGE_SIZE, .perm = MAS3_UR };

	(void)state;
	memset(hw0, 0, sizeof(hw0));
	memset(hw1, 0, sizeof(hw1));
	memset(&s, 0, sizeof(s));
	shadow_init(&s, BIG_FIRST, BIG_COUNT);
	for (unsigned int i = 0; i < 3; i++, map.ea += 0x10000, map.hpa += 0x10000) {
		map.size = i == 0 ? PAGE_SIZE : 4 * PAGE_SIZE;
		shadow_install(&s, shadow_pid(&s, i, 0, 0), &map);
	}
	shadow_init(&s, BIG_FIRST, BIG_COUNT);
	for (uint32_t ea = 0x400000; ea < 0x440000; ea += PAGE_SIZE) {
		for (unsigned int spid = 1; spid <= 3; spid++) {
			assert_null(hw_find(ea, spid));
		}
	}
}

/* The largest page that fits, by trying them all. 12 page bits of addresses. */
static void fit_is_maximal(void **state)
{
	(void)state;
	for (uint32_t ea = 0; ea < 64; ea++) {
		for (uint32_t off = 0; off < 64; off++) {
			for (uint32_t room = 0; room < 64 * 64; room++) {
				uint64_t below = (uint64_t)(room & 63) << PAGE_SHIFT;
				uint64_t above = (uint64_t)(1 + (room >> 6)) << PAGE_SHIFT;
				uint64_t hpa = (uint64_t)off << PAGE_SHIFT, best = PAGE_SIZE;
				uint32_t at = ea << PAGE_SHIFT;

				for (uint64_t size = PAGE_SIZE; size <= 64 * PAGE_SIZE; size *= 4) {
					uint64_t start = at & ~(size - 1);

					if ((hpa - (at - start)) % size == 0 && at - start <= below &&
					    start + size - at <= above) {
						best = size;
					}
				}
				assert_int_equal(shadow_fit(at, hpa, below, above, 64 * PAGE_SIZE), best);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gtlb_equals_model),
		cmocka_unit_test(gtlb_refuses_nonsense),
		cmocka_unit_test(search_and_read_round_trip),
		cmocka_unit_test(shadows_stay_consistent),
		cmocka_unit_test(a_new_life_finds_no_shadows),
		cmocka_unit_test(fit_is_maximal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
