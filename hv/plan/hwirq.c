/* SPDX-License-Identifier: BSD-3-Clause */
/* Hardware tree: the interrupt lines of every device, down to the numbers of the board's
 * controller. */
/* pure; Devicetree Specification 0.3 §2.4, GIC and open-pic bindings */
#include "hv/plan/ctx.h"

#define NEST_MAX 5u /* interrupt maps above each other, as Topaz */
#define SPEC_MAX 4u
#define GIC_SPI_BASE 32u
#define GIC_PPI_BASE 16u
#define GIC_SPIS_DEFAULT 224u
#define MPIC_SOURCES 512u

unsigned hwirq_parent(const struct tree *t, unsigned node)
{
	for (; node != NONE; node = t->nodes[node].parent) {
		const struct tree_prop *p = tree_prop(t, node, "interrupt-parent");

		if (p && p->len == 4) {
			return tree_by_phandle(t, tree_cell(p, 0));
		}
	}
	return NONE;
}

/* A specifier of the GIC: <type number flags>. */
static bool gic_decode(const uint32_t *spec, unsigned cells, struct plan_irq *irq)
{
	if (cells < 3 || spec[0] > 1 || spec[1] > (spec[0] ? 15u : 987u)) {
		return false;
	}
	irq->irq = spec[1] + (spec[0] ? GIC_PPI_BASE : GIC_SPI_BASE);
	irq->flags =
	    (uint8_t)((spec[2] & 0xc ? PLAN_IRQ_LEVEL : 0) | (spec[2] & 0xa ? PLAN_IRQ_LOW : 0) |
		      (spec[0] ? PLAN_IRQ_PERCPU : 0));
	return true;
}

/*
 * A specifier of the MPIC: <source sense>, or <source sense type info>. Sense: 0 rising edge,
 * 1 low level, 2 high level, 3 falling edge. Type: 0 normal, 1 error (info is the bit).
 */
static bool mpic_decode(const uint32_t *spec, unsigned cells, struct plan_irq *irq)
{
	static const uint8_t flags[4] = {0, PLAN_IRQ_LEVEL | PLAN_IRQ_LOW, PLAN_IRQ_LEVEL,
					 PLAN_IRQ_LOW};

	if (cells < 2 || spec[0] >= MPIC_SOURCES || spec[1] > 3 || (cells == 4 && spec[2] > 1)) {
		return false;
	}
	irq->irq = spec[0];
	irq->flags = flags[spec[1]];
	irq->error_bit = cells == 4 && spec[2] == 1 ? (uint8_t)(spec[3] + 1) : 0;
	return true;
}

/* A specifier on its way up: `cells` words that mean something to the controller `node`. */
struct route {
	unsigned node;
	uint32_t unit[3];
	unsigned unit_cells;
	uint32_t spec[SPEC_MAX];
	unsigned cells;
};

/* One step through an interrupt-map; true when an entry matched. */
static bool map_step(const struct tree *t, struct route *r)
{
	const struct tree_prop *map = tree_prop(t, r->node, "interrupt-map");
	const struct tree_prop *mask = tree_prop(t, r->node, "interrupt-map-mask");
	unsigned na = tree_u32(t, r->node, "#address-cells", 0), child = na + r->cells, at = 0;

	if (!map || na > 3 || r->cells > SPEC_MAX || (mask && mask->len / 4 < child)) {
		return false;
	}
	while (at + child + 1 <= map->len / 4) {
		unsigned parent = tree_by_phandle(t, tree_cell(map, at + child)), pa, pi;
		bool same = true;

		if (parent == NONE) {
			return false;
		}
		pa = tree_u32(t, parent, "#address-cells", 0);
		pi = tree_u32(t, parent, "#interrupt-cells", 0);
		if (pa > 3 || pi == 0 || pi > SPEC_MAX || at + child + 1 + pa + pi > map->len / 4) {
			return false;
		}
		for (unsigned i = 0; i < child; i++) {
			uint32_t have =
			    i < na ? (i < r->unit_cells ? r->unit[i] : 0) : r->spec[i - na];

			same &= ((have ^ tree_cell(map, at + i)) &
				 (mask ? tree_cell(mask, i) : UINT32_MAX)) == 0;
		}
		if (same) {
			r->node = parent;
			r->unit_cells = 0;
			r->cells = pi;
			for (unsigned i = 0; i < pi; i++) {
				r->spec[i] = tree_cell(map, at + child + 1 + pa + i);
			}
			return true;
		}
		at += child + 1 + pa + pi;
	}
	return false;
}

