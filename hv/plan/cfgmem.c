/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout: physical memory areas, the hypervisor's memory, and the guest areas that name them. */
/* pure */
#include <string.h>

#include "hv/plan/ctx.h"
#include "hv/plan/geom.h"

static void area_geometry(struct ctx *c, unsigned node, struct plan_pma *pma, bool *is_bad)
{
	const struct tree_prop *addr = tree_prop(&c->cfg, node, "addr");
	const struct tree_prop *size = tree_prop(&c->cfg, node, "size");

	*is_bad = true;
	if (!addr || !size || addr->len != 8 || size->len != 8) {
		diag_add(c, CHECK_AREA_MALFORMED, NONE, node,
			 !addr || addr->len != 8 ? "addr" : "size", NULL,
			 "addr and size must be there with two cells each");
		return;
	}
	pma->base = hpa(tree_cells(addr, 0, 2));
	pma->size = tree_cells(size, 0, 2);
	*is_bad = !range_valid((struct range){hpa_raw(pma->base), pma->size});
	if (*is_bad) {
		diag_add(c, CHECK_AREA_MALFORMED, NONE, node, "size", NULL,
			 "0x%llx bytes from 0x%llx on are no area: %s",
			 (unsigned long long)pma->size, (unsigned long long)hpa_raw(pma->base),
			 pma->size ? "it ends past 2^64" : "size is 0");
	}
}

static void area_add(struct ctx *c, unsigned node)
{
	struct plan *p = c->plan;
	struct plan_pma *pma = &p->pmas[p->pma_count];

	pma->path = ctx_path(c, node);
	pma->owner = OWNER_NOBODY;
	pma->zero = cfg_flag(c, node, "zero-pma");
	c->pma_no_law[p->pma_count] = cfg_flag(c, node, "use-no-law");
	area_geometry(c, node, pma, &c->pma_bad[p->pma_count]);
	if (tree_has(&c->cfg, node, "allocate-cpc-ways")) {
		diag_add(
		    c, plan_is_ppc(p) ? CHECK_CPC_WAYS : CHECK_PROP_ARCH, NONE, node,
		    "allocate-cpc-ways", NULL,
		    plan_is_ppc(p)
			? "allocate-cpc-ways is not executed: the area uses the common cache ways"
			: "allocate-cpc-ways has no meaning on arm64");
	}
	c->pma_of[node] = p->pma_count++;
}

/* hv-persistent-data = <offset(2) size(2)>: the part of the area that survives a warm reboot. */
static void persistent_read(struct ctx *c, unsigned node, const struct plan_pma *pma)
{
	struct plan *p = c->plan;
	const struct tree_prop *d;
	struct range r;

	d = cfg_cells(c, node, "hv-persistent-data", 4, CHECK_HV_PERSISTENT, NONE);
	if (!d) {
		return;
	}
	r = (struct range){tree_cells(d, 0, 2), tree_cells(d, 2, 2)};
	if (!r.size || !range_covers((struct range){0, pma->size}, r.base, r.size)) {
		diag_add(c, CHECK_HV_PERSISTENT, NONE, node, "hv-persistent-data", NULL,
			 "offset 0x%llx size 0x%llx does not lie in the area of 0x%llx bytes",
			 (unsigned long long)r.base, (unsigned long long)r.size,
			 (unsigned long long)pma->size);
	} else if (p->hv_persistent.size) {
		diag_add(c, CHECK_HV_PERSISTENT, NONE, node, "hv-persistent-data", NULL,
			 "there is one already: this one is ignored");
	} else {
		p->hv_persistent = (struct range){hpa_raw(pma->base) + r.base, r.size};
	}
}

static void hv_memory_add(struct ctx *c, unsigned node)
{
	struct plan *p = c->plan;
	unsigned target = cfg_ref(c, node, "phys-mem", CHECK_AND_RIGHT(HV_MEMORY), NONE);
	struct plan_pma *pma;

	if (target == NONE) {
		return;
	}
	if (c->pma_of[target] == NONE || c->pma_bad[c->pma_of[target]]) {
		diag_add(c, CHECK_HV_MEMORY, NONE, node, "phys-mem", ctx_path(c, target),
			 "%s is not a phys-mem-area that can be used", ctx_path(c, target));
		return;
	}
	pma = &p->pmas[c->pma_of[target]];
	pma->owner = OWNER_HV;
	p->hvmem[p->hvmem_count++] = (struct range){hpa_raw(pma->base), pma->size};
	persistent_read(c, node, pma);
}

static void hv_memories(struct ctx *c)
{
	unsigned top = c->hv_config;

	for (unsigned n = top; n != NONE; n = tree_walk(&c->cfg, top, n)) {
		if (cfg_is(c, n, KIND_HV_MEMORY)) {
			hv_memory_add(c, n);
		}
	}
	if (top != NONE && c->plan->hvmem_count == 0) {
		diag_add(c, CHECK_HV_MEMORY, NONE, top, NULL, NULL,
			 "hv-config has no usable hv-memory: %s", plan_right_HV_MEMORY);
	}
	geom_sort(c->plan->hvmem, c->plan->hvmem_count);
}

