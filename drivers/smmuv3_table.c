/* SPDX-License-Identifier: BSD-3-Clause */
/* Encoders of what an SMMUv3 reads from memory. */
/* pure; the caller makes changes visible (barriers, caches, commands) */
#include "drivers/smmuv3_table.h"

#include <string.h>

#include "drivers/smmuv3_regs.h"

/* ---- stream table (3.3, 5.1) -------------------------------------------------------------- */

static bool stab_has(const struct stab *t, uint32_t id)
{
	return (uint64_t)id >> t->bits == 0;
}

bool stab_lacks(const struct stab *t, uint32_t id)
{
	return stab_has(t, id) && t->split != 0 && t->root[id >> t->split] == 0;
}

void stab_link(struct stab *t, uint32_t id, uint64_t leaf_at)
{
	t->root[id >> t->split] =
	    (leaf_at & L1STD_L2PTR) | field_put(L1STD_SPAN, t->split + 1u);
}

uint64_t *stab_entry(const struct stab *t, uint32_t id)
{
	uint64_t desc;

	if (!stab_has(t, id)) {
		return NULL;
	}
	if (t->split == 0) {
		return t->root + (uint64_t)id * STE_WORDS;
	}
	desc = t->root[id >> t->split];
	if (desc == 0) {
		return NULL;
	}
	/* An offset that wraps is a leaf below the root. */
	return (uint64_t *)((uintptr_t)t->root + (uintptr_t)((desc & L1STD_L2PTR) - t->at)) +
	       (uint64_t)(id & (uint32_t)(BIT(t->split) - 1)) * STE_WORDS;
}

uint32_t stab_config(const struct stab *t)
{
	uint64_t split = t->split != 0 ? STRTAB_CFG_TWO | field_put(STRTAB_CFG_SPLIT, t->split) : 0;

	return (uint32_t)(split | t->bits);
}

/* ---- page tables (VMSAv8-64; Arm ARM D8.3) ------------------------------------------------ */

enum {
	BITS_MIN = 39,	    /* a root of one page that starts at level 1 */
	BITS_CONCAT = 43,   /* stage 2: as far as level 1 reaches with 16 roots in a row */
	BITS_STAGE1 = 48,   /* every SMMU takes as many (3.4.1) */
	MAIR_MEMORY = 0xff, /* write-back; index 0 */
	MAIR_REGISTER = 4,  /* Device-nGnRE; index 1 */
};

#define PTE_AF BIT(10)
#define PTE_INNER field_put(MASK(9, 8), WALK_INNER)
#define S1_INDEX_DEVICE field_put(MASK(4, 2), 1)
#define S1_AP_USER BIT(6)
#define S1_AP_READ BIT(7)
#define S1_NOT_GLOBAL BIT(11)
#define S1_NEVER_EXEC (BIT(54) | BIT(53))
#define S2_MEMORY field_put(MASK(5, 2), 0xf)
#define S2_REGISTER field_put(MASK(5, 2), 1)
#define S2_READ BIT(6)
#define S2_WRITE BIT(7)
#define S2_NEVER_EXEC BIT(54)

unsigned int smmu_oas_bits(unsigned int oas)
{
	static const uint8_t bits[] = {32, 36, 40, 42, 44, 48, 52};

	return oas < ARRAY_SIZE(bits) ? bits[oas] : 0;
}

unsigned int smmu_bits(enum smmu_stage stage, uint64_t last, unsigned int oas_bits)
{
	unsigned int need = last == 0 ? 1 : 64 - (unsigned int)__builtin_clzll(last);

	if (need <= BITS_MIN) {
		/* Stage 2 does not take more than the SMMU has (5.2, S2T0SZ). */
		return stage == SMMU_STAGE2 && oas_bits < BITS_MIN
			   ? (need <= oas_bits ? oas_bits : 0)
			   : BITS_MIN;
	}
	if (stage == SMMU_STAGE1) {
		return need <= BITS_STAGE1 ? BITS_STAGE1 : 0;
	}
	return need <= oas_bits && need <= BITS_STAGE1 ? need : 0;
}

struct pgt_geom smmu_geom(enum smmu_stage stage, unsigned int bits)
{
	unsigned int level = bits <= (stage == SMMU_STAGE2 ? BITS_CONCAT : BITS_MIN) ? 1 : 0;

