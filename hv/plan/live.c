/* SPDX-License-Identifier: BSD-3-Clause */
/* A device tree that can still change. */
/* pure */
#include "hv/plan/live.h"

#include <libfdt.h>
#include <string.h>

void *live_room(struct live *l, uint32_t n)
{
	void *p = arena_scratch_raw(l->c->arena, n);

	if (!p) {
		l->is_full = true;
	}
	return p;
}

struct lnode *live_node(struct live *l, struct lnode *parent, const char *name)
{
	struct lnode *n = live_room(l, sizeof(*n));

	if (!n) {
		return l->root; /* harmless: a full tree is thrown away */
	}
	*n =
	    (struct lnode){.name = name, .parent = parent, .cfg = NONE, .update = NONE, .hw = NONE};
	if (!parent) {
		return n;
	}
	if (parent->last) {
		parent->last->next = n;
	} else {
		parent->child = n;
	}
	parent->last = n;
	return n;
}

static bool same_name(const char *have, const char *want)
{
	size_t n = strlen(want);

	return strncmp(have, want, n) == 0 &&
	       (have[n] == 0 || (have[n] == '@' && strchr(want, '@') == NULL));
}

struct lnode *live_child(struct lnode *parent, const char *name)
{
	struct lnode *n = parent->child;

	while (n && !same_name(n->name, name)) {
		n = n->next;
	}
	return n;
}

struct lprop *live_prop(struct lnode *n, const char *name)
{
	struct lprop *p = n->props;

	while (p && strcmp(p->name, name) != 0) {
		p = p->next;
	}
	return p;
}

void live_set(struct live *l, struct lnode *n, const char *name, const void *val, uint32_t len)
{
	struct lprop *p = live_prop(n, name);

	if (!p) {
		p = live_room(l, sizeof(*p));
		if (!p) {
			return;
		}
		*p = (struct lprop){.name = name};
		if (n->last_prop) {
			n->last_prop->next = p;
		} else {
			n->props = p;
		}
		n->last_prop = p;
	}
	p->val = val;
	p->len = len;
}

void live_str(struct live *l, struct lnode *n, const char *name, const char *s)
{
	live_set(l, n, name, s, (uint32_t)strlen(s) + 1);
}

void live_flag(struct live *l, struct lnode *n, const char *name)
{
	live_set(l, n, name, "", 0);
}

void live_cells(struct live *l, struct lnode *n, const char *name, const uint32_t *cells,
		unsigned count)
{
	uint32_t *val = live_room(l, count * 4);

	if (!val) {
		return;
	}
	for (unsigned i = 0; i < count; i++) {
		val[i] = cpu_to_fdt32(cells[i]);
	}
	live_set(l, n, name, val, count * 4);
}

void live_u32(struct live *l, struct lnode *n, const char *name, uint32_t v)
{
	live_cells(l, n, name, &v, 1);
}

void live_remove(struct lnode *n, const char *name)
{
	struct lprop *p = n->props, *before = NULL;

	while (p && strcmp(p->name, name) != 0) {
		before = p;
		p = p->next;
	}
	if (!p) {
		return;
	}
	if (before) {
		before->next = p->next;
	} else {
		n->props = p->next;
	}
	if (n->last_prop == p) {
		n->last_prop = before;
	}
}

void live_unlink(struct lnode *n)
{
	struct lnode *parent = n->parent, *before = NULL;

	for (struct lnode *i = parent->child; i != n; i = i->next) {
		before = i;
	}
	if (before) {
		before->next = n->next;
	} else {
		parent->child = n->next;
	}
	if (parent->last == n) {
		parent->last = before;
	}
}

const char *live_text(struct live *l, const char *fmt, ...)
{
	char buf[300];
	va_list ap;
	size_t n;
	char *out;

	va_start(ap, fmt);
	n = text_vfmt(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	out = live_room(l, (uint32_t)n + 1);
	return out ? memcpy(out, buf, n + 1) : "";
}

unsigned live_put(uint32_t *out, uint64_t v, unsigned cells)
{
	if (cells == 2) {
		*out++ = (uint32_t)(v >> 32);
	}
	*out = (uint32_t)v;
	return cells;
}

void live_reg(struct live *l, struct lnode *n, const char *name, uint64_t addr, uint64_t size)
{
	const struct plan_board *b = &l->c->plan->board;
	uint32_t cells[4];
	unsigned at = live_put(cells, addr, b->addr_cells);

	at += live_put(cells + at, size, b->size_cells);
	live_cells(l, n, name, cells, at);
}

uint32_t live_phandle(struct live *l, struct lnode *n)
{
	if (n->phandle == 0) {
		n->phandle = l->next_phandle++;
	}
	if (!live_prop(n, "phandle")) {
		live_u32(l, n, "phandle", n->phandle);
		if (plan_is_ppc(l->c->plan)) {
			live_u32(l, n, "linux,phandle", n->phandle);
		}
	}
	return n->phandle;
}

struct lnode *live_walk(struct lnode *top, struct lnode *at)
{
	if (at->child) {
		return at->child;
	}
	while (at != top) {
		if (at->next) {
			return at->next;
		}
		at = at->parent;
	}
	return NULL;
}

struct lnode *live_by_cfg(struct live *l, unsigned cfg)
{
	struct lnode *n = l->root;

	while (n && n->cfg != cfg && n->update != cfg) {
		n = live_walk(l->root, n);
	}
	return n;
}

struct lnode *live_by_hw(struct live *l, unsigned hw)
{
	struct lnode *n = l->root;

	while (n && n->hw != hw) {
		n = live_walk(l->root, n);
	}
	return n;
}

struct lnode *live_by_phandle(struct live *l, uint32_t phandle)
{
	struct lnode *n = l->root;

	while (n && (n->phandle != phandle || phandle == 0)) {
		n = live_walk(l->root, n);
	}
	return n;
}

const char *live_path(struct live *l, struct lnode *n)
{
	size_t len = 1, at;
	char *out;

	for (struct lnode *i = n; i->parent; i = i->parent) {
		len += strlen(i->name) + 1;
	}
	len += n->parent ? 0 : 1;
	out = live_room(l, (uint32_t)len);
	if (!out) {
		return "/";
	}
	at = len - 1;
	out[at] = 0;
	out[0] = '/';
	for (struct lnode *i = n; i->parent; i = i->parent) {
		size_t k = strlen(i->name);

		at -= k;
		memcpy(out + at, i->name, k);
		out[--at] = '/';
	}
	return out;
}

void live_copy(struct live *l, struct lnode *n, unsigned hw)
{
	const struct tree_node *from = &l->c->hw.nodes[hw];

	n->hw = (uint16_t)hw;
	n->phandle = from->phandle;
	for (unsigned i = from->prop_count; i-- > 0;) {
		live_set(l, n, from->props[i].name, from->props[i].val, from->props[i].len);
	}
}
