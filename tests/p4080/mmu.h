/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Address translation: the two arrays, the interrupts a failed translation raises, and the
 * instructions that manage entries.
 */
#ifndef P4080_MMU_H
#define P4080_MMU_H

#include "core.h"

/* One data or instruction access to translate. */
struct mmu_access {
	uint32_t ea;
	enum bus_kind kind;
	struct mmu_space sp;
	bool epid; /* external-PID access: ESR[EPID] */
};

struct mmu_result {
	uint64_t pa;
	uint32_t attr; /* WIMGE */
};

/* The space of an ordinary data access or fetch now. */
struct mmu_space mmu_space_data(const struct core *c);
struct mmu_space mmu_space_fetch(const struct core *c);

/* Entry that translates ea in sp, NULL on a miss. A multiple hit is a fatal lint. */
const struct tlb_entry *mmu_find(struct core *c, const struct mmu_space *sp, uint32_t ea);

static inline uint64_t mmu_entry_pa(const struct tlb_entry *e, uint32_t ea)
{
	return (e->rpn & ~(uint64_t)~e->mask) | (ea & ~e->mask);
}

/*
 * Translate and check permission. c->pc must be the instruction's address. False: the interrupt
 * has been raised.
 */
bool mmu_translate(struct core *c, const struct mmu_access *a, struct mmu_result *r);

/* Physical page of a fetch at pc, ISI/ITLB raised on failure. */
bool mmu_fetch(struct core *c, uint32_t pc, uint64_t *pa);

/* --- TLB management (mmu_tlb.c), the architecture's operations without privilege checks --- */
void mmu_tlbwe(struct core *c);
void mmu_tlbre(struct core *c);
void mmu_tlbsx(struct core *c, uint32_t ea);
void mmu_tlbilx(struct core *c, unsigned t, uint32_t ea);
void mmu_tlbivax(struct core *c, uint32_t ea);
/* MMUCSR0: invalidate all unprotected entries of TLB0 and/or TLB1. */
void mmu_flash_invalidate(struct core *c, bool tlb0, bool tlb1);
/* Default MAS0..7 contents at a miss (6.4). */
void mmu_mas_miss(struct core *c, const struct mmu_access *a);

#endif