/* ppc maps with powers of two, naturally aligned, on both sides; arm64 with pages. */
static void guest_addr_read(struct ctx *c, unsigned node, struct gma *g)
{
	struct plan_pma *pma = &c->plan->pmas[g->pma];
	const struct tree_prop *at = tree_prop(&c->cfg, node, "guest-addr");
	uint64_t unit = plan_is_ppc(c->plan) && is_pow2(pma->size) ? pma->size : PAGE_SIZE;

	g->gpa = hpa_raw(pma->base);
	if (at && at->len != 8) {
		diag_add(c, CHECK_GUEST_ADDR, g->part, node, "guest-addr", NULL,
			 "guest-addr must be two cells");
		g->pma = NONE;
		return;
	}
	if (at) {
		g->gpa = tree_cells(at, 0, 2);
	}
	if (!is_aligned(g->gpa, unit)) {
		diag_add(c, CHECK_GUEST_ADDR, g->part, node, "guest-addr", NULL,
			 "guest address 0x%llx is not a multiple of 0x%llx",
			 (unsigned long long)g->gpa, (unsigned long long)unit);
		g->pma = NONE;
	}
}

static void gma_add(struct ctx *c, unsigned node)
{
	struct gma *g = &c->gmas[c->gma_count++];
	unsigned target;
	struct plan_pma *pma;

	*g = (struct gma){.cfg = (uint16_t)node, .part = c->part_of[node], .pma = NONE};
	g->is_dma_only = cfg_flag(c, node, "dma-only");
	target = cfg_ref(c, node, "phys-mem", CHECK_AND_RIGHT(GUEST_AREA), g->part);
	if (target == NONE) {
		return;
	}
	if (c->pma_of[target] == NONE || c->pma_bad[c->pma_of[target]]) {
		diag_add(c, CHECK_GUEST_AREA, g->part, node, "phys-mem", ctx_path(c, target),
			 "%s is not a phys-mem-area that can be used", ctx_path(c, target));
		return;
	}
	g->pma = c->pma_of[target];
	pma = &c->plan->pmas[g->pma];
	if (pma->owner == OWNER_HV) {
		diag_add(c, CHECK_AREA_HV_MEMORY, g->part, node, "phys-mem", pma->path,
			 "%s is memory of the hypervisor (hv-memory), %s cannot have it", pma->path,
			 ctx_part_name(c, g->part));
		g->pma = NONE;
		return;
	}
	if (pma->owner == OWNER_NOBODY) {
		pma->owner = g->part;
	}
	guest_addr_read(c, node, g);
}

/* How many partitions name an area. */
static void users_count(struct ctx *c)
{
	for (unsigned i = 0; i < c->plan->pma_count; i++) {
		uint32_t seen = 0;

		for (unsigned k = 0; k < c->gma_count; k++) {
			if (c->gmas[k].pma == i && c->gmas[k].part < MAX_PARTS) {
				seen |= UINT32_C(1) << c->gmas[k].part;
			}
		}
		/* Counted bit by bit: the compiler's helper would use vector registers. */
		for (; seen != 0; seen &= seen - 1) {
			c->plan->pmas[i].user_count++;
		}
	}
}

static enum err arrays_make(struct ctx *c)
{
	struct plan *p = c->plan;
	unsigned areas = cfg_count(c, KIND_AREA) + 1;
	unsigned guests = cfg_count(c, KIND_GUEST_AREA) + 1;
	unsigned hvs = cfg_count(c, KIND_HV_MEMORY) + 1;

	p->pmas = arena_keep(c->arena, areas * sizeof(*p->pmas));
	p->hvmem = arena_keep(c->arena, hvs * sizeof(*p->hvmem));
	c->gmas = arena_scratch(c->arena, guests * sizeof(*c->gmas));
	c->pma_no_law = arena_scratch(c->arena, areas * sizeof(*c->pma_no_law));
	c->pma_bad = arena_scratch(c->arena, areas * sizeof(*c->pma_bad));
	c->pma_of = arena_scratch(c->arena, c->cfg.node_count * sizeof(*c->pma_of));
	if (!p->pmas || !p->hvmem || !c->gmas || !c->pma_no_law || !c->pma_bad || !c->pma_of) {
		return ERR_SIZE;
	}
	memset(c->pma_of, 0xff, c->cfg.node_count * sizeof(*c->pma_of));
	return OK;
}

enum err cfgmem_scan(struct ctx *c)
{
	enum err e = arrays_make(c);

	if (e != OK) {
		return e;
	}
	for (unsigned i = 1; i < c->cfg.node_count; i++) {
		if (cfg_is(c, i, KIND_AREA)) {
			area_add(c, i);
		}
	}
	hv_memories(c);
	for (unsigned i = 1; i < c->cfg.node_count; i++) {
		if (c->part_of[i] != NONE && cfg_is(c, i, KIND_GUEST_AREA)) {
			gma_add(c, i);
		}
	}
	users_count(c);
	return OK;
}
