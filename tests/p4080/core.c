/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A core's life: reset, context, messages, and the loop that runs it for a quantum.
 */
#include "core.h"

#include <stdlib.h>

#include "debug.h"
#include "excp.h"
#include "insn.h"
#include "machine.h"
#include "pmu.h"
#include "reserve.h"
#include "spr_table.h"
#include "step.h"
#include "timer.h"

#define GEN_MAX (UINT64_C(1) << 27)

struct core *core_new(struct machine *m, unsigned index)
{
	struct core *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->machine = m;
	c->index = index;
	return c;
}

void core_free(struct core *c)
{
	free(c);
}

void core_reset(struct core *c)
{
	struct machine *m = c->machine;
	unsigned index = c->index;

	reserve_clear(c);
	memset(c, 0, sizeof(*c));
	c->machine = m;
	c->index = index;
	c->idle = CORE_HELD;
	c->counted = m->now;
	c->quantum_end = m->now;
	spr_reset(c);
	core_flush_soft(c);
	timer_reset(c);
}

void core_reset_again(struct core *c)
{
	static struct stats stats;
	static struct trace_entry trace[TRACE_RING];
	struct timer_state timer = c->timer;
	unsigned trace_next = c->trace_next;
	bool napping = c->napping;

	stats = c->stats;
	memcpy(trace, c->trace, sizeof(trace));
	core_reset(c);
	c->stats = stats;
	memcpy(c->trace, trace, sizeof(trace));
	c->trace_next = trace_next;
	c->napping = napping;
	c->timer.tb_lag = timer.tb_lag;
	c->timer.tb_from = timer.tb_from;
	c->timer.tb_hold = timer.tb_hold;
	c->timer.tb_stopped = timer.tb_stopped;
	c->timer.seen = timer_tb(c);
	timer_update(c);
	core_context_changed(c);
}

void core_start(struct core *c, uint32_t pc)
{
	c->pc = pc;
	c->idle = CORE_RUNNING;
	c->attention = true;
}

void core_set_nap(struct core *c, bool nap)
{
	c->napping = nap;
	core_kick(c);
}

uint64_t core_cycle(const struct core *c)
{
	if (!c->in_quantum)
		return c->machine->now;
	return c->quantum_end - (uint64_t)(int64_t)(c->left + c->stash);
}

void core_set_input(struct core *c, enum core_input in, bool level)
{
	uint32_t old = c->inputs;

	c->inputs = level ? old | in : old & ~(uint32_t)in;
	if (in == CORE_IN_NMI && (c->inputs & ~old & CORE_IN_NMI))
		c->spr[SPR_MCSR] |= MCSR_NMI;
	if (c->inputs & ~old)
		core_kick(c);
}

void core_machine_check(struct core *c, uint32_t mcsr, uint64_t pa)
{
	c->spr[SPR_MCSR] |= mcsr;
	c->spr[SPR_MCAR] = (uint32_t)pa;
	c->spr[SPR_MCARU] = (uint32_t)(pa >> 32);
	/* With ME=0 outside guest state the core checkstops. */
	if (!(c->msr & (MSR_ME | MSR_GS)) && c->in_quantum)
		machine_reset_request(c->machine, "checkstop: machine check with ME=0");
	core_kick(c);
}

/* Does a message of this type and tags concern this core (spec 7.2)? */
static bool core_message_match(const struct core *c, unsigned type, uint32_t rb)
{
	bool broadcast = rb & PBIT32(5);
	uint32_t lpidtag = rb >> 14 & 0xfff;
	uint32_t pirtag = rb & 0x3fff;
	uint32_t lpid = c->spr[SPR_LPIDR];

	if (type <= CORE_MSG_DBELL_CRIT) {
		if (fault_on(FAULT_DBELL_BROADCAST))
			broadcast = true;
		return (broadcast || c->spr[SPR_PIR] == pirtag) && (!lpidtag || lpidtag == lpid);
	}
	if (lpid != lpidtag && !fault_on(FAULT_GDBELL_LPIDTAG_IGNORED))
		return false;
	return broadcast ||
	       c->spr[fault_on(FAULT_GDBELL_MATCHES_PIR) ? SPR_PIR : SPR_GPIR] == pirtag;
}

void core_message(struct core *c, uint32_t rb)
{
	unsigned type = rb >> 27;

	if (type >= CORE_MSG_COUNT || !core_message_match(c, type, rb))
		return;
	c->messages |= 1u << type;
	core_kick(c);
}

void core_message_clear(struct core *c, uint32_t rb)
{
	unsigned type = rb >> 27;

	if (type < CORE_MSG_COUNT && core_message_match(c, type, rb))
		c->messages &= ~(1u << type);
}

/* --- translation caches --- */

