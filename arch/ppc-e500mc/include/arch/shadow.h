/* SPDX-License-Identifier: BSD-3-Clause */
/* Shadows of guest translations in the hardware TLB, found by shadow process ids. */
/* pure apart from the four shadow_hw_ functions; own CPU */
#ifndef ARCH_SHADOW_H
#define ARCH_SHADOW_H

#include "arch/gtlb.h"

/*
 * A guest context is (guest PID, MSR[IS] and MSR[DS], problem state). Each gets a process id of its own
 * in the hardware, 1..255 (EPLC/EPSC[EPID] of the emulator hold 8 bits), and its translations are
 * installed in hardware address space 1 with that id. Hardware entries with TID 0 are never made:
 * they would match every context.
 */
enum {
	SHADOW_PIDS = 255,
	SHADOW_CONTEXTS = 256 * 8,
	SHADOW_BIG_MAX = 56,         /* hardware TLB1 entries lent to guests, at most */
};

struct shadow_big {
	uint32_t ea;
	uint32_t mask;               /* page mask; 0 when free (no big page is 4 GiB in the hardware) */
	uint8_t spid;
};

struct shadow {
	uint8_t spid[SHADOW_CONTEXTS];   /* [pid * 8 + is * 4 + ds * 2 + pr]; 0: none yet */
	uint16_t used;                   /* ids handed out since the last total flush */
	uint8_t big_first, big_count;    /* slice of the hardware's TLB1 */
	uint8_t big_next;                /* round robin */
	uint8_t way;                     /* round robin in TLB0 */
	uint32_t has_small[256 / 32];    /* ids that have had a small page */
	uint32_t small[GTLB0_SETS][GTLB0_WAYS]; /* EPN | spid of each TLB0 entry; 0: free */
	struct shadow_big big[SHADOW_BIG_MAX];
	uint64_t fills, flushes, recycles;
};

/* One translation to install. size is 4 KiB, or a power of 4 times that, aligned in both spaces. */
struct shadow_map {
	uint32_t ea;
	uint64_t hpa;
	uint64_t size;
	uint32_t wimge;
	uint32_t perm;               /* MAS3_UX/UW/UR: the guest runs in problem state */
};

/* Own CPU: empties the hardware of an earlier life's shadows too; all zeroes at the first call. */
void shadow_init(struct shadow *s, unsigned int big_first, unsigned int big_count);
/* Empty the hardware of all shadows and hand out ids from the start. */
void shadow_recycle(struct shadow *s);
/* Hardware id of a guest context (spaces = IS * 2 + DS); hands out a new one, recycling all when they have run out. */
unsigned int shadow_pid(struct shadow *s, uint32_t pid, unsigned int spaces, unsigned int pr);
/* The same, but 0 for a context that has none yet. */
unsigned int shadow_pid_known(const struct shadow *s, uint32_t pid, unsigned int spaces, unsigned int pr);
/* Whether this id has ever had a page of 4 KiB: the first one goes through shadow_install(). */
static inline bool shadow_has_small(const struct shadow *s, unsigned int spid)
{
	return s->has_small[spid / 32] >> spid % 32 & 1;
}
void shadow_install(struct shadow *s, unsigned int spid, const struct shadow_map *map);
/*
 * Forget shadows of: a guest page of 4 KiB in all contexts (it never has a big one); one guest process;
 * everything.
 */
void shadow_flush_small(struct shadow *s, uint32_t ea);
void shadow_flush_pid(struct shadow *s, uint32_t pid);
void shadow_flush_all(struct shadow *s);

/* Largest power-of-4 page around ea that stays inside [ea_base, +size) with hpa congruent. */
uint64_t shadow_fit(uint32_t ea, uint64_t hpa, uint64_t room_below, uint64_t room_above,
		    uint64_t limit);

/* Hardware side (tlb.c), or a recorder in the tests. mas1 of 0 invalidates. */
void shadow_hw_small(unsigned int way, uint32_t mas1, uint32_t mas2, uint32_t mas3, uint32_t mas7);
void shadow_hw_big(unsigned int entry, uint32_t mas1, uint32_t mas2, uint32_t mas3, uint32_t mas7);
void shadow_hw_flush_small(void);

#endif
