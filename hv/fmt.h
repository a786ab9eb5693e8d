/* SPDX-License-Identifier: BSD-3-Clause */
/* Formatted text into a buffer, by the C library's integer-only printf. */
/* any CPU, any lock */
#ifndef HV_FMT_H
#define HV_FMT_H

#include <stdarg.h>
#include <inttypes.h>

#include "hv/types.h"

/* The result is cut to size and always ended. Returns the bytes in buf without the end mark. */
size_t fmt_vprint(char *buf, size_t size, const char *fmt, va_list ap);
size_t fmt_print(char *buf, size_t size, const char *fmt, ...) printf_like(3, 4);

/* Decimal or 0x-hexadecimal, all of s. False: not a number, or larger than 64 bits. */
must_check bool fmt_number(const char *s, uint64_t *x);

#endif
