/* SPDX-License-Identifier: BSD-3-Clause */
/* The bounded structural check of a flattened device tree and its index, one pass for both. */
/* pure; Devicetree Specification 0.3, chapter 5 */
#include "hv/plan/tree.h"

#include <libfdt.h>
#include <string.h>

#define HEADER_SIZE 40u
#define VERSION 17u
#define MEMOS 64u

struct scan {
	struct tree *t;
	struct arena *a;
	struct tree_node *nodes; /* growing up from the kept end, moved to scratch at the end */
	struct tree_prop *props; /* growing down */
	const uint8_t *base;
	uint32_t at, end; /* in the structure block */
	const char *strings;
	uint32_t strings_size;
	uint16_t open;			   /* node whose content is being read, or NONE */
	uint16_t last[TREE_MAX_DEPTH + 1]; /* last child seen at each depth */
	unsigned depth;
	struct {
		uint32_t name, key;
	} memo[MEMOS]; /* names come again and again: their keys, by offset */
};

static uint64_t be64(const uint8_t *p)
{
	return (uint64_t)tree_be32(p) << 32 | tree_be32(p + 4);
}

static enum err bad(struct tree *t, uint32_t at, const char *why)
{
	t->problem = why;
	t->problem_at = at;
	return ERR_FORMAT;
}

static uint32_t header(const struct tree *t, size_t offset)
{
	return tree_be32(t->blob + offset);
}

#define HEADER(t, field) header(t, offsetof(struct fdt_header, field))

/* [off, off + n) lies in a blob of `total` bytes and behind its header. */
static bool block_fits(uint32_t off, uint32_t n, uint32_t total)
{
	return off >= HEADER_SIZE && off <= total && n <= total - off;
}

static enum err header_check(struct tree *t, size_t size)
{
	uint32_t total, soff, ssize, toff, tsize;

	if (((uintptr_t)t->blob & 7) != 0) {
		return bad(t, 0, "the blob is not at an address that is a multiple of 8");
	}
	if (size < HEADER_SIZE) {
		return bad(t, 0, "shorter than a header");
	}
	if (HEADER(t, magic) != FDT_MAGIC) {
		return bad(t, 0, "the magic number 0xd00dfeed is missing");
	}
	total = HEADER(t, totalsize);
	soff = HEADER(t, off_dt_struct);
	ssize = HEADER(t, size_dt_struct);
	toff = HEADER(t, off_dt_strings);
	tsize = HEADER(t, size_dt_strings);
	if (HEADER(t, version) < VERSION || HEADER(t, last_comp_version) > VERSION) {
		return bad(t, 20, "the format version is not 17");
	}
	if (total < HEADER_SIZE || total > size) {
		return bad(t, 4, "the total size exceeds what is there");
	}
	if (!block_fits(soff, ssize, total) || soff % 4 != 0) {
		return bad(t, 8, "the structure block lies outside");
	}
	if (!block_fits(toff, tsize, total)) {
		return bad(t, 12, "the strings block lies outside");
	}
	if (soff < toff + tsize && toff < soff + ssize) {
		return bad(t, 12, "structure and strings blocks overlap");
	}
	if (tsize && t->blob[toff + tsize - 1] != 0) {
		return bad(t, toff + tsize - 1, "the strings block does not end with a zero byte");
	}
	return OK;
}

/* The reservation list ends with an entry of size and address zero. */
static enum err reserved_scan(struct scan *s)
{
	struct tree *t = s->t;
	uint32_t total = HEADER(t, totalsize), off = HEADER(t, off_mem_rsvmap), n = 0;
	struct range *list;

	if (!block_fits(off, 16, total) || off % 8 != 0) {
		return bad(t, 16, "the memory reservation block lies outside");
	}
	while (be64(t->blob + off + n * 16) || be64(t->blob + off + n * 16 + 8)) {
		n++;
		if (n > 255 || !block_fits(off, (n + 1) * 16, total)) {
			return bad(t, off, "the memory reservation block has no end");
		}
	}
	t->size = off + (n + 1) * 16;
	list = arena_scratch(s->a, n * sizeof(*list));
	if (!list) {
		return ERR_SIZE;
	}
	for (uint32_t i = 0; i < n; i++) {
		list[i].base = be64(t->blob + off + i * 16);
		list[i].size = be64(t->blob + off + i * 16 + 8);
	}
	t->reserved = list;
	t->reserved_count = (uint16_t)n;
	return OK;
}

