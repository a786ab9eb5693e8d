/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout: doorbells and who rings or hears them, managed partitions, error managers. */
/* pure */
#include <string.h>

#include "hv/plan/ctx.h"

#define FAST_MAX 4u

static void bell_add(struct ctx *c, unsigned node, unsigned *fast)
{
	struct plan *p = c->plan;
	struct plan_doorbell *b = &p->doorbells[p->doorbell_count];

	b->path = ctx_path(c, node);
	b->is_fast = cfg_is(c, node, KIND_FAST_DOORBELL);
	if (b->is_fast && !plan_is_ppc(c->plan)) {
		diag_add(c, CHECK_PROP_ARCH, NONE, node, "compatible", NULL,
			 "fast doorbells are MPIC interrupts; on arm64 this is a plain doorbell");
		b->is_fast = false;
	} else if (b->is_fast && ++*fast > FAST_MAX) {
		diag_add(c, CHECK_DOORBELL_FAST, NONE, node, "compatible", NULL,
			 "more than %u fast doorbells: this one works as a plain doorbell",
			 FAST_MAX);
		b->is_fast = false;
	}
	c->bell_node[p->doorbell_count++] = (uint16_t)node;
}

static unsigned bell_at(const struct ctx *c, unsigned node)
{
	for (unsigned i = 0; i < c->plan->doorbell_count; i++) {
		if (c->bell_node[i] == node) {
			return i;
		}
	}
	return NONE;
}

static void ring_add(struct ctx *c, unsigned node, bool is_send)
{
	unsigned part = c->part_of[node];
	unsigned target = cfg_ref(c, node, "global-doorbell", CHECK_AND_RIGHT(DOORBELL_REF), part);
	unsigned bell = target != NONE ? bell_at(c, target) : NONE;

	if (target != NONE && bell == NONE) {
		diag_add(c, CHECK_DOORBELL_REF, part, node, "global-doorbell", ctx_path(c, target),
			 "%s is not a doorbell", ctx_path(c, target));
	}
	if (bell == NONE) {
		return;
	}
	c->rings[c->ring_count++] = (struct ring){
	    .cfg = (uint16_t)node,
	    .part = (uint16_t)part,
	    .bell = (uint16_t)bell,
	    .virq = NONE,
	    .is_send = is_send,
	};
}

static unsigned part_at(const struct ctx *c, unsigned node)
{
	for (unsigned i = 0; i < c->plan->part_count; i++) {
		if (c->plan->parts[i].cfg_index == node) {
			return i;
		}
	}
	return NONE;
}

static void managing_add(struct ctx *c, unsigned node)
{
	unsigned part = c->part_of[node];
	unsigned target = cfg_ref(c, node, "partition", CHECK_AND_RIGHT(MANAGED_REF), part);
	unsigned who = target != NONE ? part_at(c, target) : NONE;

	if (target == NONE) {
		return;
	}
	if (who == NONE || who == part) {
		diag_add(c, CHECK_MANAGED_REF, part, node, "partition", ctx_path(c, target),
			 "%s is %s", ctx_path(c, target),
			 who == NONE ? "not a partition" : "this partition itself");
		return;
	}
	for (unsigned i = 0; i < c->managing_count; i++) {
		if (c->managings[i].part == part && c->managings[i].target == who) {
			diag_add(c, CHECK_MANAGED_REF, part, node, "partition",
				 ctx_path(c, c->managings[i].cfg), "%s is managed twice",
				 ctx_path(c, target));
			return;
		}
	}
	c->managings[c->managing_count++] =
	    (struct managing){(uint16_t)node, (uint16_t)part, (uint16_t)who};
}

static bool is_standby(const struct ctx *c, unsigned node)
{
	const char *s = tree_str(&c->cfg, node, "claimable");

	return s && strcmp(s, "standby") == 0;
}

static void error_manager_add(struct ctx *c, unsigned node)
{
	unsigned part = c->part_of[node];
	const struct tree_prop *v = tree_prop(&c->cfg, node, "vcpu");

	if (!v || v->len != 4 || tree_cell(v, 0) >= c->plan->parts[part].cpu_count) {
		diag_add(c, CHECK_ERROR_MANAGER, part, node, v ? "vcpu" : NULL, NULL,
			 "vcpu %s: write one cell below %u", v ? "is not valid" : "is missing",
			 c->plan->parts[part].cpu_count);
		return;
	}
	for (unsigned i = 0; i < c->plan->part_count; i++) {
		unsigned other = c->errman[i];

		if (other == NONE || (i != part && (is_standby(c, node) || is_standby(c, other)))) {
			continue;
		}
		diag_add(c, CHECK_ERROR_MANAGER, part, node, NULL, ctx_path(c, other),
			 "%s is the error manager already", ctx_path(c, other));
		return;
	}
	c->errman[part] = (uint16_t)node;
}

static enum err arrays_make(struct ctx *c)
{
	struct plan *p = c->plan;
	unsigned bells = cfg_count(c, KIND_DOORBELL) + 1;
	unsigned rings = cfg_count(c, KIND_SEND | KIND_RECEIVE) + 1;
	unsigned managings = cfg_count(c, KIND_MANAGED) + 1;

	p->doorbells = arena_keep(c->arena, bells * sizeof(*p->doorbells));
	p->receivers = arena_keep(c->arena, rings * sizeof(*p->receivers));
	c->bell_node = arena_scratch(c->arena, bells * sizeof(*c->bell_node));
	c->rings = arena_scratch(c->arena, rings * sizeof(*c->rings));
	c->managings = arena_scratch(c->arena, managings * sizeof(*c->managings));
	memset(c->errman, 0xff, sizeof(c->errman));
	return p->doorbells && p->receivers && c->bell_node && c->rings && c->managings ? OK
											: ERR_SIZE;
}

enum err cfgbell_scan(struct ctx *c)
{
	unsigned fast = 0;

	if (arrays_make(c) != OK) {
		return ERR_SIZE;
	}
	for (unsigned i = 1; i < c->cfg.node_count; i++) {
		if (cfg_is(c, i, KIND_DOORBELL)) {
			bell_add(c, i, &fast);
		}
	}
	for (unsigned i = 1; i < c->cfg.node_count; i++) {
		if (c->part_of[i] == NONE) {
			continue;
		}
		if (cfg_is(c, i, KIND_SEND)) {
			ring_add(c, i, true);
		} else if (cfg_is(c, i, KIND_RECEIVE)) {
			ring_add(c, i, false);
		} else if (cfg_is(c, i, KIND_MANAGED)) {
			managing_add(c, i);
		} else if (cfg_is(c, i, KIND_ERROR_MANAGER)) {
			error_manager_add(c, i);
		}
	}
	return OK;
}
