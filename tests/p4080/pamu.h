/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The five PAMUs in front of the DMA masters (spec 8.9).
 */
#ifndef P4080_PAMU_H
#define P4080_PAMU_H

#include "machine.h"

#define PAMU_COUNT 5

bool pamu_init(struct machine *m);

/*
 * Translate an access of the master `liodn` behind PAMU `i`. On success *pa is the physical address;
 * the answer holds to the end of the 4 KB page. False: violation recorded, the transfer must stop.
 */
bool pamu_translate(struct machine *m, unsigned i, unsigned liodn, uint64_t addr, bool write,
		    uint64_t *pa);

/*
 * --- the oracle's watch on the tables (pamu_oracle.c); source: core number or BUS_SOURCE_DMA ---
 * A register that decides which tables are in use was written.
 */
void pamu_tables_changed(struct machine *m, unsigned source);
/* A store to a page flagged BUS_PAGE_TABLE. */
void pamu_table_store(struct machine *m, uint64_t pa, unsigned size, unsigned source);

/* Switchable errata, by name: a-003638, pamu-a001, a-005982; false when unknown. */
bool pamu_erratum(const char *name);

/* A whole access of a master through PAMU i, in pieces; false on a violation or bus error. */
bool pamu_dma(struct machine *m, unsigned i, unsigned liodn, uint64_t addr, void *buf, size_t len,
	      bool write);

#endif
