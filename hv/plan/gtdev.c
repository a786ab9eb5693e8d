/* SPDX-License-Identifier: BSD-3-Clause */
/* Guest tree: the devices a partition is given, copied from the hardware tree and adapted. */
/* pure */
#include <string.h>

#include "hv/plan/live.h"

/* References to other nodes that a copied device may bring: <&provider args...>. */
struct reference {
	const char *prop, *cells;
};

static const struct reference references[] = {
    {"clocks", "#clock-cells"},
    {"resets", "#reset-cells"},
    {"phys", "#phy-cells"},
    {"dmas", "#dma-cells"},
    {"power-domains", "#power-domain-cells"},
};

struct lnode *gt_devices(struct live *l)
{
	const struct tree_prop *ranges;

	if (l->devices) {
		return l->devices;
	}
	l->devices = live_node(l, l->root, "devices");
	live_str(l, l->devices, "compatible", "simple-bus");
	ranges = tree_prop(&l->c->cfg, l->part->cfg_index, "device-ranges");
	live_set(l, l->devices, "ranges", ranges ? (const void *)ranges->val : "",
		 ranges ? ranges->len : 0);
	live_u32(l, l->devices, "#address-cells", 2);
	live_u32(l, l->devices, "#size-cells", 2);
	return l->devices;
}

static bool is_mine(const struct live *l, unsigned hw)
{
	uint16_t d = l->c->dev_of[hw];

	return d != NONE &&
	       (l->c->plan->devs[d].owner == l->index || l->c->plan->devs[d].standby == l->index);
}

/* The subtree of a hardware node, without what belongs to others. */
static void copy_below(struct live *l, struct lnode *top, unsigned hw_top)
{
	const struct tree *t = &l->c->hw;
	struct lnode *here = top;
	unsigned last = hw_top;

	for (unsigned at = tree_walk(t, hw_top, hw_top); at != NONE;
	     at = tree_walk(t, hw_top, at)) {
		unsigned parent = t->nodes[at].parent;

		while (last != parent && tree_inside(t, last, parent)) {
			here = here->parent;
			last = t->nodes[last].parent;
		}
		if (last != parent || !is_mine(l, at)) {
			continue; /* somebody else's, or below such a node */
		}
		here = live_node(l, here, t->nodes[at].name);
		live_copy(l, here, at);
		last = at;
		if (l->is_full) {
			return;
		}
	}
}

/* A device whose bus is fsl,dpaa keeps that container, made at the root. */
static struct lnode *container(struct live *l, unsigned hw)
{
	unsigned bus = l->c->hw.nodes[hw].parent;
	struct lnode *n;

	if (!tree_is_compatible(&l->c->hw, bus, "fsl,dpaa")) {
		return gt_devices(l);
	}
	n = live_by_hw(l, bus);
	if (!n) {
		n = live_node(l, l->root, l->c->hw.nodes[bus].name);
		live_copy(l, n, bus);
	}
	return n;
}

static bool is_below_mine(struct live *l, unsigned hw)
{
	for (unsigned up = l->c->hw.nodes[hw].parent; up != TREE_ROOT;
	     up = l->c->hw.nodes[up].parent) {
		if (is_mine(l, up) && live_by_hw(l, up)) {
			return true;
		}
	}
	return false;
}

static void device_copy(struct live *l, const struct grant *g)
{
	struct lnode *parent = container(l, g->hw), *n;
	const char *name = l->c->cfg.nodes[g->cfg].name;

	if (live_child(parent, name)) {
		diag_add(
		    l->c, CHECK_NAME_TAKEN, l->index, g->cfg, NULL, NULL,
		    "the guest's tree has a device \"%s\" already: give this node another name",
		    name);
		return;
	}
	n = live_node(l, parent, name);
	n->cfg = g->cfg;
	live_copy(l, n, g->hw);
	copy_below(l, n, g->hw);
}

/* ---------------------------------------------------------------- adapting a copied node */

/* Addresses as without a hypervisor; /devices/ranges says where the guest sees them. */
static void fix_reg(struct live *l, struct lnode *n, const struct plan_dev *dev)
{
	const struct plan *p = l->c->plan;
	uint32_t *cells;
	unsigned at = 0;

	if (n->parent != l->devices || dev->reg_count == 0 || !live_prop(n, "reg")) {
		return;
	}
	cells = live_room(l, dev->reg_count * 16u);
	for (unsigned i = 0; cells && i < dev->reg_count; i++) {
		const struct plan_reg *r = &p->regs[dev->reg_first + i];

		at += live_put(cells + at, hpa_raw(r->base), 2);
		at += live_put(cells + at, r->size, 2);
	}
	if (cells) {
		live_cells(l, n, "reg", cells, at);
	}
}

