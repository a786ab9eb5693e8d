/* SPDX-License-Identifier: BSD-3-Clause */
/* What the core takes from a C library besides <string.h>; newlib on the targets, the host's in tests. */
/* any CPU, any lock */
#ifndef HV_LIBC_H
#define HV_LIBC_H

#include <stdarg.h>
#include <stddef.h>

/* As vsnprintf, without floating point. */
int libc_vprint(char *buf, size_t size, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

#endif
