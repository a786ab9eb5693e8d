/* SPDX-License-Identifier: BSD-3-Clause */
/* Guest tree: a PCI host with an ECAM for every bridge of which a partition has functions. */
/* pure; generic ECAM host binding, IEEE 1275 PCI binding */
#include "hv/plan/geom.h"
#include "hv/plan/live.h"

#define SPI_FIRST 32u
#define ADDR_CELLS 3u
#define SIZE_CELLS 2u
#define SPECIFIER 3u
#define MAP_MASK_FUNCTION 0xff00u /* device and function of phys.hi */
#define MAP_MASK_PIN 7u

/* The functions of one bridge that the partition has: a slice of plan.pci_fns. */
struct slice {
	const struct plan_vpci *v;
	const struct plan_pci_host *h;
	unsigned hw; /* the bridge in the hardware tree */
	unsigned first, end;
};

static uint32_t unit_of(uint16_t rid)
{
	return (uint32_t)rid << 8;
}

/* What the guest needs of a memory window: its BARs, rounded out; all of the I/O window. */
static bool window_part(const struct live *l, const struct slice *s, unsigned space,
			struct range *bus)
{
	const struct plan *p = l->c->plan;
	const struct plan_pci_window *w = &s->h->windows[space];
	uint64_t low = UINT64_MAX, high = 0;

	for (unsigned i = s->first; i < s->end; i++) {
		for (unsigned k = 0; k < p->pci_fns[i].bar_count; k++) {
			const struct plan_bar *b = &p->bars[p->pci_fns[i].bar_first + k];
			struct range pages = geom_pages((struct range){b->bus, b->size}, PAGE_SIZE);

			if (b->size == 0 || b->space != space) {
				continue;
			}
			low = pages.base < low ? pages.base : low;
			high = range_last(pages) > high ? range_last(pages) : high;
		}
	}
	if (low > high) {
		return false;
	}
	*bus = space == PLAN_PCI_IO ? (struct range){w->bus, w->size}
				    : (struct range){low, high - low + 1};
	return true;
}

static void host_ranges(struct live *l, struct lnode *n, const struct slice *s)
{
	static const uint32_t spaces[PLAN_PCI_SPACES] = {1u << 24, 2u << 24, 3u << 24};
	unsigned na = l->c->plan->board.addr_cells, at = 0;
	uint32_t *cells = live_room(l, PLAN_PCI_SPACES * (ADDR_CELLS + 2 + SIZE_CELLS) * 4);
	struct range bus;

	for (unsigned space = 0; cells && space < PLAN_PCI_SPACES; space++) {
		const struct plan_pci_window *w = &s->h->windows[space];

		if (!window_part(l, s, space, &bus)) {
			continue;
		}
		cells[at++] = spaces[space];
		at += live_put(cells + at, bus.base, 2);
		at += live_put(cells + at, hpa_raw(w->hpa) + (bus.base - w->bus), na);
		at += live_put(cells + at, bus.size, SIZE_CELLS);
	}
	if (cells && at) {
		live_cells(l, n, "ranges", cells, at);
	}
}

/* Lines of its own functions only; the guest's controller counts as many cells as the board's. */
static void host_lines(struct live *l, struct lnode *n, const struct slice *s)
{
	static const uint32_t mask[] = {MAP_MASK_FUNCTION, 0, 0, MAP_MASK_PIN};
	const struct plan *p = l->c->plan;
	struct lnode *gic = live_by_phandle(l, l->irqc);
	const struct lprop *cells_of = gic ? live_prop(gic, "#address-cells") : NULL;
	unsigned pa = cells_of ? tree_be32(cells_of->val) % (ADDR_CELLS + 1) : 0, at = 0;
	uint32_t *cells = live_room(l, (s->end - s->first) * (ADDR_CELLS + 2 + pa + SPECIFIER) * 4);

	for (unsigned i = s->first; cells && i < s->end; i++) {
		const struct plan_pci_fn *fn = &p->pci_fns[i];
		const struct plan_irq *irq = fn->irq != NONE ? &p->irqs[fn->irq] : NULL;

		if (!irq || irq->owner != l->index || irq->irq < SPI_FIRST) {
			continue;
		}
		cells[at++] = unit_of(fn->rid) & MAP_MASK_FUNCTION;
		at += live_put(cells + at, 0, 2);
		cells[at++] = fn->pin;
		cells[at++] = l->irqc;
		for (unsigned k = 0; k < pa; k++) {
			cells[at++] = 0;
		}
		cells[at++] = 0; /* an SPI */
		cells[at++] = irq->g_irq - SPI_FIRST;
		cells[at++] = (irq->flags & PLAN_IRQ_LEVEL ? 4u : 1u)
			      << (irq->flags & PLAN_IRQ_LOW ? 1 : 0);
	}
	if (cells && at) {
		live_u32(l, n, "#interrupt-cells", 1);
		live_cells(l, n, "interrupt-map-mask", mask, ARRAY_SIZE(mask));
		live_cells(l, n, "interrupt-map", cells, at);
	}
}

