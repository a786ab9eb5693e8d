/* SPDX-License-Identifier: BSD-3-Clause */
/* Guest tree: virtual UARTs, the first of which is the console. */
/* pure */
#include "hv/plan/live.h"

#define VUART_CLOCK_HZ 24000000u

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

static void model(struct live *l, struct lnode *n, uint8_t kind)
{
	static const char pl011[] = "arm,pl011\0arm,primecell", names[] = "uartclk\0apb_pclk";
	uint32_t clocks[2];

	if (kind == PLAN_VUART_PL011) {
		clocks[0] = clocks[1] = vuart_clock(l);
		live_set(l, n, "compatible", pl011, sizeof(pl011));
		live_cells(l, n, "clocks", clocks, 2);
		live_set(l, n, "clock-names", names, sizeof(names));
		return;
	}
	live_str(l, n, "compatible", plan_is_ppc(l->c->plan) ? "ns16550" : "ns16550a");
	live_u32(l, n, "clock-frequency", VUART_CLOCK_HZ);
}

/* ppc: on the bus where Linux looks for devices, unless that bus translates addresses. */
static struct lnode *bus_of(struct live *l)
{
	bool is_plain = !tree_has(&l->c->cfg, l->part->cfg_index, "device-ranges");

	return plan_is_ppc(l->c->plan) && is_plain ? gt_devices(l) : l->root;
}

static struct lnode *vuart(struct live *l, const struct end_node *e, const struct plan_end *end)
{
	struct lnode *n;
	uint32_t irq[3], reg[4];

	n = live_node(l, bus_of(l), live_text(l, "serial@%llx", (unsigned long long)e->guest_addr));
	n->cfg = e->cfg;
	model(l, n, e->vuart);
	live_str(l, n, "device_type", "serial");
	if (n->parent == l->root) {
		live_reg(l, n, "reg", e->guest_addr, PAGE_SIZE);
	} else {
		live_put(reg, e->guest_addr, 2);
		live_put(reg + 2, PAGE_SIZE, 2);
		live_cells(l, n, "reg", reg, 4);
	}
	if (end->virq_rx != NONE) {
		live_cells(l, n, "interrupts", irq, gt_virq(l, end->virq_rx, irq));
	}
	live_u32(l, n, "interrupt-parent", l->irqc);
	update_apply(l, e->cfg, n);
	return n;
}

/* arm64: the first one is the console; on ppc the layout says so with an alias, as it does for
 * channels. */
static void console(struct live *l, struct lnode *n)
{
	struct lnode *chosen = live_child(l->root, "chosen");

	chosen = chosen ? chosen : live_node(l, l->root, "chosen");
	if (!live_prop(chosen, "stdout-path")) {
		live_str(l, chosen, "stdout-path", live_path(l, n));
	}
}

void gtuart_add(struct live *l)
{
	for (unsigned i = 0; i < l->c->end_count; i++) {
		const struct end_node *e = &l->c->ends[i];
		struct lnode *n;

		if (e->part == l->index && e->vuart) {
			n = vuart(l, e, &l->c->plan->chans[e->chan].end[e->end]);
			if (!plan_is_ppc(l->c->plan)) {
				console(l, n);
			}
		}
	}
}
