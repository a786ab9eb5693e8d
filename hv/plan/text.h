/* SPDX-License-Identifier: BSD-3-Clause */
/* Sentences for findings: a small subset of printf into the arena. */
/* pure */
#ifndef HV_PLAN_TEXT_H
#define HV_PLAN_TEXT_H

#include <stdarg.h>

#include "hv/plan/arena.h"

/*
 * Knows %s %c %d %u %x %llx %%, no widths. Returns what was written without the end mark; the
 * result is cut to fit and always ended.
 */
size_t text_vfmt(char *buf, size_t size, const char *fmt, va_list ap);
size_t text_fmt(char *buf, size_t size, const char *fmt, ...) printf_like(3, 4);

/* A kept string; a constant "(out of memory)" when the arena is full. */
const char *text_keep(struct arena *a, const char *fmt, ...) printf_like(2, 3);
const char *text_vkeep(struct arena *a, const char *fmt, va_list ap);

/* Edit distance of two words, or limit + 1 when it is larger than limit (at most 3). */
unsigned text_distance(const char *a, const char *b, unsigned limit);

#endif