/* ranges of a bus directly below /devices: its parent's addresses have two cells now. */
static void fix_ranges(struct live *l, struct lnode *n)
{
	const struct tree *t = &l->c->hw;
	struct lprop *old = live_prop(n, "ranges");
	const struct tree_prop *p = tree_prop(t, n->hw, "ranges");
	unsigned na = tree_addr_cells(t, n->hw), ns = tree_size_cells(t, n->hw), row, pa, at = 0;
	uint32_t *cells;
	struct range r;

	if (n->parent != l->devices || !old || !p || p->len == 0 || na > 3 || ns > 2) {
		return;
	}
	pa = tree_addr_cells(t, t->nodes[n->hw].parent);
	row = na + pa + ns;
	cells = live_room(l, p->len + p->len / 4);
	for (unsigned i = 0; cells && row && tree_window(t, n->hw, i, &r) == OK; i++) {
		if (r.size == 0) {
			continue;
		}
		for (unsigned k = 0; k < na; k++) {
			cells[at++] = tree_cell(p, i * row + k);
		}
		at += live_put(cells + at, r.base, 2);
		for (unsigned k = 0; k < ns; k++) {
			cells[at++] = tree_cell(p, i * row + na + pa + k);
		}
	}
	if (cells) {
		live_cells(l, n, "ranges", cells, at);
	}
}

/*
 * Handle and sense of one physical interrupt; all ones when it cannot be given. hv-pic: bit 0 is
 * the polarity, bit 1 level, bit 2 direct EOI. An MPIC counts 0 rising, 1 low, 2 high, 3 falling.
 */
unsigned gt_ppc_specifier(const struct live *l, const struct plan_irq *irq, uint32_t *out)
{
	bool is_mine_irq = irq->irq != PLAN_IRQ_NONE && irq->owner == l->index;
	uint32_t config = (irq->flags & PLAN_IRQ_LEVEL ? 2u : 0) | !(irq->flags & PLAN_IRQ_LOW);

	if (l->part->flags & PLAN_PART_MPIC) {
		config = (config + 3) % 4;
	} else if (l->part->flags & PLAN_PART_DIRECT_EOI) {
		config |= 4;
	}
	out[0] = is_mine_irq ? irq->g_irq : UINT32_MAX;
	out[1] = is_mine_irq ? config : UINT32_MAX;
	return 2;
}

static void fix_irqs_ppc(struct live *l, struct lnode *n, const struct plan_dev *dev)
{
	uint32_t *cells;
	unsigned at = 0;

	if (dev->irq_count == 0 || !live_prop(n, "interrupts")) {
		return;
	}
	cells = live_room(l, dev->irq_count * 8u);
	for (unsigned i = 0; cells && i < dev->irq_count; i++) {
		at += gt_ppc_specifier(l, &l->c->plan->irqs[dev->irq_first + i], cells + at);
	}
	if (cells) {
		live_cells(l, n, "interrupts", cells, at);
		live_u32(l, n, "interrupt-parent", l->irqc);
	}
}

/* arm64: same numbers as on the board, so only the parent must be said. */
static void fix_irqs_arm(struct live *l, struct lnode *n)
{
	unsigned parent = hwirq_parent(&l->c->hw, n->hw);
	static const char *const withheld[] = {"iommus", "iommu-map", "iommu-map-mask",
					       "msi-parent", "msi-map"};

	if (live_prop(n, "interrupts") && parent != NONE &&
	    l->c->dev_of[parent] == l->c->plan->board.irqc) {
		live_u32(l, n, "interrupt-parent", l->irqc);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(withheld); i++) {
		live_remove(n, withheld[i]);
	}
}

static void fix_dma(struct live *l, struct lnode *n, const struct plan_dev *dev)
{
	uint32_t cells[32];
	unsigned count = 0;

	for (unsigned i = 0; i < dev->stream_count && count < ARRAY_SIZE(cells); i++) {
		const struct plan_stream *s = &l->c->plan->streams[dev->stream_first + i];
		unsigned h = handle_find(l->part, PLAN_H_DMA, dev->stream_first + i, 0);

		if (h != NONE && (!plan_is_ppc(l->c->plan) || s->window != NONE)) {
			cells[count++] = h;
		}
	}
	if (count) {
		live_cells(l, n, "fsl,hv-dma-handle", cells, count);
	}
}

