/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout: UARTs, muxes and byte channels, linked end to end. */
/* pure */
#include <string.h>

#include "hv/plan/ctx.h"

/* Device index of a UART the hypervisor owns through this node of hv-config, or NONE. */
static uint16_t uart_at(const struct ctx *c, unsigned node)
{
	for (unsigned i = 0; i < c->grant_count; i++) {
		const struct grant *g = &c->grants[i];
		uint16_t driver = c->plan->devs[g->dev].driver;

		if (g->cfg == node && g->owner == OWNER_HV && !g->is_refused &&
		    (driver == PLAN_DRV_UART_PL011 || driver == PLAN_DRV_UART_NS16550)) {
			return g->dev;
		}
	}
	return NONE;
}

static struct end_node *end_at(struct ctx *c, unsigned node)
{
	for (unsigned i = 0; i < c->end_count; i++) {
		if (c->ends[i].cfg == node) {
			return &c->ends[i];
		}
	}
	return NULL;
}

static unsigned mux_at(const struct ctx *c, unsigned node)
{
	for (unsigned i = 0; i < c->plan->mux_count; i++) {
		if (c->mux_node[i] == node) {
			return i;
		}
	}
	return NONE;
}

/* A channel between two ends; nodes of the layout among them remember where they are. */
static unsigned chan_make(struct ctx *c, struct end_node *a, struct plan_end ea, struct end_node *b,
			  struct plan_end eb)
{
	struct plan_chan *chan = &c->plan->chans[c->plan->chan_count];

	chan->end[0] = ea;
	chan->end[1] = eb;
	if (a) {
		a->chan = c->plan->chan_count;
		a->end = 0;
	}
	if (b) {
		b->chan = c->plan->chan_count;
		b->end = 1;
	}
	return c->plan->chan_count++;
}

static struct plan_end end_none(uint8_t kind, unsigned index)
{
	return (struct plan_end){
	    .kind = kind, .index = (uint16_t)index, .virq_rx = NONE, .virq_tx = NONE};
}

/* What the plan says about a node of the layout that is an end. */
static struct plan_end end_of(struct ctx *c, const struct end_node *e)
{
	struct plan_end end = end_none(e->part == NONE ? PLAN_END_HV : PLAN_END_PART, e->part);

	end.path = ctx_path(c, e->cfg);
	end.vuart = e->vuart;
	end.guest_addr = gpa(e->guest_addr);
	if (cfg_is(c, e->cfg, KIND_STUB)) {
		end.kind = PLAN_END_GDB;
		end.vcpu = e->vcpu;
	}
	return end;
}

static void vuart_read(struct ctx *c, struct end_node *e)
{
	const struct tree_prop *at = tree_prop(&c->cfg, e->cfg, "guest-addr");
	const char *model = tree_str(&c->cfg, e->cfg, "model");

	e->vuart = !plan_is_ppc(c->plan) ? PLAN_VUART_PL011 : PLAN_VUART_NS16550;
	if (model && strcmp(model, "pl011") == 0) {
		e->vuart = PLAN_VUART_PL011;
	} else if (model && strcmp(model, "ns16550") == 0) {
		e->vuart = PLAN_VUART_NS16550;
	} else if (tree_has(&c->cfg, e->cfg, "model")) {
		diag_add(c, CHECK_VUART_MODEL, e->part, e->cfg, "model", NULL,
			 "\"%s\" is neither \"pl011\" nor \"ns16550\"", model ? model : "");
	}
	if (!at || at->len != 8 || !is_aligned(tree_cells(at, 0, 2), PAGE_SIZE)) {
		diag_add(c, CHECK_VUART_ADDR, e->part, e->cfg, at ? "guest-addr" : NULL, NULL,
			 "guest-addr %s: write two cells, a multiple of 4 KiB",
			 !at		? "is missing"
			 : at->len != 8 ? "has the wrong length"
					: "is not aligned");
		return;
	}
	e->guest_addr = tree_cells(at, 0, 2);
}

