/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of ranges: sorting, cutting, covering, built on the predicates of hv/addr.h. */
/* pure */
#ifndef HV_PLAN_GEOM_H
#define HV_PLAN_GEOM_H

#include "hv/addr.h"

/* Order by base; stable. */
void geom_sort(struct range *list, unsigned n);

/* Join neighbours and overlaps of a sorted list of valid ranges; returns the new count. */
unsigned geom_join(struct range *list, unsigned n);

/*
 * Take `hole` out of a sorted, joined list, which may grow by one entry (room for it is the
 * caller's). Returns the new count.
 */
unsigned geom_cut(struct range *list, unsigned n, struct range hole);

/* True when one entry of a joined list covers all of r. */
bool geom_covers(const struct range *list, unsigned n, struct range r);

/* Index of the first entry that shares a byte with r, or n. */
unsigned geom_hit(const struct range *list, unsigned n, struct range r);

/* The pages that r touches: rounded out to multiples of a power of two. */
struct range geom_pages(struct range r, uint64_t page);

/* Bytes that two overlapping ranges have in common. */
struct range geom_common(struct range a, struct range b);

#endif
