/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout: what each DMA stream of a partition may reach, and with which attributes. */
/* pure; docs/binding.md "DMA" */
#include <string.h>

#include "hv/plan/ctx.h"

#define LIODN_END 1280u
#define SLOTS_MAX 256u

static bool size_ok(const struct ctx *c, uint64_t size)
{
	return size >= PAGE_SIZE &&
	       (plan_is_ppc(c->plan) ? is_pow2(size) : is_aligned(size, PAGE_SIZE));
}

/* Memory or registers of the partition behind a guest range, in one piece of host memory. */
static bool backing(const struct ctx *c, const struct plan_part *part, struct range r, hpa_t *out)
{
	/* PAMU windows may lead to registers; an SMMU's tables hold memory alone */
	uint32_t not = plan_is_ppc(c->plan) ? 0 : PLAN_MEM_DEVICE;
	uint64_t at = r.base, left = r.size;

	for (unsigned i = 0; i < part->mem_count; i++) {
		const struct plan_mem *m = &part->mems[i];
		struct range g = {gpa_raw(m->gpa), m->size};
		uint64_t here, step;

		if (!(m->flags & PLAN_MEM_W) || (m->flags & not ) || !range_has(g, at)) {
			continue;
		}
		here = hpa_raw(m->hpa) + (at - g.base);
		if (at == r.base) {
			*out = hpa(here);
		} else if (here != hpa_raw(*out) + (at - r.base)) {
			return false;
		}
		step = g.size - (at - g.base);
		if (step >= left) {
			return true;
		}
		at += step;
		left -= step;
	}
	return false;
}

/* ---------------------------------------------------------------- windows */

/* Host address of the page that takes the MSIs of a PCI device: of the bank the partition is given.
 */
static bool msi_page(struct ctx *c, unsigned part, hpa_t *out)
{
	const struct plan *p = c->plan;

	for (unsigned d = 0; d < p->dev_count; d++) {
		const struct plan_dev *dev = &p->devs[d];
		const struct plan_reg *reg = &p->regs[dev->reg_first];

		if (dev->owner != part || dev->reg_count == 0 ||
		    !(tree_is_compatible(&c->hw, c->node_of[d], "fsl,mpic-msi") ||
		      tree_is_compatible(&c->hw, c->node_of[d], "fsl,mpic-msi-v4.3"))) {
			continue;
		}
		*out = hpa(align_down(dev->reg_count > 1 ? hpa_raw(reg[1].base)
							 : hpa_raw(reg[0].base) + MSIIR_OFFSET,
				      PAGE_SIZE));
		return true;
	}
	return false;
}

static void sub_finding(struct ctx *c, unsigned part, unsigned node, const char *prop,
			const char *why)
{
	diag_add(c, CHECK_DMA_SUBWINDOW, part, node, prop, NULL, "%s: %s", why,
		 plan_right_DMA_SUBWINDOW);
}

/* Address and size of a subwindow; false after a finding. */
static bool sub_geometry(struct ctx *c, const struct plan_window *w, unsigned node,
			 struct plan_subwindow *s, uint64_t slot_size)
{
	const struct tree_prop *at = tree_prop(&c->cfg, node, "guest-addr");
	const struct tree_prop *size = tree_prop(&c->cfg, node, "size");
	uint64_t off;

	if (!at || at->len != 8 || (size && size->len != 8)) {
		sub_finding(c, w->part, node, at && at->len == 8 ? "size" : "guest-addr",
			    "guest-addr and size are two cells each");
		return false;
	}
	s->gpa = gpa(tree_cells(at, 0, 2));
	s->size = size ? tree_cells(size, 0, 2) : slot_size;
	off = gpa_raw(s->gpa) - gpa_raw(w->gpa);
	if (off >= w->size || !is_aligned(off, slot_size)) {
		sub_finding(c, w->part, node, "guest-addr", "it is not at a slot of its window");
		return false;
	}
	if (!size_ok(c, s->size) || s->size > slot_size) {
		sub_finding(c, w->part, node, "size", "it does not fit its slot");
		return false;
	}
	s->slot = (uint16_t)(off >> __builtin_ctzll(slot_size));
	return true;
}

