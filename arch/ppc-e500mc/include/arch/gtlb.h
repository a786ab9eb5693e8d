/* SPDX-License-Identifier: BSD-3-Clause */
/* The TLB a guest believes it has: TLB0 of 128 sets by 4 ways, TLB1 of 16 entries. */
/* pure: no hardware, host-tested; own CPU in the hypervisor */
#ifndef ARCH_GTLB_H
#define ARCH_GTLB_H

#include "arch/mas.h"
#include "hv/addr.h"

enum {
	GTLB0_SETS = 128,
	GTLB0_WAYS = 4,
	GTLB0_COUNT = GTLB0_SETS * GTLB0_WAYS,
	GTLB1_COUNT = 16, /* as Topaz; EREF allows any number */
};

/*
 * TLB0CFG and TLB1CFG as the guest reads them: associativity, min and max size (4^n KiB), IPROT and
 * variable-size support, number of entries.
 */
#define GTLB0_CFG 0x04110200u
#define GTLB1_CFG 0x101bc010u

/* Register images; MAS1[V] = 0: the entry is free. */
struct gtlb_entry {
	uint32_t mas1;
	uint32_t mas2;
	uint32_t mas3;
	uint32_t mas7;
};

struct gtlb {
	struct gtlb_entry tlb0[GTLB0_COUNT]; /* [set * 4 + way] */
	struct gtlb_entry tlb1[GTLB1_COUNT];
	uint32_t valid1;                     /* a bit for each valid entry of TLB1 */
	uint8_t next_victim;                 /* one counter for all sets of TLB0, as the core */
};

/* The guest's MAS registers. */
struct gtlb_mas {
	uint32_t mas0, mas1, mas2, mas3, mas4, mas6, mas7;
};

/* What a tlbwe did, so that shadows of the old translation can be dropped. */
enum gtlb_result {
	GTLB_OK,
	GTLB_BAD_SELECT,    /* MAS0 names an array or entry that is not there */
	GTLB_BAD_SIZE,      /* TSIZE this MMU does not have */
	GTLB_BAD_ALIGN,     /* RPN not a multiple of the page size */
	GTLB_BAD_RESERVED,  /* reserved bits set */
	GTLB_DUPLICATE,     /* another entry already translates part of the page */
};

/* Bytes in the page of an entry: 4 KiB .. 4 GiB. */
static inline uint64_t gtlb_size(const struct gtlb_entry *e)
{
	return UINT64_C(1024) << field_get(MAS1_TSIZE, e->mas1);
}

static inline uint32_t gtlb_epn(const struct gtlb_entry *e)
{
	return e->mas2 & MAS2_EPN;
}

static inline uint64_t gtlb_rpn(const struct gtlb_entry *e)
{
	return (uint64_t)(e->mas7 & MAS7_RPN) << 32 | (e->mas3 & MAS3_RPN);
}

/* Everything invalid, as out of reset. */
void gtlb_reset(struct gtlb *t);

/*
 * The entry that translates ea in address space as (0/1) under process id pid, or NULL. Guests cannot
 * make two match: gtlb_write refuses duplicates.
 */
const struct gtlb_entry *gtlb_find(const struct gtlb *t, uint32_t ea, unsigned int as, uint32_t pid);

/*
 * tlbwe. On GTLB_OK *old is the entry that was replaced (its V bit tells whether it was valid) and
 * *now points to the new one; otherwise nothing changed and the instruction ends in a program
 * interrupt.
 */
must_check enum gtlb_result gtlb_write(struct gtlb *t, const struct gtlb_mas *mas,
				       struct gtlb_entry *old, const struct gtlb_entry **now);

/* tlbre: fills MAS1, 2, 3, 7 and MAS0[NV] from the entry MAS0 and MAS2[EPN] select. */
void gtlb_read(const struct gtlb *t, struct gtlb_mas *mas);

/* tlbsx: search by MAS6; fills the MAS registers with the entry or the defaults of MAS4. */
void gtlb_search(struct gtlb *t, struct gtlb_mas *mas, uint32_t ea);

/* The MAS values hardware leaves on a miss of ea (EREF "MAS register updates"). */
void gtlb_miss(struct gtlb *t, struct gtlb_mas *mas, uint32_t ea, unsigned int as, uint32_t pid);

/* Invalidate in both arrays what is not IPROT. */
void gtlb_flush_all(struct gtlb *t);
void gtlb_flush_pid(struct gtlb *t, uint32_t pid);                 /* tlbilx T=1 */
/* tlbilx T=3: entries of pid or TID 0. Bit n: an entry of TLBn went. */
unsigned int gtlb_flush_va(struct gtlb *t, uint32_t ea, uint32_t pid);
/* One array: MMUCSR0 and tlbivax, which compares neither TID nor TS. */
void gtlb_flush_array(struct gtlb *t, unsigned int array);
bool gtlb_flush_array_va(struct gtlb *t, unsigned int array, uint32_t ea);

#endif
