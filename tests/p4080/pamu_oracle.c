/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The isolation oracle's view of the PAMU tables (spec 10.5): what an entry opens is checked when
 * the entry becomes effective, long before a master uses it. That is when it is stored as valid
 * into a table of a PAMU at work, or when the PAMU or the table behind it is switched on.
 */
#include "oracle.h"
#include "pamu.h"
#include "pamu_regs.h"
#include "soc.h"

#define ENTRY_SIZE 64
#define LIODNS 4096
/* A sub-window chosen by its secondary entry, or all of them */
#define ALL_ENTRIES UINT64_MAX

struct pamu_table {
	uint64_t base;
	uint64_t limit; /* first byte after it */
};

struct pamu_check {
	struct machine *m;
	struct core *core; /* who made it effective, NULL for a DMA master */
	struct pamu_table primary, secondary;
};

static struct pamu_table pamu_table(const struct pamu *p, uint32_t reg)
{
	const uint32_t *r = &p->reg[reg / 4];

	return (struct pamu_table){(uint64_t)r[0] << 32 | r[1], (uint64_t)r[2] << 32 | r[3]};
}

static bool pamu_works(const struct pamu *p)
{
	return (p->reg[PAMU_PC / 4] & PC_PE) && !guts_pamu_bypassed(p->machine, p->index);
}

/* Entry n of a table; false when there is none or it is not valid. */
static bool pamu_entry_read(const struct machine *m, const struct pamu_table *t, uint64_t n,
			    uint32_t *w)
{
	uint64_t pa = t->base + n * ENTRY_SIZE;

	if (pa >= t->limit || pa + ENTRY_SIZE > m->bus.ram.size)
		return false;
	for (unsigned i = 0; i < ENTRY_SIZE / 4; i++)
		w[i] = be32_get(m->bus.ram.mem + pa + 4 * i);
	return w[1] & PAACE_V;
}

/* One (sub-)window at bus address `at`, decided by entry w. */
static void pamu_check_window(const struct pamu_check *k, unsigned liodn, const uint32_t *w,
			      uint64_t at, uint64_t size)
{
	unsigned ap = w[1] >> 3 & 3;

	if ((w[3] >> 2 & 3) == 1)
		at = (uint64_t)w[4] << 32 | (w[5] & 0xfffff000u);
	if (ap && size)
		oracle_pamu_entry(k->m, k->core, liodn, at & BUS_ADDR_MASK, size, ap & 2);
}

/* What LIODN's primary entry opens; with `only`, just the sub-window of that secondary entry. */
static void pamu_check_liodn(const struct pamu_check *k, unsigned liodn, uint64_t only)
{
	uint32_t w[ENTRY_SIZE / 4], s[ENTRY_SIZE / 4];
	uint64_t base, size, count;

	if (!pamu_entry_read(k->m, &k->primary, liodn, w))
		return;
	base = (uint64_t)w[0] << 32 | (w[1] & 0xfffff000u);
	size = UINT64_C(2) << (w[1] >> 6 & 0x3f);
	count = w[1] & PAACE_MW ? UINT64_C(2) << (w[3] >> 4 & 15) : 1;
	if (only == ALL_ENTRIES) {
		uint64_t first = UINT64_C(2) << (w[5] & 0x3f);

		size /= count;
		pamu_check_window(k, liodn, w, base, count > 1 && first < size ? first : size);
		size *= count;
	}
	for (uint64_t n = 1; n < count; n++) {
		uint64_t entry = w[6] + n - 1;
		uint64_t sub = size / count, limit;

		if ((only != ALL_ENTRIES && only != entry) ||
		    !pamu_entry_read(k->m, &k->secondary, entry, s))
			continue;
		limit = UINT64_C(2) << (s[5] & 0x3f);
		pamu_check_window(k, liodn, s, base + n * sub, limit < sub ? limit : sub);
	}
}

static bool pamu_check_begin(struct pamu_check *k, const struct pamu *p, unsigned source)
{
	struct machine *m = p->machine;

	if (!m->oracle || !pamu_works(p))
		return false;
	k->m = m;
	k->core = source < m->cfg.cores ? m->core[source] : NULL;
	k->primary = pamu_table(p, PAMU_PPBAH);
	k->secondary = pamu_table(p, PAMU_SPBAH);
	return true;
}

/* Stores to the table must be told from now on. */
static void pamu_watch(struct machine *m, const struct pamu_table *t)
{
	uint64_t end = t->limit < m->bus.ram.size ? t->limit : m->bus.ram.size;

	for (uint64_t pa = t->base; pa < end; pa = (pa | (BUS_PAGE_SIZE - 1)) + 1)
		m->bus.ram.flags[pa >> BUS_PAGE_SHIFT] |= BUS_PAGE_TABLE;
	for (unsigned n = 0; n < m->cfg.cores; n++)
		core_flush_stores(m->core[n]);
}

void pamu_tables_changed(struct machine *m, unsigned source)
{
	const struct pamu *p = m->pamu;
	struct pamu_check k;

	for (unsigned i = 0; p && i < PAMU_COUNT; i++) {
		if (!pamu_check_begin(&k, &p[i], source))
			continue;
		pamu_watch(m, &k.primary);
		pamu_watch(m, &k.secondary);
		for (unsigned liodn = 0; liodn < LIODNS; liodn++)
			pamu_check_liodn(&k, liodn, ALL_ENTRIES);
	}
}

/* Entries [*first, *end) of the table that [pa, pa+size) touches; false when none. */
static bool pamu_touched(const struct pamu_table *t, uint64_t pa, unsigned size, uint64_t *first,
			 uint64_t *end)
{
	if (pa + size <= t->base || pa >= t->limit)
		return false;
	*first = pa < t->base ? 0 : (pa - t->base) / ENTRY_SIZE;
	*end = (pa + size - t->base + ENTRY_SIZE - 1) / ENTRY_SIZE;
	return true;
}

void pamu_table_store(struct machine *m, uint64_t pa, unsigned size, unsigned source)
{
	const struct pamu *p = m->pamu;
	struct pamu_check k;
	uint64_t n, end;

	for (unsigned i = 0; p && i < PAMU_COUNT; i++) {
		if (!pamu_check_begin(&k, &p[i], source))
			continue;
		if (pamu_touched(&k.primary, pa, size, &n, &end)) {
			for (; n < end && n < LIODNS; n++)
				pamu_check_liodn(&k, (unsigned)n, ALL_ENTRIES);
		}
		if (!pamu_touched(&k.secondary, pa, size, &n, &end))
			continue;
		for (; n < end; n++) {
			for (unsigned liodn = 0; liodn < LIODNS; liodn++)
				pamu_check_liodn(&k, liodn, n);
		}
	}
}
