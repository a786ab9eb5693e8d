/* SPDX-License-Identifier: BSD-3-Clause */
/* The boot-time pool: a bump allocator that is closed before the first guest runs. */
/* boot CPU only */
#include <string.h>

#include "hv/addr.h"
#include "hv/bits.h"
#include "hv/pool.h"

#define POOL_SIZE MIB(2)
#define POOL_GRAIN 64

/* What alignment leaves over is given to whoever fits in. */
#define POOL_GAPS 16

static uint8_t pool_memory[POOL_SIZE] __attribute__((noinit)) aligned_to(PAGE_SIZE);
static size_t pool_next;
static bool pool_is_closed;
static struct range pool_gaps[POOL_GAPS];

/* Remember [at, end) in place of the smallest gap known. */
static void pool_leave(uint64_t at, uint64_t end)
{
	struct range *least = &pool_gaps[0];

	for (unsigned int i = 1; i < POOL_GAPS; i++) {
		least = pool_gaps[i].size < least->size ? &pool_gaps[i] : least;
	}
	if (end - at > least->size) {
		*least = (struct range){ at, end - at };
	}
}

/* First fit. What is left before and behind the block stays a gap. */
static void *pool_fill(size_t n, size_t align)
{
	for (unsigned int i = 0; i < POOL_GAPS; i++) {
		struct range gap = pool_gaps[i];
		uint64_t at = align_up(gap.base, align);

		if (range_covers(gap, at, n)) {
			pool_gaps[i] = (struct range){ at + n, gap.base + gap.size - at - n };
			pool_leave(gap.base, at);
			return (void *)(uintptr_t)at;
		}
	}
	return NULL;
}

/* Behind all that was handed out. */
static void *pool_extend(size_t n, size_t align)
{
	uint64_t base = (uintptr_t)pool_memory, from = base + pool_next, at = align_up(from, align);

	if (!range_covers((struct range){ base, POOL_SIZE }, at, n)) {
		return NULL;
	}
	pool_leave(from, at);
	pool_next = (size_t)(at + n - base);
	return (void *)(uintptr_t)at;
}

void *pool_align(size_t n, size_t align)
{
	void *p;

	if (pool_is_closed || n > POOL_SIZE) {
		return NULL;
	}
	n = n == 0 ? POOL_GRAIN : (size_t)align_up(n, POOL_GRAIN);
	p = pool_fill(n, align);
	if (p == NULL) {
		p = pool_extend(n, align);
	}
	if (p != NULL) {
		memset(p, 0, n);
	}
	return p;
}

void *pool_alloc(size_t n)
{
	return pool_align(n, POOL_GRAIN);
}

void *pool_rest(uint32_t *pages)
{
	uint64_t base = (uintptr_t)pool_memory, at = align_up(base + pool_next, PAGE_SIZE);

	*pages = pool_is_closed || at >= base + POOL_SIZE
		     ? 0
		     : (uint32_t)((base + POOL_SIZE - at) / PAGE_SIZE);
	return *pages == 0 ? NULL : (void *)(uintptr_t)at;
}

void pool_keep(uint32_t pages)
{
	uint64_t base = (uintptr_t)pool_memory, from = base + pool_next;
	uint64_t at = align_up(from, PAGE_SIZE);

	pool_leave(from, at);
	pool_next = (size_t)(at + pages * (uint64_t)PAGE_SIZE - base);
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
