/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Timers of Book III-E chapter 9. All derive from the time base, which counts the
 * ticks of one clock for the whole SoC and can be stopped by core (RCPM).
 * DEC is kept as a value and the tick at which it was valid; nothing happens between events.
 */
#include "timer.h"

#include "machine.h"

/* The core's time base: ticks of the SoC's clock since its reset, less what it was stopped. */
static uint64_t timer_now(const struct core *c)
{
	const struct timer_state *t = &c->timer;
	uint64_t raw = machine_tb(c->machine, core_cycle(c));

	if (t->tb_stopped)
		return t->tb_hold;
	/* Set going later in this round than the core has got: it stands until then. */
	return (raw > t->tb_from ? raw : t->tb_from) - t->tb_lag;
}

uint64_t timer_tb(const struct core *c)
{
	return timer_now(c);
}

/* Lowest cycle at which the time base shows `tick`. */
static uint64_t timer_cycle(const struct core *c, uint64_t tick)
{
	const struct machine *m = c->machine;

	if (c->timer.tb_stopped || tick + c->timer.tb_lag > EVENT_NEVER / 2 / m->cfg.tbdiv)
		return EVENT_NEVER;
	return (tick + c->timer.tb_lag) * m->cfg.tbdiv;
}

/* Time base bit (LSB-0) watched by the FIT or the watchdog (9.8: bit 63 - (EXT || P)). */
static unsigned timer_fit_bit(const struct core *c)
{
	uint32_t tcr = c->spr[SPR_TCR];

	return 63 - ((tcr & TCR_FPEXT_MASK) >> 13 << 2 | (tcr & TCR_FP_MASK) >> 24);
}

static unsigned timer_wdt_bit(const struct core *c)
{
	uint32_t tcr = c->spr[SPR_TCR];

	return 63 - ((tcr & TCR_WPEXT_MASK) >> 17 << 2 | (tcr & TCR_WP_MASK) >> 30);
}

/* First tick after `tick` at which this time base bit goes from 0 to 1. */
static uint64_t timer_rise(uint64_t tick, unsigned bit)
{
	uint64_t half = UINT64_C(1) << bit;
	uint64_t low = tick & (2 * half - 1);

	if (bit == 63)
		return tick < half ? half : EVENT_NEVER;
	return tick - low + (low < half ? half : 3 * half);
}

/* Did the bit rise after `seen` and not later than `now`? The time base can be written backwards. */
static bool timer_rose(uint64_t seen, uint64_t now, unsigned bit)
{
	uint64_t rise = timer_rise(seen, bit);

	return rise > seen && rise <= now && rise != EVENT_NEVER;
}

static void timer_watchdog(struct core *c)
{
	uint32_t *tsr = &c->spr[SPR_TSR];
	uint32_t wrc = c->spr[SPR_TCR] & TCR_WRC_MASK;

	if (!(*tsr & TSR_ENW)) {
		*tsr |= TSR_ENW;
	} else if (!(*tsr & TSR_WIS)) {
		*tsr |= TSR_WIS;
	} else if (wrc) {
		*tsr = (*tsr & ~TSR_WRS_MASK) | wrc;
		if (wrc == 0x10000000)
			core_machine_check(c, MCSR_MCP, 0);
		else
			machine_reset_request(c->machine, "watchdog");
	}
}

/* DEC reached 0 at `tick`: reload or stop (9.3). */
static void timer_dec_expire(struct core *c, uint64_t tick)
{
	struct timer_state *t = &c->timer;

	c->spr[SPR_TSR] |= TSR_DIS;
	t->dec_origin = tick;
	t->dec_value = 0;
	if (c->spr[SPR_TCR] & TCR_ARE)
		t->dec_value = c->spr[SPR_DECAR];
	t->dec_stopped = !t->dec_value;
}

void timer_update(struct core *c)
{
	struct timer_state *t = &c->timer;
	uint64_t now = timer_now(c);
	uint64_t next = EVENT_NEVER;

	c->attention = true;
	while (!t->dec_stopped && (int64_t)(now - t->dec_origin) >= (int64_t)t->dec_value)
		timer_dec_expire(c, t->dec_origin + t->dec_value);
	if (timer_rose(t->seen, now, timer_fit_bit(c)))
		c->spr[SPR_TSR] |= TSR_FIS;
	while (timer_rose(t->seen, now, timer_wdt_bit(c))) {
		t->seen = timer_rise(t->seen, timer_wdt_bit(c));
		timer_watchdog(c);
	}
	t->seen = now;
	if (!t->dec_stopped)
		next = t->dec_origin + t->dec_value;
	if (timer_rise(now, timer_fit_bit(c)) < next)
		next = timer_rise(now, timer_fit_bit(c));
	if (timer_rise(now, timer_wdt_bit(c)) < next)
		next = timer_rise(now, timer_wdt_bit(c));
	t->next = next == EVENT_NEVER ? next : timer_cycle(c, next);
}

/* Look again before the next instruction: the loop's budget was computed with old settings. */
static void timer_changed(struct core *c)
{
	timer_update(c);
	if (c->in_quantum)
		core_kick(c);
}

void timer_reset(struct core *c)
{
	c->timer = (struct timer_state){.dec_stopped = true, .next = EVENT_NEVER};
	c->timer.seen = timer_now(c);
	timer_update(c);
}

void timer_tb_write(struct core *c, uint64_t tb)
{
	struct timer_state *t = &c->timer;
	uint64_t raw = machine_tb(c->machine, core_cycle(c));

	timer_update(c);
	if (t->tb_stopped)
		t->tb_hold = tb;
	else
		t->tb_lag = (raw > t->tb_from ? raw : t->tb_from) - tb;
	/* DEC counts ticks, not time base values: it keeps its contents. */
	t->dec_origin = tb - (t->seen - t->dec_origin);
	t->seen = tb;
	timer_changed(c);
}

void timer_tb_run(struct core *c, bool run)
{
	const struct machine *m = c->machine;
	struct timer_state *t = &c->timer;
	uint64_t cycle = machine_cycle(m);

	if (run != t->tb_stopped)
		return;
	timer_update(c);
	if (run) {
		t->tb_from = machine_tb(m, cycle);
		t->tb_lag = t->tb_from - t->tb_hold;
	} else {
		/* A core that has had its turn in this round may have read later values. */
		if (!c->in_quantum && c->quantum_end > cycle)
			cycle = c->quantum_end;
		t->tb_hold = machine_tb(m, cycle) - t->tb_lag;
	}
	t->tb_stopped = !run;
	timer_changed(c);
}

uint32_t timer_dec_read(struct core *c)
{
	const struct timer_state *t = &c->timer;

	timer_update(c);
	if (t->dec_stopped)
		return t->dec_value;
	return t->dec_value - (uint32_t)(timer_now(c) - t->dec_origin);
}

void timer_dec_write(struct core *c, uint32_t val)
{
	struct timer_state *t = &c->timer;

	timer_update(c);
	t->dec_value = val;
	t->dec_origin = timer_now(c);
	t->dec_stopped = !val;
	timer_changed(c);
}

void timer_tcr_write(struct core *c, uint32_t val)
{
	timer_update(c);
	/* WRC: software sets, only reset clears (9.7). */
	if (!fault_on(FAULT_WRC_CLEARABLE))
		val |= c->spr[SPR_TCR] & TCR_WRC_MASK;
	c->spr[SPR_TCR] = val;
	timer_changed(c);
}

void timer_tsr_clear(struct core *c, uint32_t ones)
{
	timer_update(c);
	c->spr[SPR_TSR] &= ~ones;
}
