/* SPDX-License-Identifier: BSD-3-Clause */
/* What an SMMUv3 reads from memory: stream tables exhaustively at small width, every field of entries. */
#include "drivers/smmuv3_table.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	BITS = 5, /* widest stream table tried */
	ENTRY = 8, /* words of an entry */
};

/* Root and all second levels; the SMMU sees it somewhere else. */
static uint64_t memory[(1 << BITS) + ((1 << BITS) * ENTRY)];
#define MEMORY_AT UINT64_C(0x7f0000000)

/* ---- stream tables ------------------------------------------------------------------------ */

/* The place of leaf n: in reverse order, so that no two things are where they would be by chance. */
static size_t leaf_word(unsigned int bits, unsigned int split, unsigned int n)
{
	return (1u << BITS) + ((1u << (bits - split)) - 1 - n) * (ENTRY << split);
}

/* The definition (IHI 0070, 3.3.1 and 5.1), by address: where the entry of id is, 0: nowhere. */
static uint64_t entry_at(const struct stab *t, uint32_t id)
{
	uint64_t desc, span;

	if (id >= 1u << t->bits) {
		return 0;
	}
	if (t->split == 0) {
		return MEMORY_AT + id * 64u;
	}
	desc = memory[id >> t->split];
	span = desc & 0x1f;
	if (span == 0) {
		return 0;
	}
	assert_int_equal(span, t->split + 1);
	assert_int_equal(desc & 0xfff0000000000020, 0);
	return (desc & 0xfffffffffffc0) + (id & ((1u << t->split) - 1)) * 64;
}

static void check_stab(const struct stab *t, uint32_t linked)
{
	for (uint32_t id = 0; id < 1u << (BITS + 1); id++) {
		bool exists = id < 1u << t->bits;
		bool is_linked = exists && (t->split == 0 || (linked >> (id >> t->split) & 1));
		uint64_t *entry = stab_entry(t, id);
		uint64_t at = entry_at(t, id);

		assert_int_equal(stab_lacks(t, id), exists && !is_linked);
		assert_int_equal(entry != NULL, is_linked);
		assert_int_equal(at != 0, is_linked);
		if (entry != NULL) {
			assert_int_equal((uint64_t)((char *)entry - (char *)memory), at - MEMORY_AT);
		}
	}
	assert_null(stab_entry(t, UINT32_MAX));
	assert_false(stab_lacks(t, UINT32_MAX));
}

/* Every subset of second levels, in every width and split. */
static void test_every_stream_table(void **state)
{
	(void)state;
	for (unsigned int bits = 0; bits <= BITS; bits++) {
		for (unsigned int split = 0; split <= bits; split++) {
			unsigned int leaves = split == 0 ? 0 : 1u << (bits - split);
			uint32_t subsets = leaves >= 16 ? 1 << 16 : 1u << leaves;

			for (uint32_t linked = 0; linked < subsets; linked++) {
				struct stab t = {.root = memory, .at = MEMORY_AT,
						 .bits = (uint8_t)bits, .split = (uint8_t)split};

				memset(memory, 0, sizeof(memory));
				for (unsigned int n = 0; n < leaves; n++) {
					if (linked >> n & 1) {
						stab_link(&t, (n << split) | (n & 1),
							  MEMORY_AT + 8 * leaf_word(bits, split, n));
					}
				}
				check_stab(&t, linked);
			}
		}
	}
}

static void test_sizes(void **state)
{
	struct stab linear = {.bits = 16}, two = {.bits = 16, .split = 6}, one = {.bits = 6, .split = 6};

	(void)state;
	assert_int_equal(stab_root_bytes(&linear), 4 << 20);
	assert_int_equal(stab_config(&linear), 16);
	assert_int_equal(stab_root_bytes(&two), 8192);
	assert_int_equal(stab_leaf_bytes(&two), 4096);
	assert_int_equal(stab_config(&two), 1 << 16 | 6 << 6 | 16);
	assert_int_equal(stab_root_bytes(&one), 8);
}

/* ---- geometry ----------------------------------------------------------------------------- */

