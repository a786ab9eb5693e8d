/* SPDX-License-Identifier: BSD-3-Clause */
/* A flattened device tree, checked once and then indexed: no later lookup touches the blob's
 * structure. */
/* pure */
#ifndef HV_PLAN_TREE_H
#define HV_PLAN_TREE_H

#include "hv/err.h"
#include "hv/plan/arena.h"

/* Keys of literals become constants only where the call is expanded, also when size matters. */
#define always_inline_fn __attribute__((always_inline))

#define TREE_ROOT 0u
#define TREE_MAX_DEPTH 32
#define TREE_SLOTS 32u
#define TREE_MEMOS 64u

/* A big-endian word at an address that is a multiple of 4. */
static inline always_inline_fn uint32_t tree_be32(const void *p)
{
	typedef uint32_t __attribute__((may_alias)) word;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return __builtin_bswap32(*(const word *)p);
#else
	return *(const word *)p;
#endif
}

struct tree_prop {
	const char *name;
	const uint8_t *val; /* 4-byte aligned, big-endian cells */
	uint32_t len;
	uint32_t key; /* tree_key(name): unequal keys mean unequal names */
};

struct tree_node {
	const char *name;
	const struct tree_prop *props; /* in reverse order of the blob */
	uint32_t off;		       /* libfdt's node offset */
	uint32_t phandle;	       /* 0: none */
	uint16_t parent, child, next;  /* indices or NONE */
	uint16_t prop_count;
	uint16_t name_len;
	uint8_t addr_cells, size_cells; /* for its children; 255: more than any number can have */
	uint32_t mask; /* a bit for each key: most lookups of absent ones end here */
};

/* Names that were found equal before: the asked one and that of the blob. */
struct tree_memo {
	const char *asked, *name;
};

struct tree {
	const uint8_t *blob;
	uint32_t size;		       /* bytes of the blob that are in use */
	const struct tree_node *nodes; /* in the blob's order: parents before children */
	const struct range *reserved;  /* of the memory reservation block */
	uint16_t node_count;
	uint16_t reserved_count;
	uint32_t prop_count;
	uint32_t max_phandle;
	struct tree_memo *memo;	   /* TREE_MEMOS, by the asked name's address */
	uint16_t slot[TREE_SLOTS]; /* by phandle modulo: a node that may have it */
	const char *problem;	   /* what was wrong, when tree_index failed with ERR_FORMAT */
	uint32_t problem_at;	   /* byte offset of it */
};

/* Extent in use of a blob with a sane header (padding at its end left out), 0 otherwise. */
size_t tree_used(const void *blob, size_t size);

/* Copy what is in use of a blob and correct its total size. Returns the bytes written, 0: does not
 * fit. */
size_t tree_copy(void *to, size_t room, const void *blob, size_t size);

/*
 * Check a blob completely and index it, in one pass, into the arena's scratch end. Never reads
 * beyond blob + size. ERR_FORMAT: t->problem says what; ERR_SIZE: the arena is too small.
 */
must_check enum err tree_index(struct tree *t, const void *blob, size_t size, struct arena *a);

/* ---------------------------------------------------------------- lookups; node arguments are
 * indices */

/* Length and three letters of a name: a constant for a literal, so lookups rarely compare strings.
 */
static inline always_inline_fn uint32_t tree_key(const char *name)
{
	size_t n = __builtin_strlen(name);

	return n ? (uint32_t)n << 24 | (uint32_t)(uint8_t)name[n / 2] << 16 |
		       (uint32_t)(uint8_t)name[n - 1] << 8 | (uint8_t)name[0]
		 : 0;
}

const struct tree_prop *tree_prop_key(const struct tree *t, unsigned node, const char *name,
				      uint32_t key);

static inline always_inline_fn uint32_t tree_key_bit(uint32_t key)
{
	return UINT32_C(1) << (key * UINT32_C(0x9e3779b1) >> 27);
}

