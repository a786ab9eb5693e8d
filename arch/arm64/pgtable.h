/* SPDX-License-Identifier: BSD-3-Clause */
/* Translation tables of the VMSAv8-64 format (Arm ARM D8.3): builder and walker. */
/* pure: the geometry is a parameter, so that tests can be exhaustive at small width */
#ifndef ARM64_PGTABLE_H
#define ARM64_PGTABLE_H

#include "hv/addr.h"
#include "hv/err.h"

/* Descriptor bits that the builder itself sets; all others come with the mapping (attrs). */
#define PGT_VALID BIT(0)
#define PGT_TABLE BIT(1) /* next-level table; at level 3: page */
#define PGT_ADDR MASK(47, 12)

#define PGT_LAST_LEVEL 3u

struct pgt_geom {
	uint8_t page_shift;   /* of a page and of the distance between tables: at least 12 */
	uint8_t index_bits;   /* input bits resolved by one table: 9 for 4 KiB tables */
	uint8_t start_level;  /* 0..3 */
	uint8_t root_bits;    /* input bits resolved by the root; more than index_bits: concatenated */
	uint8_t block_levels; /* levels that may hold a leaf, a bit each; level 3 always may */
};

/* Tables are taken from here, zeroed then, and never given back. */
struct pgt_pool {
	uint64_t *tables;     /* as the builder reaches them */
	uint64_t at;          /* as the table walker does: physical address, page aligned */
	uint32_t pages;
	uint32_t used;
};

struct pgt {
	struct pgt_geom geom;
	struct pgt_pool *pool;
	uint64_t *root;
	uint64_t root_at;
};

struct pgt_leaf {
	uint64_t *entry;
	uint64_t desc;
	uint64_t out;         /* output address of the very input address */
	uint64_t size;        /* bytes the leaf maps */
	uint8_t level;
};

/* Bytes mapped by one entry at a level. */
static inline unsigned int pgt_shift(const struct pgt_geom *g, unsigned int level)
{
	return g->page_shift + (PGT_LAST_LEVEL - level) * g->index_bits;
}

/* Input addresses below this can be mapped. */
static inline uint64_t pgt_limit(const struct pgt_geom *g)
{
	return UINT64_C(1) << (pgt_shift(g, g->start_level) + g->root_bits);
}

/* Root from the pool. ERR_FULL. */
must_check enum err pgt_init(struct pgt *t, const struct pgt_geom *geom, struct pgt_pool *pool);

/*
 * Map [in, in+size) to [out, out+size) with the largest leaves that alignment and geometry allow.
 * All three page aligned. ERR_RANGE: outside the input space, wrapping, or unaligned. ERR_STATE:
 * something is mapped there already; it is left as it was. ERR_FULL: no table left. After an
 * error, a part from the start of the range may be mapped.
 */
must_check enum err pgt_map(struct pgt *t, uint64_t in, uint64_t out, uint64_t size, uint64_t attrs);

/* The leaf that maps an input address. ERR_EMPTY: none; then leaf->size is the size of the hole's
 * entry. */
must_check enum err pgt_walk(const struct pgt *t, uint64_t in, struct pgt_leaf *leaf);

#endif
