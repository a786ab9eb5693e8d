/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPIC routing: which source interrupts which CPU at which level (spec 8.6.3 to 8.6.6). Sources:
 * the OpenPIC rules for priorities and acknowledgement; external proxy Power ISA 2.06 Book III-E
 * chapter 7; summaries and levels observed with a hypervisor that runs its devices at them.
 */
#include "mpic.h"

#include <stdlib.h>

static bool mpic_is_ipi(unsigned n)
{
	return n >= MPIC_IPI0 && n < MPIC_IPI0 + MPIC_IPIS;
}

static unsigned mpic_priority(const struct mpic_source *s)
{
	return s->vpr >> 16 & 15;
}

/* Is source n waiting for this CPU at this level, leaving priorities aside? */
static bool mpic_waits(const struct mpic *p, unsigned n, enum mpic_level level, unsigned cpu)
{
	const struct mpic_source *s = &p->src[n];

	if ((s->vpr & MPIC_VPR_MSK) || !s->pending)
		return false;
	if (mpic_is_ipi(n))
		return level == MPIC_NORMAL && (s->pending >> cpu & 1);
	return (s->ilr & 3) == level && (s->dr >> cpu & 1);
}

/* Highest priority this CPU has in service. */
static unsigned mpic_service_priority(const struct mpic *p, unsigned cpu)
{
	unsigned best = 0;

	for (unsigned k = 0; k < p->cpu[cpu].depth; k++) {
		unsigned pri = mpic_priority(&p->src[p->cpu[cpu].stack[k]]);

		best = pri > best ? pri : best;
	}
	return best;
}

/* Source to deliver to this CPU now, MPIC_ALL when none. Lower numbers win among equals. */
static unsigned mpic_best(const struct mpic *p, unsigned cpu)
{
	unsigned floor = mpic_service_priority(p, cpu);
	unsigned best = MPIC_ALL;

	if (p->cpu[cpu].ctpr > floor)
		floor = p->cpu[cpu].ctpr;
	for (unsigned n = 0; n < MPIC_ALL; n++) {
		if (!p->src[n].pending || !mpic_waits(p, n, MPIC_NORMAL, cpu))
			continue;
		if (fault_on(FAULT_MPIC_PRIORITY))
			return n;
		if (mpic_priority(&p->src[n]) > floor) {
			floor = mpic_priority(&p->src[n]);
			best = n;
		}
	}
	return best;
}

static bool mpic_any(const struct mpic *p, enum mpic_level level, unsigned cpu)
{
	for (unsigned n = 0; n < MPIC_SOURCES; n++) {
		if (p->src[n].pending && mpic_waits(p, n, level, cpu))
			return true;
	}
	return false;
}

void mpic_update(struct mpic *p)
{
	struct machine *m = p->machine;

	for (unsigned cpu = 0; cpu < m->cfg.cores; cpu++) {
		struct core *c = m->core[cpu];

		core_set_input(c, CORE_IN_EXTERNAL, mpic_best(p, cpu) != MPIC_ALL);
		core_set_input(c, CORE_IN_CRITICAL, mpic_any(p, MPIC_CRITICAL, cpu));
		core_set_input(c, CORE_IN_MCHECK, mpic_any(p, MPIC_MCHECK, cpu));
	}
}

void mpic_line(void *dev, unsigned n, bool level)
{
	struct mpic *p = dev;
	struct mpic_source *s = &p->src[n];
	bool rise = level && !s->line;

	if (s->line == level)
		return;
	s->line = level;
	if (!(s->vpr & MPIC_VPR_SENSE) && n < 16) {
		/* External pins can be edge-triggered; internal sources are levels. */
		s->pending = s->pending || rise;
	} else {
		s->pending = level && !s->service;
	}
	mpic_update(p);
}

void mpic_pulse(struct mpic *p, unsigned n)
{
	p->src[n].pending = 1;
	mpic_update(p);
}

void mpic_error_update(struct mpic *p)
{
	bool line = p->eisr & ~p->eimr;

	mpic_line(p, MPIC_ERROR_SOURCE, line && !fault_on(FAULT_MPIC_ERROR_MISSING));
}

void mpic_error(void *dev, unsigned k, bool level)
{
	struct mpic *p = dev;

	p->eisr = level ? p->eisr | PBIT32(k) : p->eisr & ~PBIT32(k);
	mpic_error_update(p);
}

uint32_t mpic_acknowledge(void *dev, unsigned cpu)
{
	struct mpic *p = dev;
	unsigned n = mpic_best(p, cpu);
	struct mpic_source *s = &p->src[n];
	struct mpic_cpu *k = &p->cpu[cpu];

	if (n == MPIC_ALL || k->depth == ARRAY_COUNT(k->stack))
		return p->svr & 0xffff;
	if (mpic_is_ipi(n))
		s->pending &= ~(1u << cpu);
	else
		s->pending = 0;
	s->service |= 1u << cpu;
	k->stack[k->depth++] = (uint16_t)n;
	mpic_update(p);
	return s->vpr & 0xffff;
}