/* debug-cpus = <first-vcpu count>; one stub serves one vCPU, and the guest must not use the
 * hardware. */
static void stub_read(struct ctx *c, struct end_node *e)
{
	const struct plan_part *part = &c->plan->parts[e->part];
	const struct tree_prop *p = tree_prop(&c->cfg, e->cfg, "debug-cpus");

	if (!p || p->len != 8 || tree_cell(p, 0) >= part->cpu_count) {
		diag_add(c, CHECK_DEBUG_STUB, e->part, e->cfg, p ? "debug-cpus" : NULL, NULL,
			 "debug-cpus %s",
			 p ? "must be <vcpu 1> with a vcpu of this partition"
			   : "is missing: write <vcpu 1>");
		return;
	}
	e->vcpu = (uint16_t)tree_cell(p, 0);
	if ((part->flags & PLAN_PART_NO_DEBUG) == 0) {
		diag_add(c, CHECK_DEBUG_STUB, e->part, e->cfg, NULL, part->path,
			 "the guest uses the debug registers itself: add guest-debug-disable to %s",
			 part->path);
	}
}

static void end_add(struct ctx *c, unsigned node, unsigned part)
{
	struct end_node *e = &c->ends[c->end_count++];

	*e = (struct end_node){.cfg = (uint16_t)node, .part = (uint16_t)part, .chan = NONE};
	if (part != NONE && cfg_is(c, node, KIND_VUART)) {
		vuart_read(c, e);
	}
	if (part != NONE && cfg_is(c, node, KIND_STUB)) {
		stub_read(c, e);
	}
}

/* ---------------------------------------------------------------- muxes */

static bool uart_busy(const struct ctx *c, uint16_t dev)
{
	for (unsigned i = 0; i < c->plan->mux_count; i++) {
		if (c->plan->muxes[i].uart == dev) {
			return true;
		}
	}
	for (unsigned i = 0; i < c->plan->chan_count; i++) {
		const struct plan_end *e = c->plan->chans[i].end;

		if ((e[0].kind == PLAN_END_UART && e[0].index == dev) ||
		    (e[1].kind == PLAN_END_UART && e[1].index == dev)) {
			return true;
		}
	}
	return false;
}

static void mux_add(struct ctx *c, unsigned node)
{
	struct plan *p = c->plan;
	struct plan_mux *mux = &p->muxes[p->mux_count];
	unsigned target = cfg_ref(c, node, "endpoint", CHECK_AND_RIGHT(MUX_ENDPOINT), NONE);
	uint16_t uart = target != NONE ? uart_at(c, target) : NONE;

	*mux = (struct plan_mux){.path = ctx_path(c, node), .uart = NONE, .chan = NONE};
	c->mux_node[p->mux_count] = (uint16_t)node;
	if (uart != NONE && uart_busy(c, uart)) {
		diag_add(c, CHECK_CHAN_BUSY, NONE, node, "endpoint", ctx_path(c, target),
			 "%s already serves another mux", p->devs[uart].path);
	} else if (uart != NONE) {
		mux->uart = uart;
	} else if (target != NONE && !cfg_is(c, target, KIND_CHANNEL | KIND_VUART)) {
		diag_add(c, CHECK_MUX_ENDPOINT, NONE, node, "endpoint", ctx_path(c, target),
			 "%s is neither a UART given to the hypervisor nor a byte-channel",
			 ctx_path(c, target));
	}
	p->mux_count++;
}