static void sub_add(struct ctx *c, struct plan_window *w, unsigned node, uint64_t slot_size)
{
	struct plan *p = c->plan;
	struct plan_subwindow *s = &p->subwindows[p->subwindow_count];

	*s = (struct plan_subwindow){.path = ctx_path(c, node)};
	if (!sub_geometry(c, w, node, s, slot_size)) {
		return;
	}
	for (unsigned i = 0; i < w->sub_count; i++) {
		if (p->subwindows[w->sub_first + i].slot == s->slot) {
			sub_finding(c, w->part, node, "guest-addr", "its slot is taken");
			return;
		}
	}
	if (cfg_flag(c, node, "pcie-msi-subwindow")) {
		s->kind = PLAN_SUB_MSI;
		s->size = PAGE_SIZE;
		if (!msi_page(c, w->part, &s->hpa)) {
			sub_finding(c, w->part, node, "pcie-msi-subwindow",
				    "the partition has no MSI bank (fsl,mpic-msi)");
			return;
		}
	} else if (cfg_flag(c, node, "srio-ccsr-subwindow")) {
		s->kind = PLAN_SUB_CCSR;
		s->hpa = hpa(gpa_raw(s->gpa));
	} else if (!backing(c, &p->parts[w->part], (struct range){gpa_raw(s->gpa), s->size},
			    &s->hpa)) {
		diag_add(c, CHECK_DMA_UNBACKED, w->part, node, "guest-addr", NULL,
			 "0x%llx bytes from 0x%llx on are not one writable piece of memory of %s",
			 (unsigned long long)s->size, (unsigned long long)gpa_raw(s->gpa),
			 p->parts[w->part].name);
		return;
	}
	w->sub_count++;
	p->subwindow_count++;
}

static void window_slots(struct ctx *c, struct plan_window *w, unsigned node)
{
	const struct tree_prop *count =
	    cfg_cells(c, node, "subwindow-count", 1, CHECK_DMA_SUBWINDOW, w->part);
	uint32_t n = count ? tree_cell(count, 0) : 0;

	w->sub_first = c->plan->subwindow_count;
	if (!count) {
		if (!backing(c, &c->plan->parts[w->part], (struct range){gpa_raw(w->gpa), w->size},
			     &w->hpa)) {
			diag_add(c, CHECK_DMA_UNBACKED, w->part, node, "guest-addr", NULL,
				 "0x%llx bytes from 0x%llx on are not one writable piece of memory "
				 "of %s",
				 (unsigned long long)w->size, (unsigned long long)gpa_raw(w->gpa),
				 c->plan->parts[w->part].name);
		}
		return;
	}
	if (!is_pow2(n) || n < 2 || n > SLOTS_MAX || w->size / PAGE_SIZE < n || !is_pow2(w->size)) {
		sub_finding(c, w->part, node, "subwindow-count", "the count is not possible");
		return;
	}
	w->subwindow_count = (uint16_t)n;
	for (unsigned k = c->cfg.nodes[node].child; k != NONE; k = c->cfg.nodes[k].next) {
		c->is_used[k] = true;
		sub_add(c, w, k, w->size >> __builtin_ctz(n));
	}
}

