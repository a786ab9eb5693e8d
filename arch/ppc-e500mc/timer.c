/* SPDX-License-Identifier: BSD-3-Clause */
/* Decrementer, fixed-interval timer and watchdog of a guest, all on the hardware decrementer. */
/* trap context: own CPU; the timebase itself is the guest's to read natively */
#include "emul.h"

#include "hv/cpu.h"
#include "hv/part.h"
#include "pic.h"

#define NEVER UINT64_MAX

/* Timebase bit (LSB-0) that TCR selects: two bits and a four-bit extension count from the top. */
static unsigned int period_bit(uint32_t tcr, uint32_t low, uint32_t ext)
{
	return 63 - (unsigned int)(field_get(ext, tcr) << 2 | field_get(low, tcr));
}

/* First time after `now` at which that bit changes from 0 to 1. */
static uint64_t next_rise(uint64_t now, unsigned int bit)
{
	uint64_t half = BIT(bit);
	uint64_t rise = bit == 63 ? half : ((now >> (bit + 1)) << (bit + 1)) + half;

	if (rise > now) {
		return rise;
	}
	return bit == 63 ? NEVER : rise + 2 * half;
}

/* An interrupt is pending while its status and its enable bit are both set: level, all three. */
static void update_pending(struct vcpu *v)
{
	static const struct {
		uint32_t status, enable;
		enum ppc_pending p;
	} rows[] = {
		{ TSR_DIS, TCR_DIE, PPC_PEND_DECREMENTER },
		{ TSR_FIS, TCR_FIE, PPC_PEND_FIT },
		{ TSR_WIS, TCR_WIE, PPC_PEND_WATCHDOG },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		bool on = (v->arch.g.tsr & rows[i].status) && (v->arch.g.tcr & rows[i].enable);

		if (on) {
			pend(v, rows[i].p);
		} else {
			unpend(v, rows[i].p);
		}
	}
}

/* One watchdog period has passed (EREF 5.7.4): ENW, then WIS, then the reset WRC asks for. */
static void watchdog_expire(struct vcpu *v)
{
	struct ppc_guest *g = &v->arch.g;

	if ((g->tsr & TSR_ENW) == 0) {
		g->tsr |= TSR_ENW;
	} else if ((g->tsr & TSR_WIS) == 0) {
		g->tsr |= TSR_WIS;
	} else if ((g->tcr & TCR_WRC) != 0) {
		g->tsr |= g->tcr & TCR_WRC;
		v->arch.wrs = g->tcr & TCR_WRC;
		part_watchdog(v);
	}
}

static void decrementer_expire(struct ppc_guest *g, uint64_t now)
{
	g->tsr |= TSR_DIS;
	g->dec_at = NEVER;
	if ((g->tcr & TCR_ARE) != 0 && g->decar != 0) {
		g->dec_at = now + g->decar;
	}
}

/* Bring the status bits up to `now`. */
static void catch_up(struct vcpu *v, uint64_t now)
{
	struct ppc_guest *g = &v->arch.g;

	if (now >= g->dec_at) {
		uint64_t due = g->dec_at;

		decrementer_expire(g, due);
		if (g->dec_at <= now) {
			/* Periods that nobody could have seen: keep the phase, drop the count. */
			g->dec_at += (now - due) / g->decar * g->decar;
		}
	}
	if (now >= g->fit_at) {
		g->tsr |= TSR_FIS;
		g->fit_at = next_rise(now, period_bit(g->tcr, TCR_FP, TCR_FPEXT));
	}
	while (now >= g->wdog_at) {
		g->wdog_at = next_rise(g->wdog_at, period_bit(g->tcr, TCR_WP, TCR_WPEXT));
		watchdog_expire(v);
		if ((g->tsr & (TSR_ENW | TSR_WIS)) == (TSR_ENW | TSR_WIS) && g->wdog_at <= now) {
			g->wdog_at = next_rise(now, period_bit(g->tcr, TCR_WP, TCR_WPEXT));
		}
	}
	update_pending(v);
}

/* Arm the hardware for the earliest moment that changes something the guest would notice unasked. */
void timer_rearm(struct vcpu *v)
{
	struct ppc_guest *g = &v->arch.g;
	uint64_t when = v->cpu->arch.timer_when;

	if (g->dec_at < when && ((g->tcr & TCR_DIE) != 0 || (g->tcr & TCR_ARE) != 0)) {
		when = g->dec_at;
	}
	if (g->fit_at < when && (g->tcr & TCR_FIE) != 0) {
		when = g->fit_at;
	}
	if (g->wdog_at < when && (g->tcr & (TCR_WIE | TCR_WRC)) != 0) {
		when = g->wdog_at;
	}
	if (pic_timer_due(v) < when) {
		when = pic_timer_due(v);
	}
	timer_hw_arm(when);
}

void timer_reset(struct vcpu *v)
{
	struct ppc_guest *g = &v->arch.g;

	g->tcr = 0;
	g->tsr = 0;
	g->decar = 0;
	g->dec_at = NEVER;
	g->fit_at = next_rise(arch_time_now(), 63);
	g->wdog_at = next_rise(arch_time_now(), 63);
	update_pending(v);
	timer_rearm(v);
}

void timer_set_dec(struct vcpu *v, uint32_t ticks)
{
	v->arch.g.dec_at = ticks != 0 ? arch_time_now() + ticks : NEVER;
	timer_rearm(v);
}

uint32_t timer_get_dec(struct vcpu *v)
{
	uint64_t now = arch_time_now();

	if (v->arch.g.dec_at == NEVER || v->arch.g.dec_at <= now) {
		return 0;
	}
	return (uint32_t)(v->arch.g.dec_at - now);
}

void timer_set_tcr(struct vcpu *v, uint32_t tcr)
{
	struct ppc_guest *g = &v->arch.g;
	uint64_t now = arch_time_now();

	catch_up(v, now);
	/* Once set, WRC cannot be cleared by software (EREF 5.7.1). */
	g->tcr = tcr | (g->tcr & TCR_WRC);
	g->fit_at = next_rise(now, period_bit(tcr, TCR_FP, TCR_FPEXT));
	g->wdog_at = next_rise(now, period_bit(tcr, TCR_WP, TCR_WPEXT));
	update_pending(v);
	timer_rearm(v);
}

void timer_clear_tsr(struct vcpu *v, uint32_t bits)
{
	catch_up(v, arch_time_now());
	v->arch.g.tsr &= ~(bits & ~TSR_WRS);
	update_pending(v);
}

void timer_tick(struct vcpu *v)
{
	catch_up(v, arch_time_now());
	pic_timer_tick(v, arch_time_now());
	timer_rearm(v);
}

uint32_t timer_get_tsr(struct vcpu *v)
{
	catch_up(v, arch_time_now());
	return v->arch.g.tsr;
}