/* The letters of node names. */
static const bool name_char[256] = {
    ['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, [','] = true, ['.'] = true,
    ['_'] = true,	  ['+'] = true,		['-'] = true,	      ['@'] = true,
};

/*
 * Length of the node name at the cursor; UINT32_MAX when it has a foreign letter. The block ends
 * with an end token, in which there is no letter, so the search stops inside it.
 */
static uint32_t name_len(const struct scan *s)
{
	const uint8_t *p = s->base + s->at;

	while (name_char[*p]) {
		p++;
	}
	return *p == 0 ? (uint32_t)(p - (s->base + s->at)) : UINT32_MAX;
}

static enum err node_open(struct scan *s)
{
	struct tree *t = s->t;
	uint32_t begin = s->at - 4, n = name_len(s);
	struct tree_node *node = &s->nodes[t->node_count];

	if (n > UINT16_MAX) {
		return bad(t, s->at, "a node's name has a letter that is not allowed");
	}
	if ((s->open == NONE) != (t->node_count == 0)) {
		return bad(t, begin, "a second root node");
	}
	if ((n == 0) != (t->node_count == 0)) {
		return bad(t, begin, "only the root node has an empty name");
	}
	if (s->depth >= TREE_MAX_DEPTH || t->node_count >= NONE - 1) {
		return bad(t, begin, "nodes are nested too deep, or there are too many");
	}
	if ((uint8_t *)(node + 1) > (uint8_t *)s->props) {
		return ERR_SIZE;
	}
	*node = (struct tree_node){
	    .name = (const char *)s->base + s->at,
	    .name_len = (uint16_t)n,
	    .off = begin - HEADER(t, off_dt_struct),
	    .parent = s->open,
	    .child = NONE,
	    .next = NONE,
	    .addr_cells = 2, /* what holds when a node does not say */
	    .size_cells = 1,
	};
	if (s->last[s->depth] != NONE) {
		s->nodes[s->last[s->depth]].next = t->node_count;
	} else if (s->open != NONE) {
		s->nodes[s->open].child = t->node_count;
	}
	s->last[s->depth] = t->node_count;
	s->open = t->node_count++;
	s->last[++s->depth] = NONE;
	s->at += (n + 4) & ~3u;
	return OK;
}

static enum err node_close(struct scan *s)
{
	if (s->open == NONE) {
		return bad(s->t, s->at - 4, "a node ends that did not begin");
	}
	s->open = s->nodes[s->open].parent;
	s->depth--;
	return OK;
}

static inline always_inline_fn bool prop_is(const struct tree_prop *p, const char *name)
{
	return p->key == tree_key(name) && strcmp(p->name, name) == 0;
}

static void phandle_note(struct scan *s, const struct tree_prop *p)
{
	struct tree_node *node = &s->nodes[s->open];

	if (p->len == 4 &&
	    (prop_is(p, "phandle") || (prop_is(p, "linux,phandle") && node->phandle == 0))) {
		node->phandle = tree_be32(p->val);
		if (node->phandle != UINT32_MAX && node->phandle > s->t->max_phandle) {
			s->t->max_phandle = node->phandle;
		}
		if (node->phandle != 0 && node->phandle != UINT32_MAX &&
		    s->t->slot[node->phandle % TREE_SLOTS] == NONE) {
			s->t->slot[node->phandle % TREE_SLOTS] = s->open;
		}
	}
}

static void cells_note(struct tree_node *node, const struct tree_prop *p)
{
	uint32_t n = p->len >= 4 ? tree_be32(p->val) : 0;
	uint8_t cells = n < UINT8_MAX ? (uint8_t)n : UINT8_MAX;

	if (p->len < 4) {
		return;
	}
	if (prop_is(p, "#address-cells")) {
		node->addr_cells = cells;
	} else if (prop_is(p, "#size-cells")) {
		node->size_cells = cells;
	}
}

static uint32_t key_of(struct scan *s, uint32_t name)
{
	unsigned i = (name ^ name >> 6) % MEMOS;

	if (s->memo[i].key == 0 || s->memo[i].name != name) {
		s->memo[i].name = name;
		s->memo[i].key = tree_key(s->strings + name);
	}
	return s->memo[i].key;
}

static enum err prop_read(struct scan *s)
{
	struct tree *t = s->t;
	struct tree_prop *p = s->props - 1;
	struct tree_node *node;
	uint32_t len, name;

	if (s->open == NONE || s->last[s->depth] != NONE) {
		return bad(t, s->at - 4, "a property outside a node or behind a subnode");
	}
	if (s->end - s->at < 8) {
		return bad(t, s->at, "the structure block ends inside a property");
	}
	len = tree_be32(s->base + s->at);
	name = tree_be32(s->base + s->at + 4);
	s->at += 8;
	if (len > s->end - s->at) {
		return bad(t, s->at - 8, "a property reaches beyond the structure block");
	}
	if (name >= s->strings_size || s->strings[name] == 0) {
		return bad(t, s->at - 4, "a property's name lies outside the strings block");
	}
	if ((uint8_t *)p < (uint8_t *)(s->nodes + t->node_count)) {
		return ERR_SIZE;
	}
	*p = (struct tree_prop){s->strings + name, s->base + s->at, len, key_of(s, name)};
	s->props = p;
	node = &s->nodes[s->open];
	node->mask |= tree_key_bit(p->key);
	node->prop_count++;
	node->props = p;
	t->prop_count++;
	s->at += (len + 3) & ~3u;
	if (*p->name == '#') {
		cells_note(node, p);
	} else if (*p->name == 'p' || *p->name == 'l') {
		phandle_note(s, p);
	}
	return node->prop_count == NONE ? bad(t, s->at, "a node with too many properties") : OK;
}

static enum err struct_scan(struct scan *s)
{
	enum err e = OK;

	if (s->end - s->at < 4 || s->end % 4 != 0 || tree_be32(s->base + s->end - 4) != FDT_END) {
		return bad(s->t, s->end, "the structure block has no end token");
	}
	while (e == OK && s->at <= s->end && s->end - s->at >= 4) {
		uint32_t token = tree_be32(s->base + s->at);

		s->at += 4;
		switch (token) {
		case FDT_BEGIN_NODE:
			e = node_open(s);
			break;
		case FDT_END_NODE:
			e = node_close(s);
			break;
		case FDT_PROP:
			e = prop_read(s);
			break;
		case FDT_NOP:
			break;
		case FDT_END:
			if (s->open != NONE || s->t->node_count == 0) {
				return bad(s->t, s->at - 4, "the tree ends inside a node");
			}
			return s->at == s->end
				   ? OK
				   : bad(s->t, s->at, "something follows the end token");
		default:
			e = bad(s->t, s->at - 4, "an unknown token in the structure block");
			break;
		}
	}
	return e != OK ? e : bad(s->t, s->at, "a node's name reaches beyond the end token");
}

static uint32_t block_end(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

enum err tree_index(struct tree *t, const void *blob, size_t size, struct arena *a)
{
	struct scan s = {.t = t, .a = a, .open = NONE};
	struct tree_node *final;
	enum err e;

	*t = (struct tree){.blob = blob};
	memset(t->slot, 0xff, sizeof(t->slot));
	s.last[0] = NONE;
	e = header_check(t, size);
	if (e == OK) {
		e = reserved_scan(&s);
	}
	if (e != OK) {
		return e;
	}
	s.base = t->blob;
	s.at = HEADER(t, off_dt_struct);
	s.end = s.at + HEADER(t, size_dt_struct);
	s.strings = (const char *)t->blob + HEADER(t, off_dt_strings);
	s.strings_size = HEADER(t, size_dt_strings);
	t->size = block_end(t->size, s.end);
	t->size = block_end(t->size, HEADER(t, off_dt_strings) + s.strings_size);
	s.nodes = (struct tree_node *)(void *)(a->base + ((a->used + 7) & ~(size_t)7));
	s.props = (struct tree_prop *)(void *)(a->base + (a->size & ~(size_t)7));
	if (arena_room(a) == 0) {
		return ERR_SIZE;
	}
	e = struct_scan(&s);
	if (e != OK) {
		return e;
	}
	a->size = (size_t)((uint8_t *)s.props - a->base);
	final = arena_scratch_raw(a, t->node_count * sizeof(*final));
	if (!final) {
		return ERR_SIZE;
	}
	t->nodes = memmove(final, s.nodes, t->node_count * sizeof(*final));
	t->memo = arena_scratch(a, TREE_MEMOS * sizeof(*t->memo)); /* may lie where s.nodes was */
	return t->memo ? OK : ERR_SIZE;
}

size_t tree_used(const void *blob, size_t size)
{
	struct tree t = {.blob = blob};
	uint32_t end, off, total;

	if (header_check(&t, size) != OK) {
		return 0;
	}
	total = HEADER(&t, totalsize);
	off = HEADER(&t, off_mem_rsvmap);
	end = block_end(HEADER(&t, off_dt_struct) + HEADER(&t, size_dt_struct),
			HEADER(&t, off_dt_strings) + HEADER(&t, size_dt_strings));
	if (!block_fits(off, 16, total)) {
		return 0;
	}
	while (be64(t.blob + off) || be64(t.blob + off + 8)) {
		off += 16;
		if (!block_fits(off, 16, total)) {
			return 0;
		}
	}
	return block_end(end, off + 16);
}

size_t tree_copy(void *to, size_t room, const void *blob, size_t size)
{
	size_t n = tree_used(blob, size);
	uint32_t total = cpu_to_fdt32((uint32_t)n);

	if (n == 0 || n > room) {
		return 0;
	}
	memcpy(to, blob, n);
	memcpy((uint8_t *)to + offsetof(struct fdt_header, totalsize), &total, sizeof(total));
	return n;
}