/* Index of the window that a layout node describes for a partition; NONE after a finding. */
static uint16_t window_get(struct ctx *c, unsigned part, unsigned node)
{
	struct plan *p = c->plan;
	const struct tree_prop *at = tree_prop(&c->cfg, node, "guest-addr");
	const struct tree_prop *size = tree_prop(&c->cfg, node, "size");
	struct plan_window *w = &p->windows[p->window_count];

	for (unsigned i = 0; i < p->window_count; i++) {
		if (c->window_node[i] == node && p->windows[i].part == part) {
			return (uint16_t)i;
		}
	}
	c->kind[node] |= KIND_DMA_WINDOW; /* whoever refers to it makes it one */
	*w = (struct plan_window){.path = ctx_path(c, node), .part = (uint16_t)part};
	c->window_node[p->window_count] = (uint16_t)node;
	if (!at || !size || at->len != 8 || size->len != 8) {
		diag_add(c, CHECK_DMA_WINDOW, part, node,
			 !at || at->len != 8 ? "guest-addr" : "size", NULL,
			 "guest-addr and size must be there with two cells each");
		return NONE;
	}
	w->gpa = gpa(tree_cells(at, 0, 2));
	w->size = tree_cells(size, 0, 2);
	if (!size_ok(c, w->size) ||
	    !is_aligned(gpa_raw(w->gpa), plan_is_ppc(c->plan) ? w->size : PAGE_SIZE) ||
	    !range_valid((struct range){gpa_raw(w->gpa), w->size})) {
		diag_add(c, CHECK_DMA_WINDOW, part, node, "size", NULL,
			 "0x%llx bytes at 0x%llx are no window: %s", (unsigned long long)w->size,
			 (unsigned long long)gpa_raw(w->gpa), plan_right_DMA_WINDOW);
		return NONE;
	}
	window_slots(c, w, node);
	return p->window_count++;
}

/* ---------------------------------------------------------------- streams */

/* The entry of portal-devices for the engine that a child of a portal serves, or NONE. */
static unsigned portal_entry(struct ctx *c, unsigned part, unsigned hw)
{
	unsigned top = tree_child(&c->cfg, c->plan->parts[part].cfg_index, "portal-devices");
	const struct tree_prop *handle = tree_prop(&c->hw, hw, "dev-handle");
	unsigned engine =
	    handle && handle->len == 4 ? tree_by_phandle(&c->hw, tree_cell(handle, 0)) : NONE;

	for (unsigned n = top != NONE ? c->cfg.nodes[top].child : NONE; n != NONE;
	     n = c->cfg.nodes[n].next) {
		const char *name = tree_str(&c->cfg, n, "device");

		if (name && engine != NONE && tree_by_name(&c->hw, name) == engine) {
			return n;
		}
	}
	return NONE;
}

/* Layout node with the settings of a stream: the device's, a portal entry, or a child by
 * liodn-index. */
static unsigned settings_of(struct ctx *c, const struct grant *g, unsigned hw, unsigned index)
{
	unsigned parent = c->hw.nodes[hw].parent, base = g->cfg;

	if (hw != g->hw && tree_is_compatible(&c->hw, parent, "fsl,qman-portal")) {
		base = portal_entry(c, g->owner, hw);
		if (base == NONE) {
			diag_add(c, CHECK_PORTAL, g->owner, g->cfg, NULL,
				 text_keep(c->arena, "hw:%s", tree_path(&c->hw, hw, c->arena, "")),
				 "portal-devices has no entry for the engine that %s serves: no "
				 "DMA for it",
				 c->hw.nodes[hw].name);
			return NONE;
		}
	}
	for (unsigned k = c->cfg.nodes[base].child; k != NONE; k = c->cfg.nodes[k].next) {
		const struct tree_prop *at = tree_prop(&c->cfg, k, "liodn-index");

		if (at && at->len == 4 && tree_cell(at, 0) == index) {
			return k;
		}
	}
	return base;
}

static void attribute_finding(struct ctx *c, unsigned part, unsigned node, const char *prop)
{
	diag_add(c, CHECK_DMA_ATTR, part, node, prop, NULL, "%s is not valid: %s", prop,
		 plan_right_DMA_ATTR);
}

