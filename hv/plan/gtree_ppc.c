/* SPDX-License-Identifier: BSD-3-Clause */
/* Guest tree on ppc: CPUs with spin table, memory, /devices with the virtual MPIC. */
/* pure; as Topaz */
#include <string.h>

#include "hv/plan/live.h"

#define VMPIC_PHANDLE 0x564d5043u /* "VMPC" */
#define SPIN_ENTRY 64u
#define MPIC_WINDOW 0x40000u
#define PAGE_KIB4 0x1000u

static void copy_all(struct live *l, struct lnode *n, unsigned hw)
{
	const struct tree_node *from = &l->c->hw.nodes[hw];

	n->hw = (uint16_t)hw;
	n->phandle = from->phandle;
	for (unsigned i = from->prop_count; i-- > 0;) {
		live_set(l, n, from->props[i].name, from->props[i].val, from->props[i].len);
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

static void cpu(struct live *l, struct lnode *top, unsigned v)
{
	const struct plan_cpu *cpu = &l->c->plan->cpus[l->part->cpus[v]];
	struct lnode *n = live_node(l, top, live_text(l, "cpu@%x", v));
	uint32_t release[2];

	copy_all(l, n, hw_node_at(l->c, cpu->node));
	live_u32(l, n, "reg", v);
	live_str(l, n, "status", v == 0 ? "okay" : "disabled");
	live_remove(n, "enable-method");
	live_remove(n, "cpu-release-addr");
	if (v > 0) {
		live_str(l, n, "enable-method", "spin-table");
		live_put(release, gpa_raw(l->part->spin_table) + v * SPIN_ENTRY, 2);
		live_cells(l, n, "cpu-release-addr", release, 2);
	}
}

static void cpus(struct live *l)
{
	unsigned hw = tree_child(&l->c->hw, TREE_ROOT, "cpus");
	struct lnode *n = live_node(l, l->root, "cpus");

	if (hw != NONE) {
		copy_all(l, n, hw);
	}
	live_remove(n, "power-isa-e.hv");
	live_remove(n, "power-isa-e.hv.lrat");
	live_remove(n, "power-isa-64");
	if (l->part->flags & PLAN_PART_NO_DEBUG) {
		live_remove(n, "power-isa-e.ed");
	}
	if (l->part->flags & PLAN_PART_NO_CACHE_LOCK) {
		live_remove(n, "power-isa-ecl");
	}
	live_u32(l, n, "#address-cells", 1);
	live_u32(l, n, "#size-cells", 0);
	for (unsigned v = 0; v < l->part->cpu_count; v++) {
		cpu(l, n, v);
	}
}

static void soc_facts(struct live *l, struct lnode *devices)
{
	live_set(l, devices, "device_type", "soc", 4);
	for (unsigned i = 1; i < l->c->hw.node_count; i++) {
		const char *type = tree_str(&l->c->hw, i, "device_type");
		const struct tree_prop *hz = tree_prop(&l->c->hw, i, "bus-frequency");

		if (type && hz && strcmp(type, "soc") == 0) {
			live_set(l, devices, hz->name, hz->val, hz->len);
			return;
		}
	}
}

static void vmpic(struct live *l, struct lnode *devices)
{
	static const char direct[] = "fsl,hv-mpic-per-cpu\0epapr,hv-pic";
	const struct plan *p = l->c->plan;
	bool is_direct = l->part->flags & PLAN_PART_DIRECT_EOI;
	struct lnode *n = live_node(l, devices, "vmpic");
	uint32_t reg[4];

	n->phandle = VMPIC_PHANDLE;
	if (is_direct) {
		live_set(l, n, "compatible", direct, sizeof(direct));
	} else {
		live_str(l, n, "compatible", "epapr,hv-pic");
	}
	live_flag(l, n, "interrupt-controller");
	live_u32(l, n, "#interrupt-cells", 2);
	live_u32(l, n, "#address-cells", 0);
	if (!p->legacy_interrupts) {
		live_flag(l, n, "has-external-proxy");
	}
	live_flag(l, n, "no-priority");
	if (is_direct && p->board.irqc != NONE && p->devs[p->board.irqc].reg_count) {
		live_put(reg, hpa_raw(p->regs[p->devs[p->board.irqc].reg_first].base), 2);
		live_put(reg + 2, PAGE_KIB4, 2);
		live_cells(l, n, "reg", reg, 4);
	}
	live_phandle(l, n);
}

/* For a kernel with a driver of its own: compatible and type as on hardware (ePAPR open-pic). */
static void mpic(struct live *l, struct lnode *devices)
{
	static const char compat[] = "fsl,mpic\0chrp,open-pic";
	uint64_t at = gpa_raw(l->part->pic_addr);
	struct lnode *n = live_node(l, devices, live_text(l, "pic@%llx", (unsigned long long)at));

	n->phandle = VMPIC_PHANDLE;
	live_set(l, n, "compatible", compat, sizeof(compat));
	live_str(l, n, "device_type", "open-pic");
	live_reg(l, n, "reg", at, MPIC_WINDOW);
	live_flag(l, n, "interrupt-controller");
	live_flag(l, n, "big-endian");
	live_u32(l, n, "#interrupt-cells", 2);
	live_u32(l, n, "#address-cells", 0);
	live_phandle(l, n);
}

static void memories(struct live *l)
{
	for (unsigned i = 0; i < l->c->gma_count; i++) {
		const struct gma *g = &l->c->gmas[i];
		struct lnode *n;

		if (g->part != l->index || g->pma == NONE || g->is_dma_only ||
		    l->c->pma_no_law[g->pma]) {
			continue;
		}
		n = live_node(l, l->root, live_text(l, "memory@%llx", (unsigned long long)g->gpa));
		n->cfg = g->cfg;
		live_str(l, n, "device_type", "memory");
		live_reg(l, n, "reg", g->gpa, l->c->plan->pmas[g->pma].size);
		live_phandle(l, n);
		update_apply(l, g->cfg, n);
	}
}

/* On the bus where Linux looks for devices, unless that bus translates addresses. */
static void vuarts(struct live *l, struct lnode *devices)
{
	const struct tree_prop *ranges = tree_prop(&l->c->cfg, l->part->cfg_index, "device-ranges");
	struct lnode *bus = ranges ? l->root : devices;

	for (unsigned i = 0; i < l->c->end_count; i++) {
		const struct end_node *e = &l->c->ends[i];
		const struct plan_end *end = &l->c->plan->chans[e->chan].end[e->end];
		struct lnode *n;
		uint32_t irq[3];

		if (e->part != l->index || !e->vuart) {
			continue;
		}
		n = live_node(l, bus,
			      live_text(l, "serial@%llx", (unsigned long long)e->guest_addr));
		n->cfg = e->cfg;
		live_str(l, n, "compatible",
			 e->vuart == PLAN_VUART_PL011 ? "arm,pl011" : "ns16550");
		live_str(l, n, "device_type", "serial");
		live_reg(l, n, "reg", e->guest_addr, PAGE_KIB4);
		live_u32(l, n, "clock-frequency", 24000000);
		live_u32(l, n, "interrupt-parent", l->irqc);
		if (end->virq_rx != NONE) {
			live_cells(l, n, "interrupts", irq, gt_virq(l, end->virq_rx, irq));
		}
		update_apply(l, e->cfg, n);
	}
}

void gtppc_add(struct live *l)
{
	struct lnode *devices;

	l->irqc = VMPIC_PHANDLE;
	cpus(l);
	memories(l);
	devices = gt_devices(l);
	soc_facts(l, devices);
	if (l->part->flags & PLAN_PART_MPIC) {
		mpic(l, devices);
	} else {
		vmpic(l, devices);
	}
	vuarts(l, devices);
}
