/* SPDX-License-Identifier: BSD-3-Clause */
/* node-update and node-update-phandle: what a layout edits in the guest trees. */
/* pure; docs/binding.md "Editing guest trees" */
#include <string.h>

#include "hv/plan/live.h"

static bool is_string_list(const struct tree_prop *p)
{
	return p->len != 0 && p->val[p->len - 1] == 0;
}

static void bad_list(struct live *l, unsigned cfg, const struct tree_prop *p)
{
	diag_add(l->c, CHECK_UPDATE_LIST, l->index, cfg, p->name, NULL,
		 "%s is not a list of strings", p->name);
}

static void delete_nodes(struct live *l, unsigned cfg, const struct tree_prop *p,
			 struct lnode *target)
{
	if (!is_string_list(p)) {
		bad_list(l, cfg, p);
		return;
	}
	for (uint32_t at = 0; at < p->len; at += (uint32_t)strlen((const char *)p->val + at) + 1) {
		struct lnode *n;

		while (p->val[at] && (n = live_child(target, (const char *)p->val + at)) != NULL) {
			live_unlink(n);
		}
	}
}

static void delete_props(struct live *l, unsigned cfg, const struct tree_prop *p,
			 struct lnode *target)
{
	if (!is_string_list(p)) {
		bad_list(l, cfg, p);
		return;
	}
	for (uint32_t at = 0; at < p->len; at += (uint32_t)strlen((const char *)p->val + at) + 1) {
		live_remove(target, (const char *)p->val + at);
	}
}

/* Put a string before the current content of a property. */
static void prepend(struct live *l, struct lnode *target, const char *name, const char *s)
{
	struct lprop *old = live_prop(target, name);
	uint32_t n = (uint32_t)strlen(s) + 1, more = old ? old->len : 0;
	uint8_t *val = live_room(l, n + more);

	if (!val) {
		return;
	}
	memcpy(val, s, n);
	if (more) {
		memcpy(val + n, old->val, more);
	}
	live_set(l, target, name, val, n + more);
}

static void prepend_pairs(struct live *l, unsigned cfg, const struct tree_prop *p,
			  struct lnode *target)
{
	uint32_t at = 0;

	if (!is_string_list(p)) {
		bad_list(l, cfg, p);
		return;
	}
	while (at < p->len) {
		const char *name = (const char *)p->val + at, *s;

		at += (uint32_t)strlen(name) + 1;
		if (at >= p->len) {
			diag_add(l->c, CHECK_UPDATE_LIST, l->index, cfg, p->name, NULL,
				 "prepend-stringlist has no string for \"%s\"", name);
			return;
		}
		s = (const char *)p->val + at;
		at += (uint32_t)strlen(s) + 1;
		prepend(l, target, name, s);
	}
}

static bool is_edit(const char *name)
{
	return strcmp(name, "delete-subnodes") == 0 || strcmp(name, "delete-node") == 0 ||
	       strcmp(name, "delete-prop") == 0 || strcmp(name, "prepend-stringlist") == 0;
}

/* One level, in the order Topaz has: deletions, then properties, then prepended strings. */
static void merge_level(struct live *l, unsigned cfg, struct lnode *target)
{
	const struct tree *t = &l->c->cfg;
	const struct tree_node *node = &t->nodes[cfg];
	const struct tree_prop *p;

	l->c->is_used[cfg] = true;
	if (tree_has(t, cfg, "delete-subnodes")) {
		target->child = target->last = NULL;
	}
	p = tree_prop(t, cfg, "delete-node");
	if (p) {
		delete_nodes(l, cfg, p, target);
	}
	p = tree_prop(t, cfg, "delete-prop");
	if (p) {
		delete_props(l, cfg, p, target);
	}
	for (unsigned i = node->prop_count; i-- > 0;) {
		p = &node->props[i];
		if (strcmp(p->name, "phandle") == 0 || strcmp(p->name, "linux,phandle") == 0) {
			target->update = (uint16_t)cfg;
			live_phandle(l, target);
		} else if (!is_edit(p->name)) {
			live_set(l, target, p->name, p->val, p->len);
		}
	}
	p = tree_prop(t, cfg, "prepend-stringlist");
	if (p) {
		prepend_pairs(l, cfg, p, target);
	}
}