static void test_geometry(void **state)
{
	static const uint8_t oas_bits[] = {32, 36, 40, 42, 44, 48, 52};

	(void)state;
	for (unsigned int oas = 0; oas < 8; oas++) {
		assert_int_equal(smmu_oas_bits(oas), oas < 7 ? oas_bits[oas] : 0);
	}
	for (unsigned int oas = 0; oas < 7; oas++) {
		for (unsigned int need = 1; need <= 64; need++) {
			uint64_t last = UINT64_MAX >> (64 - need);

			for (unsigned int stage = 1; stage <= 2; stage++) {
				unsigned int bits = smmu_bits(stage, last, oas_bits[oas]);
				unsigned int most = stage == 1 ? 48 : oas_bits[oas];
				struct pgt_geom g;

				most = most > 48 ? 48 : most;
				/* As many as are needed, if that many are possible at all. */
				assert_int_equal(bits != 0, need <= most);
				if (bits == 0) {
					continue;
				}
				assert_true(bits >= need && bits <= most);
				g = smmu_geom(stage, bits);
				assert_int_equal(pgt_limit(&g), UINT64_C(1) << bits);
				assert_int_equal(g.page_shift, 12);
				/* One root, or up to 16 in a row for stage 2 (Arm ARM D8.2.2). */
				assert_true(g.root_bits <= (stage == 1 ? 9 : 13));
				assert_true(g.root_bits >= 1);
				assert_true(g.start_level <= 1);
				assert_int_equal(g.block_levels & ~6, 0);
			}
		}
	}
	assert_int_equal(smmu_bits(SMMU_STAGE1, 0, 44), 39);
}

/* ---- fields, written out once more from the specification --------------------------------- */

static uint64_t bits_of(uint64_t word, unsigned int hi, unsigned int lo)
{
	return word << (63 - hi) >> (63 - hi) >> lo;
}

static void test_attributes(void **state)
{
	(void)state;
	for (unsigned int page = 0; page < 4; page++) {
		bool is_write = page & SMMU_PAGE_W, is_device = page & SMMU_PAGE_DEVICE;
		uint64_t s1 = smmu_attrs(SMMU_STAGE1, page), s2 = smmu_attrs(SMMU_STAGE2, page);

		assert_int_equal(bits_of(s1, 4, 2), is_device ? 1 : 0);      /* AttrIndx */
		assert_int_equal(bits_of(s1, 7, 6), is_write ? 1 : 3);	     /* AP[2:1] */
		assert_int_equal(bits_of(s1, 9, 8), is_device ? 0 : 3);	     /* SH */
		assert_int_equal(bits_of(s1, 11, 10), 3);		     /* nG, AF */
		assert_int_equal(bits_of(s1, 54, 53), 3);		     /* UXN, PXN */
		assert_int_equal(s1 & ~UINT64_C(0x60000000000fdc), 0);
		assert_int_equal(bits_of(s2, 5, 2), is_device ? 1 : 15);     /* MemAttr */
		assert_int_equal(bits_of(s2, 7, 6), is_write ? 3 : 1);	     /* S2AP */
		assert_int_equal(bits_of(s2, 9, 8), is_device ? 0 : 3);
		assert_int_equal(bits_of(s2, 10, 10), 1);
		assert_int_equal(bits_of(s2, 54, 53), 2); /* XN */
		assert_int_equal(s2 & ~UINT64_C(0x400000000007fc), 0);
	}
}

static struct smmu_walk walk_of(unsigned int stage, unsigned int bits, bool is_cached)
{
	struct pgt_geom g = smmu_geom(stage, bits);

	return (struct smmu_walk){.stage = (uint8_t)stage, .bits = (uint8_t)bits, .oas = 4,
				  .page_shift = 12, .start_level = g.start_level,
				  .is_cached = is_cached, .tag = 0xa5c3,
				  .root_at = 0xfedcba98000};
}

