/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory handed out once, at boot, and never given back: what partitions need beside the plan. */
/* boot CPU only */
#ifndef HV_POOL_H
#define HV_POOL_H

#include "hv/types.h"

/* Zeroed, 64-byte aligned; NULL when the pool is exhausted or closed. */
void *pool_alloc(size_t n);
/* The same, with its address (virtual and physical) a multiple of align, a power of two >= 64. */
void *pool_align(size_t n, size_t align);
/*
 * For what is as long as it turns out to be: the pages behind all that was handed out, not zeroed.
 * NULL: none is left, or the pool is closed.
 */
void *pool_rest(uint32_t *pages);
/* Right after that: keep the first of them. */
void pool_keep(uint32_t pages);
/* From now on pool_alloc() fails: nothing is allocated while guests run. */
void pool_close(void);
size_t pool_used(void);
size_t pool_size(void);

#endif
