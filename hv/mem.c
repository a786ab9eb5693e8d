/* SPDX-License-Identifier: BSD-3-Clause */
/* memcpy, memmove and memset by words, for targets without their own in assembly. */
/* any CPU, any lock; also before the MMU is on, so every access is aligned */
#include <stdint.h>
#include <string.h>

/* The compiler must not make calls of these very functions out of their loops. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

typedef uintptr_t word_t;
#define WORD sizeof(word_t)

static int mem_is_aligned(const void *a, const void *b)
{
	return (((uintptr_t)a | (uintptr_t)b) & (WORD - 1)) == 0;
}

/* Not `restrict`: memmove() relies on it that nothing is stored before what lies below it has been loaded. */
void *memcpy(void *to, const void *from, size_t n)
{
	uint8_t *d = to;
	const uint8_t *s = from;

	if ((((uintptr_t)d ^ (uintptr_t)s) & (WORD - 1)) == 0) {
		for (; n > 0 && !mem_is_aligned(d, d); n--) {
			*d++ = *s++;
		}
		for (; n >= 8 * WORD; n -= 8 * WORD) {
			word_t *dw = (word_t *)(void *)d;
			const word_t *sw = (const word_t *)(const void *)s;
			word_t a = sw[0], b = sw[1], c = sw[2], e = sw[3];
			word_t f = sw[4], g = sw[5], h = sw[6], i = sw[7];

			dw[0] = a;
			dw[1] = b;
			dw[2] = c;
			dw[3] = e;
			dw[4] = f;
			dw[5] = g;
			dw[6] = h;
			dw[7] = i;
			d += 8 * WORD;
			s += 8 * WORD;
		}
		for (; n >= WORD; n -= WORD) {
			*(word_t *)(void *)d = *(const word_t *)(const void *)s;
			d += WORD;
			s += WORD;
		}
	}
	for (; n > 0; n--) {
		*d++ = *s++;
	}
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	uint8_t *d = (uint8_t *)to + n;
	const uint8_t *s = (const uint8_t *)from + n;

	/* Forward is safe when the target does not lie inside what is still to be read. */
	if ((uintptr_t)to - (uintptr_t)from >= n) {
		return memcpy(to, from, n);
	}
	if ((((uintptr_t)d ^ (uintptr_t)s) & (WORD - 1)) == 0) {
		for (; n > 0 && !mem_is_aligned(d, d); n--) {
			*--d = *--s;
		}
		for (; n >= WORD; n -= WORD) {
			d -= WORD;
			s -= WORD;
			*(word_t *)(void *)d = *(const word_t *)(const void *)s;
		}
	}
	for (; n > 0; n--) {
		*--d = *--s;
	}
	return to;
}

void *memset(void *to, int c, size_t n)
{
	uint8_t *d = to;
	word_t x = (word_t)-1 / 255 * (uint8_t)c;

	for (; n > 0 && !mem_is_aligned(d, d); n--) {
		*d++ = (uint8_t)c;
	}
	for (; n >= 8 * WORD; n -= 8 * WORD) {
		word_t *dw = (word_t *)(void *)d;

		dw[0] = x;
		dw[1] = x;
		dw[2] = x;
		dw[3] = x;
		dw[4] = x;
		dw[5] = x;
		dw[6] = x;
		dw[7] = x;
		d += 8 * WORD;
	}
	for (; n >= WORD; n -= WORD) {
		*(word_t *)(void *)d = x;
		d += WORD;
	}
	for (; n > 0; n--) {
		*d++ = (uint8_t)c;
	}
	return to;
}