static void test_context(void **state)
{
	static const uint8_t shifts[] = {12, 16, 14}; /* by the code of TG0 */

	(void)state;
	for (unsigned int bits = 39; bits <= 48; bits += 9) {
		for (unsigned int tg = 0; tg < 3; tg++) {
			struct smmu_walk w = walk_of(SMMU_STAGE1, bits, tg != 1);
			uint64_t cd[ENTRY];

			w.page_shift = shifts[tg];
			memset(cd, 0xff, sizeof(cd));
			smmu_cd(cd, &w);
			assert_int_equal(bits_of(cd[0], 5, 0), 64 - bits);
			assert_int_equal(bits_of(cd[0], 7, 6), tg);
			assert_int_equal(bits_of(cd[0], 9, 8), tg != 1);
			assert_int_equal(bits_of(cd[0], 11, 10), tg != 1);
			assert_int_equal(bits_of(cd[0], 13, 12), tg != 1 ? 3 : 0);
			assert_int_equal(bits_of(cd[0], 15, 14), 0); /* little-endian, TTB0 on */
			assert_int_equal(bits_of(cd[0], 29, 16), 0);
			assert_int_equal(bits_of(cd[0], 31, 30), 3); /* V, TTB1 off */
			assert_int_equal(bits_of(cd[0], 34, 32), 4); /* IPS */
			assert_int_equal(bits_of(cd[0], 40, 35), 0);
			assert_int_equal(bits_of(cd[0], 41, 41), 1); /* AA64 */
			assert_int_equal(bits_of(cd[0], 47, 42), 0x38); /* ASET A R; S HA HD off */
			assert_int_equal(bits_of(cd[0], 63, 48), 0xa5c3);
			assert_int_equal(cd[1], 0xfedcba98000);
			assert_int_equal(cd[3], 0x4ff);
			assert_int_equal(cd[2] | cd[4] | cd[5] | cd[6] | cd[7], 0);
		}
	}
}

static void test_entry_of_stage1(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		bool can_stall = i & 1, is_cached = i & 2;
		uint64_t ste[ENTRY], rest = 0;

		memset(ste, 0xff, sizeof(ste));
		smmu_ste1(ste, 0x123456789c0, can_stall, is_cached);
		assert_int_equal(ste[0], 0x123456789c0 | 5 << 1 | 1);
		assert_int_equal(bits_of(ste[1], 7, 0), is_cached ? 0xd4 : 0);
		assert_int_equal(bits_of(ste[1], 26, 8), 0);
		assert_int_equal(bits_of(ste[1], 27, 27), can_stall); /* S1STALLD */
		assert_int_equal(bits_of(ste[1], 43, 28), 0); /* no ATS; EL1 */
		assert_int_equal(bits_of(ste[1], 45, 44), 1); /* SHCFG: incoming */
		assert_int_equal(bits_of(ste[1], 63, 46), 0);
		for (unsigned int k = 2; k < ENTRY; k++) {
			rest |= ste[k];
		}
		assert_int_equal(rest, 0);
	}
}

static void test_entry_of_stage2(void **state)
{
	(void)state;
	for (unsigned int bits = 39; bits <= 48; bits++) {
		struct smmu_walk w = walk_of(SMMU_STAGE2, bits, bits & 1);
		uint64_t ste[ENTRY];

		memset(ste, 0xff, sizeof(ste));
		smmu_ste2(ste, &w);
		assert_int_equal(ste[0], 6 << 1 | 1);
		assert_int_equal(ste[1], UINT64_C(1) << 44);
		assert_int_equal(bits_of(ste[2], 15, 0), 0xa5c3);
		assert_int_equal(bits_of(ste[2], 31, 16), 0);
		assert_int_equal(bits_of(ste[2], 37, 32), 64 - bits);
		/* 4 KiB: 1 starts at level 1, 2 at level 0 */
		assert_int_equal(bits_of(ste[2], 39, 38), bits <= 43 ? 1 : 2);
		assert_int_equal(bits_of(ste[2], 45, 40), bits & 1 ? 0x35 : 0);
		assert_int_equal(bits_of(ste[2], 47, 46), 0);
		assert_int_equal(bits_of(ste[2], 50, 48), 4);
		assert_int_equal(bits_of(ste[2], 63, 51), 1 | 1 << 7); /* AA64, R; no stall, no HA */
		assert_int_equal(ste[3], 0xfedcba98000);
		assert_int_equal(ste[4] | ste[5] | ste[6] | ste[7], 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_stream_table), cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_geometry),	   cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_context),		   cmocka_unit_test(test_entry_of_stage1),
		cmocka_unit_test(test_entry_of_stage2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
