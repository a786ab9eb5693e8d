/* SPDX-License-Identifier: BSD-3-Clause */
/* The guest's TLB as the architecture describes it (EREF ch. 6, Power ISA 2.06 III-E 6.7, 6.11). */
/* pure */
#include "arch/gtlb.h"

#include <string.h>

#define TSIZE_4K 2u
#define TSIZE_4G 22u

static struct gtlb_entry *tlb0_set(struct gtlb *t, uint32_t ea)
{
	return &t->tlb0[(ea >> PAGE_SHIFT) % GTLB0_SETS * GTLB0_WAYS];
}

/* Of the effective address; 0 for 4 GiB, where all 22 ones are shifted out. */
static uint32_t page_mask(const struct gtlb_entry *e)
{
	return 0xfffffc00u << field_get(MAS1_TSIZE, e->mas1);
}

static bool is_valid(const struct gtlb_entry *e)
{
	return e->mas1 & MAS1_V;
}

static bool covers(const struct gtlb_entry *e, uint32_t ea)
{
	return is_valid(e) && ((ea ^ e->mas2) & page_mask(e) & MAS2_EPN) == 0;
}

static bool translates(const struct gtlb_entry *e, uint32_t ea, unsigned int as, uint32_t pid)
{
	uint32_t tid = (uint32_t)field_get(MAS1_TID, e->mas1);

	return covers(e, ea) && !!(e->mas1 & MAS1_TS) == as && (tid == 0 || tid == pid);
}

/* TLB1 is mostly empty: only its valid entries are looked at. */
#define VALID1_EACH(i, t)                                                            \
	for (uint32_t left_ = (t)->valid1, i = lowest(left_); left_ != 0;            \
	     left_ &= left_ - 1, i = lowest(left_))

static inline uint32_t lowest(uint32_t bits)
{
	return (uint32_t)__builtin_ctz(bits | 1u << 31);
}

static void drop1(struct gtlb *t, uint32_t i)
{
	t->tlb1[i].mas1 = 0;
	t->valid1 &= ~(1u << i);
}

void gtlb_reset(struct gtlb *t)
{
	memset(t, 0, sizeof(*t));
}

const struct gtlb_entry *gtlb_find(const struct gtlb *t, uint32_t ea, unsigned int as, uint32_t pid)
{
	const struct gtlb_entry *set = tlb0_set((struct gtlb *)t, ea);

	for (unsigned int i = 0; i < GTLB0_WAYS; i++) {
		if (((set[i].mas2 ^ ea) & MAS2_EPN) == 0 && translates(&set[i], ea, as, pid)) {
			return &set[i];
		}
	}
	VALID1_EACH(i, t) {
		if (translates(&t->tlb1[i], ea, as, pid)) {
			return &t->tlb1[i];
		}
	}
	return NULL;
}

/* The entry MAS0 (and MAS2[EPN] for TLB0) selects, or NULL. */
static struct gtlb_entry *select(struct gtlb *t, const struct gtlb_mas *mas)
{
	uint32_t esel = (uint32_t)field_get(MAS0_ESEL, mas->mas0);

	switch (field_get(MAS0_TLBSEL, mas->mas0)) {
	case 0:
		return &tlb0_set(t, mas->mas2)[esel % GTLB0_WAYS];
	case 1:
		return esel < GTLB1_COUNT ? &t->tlb1[esel] : NULL;
	default:
		return NULL;
	}
}

/* True when two valid entries could both translate some address of some process. */
static inline bool entries_clash(const struct gtlb_entry *a, const struct gtlb_entry *b)
{
	uint32_t tid_a = a->mas1 & MAS1_TID;
	uint32_t tid_b = b->mas1 & MAS1_TID;

	if (((a->mas2 ^ b->mas2) & page_mask(a) & page_mask(b) & MAS2_EPN) != 0) {
		return false;
	}
	return ((a->mas1 ^ b->mas1) & MAS1_TS) == 0 && (tid_a == 0 || tid_b == 0 || tid_a == tid_b);
}

static bool has_clash(struct gtlb *t, const struct gtlb_entry *e, const struct gtlb_entry *self)
{
	uint32_t pages = (uint32_t)(gtlb_size(e) >> PAGE_SHIFT);
	struct gtlb_entry *last, *set;

	VALID1_EACH(i, t) {
		if (&t->tlb1[i] != self && entries_clash(&t->tlb1[i], e)) {
			return true;
		}
	}
	/* The sets of a page follow each other; beyond half the array all of them are looked at. */
	set = pages < GTLB0_SETS ? tlb0_set(t, gtlb_epn(e)) : t->tlb0;
	last = pages < GTLB0_SETS ? set + pages * GTLB0_WAYS : t->tlb0 + GTLB0_COUNT;
	for (; set < last; set++) {
		if (is_valid(set) && set != self && entries_clash(set, e)) {
			return true;
		}
	}
	return false;
}

