/* SPDX-License-Identifier: BSD-3-Clause */
/* Guest translation: TLB misses and storage interrupts answered from the guest's own TLB. */
/* trap context: own CPU */
#include "mmu.h"

#include "emul.h"
#include "hv/cpu.h"
#include "hv/part.h"
#include "insn.h"
#include "loadstore.h"
#include "tlb.h"

/* The largest page ever shadowed; the plan's areas are rarely larger. */
#define SHADOW_PAGE_MAX GIB(1)

static uint32_t needed_permission(enum mmu_access access, bool is_user)
{
	switch (access) {
	case MMU_FETCH:
		return is_user ? MAS3_UX : MAS3_SX;
	case MMU_STORE:
		return is_user ? MAS3_UW : MAS3_SW;
	default:
		return is_user ? MAS3_UR : MAS3_SR;
	}
}

/* What the guest's permissions in its present privilege come to when it really runs as a user. */
static uint32_t user_permission(uint32_t mas3, bool is_user, uint32_t mem_flags)
{
	uint32_t perm = is_user ? mas3 & (MAS3_UX | MAS3_UW | MAS3_UR) :
				  (mas3 & (MAS3_SX | MAS3_SW | MAS3_SR)) << 1;

	if ((mem_flags & PLAN_MEM_W) == 0) {
		perm &= ~MAS3_UW;
	}
	if ((mem_flags & PLAN_MEM_X) == 0) {
		perm &= ~MAS3_UX;
	}
	return perm;
}

