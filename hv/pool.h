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
/* From now on pool_alloc() fails: nothing is allocated while guests run. */
void pool_close(void);
size_t pool_used(void);
size_t pool_size(void);

#endif
