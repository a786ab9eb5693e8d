/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counters of one core, by privilege state, and the cost windows.
 * An instruction that ends in a synchronous interrupt other than a system call is not counted as
 * executed.
 */
#ifndef P4080_STATS_H
#define P4080_STATS_H

#include <stdio.h>

#include "bits.h"

struct machine;
struct core;

enum stats_state { STATS_HV, STATS_GUEST, STATS_USER, STATS_GUSER, STATS_STATE_COUNT };

#define STATS_HCALL_MAX 64
#define STATS_WINDOW_COUNT 16

/* A cost window runs from `xoris N,N,0` to `xoris N+16,N+16,0`, N = 1..15. */
struct stats_window {
	bool open;
	uint64_t start[STATS_STATE_COUNT];
	uint64_t runs;
	uint64_t last[STATS_STATE_COUNT];
	uint64_t min_hv;
	uint64_t max_hv;
	uint64_t sum_hv;
};

struct stats {
	uint64_t insn[STATS_STATE_COUNT];
	uint64_t idle; /* cycles spent waiting */
	uint64_t interrupt[64][2];  /* by IVOR number; [1] = directed to the guest */
	uint64_t spr_trap[1024][2]; /* ehpriv by SPR number; [1] = write */
	uint64_t insn_trap[64];	    /* ehpriv by row: see stats_trap_name */
	uint32_t hcall_token[STATS_HCALL_MAX];
	uint64_t hcall_count[STATS_HCALL_MAX];
	unsigned hcall_used;
	uint64_t soft_fill[3]; /* translation cache fills: load, store, fetch */
	struct stats_window window[STATS_WINDOW_COUNT];
};

void stats_hcall(struct core *c, uint32_t token);
/* The marker instruction with register number n was executed. */
void stats_marker(struct core *c, unsigned n);
void stats_print(struct machine *m, FILE *out);

#endif