void mpic_eoi(struct mpic *p, unsigned cpu)
{
	struct mpic_cpu *k = &p->cpu[cpu];
	unsigned top = 0;
	struct mpic_source *s;

	if (!k->depth)
		return;
	for (unsigned n = 1; n < k->depth; n++) {
		if (mpic_priority(&p->src[k->stack[n]]) >= mpic_priority(&p->src[k->stack[top]]))
			top = n;
	}
	s = &p->src[k->stack[top]];
	memmove(&k->stack[top], &k->stack[top + 1], (k->depth - top - 1) * sizeof(k->stack[0]));
	k->depth--;
	s->service &= ~(1u << cpu);
	/* A level that is still there interrupts again. */
	if (s->line && !s->service && !fault_on(FAULT_MPIC_LEVEL_REPEND))
		s->pending = 1;
	mpic_update(p);
}

uint32_t mpic_vpr(const struct mpic *p, unsigned n)
{
	const struct mpic_source *s = &p->src[n];
	bool active = s->service || (s->pending && !(s->vpr & MPIC_VPR_MSK));

	if (fault_on(FAULT_MPIC_ACTIVITY))
		active = false;
	return s->vpr | (active ? MPIC_VPR_A : 0);
}

uint32_t mpic_summary(struct mpic *p, enum mpic_level level, unsigned first, unsigned cpu)
{
	uint32_t v = 0;

	if (fault_on(FAULT_MPIC_SUMMARY_ZERO))
		return 0;
	for (unsigned k = 0; k < 32 && first + k < MPIC_SOURCES; k++) {
		if (mpic_waits(p, first + k, level, cpu))
			v |= PBIT32(k);
	}
	return v;
}

void mpic_reset(struct mpic *p)
{
	for (unsigned n = 0; n < MPIC_ALL; n++) {
		struct mpic_source *s = &p->src[n];

		s->vpr = MPIC_VPR_MSK;
		s->dr = 1;
		s->ilr = 0;
		s->service = 0;
		s->pending = s->line;
	}
	for (unsigned cpu = 0; cpu < MACHINE_CORES; cpu++)
		p->cpu[cpu] = (struct mpic_cpu){.ctpr = 15};
	p->gcr = 0;
	p->svr = 0xffff;
	p->eimr = 0;
	mpic_update(p);
}

static bool mpic_proxy(void *dev)
{
	struct mpic *p = dev;

	return (p->gcr & 0x60000000u) == 0x60000000u;
}

static void mpic_timer_fire(void *arg)
{
	struct mpic_timer *t = arg;
	struct mpic *p = t->mpic;
	struct machine *m = p->machine;
	uint32_t count = t->base & 0x7fffffff;

	t->toggle = !t->toggle;
	t->start = m->now;
	if (count)
		event_arm(&m->events, &t->event, m->now + (uint64_t)count * m->cfg.tbdiv);
	mpic_pulse(p, MPIC_TIMER0 + (unsigned)(t - p->timer));
}

/* Between quanta: reset what was asked for, start what is no longer held. */
static void mpic_processor_event(void *arg)
{
	struct mpic *p = arg;
	struct machine *m = p->machine;
	uint32_t reset = p->reset;

	p->reset = 0;
	for (unsigned n = 0; n < m->cfg.cores; n++) {
		if (!(reset >> n & 1))
			continue;
		if (p->pir >> n & 1) {
			p->reset |= 1u << n; /* until it is let go */
			continue;
		}
		core_reset_again(m->core[n]);
		if (m->firmware)
			m->firmware(m->firmware_arg, m->core[n]);
	}
	mpic_update(p);
}

void mpic_processor_init(struct mpic *p, uint32_t val)
{
	struct machine *m = p->machine;

	p->pir = val & ((1u << m->cfg.cores) - 1);
	p->reset |= p->pir;
	/* It executes nothing from now on, whoever asked. */
	for (unsigned n = 0; n < m->cfg.cores; n++) {
		if (p->pir >> n & 1) {
			m->core[n]->idle = CORE_HELD;
			core_kick(m->core[n]);
		}
	}
	event_arm(&m->events, &p->reset_event, machine_cycle(m));
}

bool mpic_init(struct machine *m)
{
	struct mpic *p = calloc(1, sizeof(*p));

	if (!p)
		return false;
	p->machine = m;
	for (unsigned n = 0; n < MPIC_TIMERS; n++) {
		p->timer[n].mpic = p;
		p->timer[n].base = 0x80000000u;
		p->timer[n].event = (struct event){.fire = mpic_timer_fire, .arg = &p->timer[n]};
	}
	p->reset_event = (struct event){.fire = mpic_processor_event, .arg = p};
	m->mpic = p;
	m->irq_line = mpic_line;
	m->error_line = mpic_error;
	m->pic = (struct machine_pic){p, mpic_proxy, mpic_acknowledge};
	mpic_reset(p);
	ccsr_add(&m->ccsr, &(struct ccsr_block){.name = "mpic", .base = MPIC_BASE, .size = 0x40000,
						.dev = p, .read = mpic_read, .write = mpic_write});
	return true;
}