/* The number a byte channel has on its mux, or NONE with a finding. */
static unsigned mux_number(struct ctx *c, const struct end_node *e, unsigned mux)
{
	const struct tree_prop *p = tree_prop(&c->cfg, e->cfg, "mux-channel");
	uint32_t n;

	if (!p || p->len != 4 || tree_cell(p, 0) >= MAX_MUX_CHANNELS) {
		diag_add(c, CHECK_MUX_CHANNEL, e->part, e->cfg, p ? "mux-channel" : NULL, NULL,
			 "mux-channel %s: write one cell from 0 to %u",
			 !p	       ? "is missing"
			 : p->len != 4 ? "has the wrong length"
				       : "is out of range",
			 MAX_MUX_CHANNELS - 1u);
		return NONE;
	}
	n = tree_cell(p, 0);
	for (unsigned i = 0; i < c->plan->chan_count; i++) {
		const struct plan_end *far = &c->plan->chans[i].end[1];

		if (far->kind == PLAN_END_MUX && far->index == mux && far->mux_channel == n) {
			diag_add(c, CHECK_MUX_TAKEN, e->part, e->cfg, "mux-channel",
				 c->plan->chans[i].end[0].path,
				 "channel %u of %s is already that of %s", n,
				 c->plan->muxes[mux].path, c->plan->chans[i].end[0].path);
			return NONE;
		}
	}
	return n;
}

/* ---------------------------------------------------------------- linking */

static void link_peer(struct ctx *c, struct end_node *e, struct end_node *peer)
{
	const struct tree_prop *back = tree_prop(&c->cfg, peer->cfg, "endpoint");

	if (peer == e) {
		diag_add(c, CHECK_CHAN_ENDPOINT, e->part, e->cfg, "endpoint", NULL,
			 "a byte channel cannot be its own endpoint");
	} else if (back &&
		   (back->len != 4 || tree_by_phandle(&c->cfg, tree_cell(back, 0)) != e->cfg)) {
		diag_add(c, CHECK_CHAN_MISMATCH, e->part, e->cfg, "endpoint",
			 ctx_path(c, peer->cfg), "%s names another endpoint than %s",
			 ctx_path(c, peer->cfg), ctx_path(c, e->cfg));
	} else if (peer->chan != NONE) {
		diag_add(c, CHECK_CHAN_BUSY, e->part, e->cfg, "endpoint", ctx_path(c, peer->cfg),
			 "%s is already connected to %s", ctx_path(c, peer->cfg),
			 c->plan->chans[peer->chan].end[!peer->end].path);
	} else {
		chan_make(c, e, end_of(c, e), peer, end_of(c, peer));
	}
}

static void link_uart(struct ctx *c, struct end_node *e, uint16_t uart, unsigned target)
{
	if (uart_busy(c, uart)) {
		diag_add(c, CHECK_CHAN_BUSY, e->part, e->cfg, "endpoint", ctx_path(c, target),
			 "%s is already in use: %s", c->plan->devs[uart].path,
			 plan_right_CHAN_BUSY);
		return;
	}
	chan_make(c, e, end_of(c, e), NULL, end_none(PLAN_END_UART, uart));
}

static void link_mux(struct ctx *c, struct end_node *e, unsigned mux)
{
	unsigned n = mux_number(c, e, mux);
	struct plan_end far = end_none(PLAN_END_MUX, mux);

	if (n != NONE) {
		far.mux_channel = (uint16_t)n;
		chan_make(c, e, end_of(c, e), NULL, far);
	}
}

static void link_end(struct ctx *c, struct end_node *e)
{
	unsigned target;
	struct end_node *peer;

	if (e->chan != NONE || !tree_has(&c->cfg, e->cfg, "endpoint")) {
		return;
	}
	target = cfg_ref(c, e->cfg, "endpoint", CHECK_AND_RIGHT(CHAN_ENDPOINT), e->part);
	if (target == NONE) {
		return;
	}
	peer = end_at(c, target);
	if (peer) {
		link_peer(c, e, peer);
	} else if (uart_at(c, target) != NONE) {
		link_uart(c, e, uart_at(c, target), target);
	} else if (mux_at(c, target) != NONE) {
		link_mux(c, e, mux_at(c, target));
	} else {
		diag_add(
		    c, CHECK_CHAN_ENDPOINT, e->part, e->cfg, "endpoint", ctx_path(c, target),
		    "%s is neither a byte-channel nor a mux nor a UART given to the hypervisor",
		    ctx_path(c, target));
	}
}

