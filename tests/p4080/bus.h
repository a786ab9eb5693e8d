/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The physical address space: RAM, device regions, and who may reach them.
 * Addresses are 36 bits. An access that nothing claims is a bus error: the caller decides what that
 * means (a core gets a machine check, a DMA engine a transfer error).
 */
#ifndef P4080_BUS_H
#define P4080_BUS_H

#include "bits.h"

#define BUS_PAGE_SHIFT 12
#define BUS_PAGE_SIZE 4096u
#define BUS_ADDR_MASK UINT64_C(0xfffffffff)

struct machine;

enum bus_kind { BUS_LOAD, BUS_STORE, BUS_FETCH };

/* Who asks: cores by number, anything else has a LIODN and came through a PAMU already. */
#define BUS_SOURCE_DMA 0x100
struct bus_req {
	uint64_t pa;
	uint16_t size; /* 1, 2, 4 or 8; never crosses an aligned 4 KB page */
	uint16_t source;
	uint16_t liodn; /* masters other than cores */
	enum bus_kind kind;
};

struct bus_region_ops {
	const char *name;
	/* off = byte offset in the region; values are right-aligned, big-endian bus order. */
	bool (*read)(void *dev, uint64_t off, const struct bus_req *req, uint64_t *val);
	bool (*write)(void *dev, uint64_t off, const struct bus_req *req, uint64_t val);
	/* Host address of the page at off if plain memory (NOR flash), else NULL. May be NULL. */
	uint8_t *(*page)(void *dev, uint64_t off, enum bus_kind kind);
};

#define BUS_REGION_MAX 16

struct bus_region {
	uint64_t base;
	uint64_t size;
	const struct bus_region_ops *ops;
	void *dev;
};

/* Why a page of RAM is not on the fast store path. */
#define BUS_PAGE_CODE 1	 /* has decoded instructions */
#define BUS_PAGE_WATCH 2 /* a core not running now holds a reservation in it */
#define BUS_PAGE_TABLE 4 /* the oracle watches a PAMU table in it */

struct code_page;

struct ram {
	uint8_t *mem;
	uint64_t size;		 /* multiple of 4 KB, starts at physical 0 */
	uint8_t *flags;		 /* BUS_PAGE_* by page */
	struct code_page **code; /* decoded instructions by page, NULL when none */
};

struct bus {
	struct machine *machine;
	struct ram ram;
	struct bus_region region[BUS_REGION_MAX];
	unsigned region_count;
	/*
	 * Local access windows: true when [pa, pa+4 KB) is covered by an enabled window whose target
	 * is `dram` (or the local bus). NULL: no checking. Set by the LAW device.
	 */
	bool (*law_covers)(void *law, uint64_t pa, bool dram);
	void *law;
	/* Told about an access nobody claims, before the bus error is returned (CCF capture). */
	void (*on_error)(void *ccf, const struct bus_req *req);
	void *ccf;
};

bool bus_init(struct bus *b, struct machine *m, uint64_t ram_size);
void bus_free(struct bus *b);
void bus_map(struct bus *b, uint64_t base, uint64_t size, const struct bus_region_ops *ops,
	     void *dev);

/* One access of at most 8 bytes; false = bus error (already told to on_error). */
bool bus_read(struct bus *b, const struct bus_req *req, uint64_t *val);
bool bus_write(struct bus *b, const struct bus_req *req, uint64_t val);

/*
 * Bulk accesses of a master at physical addresses (after its PAMU). Snoops reservations and decoded
 * code like any store. False = bus error somewhere; bytes before it have been copied.
 */
bool bus_dma_read(struct bus *b, uint64_t pa, void *dst, size_t len, unsigned liodn);
bool bus_dma_write(struct bus *b, uint64_t pa, const void *src, size_t len, unsigned liodn);

/* Host address of a page of plain memory reachable now (LAW checked), or NULL. */
uint8_t *bus_page(struct bus *b, uint64_t pa, enum bus_kind kind);

/* Loader and debugger access: RAM and flash only, no LAW, no side effects but code/reservations. */
bool bus_poke(struct bus *b, uint64_t pa, const void *src, size_t len);
bool bus_peek(struct bus *b, uint64_t pa, void *dst, size_t len);

/* Call when the map changed (LAW write): every core forgets its translations. */
void bus_map_changed(struct bus *b);

#endif
