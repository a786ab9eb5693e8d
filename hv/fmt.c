/* SPDX-License-Identifier: BSD-3-Clause */
/* Formatted text: the C library's printf, which is given no heap, no files and no signals. */
/* any CPU, any lock */
#include <stdio.h>
#include <string.h>

#include "hv/fmt.h"
#include "hv/libc.h"

size_t fmt_vprint(char *buf, size_t size, const char *fmt, va_list ap)
{
	int n = libc_vprint(buf, size, fmt, ap);

	if (n < 0) {
		buf[0] = 0;
		return 0;
	}
	return (size_t)n < size ? (size_t)n : size - 1;
}

size_t fmt_print(char *buf, size_t size, const char *fmt, ...)
{
	size_t n;
	va_list ap;

	va_start(ap, fmt);
	n = fmt_vprint(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

static int fmt_digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

bool fmt_number(const char *s, uint64_t *x)
{
	unsigned int base = 10;
	uint64_t sum = 0;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
	}
	if (*s == 0) {
		return false;
	}
	for (; *s != 0; s++) {
		unsigned int d = (unsigned int)fmt_digit(*s);

		if (d >= base || sum > (UINT64_MAX - d) / base) {
			return false;
		}
		sum = sum * base + d;
	}
	*x = sum;
	return true;
}