static void provider_missing(struct live *l, struct lnode *n, const char *prop, unsigned provider)
{
	struct lnode *copy, *top;
	const char *path;

	if (tree_is_compatible(&l->c->hw, provider, "fixed-clock") ||
	    tree_is_compatible(&l->c->hw, provider, "fixed-factor-clock")) {
		copy = live_node(l, l->root, l->c->hw.nodes[provider].name);
		live_copy(l, copy, provider);
		return;
	}
	for (top = n; top->parent && top->cfg == NONE;) {
		top = top->parent;
	}
	path = tree_path(&l->c->hw, provider, l->c->arena, "hw:");
	diag_add(l->c, CHECK_DEVICE_DEPENDS, l->index,
		 top->cfg != NONE ? top->cfg : l->part->cfg_index, "device", path,
		 "%s needs %s for its %s, which %s does not have",
		 tree_path(&l->c->hw, n->hw, l->c->arena, ""), path + 3, prop, l->part->name);
}

/* Fixed clocks come along; anything else that is missing is told. */
static void fix_references(struct live *l, struct lnode *n)
{
	for (unsigned i = 0; i < ARRAY_SIZE(references); i++) {
		const struct tree_prop *p = tree_prop(&l->c->hw, n->hw, references[i].prop);
		unsigned at = 0;

		if (!p || !live_prop(n, references[i].prop)) {
			continue;
		}
		while (at < p->len / 4) {
			unsigned provider = tree_by_phandle(&l->c->hw, tree_cell(p, at));
			uint32_t cells;

			if (provider == NONE) {
				break;
			}
			if (!live_by_hw(l, provider)) {
				provider_missing(l, n, references[i].prop, provider);
			}
			cells = tree_u32(&l->c->hw, provider, references[i].cells, 0);
			if (cells >= p->len / 4 - at) {
				break; /* the last entry, or a count that cannot be */
			}
			at += 1 + cells;
		}
	}
}

/* vcpu = <n> on a layout node: the hardware CPU behind it, whose phandle the guest's tree keeps. */
static void fix_cpu_handle(struct live *l, struct lnode *n)
{
	uint32_t vcpu =
	    n->cfg != NONE ? tree_u32(&l->c->cfg, n->cfg, "vcpu", UINT32_MAX) : UINT32_MAX;
	struct lnode *cpus = live_child(l->root, "cpus"), *cpu = cpus ? cpus->child : NULL;

	for (; vcpu < l->part->cpu_count && cpu && vcpu > 0; vcpu--) {
		cpu = cpu->next;
	}
	if (vcpu == 0 && cpu) {
		live_u32(l, n, "cpu-handle", live_phandle(l, cpu));
	}
}

static void fix_node(struct live *l, struct lnode *n)
{
	unsigned d = l->c->dev_of[n->hw];
	const struct plan_dev *dev = &l->c->plan->devs[d];
	unsigned handle = handle_find(l->part, PLAN_H_DEVICE, d, 0);

	if (handle != NONE) {
		live_u32(l, n, "fsl,hv-device-handle", handle);
		live_u32(l, n, "hv-handle", handle);
	}
	fix_reg(l, n, dev);
	fix_ranges(l, n);
	fix_dma(l, n, dev);
	fix_cpu_handle(l, n);
	if (plan_is_ppc(l->c->plan)) {
		fix_irqs_ppc(l, n, dev);
		if (live_prop(n, "interrupt-map")) {
			gtppc_interrupt_map(l, n);
		}
	} else {
		fix_irqs_arm(l, n);
	}
	fix_references(l, n);
	if (dev->is_claimable) {
		bool is_standby = dev->owner != l->index;

		live_str(l, n, "fsl,hv-claimable", is_standby ? "standby" : "active");
		if (is_standby) {
			live_str(l, n, "status", "disabled");
		}
	}
}

void gtdev_add(struct live *l)
{
	struct ctx *c = l->c;

	/* tops of subtrees first: a grant below one of them only edits the copy in place */
	for (unsigned pass = 0; pass < 2; pass++) {
		for (unsigned i = 0; i < c->grant_count; i++) {
			const struct grant *g = &c->grants[i];
			struct lnode *n;

			if (g->owner != l->index || g->is_refused ||
			    is_below_mine(l, g->hw) != (pass == 1)) {
				continue;
			}
			if (pass == 0 && !live_by_hw(l, g->hw)) {
				device_copy(l, g);
			}
			n = live_by_hw(l, g->hw);
			if (n && pass == 1) {
				n->cfg = g->cfg;
			}
		}
	}
	for (unsigned i = 0; i < c->grant_count; i++) {
		struct lnode *n =
		    c->grants[i].owner == l->index ? live_by_cfg(l, c->grants[i].cfg) : NULL;

		if (n) {
			update_apply(l, c->grants[i].cfg, n);
		}
	}
	for (struct lnode *n = l->root; n; n = live_walk(l->root, n)) {
		if (n->hw != NONE && c->dev_of[n->hw] != NONE && is_mine(l, n->hw)) {
			fix_node(l, n);
		}
	}
}
