/* SPDX-License-Identifier: BSD-3-Clause */
/* A guest that tries everything on Book E: what its parts share. */
/* boot CPU unless it says otherwise */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "common.h"
#include "kit/ppc-e500mc/ppc.h"

#include <libfdt.h>
#include <string.h>

/* ---- draws ------------------------------------------------------------------------------------ */

uint32_t rng_word(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t n);
/* Half of the draws are edges: 0, -1, powers of two and their neighbours, addresses. */
uint32_t rng_value(struct rng *r);

/* ---- instructions run alone ---------------------------------------------------------------------- */

/* Registers in and out, then how it ended; run.S knows the offsets. */
struct exec {
	uint32_t gpr[32];
	uint32_t cr, lr, ctr, xer, pc, msr;
	uint32_t vector, esr, dear, mcsr, srr0, srr1;
	uint32_t saved[24];
};

/* User mode sees this program a second time, from here, with every permission. */
#define ALIAS 0x40000000u
#define EXEC_DONE 8 /* ended by the system call behind the instruction: no exception */

void exec_init(void);
/* One instruction, then sc; e->gpr, lr, ctr, xer are given. Returns the vector. */
uint32_t exec_insn(struct exec *e, uint32_t insn, bool is_user);
/* Two instructions, then sc, from this MSR; PR is added for a user. */
uint32_t exec_pair(struct exec *e, uint32_t insn, uint32_t then, uint32_t msr, bool is_user);
/* As exec_insn() with all registers zero but r4, r5, r6. */
uint32_t exec_regs(struct exec *e, uint32_t insn, bool is_user, uint32_t r4, uint32_t r5, uint32_t r6);
/* Address of the instruction as the supervisor sees it. */
uint32_t exec_code(void);
/* n: no exception; i, p: program, illegal or privileged; t: trap; d, f: data or fetch; m: machine check */
char exec_letter(const struct exec *e);

#define INSN_X(xo, rt, ra, rb) (31u << 26 | (rt) << 21 | (ra) << 16 | (rb) << 11 | (xo) << 1)
#define INSN_SPR(xo, rt, n) INSN_X(xo, rt, (n) & 31u, (uint32_t)(n) >> 5)
#define MFSPR(rt, n) INSN_SPR(339, rt, n)
#define MTSPR(rs, n) INSN_SPR(467, rs, n)

/* ---- campaigns ------------------------------------------------------------------------------------- */

void hazards_run(const char *arg, uint64_t steps, uint64_t seed);
void syndromes_run(const char *arg, uint64_t steps, uint64_t seed);
void sprs_run(const char *arg, uint64_t steps, uint64_t seed);
void opcodes_run(const char *arg, uint64_t steps, uint64_t seed);
void words_run(const char *arg, uint64_t steps, uint64_t seed);
void moves_run(const char *arg, uint64_t steps, uint64_t seed);
void pages_run(const char *arg, uint64_t steps, uint64_t seed);
void hcalls_run(const char *arg, uint64_t steps, uint64_t seed);
void mpic_run(const char *arg, uint64_t steps, uint64_t seed);
void mmio_run(const char *arg, uint64_t steps, uint64_t seed);
void stray_run(const char *arg, uint64_t steps, uint64_t seed);
void tlb_run(const char *arg, uint64_t steps, uint64_t seed);
void storm_run(const char *arg, uint64_t steps, uint64_t seed);
void die_run(const char *arg, uint64_t steps, uint64_t seed);

/* TLB1 entry n (0..15): EA to PA with these permissions (MAS3) and size 1 KiB << tsize. */
void tlb1_map(unsigned int n, uint32_t ea, uint64_t pa, unsigned int tsize, uint32_t perm);
void tlb1_clear(unsigned int n);
enum { PERM_SUPER = 0x15, PERM_ALL = 0x3f };
/* A scratch TLB1 entry and the effective address it is for. */
enum { SLOT_ALIAS = 5, SLOT_WINDOW = 6 };
#define WINDOW 0x60000000u

extern uint64_t ram_size;

#endif
