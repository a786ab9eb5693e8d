/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of a program that runs for a second: taken piece by piece, given back all at once. */
/* host; not thread safe */
#ifndef TOOLS_FACET_CHECK_MEM_H
#define TOOLS_FACET_CHECK_MEM_H

#include <stddef.h>

#include "hv/types.h"

/* Zeroed memory; ends the program with status 2 when there is none. */
void *mem_take(size_t size);
/* Twice as much, when count elements of that size have filled the room of *cap. */
void *mem_grow(void *old, size_t count, size_t *cap, size_t size);
/* Copies. */
char *mem_text(const char *text, size_t len);
char *mem_format(const char *fmt, ...) printf_like(1, 2) __attribute__((nonnull(1)));
/* A copy with '?' for what a terminal would obey: names in a tree may hold anything. */
char *mem_plain(const char *text);
/* Give everything back. */
void mem_drop(void);

#endif