/* A mux on top of a byte channel: the channel's other side carries the multiplexed stream. */
static void link_chained_mux(struct ctx *c, unsigned mux)
{
	const struct tree_prop *p = tree_prop(&c->cfg, c->mux_node[mux], "endpoint");
	unsigned target = p && p->len == 4 ? tree_by_phandle(&c->cfg, tree_cell(p, 0)) : NONE;
	struct end_node *e = target != NONE ? end_at(c, target) : NULL;

	if (!e || c->plan->muxes[mux].uart != NONE) {
		return;
	}
	if (e->chan != NONE) {
		diag_add(c, CHECK_CHAN_BUSY, e->part, c->mux_node[mux], "endpoint",
			 ctx_path(c, target), "%s is already connected", ctx_path(c, target));
		return;
	}
	c->plan->muxes[mux].chan =
	    (uint16_t)chan_make(c, e, end_of(c, e), NULL, end_none(PLAN_END_MUX, mux));
	c->plan->chans[e->chan].end[1].mux_channel = NONE;
}

static void link_open(struct ctx *c)
{
	for (unsigned i = 0; i < c->end_count; i++) {
		struct end_node *e = &c->ends[i];

		if (e->chan != NONE) {
			continue;
		}
		if (!tree_has(&c->cfg, e->cfg, "endpoint")) {
			diag_add(c, CHECK_CHAN_OPEN, e->part, e->cfg, NULL, NULL,
				 "no endpoint, and no other byte channel names this one: it is "
				 "connected "
				 "to nothing");
		}
		chan_make(c, e, end_of(c, e), NULL, end_none(PLAN_END_NONE, NONE));
	}
}

/* ---------------------------------------------------------------- the hypervisor's console */

/* UART that the hardware tree names as console, when the hypervisor owns it or nobody does. */
static uint16_t console_of_board(struct ctx *c)
{
	static const char *const names[] = {"stdout-path", "linux,stdout-path"};
	unsigned chosen = tree_child(&c->hw, TREE_ROOT, "chosen"), node = NONE;
	struct plan_dev *dev;

	for (unsigned i = 0; chosen != NONE && node == NONE && i < ARRAY_SIZE(names); i++) {
		const char *s = tree_str(&c->hw, chosen, names[i]);
		const char *colon = s ? strchr(s, ':') : NULL;

		if (s && *s == '/') {
			node = tree_by_path(&c->hw, s, colon ? (size_t)(colon - s) : strlen(s));
		} else if (s && !colon) {
			node = tree_by_name(&c->hw, s);
		}
	}
	if (node == NONE) {
		node = tree_by_name(&c->hw, "stdout");
	}
	if (node == NONE) {
		node = tree_by_name(&c->hw, "serial0");
	}
	dev = node != NONE && c->dev_of[node] != NONE ? &c->plan->devs[c->dev_of[node]] : NULL;
	if (!dev || (dev->driver != PLAN_DRV_UART_PL011 && dev->driver != PLAN_DRV_UART_NS16550) ||
	    dev->owner < MAX_PARTS) {
		return NONE;
	}
	dev->owner = OWNER_HV;
	return c->dev_of[node];
}

void cfgchan_board_console(struct ctx *c)
{
	c->plan->hv_chan = NONE;
	c->plan->board.console = console_of_board(c);
}

static unsigned stdout_target(struct ctx *c)
{
	const struct tree_prop *p;
	unsigned target;

	if (c->hv_config == NONE || !tree_has(&c->cfg, c->hv_config, "stdout")) {
		return NONE;
	}
	p = tree_prop(&c->cfg, c->hv_config, "stdout");
	target = p->len == 4 ? tree_by_phandle(&c->cfg, tree_cell(p, 0)) : NONE;
	if (target == NONE) {
		diag_add(c, CHECK_HV_STDOUT, NONE, c->hv_config, "stdout", NULL,
			 "stdout is not the phandle of a node: the board's console is used");
	}
	return target;
}

