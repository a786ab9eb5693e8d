/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reservation bookkeeping (Power ISA Book II 1.7.3.1; granule = 64-byte coherency block).
 */
#include "reserve.h"

#include "machine.h"

static void reserve_unwatch(struct core *c)
{
	struct machine *m = c->machine;
	uint64_t page = c->res_pa >> BUS_PAGE_SHIFT;

	c->res_watched = false;
	for (unsigned i = 0; i < m->cfg.cores; i++) {
		const struct core *o = m->core[i];

		if (o != c && o->res_watched && o->res_pa >> BUS_PAGE_SHIFT == page)
			return;
	}
	m->bus.ram.flags[page] &= (uint8_t)~BUS_PAGE_WATCH;
}

void reserve_clear(struct core *c)
{
	c->res_valid = false;
	if (c->res_watched)
		reserve_unwatch(c);
}

void reserve_set(struct core *c, uint64_t pa)
{
	reserve_clear(c);
	c->res_valid = true;
	c->res_pa = pa;
}

void reserve_suspend(struct core *c)
{
	struct machine *m = c->machine;

	if (!c->res_valid || c->res_watched || c->res_pa >= m->bus.ram.size)
		return;
	if (fault_on(FAULT_RESERVATION_NO_SNOOP))
		return;
	c->res_watched = true;
	m->bus.ram.flags[c->res_pa >> BUS_PAGE_SHIFT] |= BUS_PAGE_WATCH;
	for (unsigned i = 0; i < m->cfg.cores; i++)
		core_flush_stores(m->core[i]);
}

void reserve_snoop(struct machine *m, uint64_t pa, unsigned source)
{
	for (unsigned i = 0; i < m->cfg.cores; i++) {
		struct core *c = m->core[i];

		if (i == source || !c->res_valid || fault_on(FAULT_RESERVATION_NO_SNOOP))
			continue;
		if ((c->res_pa ^ pa) / RESERVE_LINE == 0)
			reserve_clear(c);
	}
}
