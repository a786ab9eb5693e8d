/* SPDX-License-Identifier: BSD-3-Clause */
/* Guest tree on ppc: CPUs with spin table, /devices with the virtual MPIC, interrupt maps. */
/* pure; as Topaz */
#include <string.h>

#include "hv/plan/live.h"

#define SPIN_ENTRY 64u
#define MPIC_WINDOW 0x40000u
#define PAGE_KIB4 0x1000u

static void cpu(struct live *l, struct lnode *top, unsigned v)
{
	struct lnode *n = live_node(l, top, live_text(l, "cpu@%x", v));
	uint32_t release[2];

	live_copy(l, n, l->c->cpu_node[l->part->cpus[v]]);
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

void gtppc_cpus(struct live *l)
{
	unsigned hw = tree_child(&l->c->hw, TREE_ROOT, "cpus");
	struct lnode *n = live_node(l, l->root, "cpus");

	if (hw != NONE) {
		live_copy(l, n, hw);
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

	n->phandle = GT_VMPIC;
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

	n->phandle = GT_VMPIC;
	live_set(l, n, "compatible", compat, sizeof(compat));
	live_str(l, n, "device_type", "open-pic");
	live_reg(l, n, "reg", at, MPIC_WINDOW);
	live_flag(l, n, "interrupt-controller");
	live_flag(l, n, "big-endian");
	live_u32(l, n, "#interrupt-cells", 2);
	live_u32(l, n, "#address-cells", 0);
	live_phandle(l, n);
}

/* On the bus where Linux looks for devices, unless that bus translates addresses. */
void gtppc_devices(struct live *l)
{
	struct lnode *devices = gt_devices(l);

	soc_facts(l, devices);
	if (l->part->flags & PLAN_PART_MPIC) {
		mpic(l, devices);
	} else {
		vmpic(l, devices);
	}
}

/* One entry of an interrupt map. */
struct entry {
	unsigned at, child; /* cells before the parent's phandle */
	unsigned spec;	    /* where the parent's specifier is */
	unsigned end;
	unsigned parent;
};

static bool entry_read(const struct tree *t, const struct tree_prop *map, struct entry *e)
{
	unsigned words = map->len / 4, pa, pi;

	if (e->at + e->child + 1 > words) {
		return false;
	}
	e->parent = tree_by_phandle(t, tree_cell(map, e->at + e->child));
	if (e->parent == NONE) {
		return false;
	}
	pa = tree_u32(t, e->parent, "#address-cells", 0);
	pi = tree_u32(t, e->parent, "#interrupt-cells", 0);
	if (pa > 3 || pi == 0 || pi > 4 || e->at + e->child + 1 + pa + pi > words) {
		return false;
	}
	e->spec = e->at + e->child + 1 + pa;
	e->end = e->spec + pi;
	return true;
}

static const struct plan_irq *irq_of(const struct live *l, const struct plan_dev *dev,
				     uint32_t number)
{
	for (unsigned i = 0; i < dev->irq_count; i++) {
		if (l->c->plan->irqs[dev->irq_first + i].irq == number) {
			return &l->c->plan->irqs[dev->irq_first + i];
		}
	}
	return NULL;
}

/*
 * Entries that end at the MPIC get the virtual one and the handle of the interrupt, others stay;
 * those of interrupts that are unknown go.
 */
void gtppc_interrupt_map(struct live *l, struct lnode *n)
{
	const struct tree *t = &l->c->hw;
	const struct plan_dev *dev = &l->c->plan->devs[l->c->dev_of[n->hw]];
	const struct tree_prop *map = tree_prop(t, n->hw, "interrupt-map");
	struct entry e = {.child = tree_u32(t, n->hw, "#address-cells", 0) +
				   tree_u32(t, n->hw, "#interrupt-cells", 0)};
	uint32_t *cells = map && e.child < 8 ? live_room(l, 2 * map->len) : NULL;
	unsigned out = 0;

	for (; cells && entry_read(t, map, &e); e.at = e.end) {
		bool is_mpic = l->c->dev_of[e.parent] == l->c->plan->board.irqc;
		const struct plan_irq *irq =
		    is_mpic ? irq_of(l, dev, tree_cell(map, e.spec)) : NULL;
		unsigned copied = is_mpic ? (irq ? e.child : 0) : e.end - e.at;

		for (unsigned k = 0; k < copied; k++) {
			cells[out++] = tree_cell(map, e.at + k);
		}
		if (irq) {
			cells[out++] = GT_VMPIC;
			out += gt_ppc_specifier(l, irq, cells + out);
		}
	}
	if (out) {
		live_cells(l, n, "interrupt-map", cells, out);
	} else {
		live_remove(n, "interrupt-map");
	}
}
