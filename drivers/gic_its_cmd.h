/* SPDX-License-Identifier: BSD-3-Clause */
/* What an ITS understands: its commands, and how large its tables have to be. */
/* pure; IHI 0069 section 5.3 (commands), 5.2 (tables) */
#ifndef DRIVERS_GIC_ITS_CMD_H
#define DRIVERS_GIC_ITS_CMD_H

#include "hv/err.h"
#include "hv/types.h"

/* GITS_TYPER in plain numbers. */
struct its_limits {
	uint8_t itt_entry;       /* bytes of an entry of an interrupt translation table */
	uint8_t device_bits;
	uint8_t event_bits;
	uint8_t collection_bits;
	uint8_t builtin_count;   /* collections that need no table */
	bool is_by_address;      /* redistributors are named by address */
	bool is_physical;        /* knows physical LPIs at all */
};

struct its_limits its_limits_of(uint64_t typer);
/* What MAPC and SYNC call a redistributor, from its GICR_TYPER and address: bits [51:16]. */
uint64_t its_target(const struct its_limits *limits, uint64_t gicr_typer, uint64_t at);

/* One command; little-endian in memory. */
struct its_cmd {
	uint64_t dw[4];
};

enum its_op {
	ITS_MOVI = 0x01,
	ITS_CLEAR = 0x04,
	ITS_SYNC = 0x05,
	ITS_MAPD = 0x08,
	ITS_MAPC = 0x09,
	ITS_MAPTI = 0x0a,
	ITS_INV = 0x0c,
	ITS_DISCARD = 0x0f,
};

/* The ITT of a device, 2^bits entries at `at` (256-byte aligned). */
struct its_cmd its_mapd(uint32_t device, uint64_t at, unsigned int bits);
/* A collection goes to a redistributor. */
struct its_cmd its_mapc(uint16_t collection, uint64_t target);
/* Event of a device becomes an LPI at a collection. */
struct its_cmd its_mapti(uint32_t device, uint32_t event, uint32_t lpi, uint16_t collection);
/* Later ones, and what is pending, go to another collection. */
struct its_cmd its_movi(uint32_t device, uint32_t event, uint16_t collection);
/* ITS_CLEAR: no longer pending; ITS_INV: read its configuration again; ITS_DISCARD: both, unmapped. */
struct its_cmd its_event(enum its_op op, uint32_t device, uint32_t event);
/* Done when all before it is done, as far as this redistributor sees it. */
struct its_cmd its_sync(uint64_t target);

/* Bytes of the ITT for events 0..2^bits-1. */
uint64_t its_itt_size(const struct its_limits *limits, unsigned int bits);
/* Least number of bits, and not less than 1, that every event up to `last` fits in. */
unsigned int its_event_bits(uint32_t last);

/* A table under a GITS_BASERn. */
struct its_table {
	uint8_t page_shift;      /* 12, 14 or 16 */
	bool is_indirect;        /* the pages hold addresses of pages */
	uint16_t pages;          /* 1..256 */
	uint32_t leaf_count;     /* indirect: entries in a page of the second level; else 0 */
};

/*
 * Room for `count` entries (identifiers 0..count-1) of entry bytes. Flat unless that would take more
 * than flat_max bytes and two levels are possible. ERR_SIZE: more than a BASER can describe.
 */
must_check enum err its_table_size(struct its_table *t, uint64_t count, unsigned int entry,
				   unsigned int page_shift, bool can_indirect, uint64_t flat_max);

#endif
