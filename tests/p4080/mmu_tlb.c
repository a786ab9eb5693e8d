/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tlbwe, tlbre, tlbsx, tlbilx, tlbivax and the MAS defaults.
 * Power ISA 2.06 Book III-E 6.11.4; MMU architecture version 1 (spec 6.3).
 */
#include "mmu.h"

#include "machine.h"
#include "oracle.h"

static uint32_t mmu_size_mask(unsigned tsize)
{
	/* Size is 1 KB << tsize; 22 is 4 GB. */
	return tsize >= 22 ? 0 : ~((UINT32_C(1024) << tsize) - 1);
}

static unsigned mmu_tlb0_set(uint32_t ea)
{
	return (ea >> 12) % TLB0_SETS;
}

/* Entry that MAS0 (and MAS2 for TLB0) selects. */
static struct tlb_entry *mmu_mas_entry(struct core *c)
{
	uint32_t mas0 = c->spr[SPR_MAS0];
	unsigned esel = (mas0 & MAS0_ESEL_MASK) >> 16;

	if (mas0 & MAS0_TLBSEL)
		return &c->tlb1[esel % TLB1_ENTRIES];
	return &c->tlb0[mmu_tlb0_set(c->spr[SPR_MAS2])][esel % TLB0_WAYS];
}

/* Forget cached translations an entry may have given. */
static void mmu_forget(struct core *c, const struct tlb_entry *e)
{
	uint32_t page = e->epn >> 12;

	if (!e->valid)
		return;
	if (e->mask != MAS2_EPN_MASK) {
		core_flush_soft(c);
		return;
	}
	c->rd[page % SOFT_SLOTS].tag = UINT64_MAX;
	c->wr[page % SOFT_SLOTS].tag = UINT64_MAX;
	c->fetch[page % FETCH_SLOTS].tag = UINT64_MAX;
}

void mmu_tlbwe(struct core *c)
{
	uint32_t mas1 = c->spr[SPR_MAS1];
	uint32_t mas8 = c->spr[SPR_MAS8];
	bool tlb1 = c->spr[SPR_MAS0] & MAS0_TLBSEL;
	struct tlb_entry *e = mmu_mas_entry(c);

	mmu_forget(c, e);
	e->valid = mas1 & MAS1_V;
	e->iprot = (mas1 & MAS1_IPROT) && (tlb1 || fault_on(FAULT_TLB0_IPROT));
	e->tid = (mas1 & MAS1_TID_MASK) >> 16 & 0xff;
	e->ts = mas1 & MAS1_TS;
	/* MMU v1 has power-of-4 sizes: the lowest TSIZE bit does not exist. TLB0 is 4 KB. */
	e->tsize = tlb1 ? (mas1 & MAS1_TSIZE_MASK) >> 7 & 0x1e : 2;
	e->mask = mmu_size_mask(e->tsize) & MAS2_EPN_MASK;
	e->epn = c->spr[SPR_MAS2] & e->mask;
	e->attr = c->spr[SPR_MAS2] & MAS2_ATTR_MASK;
	e->rpn = (uint64_t)(c->spr[SPR_MAS7] & MAS7_RPN_MASK) << 32 |
		 (c->spr[SPR_MAS3] & MAS3_RPN_MASK);
	e->perm = c->spr[SPR_MAS3] & (MAS3_PERM_MASK | MAS3_UBITS_MASK);
	e->tgs = mas8 & MAS8_TGS;
	e->vf = mas8 & MAS8_VF;
	e->lpid = fault_on(FAULT_TLPID_NOT_STORED) ? 0 : mas8 & MAS8_TLPID_MASK & 0x3f;
	if (!tlb1 && !fault_on(FAULT_NV_STUCK))
		c->tlb0_nv = c->spr[SPR_MAS0] & MAS0_NV_MASK & (TLB0_WAYS - 1);
	mmu_forget(c, e);
	oracle_tlb_write(c, e);
}

/* MAS1 to MAS3, MAS7 and MAS8 from an entry. */
static void mmu_mas_from(struct core *c, const struct tlb_entry *e)
{
	c->spr[SPR_MAS1] = (e->valid ? MAS1_V : 0) | (e->iprot ? MAS1_IPROT : 0) |
			   (uint32_t)e->tid << 16 | (e->ts ? MAS1_TS : 0) |
			   (uint32_t)e->tsize << 7;
	c->spr[SPR_MAS2] = e->epn | e->attr;
	c->spr[SPR_MAS3] = (uint32_t)e->rpn | e->perm;
	c->spr[SPR_MAS7] = (uint32_t)(e->rpn >> 32);
	c->spr[SPR_MAS8] = (e->tgs ? MAS8_TGS : 0) | (e->vf ? MAS8_VF : 0) | e->lpid;
}