static const struct plan_mem *mem_at(const struct part *p, uint64_t gpa)
{
	unsigned int low = 0, high = p->plan->mem_count;

	while (low < high) {
		unsigned int mid = (low + high) / 2;
		const struct plan_mem *m = &p->plan->mems[mid];

		if (gpa - gpa_raw(m->gpa) < m->size) {
			return (m->flags & PLAN_MEM_DMA_ONLY) == 0 ? m : NULL;
		}
		if (gpa_raw(m->gpa) < gpa) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	return NULL;
}

/* The area refill.S knows: the one that was last needed here. */
static void refill_area(struct ppc_refill *q, const struct plan_mem *m)
{
	q->first = (uint32_t)(gpa_raw(m->gpa) >> PAGE_SHIFT);
	q->count = (uint32_t)(m->size >> PAGE_SHIFT);
	q->host = (uint32_t)(hpa_raw(m->hpa) >> PAGE_SHIFT);
	q->perm = user_permission(MAS3_UX | MAS3_UW | MAS3_UR, true, m->flags);
}

/*
 * Fetches and loads of a guest with MSR[IS] != MSR[DS] share one shadow context though they see different
 * pages: each is installed for its own kind of access only, and small, so that the other kind replaces it.
 */
static void restrict_mixed(struct shadow_map *map, unsigned int spaces, enum mmu_access access)
{
	if (spaces == 1 || spaces == 2) {
		map->perm &= access == MMU_FETCH ? MAS3_UX : MAS3_UW | MAS3_UR;
		map->size = PAGE_SIZE;
	}
}

static void install(struct vcpu *v, uint32_t ea, const struct gtlb_entry *e, uint64_t at,
		    const struct plan_mem *m, enum mmu_access access)
{
	struct ppc_guest *g = &v->arch.g;
	bool is_user = g->msr & MSR_PR;
	unsigned int spaces = (g->msr & (MSR_IS | MSR_DS)) / MSR_DS;
	uint64_t mem_off = at - gpa_raw(m->gpa);
	uint64_t page_off = ea - gtlb_epn(e);
	uint64_t hpa = hpa_raw(m->hpa) + mem_off;
	uint64_t below = page_off < mem_off ? page_off : mem_off;
	uint64_t above = gtlb_size(e) - page_off;
	struct shadow_map map = { .ea = ea, .hpa = hpa };
	unsigned int spid;
	bool had_small;

	if (m->size - mem_off < above) {
		above = m->size - mem_off;
	}
	map.size = shadow_fit(ea, hpa, below, above, SHADOW_PAGE_MAX);
	map.perm = user_permission(e->mas3, is_user, m->flags);
	map.wimge = e->mas2 & MAS2_WIMGE;
	if ((m->flags & PLAN_MEM_DEVICE) != 0) {
		map.wimge |= MAS2_I | MAS2_G;
		map.perm &= ~MAS3_UX;
	}
	restrict_mixed(&map, spaces, access);
	spid = shadow_pid(&v->arch.shadow, g->pid, spaces, is_user);
	had_small = shadow_has_small(&v->arch.shadow, spid);
	shadow_install(&v->arch.shadow, spid, &map);
	if (spid != (v->arch.epc[is_user] & 0xff) || shadow_has_small(&v->arch.shadow, spid) != had_small) {
		g->context_stale = CONTEXT_ALL;
	}
	if ((m->flags & PLAN_MEM_DEVICE) == 0) {
		refill_area(&v->arch.refill, m);
	}
}

/* Cache block instructions: on a device of ours there is nothing to move or to drop. */
static bool is_cache_op(uint32_t insn)
{
	static const uint16_t ops[] = { 54, 86, 246, 278, 470, 982 };

	for (unsigned int i = 0; i < ARRAY_SIZE(ops); i++) {
		if (insn_opcode(insn) == 31 && insn_extended(insn) == ops[i]) {
			return true;
		}
	}
	return false;
}

/* A load or store whose guest-physical address no memory backs: a device of ours, or nothing. */
static enum trap access_device(struct vcpu *v, uint32_t ea, uint64_t at, enum mmu_access access)
{
	struct ppc_frame *f = &v->arch.f;
	struct loadstore ls;
	struct mmio acc;
	enum trap verdict;
	uint32_t insn;

	if (access == MMU_FETCH) {
		v->arch.is_fetch = true;
		verdict = trap_stray(v, gpa(at), false, "instruction fetch");
		v->arch.is_fetch = false;
		return verdict;
	}
	if (!mmu_fetch(v, &insn)) {
		return TRAP_RETRY; /* the page went away under us: the fetch faults again by itself */
	}
	if (!loadstore_decode(insn, &ls)) {
		if (is_cache_op(insn) && vdev_find(&v->part->vdevs, gpa(at), 1) != NULL) {
			return TRAP_SKIP;
		}
		return trap_stray(v, gpa(at), access == MMU_STORE, "unsupported instruction");
	}
	acc = (struct mmio){ .addr = gpa(at), .size = ls.size, .is_write = ls.is_write };
	if (ls.is_write) {
		acc.value = loadstore_to_device(&ls, f->gpr[ls.rt]);
	}
	verdict = trap_mmio(v, &acc);
	if (verdict == TRAP_SKIP) {
		if (!ls.is_write) {
			f->gpr[ls.rt] = loadstore_to_reg(&ls, (uint32_t)acc.value);
		}
		if (ls.is_update) {
			f->gpr[ls.ra] = ea;
		}
	}
	return verdict;
}

enum trap mmu_miss(struct vcpu *v, uint32_t ea, enum mmu_access access)
{
	struct ppc_guest *g = &v->arch.g;
	unsigned int as = (g->msr & (access == MMU_FETCH ? MSR_IS : MSR_DS)) != 0;
	bool is_user = g->msr & MSR_PR;
	const struct gtlb_entry *e = gtlb_find(&v->arch.tlb, ea, as, g->pid);
	uint32_t esr = access == MMU_STORE ? ESR_ST : 0;
	const struct plan_mem *m;
	uint64_t at;

	if (e == NULL) {
		gtlb_miss(&v->arch.tlb, &g->mas, ea, as, g->pid);
		return access == MMU_FETCH ? reflect_fetch(v, IVOR_ITLB) : reflect_data(v, IVOR_DTLB, ea, esr);
	}
	if ((e->mas3 & needed_permission(access, is_user)) == 0) {
		return access == MMU_FETCH ? reflect_fetch(v, IVOR_ISI) : reflect_data(v, IVOR_DSI, ea, esr);
	}
	at = gtlb_rpn(e) + (ea - gtlb_epn(e));
	if (v->vdev != NULL && range_covers(v->vdev->at, at, 1)) {
		return access_device(v, ea, at, access); /* the device of the last access again */
	}
	m = mem_at(v->part, at);
	if (m == NULL || (access == MMU_STORE && (m->flags & PLAN_MEM_W) == 0) ||
	    (access == MMU_FETCH && (m->flags & PLAN_MEM_X) == 0)) {
		return access_device(v, ea, at, access);
	}
	if (v->part->arch.revoked != 0) {
		return TRAP_RETRY; /* being stopped: the posted event is taken before the guest resumes */
	}
	install(v, ea, e, at, m, access);
	return TRAP_RETRY;
}

bool mmu_translate(struct vcpu *v, uint32_t ea, enum mmu_access access, gpa_t *at)
{
	struct ppc_guest *g = &v->arch.g;
	unsigned int as = (g->msr & (access == MMU_FETCH ? MSR_IS : MSR_DS)) != 0;
	const struct gtlb_entry *e = gtlb_find(&v->arch.tlb, ea, as, g->pid);

	if (e == NULL || (e->mas3 & needed_permission(access, g->msr & MSR_PR)) == 0) {
		return false;
	}
	*at = gpa(gtlb_rpn(e) + (ea - gtlb_epn(e)));
	return true;
}

/* An instruction is a word and words do not cross pages. */
bool mmu_fetch(struct vcpu *v, uint32_t *insn)
{
	uint32_t word;
	gpa_t at;

	if (tlb_fetch(v->arch.f.pc, insn)) {
		return true;
	}
	if (!mmu_translate(v, v->arch.f.pc, MMU_FETCH, &at) ||
	    gmem_read(v->part, at, &word, sizeof(word)) != OK) {
		return false;
	}
	*insn = word;
	return true;
}

/* ---- what the guest does to its TLB ---------------------------------------------------------- */

/* Drop shadows of one guest entry. Beyond a few pages it is cheaper to forget all contexts. */
static void flush_entry(struct vcpu *v, const struct gtlb_entry *e)
{
	if ((e->mas1 & MAS1_V) == 0) {
		return;
	}
	if (gtlb_size(e) == PAGE_SIZE) {
		shadow_flush_small(&v->arch.shadow, gtlb_epn(e));
	} else {
		shadow_flush_all(&v->arch.shadow);
		v->arch.g.context_stale = CONTEXT_ALL;
	}
}

void mmu_write(struct vcpu *v, enum gtlb_result *res)
{
	const struct gtlb_entry *now;
	struct gtlb_entry old;

	*res = gtlb_write(&v->arch.tlb, &v->arch.g.mas, &old, &now);
	if (*res == GTLB_OK) {
		flush_entry(v, &old);
	}
}

void mmu_flush_all(struct vcpu *v)
{
	gtlb_flush_all(&v->arch.tlb);
	shadow_flush_all(&v->arch.shadow);
	v->arch.g.context_stale = CONTEXT_ALL;
}

void mmu_flush_pid(struct vcpu *v, uint32_t pid)
{
	gtlb_flush_pid(&v->arch.tlb, pid);
	if (pid == 0) {
		/* Entries of process 0 are shadowed in every context. */
		shadow_flush_all(&v->arch.shadow);
	} else {
		shadow_flush_pid(&v->arch.shadow, pid);
	}
	v->arch.g.context_stale = CONTEXT_ALL;
}

void mmu_flush_va(struct vcpu *v, uint32_t ea, uint32_t pid)
{
	unsigned int hit = gtlb_flush_va(&v->arch.tlb, ea, pid);

	if ((hit & 2) != 0) {
		shadow_flush_all(&v->arch.shadow);
		v->arch.g.context_stale = CONTEXT_ALL;
	} else if (hit != 0) {
		shadow_flush_small(&v->arch.shadow, ea);
	}
}

void mmu_flush_array(struct vcpu *v, unsigned int array)
{
	gtlb_flush_array(&v->arch.tlb, array);
	shadow_flush_all(&v->arch.shadow);
	v->arch.g.context_stale = CONTEXT_ALL;
}

/* One vcpu's share of a tlbivax. Large pages are shadowed in pieces, so all contexts go. */
void mmu_invalidate(struct vcpu *v, uint32_t ea)
{
	unsigned int array = (ea & TLBIVAX_TLB1) != 0;

	if ((ea & TLBIVAX_ALL) != 0) {
		mmu_flush_array(v, array);
	} else if (gtlb_flush_array_va(&v->arch.tlb, array, ea)) {
		if (array == 0) {
			shadow_flush_small(&v->arch.shadow, ea);
		} else {
			shadow_flush_all(&v->arch.shadow);
			v->arch.g.context_stale = CONTEXT_ALL;
		}
	}
}

enum trap mmu_flush_line(struct vcpu *v, uint32_t ea)
{
	uint64_t room;
	hpa_t host;
	gpa_t at;

	if (!mmu_translate(v, ea, MMU_STORE, &at)) {
		return mmu_miss(v, ea, MMU_STORE);
	}
	/* Registers are not cached: nothing to write back. */
	if (gmem_lookup(v->part, at, &host, &room) == OK) {
		room = 1;
		__asm__ volatile("dcbf 0, %0; msync" : : "r"(arch_hmem(host, &room)) : "memory");
	}
	return TRAP_SKIP;
}