/* The entry the MAS registers describe, with what the array does not store removed. */
static enum gtlb_result compose(const struct gtlb_mas *mas, struct gtlb_entry *e)
{
	bool is_tlb1 = field_get(MAS0_TLBSEL, mas->mas0) == 1;
	uint32_t tsize = (uint32_t)field_get(MAS1_TSIZE, mas->mas1);

	e->mas1 = mas->mas1;
	e->mas2 = mas->mas2;
	e->mas3 = mas->mas3;
	e->mas7 = mas->mas7;
	if (!is_tlb1) {
		/* TLB0 has neither IPROT nor sizes: the fields are ignored. */
		e->mas1 &= ~(MAS1_IPROT | MAS1_TSIZE);
		e->mas1 |= (uint32_t)field_put(MAS1_TSIZE, TSIZE_4K);
		tsize = TSIZE_4K;
	}
	if (!is_valid(e)) {
		return GTLB_OK;
	}
	if (tsize < TSIZE_4K || tsize > TSIZE_4G || tsize % 2 != 0) {
		return GTLB_BAD_SIZE;
	}
	if ((e->mas1 & ~(MAS1_V | MAS1_IPROT | MAS1_TID | MAS1_TS | MAS1_TSIZE)) != 0 ||
	    (e->mas2 & ~(MAS2_EPN | MAS2_X | MAS2_WIMGE)) != 0 ||
	    (e->mas3 & ~(MAS3_RPN | MAS3_USER | MAS3_PERM)) != 0 || (e->mas7 & ~MAS7_RPN) != 0) {
		return GTLB_BAD_RESERVED;
	}
	if (!is_aligned(gtlb_rpn(e), gtlb_size(e))) {
		return GTLB_BAD_ALIGN;
	}
	e->mas2 &= page_mask(e) | ~MAS2_EPN;
	return GTLB_OK;
}

enum gtlb_result gtlb_write(struct gtlb *t, const struct gtlb_mas *mas, struct gtlb_entry *old,
			    const struct gtlb_entry **now)
{
	struct gtlb_entry *slot = select(t, mas);
	struct gtlb_entry e;
	enum gtlb_result res;

	if (slot == NULL) {
		return GTLB_BAD_SELECT;
	}
	res = compose(mas, &e);
	if (res != GTLB_OK) {
		return res;
	}
	if (is_valid(&e) && has_clash(t, &e, slot)) {
		return GTLB_DUPLICATE;
	}
	*old = *slot;
	*slot = e;
	*now = slot;
	if (field_get(MAS0_TLBSEL, mas->mas0) == 1) {
		uint32_t bit = 1u << (slot - t->tlb1);

		t->valid1 = is_valid(&e) ? t->valid1 | bit : t->valid1 & ~bit;
	} else {
		t->next_victim = (uint8_t)(field_get(MAS0_NV, mas->mas0) % GTLB0_WAYS);
	}
	return GTLB_OK;
}

static void entry_to_mas(const struct gtlb_entry *e, struct gtlb_mas *mas)
{
	mas->mas1 = e->mas1;
	mas->mas2 = e->mas2;
	mas->mas3 = e->mas3;
	mas->mas7 = e->mas7;
}

void gtlb_read(const struct gtlb *t, struct gtlb_mas *mas)
{
	static const struct gtlb_entry absent;
	const struct gtlb_entry *e = select((struct gtlb *)t, mas);
	uint32_t nv = field_get(MAS0_TLBSEL, mas->mas0) == 0 ? t->next_victim : 0;

	entry_to_mas(e != NULL ? e : &absent, mas);
	mas->mas0 = (mas->mas0 & ~MAS0_NV) | nv;
}

/* Replacement hint for a new entry in TLB0, or entry 0 of TLB1 when that is the default array. */
static uint32_t default_mas0(struct gtlb *t, uint32_t mas4)
{
	uint32_t victim = t->next_victim;

	if ((mas4 & MAS4_TLBSELD) != 0) {
		return mas4 & MAS4_TLBSELD;
	}
	t->next_victim = (uint8_t)((victim + 1) % GTLB0_WAYS);
	return (uint32_t)field_put(MAS0_ESEL, victim) | t->next_victim;
}

void gtlb_search(struct gtlb *t, struct gtlb_mas *mas, uint32_t ea)
{
	unsigned int as = mas->mas6 & MAS6_SAS;
	uint32_t pid = (uint32_t)field_get(MAS6_SPID, mas->mas6);
	const struct gtlb_entry *e = gtlb_find(t, ea, as, pid);

	if (e == NULL) {
		mas->mas0 = default_mas0(t, mas->mas4);
		mas->mas1 = (uint32_t)(field_put(MAS1_TID, pid) | field_put(MAS1_TS, as)) |
			    (mas->mas4 & MAS4_TSIZED);
		mas->mas2 = mas->mas4 & MAS4_WIMGED;
		mas->mas3 = 0;
		mas->mas7 = 0;
		return;
	}
	if (e >= t->tlb1 && e < t->tlb1 + GTLB1_COUNT) {
		mas->mas0 = MAS0_TLBSEL1 | (uint32_t)field_put(MAS0_ESEL, (uint32_t)(e - t->tlb1));
	} else {
		mas->mas0 = (uint32_t)field_put(MAS0_ESEL, (uint32_t)(e - t->tlb0) % GTLB0_WAYS) |
			    t->next_victim;
	}
	entry_to_mas(e, mas);
}

