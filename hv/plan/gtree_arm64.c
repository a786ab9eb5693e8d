/* SPDX-License-Identifier: BSD-3-Clause */
/* Guest tree on arm64: CPUs, PSCI, timer, interrupt controller. */
/* pure */
#include <string.h>

#include "hv/plan/live.h"

#define GICR_FRAME KIB(128)
#define GIC_PAGE KIB(64)

/* A property of the hardware tree as it is. */
static void carry(struct live *l, struct lnode *n, unsigned hw, const char *name)
{
	const struct tree_prop *p = tree_prop(&l->c->hw, hw, name);

	if (p) {
		live_set(l, n, p->name, p->val, p->len);
	}
}

static void cpus(struct live *l)
{
	struct lnode *top = live_node(l, l->root, "cpus"), *n;

	live_u32(l, top, "#address-cells", 1);
	live_u32(l, top, "#size-cells", 0);
	for (unsigned v = 0; v < l->part->cpu_count; v++) {
		unsigned hw = l->c->cpu_node[l->part->cpus[v]];

		n = live_node(l, top, live_text(l, "cpu@%x", plan_vcpu_mpidr(v)));
		n->hw = (uint16_t)hw;
		n->phandle = l->c->hw.nodes[hw].phandle;
		live_str(l, n, "device_type", "cpu");
		carry(l, n, hw, "compatible");
		live_u32(l, n, "reg", plan_vcpu_mpidr(v));
		live_str(l, n, "enable-method", "psci");
		if (n->phandle) {
			live_phandle(l, n);
		}
	}
}

static void psci(struct live *l)
{
	static const char compat[] = "arm,psci-1.0\0arm,psci-0.2";
	struct lnode *n = live_node(l, l->root, "psci");

	live_set(l, n, "compatible", compat, sizeof(compat));
	live_str(l, n, "method", "hvc");
}

static void timer(struct live *l)
{
	unsigned hw = tree_child(&l->c->hw, TREE_ROOT, "timer");
	struct lnode *n;

	if (hw == NONE) {
		return;
	}
	n = live_node(l, l->root, "timer");
	n->hw = (uint16_t)hw;
	carry(l, n, hw, "compatible");
	carry(l, n, hw, "interrupts");
	carry(l, n, hw, "always-on");
}

/* GICv2m: a write to this page raises one of the partition's own interrupts. */
static void message_frame(struct live *l, struct lnode *gic, unsigned na, unsigned ns)
{
	uint64_t at = gpa_raw(l->part->msi.frame);
	struct lnode *n = live_node(l, gic, live_text(l, "v2m@%llx", (unsigned long long)at));
	uint32_t cells[4];
	unsigned count = live_put(cells, at, na);

	count += live_put(cells + count, PAGE_SIZE, ns);
	live_str(l, n, "compatible", "arm,gic-v2m-frame");
	live_flag(l, n, "msi-controller");
	live_cells(l, n, "reg", cells, count);
	live_u32(l, n, "arm,msi-base-spi", l->part->msi.first);
	live_u32(l, n, "arm,msi-num-spis", l->part->msi.count);
	l->frame = live_phandle(l, n);
}

static void controller(struct live *l)
{
	const struct tree *hw = &l->c->hw;
	unsigned gic =
	    l->c->plan->board.irqc != NONE ? l->c->node_of[l->c->plan->board.irqc] : NONE;
	struct plan *p = l->c->plan;
	const struct plan_part *part = l->part;
	unsigned na = p->board.addr_cells, ns = p->board.size_cells, at;
	uint32_t cells[8], below[2];
	struct lnode *n;

	n = live_node(
	    l, l->root,
	    live_text(l, "interrupt-controller@%llx", (unsigned long long)gpa_raw(part->gic.dist)));
	n->hw = (uint16_t)gic;
	n->phandle = l->irqc;
	live_str(l, n, "compatible", part->gic.version == 3 ? "arm,gic-v3" : "arm,cortex-a15-gic");
	live_flag(l, n, "interrupt-controller");
	live_u32(l, n, "#interrupt-cells", 3);
	/* interrupt maps of the board count on the cells that its controller has */
	below[0] = gic != NONE ? tree_u32(hw, gic, "#address-cells", 0) : 0;
	below[1] = gic != NONE ? tree_u32(hw, gic, "#size-cells", 0) : 0;
	if (part->msi.count && (below[0] == 0 || below[0] > 2 || below[1] == 0 || below[1] > 2)) {
		below[0] = na;
		below[1] = ns;
	}
	live_u32(l, n, "#address-cells", below[0]);
	live_u32(l, n, "#size-cells", below[1]);
	at = live_put(cells, gpa_raw(part->gic.dist), na);
	at += live_put(cells + at, GIC_PAGE, ns);
	if (part->gic.version == 3) {
		at += live_put(cells + at, gpa_raw(part->gic.redist), na);
		at += live_put(cells + at, part->cpu_count * GICR_FRAME, ns);
	} else {
		at += live_put(cells + at, gpa_raw(part->gic.cpu), na);
		at += live_put(cells + at, KIB(8), ns);
	}
	live_cells(l, n, "reg", cells, at);
	live_phandle(l, n);
	if (part->msi.count) {
		live_flag(l, n, "ranges");
		message_frame(l, n, below[0], below[1]);
	}
}

void gtarm_add(struct live *l)
{
	const struct plan_board *b = &l->c->plan->board;
	unsigned gic = b->irqc != NONE ? l->c->node_of[b->irqc] : TREE_ROOT;

	/* devices are copied with their interrupt-parent: the guest's controller takes the same
	 * phandle */
	l->irqc = l->c->hw.nodes[gic].phandle ? l->c->hw.nodes[gic].phandle : l->next_phandle++;
	live_u32(l, l->root, "interrupt-parent", l->irqc);
	cpus(l);
	psci(l);
	timer(l);
	controller(l);
}
