/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scheduler of the model: cores take turns for a quantum of virtual time, on one host thread.
 * Same configuration, same seed: the same run, bit for bit.
 */
#include "machine.h"

#include <stdlib.h>

#include "insn.h"
#include "timer.h"

struct machine *machine_new(const struct machine_config *cfg)
{
	struct machine *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->cfg = *cfg;
	rng_seed(&m->rng, cfg->seed);
	if (!bus_init(&m->bus, m, cfg->ram_size) || !ccsr_init(&m->ccsr, &m->bus)) {
		machine_free(m);
		return NULL;
	}
	for (unsigned i = 0; i < cfg->cores; i++) {
		m->core[i] = core_new(m, i);
		if (!m->core[i]) {
			machine_free(m);
			return NULL;
		}
	}
	for (unsigned i = 0; i < cfg->cores; i++)
		core_reset(m->core[i]);
	return m;
}

void machine_free(struct machine *m)
{
	for (unsigned i = 0; i < m->cfg.cores; i++)
		core_free(m->core[i]);
	for (uint64_t n = 0; m->bus.ram.code && n < m->bus.ram.size >> BUS_PAGE_SHIFT; n++)
		free(m->bus.ram.code[n]);
	ccsr_free(&m->ccsr);
	bus_free(&m->bus);
	free(m);
}

void machine_stop(struct machine *m, enum machine_exit code, const char *why)
{
	if (m->stopping)
		return;
	m->stopping = true;
	m->exit_code = code;
	m->exit_why = why;
	for (unsigned i = 0; i < m->cfg.cores; i++)
		core_kick(m->core[i]);
}

void machine_reset_request(struct machine *m, const char *why)
{
	machine_stop(m, m->until_set ? EXIT_RESET : EXIT_PASS, why);
}

uint64_t machine_cycle(const struct machine *m)
{
	return m->current ? core_cycle(m->current) : m->now;
}

uint64_t machine_tb(const struct machine *m, uint64_t cycle)
{
	return cycle / m->cfg.tbdiv;
}

uint64_t machine_insns(const struct machine *m)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < m->cfg.cores; i++) {
		for (unsigned s = 0; s < STATS_STATE_COUNT; s++)
			sum += m->core[i]->stats.insn[s];
	}
	return sum;
}

/* Does any core have something to do without outside help? */
static bool machine_busy(const struct machine *m)
{
	for (unsigned i = 0; i < m->cfg.cores; i++) {
		const struct core *c = m->core[i];

		if (c->idle == CORE_HELD || c->napping)
			continue;
		if (c->idle == CORE_RUNNING || c->attention)
			return true;
	}
	return false;
}

/* Every core sleeps: go to the next thing that can happen. False when there is none. */
static bool machine_skip_idle(struct machine *m)
{
	uint64_t next = event_next(&m->events);

	for (unsigned i = 0; i < m->cfg.cores; i++) {
		const struct core *c = m->core[i];

		if (c->idle == CORE_WAITING && !c->napping && c->timer.next < next)
			next = c->timer.next;
	}
	if (next == EVENT_NEVER)
		return false;
	if (next > m->now)
		m->now = next;
	return true;
}

static uint32_t machine_quantum(struct machine *m)
{
	uint64_t next = event_next(&m->events);
	uint32_t q = m->cfg.quantum;

	if (m->cfg.jitter)
		q += rng_below(&m->rng, m->cfg.jitter);
	if (next > m->now && next - m->now < q)
		q = (uint32_t)(next - m->now);
	return q ? q : 1;
}

/* Will this core execute anything before `end`? A sleeping core costs nothing then. */
static bool machine_core_runs(const struct core *c, uint64_t end)
{
	if (c->idle == CORE_HELD)
		return false;
	return (c->idle == CORE_RUNNING && !c->napping) || c->attention || c->timer.next <= end;
}

/* One round: every core runs for the same stretch of virtual time. */
static void machine_round(struct machine *m)
{
	uint32_t q = machine_quantum(m);

	for (unsigned i = 0; i < m->cfg.cores && !m->stopping; i++) {
		if (machine_core_runs(m->core[i], m->now + q))
			core_run(m->core[i], q);
	}
	m->now += q;
}

/* Exact limits need a last short round. */
static void machine_check_limit(struct machine *m)
{
	uint64_t done;

	if (!m->cfg.limit)
		return;
	done = machine_insns(m);
	if (done >= m->cfg.limit)
		machine_stop(m, EXIT_LIMIT, "instruction limit");
	else if (m->cfg.limit - done < m->cfg.quantum)
		m->cfg.quantum = 1 + (uint32_t)(m->cfg.limit - done) / 2;
}

enum machine_exit machine_run(struct machine *m)
{
	while (!m->stopping) {
		event_run(&m->events, m->now);
		if (m->poll)
			m->poll(m->poll_arg);
		if (m->stopping)
			break;
		if (!machine_busy(m)) {
			if (!machine_skip_idle(m)) {
				machine_stop(m, EXIT_IDLE, "every core waits for nothing");
				break;
			}
			event_run(&m->events, m->now);
		}
		machine_round(m);
		code_page_drop_all(m);
		machine_check_limit(m);
	}
	return m->exit_code;
}