static inline always_inline_fn const struct tree_prop *tree_prop(const struct tree *t,
								 unsigned node, const char *name)
{
	uint32_t key = tree_key(name);

	return t->nodes[node].mask & tree_key_bit(key) ? tree_prop_key(t, node, name, key) : NULL;
}

static inline always_inline_fn bool tree_has(const struct tree *t, unsigned node, const char *name)
{
	return tree_prop(t, node, name) != NULL;
}

/* Cell i of a property value; the caller knows that it is there. */
static inline always_inline_fn uint32_t tree_cell(const struct tree_prop *p, unsigned i)
{
	return tree_be32(p->val + 4 * (size_t)i);
}

/* A number of n cells (0..2) that starts at cell i. */
uint64_t tree_cells(const struct tree_prop *p, unsigned i, unsigned n);

/* First cell of a property, or dflt when it is absent or shorter. */
uint32_t tree_first(const struct tree_prop *p, uint32_t dflt);

static inline always_inline_fn uint32_t tree_u32(const struct tree *t, unsigned node,
						 const char *name, uint32_t dflt)
{
	return tree_first(tree_prop(t, node, name), dflt);
}

/* A property that is one ended string, else NULL. */
const char *tree_string(const struct tree_prop *p);

static inline always_inline_fn const char *tree_str(const struct tree *t, unsigned node,
						    const char *name)
{
	return tree_string(tree_prop(t, node, name));
}

/* True when the string list p holds s. */
bool tree_list_has(const struct tree_prop *p, const char *s);
bool tree_is_compatible(const struct tree *t, unsigned node, const char *what);

/* True unless its `status` says that it is not to be used. */
bool tree_is_enabled(const struct tree *t, unsigned node);

/* True when a node's name is this one, up to the unit address. */
bool tree_name_is(const char *name, const char *what);

static inline bool tree_is_named(const struct tree *t, unsigned node, const char *what)
{
	return t->nodes[node].name[0] == what[0] && tree_name_is(t->nodes[node].name, what);
}

unsigned tree_child(const struct tree *t, unsigned node, const char *name);
unsigned tree_by_phandle(const struct tree *t, uint32_t phandle);

/* By path from the root; extra slashes do not matter, nor do left out unit addresses. */
unsigned tree_by_path(const struct tree *t, const char *path, size_t len);

/* Alias in /aliases, else path. */
unsigned tree_by_name(const struct tree *t, const char *name);

/* Next node after `at` inside the subtree of `top`, or NONE. Start with at = top. */
unsigned tree_walk(const struct tree *t, unsigned top, unsigned at);
bool tree_inside(const struct tree *t, unsigned node, unsigned top);

/* Full path, kept in the arena. */
const char *tree_path(const struct tree *t, unsigned node, struct arena *a, const char *prefix);

/* #address-cells and #size-cells that hold for the children of a node. */
static inline unsigned tree_addr_cells(const struct tree *t, unsigned node)
{
	return t->nodes[node].addr_cells;
}

static inline unsigned tree_size_cells(const struct tree *t, unsigned node)
{
	return t->nodes[node].size_cells;
}

/* Register blocks that tree_reg() can find in a node: an upper bound, 0 for most nodes without any.
 */
unsigned tree_reg_count(const struct tree *t, unsigned node);

/*
 * Register block i of a node as the CPU sees it. ERR_NONE: there is no such block or no path of
 * `ranges` to the root; ERR_FORMAT: lengths do not fit.
 */
must_check enum err tree_reg(const struct tree *t, unsigned node, unsigned i, struct range *out);

/* Window i of a bus's `ranges`, as the CPU sees it. size 0: it leads nowhere; ERR_NONE: no more. */
must_check enum err tree_window(const struct tree *t, unsigned node, unsigned i, struct range *out);

/* No tree has more such windows than this. */
unsigned tree_windows_bound(const struct tree *t);

#endif
