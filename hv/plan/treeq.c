/* SPDX-License-Identifier: BSD-3-Clause */
/* Lookups in an indexed device tree. */
/* pure; none of them recurses or reads the blob's structure again */
#include "hv/plan/tree.h"
#include "hv/plan/text.h"

#include <string.h>

/* What a name was found equal to last. */
static struct tree_memo *memo_of(const struct tree *t, const char *asked)
{
	return &t->memo[((uintptr_t)asked >> 2) % TREE_MEMOS];
}

/*
 * Properties from the last down to p have not matched; p has the key. Out of line: then looking up
 * what was found before saves no registers.
 */
static noinline_fn const struct tree_prop *prop_named(const struct tree *t, unsigned node,
						      const char *name, const struct tree_prop *p)
{
	const struct tree_prop *first = t->nodes[node].props;
	uint32_t key = p->key;

	do {
		if (p->key == key && strcmp(p->name, name) == 0) {
			*memo_of(t, name) = (struct tree_memo){name, p->name};
			return p;
		}
	} while (p-- != first);
	return NULL;
}

/* Names are shared in a blob, so most comparisons have been made before. */
const struct tree_prop *tree_prop_key(const struct tree *t, unsigned node, const char *name,
				      uint32_t key)
{
	const struct tree_prop *first = t->nodes[node].props,
			       *p = first + t->nodes[node].prop_count;
	const struct tree_memo *m = memo_of(t, name);

	while (p-- != first) {
		if (p->key == key) {
			return m->asked == name && m->name == p->name
				   ? p
				   : prop_named(t, node, name, p);
		}
	}
	return NULL;
}

uint64_t tree_cells(const struct tree_prop *p, unsigned i, unsigned n)
{
	uint64_t v = 0;

	for (; n > 0; n--, i++) {
		v = v << 32 | tree_cell(p, i);
	}
	return v;
}

uint32_t tree_first(const struct tree_prop *p, uint32_t dflt)
{
	return p && p->len >= 4 ? tree_cell(p, 0) : dflt;
}

const char *tree_string(const struct tree_prop *p)
{
	if (!p || p->len == 0 || memchr(p->val, 0, p->len) != p->val + p->len - 1) {
		return NULL;
	}
	return (const char *)p->val;
}

bool tree_list_has(const struct tree_prop *p, const char *s)
{
	size_t want = strlen(s), at = 0;

	if (!p || p->len == 0 || p->val[p->len - 1] != 0) {
		return false;
	}
	while (at < p->len) {
		size_t n = strlen((const char *)p->val + at);

		if (n == want && memcmp(p->val + at, s, n) == 0) {
			return true;
		}
		at += n + 1;
	}
	return false;
}

bool tree_is_compatible(const struct tree *t, unsigned node, const char *what)
{
	return tree_list_has(tree_prop(t, node, "compatible"), what);
}

bool tree_is_enabled(const struct tree *t, unsigned node)
{
	const char *status = tree_str(t, node, "status");

	return !status || strncmp(status, "ok", 2) == 0;
}

bool tree_name_is(const char *name, const char *what)
{
	size_t n = strlen(what);

	return strncmp(name, what, n) == 0 && (name[n] == 0 || name[n] == '@');
}

/* Name equal up to `len`, where a name without unit address stands for any. */
static bool name_matches(const char *name, const char *want, size_t len)
{
	if (name[0] != want[0] || strncmp(name, want, len) != 0) {
		return false;
	}
	return name[len] == 0 || (name[len] == '@' && memchr(want, '@', len) == NULL);
}

static unsigned child_named(const struct tree *t, unsigned node, const char *want, size_t len)
{
	for (unsigned c = t->nodes[node].child; c != NONE; c = t->nodes[c].next) {
		if (name_matches(t->nodes[c].name, want, len)) {
			return c;
		}
	}
	return NONE;
}

unsigned tree_child(const struct tree *t, unsigned node, const char *name)
{
	return child_named(t, node, name, strlen(name));
}

unsigned tree_by_phandle(const struct tree *t, uint32_t phandle)
{
	unsigned guess = t->slot[phandle % TREE_SLOTS];

	if (guess != NONE && t->nodes[guess].phandle == phandle) {
		return guess;
	}
	for (unsigned i = 0; phandle != 0 && phandle != UINT32_MAX && i < t->node_count; i++) {
		if (t->nodes[i].phandle == phandle) {
			return i;
		}
	}
	return NONE;
}

unsigned tree_by_path(const struct tree *t, const char *path, size_t len)
{
	unsigned node = TREE_ROOT;
	size_t at = 0;

	while (at < len && node != NONE) {
		const char *slash = memchr(path + at, '/', len - at);
		size_t n = slash ? (size_t)(slash - path) - at : len - at;

		if (n) {
			node = child_named(t, node, path + at, n);
		}
		at += n + 1;
	}
	return node;
}

unsigned tree_by_name(const struct tree *t, const char *name)
{
	unsigned aliases = tree_child(t, TREE_ROOT, "aliases");
	const char *target = aliases != NONE ? tree_str(t, aliases, name) : NULL;

	if (target) {
		name = target;
	}
	return tree_by_path(t, name, strlen(name));
}

unsigned tree_walk(const struct tree *t, unsigned top, unsigned at)
{
	if (t->nodes[at].child != NONE) {
		return t->nodes[at].child;
	}
	while (at != top) {
		if (t->nodes[at].next != NONE) {
			return t->nodes[at].next;
		}
		at = t->nodes[at].parent;
	}
	return NONE;
}

