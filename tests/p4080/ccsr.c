/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Dispatch of device register accesses (spec 8.1).
 */
#include "ccsr.h"

#include <stdio.h>
#include <stdlib.h>

#include "machine.h"

static const struct ccsr_block *ccsr_find(const struct ccsr *s, uint32_t off)
{
	for (unsigned i = 0; i < s->block_count; i++) {
		if (off - s->block[i].base < s->block[i].size)
			return &s->block[i];
	}
	return NULL;
}

static void ccsr_note_unknown(struct ccsr *s, uint32_t off, const struct bus_req *req)
{
	if (s->seen[off / 4])
		return;
	s->seen[off / 4] = 1;
	log_print(2, "ccsr: first %s of unknown register %06x by %u",
		  req->kind == BUS_STORE ? "store" : "load", off & ~3u, req->source);
}

static uint32_t ccsr_word_read(struct ccsr *s, uint32_t off, const struct bus_req *req)
{
	const struct ccsr_block *k = ccsr_find(s, off);

	if (k)
		return k->read(k->dev, off - k->base, req->source);
	ccsr_note_unknown(s, off, req);
	return s->storage[off / 4];
}

static void ccsr_word_write(struct ccsr *s, uint32_t off, uint32_t val, const struct bus_req *req)
{
	const struct ccsr_block *k = ccsr_find(s, off);

	if (k) {
		k->write(k->dev, off - k->base, val, req->source);
		return;
	}
	ccsr_note_unknown(s, off, req);
	s->storage[off / 4] = val;
}

static bool ccsr_bytes_read(const struct ccsr_block *k, uint32_t off, const struct bus_req *req,
			    uint64_t *val)
{
	*val = 0;
	for (unsigned i = 0; i < req->size; i++)
		*val = *val << 8 | (k->read(k->dev, off - k->base + i, req->source) & 0xff);
	return true;
}

static bool ccsr_read(void *dev, uint64_t off64, const struct bus_req *req, uint64_t *val)
{
	struct ccsr *s = dev;
	uint32_t off = (uint32_t)off64;
	const struct ccsr_block *k = ccsr_find(s, off);
	uint32_t word;

	s->hits[off / 4]++;
	if (k && k->bytes)
		return ccsr_bytes_read(k, off, req, val);
	if (req->size == 8) {
		*val = (uint64_t)ccsr_word_read(s, off, req) << 32;
		*val |= ccsr_word_read(s, off + 4, req);
		return true;
	}
	word = ccsr_word_read(s, off & ~3u, req);
	word <<= 8 * (off & 3);
	*val = word >> (32 - 8 * req->size);
	return true;
}

static void ccsr_part_write(struct ccsr *s, uint32_t off, const struct bus_req *req, uint32_t val)
{
	unsigned shift = 32 - 8 * req->size - 8 * (off & 3);
	uint32_t mask = ((1u << (8 * req->size)) - 1) << shift;
	uint32_t word = ccsr_word_read(s, off & ~3u, req);

	ccsr_word_write(s, off & ~3u, (word & ~mask) | (val << shift & mask), req);
}

static bool ccsr_write(void *dev, uint64_t off64, const struct bus_req *req, uint64_t val)
{
	struct ccsr *s = dev;
	uint32_t off = (uint32_t)off64;
	const struct ccsr_block *k = ccsr_find(s, off);

	s->hits[off / 4]++;
	if (k && k->bytes) {
		for (unsigned i = 0; i < req->size; i++)
			k->write(k->dev, off - k->base + i,
				 (val >> (8 * (req->size - 1 - i))) & 0xff, req->source);
	} else if (req->size == 8) {
		ccsr_word_write(s, off, (uint32_t)(val >> 32), req);
		ccsr_word_write(s, off + 4, (uint32_t)val, req);
	} else if (req->size == 4) {
		ccsr_word_write(s, off & ~3u, (uint32_t)val, req);
	} else {
		ccsr_part_write(s, off, req, (uint32_t)val);
	}
	return true;
}

static const struct bus_region_ops ccsr_ops = {
	.name = "ccsr",
	.read = ccsr_read,
	.write = ccsr_write,
};

bool ccsr_init(struct ccsr *s, struct bus *b)
{
	s->bus = b;
	s->storage = calloc(CCSR_SIZE / 4, sizeof(*s->storage));
	s->seen = calloc(CCSR_SIZE / 4, sizeof(*s->seen));
	s->hits = calloc(CCSR_SIZE / 4, sizeof(*s->hits));
	if (!s->storage || !s->seen || !s->hits)
		return false;
	bus_map(b, CCSR_BASE, CCSR_SIZE, &ccsr_ops, s);
	return true;
}

void ccsr_free(struct ccsr *s)
{
	free(s->storage);
	free(s->seen);
	free(s->hits);
}

void ccsr_add(struct ccsr *s, const struct ccsr_block *blk)
{
	for (unsigned i = 0; i < s->block_count; i++) {
		const struct ccsr_block *o = &s->block[i];

		if (blk->base < o->base + o->size && o->base < blk->base + blk->size) {
			fprintf(stderr, "facet-p4080: %s overlaps %s\n", blk->name, o->name);
			abort();
		}
	}
	if (s->block_count == CCSR_BLOCK_MAX) {
		fprintf(stderr, "facet-p4080: too many register blocks\n");
		abort();
	}
	s->block[s->block_count++] = *blk;
}

uint32_t ccsr_storage_get(const struct ccsr *s, uint32_t off)
{
	return s->storage[off / 4];
}

void ccsr_storage_set(struct ccsr *s, uint32_t off, uint32_t val)
{
	s->storage[off / 4] = val;
}
