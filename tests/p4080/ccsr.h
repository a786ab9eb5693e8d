/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The 16 MB block of device registers at 0xF_FE00_0000: dispatch to devices by offset.
 * Registers are 32-bit big-endian; byte devices (DUART) ask for their accesses unmerged. Offsets no
 * device claims are plain storage, logged once each (spec 8.1).
 */
#ifndef P4080_CCSR_H
#define P4080_CCSR_H

#include "bus.h"

#define CCSR_BASE UINT64_C(0xffe000000)
#define CCSR_SIZE UINT64_C(0x1000000)
#define CCSR_BLOCK_MAX 64

struct ccsr_block {
	const char *name;
	uint32_t base; /* offset in CCSR */
	uint32_t size;
	void *dev;
	/* off is relative to base; cpu is the accessing core or BUS_SOURCE_DMA. */
	uint32_t (*read)(void *dev, uint32_t off, unsigned cpu);
	void (*write)(void *dev, uint32_t off, uint32_t val, unsigned cpu);
	/*
	 * Byte devices: read/write get the exact byte offset and one byte at a time. Others get
	 * aligned words; smaller stores are merged with a read of the word.
	 */
	bool bytes;
};

struct ccsr {
	struct bus *bus;
	struct ccsr_block block[CCSR_BLOCK_MAX];
	unsigned block_count;
	uint32_t *storage; /* CCSR_SIZE / 4 words, host order */
	uint8_t *seen;	   /* one flag a word: unknown access already logged */
	uint64_t *hits;	   /* accesses per word, for the statistics */
};

bool ccsr_init(struct ccsr *s, struct bus *b);
void ccsr_free(struct ccsr *s);
/* Blocks may not overlap; checked. The descriptor is copied. */
void ccsr_add(struct ccsr *s, const struct ccsr_block *blk);
/* Plain storage behind an offset: lets a device keep its storage registers there. */
uint32_t ccsr_storage_get(const struct ccsr *s, uint32_t off);
void ccsr_storage_set(struct ccsr *s, uint32_t off, uint32_t val);

#endif