static void core_set_tags(struct core *c)
{
	uint32_t common = (c->msr & MSR_GS ? 0x10000u : 0) | (c->msr & MSR_PR ? 0x8000u : 0) |
			  (c->spr[SPR_LPIDR] & 0x3f) << 8 | (c->spr[SPR_PID] & 0xff);
	uint32_t data = common | (c->msr & MSR_DS ? 0x4000u : 0);
	uint32_t fetch = common | (c->msr & MSR_IS ? 0x4000u : 0);

	c->ctx_load = (c->gen_load << 17 | data) << 20;
	c->ctx_store = (c->gen_store << 17 | data) << 20;
	c->ctx_fetch = (c->gen_fetch << 17 | fetch) << 20;
}

/* Next generation of one cache; after 2^27 of them old tags could come back. */
static uint64_t core_next_gen(uint64_t gen, void *slots, size_t size)
{
	if (++gen < GEN_MAX)
		return gen;
	memset(slots, 0xff, size);
	return 1;
}

void core_flush_stores(struct core *c)
{
	c->gen_store = core_next_gen(c->gen_store, c->wr, sizeof(c->wr));
	core_set_tags(c);
}

void core_flush_soft(struct core *c)
{
	c->gen_load = core_next_gen(c->gen_load, c->rd, sizeof(c->rd));
	c->gen_fetch = core_next_gen(c->gen_fetch, c->fetch, sizeof(c->fetch));
	core_flush_stores(c);
}

void core_context_changed(struct core *c)
{
	bool dac = debug_dac_on(c);

	c->slow = step_needed(c);
	if (dac != c->dac) {
		c->dac = dac;
		core_flush_soft(c);
	}
	core_set_tags(c);
}

/* --- running --- */

/* Cycles this core may execute before a timer or counter needs looking at. */
static uint64_t core_budget(struct core *c, uint64_t now)
{
	uint64_t budget = c->quantum_end - now;
	uint64_t pmu = pmu_next(c);

	if (c->timer.next != EVENT_NEVER && c->timer.next - now < budget)
		budget = c->timer.next - now;
	return pmu < budget ? pmu : budget;
}

/* Nothing executes until `end` or the next timer event. */
static void core_sleep(struct core *c)
{
	uint64_t now = core_cycle(c);
	uint64_t budget = core_budget(c, now);

	c->stats.idle += budget;
	c->left = (int32_t)(c->quantum_end - now - budget);
	c->stash = 0;
	c->counted = core_cycle(c);
}

static void core_loop(struct core *c)
{
	const struct insn *i = insn_goto(c, c->pc);

	while (i && c->left > 0) {
		c->left--;
		i = i->fn(c, i);
	}
	if (i)
		c->pc = c->page_va + i->off;
}

void core_run(struct core *c, uint32_t cycles)
{
	struct machine *m = c->machine;

	c->quantum_end = m->now + cycles;
	c->left = (int32_t)cycles;
	c->stash = 0;
	c->in_quantum = true;
	m->current = c;
	c->stats.idle += m->now - c->counted;
	c->counted = m->now;
	while (core_cycle(c) < c->quantum_end && !m->stopping) {
		uint64_t now = core_cycle(c);

		if (now >= c->timer.next)
			timer_update(c);
		if (c->attention) {
			excp_poll(c);
			continue;
		}
		if (c->idle != CORE_RUNNING || c->napping) {
			core_sleep(c);
			continue;
		}
		c->left = (int32_t)core_budget(c, now);
		c->stash = (int32_t)(c->quantum_end - now) - c->left;
		if (c->slow)
			step_loop(c);
		else
			core_loop(c);
		if (c->pmr[PMR_PMGC0] & PMGC0_PMIE)
			c->attention = true;
	}
	excp_account(c, 0);
	reserve_suspend(c);
	c->in_quantum = false;
	m->current = NULL;
}

/* --- registers for the debugger --- */

uint32_t core_cr_get(const struct core *c)
{
	uint32_t cr = 0;

	for (unsigned n = 0; n < 8; n++)
		cr = cr << 4 | c->crf[n];
	return cr;
}

void core_cr_set(struct core *c, uint32_t cr)
{
	for (unsigned n = 0; n < 8; n++)
		c->crf[n] = cr >> (28 - 4 * n) & 15;
}

uint32_t core_xer_get(const struct core *c)
{
	return (uint32_t)c->so << 31 | (uint32_t)c->ov << 30 | (uint32_t)c->ca << 29 |
	       c->xer_count;
}

void core_xer_set(struct core *c, uint32_t xer)
{
	c->so = xer >> 31;
	c->ov = xer >> 30 & 1;
	c->ca = xer >> 29 & 1;
	c->xer_count = xer & 0x7f;
}
