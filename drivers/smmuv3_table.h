/* SPDX-License-Identifier: BSD-3-Clause */
/* SMMUv3 structures in memory: stream tables, their entries, context descriptors, page attributes. */
/* pure: the geometry is a parameter, so that tests can be exhaustive at small width */
#ifndef SMMUV3_TABLE_H
#define SMMUV3_TABLE_H

#include "arch/arm64/pgtable.h"

/*
 * A stream table (IHI 0070, 3.3.1). StreamIDs below 1 << bits can have an entry; with split != 0
 * those that share id >> split share a second level, and what has none does not exist. All tables
 * are in memory that the CPU sees at one fixed distance from where the SMMU does.
 */
struct stab {
	uint64_t *root; /* zeroed; aligned to its size, at least to 64 bytes */
	uint64_t at;	/* as the SMMU reaches it */
	uint8_t bits;
	uint8_t split; /* 0: linear; else 6, 8 or 10, at most bits */
};

static inline uint64_t stab_root_bytes(const struct stab *t)
{
	return t->split != 0 ? UINT64_C(8) << (t->bits - t->split) : UINT64_C(64) << t->bits;
}
/* Of a second level, and what it is aligned to. */
static inline uint64_t stab_leaf_bytes(const struct stab *t)
{
	return UINT64_C(64) << t->split;
}
/* The id is within the table but has no second level yet. */
bool stab_lacks(const struct stab *t, uint32_t id);
/* Give it one: zeroed memory, aligned to its size. Caller: stab_lacks(). */
void stab_link(struct stab *t, uint32_t id, uint64_t leaf_at);
/* The entry of an id; NULL: it does not exist. */
uint64_t *stab_entry(const struct stab *t, uint32_t id);
/* STRTAB_BASE_CFG */
uint32_t stab_config(const struct stab *t);

enum smmu_stage {
	SMMU_STAGE1 = 1,
	SMMU_STAGE2 = 2,
};

/* How the SMMU is to walk a page table. */
struct smmu_walk {
	uint8_t stage;	   /* enum smmu_stage */
	uint8_t bits;	   /* of input address: smmu_bits() */
	uint8_t oas;	   /* of output address, as IDR5 codes it: 0..6 */
	uint8_t page_shift; /* 12, 14 or 16 */
	uint8_t start_level;
	bool is_cached; /* walks are coherent with the CPUs' caches */
	uint16_t tag;	/* ASID or VMID */
	uint64_t root_at;
};

/* Address bits that IDR5.OAS stands for; 0: not known. */
unsigned int smmu_oas_bits(unsigned int oas);
/*
 * Input address bits that reach `last`, of those a stage can be told to resolve with 4 KiB pages;
 * 0: none can.
 */
unsigned int smmu_bits(enum smmu_stage stage, uint64_t last, unsigned int oas_bits);
struct pgt_geom smmu_geom(enum smmu_stage stage, unsigned int bits);

enum smmu_page {
	SMMU_PAGE_W = 1,
	SMMU_PAGE_DEVICE = 2,
};
/* Descriptor bits beside address and type: accessed, for any privilege, never executable. */
uint64_t smmu_attrs(enum smmu_stage stage, unsigned int page);

/* Context descriptor of a stage 1 walk. */
void smmu_cd(uint64_t cd[8], const struct smmu_walk *w);
/* Stream table entry: of a stage 1 walk, by its context descriptor; of a stage 2 walk. */
void smmu_ste1(uint64_t ste[8], uint64_t cd_at, bool can_stall, bool is_cached);
void smmu_ste2(uint64_t ste[8], const struct smmu_walk *w);

#endif