static void attributes_read(struct ctx *c, struct plan_stream *s, unsigned part, unsigned node)
{
	const struct tree_prop *op =
	    cfg_cells(c, node, "operation-mapping", 1, CHECK_DMA_ATTR, part);
	const struct tree_prop *stash = cfg_cells(c, node, "stash-dest", 1, CHECK_DMA_ATTR, part);

	if (op && tree_cell(op, 0) <= 3) {
		s->op_mapping = (uint8_t)tree_cell(op, 0);
	} else if (op) {
		attribute_finding(c, part, node, "operation-mapping");
	}
	if (stash && tree_cell(stash, 0) >= 1 && tree_cell(stash, 0) <= 3) {
		s->stash_dest = (uint8_t)tree_cell(stash, 0);
	} else if (stash) {
		attribute_finding(c, part, node, "stash-dest");
	}
	if (cfg_flag(c, node, "snoop-cpu-only")) {
		s->snoop_cpu_only = s->stash_dest == 1 || s->stash_dest == 2;
		if (!s->snoop_cpu_only) {
			attribute_finding(c, part, node, "snoop-cpu-only");
		}
	}
}

static void stream_read(struct ctx *c, struct plan_stream *s, const struct grant *g, unsigned hw,
			unsigned index)
{
	const struct plan_part *part = &c->plan->parts[g->owner];
	bool is_ppc = plan_is_ppc(c->plan);
	unsigned node = settings_of(c, g, hw, index), target;

	s->no_dma_disable =
	    (part->flags & PLAN_PART_NO_DMA_DISABLE) || cfg_flag(c, g->cfg, "no-dma-disable");
	if (is_ppc && s->id >= LIODN_END) {
		diag_add(c, CHECK_DMA_LIODN, g->owner, g->cfg, "device", NULL,
			 "LIODN %u of %s is too large: it must be below %u", s->id,
			 c->hw.nodes[hw].name, LIODN_END);
		return;
	}
	if (node == NONE) {
		return;
	}
	attributes_read(c, s, g->owner, node);
	if (!tree_has(&c->cfg, node, "dma-window")) {
		if (is_ppc) {
			diag_add(c, CHECK_DMA_NO_WINDOW, g->owner, node, NULL, NULL,
				 "%s has LIODN %u and no dma-window: it cannot do DMA",
				 c->hw.nodes[hw].name, s->id);
		}
		return;
	}
	target = cfg_ref(c, node, "dma-window", CHECK_AND_RIGHT(DMA_WINDOW), g->owner);
	s->window = target != NONE ? window_get(c, g->owner, target) : NONE;
}

/* liodn-index of the children of a device node must point into its list. */
static void indices_check(struct ctx *c, const struct grant *g)
{
	unsigned count = 0;

	for (unsigned n = g->hw; n != NONE; n = tree_walk(&c->hw, g->hw, n)) {
		unsigned d = c->dev_of[n];

		count = d != NONE && c->plan->devs[d].stream_count > count
			    ? c->plan->devs[d].stream_count
			    : count;
	}
	for (unsigned k = c->cfg.nodes[g->cfg].child; k != NONE; k = c->cfg.nodes[k].next) {
		const struct tree_prop *at =
		    cfg_cells(c, k, "liodn-index", 1, CHECK_DMA_LIODN, g->owner);

		if (at && tree_cell(at, 0) >= count) {
			diag_add(c, CHECK_DMA_LIODN, g->owner, k, "liodn-index", NULL,
				 "liodn-index %u: the device has %u LIODNs", tree_cell(at, 0),
				 count);
		}
	}
}

/* portal-devices: each child must name an engine of the board. */
static void portals_check(struct ctx *c, unsigned part)
{
	unsigned top = tree_child(&c->cfg, c->plan->parts[part].cfg_index, "portal-devices");

	for (unsigned n = top != NONE ? c->cfg.nodes[top].child : NONE; n != NONE;
	     n = c->cfg.nodes[n].next) {
		const char *name = tree_str(&c->cfg, n, "device");

		c->is_used[n] = true;
		if (!name || tree_by_name(&c->hw, name) == NONE) {
			diag_add(c, CHECK_PORTAL, part, n, name ? "device" : NULL, NULL, "%s%s",
				 name ? "the board has no engine " : "device is missing",
				 name ? name : "");
		}
	}
}