bool tree_inside(const struct tree *t, unsigned node, unsigned top)
{
	while (node != NONE && node != top) {
		node = t->nodes[node].parent;
	}
	return node == top;
}

const char *tree_path(const struct tree *t, unsigned node, struct arena *a, const char *prefix)
{
	size_t n = strlen(prefix) + 1, at;
	char *out;

	if (node == TREE_ROOT) {
		return text_keep(a, "%s/", prefix);
	}
	for (unsigned i = node; i != TREE_ROOT; i = t->nodes[i].parent) {
		n += t->nodes[i].name_len + 1u;
	}
	out = arena_keep_raw(a, n);
	if (!out) {
		return "(out of memory)";
	}
	at = n - 1;
	out[at] = 0;
	for (unsigned i = node; i != TREE_ROOT; i = t->nodes[i].parent) {
		size_t len = t->nodes[i].name_len;

		at -= len;
		memcpy(out + at, t->nodes[i].name, len);
		out[--at] = '/';
	}
	memcpy(out, prefix, at);
	return out;
}

/* One level up: translate r, an address among the children of `bus`, into an address among bus's
 * siblings. */
static enum err translate(const struct tree *t, unsigned bus, struct range *r)
{
	const struct tree_prop *p = tree_prop(t, bus, "ranges");
	unsigned na = tree_addr_cells(t, bus), ns = tree_size_cells(t, bus), pa, row;

	if (!p) {
		return ERR_NONE;
	}
	if (p->len == 0) {
		return OK;
	}
	pa = tree_addr_cells(t, t->nodes[bus].parent);
	row = na + pa + ns;
	if (na > 2 || ns > 2 || pa > 2 || row == 0 || p->len % (4 * row) != 0) {
		return ERR_NONE;
	}
	for (unsigned i = 0; i < p->len / 4; i += row) {
		struct range from = {tree_cells(p, i, na), tree_cells(p, i + na + pa, ns)};
		uint64_t to = tree_cells(p, i + na, pa);

		if (range_valid(from) && range_covers(from, r->base, r->size) &&
		    range_valid((struct range){to, from.size})) {
			r->base = to + (r->base - from.base);
			return OK;
		}
	}
	return ERR_NONE;
}

unsigned tree_reg_count(const struct tree *t, unsigned node)
{
	const struct tree_prop *p = tree_prop(t, node, "reg");
	unsigned bus = t->nodes[node].parent, row;

	if (!p || bus == NONE) {
		return 0;
	}
	row = 4 * (tree_addr_cells(t, bus) + tree_size_cells(t, bus));
	return row == 0 ? 0 : p->len % row ? 1 : p->len / row;
}

enum err tree_reg(const struct tree *t, unsigned node, unsigned i, struct range *out)
{
	const struct tree_prop *p = tree_prop(t, node, "reg");
	unsigned bus = t->nodes[node].parent, na, ns;
	enum err e = OK;

	if (!p || bus == NONE || (bus != TREE_ROOT && !tree_has(t, bus, "ranges"))) {
		return ERR_NONE; /* not memory-mapped: the address is one of the bus alone */
	}
	na = tree_addr_cells(t, bus);
	ns = tree_size_cells(t, bus);
	if (na == 0 || na > 2 || ns == 0 || ns > 2) {
		return ERR_NONE;
	}
	if (p->len % (4 * (na + ns)) != 0) {
		return ERR_FORMAT;
	}
	if (p->len / (4 * (na + ns)) <= i) {
		return ERR_NONE;
	}
	out->base = tree_cells(p, i * (na + ns), na);
	out->size = tree_cells(p, i * (na + ns) + na, ns);
	if (!range_valid(*out)) {
		return ERR_FORMAT;
	}
	for (; e == OK && bus != TREE_ROOT; bus = t->nodes[bus].parent) {
		e = translate(t, bus, out);
	}
	return e;
}

enum err tree_window(const struct tree *t, unsigned node, unsigned i, struct range *out)
{
	const struct tree_prop *p = tree_prop(t, node, "ranges");
	unsigned na = tree_addr_cells(t, node), ns = tree_size_cells(t, node), pa, row;
	enum err e = OK;

	if (!p || t->nodes[node].parent == NONE) {
		return ERR_NONE;
	}
	pa = tree_addr_cells(t, t->nodes[node].parent);
	row = na + pa + ns;
	if (na > 3 || ns > 2 || pa > 2 || row == 0 || p->len / 4 / row <= i) {
		return ERR_NONE;
	}
	out->base = tree_cells(p, i * row + na, pa);
	out->size = tree_cells(p, i * row + na + pa, ns);
	if (!range_valid(*out)) {
		out->size = 0;
		return OK;
	}
	for (unsigned bus = t->nodes[node].parent; e == OK && bus != TREE_ROOT;
	     bus = t->nodes[bus].parent) {
		e = translate(t, bus, out);
	}
	if (e != OK) {
		out->size = 0;
	}
	return OK;
}

unsigned tree_windows_bound(const struct tree *t)
{
	unsigned n = 0;

	for (unsigned i = 0; i < t->node_count; i++) {
		const struct tree_prop *p = tree_prop(t, i, "ranges");

		n += p ? p->len / 8 : 0;
	}
	return n;
}
