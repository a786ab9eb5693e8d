/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Debug events. DBCR0 enables and DBSR records with the same bit positions.
 */
#include "debug.h"

#include "excp.h"
#include "machine.h"

#define DEBUG_STEP_EVENTS                                                                          \
	(DBSR_ICMP | DBSR_BRT | DBSR_IAC1 | DBSR_IAC2 | DBSR_RET)
#define DEBUG_DAC_EVENTS (DBSR_DAC1R | DBSR_DAC1W | DBSR_DAC2R | DBSR_DAC2W)

bool debug_enabled(const struct core *c)
{
	if (!(c->spr[SPR_DBCR0] & DBCR0_IDM) || !(c->msr & MSR_DE))
		return false;
	return (c->msr & MSR_GS) || !(c->spr[SPR_EPCR] & EPCR_DUVD) ||
	       fault_on(FAULT_DUVD_IGNORED);
}

bool debug_stepping(const struct core *c)
{
	return debug_enabled(c) && (c->spr[SPR_DBCR0] & DEBUG_STEP_EVENTS);
}

bool debug_dac_on(const struct core *c)
{
	return debug_enabled(c) && (c->spr[SPR_DBCR0] & DEBUG_DAC_EVENTS);
}

bool debug_pending(const struct core *c)
{
	return (c->spr[SPR_DBSR] & ~DBSR_MRR_MASK) && debug_enabled(c);
}

bool debug_event(struct core *c, uint32_t bit)
{
	if (!(c->spr[SPR_DBCR0] & bit) || !debug_enabled(c))
		return false;
	c->spr[SPR_DBSR] |= bit;
	excp_debug(c);
	return true;
}

/*
 * DBCR1: IAC1US bits 0-1, IAC1ER 2-3, IAC2US 4-5, IAC2ER 6-7, IAC12M 8-9. US: 0 any state,
 * 2 supervisor only, 3 user only.
 */
static bool debug_us_ok(const struct core *c, unsigned us)
{
	bool pr = c->msr & MSR_PR;

	return us == 0 || (us == 2 && !pr) || (us == 3 && pr);
}

bool debug_before(struct core *c)
{
	uint32_t dbcr1 = c->spr[SPR_DBCR1];
	uint32_t iac1 = c->spr[SPR_IAC1] & ~3u;
	uint32_t iac2 = c->spr[SPR_IAC2] & ~3u;
	bool us1 = debug_us_ok(c, dbcr1 >> 30 & 3);
	bool us2 = debug_us_ok(c, dbcr1 >> 26 & 3);
	bool inside = c->pc >= iac1 && c->pc < iac2;

	switch (dbcr1 >> 22 & 3) {
	case 2: /* inclusive range */
		return inside && us1 && debug_event(c, DBSR_IAC1);
	case 3: /* exclusive range */
		return !inside && us1 && debug_event(c, DBSR_IAC1);
	default:
		if (c->pc == iac1 && us1 && debug_event(c, DBSR_IAC1))
			return true;
		return c->pc == iac2 && us2 && debug_event(c, DBSR_IAC2);
	}
}

/* DBCR2: DAC1US 0-1, DAC2US 4-5, DAC12M 8-9 as for IAC. */
bool debug_data(struct core *c, uint32_t ea, unsigned size, bool store)
{
	uint32_t dbcr2 = c->spr[SPR_DBCR2];
	uint32_t dac1 = c->spr[SPR_DAC1];
	uint32_t dac2 = c->spr[SPR_DAC2];
	uint32_t bit1 = store ? DBSR_DAC1W : DBSR_DAC1R;
	uint32_t bit2 = store ? DBSR_DAC2W : DBSR_DAC2R;
	bool us1 = debug_us_ok(c, dbcr2 >> 30 & 3);
	bool us2 = debug_us_ok(c, dbcr2 >> 26 & 3);
	bool inside = ea >= dac1 && ea < dac2;

	switch (dbcr2 >> 22 & 3) {
	case 1: /* address under mask: DAC2 holds the mask */
		return ((ea ^ dac1) & dac2) == 0 && us1 && debug_event(c, bit1);
	case 2:
		return inside && us1 && debug_event(c, bit1);
	case 3:
		return !inside && us1 && debug_event(c, bit1);
	default:
		if (dac1 - ea < size && us1 && debug_event(c, bit1))
			return true;
		return dac2 - ea < size && us2 && debug_event(c, bit2);
	}
}

void debug_dbcr0_write(struct core *c, uint32_t val)
{
	c->spr[SPR_DBCR0] = val;
	if (val & DBCR0_RST_MASK)
		machine_reset_request(c->machine, "DBCR0[RST]");
	core_context_changed(c);
	c->attention = true;
}
