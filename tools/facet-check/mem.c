/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of a program that runs for a second: taken piece by piece, given back all at once. */
/* host; not thread safe */
#include "tools/facet-check/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

union piece {
	union piece *next;
	max_align_t align;
};

static union piece *pieces;

void *mem_take(size_t size)
{
	union piece *p = calloc(1, sizeof(*p) + size);

	if (!p) {
		fputs("facet-check: out of memory\n", stderr);
		exit(2);
	}
	p->next = pieces;
	pieces = p;
	return p + 1;
}

void *mem_grow(void *old, size_t count, size_t *cap, size_t size)
{
	void *bigger;

	if (count < *cap) {
		return old;
	}
	*cap = *cap ? *cap * 2 : 16;
	bigger = mem_take(*cap * size);
	if (count) {
		memcpy(bigger, old, count * size);
	}
	return bigger;
}

char *mem_text(const char *text, size_t len)
{
	char *copy = mem_take(len + 1);

	memcpy(copy, text, len);
	return copy;
}

char *mem_format(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	text = mem_take((size_t)len + 1);
	va_start(ap, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return text;
}

char *mem_plain(const char *text)
{
	char *copy = mem_text(text, strlen(text));

	for (char *c = copy; *c; c++) {
		*c = (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c;
	}
	return copy;
}

void mem_drop(void)
{
	while (pieces) {
		union piece *next = pieces->next;

		free(pieces);
		pieces = next;
	}
}
