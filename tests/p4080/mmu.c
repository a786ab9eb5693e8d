/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TLB lookup, permission check and the storage interrupts.
 * Power ISA 2.06 Book III-E chapter 6; E.HV additions: TGS, TLPID, VF.
 */
#include "mmu.h"

#include "excp.h"
#include "machine.h"
#include "oracle.h"

struct mmu_space mmu_space_data(const struct core *c)
{
	return (struct mmu_space){
		.lpid = c->spr[SPR_LPIDR],
		.pid = c->spr[SPR_PID],
		.gs = c->msr & MSR_GS,
		.pr = c->msr & MSR_PR,
		.as = c->msr & MSR_DS,
	};
}

struct mmu_space mmu_space_fetch(const struct core *c)
{
	struct mmu_space sp = mmu_space_data(c);

	sp.as = c->msr & MSR_IS;
	return sp;
}

/* Book III-E 6.7.2: an entry matches when every compared field agrees. */
static bool mmu_match(const struct tlb_entry *e, const struct mmu_space *sp, uint32_t ea)
{
	if (!e->valid || ((e->epn ^ ea) & e->mask) || e->ts != sp->as)
		return false;
	if (e->tgs != sp->gs && !fault_on(FAULT_TGS_IGNORED))
		return false;
	if (e->tid && e->tid != sp->pid && !fault_on(FAULT_TID_IGNORED))
		return false;
	return !e->lpid || e->lpid == sp->lpid || fault_on(FAULT_TLPID_IGNORED);
}

static void mmu_multi_hit(struct core *c, const struct mmu_space *sp, uint32_t ea)
{
	/* A planted matching fault makes multiple hits by itself: the first one counts. */
	if (fault_on(FAULT_TLPID_IGNORED) || fault_on(FAULT_TGS_IGNORED) ||
	    fault_on(FAULT_TID_IGNORED) || fault_on(FAULT_TLPID_NOT_STORED))
		return;
	lint_report(c, LINT_TLB_MULTI_HIT, "ea %08x gs %d as %d lpid %u pid %u", ea, sp->gs, sp->as,
		    sp->lpid, sp->pid);
}

const struct tlb_entry *mmu_find(struct core *c, const struct mmu_space *sp, uint32_t ea)
{
	const struct tlb_entry *set = c->tlb0[(ea >> 12) % TLB0_SETS];
	const struct tlb_entry *hit = NULL;

	for (unsigned i = 0; i < TLB0_WAYS; i++) {
		if (!mmu_match(&set[i], sp, ea))
			continue;
		if (hit)
			mmu_multi_hit(c, sp, ea);
		else
			hit = &set[i];
	}
	for (unsigned i = 0; i < TLB1_ENTRIES; i++) {
		if (!mmu_match(&c->tlb1[i], sp, ea))
			continue;
		if (hit)
			mmu_multi_hit(c, sp, ea);
		else
			hit = &c->tlb1[i];
	}
	return hit;
}

static bool mmu_permitted(const struct tlb_entry *e, const struct mmu_access *a)
{
	switch (a->kind) {
	case BUS_FETCH:
		return e->perm & (a->sp.pr ? MAS3_UX : MAS3_SX);
	case BUS_STORE:
		return e->perm & (a->sp.pr ? MAS3_UW : MAS3_SW);
	default:
		return e->perm & (a->sp.pr ? MAS3_UR : MAS3_SR);
	}
}

bool mmu_translate(struct core *c, const struct mmu_access *a, struct mmu_result *r)
{
	const struct tlb_entry *e = mmu_find(c, &a->sp, a->ea);

	if (!e) {
		excp_tlb_miss(c, a);
		return false;
	}
	/* A virtualisation fault comes before the permission check and takes data accesses only. */
	if (e->vf && a->kind != BUS_FETCH && !fault_on(FAULT_VF_IGNORED)) {
		excp_storage(c, a, true);
		return false;
	}
	if (!mmu_permitted(e, a)) {
		excp_storage(c, a, false);
		return false;
	}
	r->pa = mmu_entry_pa(e, a->ea);
	r->attr = e->attr;
	oracle_access(c, a, r->pa);
	return true;
}

bool mmu_fetch(struct core *c, uint32_t pc, uint64_t *pa)
{
	struct mmu_access a = {.ea = pc, .kind = BUS_FETCH, .sp = mmu_space_fetch(c)};
	struct mmu_result r;

	if (!mmu_translate(c, &a, &r))
		return false;
	*pa = r.pa;
	return true;
}

bool core_translate(struct core *c, const struct mmu_space *sp, uint32_t ea, uint64_t *pa)
{
	const struct tlb_entry *e = mmu_find(c, sp, ea);

	if (e)
		*pa = mmu_entry_pa(e, ea);
	return e;
}
