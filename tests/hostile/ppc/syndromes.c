/* SPDX-License-Identifier: BSD-3-Clause */
/* Every synchronous exception says exactly what the architecture says, and nothing of an earlier one. */
/*
 * boot CPU. ESR and DEAR hold a pattern before each try, so that what an exception does not set must
 * keep it (Power ISA 2.06 Book III-E 7.6; EREF 4.7).
 */
#include "hostile.h"

#define STALE_ESR 0x00a20001u
#define STALE_DEAR 0x13572468u
#define NOWHERE 0xd0000000u	/* effective: no entry */
#define UNBACKED 0x20000000u	/* mapped, no memory */
#define HIGH_UNBACKED 0x912345000u
#define PERM_DATA 0x0f		/* UW SW UR SR */
#define PERM_READ 0x33		/* no store */
#define PERM_USER 0x2a

#define ESR_PIL 0x08000000u
#define ESR_PPR 0x04000000u
#define ESR_PTR 0x02000000u
#define ESR_ST 0x00800000u
#define ESR_SPV 0x00000080u

#define LWZ 0x80860000u /* r4, 0(r6) */
#define STW 0x90860000u
#define BLR 0x4e800020u
#define LWARX 0x7c803028u /* r4, 0, r6 */

struct syndrome {
	const char *name;
	uint32_t insn, at;      /* at: r6, and where blr goes */
	uint32_t perm;          /* of a page at WINDOW */
	uint64_t pa;
	uint32_t vector, esr;
	uint32_t mcsr[2];       /* of e500mc and e500v2 */
	uint8_t cores;          /* 1: e500mc, 2: e500v2 */
	uint8_t modes;          /* 1: supervisor, 2: user */
};

static const struct syndrome rows[] = {
	{"load, no entry", LWZ, NOWHERE + 8, 0, 0, 13, 0, {0}, 3, 3},
	{"store, no entry", STW, NOWHERE + 8, 0, 0, 13, ESR_ST, {0}, 3, 3},
	{"fetch, no entry", BLR, NOWHERE + 8, 0, 0, 14, 0, {0}, 3, 3},
	{"load, not permitted", LWZ, WINDOW + 4, PERM_USER & 0xd, 0, 2, 0, {0}, 3, 2},
	{"load of the supervisor, not permitted", LWZ, WINDOW + 4, PERM_USER, 0, 2, 0, {0}, 3, 1},
	{"store, not permitted", STW, WINDOW + 4, PERM_READ, 0, 2, ESR_ST, {0}, 3, 3},
	{"fetch, not permitted", BLR, WINDOW + 4, PERM_DATA, 0, 3, 0, {0}, 3, 3},
	{"illegal", 0, 0, 0, 0, 6, ESR_PIL, {0}, 3, 3},
	{"privileged", 0x7c0000a6, 0, 0, 0, 6, ESR_PPR, {0}, 3, 2}, /* mfmsr */
	{"trap", 0x7fe00008, 0, 0, 0, 6, ESR_PTR, {0}, 3, 3},
	{"system call", 0x44000002, 0, 0, 0, 8, STALE_ESR, {0}, 3, 3},
	{"alignment", LWARX, 0x1002, 0, 0, 5, 0, {0}, 3, 1},
	{"no floating point", 0xfc00002a, 0, 0, 0, 7, STALE_ESR, {0}, 1, 3},
	{"no SPE", 0x1000022d, 0, 0, 0, 32, ESR_SPV, {0}, 2, 3},
	{"load, no memory", LWZ, UNBACKED + 4, 0, 0, 1, STALE_ESR, {0x00088000, 8}, 3, 1},
	{"store, no memory", STW, UNBACKED + 4, 0, 0, 1, STALE_ESR, {0x00084000, 4}, 3, 1},
	{"fetch, no memory", BLR, UNBACKED + 4, 0, 0, 1, STALE_ESR, {0x00090000, 16}, 3, 1},
	{"load, no memory above 4 GiB", LWZ, WINDOW + 4, PERM_ALL, HIGH_UNBACKED, 1, STALE_ESR, {0x00088000, 8}, 3, 3},
};

/* What a miss leaves in the MAS registers for the handler: MAS4 says TLB0, 4 KiB, M. */
static bool is_preloaded(uint32_t at)
{
	return (spr_read(624) & 0x30000000) == 0 && spr_read(625) == 0x80000100 &&
	       spr_read(626) == ((at & 0xfffff000) | 4) && spr_read(627) == 0 && spr_read(630) == 0 &&
	       spr_read(944) == 0;
}

static bool is_saved(const struct syndrome *s, const struct exec *e)
{
	uint32_t pc = s->insn == BLR ? s->at : s->vector == 8 ? e->pc + 4 : e->pc;

	return e->vector == s->vector && e->srr0 == pc && e->srr1 == e->msr;
}

static bool is_address(const struct syndrome *s, const struct exec *e)
{
	bool is_data = s->vector == 13 || s->vector == 2 || s->vector == 5;
	uint64_t pa = s->pa ? s->pa + (s->at & 0xfff) : s->at;

	if (s->vector == 1 && (spr_read(573) != (uint32_t)pa || spr_read(569) != (uint32_t)(pa >> 32))) {
		return false;
	}
	return e->dear == (is_data ? s->at : STALE_DEAR);
}

static void try(const struct syndrome *s, bool is_user)
{
	struct exec e = {.gpr = {[6] = s->at}, .lr = s->at};
	uint32_t mcsr = s->mcsr[!is_e500mc()];
	char name[64];

	if (s->perm) {
		tlb1_map(SLOT_WINDOW, WINDOW, s->pa, 2, s->perm);
	}
	spr_write(628, 0x104); /* MAS4 */
	spr_write(630, 0x00550001);
	spr_write(62, STALE_ESR);
	spr_write(61, STALE_DEAR);
	exec_insn(&e, s->insn, is_user);
	snprintf(name, sizeof(name), "%s%s", s->name, is_user ? ", user" : "");
	TEST(name, is_saved(s, &e) && e.esr == s->esr && is_address(s, &e) && e.mcsr == mcsr,
	     "vector %lu srr %lx %lx (msr %lx) esr %lx dear %lx mcsr %lx", (unsigned long)e.vector,
	     (unsigned long)e.srr0, (unsigned long)e.srr1, (unsigned long)e.msr, (unsigned long)e.esr,
	     (unsigned long)e.dear, (unsigned long)e.mcsr);
	if (s->vector == 13 || s->vector == 14) {
		TEST("its MAS registers", is_preloaded(s->at), "MAS0-2 %lx %lx %lx", (unsigned long)spr_read(624),
		     (unsigned long)spr_read(625), (unsigned long)spr_read(626));
	} else {
		TEST("MAS registers stay", spr_read(630) == 0x00550001, "MAS6 %lx", (unsigned long)spr_read(630));
	}
	if (s->perm) {
		tlb1_clear(SLOT_WINDOW);
	}
}

void syndromes_run(const char *arg, uint64_t steps, uint64_t seed)
{
	unsigned int i, mode;

	(void)arg;
	(void)steps;
	(void)seed;
	__asm__ volatile("mfmsr 0; rlwinm 0,0,0,19,17; mtmsr 0; isync" : : : "r0"); /* FP off */
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (mode = 0; mode < 2; mode++) {
			if (rows[i].cores & (is_e500mc() ? 1 : 2) && rows[i].modes >> mode & 1) {
				try(&rows[i], mode);
			}
		}
	}
}
