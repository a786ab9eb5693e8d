/* SPDX-License-Identifier: BSD-3-Clause */
/* Guest tree: /hypervisor/handles, what a guest can call and be called by. */
/* pure; names and properties as Topaz */
#include <string.h>

#include "hv/plan/live.h"

static struct lnode *handle_node(struct live *l, struct lnode *parent, const char *name,
				 unsigned cfg, const char *compat, uint32_t compat_len)
{
	struct lnode *n;

	if (cfg != NONE && live_child(parent, name)) {
		diag_add(l->c, CHECK_NAME_TAKEN, l->index, cfg, NULL, NULL,
			 "the guest's tree has a node \"%s\" in /hypervisor/handles already: give "
			 "this one "
			 "another name",
			 name);
	}
	n = live_node(l, parent, name);
	n->cfg = (uint16_t)cfg;
	live_set(l, n, "compatible", compat, compat_len);
	return n;
}

#define HANDLE_NODE(l, parent, name, cfg, compat)                                                  \
	handle_node(l, parent, name, cfg, compat, (uint32_t)sizeof(compat))

static void handle_number(struct live *l, struct lnode *n, unsigned handle)
{
	live_u32(l, n, "reg", handle);
	live_u32(l, n, "hv-handle", handle);
}

static void handle_irqs(struct live *l, struct lnode *n, unsigned a, unsigned b)
{
	uint32_t cells[6];
	unsigned at = 0;

	at += a != NONE ? gt_virq(l, a, cells) : 0;
	at += b != NONE ? gt_virq(l, b, cells + at) : 0;
	if (at) {
		live_cells(l, n, "interrupts", cells, at);
	}
}

static void doorbells(struct live *l, bool is_send)
{
	for (unsigned i = 0; i < l->c->ring_count; i++) {
		const struct ring *r = &l->c->rings[i];
		const char *name = l->c->cfg.nodes[r->cfg].name;
		struct lnode *n;

		if (r->part != l->index || r->is_send != is_send) {
			continue;
		}
		if (is_send) {
			n = HANDLE_NODE(l, l->handles, name, r->cfg, "epapr,hv-send-doorbell");
			handle_number(l, n, r->handle);
		} else {
			n = HANDLE_NODE(l, l->handles, name, r->cfg, "epapr,hv-receive-doorbell");
			handle_irqs(l, n, r->virq, NONE);
		}
		update_apply(l, r->cfg, n);
	}
}

/* A managed partition: its control handle and the four doorbells between the two. */
static void managed(struct live *l, const struct plan_managed *m, unsigned cfg)
{
	static const struct {
		const char *name, *compat;
		uint32_t len;
	} events[] = {
#define RECEIVE "\0epapr,hv-receive-doorbell"
#define EVENT(name, first) {name, first RECEIVE, sizeof(first RECEIVE)}
	    [PLAN_EV_STATE_CHANGE] = EVENT("state-change", "fsl,hv-state-change-doorbell"),
	    [PLAN_EV_WATCHDOG] =
		EVENT("watchdog-expiration", "fsl,hv-watchdog-expiration-doorbell"),
	    [PLAN_EV_RESET_REQUEST] = EVENT("reset-request", "fsl,hv-reset-request-doorbell"),
#undef EVENT
#undef RECEIVE
	};
	struct lnode *n =
	    HANDLE_NODE(l, l->handles, l->c->cfg.nodes[cfg].name, cfg, "fsl,hv-partition-handle");
	struct lnode *sub;

	handle_number(l, n, m->handle);
	live_str(l, n, "label", l->c->plan->parts[m->part].name);
	for (unsigned i = 0; i < ARRAY_SIZE(events); i++) {
		sub = handle_node(l, n, events[i].name, NONE, events[i].compat, events[i].len);
		handle_irqs(l, sub, m->virq[i], NONE);
	}
	sub =
	    HANDLE_NODE(l, n, "shutdown", NONE, "fsl,hv-shutdown-doorbell\0epapr,hv-send-doorbell");
	handle_number(l, sub, m->shutdown_handle);
}

static void managed_all(struct live *l)
{
	unsigned k = 0;

	for (unsigned i = 0; i < l->c->managing_count; i++) {
		if (l->c->managings[i].part == l->index) {
			managed(l, &l->part->managed[k++], l->c->managings[i].cfg);
		}
	}
}

static void channels(struct live *l)
{
	for (unsigned i = 0; i < l->c->end_count; i++) {
		const struct end_node *e = &l->c->ends[i];
		const struct plan_end *end = &l->c->plan->chans[e->chan].end[e->end];
		struct lnode *n;

		if (e->part != l->index || end->kind != PLAN_END_PART || e->vuart) {
			continue;
		}
		n = HANDLE_NODE(l, l->handles, l->c->cfg.nodes[e->cfg].name, e->cfg,
				"epapr,hv-byte-channel");
		handle_number(l, n, end->handle);
		handle_irqs(l, n, end->virq_rx, end->virq_tx);
		update_apply(l, e->cfg, n);
	}
}

static void error_manager(struct live *l)
{
	unsigned cfg = l->c->errman[l->index];
	struct lnode *n;

	if (cfg == NONE) {
		return;
	}
	n = HANDLE_NODE(l, l->handles, l->c->cfg.nodes[cfg].name, cfg, "fsl,hv-error-manager");
	handle_number(l, n, l->part->errman_handle);
	live_u32(l, n, "fsl,hv-error-manager-cpu", l->part->errman_vcpu);
	if (tree_has(&l->c->cfg, cfg, "claimable")) {
		live_str(l, n, "fsl,hv-claimable",
			 l->part->is_errman_standby ? "standby" : "active");
	}
	if (l->part->is_errman_standby) {
		live_str(l, n, "status", "disabled");
	}
	update_apply(l, cfg, n);
}

void gthandles_add(struct live *l)
{
	struct lnode *n;

	l->handles = live_node(l, l->hypervisor, "handles");
	live_u32(l, l->handles, "#address-cells", 1);
	live_u32(l, l->handles, "#size-cells", 0);
	live_u32(l, l->handles, "interrupt-parent", l->irqc);
	error_manager(l);
	n = HANDLE_NODE(l, l->handles, "guest-error-queue", NONE, "fsl,hv-guest-error-queue");
	handle_number(l, n, l->part->errq_handle);
	doorbells(l, true);
	doorbells(l, false);
	managed_all(l);
	n = HANDLE_NODE(l, l->handles, "shutdown", NONE,
			"fsl,hv-shutdown-doorbell\0epapr,hv-receive-doorbell");
	handle_irqs(l, n, l->part->shutdown_virq, NONE);
	channels(l);
}
