/* SPDX-License-Identifier: BSD-3-Clause */
/* The host's C library in the place of newlib (twin of hv/libc.c). */
/* model tests only */
#include <stdio.h>

#include "hv/libc.h"

int libc_vprint(char *buf, size_t size, const char *fmt, va_list ap)
{
	return vsnprintf(buf, size, fmt, ap);
}
