/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ownership ranges and the checks against them.
 */
#include "oracle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "machine.h"

#define ORACLE_RANGES 512

enum oracle_kind { ORACLE_LPID, ORACLE_LIODN, ORACLE_HV };

struct oracle_range {
	enum oracle_kind kind;
	unsigned id;
	bool read_only;
	uint64_t base;
	uint64_t size;
};

struct oracle {
	struct oracle_range range[ORACLE_RANGES];
	unsigned count;
};

static bool oracle_line(struct oracle *o, char *line)
{
	struct oracle_range r = {.kind = ORACLE_HV};
	char kind[8], ro[4] = "";
	char *hash = strchr(line, '#');
	int n;

	if (hash)
		*hash = 0;
	if (sscanf(line, " %7s", kind) != 1)
		return true;
	if (!strcmp(kind, "hv")) {
		n = sscanf(line, " hv %" SCNi64 " %" SCNi64, (int64_t *)&r.base,
			   (int64_t *)&r.size);
		n++;
	} else {
		r.kind = strcmp(kind, "lpid") ? ORACLE_LIODN : ORACLE_LPID;
		if (r.kind == ORACLE_LIODN && strcmp(kind, "liodn"))
			return false;
		n = sscanf(line, " %*s %i %" SCNi64 " %" SCNi64 " %3s", (int *)&r.id,
			   (int64_t *)&r.base, (int64_t *)&r.size, ro);
		r.read_only = !strcmp(ro, "ro");
	}
	if (n < 3 || o->count == ORACLE_RANGES)
		return false;
	o->range[o->count++] = r;
	return true;
}

struct oracle *oracle_load(const char *path)
{
	struct oracle *o = calloc(1, sizeof(*o));
	FILE *f = fopen(path, "r");
	char line[256];
	unsigned n = 0;

	if (!f || !o) {
		fprintf(stderr, "facet-p4080: cannot read %s\n", path);
		free(o);
		if (f)
			fclose(f);
		return NULL;
	}
	while (fgets(line, sizeof(line), f)) {
		n++;
		if (!oracle_line(o, line)) {
			fprintf(stderr, "%s:%u: not an owner line\n", path, n);
			fclose(f);
			free(o);
			return NULL;
		}
	}
	fclose(f);
	return o;
}

void oracle_free(struct oracle *o)
{
	free(o);
}

/* May `id` reach all of [base, base+size)? Ranges of one owner may adjoin. */
static bool oracle_allows(const struct oracle *o, enum oracle_kind kind, unsigned id, uint64_t base,
			  uint64_t size, bool write)
{
	uint64_t at = base;

	while (at - base < size) {
		bool moved = false;

		for (unsigned i = 0; i < o->count && !moved; i++) {
			const struct oracle_range *r = &o->range[i];

			if (r->kind != kind || r->id != id || (write && r->read_only) ||
			    at - r->base >= r->size)
				continue;
			at = r->base + r->size;
			moved = true;
		}
		if (!moved)
			return false;
	}
	return true;
}

void oracle_tlb_write(struct core *c, const struct tlb_entry *e)
{
	const struct oracle *o = c->machine->oracle;
	uint64_t size = (uint64_t)(uint32_t)~e->mask + 1;
	bool write = e->perm & (MAS3_UW | MAS3_SW);

	/* VF entries translate nothing: every data access to them traps; they may not execute. */
	if (!o || !e->valid || !e->tgs || !(e->perm & MAS3_PERM_MASK))
		return;
	if (e->vf && !(e->perm & (MAS3_UX | MAS3_SX)))
		return;
	if (!oracle_allows(o, ORACLE_LPID, e->lpid, e->rpn & ~(size - 1), size, write))
		lint_report(c, LINT_ISOLATION,
			    "tlbwe gives lpid %u ea %08x -> pa %09" PRIx64 " size %" PRIx64,
			    e->lpid, e->epn, e->rpn, size);
}

void oracle_access(struct core *c, const struct mmu_access *a, uint64_t pa)
{
	const struct oracle *o = c->machine->oracle;

	if (!o || !a->sp.gs)
		return;
	if (!oracle_allows(o, ORACLE_LPID, a->sp.lpid, pa, 1, a->kind == BUS_STORE))
		lint_report(c, LINT_ISOLATION, "lpid %u reaches pa %09" PRIx64 " at ea %08x",
			    a->sp.lpid, pa, a->ea);
}

static bool oracle_hits_hypervisor(const struct oracle *o, uint64_t pa, uint64_t size)
{
	for (unsigned i = 0; i < o->count; i++) {
		const struct oracle_range *r = &o->range[i];

		if (r->kind == ORACLE_HV && pa < r->base + r->size && r->base < pa + size)
			return true;
	}
	return false;
}

void oracle_pamu_entry(struct machine *m, struct core *c, unsigned liodn, uint64_t pa,
		       uint64_t size, bool write)
{
	const struct oracle *o = m->oracle;

	if (!o)
		return;
	if (oracle_hits_hypervisor(o, pa, size))
		lint_report(c, LINT_DMA_HYPERVISOR,
			    "pamu entry opens pa %09" PRIx64 " size %" PRIx64 " to liodn %u", pa, size,
			    liodn);
	if (!oracle_allows(o, ORACLE_LIODN, liodn, pa, size, write))
		lint_report(c, LINT_ISOLATION,
			    "pamu entry opens pa %09" PRIx64 " size %" PRIx64 " to liodn %u, %s", pa,
			    size, liodn, write ? "writable" : "readable");
}

void oracle_dma(struct machine *m, unsigned liodn, uint64_t pa, size_t len, bool write)
{
	const struct oracle *o = m->oracle;

	if (!o || !len)
		return;
	if (oracle_hits_hypervisor(o, pa, len))
		lint_report(NULL, LINT_DMA_HYPERVISOR, "liodn %u pa %09" PRIx64, liodn, pa);
	if (!oracle_allows(o, ORACLE_LIODN, liodn, pa, len, write))
		lint_report(NULL, LINT_ISOLATION, "liodn %u reaches pa %09" PRIx64, liodn, pa);
}
