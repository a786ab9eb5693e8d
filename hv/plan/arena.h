/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory for planning: what the plan keeps grows up, what only planning needs grows down. */
/* pure */
#ifndef HV_PLAN_ARENA_H
#define HV_PLAN_ARENA_H

#include "hv/plan/plan.h"

/*
 * Both return zeroed memory aligned to 8 bytes, or NULL when the two ends would meet. The scratch
 * end is given back by restoring arena->size.
 */
void *arena_keep(struct arena *a, size_t n);
void *arena_scratch(struct arena *a, size_t n);

/* The same without clearing. */
void *arena_keep_raw(struct arena *a, size_t n);
void *arena_scratch_raw(struct arena *a, size_t n);

/* A kept copy of n bytes, or NULL. */
void *arena_copy(struct arena *a, const void *from, size_t n);

/* Give back the end of the newest kept piece; nothing happens when it is not the newest. */
void arena_trim(struct arena *a, const void *piece, size_t had, size_t needs);

/* Bytes between the two ends. */
size_t arena_room(const struct arena *a);

#endif
