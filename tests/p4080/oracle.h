/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The isolation oracle: who may reach which physical page (spec 10.5).
 * Told the owners of memory, it checks every mapping at the moment it is made and every access of
 * guest state when its translation is first used. A violation is a fatal lint.
 */
#ifndef P4080_ORACLE_H
#define P4080_ORACLE_H

#include "core.h"
#include "mmu.h"

struct oracle;

/*
 * Read the owner map: lines `lpid N BASE SIZE [ro]`, `liodn N BASE SIZE [ro]` and `hv BASE SIZE`,
 * numbers in C notation, `#` comments. NULL with a message on error.
 */
struct oracle *oracle_load(const char *path);
void oracle_free(struct oracle *o);

/* A TLB entry was written on core c. */
void oracle_tlb_write(struct core *c, const struct tlb_entry *e);
/* A translated access. */
void oracle_access(struct core *c, const struct mmu_access *a, uint64_t pa);
/*
 * A PAMU entry that opens [pa, pa+size) to liodn became effective; c did it, NULL when unknown.
 */
void oracle_pamu_entry(struct machine *m, struct core *c, unsigned liodn, uint64_t pa,
		       uint64_t size, bool write);
/* A DMA transfer after translation. */
void oracle_dma(struct machine *m, unsigned liodn, uint64_t pa, size_t len, bool write);

#endif
