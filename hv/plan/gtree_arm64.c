/* SPDX-License-Identifier: BSD-3-Clause */
/* Guest tree on arm64: CPUs, PSCI, timer, interrupt controller, virtual UARTs. */
/* pure */
#include <string.h>

#include "hv/plan/live.h"

#define GICR_FRAME KIB(128)
#define GIC_PAGE KIB(64)
#define VUART_CLOCK_HZ 24000000u

/* A property of the hardware tree as it is. */
static void carry(struct live *l, struct lnode *n, unsigned hw, const char *name)
{
	const struct tree_prop *p = tree_prop(&l->c->hw, hw, name);

	if (p) {
		live_set(l, n, p->name, p->val, p->len);
	}
}

static unsigned hw_node_at(const struct ctx *c, int off)
{
	for (unsigned i = 0; i < c->hw.node_count; i++) {
		if ((int)c->hw.nodes[i].off == off) {
			return i;
		}
	}
	return TREE_ROOT;
}

static void cpus(struct live *l)
{
	struct lnode *top = live_node(l, l->root, "cpus"), *n;

	live_u32(l, top, "#address-cells", 1);
	live_u32(l, top, "#size-cells", 0);
	for (unsigned v = 0; v < l->part->cpu_count; v++) {
		const struct plan_cpu *cpu = &l->c->plan->cpus[l->part->cpus[v]];
		unsigned hw = hw_node_at(l->c, cpu->node);

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

static void controller(struct live *l)
{
	struct plan *p = l->c->plan;
	const struct plan_part *part = l->part;
	unsigned na = p->board.addr_cells, ns = p->board.size_cells, at;
	uint32_t cells[8];
	struct lnode *n;

	n = live_node(
	    l, l->root,
	    live_text(l, "interrupt-controller@%llx", (unsigned long long)gpa_raw(part->gic.dist)));
	n->hw = p->board.irqc != NONE ? l->c->node_of[p->board.irqc] : NONE;
	n->phandle = l->irqc;
	live_str(l, n, "compatible", part->gic.version == 3 ? "arm,gic-v3" : "arm,cortex-a15-gic");
	live_flag(l, n, "interrupt-controller");
	live_u32(l, n, "#interrupt-cells", 3);
	live_u32(l, n, "#address-cells", 0);
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

static uint32_t vuart_clock(struct live *l)
{
	struct lnode *n = live_child(l->root, "vuart-clock");

	if (!n) {
		n = live_node(l, l->root, "vuart-clock");
		live_str(l, n, "compatible", "fixed-clock");
		live_u32(l, n, "#clock-cells", 0);
		live_u32(l, n, "clock-frequency", VUART_CLOCK_HZ);
	}
	return live_phandle(l, n);
}

static void vuart(struct live *l, const struct end_node *e, const struct plan_end *end)
{
	static const char pl011[] = "arm,pl011\0arm,primecell", names[] = "uartclk\0apb_pclk";
	struct lnode *chosen = live_child(l->root, "chosen"), *n;
	uint32_t irq[3], clocks[2];

	n = live_node(l, l->root, live_text(l, "serial@%llx", (unsigned long long)e->guest_addr));
	n->cfg = e->cfg;
	if (e->vuart == PLAN_VUART_PL011) {
		clocks[0] = clocks[1] = vuart_clock(l);
		live_set(l, n, "compatible", pl011, sizeof(pl011));
		live_cells(l, n, "clocks", clocks, 2);
		live_set(l, n, "clock-names", names, sizeof(names));
	} else {
		live_str(l, n, "compatible", "ns16550a");
		live_u32(l, n, "clock-frequency", VUART_CLOCK_HZ);
		live_u32(l, n, "current-speed", 115200);
	}
	live_str(l, n, "device_type", "serial");
	live_reg(l, n, "reg", e->guest_addr, PAGE_SIZE);
	if (end->virq_rx != NONE) {
		live_cells(l, n, "interrupts", irq, gt_virq(l, end->virq_rx, irq));
	}
	live_u32(l, n, "interrupt-parent", l->irqc);
	update_apply(l, e->cfg, n);
	if (!chosen) {
		chosen = live_node(l, l->root, "chosen");
	}
	if (!live_prop(chosen, "stdout-path")) {
		live_str(l, chosen, "stdout-path", live_path(l, n));
	}
}

void gtarm_consoles(struct live *l)
{
	for (unsigned i = 0; i < l->c->end_count; i++) {
		const struct end_node *e = &l->c->ends[i];

		if (e->part == l->index && e->vuart) {
			vuart(l, e, &l->c->plan->chans[e->chan].end[e->end]);
		}
	}
}