/* The whole subtree of an update node onto target: walk both trees side by side. */
static void merge(struct live *l, unsigned top, struct lnode *target)
{
	const struct tree *t = &l->c->cfg;
	struct lnode *here = target;
	unsigned at = top, depth_node = top;

	for (; at != NONE; at = tree_walk(t, top, at)) {
		if (at != top) {
			/* climb until `here` is what the parent of `at` was merged into */
			while (depth_node != t->nodes[at].parent) {
				depth_node = t->nodes[depth_node].parent;
				here = here->parent;
			}
			struct lnode *child = live_child(here, t->nodes[at].name);

			here = child ? child : live_node(l, here, t->nodes[at].name);
			depth_node = at;
		}
		if (l->is_full) {
			return;
		}
		merge_level(l, at, here);
	}
}

void update_apply(struct live *l, unsigned cfg, struct lnode *target)
{
	const struct tree *t = &l->c->cfg;

	for (unsigned n = t->nodes[cfg].child; n != NONE; n = t->nodes[n].next) {
		if (tree_is_named(t, n, "node-update")) {
			merge(l, n, target);
		}
	}
}

bool update_deletes(const struct ctx *c, unsigned node, const char *prop)
{
	const struct tree *t = &c->cfg;

	for (unsigned n = t->nodes[node].child; n != NONE; n = t->nodes[n].next) {
		if (tree_is_named(t, n, "node-update") &&
		    tree_list_has(tree_prop(t, n, "delete-prop"), prop)) {
			return true;
		}
	}
	return false;
}

/* A list of phandles of the layout becomes a list of phandles of the guest tree. */
static void phandle_prop(struct live *l, unsigned cfg, const struct tree_prop *p,
			 struct lnode *target)
{
	uint32_t *cells = live_room(l, p->len);

	if (p->len == 0 || p->len % 4 != 0) {
		diag_add(l->c, CHECK_UPDATE_PHANDLE, l->index, cfg, p->name, NULL,
			 "%s is not a list of phandles", p->name);
		return;
	}
	for (unsigned i = 0; cells && i < p->len / 4; i++) {
		unsigned node = tree_by_phandle(&l->c->cfg, tree_cell(p, i));
		struct lnode *n = node != NONE ? live_by_cfg(l, node) : NULL;

		if (!n) {
			diag_add(l->c, CHECK_UPDATE_PHANDLE, l->index, cfg, p->name,
				 node != NONE ? ctx_path(l->c, node) : NULL, "cell %u of %s: %s", i,
				 p->name,
				 node == NONE
				     ? "no node of the layout has this phandle"
				     : "that node has no counterpart in this guest's tree");
			return;
		}
		cells[i] = live_phandle(l, n);
	}
	if (cells) {
		live_cells(l, target, p->name, cells, p->len / 4);
	}
}

static void phandle_tree(struct live *l, unsigned top, struct lnode *target)
{
	const struct tree *t = &l->c->cfg;
	struct lnode *here = target;
	unsigned depth_node = top;

	for (unsigned at = top; at != NONE; at = tree_walk(t, top, at)) {
		if (at != top) {
			while (depth_node != t->nodes[at].parent) {
				depth_node = t->nodes[depth_node].parent;
				here = here->parent;
			}
			struct lnode *child = live_child(here, t->nodes[at].name);

			here = child ? child : live_node(l, here, t->nodes[at].name);
			depth_node = at;
		}
		l->c->is_used[at] = true;
		for (unsigned i = t->nodes[at].prop_count; i-- > 0 && !l->is_full;) {
			const struct tree_prop *p = &t->nodes[at].props[i];

			if (strcmp(p->name, "phandle") != 0 &&
			    strcmp(p->name, "linux,phandle") != 0) {
				phandle_prop(l, at, p, here);
			}
		}
	}
}

void update_phandles(struct live *l, unsigned cfg, struct lnode *target)
{
	const struct tree *t = &l->c->cfg;

	for (unsigned n = t->nodes[cfg].child; n != NONE; n = t->nodes[n].next) {
		if (tree_is_named(t, n, "node-update-phandle")) {
			phandle_tree(l, n, target);
		}
	}
}
