/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Performance monitor counters, brought up to date on demand (e500mc manual chapter 9, spec 5.5).
 * One cycle is one instruction slot, so cycles and instructions differ only by idle time and by
 * interrupted instructions.
 */
#include "pmu.h"

#include "excp.h"
#include "machine.h"

#define PMU_COUNTERS 4

static bool pmu_frozen(const struct core *c, unsigned n)
{
	uint32_t a = c->pmr[PMR_PMLCA0 + n];
	bool pr = c->msr & MSR_PR;
	bool pmm = c->msr & MSR_PMM;

	if ((c->pmr[PMR_PMGC0] & PMGC0_FAC) || (a & PMLCA_FC))
		return true;
	return (pr ? a & PMLCA_FCU : a & PMLCA_FCS) || (pmm ? a & PMLCA_FCM1 : a & PMLCA_FCM0);
}

static unsigned pmu_event(const struct core *c, unsigned n)
{
	return c->pmr[PMR_PMLCA0 + n] >> 16 & 0xff;
}

static uint64_t pmu_insns(const struct core *c)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < STATS_STATE_COUNT; i++)
		sum += c->stats.insn[i];
	return sum;
}

void pmu_update(struct core *c)
{
	uint64_t cycles = core_cycle(c);
	uint64_t insns;

	excp_account(c, 0);
	insns = pmu_insns(c);
	for (unsigned n = 0; n < PMU_COUNTERS; n++) {
		uint64_t add = 0;
		uint32_t *pmc = &c->pmr[PMR_PMC0 + n];
		uint32_t old = *pmc;

		if (pmu_frozen(c, n))
			continue;
		if (pmu_event(c, n) == 1)
			add = cycles - c->pmu_seen[0];
		else if (pmu_event(c, n) == 2)
			add = insns - c->pmu_seen[1];
		*pmc += (uint32_t)add;
		if ((c->pmr[PMR_PMLCA0 + n] & PMLCA_CE) && (*pmc & ~old & 0x80000000u) &&
		    (c->pmr[PMR_PMGC0] & PMGC0_FCECE))
			c->pmr[PMR_PMGC0] |= PMGC0_FAC;
	}
	c->pmu_seen[0] = cycles;
	c->pmu_seen[1] = insns;
}

bool pmu_interrupt(struct core *c)
{
	if (!(c->pmr[PMR_PMGC0] & PMGC0_PMIE))
		return false;
	pmu_update(c);
	for (unsigned n = 0; n < PMU_COUNTERS; n++) {
		if ((c->pmr[PMR_PMLCA0 + n] & PMLCA_CE) && (c->pmr[PMR_PMC0 + n] & 0x80000000u))
			return true;
	}
	return false;
}

uint64_t pmu_next(struct core *c)
{
	uint64_t next = EVENT_NEVER;

	if (!(c->pmr[PMR_PMGC0] & (PMGC0_PMIE | PMGC0_FCECE)))
		return next;
	pmu_update(c);
	for (unsigned n = 0; n < PMU_COUNTERS; n++) {
		uint32_t pmc = c->pmr[PMR_PMC0 + n];

		if (!(c->pmr[PMR_PMLCA0 + n] & PMLCA_CE) || pmu_frozen(c, n) ||
		    (pmc & 0x80000000u) || !pmu_event(c, n) || pmu_event(c, n) > 2)
			continue;
		if (0x80000000u - pmc < next)
			next = 0x80000000u - pmc;
	}
	return next;
}

bool pmu_valid(unsigned n, bool *user)
{
	static const uint16_t banks[] = {PMR_PMC0, PMR_PMLCA0, PMR_PMLCB0};

	*user = false;
	for (unsigned i = 0; i < ARRAY_COUNT(banks); i++) {
		if (n - banks[i] < PMU_COUNTERS)
			return true;
		if (n - (banks[i] - 16u) < PMU_COUNTERS) {
			*user = true;
			return true;
		}
	}
	*user = n == PMR_PMGC0 - 16;
	return n == PMR_PMGC0 || n == PMR_PMGC0 - 16;
}

uint32_t pmu_read(struct core *c, unsigned n)
{
	bool user;

	pmu_update(c);
	if (!pmu_valid(n, &user))
		return 0;
	return c->pmr[user ? n + 16 : n];
}

void pmu_write(struct core *c, unsigned n, uint32_t val)
{
	pmu_update(c);
	c->pmr[n] = val;
	core_kick(c);
}