	return (struct pgt_geom){.page_shift = 12,
				 .index_bits = 9,
				 .start_level = (uint8_t)level,
				 .root_bits = (uint8_t)(bits - (level == 1 ? 30 : 39)),
				 .block_levels = BIT(1) | BIT(2)};
}

uint64_t smmu_attrs(enum smmu_stage stage, unsigned int page)
{
	bool is_write = (page & SMMU_PAGE_W) != 0;
	bool is_device = (page & SMMU_PAGE_DEVICE) != 0;

	if (stage == SMMU_STAGE1) {
		return PTE_AF | (is_device ? S1_INDEX_DEVICE : PTE_INNER) | S1_AP_USER |
		       (is_write ? 0 : S1_AP_READ) | S1_NOT_GLOBAL | S1_NEVER_EXEC;
	}
	return PTE_AF | (is_device ? S2_REGISTER : S2_MEMORY | PTE_INNER) | S2_READ |
	       (is_write ? S2_WRITE : 0) | S2_NEVER_EXEC;
}

/* ---- entries ------------------------------------------------------------------------------ */

/* TG0 of a context descriptor and S2TG are coded alike. */
static uint64_t granule_code(unsigned int page_shift)
{
	return page_shift == 16 ? 1 : page_shift == 14 ? 2 : 0;
}

void smmu_cd(uint64_t cd[8], const struct smmu_walk *w)
{
	uint64_t cache = w->is_cached ? WALK_WRITE_BACK : 0;

	memset(cd, 0, CD_BYTES);
	/* Faults abort the access and are recorded; the ASID is not one of the CPUs'. */
	cd[0] = field_put(CD0_T0SZ, 64u - w->bits) |
		field_put(CD0_TG0, granule_code(w->page_shift)) | field_put(CD0_IR0, cache) |
		field_put(CD0_OR0, cache) | field_put(CD0_SH0, w->is_cached ? WALK_INNER : 0) |
		CD0_EPD1 | CD0_V | field_put(CD0_IPS, w->oas) | CD0_AA64 | CD0_R | CD0_A |
		CD0_ASET | field_put(CD0_ASID, w->tag);
	cd[1] = w->root_at & CD1_TTB0;
	cd[3] = MAIR_MEMORY | MAIR_REGISTER << 8;
}

void smmu_ste1(uint64_t ste[8], uint64_t cd_at, bool can_stall, bool is_cached)
{
	uint64_t cache = is_cached ? WALK_WRITE_BACK : 0;

	memset(ste, 0, STE_BYTES);
	ste[0] = STE0_V | field_put(STE0_CONFIG, STE_CONFIG_S1) | (cd_at & STE0_CONTEXT);
	ste[1] = field_put(STE1_S1CIR, cache) | field_put(STE1_S1COR, cache) |
		 field_put(STE1_S1CSH, is_cached ? WALK_INNER : 0) |
		 (can_stall ? STE1_S1STALLD : 0) | field_put(STE1_SHCFG, STE_SH_INCOMING);
}

/* S2SL0 of 4 KiB pages counts backwards from level 2, of larger ones from level 3 (5.2). */
static uint64_t start_code(const struct smmu_walk *w)
{
	return (w->page_shift == 12 ? 2u : 3u) - w->start_level;
}

void smmu_ste2(uint64_t ste[8], const struct smmu_walk *w)
{
	uint64_t cache = w->is_cached ? WALK_WRITE_BACK : 0;

	memset(ste, 0, STE_BYTES);
	ste[0] = STE0_V | field_put(STE0_CONFIG, STE_CONFIG_S2);
	ste[1] = field_put(STE1_SHCFG, STE_SH_INCOMING);
	ste[2] = field_put(STE2_VMID, w->tag) | field_put(STE2_T0SZ, 64u - w->bits) |
		 field_put(STE2_SL0, start_code(w)) | field_put(STE2_IR0, cache) |
		 field_put(STE2_OR0, cache) | field_put(STE2_SH0, w->is_cached ? WALK_INNER : 0) |
		 field_put(STE2_TG, granule_code(w->page_shift)) | field_put(STE2_PS, w->oas) |
		 STE2_AA64 | STE2_R;
	ste[3] = w->root_at & STE3_TTB;
}
