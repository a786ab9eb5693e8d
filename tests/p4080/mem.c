/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data accesses that miss the translation cache: translation, page crossing, devices.
 */
#include "mem.h"

#include "debug.h"
#include "excp.h"
#include "machine.h"

#define ATTR_I 0x8u /* MAS2: caching inhibited */

/* An access split at a page boundary: at most two parts. */
struct mem_part {
	uint64_t pa;
	unsigned size;
};

static void mem_fill(struct core *c, uint32_t ea, enum bus_kind kind, uint64_t pa)
{
	struct bus *b = &c->machine->bus;
	uint8_t *host = bus_page(b, pa, kind);

	if (!host || c->dac)
		return;
	c->stats.soft_fill[kind]++;
	if (kind == BUS_LOAD) {
		c->rd[(ea >> 12) % SOFT_SLOTS] = (struct soft_slot){c->ctx_load | (ea >> 12), host};
		return;
	}
	if (pa < b->ram.size && b->ram.flags[pa >> BUS_PAGE_SHIFT])
		return;
	if (pa < b->ram.size)
		c->wr[(ea >> 12) % SOFT_SLOTS] = (struct soft_slot){c->ctx_store | (ea >> 12), host};
}

/* Translate [ea, ea+size) into one or two parts; *count parts are valid on success. */
static bool mem_parts(struct core *c, struct mmu_access *a, unsigned size, struct mem_part *part,
		      unsigned *count)
{
	unsigned first = 4096 - (a->ea & 0xfff);
	uint32_t ea = a->ea;
	struct mmu_result r;

	*count = first < size ? 2 : 1;
	for (unsigned n = 0; n < *count; n++) {
		part[n].size = *count == 1 ? size : n ? size - first : first;
		if (!mmu_translate(c, a, &r))
			return false;
		part[n].pa = r.pa;
		if (r.pa >= CCSR_BASE && r.pa < CCSR_BASE + CCSR_SIZE && !(r.attr & ATTR_I))
			lint_report(c, LINT_CCSR_CACHEABLE, "ea %08x pa %09llx", a->ea,
				    (unsigned long long)r.pa);
		if (!a->epid)
			mem_fill(c, a->ea, a->kind, r.pa);
		a->ea = ea + first;
	}
	a->ea = ea;
	return true;
}

static bool mem_bus_error(struct core *c, uint64_t pa, uint32_t kind)
{
	excp_account(c, 1);
	core_machine_check(c, MCSR_MAV | kind, pa);
	/* Precise in this model: the instruction did not complete; the interrupt comes next. */
	return false;
}

bool mem_phys_read(struct core *c, uint64_t pa, unsigned size, uint64_t *v)
{
	struct bus_req req = {pa, (uint16_t)size, (uint16_t)c->index, 0, BUS_LOAD};

	return bus_read(&c->machine->bus, &req, v) || mem_bus_error(c, pa, MCSR_LD);
}

bool mem_phys_write(struct core *c, uint64_t pa, unsigned size, uint64_t v)
{
	struct bus_req req = {pa, (uint16_t)size, (uint16_t)c->index, 0, BUS_STORE};

	return bus_write(&c->machine->bus, &req, v) || mem_bus_error(c, pa, MCSR_ST);
}

/* One part of odd size goes byte by byte (misaligned across a page). */
static bool mem_part_read(struct core *c, const struct mem_part *p, uint64_t *v)
{
	uint64_t byte;

	if ((p->size & (p->size - 1)) == 0)
		return mem_phys_read(c, p->pa, p->size, v);
	*v = 0;
	for (unsigned n = 0; n < p->size; n++) {
		if (!mem_phys_read(c, p->pa + n, 1, &byte))
			return false;
		*v = *v << 8 | byte;
	}
	return true;
}

static bool mem_part_write(struct core *c, const struct mem_part *p, uint64_t v)
{
	if ((p->size & (p->size - 1)) == 0)
		return mem_phys_write(c, p->pa, p->size, v);
	for (unsigned n = 0; n < p->size; n++) {
		if (!mem_phys_write(c, p->pa + n, 1, v >> (8 * (p->size - 1 - n)) & 0xff))
			return false;
	}
	return true;
}

