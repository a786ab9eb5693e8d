/* SPDX-License-Identifier: BSD-3-Clause */
/* Bump allocation from both ends of one block. */
/* pure */
#include "hv/plan/arena.h"

#include <string.h>

size_t arena_room(const struct arena *a)
{
	size_t start = (a->used + 7) & ~(size_t)7;
	size_t end = a->size & ~(size_t)7;

	return start < end ? end - start : 0;
}

void *arena_keep_raw(struct arena *a, size_t n)
{
	size_t at = (a->used + 7) & ~(size_t)7;

	if (n > arena_room(a)) {
		return NULL;
	}
	a->used = at + n;
	return a->base + at;
}

void *arena_keep(struct arena *a, size_t n)
{
	void *p = arena_keep_raw(a, n);

	return p ? memset(p, 0, n) : NULL;
}

void *arena_scratch_raw(struct arena *a, size_t n)
{
	size_t room = arena_room(a);

	if (n > room || ((n + 7) & ~(size_t)7) > room) {
		return NULL;
	}
	a->size = (a->size & ~(size_t)7) - ((n + 7) & ~(size_t)7);
	return a->base + a->size;
}

void *arena_scratch(struct arena *a, size_t n)
{
	void *p = arena_scratch_raw(a, n);

	return p ? memset(p, 0, n) : NULL;
}

void *arena_copy(struct arena *a, const void *from, size_t n)
{
	void *p = arena_keep_raw(a, n);

	return p && n ? memcpy(p, from, n) : p;
}

void arena_trim(struct arena *a, const void *piece, size_t had, size_t needs)
{
	if ((const uint8_t *)piece + had == a->base + a->used && needs <= had) {
		a->used -= had - needs;
	}
}
