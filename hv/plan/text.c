/* SPDX-License-Identifier: BSD-3-Clause */
/* Formatting without a C library's printf, and word distance for "did you mean". */
/* pure */
#include "hv/plan/text.h"

#include <string.h>

struct sink {
	char *buf;
	size_t size;
	size_t at;
};

static void sink_char(struct sink *s, char c)
{
	if (s->at + 1 < s->size) {
		s->buf[s->at++] = c;
	}
}

static void sink_str(struct sink *s, const char *str)
{
	while (str && *str) {
		sink_char(s, *str++);
	}
}

static void sink_hex(struct sink *s, uint64_t v)
{
	int shift = 60;

	while (shift > 0 && (v >> shift) == 0) {
		shift -= 4;
	}
	for (; shift >= 0; shift -= 4) {
		sink_char(s, "0123456789abcdef"[(v >> shift) & 15]);
	}
}

static void sink_dec(struct sink *s, uint32_t v)
{
	char digits[10];
	int n = 0;

	do {
		digits[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	while (n) {
		sink_char(s, digits[--n]);
	}
}

static void sink_int(struct sink *s, int v)
{
	if (v < 0) {
		sink_char(s, '-');
	}
	sink_dec(s, v < 0 ? 0 - (uint32_t)v : (uint32_t)v);
}

size_t text_vfmt(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct sink s = {buf, size, 0};

	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			sink_char(&s, *fmt);
			continue;
		}
		switch (*++fmt) {
		case 's':
			sink_str(&s, va_arg(ap, const char *));
			break;
		case 'c':
			sink_char(&s, (char)va_arg(ap, int));
			break;
		case 'd':
			sink_int(&s, va_arg(ap, int));
			break;
		case 'u':
			sink_dec(&s, va_arg(ap, unsigned));
			break;
		case 'x':
			sink_hex(&s, va_arg(ap, unsigned));
			break;
		case 'l': /* only as %llx */
			fmt += 2;
			sink_hex(&s, va_arg(ap, unsigned long long));
			break;
		default:
			sink_char(&s, *fmt);
			break;
		}
	}
	if (size) {
		buf[s.at] = 0;
	}
	return s.at;
}

size_t text_fmt(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = text_vfmt(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

const char *text_vkeep(struct arena *a, const char *fmt, va_list ap)
{
	char buf[400];
	size_t n = text_vfmt(buf, sizeof(buf), fmt, ap);
	char *p = arena_copy(a, buf, n + 1);

	return p ? p : "(out of memory)";
}

const char *text_keep(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	const char *p;

	va_start(ap, fmt);
	p = text_vkeep(a, fmt, ap);
	va_end(ap);
	return p;
}

/* One row of the Levenshtein table, cut to words of less than 64 letters. */
unsigned text_distance(const char *a, const char *b, unsigned limit)
{
	uint8_t row[64];
	size_t na = strlen(a), nb = strlen(b);

	if (na >= sizeof(row) || nb >= sizeof(row) || (na > nb ? na - nb : nb - na) > limit) {
		return limit + 1;
	}
	for (size_t j = 0; j <= nb; j++) {
		row[j] = (uint8_t)j;
	}
	for (size_t i = 1; i <= na; i++) {
		uint8_t diagonal = row[0];

		row[0] = (uint8_t)i;
		for (size_t j = 1; j <= nb; j++) {
			uint8_t best = (uint8_t)(diagonal + (a[i - 1] != b[j - 1]));

			diagonal = row[j];
			best = row[j] + 1 < best ? (uint8_t)(row[j] + 1) : best;
			best = row[j - 1] + 1 < best ? (uint8_t)(row[j - 1] + 1) : best;
			row[j] = best;
		}
	}
	return row[nb] > limit ? limit + 1 : row[nb];
}
