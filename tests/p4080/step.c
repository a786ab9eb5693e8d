/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stepping. Slow on purpose: everything that must look at every instruction lives here, so that
 * the fast loop looks at nothing.
 */
#include "step.h"

#include <stdio.h>

#include "debug.h"
#include "excp.h"
#include "insn.h"
#include "machine.h"
#include "trace.h"

struct step_hook step_hook;

void step_set_hook(struct machine *m, struct step_hook hook)
{
	step_hook = hook;
	for (unsigned n = 0; n < m->cfg.cores; n++) {
		core_context_changed(m->core[n]);
		core_kick(m->core[n]);
	}
}

bool step_needed(const struct core *c)
{
	const struct machine_config *cfg = &c->machine->cfg;

	return cfg->trace || cfg->trace_registers || step_hook.before || debug_stepping(c);
}

/* Is op a branch whose execution went elsewhere than the next word? */
static bool step_branch(uint32_t op)
{
	unsigned primary = op >> 26;

	return primary == 16 || primary == 18 ||
	       (primary == 19 && ((op >> 1 & 0x3ff) == 16 || (op >> 1 & 0x3ff) == 528));
}

/* BRT is taken with the address of the branch: decide before executing it. */
static bool step_branch_event(struct core *c, uint32_t op, const struct insn *i)
{
	uint32_t lr = c->lr;
	uint32_t ctr = c->ctr;
	uint32_t pc = c->pc;
	const struct insn *next;
	uint32_t target;

	if (!(c->spr[SPR_DBCR0] & DBSR_BRT) || !debug_enabled(c) || !step_branch(op))
		return false;
	next = i->fn(c, i);
	target = next ? c->page_va + next->off : c->pc;
	c->lr = lr;
	c->ctr = ctr;
	c->pc = pc;
	if (target == pc + 4)
		return false;
	return debug_event(c, DBSR_BRT);
}

/* Execute the instruction at c->pc with everything looked at. */
static void step_one(struct core *c)
{
	bool icmp = (c->spr[SPR_DBCR0] & DBSR_ICMP) && debug_enabled(c);
	const struct insn *i;
	uint64_t vectors = 0;
	uint32_t op;

	if (debug_enabled(c) && debug_before(c))
		return;
	i = insn_goto(c, c->pc);
	if (!i)
		return;
	op = be32_get(c->page->host + i->off);
	trace_add(c, op);
	if (c->machine->cfg.trace_registers)
		trace_registers(c, stdout);
	if (step_branch_event(c, op, i))
		return;
	i = insn_goto(c, c->pc);
	if (!i)
		return;
	for (unsigned n = 0; n < ARRAY_COUNT(c->stats.interrupt); n++)
		vectors += c->stats.interrupt[n][0] + c->stats.interrupt[n][1];
	c->left--;
	i = i->fn(c, i);
	if (i)
		c->pc = c->page_va + i->off;
	for (unsigned n = 0; n < ARRAY_COUNT(c->stats.interrupt); n++)
		vectors -= c->stats.interrupt[n][0] + c->stats.interrupt[n][1];
	/* ICMP: the instruction completed, judged with the MSR it started under (spec 7.3). */
	if (icmp && !vectors) {
		c->spr[SPR_DBSR] |= DBSR_ICMP;
		excp_debug(c);
	}
}

void step_loop(struct core *c)
{
	while (c->left > 0 && c->slow) {
		if (step_hook.before)
			step_hook.before(step_hook.arg, c);
		if (c->machine->stopping)
			return;
		step_one(c);
		if (c->attention || c->idle != CORE_RUNNING)
			return;
	}
}