static bool mem_load(struct core *c, struct mmu_access *a, unsigned size, uint64_t *v)
{
	struct mem_part part[2];
	unsigned count;
	uint64_t low = 0;

	if (c->dac && debug_data(c, a->ea, size, false))
		return false;
	if (!mem_parts(c, a, size, part, &count) || !mem_part_read(c, &part[0], v))
		return false;
	if (count == 1)
		return true;
	if (!mem_part_read(c, &part[1], &low))
		return false;
	*v = *v << (8 * part[1].size) | low;
	return true;
}

static bool mem_store(struct core *c, struct mmu_access *a, unsigned size, uint64_t v)
{
	struct mem_part part[2];
	unsigned count;

	if (c->dac && debug_data(c, a->ea, size, true))
		return false;
	/* Both pages are checked before either is written. */
	if (!mem_parts(c, a, size, part, &count))
		return false;
	if (count == 1)
		return mem_part_write(c, &part[0], v);
	return mem_part_write(c, &part[0], v >> (8 * part[1].size)) &&
	       mem_part_write(c, &part[1], v & ((UINT64_C(1) << (8 * part[1].size)) - 1));
}

bool mem_load_slow(struct core *c, const struct insn *i, uint32_t ea, unsigned size, uint64_t *v)
{
	struct mmu_access a = {.ea = ea, .kind = BUS_LOAD, .sp = mmu_space_data(c)};

	insn_set_pc(c, i);
	return mem_load(c, &a, size, v);
}

bool mem_store_slow(struct core *c, const struct insn *i, uint32_t ea, unsigned size, uint64_t v)
{
	struct mmu_access a = {.ea = ea, .kind = BUS_STORE, .sp = mmu_space_data(c)};

	insn_set_pc(c, i);
	return mem_store(c, &a, size, v);
}

struct mmu_space mem_space_epid(const struct core *c, bool store)
{
	uint32_t epc = c->spr[store ? SPR_EPSC : SPR_EPLC];
	struct mmu_space sp = mmu_space_data(c);
	bool guest = c->msr & MSR_GS;

	if (!fault_on(FAULT_EPID_EPR_IGNORED))
		sp.pr = epc & EPC_EPR;
	if (!fault_on(FAULT_EPID_EAS_IGNORED))
		sp.as = epc & EPC_EAS;
	sp.pid = epc & EPC_EPID_MASK & 0xff;
	/* Guest state: EGS is forced to 1 and ELPID to LPIDR (spec 6.5). */
	if (guest && !fault_on(FAULT_EPID_EGS_UNFORCED))
		return sp;
	if (!fault_on(FAULT_EPID_EGS_IGNORED))
		sp.gs = epc & EPC_EGS;
	if (!fault_on(FAULT_ELPID_IGNORED))
		sp.lpid = (epc & EPC_ELPID_MASK) >> 16;
	return sp;
}

bool mem_load_epid(struct core *c, const struct insn *i, uint32_t ea, unsigned size, uint64_t *v)
{
	struct mmu_access a = {
		.ea = ea, .kind = BUS_LOAD, .sp = mem_space_epid(c, false), .epid = true};

	insn_set_pc(c, i);
	return mem_load(c, &a, size, v);
}

bool mem_store_epid(struct core *c, const struct insn *i, uint32_t ea, unsigned size, uint64_t v)
{
	struct mmu_access a = {
		.ea = ea, .kind = BUS_STORE, .sp = mem_space_epid(c, true), .epid = true};

	insn_set_pc(c, i);
	return mem_store(c, &a, size, v);
}

bool mem_translate(struct core *c, const struct insn *i, uint32_t ea, enum bus_kind kind,
		   struct mmu_result *r)
{
	struct mmu_access a = {.ea = ea, .kind = kind, .sp = mmu_space_data(c)};

	insn_set_pc(c, i);
	if (c->dac && debug_data(c, ea, 1, kind == BUS_STORE))
		return false;
	return mmu_translate(c, &a, r);
}