/* arm64: dma-window on the node of a PCI function. Functions of one stream reach the same. */
static void function_read(struct ctx *c, const struct function *f, struct plan_stream *s)
{
	const struct function *first = &c->functions[s->fn];
	uint32_t mine = tree_u32(&c->cfg, f->cfg, "dma-window", 0);

	if (mine != tree_u32(&c->cfg, first->cfg, "dma-window", 0)) {
		diag_add(c, CHECK_DMA_WINDOW, f->part, f->cfg, mine ? "dma-window" : "device",
			 first->path,
			 "stream 0x%x of %s is also that of %s: both need the same dma-window",
			 s->id, pcifn_name(c, f->rid), pcifn_name(c, first->rid));
	} else if (f == first && tree_has(&c->cfg, f->cfg, "dma-window")) {
		unsigned target =
		    cfg_ref(c, f->cfg, "dma-window", CHECK_AND_RIGHT(DMA_WINDOW), f->part);

		s->window = target != NONE ? window_get(c, f->part, target) : NONE;
	}
}

static void functions_read(struct ctx *c)
{
	for (unsigned i = 0; i < c->plan->pci_fn_count; i++) {
		uint16_t s = c->plan->pci_fns[i].stream;

		if (s != NONE && c->plan->pci_fns[i].owner == c->plan->streams[s].owner) {
			function_read(c, &c->functions[i], &c->plan->streams[s]);
		} else if (tree_has(&c->cfg, c->functions[i].cfg, "dma-window")) {
			diag_add(c, CHECK_DMA_WINDOW, c->functions[i].part, c->functions[i].cfg,
				 "dma-window", NULL, "no IOMMU holds %s to a window",
				 pcifn_name(c, c->plan->pci_fns[i].rid));
		}
	}
}

static enum err arrays_make(struct ctx *c)
{
	unsigned windows = 1, subs = 1;

	for (unsigned i = 1; i < c->cfg.node_count; i++) {
		const struct tree_prop *p = tree_prop(&c->cfg, i, "dma-window");
		unsigned target =
		    p && p->len == 4 ? tree_by_phandle(&c->cfg, tree_cell(p, 0)) : NONE;

		windows += p != NULL;
		for (unsigned k = target != NONE ? c->cfg.nodes[target].child : NONE; k != NONE;
		     k = c->cfg.nodes[k].next) {
			subs++;
		}
	}
	c->plan->windows = arena_keep(c->arena, windows * sizeof(*c->plan->windows));
	c->plan->subwindows = arena_keep(c->arena, subs * sizeof(*c->plan->subwindows));
	c->window_node = arena_scratch(c->arena, windows * sizeof(*c->window_node));
	return c->plan->windows && c->plan->subwindows && c->window_node ? OK : ERR_SIZE;
}

enum err cfgdma_scan(struct ctx *c)
{
	struct plan *p = c->plan;

	if (arrays_make(c) != OK) {
		return ERR_SIZE;
	}
	for (unsigned d = 0; d < p->dev_count; d++) {
		struct plan_dev *dev = &p->devs[d];
		const struct grant *g;

		if (dev->owner >= MAX_PARTS || dev->stream_count == 0) {
			continue;
		}
		g = grant_above(c, c->node_of[d], dev->owner);
		if (!g || update_deletes(c, g->cfg, "fsl,liodn")) {
			continue;
		}
		for (unsigned i = 0; i < dev->stream_count; i++) {
			stream_read(c, &p->streams[dev->stream_first + i], g, c->node_of[d], i);
		}
	}
	if (!plan_is_ppc(p)) {
		functions_read(c);
	}
	for (unsigned i = 0; i < c->grant_count; i++) {
		if (c->grants[i].owner < MAX_PARTS && !c->grants[i].is_refused) {
			indices_check(c, &c->grants[i]);
		}
	}
	for (unsigned i = 0; i < p->part_count; i++) {
		portals_check(c, i);
	}
	return OK;
}