static void host_messages(struct live *l, struct lnode *n, const struct slice *s)
{
	for (unsigned i = s->first; i < s->end; i++) {
		if (l->c->plan->pci_fns[i].vectors && l->frame) {
			live_u32(l, n, "msi-parent", l->frame);
			return;
		}
	}
}

/* A node for each function, so that aliases and node-update have something to hold on to. */
static void function_add(struct live *l, struct lnode *host, unsigned i)
{
	static const char *const withheld[] = {
	    "interrupts", "interrupts-extended", "interrupt-parent",   "iommus",
	    "iommu-map",  "msi-parent",		 "assigned-addresses",
	};
	const struct function *f = &l->c->functions[i];
	unsigned dev = f->rid >> 3 & 31, fn = f->rid & 7;
	unsigned stream = l->c->plan->pci_fns[i].stream;
	unsigned handle = stream != NONE ? handle_find(l->part, PLAN_H_DMA, stream, 0) : NONE;
	const char *name = l->c->cfg.nodes[f->cfg].name;
	uint32_t *reg = live_room(l, 20);
	struct lnode *n;

	name = fn ? live_text(l, "%s@%x,%x", name, dev, fn) : live_text(l, "%s@%x", name, dev);
	n = live_node(l, host, name);
	n->cfg = f->cfg;
	if (f->hw != NONE) {
		live_copy(l, n, f->hw);
		for (unsigned k = 0; k < ARRAY_SIZE(withheld); k++) {
			live_remove(n, withheld[k]);
		}
	}
	if (reg) {
		reg[0] = unit_of(f->rid);
		for (unsigned k = 1; k < ADDR_CELLS + SIZE_CELLS; k++) {
			reg[k] = 0;
		}
		live_cells(l, n, "reg", reg, ADDR_CELLS + SIZE_CELLS);
	}
	if (handle != NONE) {
		live_u32(l, n, "fsl,hv-dma-handle", handle);
	}
	update_apply(l, f->cfg, n);
}

static void host_add(struct live *l, const struct slice *s)
{
	const struct tree *hw = &l->c->hw;
	uint64_t at = gpa_raw(s->v->ecam);
	uint32_t buses[] = {s->v->bus_first, s->v->bus_last};
	const struct tree_prop *domain = tree_prop(hw, s->hw, "linux,pci-domain");
	struct lnode *n = live_node(l, l->root, live_text(l, "pcie@%llx", (unsigned long long)at));

	n->hw = (uint16_t)s->hw;
	live_str(l, n, "compatible", "pci-host-ecam-generic");
	live_str(l, n, "device_type", "pci");
	live_u32(l, n, "#address-cells", ADDR_CELLS);
	live_u32(l, n, "#size-cells", SIZE_CELLS);
	live_reg(l, n, "reg", at, (s->v->bus_last - s->v->bus_first + 1u) * MIB(1));
	live_cells(l, n, "bus-range", buses, ARRAY_SIZE(buses));
	if (domain) {
		live_set(l, n, "linux,pci-domain", domain->val, domain->len);
	}
	if (tree_has(hw, s->hw, "dma-coherent")) {
		live_flag(l, n, "dma-coherent");
	}
	host_ranges(l, n, s);
	host_lines(l, n, s);
	host_messages(l, n, s);
	for (unsigned i = s->first; i < s->end; i++) {
		function_add(l, n, i);
	}
}

/* The plan's addresses are where BARs stay: a guest must not look for better ones. */
static void probe_only(struct live *l)
{
	struct lnode *n = live_child(l->root, "chosen");

	n = n ? n : live_node(l, l->root, "chosen");
	live_u32(l, n, "linux,pci-probe-only", 1);
}

void gtpci_add(struct live *l)
{
	const struct plan *p = l->c->plan;
	struct slice s = {.end = 0};

	for (unsigned i = 0; i < p->vpci_count; i++) {
		s.v = &p->vpcis[i];
		s.h = &p->pci_hosts[s.v->host];
		s.hw = l->c->node_of[s.h->dev];
		s.first = s.end;
		while (s.end < p->pci_fn_count && p->pci_fns[s.end].owner == s.v->part &&
		       p->pci_fns[s.end].host == s.v->host) {
			s.end++;
		}
		if (s.v->part == l->index) {
			host_add(l, &s);
			probe_only(l);
		}
	}
}