/* A nexus may look at the device's address too. */
static void route_unit(const struct tree *t, unsigned node, struct route *r)
{
	const struct tree_prop *reg = tree_prop(t, node, "reg");
	unsigned na = t->nodes[node].parent != NONE ? tree_addr_cells(t, t->nodes[node].parent) : 0;

	if (reg && na <= 3 && reg->len >= 4 * na) {
		r->unit_cells = na;
		for (unsigned i = 0; i < na; i++) {
			r->unit[i] = tree_cell(reg, i);
		}
	}
}

static bool decode(const struct ctx *c, const struct route *r, struct plan_irq *irq)
{
	return plan_is_ppc(c->plan) ? mpic_decode(r->spec, r->cells, irq)
				    : gic_decode(r->spec, r->cells, irq);
}

/* Follow a specifier to the board's controller, `r` with it. False: it ends at some other one. */
static bool resolve(const struct ctx *c, struct route *r, struct plan_irq *irq)
{
	for (unsigned i = 0; i < NEST_MAX; i++) {
		if (c->dev_of[r->node] == c->plan->board.irqc) {
			return decode(c, r, irq);
		}
		if (!map_step(&c->hw, r)) {
			return false;
		}
	}
	return false;
}

uint32_t hwirq_pci(const struct ctx *c, unsigned host_node, uint16_t rid, uint8_t pin)
{
	struct route r = {
	    .node = host_node,
	    .unit = {(uint32_t)rid << 8},
	    .unit_cells = 3,
	    .spec = {pin},
	    .cells = 1,
	};
	struct plan_irq irq = {.irq = PLAN_IRQ_NONE};

	return resolve(c, &r, &irq) ? irq.irq : PLAN_IRQ_NONE;
}

static void irq_add(struct ctx *c, unsigned node, struct route *r)
{
	struct plan *p = c->plan;
	struct plan_irq *irq = &p->irqs[p->irq_count++];
	bool is_known;

	*irq = (struct plan_irq){.owner = OWNER_NOBODY, .dev = c->dev_of[node]};
	if (c->dev_of[r->node] == p->board.irqc) {
		is_known = decode(c, r, irq);
	} else {
		route_unit(&c->hw, node, r);
		is_known = resolve(c, r, irq);
	}
	if (!is_known) {
		irq->irq = PLAN_IRQ_NONE;
	} else if (irq->irq / 32 < c->irq_words) {
		c->irq_used[irq->irq / 32] |= UINT32_C(1) << irq->irq % 32;
	}
	irq->g_irq = irq->irq;
}

/* <controller specifier>, repeated; or plain specifiers of one controller when parent is not NONE.
 */
static void list_scan(struct ctx *c, unsigned node, const struct tree_prop *p, unsigned parent)
{
	unsigned at = 0, n = p->len / 4;
	struct route r;

	while (at < n) {
		r.node = parent != NONE ? parent : tree_by_phandle(&c->hw, tree_cell(p, at++));
		if (r.node != c->irq_cells_of) {
			c->irq_cells_of = r.node;
			c->irq_cells =
			    r.node != NONE ? tree_u32(&c->hw, r.node, "#interrupt-cells", 0) : 0;
		}
		r.cells = c->irq_cells;
		if (r.cells == 0 || r.cells > SPEC_MAX || r.cells > n - at) {
			diag_hw(c, CHECK_BOARD_NODE, NONE, node, p->name,
				"entry at cell %u does not fit its interrupt controller", at);
			return;
		}
		for (unsigned i = 0; i < r.cells; i++) {
			r.spec[i] = tree_cell(p, at + i);
		}
		at += r.cells;
		r.unit_cells = 0;
		irq_add(c, node, &r);
	}
}

/* The lines behind a PCI host's interrupt-map, each once. */
static void map_scan(struct ctx *c, unsigned node, const struct tree_prop *map)
{
	const struct tree *t = &c->hw;
	struct plan *p = c->plan;
	unsigned first = p->irq_count, at = 0, n = map->len / 4;
	unsigned child =
	    tree_u32(t, node, "#address-cells", 0) + tree_u32(t, node, "#interrupt-cells", 0);

	while (child < 8 && at + child + 1 <= n) {
		struct route r = {.node = tree_by_phandle(t, tree_cell(map, at + child))};
		unsigned pa = r.node != NONE ? tree_u32(t, r.node, "#address-cells", 0) : 0;
		unsigned seen = first;

		r.cells = r.node != NONE ? tree_u32(t, r.node, "#interrupt-cells", 0) : 0;
		at += child + 1 + pa;
		if (r.cells == 0 || r.cells > SPEC_MAX || pa > 3 || at + r.cells > n) {
			diag_hw(c, CHECK_BOARD_NODE, NONE, node, "interrupt-map",
				"the entry that ends near cell %u is malformed", at);
			return;
		}
		for (unsigned i = 0; i < r.cells; i++) {
			r.spec[i] = tree_cell(map, at + i);
		}
		at += r.cells;
		irq_add(c, node, &r);
		while (p->irqs[seen].irq != p->irqs[p->irq_count - 1].irq) {
			seen++;
		}
		p->irq_count =
		    (uint16_t)(seen + 1u < p->irq_count ? p->irq_count - 1 : p->irq_count);
	}
}