/* After linking: where the shell is, and which UART the boot log goes to. */
static void console_find(struct ctx *c, unsigned target)
{
	struct plan *p = c->plan;
	struct end_node *e = target != NONE ? end_at(c, target) : NULL;
	uint16_t uart = target != NONE ? uart_at(c, target) : NONE;
	const struct plan_end *far;

	p->hv_chan = NONE;
	if (e && e->chan != NONE) {
		struct plan_end *mine = &p->chans[e->chan].end[e->part == NONE ? e->end : !e->end];

		if (mine->kind == PLAN_END_NONE) {
			mine->kind = PLAN_END_HV;
		}
		p->hv_chan = mine->kind == PLAN_END_HV ? e->chan : NONE;
		p->hv_chan_end = (uint16_t)(mine - p->chans[e->chan].end);
	} else if (uart != NONE && !uart_busy(c, uart)) {
		p->hv_chan = (uint16_t)chan_make(c, NULL, end_none(PLAN_END_HV, NONE), NULL,
						 end_none(PLAN_END_UART, uart));
		p->hv_chan_end = 0;
	}
	if (target != NONE && p->hv_chan == NONE) {
		diag_add(c, CHECK_HV_STDOUT, NONE, c->hv_config, "stdout", ctx_path(c, target),
			 "%s cannot be the console: %s", ctx_path(c, target), plan_right_HV_STDOUT);
	}
	if (p->hv_chan != NONE) {
		far = &p->chans[p->hv_chan].end[!p->hv_chan_end];
		p->board.console = far->kind == PLAN_END_UART  ? far->index
				   : far->kind == PLAN_END_MUX ? p->muxes[far->index].uart
							       : NONE;
	}
	if (p->board.console == NONE) {
		p->board.console = console_of_board(c);
	}
	if (target == NONE && p->board.console != NONE && !uart_busy(c, p->board.console)) {
		p->hv_chan = (uint16_t)chan_make(c, NULL, end_none(PLAN_END_HV, NONE), NULL,
						 end_none(PLAN_END_UART, p->board.console));
		p->hv_chan_end = 0;
	}
	if (p->board.console == NONE) {
		diag_add(c, CHECK_HV_STDOUT, NONE, c->hv_config != NONE ? c->hv_config : TREE_ROOT,
			 NULL, NULL,
			 "there is no console: neither stdout nor the hardware tree names a UART "
			 "that the hypervisor may use");
	}
}

static enum err arrays_make(struct ctx *c)
{
	struct plan *p = c->plan;
	unsigned ends = cfg_count(c, KIND_CHANNEL | KIND_VUART | KIND_STUB) + 2;
	unsigned muxes = cfg_count(c, KIND_MUX) + 1;

	p->chans = arena_keep(c->arena, (ends + muxes) * sizeof(*p->chans));
	p->muxes = arena_keep(c->arena, muxes * sizeof(*p->muxes));
	c->ends = arena_scratch(c->arena, ends * sizeof(*c->ends));
	c->mux_node = arena_scratch(c->arena, muxes * sizeof(*c->mux_node));
	return p->chans && p->muxes && c->ends && c->mux_node ? OK : ERR_SIZE;
}

enum err cfgchan_scan(struct ctx *c)
{
	unsigned console = stdout_target(c);

	if (arrays_make(c) != OK) {
		return ERR_SIZE;
	}
	for (unsigned i = 1; i < c->cfg.node_count; i++) {
		if (cfg_is(c, i, KIND_MUX)) {
			mux_add(c, i);
		} else if (c->part_of[i] != NONE &&
			   cfg_is(c, i, KIND_CHANNEL | KIND_VUART | KIND_STUB)) {
			end_add(c, i, c->part_of[i]);
		} else if (cfg_is(c, i, KIND_CHANNEL | KIND_VUART) &&
			   (i == console || c->cfg.nodes[i].parent == c->hv_config)) {
			end_add(c, i, NONE);
		}
	}
	for (unsigned i = 0; i < c->end_count; i++) {
		link_end(c, &c->ends[i]);
	}
	for (unsigned i = 0; i < c->plan->mux_count; i++) {
		link_chained_mux(c, i);
	}
	link_open(c);
	console_find(c, console);
	return OK;
}
