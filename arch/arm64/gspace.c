/* SPDX-License-Identifier: BSD-3-Clause */
/* Stage 2: a partition's guest-physical space, and taking it away from running vCPUs. */
/* any CPU */
#include "traps.h"

#include "arch/barrier.h"
#include "arch/sysreg.h"
#include "hmem.h"
#include "hv/part.h"
#include "pgtable.h"

/* Stage 2 descriptor bits (D8.3.2). */
enum {
	S2_NORMAL = 0xf << 2, /* write-back, as far as stage 1 agrees */
	S2_DEVICE = 0x1 << 2, /* Device-nGnRE at most */
	S2_READ = 1 << 6,
	S2_WRITE = 2 << 6,
	S2_INNER = 3 << 8,
	S2_AF = 1 << 10,
};
#define S2_XN BIT(54) /* [54:53] = 0b10: never executable, with and without FEAT_XNX */

enum {
	GSPACE_TABLES = 128,  /* pages for all partitions together */
	GSPACE_MIN_BITS = 39, /* one root page, start at level 1 */
};

static uint64_t tables[GSPACE_TABLES * 512] __attribute__((section(".noinit"), aligned(4096)));
static struct pgt_pool pool = { .tables = tables, .pages = GSPACE_TABLES };
static struct pgt spaces[MAX_PARTS];

/* Bits of guest-physical address: what its areas need, within what the CPU can translate. */
static unsigned int ipa_bits(const struct plan_part *plan)
{
	unsigned int bits = GSPACE_MIN_BITS;

	for (unsigned int i = 0; i < plan->mem_count; i++) {
		const struct plan_mem *m = &plan->mems[i];

		while (bits < 64 && (gpa_raw(m->gpa) + (m->size - 1)) >> bits != 0) {
			bits++;
		}
	}
	return bits;
}

/*
 * Start level 1 reaches 39 bits, with up to 16 concatenated tables 43; from 44 bits on level 0 is
 * used, which needs a CPU with as many physical bits (D8.2.2, table D8-13).
 */
static struct pgt_geom geometry(unsigned int bits)
{
	unsigned int level = bits <= 43 ? 1 : 0;

	return (struct pgt_geom){ .page_shift = 12, .index_bits = 9,
				  .start_level = (uint8_t)level,
				  .root_bits = (uint8_t)(bits - (level == 1 ? 30 : 39)),
				  .block_levels = BIT(1) | BIT(2) };
}

/* VTCR_EL2 (D19.2.150): RES1, PS, 4 KiB, inner shareable, write-back walks, SL0, T0SZ. */
static uint64_t vtcr_of(unsigned int bits, unsigned int start_level)
{
	uint64_t range = sysreg_rd(id_aa64mmfr0_el1) & 15;

	return BIT(31) | field_put(MASK(18, 16), range > 5 ? 5 : range) |
	       field_put(MASK(13, 12), 3) | field_put(MASK(11, 8), 5) |
	       field_put(MASK(7, 6), start_level == 1 ? 1 : 2) | (64 - bits);
}

static uint64_t attrs_of(uint32_t flags)
{
	uint64_t attrs = S2_AF | S2_READ | ((flags & PLAN_MEM_W) != 0 ? S2_WRITE : 0);

	if ((flags & PLAN_MEM_DEVICE) != 0) {
		return attrs | S2_DEVICE | S2_XN;
	}
	return attrs | S2_NORMAL | S2_INNER | ((flags & PLAN_MEM_X) != 0 ? 0 : S2_XN);
}

enum err arch_gspace_init(struct part *p)
{
	struct pgt *t = &spaces[p->index];
	unsigned int bits = ipa_bits(p->plan);
	struct pgt_geom geom = geometry(bits);
	enum err err;

	if (bits > hmem_pa_bits() && bits > GSPACE_MIN_BITS) {
		return ERR_RANGE;
	}
	pool.at = (uint64_t)tables;
	err = pgt_init(t, &geom, &pool);
	for (unsigned int i = 0; err == OK && i < p->plan->mem_count; i++) {
		const struct plan_mem *m = &p->plan->mems[i];

		if ((m->flags & PLAN_MEM_DMA_ONLY) == 0) {
			err = pgt_map(t, gpa_raw(m->gpa), hpa_raw(m->hpa), m->size,
				      attrs_of(m->flags));
		}
	}
	p->arch.root = t->root;
	p->arch.entries = UINT32_C(1) << geom.root_bits;
	/* VMID 0 would be what a CPU without a guest has loaded. */
	p->arch.vttbr = t->root_at | (uint64_t)(p->index + 1) << 48;
	p->arch.vtcr = vtcr_of(bits, geom.start_level);
	p->arch.hcr = cpu_hcr(p);
	dev_mb();
	return err;
}

/* All translations of the partition, on all CPUs: stage 1, stage 2 and combined (D8.13.5). */
static void gspace_flush(const struct part *p)
{
	uint64_t saved = sysreg_rd(vttbr_el2);

	dev_mb();
	sysreg_wr(vttbr_el2, p->arch.vttbr);
	isb();
	__asm__ volatile("tlbi vmalls12e1is\n\tdsb ish" ::: "memory");
	isb();
	sysreg_wr(vttbr_el2, saved);
	isb();
}

/* An entry whose valid bit alone is cleared translates nothing and keeps what it was. */
void arch_gspace_revoke(struct part *p)
{
	__atomic_store_n(&p->arch.is_revoked, 1, __ATOMIC_RELEASE);
	for (unsigned int i = 0; i < p->arch.entries; i++) {
		__atomic_fetch_and(&p->arch.root[i], ~PGT_VALID, __ATOMIC_RELAXED);
	}
	gspace_flush(p);
}

void arch_gspace_restore(struct part *p)
{
	for (unsigned int i = 0; i < p->arch.entries; i++) {
		if (p->arch.root[i] != 0) {
			__atomic_fetch_or(&p->arch.root[i], PGT_VALID, __ATOMIC_RELAXED);
		}
	}
	dev_mb();
	__atomic_store_n(&p->arch.is_revoked, 0, __ATOMIC_RELEASE);
}
