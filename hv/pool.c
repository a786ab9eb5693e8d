/* SPDX-License-Identifier: BSD-3-Clause */
/* The boot-time pool: a bump allocator that is closed before the first guest runs. */
/* boot CPU only */
#include <string.h>

#include "hv/pool.h"

#define POOL_SIZE MIB(2)

static uint8_t pool_memory[POOL_SIZE] __attribute__((noinit)) aligned_to(PAGE_SIZE);
static size_t pool_next;
static bool pool_is_closed;

void *pool_alloc(size_t n)
{
	uint8_t *p = pool_memory + pool_next;

	if (pool_is_closed || n > POOL_SIZE - pool_next) {
		return NULL;
	}
	pool_next += (n + 63) & ~(size_t)63;
	if (pool_next > POOL_SIZE) {
		pool_next = POOL_SIZE;
	}
	memset(p, 0, n);
	return p;
}

void pool_close(void)
{
	pool_is_closed = true;
}

size_t pool_used(void)
{
	return pool_next;
}

size_t pool_size(void)
{
	return POOL_SIZE;
}
