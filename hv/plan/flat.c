/* SPDX-License-Identifier: BSD-3-Clause */
/* A live tree as a blob: one walk for the size, one to write, each property touched once. */
/* pure; Devicetree Specification 0.3, chapter 5. libfdt's sequential writer walks the result again
 * to sort out its strings, which was a fifth of the whole boot */
#include <libfdt.h>
#include <string.h>

#include "hv/plan/live.h"

#define HEADER_SIZE ((uint32_t)sizeof(struct fdt_header))
#define RESERVE_SIZE 16u /* the empty reservation list */
#define NAMES_MAX 64u	 /* names that are shared; more are written again, which is correct too */

/* Names of properties, each written once as far as the table reaches. */
struct names {
	const char *name[NAMES_MAX];
	uint32_t offset[NAMES_MAX];
	uint32_t size;
};

/* Offset of a name in the strings block; *is_new when it has to be written there. */
static uint32_t name_offset(struct names *t, const char *name, bool *is_new)
{
	uint32_t n = (uint32_t)strlen(name), at = t->size;
	unsigned slot = (n * 7u + (uint8_t)name[0] * 5u + (uint8_t)name[n / 2]) % NAMES_MAX;

	*is_new =
	    t->name[slot] != name && (t->name[slot] == NULL || strcmp(t->name[slot], name) != 0);
	if (!*is_new) {
		return t->offset[slot];
	}
	if (t->name[slot] == NULL) {
		t->name[slot] = name;
		t->offset[slot] = at;
	}
	t->size += n + 1;
	return at;
}

static uint32_t words(uint32_t bytes)
{
	return (bytes + 3) & ~3u;
}

struct flat flat_measure(struct lnode *root)
{
	struct names names = {.size = 0};
	uint32_t n = 4;
	bool is_new;

	for (struct lnode *i = root; i; i = live_walk(root, i)) {
		n += 8 + words((uint32_t)strlen(i->name) + 1);
		for (struct lprop *p = i->props; p; p = p->next) {
			name_offset(&names, p->name, &is_new);
			n += 12 + words(p->len);
		}
	}
	return (struct flat){n, words(HEADER_SIZE + RESERVE_SIZE + n + names.size)};
}

/* Where the writer is. */
struct pen {
	fdt32_t *at;
	struct names names;
	uint8_t *strings;
};

static void put(struct pen *w, uint32_t v)
{
	*w->at++ = cpu_to_fdt32(v);
}

static void put_bytes(struct pen *w, const void *from, uint32_t n)
{
	if (n) {
		w->at[(n - 1) / 4] = 0; /* what its last word has to spare */
		memcpy(w->at, from, n);
		w->at += words(n) / 4;
	}
}

static void put_node(struct pen *w, const struct lnode *n)
{
	put(w, FDT_BEGIN_NODE);
	put_bytes(w, n->name, (uint32_t)strlen(n->name) + 1);
	for (const struct lprop *p = n->props; p; p = p->next) {
		bool is_new;
		uint32_t name = name_offset(&w->names, p->name, &is_new);

		if (is_new) {
			memcpy(w->strings + name, p->name, strlen(p->name) + 1);
		}
		put(w, FDT_PROP);
		put(w, p->len);
		put(w, name);
		put_bytes(w, p->val, p->len);
	}
}

void flat_write(struct lnode *root, void *blob, struct flat flat)
{
	uint32_t start = HEADER_SIZE + RESERVE_SIZE, names = start + flat.structure;
	struct pen w = {.at = blob, .strings = (uint8_t *)blob + names};
	struct lnode *n = root;

	put(&w, FDT_MAGIC);
	put(&w, flat.size);
	put(&w, start);
	put(&w, names);
	put(&w, HEADER_SIZE);
	put(&w, 17);
	put(&w, 16);
	put(&w, 0);
	put(&w, flat.size - names);
	put(&w, flat.structure);
	for (unsigned i = 0; i < RESERVE_SIZE / 4; i++) {
		put(&w, 0);
	}
	while (n) {
		put_node(&w, n);
		if (n->child) {
			n = n->child;
			continue;
		}
		while (n && !n->next) {
			put(&w, FDT_END_NODE);
			n = n->parent;
		}
		if (n) {
			put(&w, FDT_END_NODE);
			n = n->next;
		}
	}
	put(&w, FDT_END);
	memset(w.strings + w.names.size, 0, flat.size - names - w.names.size);
}