void mmu_tlbre(struct core *c)
{
	const struct tlb_entry *e = mmu_mas_entry(c);
	bool tlb1 = c->spr[SPR_MAS0] & MAS0_TLBSEL;
	uint32_t epn = c->spr[SPR_MAS2] & MAS2_EPN_MASK;

	mmu_mas_from(c, e);
	/* An empty TLB0 way still belongs to the set it was asked for. */
	if (!tlb1 && !e->valid && !e->epn)
		c->spr[SPR_MAS2] |= epn & 0x7f000;
	c->spr[SPR_MAS0] &= ~MAS0_NV_MASK;
	if (!tlb1)
		c->spr[SPR_MAS0] |= c->tlb0_nv;
}

/* MAS0 with the next victim, which advances (6.4). */
static uint32_t mmu_victim(struct core *c)
{
	uint32_t tlbsel = c->spr[SPR_MAS4] & MAS4_TLBSELD_MASK;
	uint32_t esel = c->tlb0_nv;

	if (!fault_on(FAULT_NV_STUCK))
		c->tlb0_nv = (c->tlb0_nv + 1) & (TLB0_WAYS - 1);
	return tlbsel | esel << 16 | c->tlb0_nv;
}

void mmu_tlbsx(struct core *c, uint32_t ea)
{
	struct mmu_space sp = {
		.lpid = c->spr[SPR_MAS5] & MAS5_SLPID_MASK,
		.pid = (c->spr[SPR_MAS6] & MAS6_SPID_MASK) >> 16,
		.gs = c->spr[SPR_MAS5] & MAS5_SGS,
		.as = c->spr[SPR_MAS6] & MAS6_SAS,
	};
	const struct tlb_entry *e;
	uint32_t mas4 = c->spr[SPR_MAS4];

	if (fault_on(FAULT_TLBSX_SGS))
		sp.gs = false;
	if (fault_on(FAULT_TLBSX_SLPID))
		sp.lpid = 0;
	e = mmu_find(c, &sp, ea);
	if (e) {
		bool tlb1 = e >= c->tlb1 && e < c->tlb1 + TLB1_ENTRIES;
		const struct tlb_entry *base = tlb1 ? c->tlb1 : c->tlb0[mmu_tlb0_set(ea)];

		c->spr[SPR_MAS0] = (tlb1 ? MAS0_TLBSEL : 0) | (uint32_t)(e - base) << 16 |
				   (tlb1 ? 0 : c->tlb0_nv);
		mmu_mas_from(c, e);
		return;
	}
	c->spr[SPR_MAS0] = mmu_victim(c);
	c->spr[SPR_MAS1] = (c->spr[SPR_MAS6] & MAS6_SPID_MASK) | (sp.as ? MAS1_TS : 0) |
			   (mas4 & MAS4_TSIZED_MASK) |
			   (fault_on(FAULT_TLBSX_LEAVES_V) ? MAS1_V : 0);
	c->spr[SPR_MAS2] = mas4 & MAS4_ATTRD_MASK;
	c->spr[SPR_MAS3] = 0;
	c->spr[SPR_MAS7] = 0;
}

void mmu_mas_miss(struct core *c, const struct mmu_access *a)
{
	uint32_t mas4 = c->spr[SPR_MAS4];

	c->spr[SPR_MAS0] = mmu_victim(c);
	c->spr[SPR_MAS1] = MAS1_V | a->sp.pid << 16 | (a->sp.as ? MAS1_TS : 0) |
			   (mas4 & MAS4_TSIZED_MASK);
	c->spr[SPR_MAS2] = (a->ea & MAS2_EPN_MASK) | (mas4 & MAS4_ATTRD_MASK);
	c->spr[SPR_MAS3] = 0;
	c->spr[SPR_MAS6] = a->sp.pid << 16 | (a->sp.as ? MAS6_SAS : 0);
	c->spr[SPR_MAS7] = 0;
}