/* Replacement is the implementation's choice (EREF 6.5.3): a free way of the set comes first. */
static uint32_t free_way(struct gtlb *t, uint32_t ea, uint32_t fallback)
{
	const struct gtlb_entry *set = tlb0_set(t, ea);

	for (unsigned int way = 0; way < GTLB0_WAYS; way++) {
		if (!is_valid(&set[way])) {
			return (uint32_t)field_put(MAS0_ESEL, way);
		}
	}
	return fallback;
}

void gtlb_miss(struct gtlb *t, struct gtlb_mas *mas, uint32_t ea, unsigned int as, uint32_t pid)
{
	/* TIDSELD other than 0 selects PID1 or PID2 (absent: 0) or no process at all. */
	uint32_t tid = (mas->mas4 & MAS4_TIDSELD) == 0 ? pid : 0;

	mas->mas0 = default_mas0(t, mas->mas4);
	if ((mas->mas0 & MAS0_TLBSEL) == 0) {
		mas->mas0 = (mas->mas0 & ~MAS0_ESEL) | free_way(t, ea, mas->mas0 & MAS0_ESEL);
	}
	mas->mas1 = MAS1_V | (uint32_t)(field_put(MAS1_TID, tid) | field_put(MAS1_TS, as)) |
		    (mas->mas4 & MAS4_TSIZED);
	mas->mas2 = (ea & MAS2_EPN) | (mas->mas4 & MAS4_WIMGED);
	mas->mas3 = 0;
	mas->mas6 = (uint32_t)(field_put(MAS6_SPID, pid) | as);
	mas->mas7 = 0;
}

void gtlb_flush_all(struct gtlb *t)
{
	gtlb_flush_array(t, 0);
	gtlb_flush_array(t, 1);
}

void gtlb_flush_pid(struct gtlb *t, uint32_t pid)
{
	uint32_t tid = (uint32_t)field_put(MAS1_TID, pid);

	for (unsigned int i = 0; i < GTLB0_COUNT; i++) {
		if ((t->tlb0[i].mas1 & MAS1_TID) == tid) {
			t->tlb0[i].mas1 = 0;
		}
	}
	VALID1_EACH(i, t) {
		if ((t->tlb1[i].mas1 & (MAS1_TID | MAS1_IPROT)) == tid) {
			drop1(t, i);
		}
	}
}

/* An unprotected entry that covers ea and, unless any_tid, belongs to pid or to all. */
static bool is_meant(const struct gtlb_entry *e, uint32_t ea, bool any_tid, uint32_t pid)
{
	uint32_t tid = (uint32_t)field_get(MAS1_TID, e->mas1);

	return covers(e, ea) && (e->mas1 & MAS1_IPROT) == 0 && (any_tid || tid == 0 || tid == pid);
}

static unsigned int flush_va(struct gtlb *t, unsigned int arrays, uint32_t ea, bool any_tid, uint32_t pid)
{
	struct gtlb_entry *set = tlb0_set(t, ea);
	unsigned int hit = 0;

	for (unsigned int i = 0; (arrays & 1) != 0 && i < GTLB0_WAYS; i++) {
		if (is_meant(&set[i], ea, any_tid, pid)) {
			set[i].mas1 = 0;
			hit |= 1;
		}
	}
	if ((arrays & 2) == 0) {
		return hit;
	}
	VALID1_EACH(i, t) {
		if (is_meant(&t->tlb1[i], ea, any_tid, pid)) {
			drop1(t, i);
			hit |= 2;
		}
	}
	return hit;
}

unsigned int gtlb_flush_va(struct gtlb *t, uint32_t ea, uint32_t pid)
{
	return flush_va(t, 3, ea, false, pid);
}

void gtlb_flush_array(struct gtlb *t, unsigned int array)
{
	if (array == 0) {
		for (unsigned int i = 0; i < GTLB0_COUNT; i++) {
			t->tlb0[i].mas1 = 0;
		}
		return;
	}
	VALID1_EACH(i, t) {
		if ((t->tlb1[i].mas1 & MAS1_IPROT) == 0) {
			drop1(t, i);
		}
	}
}

bool gtlb_flush_array_va(struct gtlb *t, unsigned int array, uint32_t ea)
{
	return flush_va(t, 1u << array, ea, true, 0) != 0;
}