static void dev_irqs(struct ctx *c, unsigned node)
{
	struct plan *p = c->plan;
	struct plan_dev *dev = &p->devs[c->dev_of[node]];
	const struct tree_prop *ext = tree_prop(&c->hw, node, "interrupts-extended");
	const struct tree_prop *plain = tree_prop(&c->hw, node, "interrupts");
	const struct tree_prop *map = tree_prop(&c->hw, node, "interrupt-map");
	unsigned parent;

	dev->irq_first = p->irq_count;
	if (ext) {
		list_scan(c, node, ext, NONE);
	} else if (plain) {
		/* an interrupt controller without interrupt-parent of its own is its own parent's
		 * child */
		parent = hwirq_parent(&c->hw, node);
		if (parent != NONE) {
			list_scan(c, node, plain, parent);
		} else {
			diag_hw(c, CHECK_BOARD_NODE, NONE, node, "interrupts",
				"no interrupt-parent leads to a controller");
		}
	}
	if (map) {
		map_scan(c, node, map);
	}
	dev->irq_count = (uint16_t)(p->irq_count - dev->irq_first);
}

/* The generic timer's PPIs: secure, non-secure physical, virtual, hypervisor. */
static void timer_irqs(struct ctx *c)
{
	struct plan_board *b = &c->plan->board;
	unsigned node = tree_child(&c->hw, TREE_ROOT, "timer");
	const struct tree_prop *p = node != NONE ? tree_prop(&c->hw, node, "interrupts") : NULL;

	b->vtimer_irq = 27;
	b->htimer_irq = 26;
	if (p && p->len >= 48) {
		b->vtimer_irq = tree_cell(p, 7) + GIC_PPI_BASE;
		b->htimer_irq = tree_cell(p, 10) + GIC_PPI_BASE;
	}
	if (b->irqc != NONE && c->plan->devs[b->irqc].irq_count) {
		const struct plan_irq *maint = &c->plan->irqs[c->plan->devs[b->irqc].irq_first];

		b->maint_irq = maint->irq != PLAN_IRQ_NONE ? maint->irq : 0;
	}
}

static unsigned irq_bound(const struct tree *t)
{
	unsigned n = 0;

	for (unsigned i = 0; i < t->node_count; i++) {
		for (unsigned k = 0; k < t->nodes[i].prop_count; k++) {
			const struct tree_prop *p = &t->nodes[i].props[k];

			n += p->name[0] == 'i' ? p->len / 4 : 0; /* "interrupt" and few others */
		}
	}
	return n + 1; /* a controller may have specifiers of one cell */
}

enum err hwirq_scan(struct ctx *c)
{
	struct plan *p = c->plan;
	size_t irqs = irq_bound(&c->hw);
	uint32_t spis = c->in->gic_spis ? c->in->gic_spis : GIC_SPIS_DEFAULT;

	p->board.irq_count = plan_is_ppc(c->plan) ? MPIC_SOURCES : GIC_SPI_BASE + spis;
	c->irq_words = p->board.irq_count / 32 + 1;
	c->irq_used = arena_scratch(c->arena, c->irq_words * 4);
	c->spi_taken = arena_scratch(c->arena, c->irq_words * 4);
	p->irqs = arena_keep_raw(c->arena, (irqs + 1) * sizeof(*p->irqs));
	if (!c->irq_used || !c->spi_taken || !p->irqs) {
		return ERR_SIZE;
	}
	c->irq_cells_of = NONE;
	for (unsigned i = 1; i < c->hw.node_count; i++) {
		if (c->dev_of[i] != NONE && !hwpci_below(c, i)) {
			dev_irqs(c, i);
		}
	}
	arena_trim(c->arena, p->irqs, (irqs + 1) * sizeof(*p->irqs),
		   (p->irq_count + 1u) * sizeof(*p->irqs));
	if (!plan_is_ppc(c->plan)) {
		timer_irqs(c);
	}
	return OK;
}