/* Apply `kills` to every entry of both arrays; IPROT entries survive. */
static void mmu_invalidate(struct core *c, bool tlb0, bool tlb1,
			   bool (*kills)(struct core *by, const struct tlb_entry *e, unsigned t,
					 uint32_t ea),
			   struct core *by, unsigned t, uint32_t ea)
{
	struct tlb_entry *e;
	bool spare = !fault_on(FAULT_TLBILX_KILLS_IPROT);

	for (unsigned i = 0; tlb0 && i < TLB0_SETS * TLB0_WAYS; i++) {
		e = &c->tlb0[i / TLB0_WAYS][i % TLB0_WAYS];
		if (e->valid && !(e->iprot && spare) && kills(by, e, t, ea)) {
			mmu_forget(c, e);
			e->valid = false;
		}
	}
	for (unsigned i = 0; tlb1 && i < TLB1_ENTRIES; i++) {
		e = &c->tlb1[i];
		if (e->valid && !(e->iprot && spare) && kills(by, e, t, ea)) {
			mmu_forget(c, e);
			e->valid = false;
		}
	}
}

static bool mmu_ilx_kills(struct core *by, const struct tlb_entry *e, unsigned t, uint32_t ea)
{
	uint32_t mas5 = by->spr[SPR_MAS5];
	uint32_t spid = (by->spr[SPR_MAS6] & MAS6_SPID_MASK) >> 16;

	if (e->lpid != (mas5 & MAS5_SLPID_MASK) && !fault_on(FAULT_TLBILX_NO_LPID))
		return false;
	if (t == 0 || (t == 3 && fault_on(FAULT_TLBILX_VA_OVER)))
		return true;
	if (e->tid != spid && !(fault_on(FAULT_TLBILX_NO_TID)))
		return false;
	if (t == 1)
		return true;
	if (e->tgs != !!(mas5 & MAS5_SGS) && !fault_on(FAULT_TLBILX_NO_TGS))
		return false;
	return !((e->epn ^ ea) & e->mask);
}

void mmu_tlbilx(struct core *c, unsigned t, uint32_t ea)
{
	if (fault_on(FAULT_TLBILX_NOTHING))
		return;
	mmu_invalidate(c, true, !fault_on(FAULT_TLBILX_SKIPS_TLB1), mmu_ilx_kills, c, t, ea);
}

static bool mmu_ivax_kills(struct core *by, const struct tlb_entry *e, unsigned t, uint32_t ea)
{
	uint32_t mas5 = by->spr[SPR_MAS5];

	(void)t;
	if (e->lpid != (mas5 & MAS5_SLPID_MASK) || e->tgs != !!(mas5 & MAS5_SGS))
		return false;
	/* EA bit 61 (0x4): invalidate all. */
	return (ea & 4) || fault_on(FAULT_TLBIVAX_OVER) || !((e->epn ^ ea) & e->mask);
}

void mmu_tlbivax(struct core *c, uint32_t ea)
{
	struct machine *m = c->machine;
	bool tlb1 = ea & 8;

	for (unsigned i = 0; i < m->cfg.cores; i++) {
		if (m->core[i] != c && fault_on(FAULT_TLBIVAX_LOCAL))
			continue;
		mmu_invalidate(m->core[i], !tlb1, tlb1, mmu_ivax_kills, c, 0, ea);
	}
}

static bool mmu_any_kills(struct core *by, const struct tlb_entry *e, unsigned t, uint32_t ea)
{
	(void)by;
	(void)e;
	(void)t;
	(void)ea;
	return true;
}

void mmu_flash_invalidate(struct core *c, bool tlb0, bool tlb1)
{
	mmu_invalidate(c, tlb0, tlb1, mmu_any_kills, c, 0, 0);
}

void core_firmware_map(struct core *c, unsigned entry, uint32_t va, uint64_t pa, uint64_t size)
{
	struct tlb_entry *e = &c->tlb1[entry];
	unsigned tsize = 2;

	while ((UINT64_C(1024) << tsize) < size)
		tsize += 2;
	core_flush_soft(c);
	*e = (struct tlb_entry){
		.mask = mmu_size_mask(tsize) & MAS2_EPN_MASK,
		.epn = va & mmu_size_mask(tsize),
		.rpn = pa,
		.perm = MAS3_SX | MAS3_SW | MAS3_SR,
		.attr = 0x4, /* M: coherent */
		.tsize = (uint8_t)tsize,
		.valid = true,
		.iprot = true,
	};
}
