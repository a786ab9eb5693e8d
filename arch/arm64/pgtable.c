/* SPDX-License-Identifier: BSD-3-Clause */
/* Builder and walker of VMSAv8-64 translation tables. */
/* pure; the caller makes changes visible to the walker (barriers, TLB) */
#include "pgtable.h"

#include <string.h>

static uint64_t table_at(const struct pgt *t, const uint64_t *table)
{
	return t->pool->at + (uint64_t)((const char *)table - (const char *)t->pool->tables);
}

static uint64_t *table_of(const struct pgt *t, uint64_t desc)
{
	return (uint64_t *)((char *)t->pool->tables + ((desc & PGT_ADDR) - t->pool->at));
}

/* A run of pages aligned to its own length: concatenated roots need that (Arm ARM D8.2.2). */
static uint64_t *pool_take(struct pgt_pool *pool, unsigned int page_shift, uint32_t run)
{
	uint32_t first = pool->used;

	while (((pool->at >> page_shift) + first) % run != 0) {
		first++;
	}
	if (first > pool->pages || run > pool->pages - first) {
		return NULL;
	}
	pool->used = first + run;
	return memset((char *)pool->tables + ((uint64_t)first << page_shift), 0,
		      (size_t)run << page_shift);
}

enum err pgt_init(struct pgt *t, const struct pgt_geom *geom, struct pgt_pool *pool)
{
	uint32_t run = 1;

	if (geom->root_bits > geom->index_bits) {
		run = UINT32_C(1) << (geom->root_bits - geom->index_bits);
	}
	t->geom = *geom;
	t->pool = pool;
	t->root = pool_take(pool, geom->page_shift, run);
	if (t->root == NULL) {
		return ERR_FULL;
	}
	t->root_at = table_at(t, t->root);
	return OK;
}

static unsigned int entry_index(const struct pgt *t, unsigned int level, uint64_t in)
{
	unsigned int bits = level == t->geom.start_level ? t->geom.root_bits : t->geom.index_bits;

	return (unsigned int)((in >> pgt_shift(&t->geom, level)) & ((UINT64_C(1) << bits) - 1));
}

static bool is_table(uint64_t desc, unsigned int level)
{
	return level < PGT_LAST_LEVEL && (desc & (PGT_VALID | PGT_TABLE)) == (PGT_VALID | PGT_TABLE);
}

/* The first level, from the top, whose leaf fits at this place and does not exceed size. */
static unsigned int leaf_level(const struct pgt_geom *g, uint64_t in, uint64_t out, uint64_t size)
{
	unsigned int level = g->start_level;

	for (; level < PGT_LAST_LEVEL; level++) {
		uint64_t span = UINT64_C(1) << pgt_shift(g, level);

		if ((g->block_levels & BIT(level)) != 0 && size >= span &&
		    is_aligned(in | out, span)) {
			break;
		}
	}
	return level;
}

/* The entry for a leaf at a level, making the tables above it. */
static enum err entry_make(struct pgt *t, uint64_t in, unsigned int level, uint64_t **leaf)
{
	uint64_t *table = t->root;

	for (unsigned int l = t->geom.start_level; l < level; l++) {
		uint64_t *entry = &table[entry_index(t, l, in)];

		if (*entry == 0) {
			uint64_t *next = pool_take(t->pool, t->geom.page_shift, 1);

			if (next == NULL) {
				return ERR_FULL;
			}
			*entry = table_at(t, next) | PGT_TABLE | PGT_VALID;
		} else if (!is_table(*entry, l)) {
			return ERR_STATE;
		}
		table = table_of(t, *entry);
	}
	*leaf = &table[entry_index(t, level, in)];
	return OK;
}

/*
 * Fill entries from one on, up to the end of its table, for as long as size lasts. Returns the
 * bytes mapped; less than asked for at an entry that is in use, which is left alone.
 */
static uint64_t entries_fill(const struct pgt *t, uint64_t *entry, unsigned int level, uint64_t in,
			     uint64_t desc, uint64_t size)
{
	uint64_t span = UINT64_C(1) << pgt_shift(&t->geom, level);
	unsigned int bits = level == t->geom.start_level ? t->geom.root_bits : t->geom.index_bits;
	uint64_t room = (UINT64_C(1) << bits) - entry_index(t, level, in);
	uint64_t count = size / span < room ? size / span : room;
	uint64_t *end = entry + count, first = desc;

	for (; entry != end && *entry == 0; entry++) {
		*entry = desc;
		desc += span;
	}
	return desc - first;
}

enum err pgt_map(struct pgt *t, uint64_t in, uint64_t out, uint64_t size, uint64_t attrs)
{
	const struct pgt_geom *g = &t->geom;
	struct range space = { 0, pgt_limit(g) };

	if (!is_aligned(in | out | size, UINT64_C(1) << g->page_shift) || size == 0 ||
	    !range_covers(space, in, size) || (out & ~PGT_ADDR) != 0 ||
	    size > PGT_ADDR + BIT(12) - out) {
		return ERR_RANGE;
	}
	while (size != 0) {
		unsigned int level = leaf_level(g, in, out, size);
		uint64_t type = level == PGT_LAST_LEVEL ? PGT_TABLE | PGT_VALID : PGT_VALID;
		uint64_t run = size;
		uint64_t *entry = NULL;
		enum err err;

		/* Up to where a larger leaf becomes possible, the level stays the same. */
		if (level > g->start_level) {
			uint64_t larger = UINT64_C(1) << pgt_shift(g, level - 1);
			uint64_t to_edge = larger - (in & (larger - 1));

			run = run < to_edge ? run : to_edge;
		}
		err = entry_make(t, in, level, &entry);
		if (err != OK) {
			return err;
		}
		run = entries_fill(t, entry, level, in, out | attrs | type, run);
		if (run == 0) {
			return ERR_STATE;
		}
		in += run;
		out += run;
		size -= run;
	}
	return OK;
}

enum err pgt_walk(const struct pgt *t, uint64_t in, struct pgt_leaf *leaf)
{
	uint64_t *table = t->root;
	unsigned int level = t->geom.start_level;

	if (in >= pgt_limit(&t->geom)) {
		*leaf = (struct pgt_leaf){ .level = (uint8_t)level };
		return ERR_EMPTY;
	}
	while (is_table(table[entry_index(t, level, in)], level)) {
		table = table_of(t, table[entry_index(t, level, in)]);
		level++;
	}
	leaf->entry = &table[entry_index(t, level, in)];
	leaf->desc = *leaf->entry;
	leaf->level = (uint8_t)level;
	leaf->size = UINT64_C(1) << pgt_shift(&t->geom, level);
	leaf->out = (leaf->desc & PGT_ADDR & ~(leaf->size - 1)) | (in & (leaf->size - 1));
	return (leaf->desc & PGT_VALID) != 0 ? OK : ERR_EMPTY;
}
