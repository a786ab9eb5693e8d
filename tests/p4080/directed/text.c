/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Parts of the kit that need nothing but put_char().
 */
#include "kit.h"

void put_string(const char *s)
{
	while (*s)
		put_char(*s++);
}

void put_hex(uint32_t v)
{
	for (int n = 28; n >= 0; n -= 4)
		put_char("0123456789abcdef"[v >> n & 15]);
}

void *memcpy(void *d, const void *s, unsigned n)
{
	uint8_t *p = d;
	const uint8_t *q = s;

	while (n--)
		*p++ = *q++;
	return d;
}
