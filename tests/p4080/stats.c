/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counting and reporting. Reports are plain text, one fact a line, for people and scripts.
 */
#include "stats.h"

#include <inttypes.h>

#include "excp.h"
#include "lint.h"
#include "machine.h"
#include "spr_table.h"

void stats_hcall(struct core *c, uint32_t token)
{
	struct stats *s = &c->stats;
	unsigned n = 0;

	while (n < s->hcall_used && s->hcall_token[n] != token)
		n++;
	if (n == STATS_HCALL_MAX)
		return;
	if (n == s->hcall_used) {
		s->hcall_token[n] = token;
		s->hcall_used++;
	}
	s->hcall_count[n]++;
}

void stats_marker(struct core *c, unsigned n)
{
	struct stats_window *w = &c->stats.window[n % STATS_WINDOW_COUNT];

	/* The marker itself is not in the window: it counts on neither side. */
	excp_account(c, 1);
	if (n < STATS_WINDOW_COUNT) {
		w->open = true;
		memcpy(w->start, c->stats.insn, sizeof(w->start));
		return;
	}
	if (!w->open)
		return;
	w->open = false;
	for (unsigned k = 0; k < STATS_STATE_COUNT; k++)
		w->last[k] = c->stats.insn[k] - w->start[k];
	if (!w->runs || w->last[STATS_HV] < w->min_hv)
		w->min_hv = w->last[STATS_HV];
	if (w->last[STATS_HV] > w->max_hv)
		w->max_hv = w->last[STATS_HV];
	w->sum_hv += w->last[STATS_HV];
	w->runs++;
}

static void stats_windows(const struct core *c, FILE *out)
{
	for (unsigned n = 1; n < STATS_WINDOW_COUNT; n++) {
		const struct stats_window *w = &c->stats.window[n];

		if (!w->runs)
			continue;
		fprintf(out,
			"core %u window %u: runs %" PRIu64 " hv-insns min %" PRIu64 " max %" PRIu64
			" mean %.1f; last run hv %" PRIu64 " guest %" PRIu64 " user %" PRIu64 "\n",
			c->index, n, w->runs, w->min_hv, w->max_hv,
			(double)w->sum_hv / (double)w->runs, w->last[STATS_HV],
			w->last[STATS_GUEST], w->last[STATS_USER] + w->last[STATS_GUSER]);
	}
}

/* Names of the rows of insn_trap: op_sys.c, op_tlb.c (by opcode bits), op_cache.c. */
static const char *stats_trap_name(unsigned n)
{
	static const char *const names[] = {
		[0] = "rfci/rfmci/rfdi/rfgi", [1] = "msgsnd/msgclr", [2] = "ehpriv",
		[3] = "mtpmr/mfpmr", [8] = "tlbilx/tlbivax", [9] = "tlbsync", [12] = "tlbsx",
		[13] = "tlbre", [14] = "tlbwe", [16] = "dcbi", [17] = "cache lock",
	};

	return n < ARRAY_COUNT(names) && names[n] ? names[n] : "tlb";
}

static void stats_core(const struct core *c, FILE *out)
{
	const struct stats *s = &c->stats;

	fprintf(out,
		"core %u: hypervisor %" PRIu64 " guest %" PRIu64 " user %" PRIu64
		" guest-user %" PRIu64 " idle %" PRIu64 "\n",
		c->index, s->insn[STATS_HV], s->insn[STATS_GUEST], s->insn[STATS_USER],
		s->insn[STATS_GUSER], s->idle);
	for (unsigned n = 0; n < ARRAY_COUNT(s->interrupt); n++) {
		if (s->interrupt[n][0] || s->interrupt[n][1])
			fprintf(out, "core %u interrupt %u (%s): hypervisor %" PRIu64
				" guest %" PRIu64 "\n",
				c->index, n, excp_name(n), s->interrupt[n][0], s->interrupt[n][1]);
	}
	for (unsigned n = 0; n < SPR_COUNT; n++) {
		if (s->spr_trap[n][0] || s->spr_trap[n][1])
			fprintf(out, "core %u trapped spr %u (%s): reads %" PRIu64 " writes %" PRIu64
				"\n",
				c->index, n, spr_find(n) ? spr_find(n)->name : "?",
				s->spr_trap[n][0], s->spr_trap[n][1]);
	}
	for (unsigned n = 0; n < ARRAY_COUNT(s->insn_trap); n++) {
		if (s->insn_trap[n])
			fprintf(out, "core %u trapped %s: %" PRIu64 "\n", c->index,
				stats_trap_name(n), s->insn_trap[n]);
	}
	for (unsigned n = 0; n < s->hcall_used; n++)
		fprintf(out, "core %u hypercall %u: %" PRIu64 "\n", c->index, s->hcall_token[n],
			s->hcall_count[n]);
	fprintf(out, "core %u translation fills: load %" PRIu64 " store %" PRIu64 " fetch %" PRIu64
		"\n",
		c->index, s->soft_fill[BUS_LOAD], s->soft_fill[BUS_STORE],
		s->soft_fill[BUS_FETCH]);
	stats_windows(c, out);
}

void stats_print(struct machine *m, FILE *out)
{
	uint64_t hits = 0;

	for (unsigned n = 0; n < m->cfg.cores; n++)
		stats_core(m->core[n], out);
	for (uint32_t off = 0; off < CCSR_SIZE / 4; off++) {
		if (m->ccsr.hits[off])
			fprintf(out, "ccsr %06x: %" PRIu64 "\n", off * 4, m->ccsr.hits[off]);
		hits += m->ccsr.hits[off];
	}
	for (unsigned n = 0; n < LINT_COUNT; n++) {
		if (lint_count((enum lint)n))
			fprintf(out, "lint %s: %lu\n", lint_name((enum lint)n),
				lint_count((enum lint)n));
	}
	fprintf(out, "total: instructions %" PRIu64 " cycles %" PRIu64 " ccsr accesses %" PRIu64
		"\n",
		machine_insns(m), m->now, hits);
}
