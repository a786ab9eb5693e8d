/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages in the style of a compiler: place, severity, sentence, source line, caret. */
/* host */
#include "tools/facet-check/say.h"

#include <stdarg.h>
#include <string.h>

#include "tools/facet-check/lines.h"
#include "tools/facet-check/mem.h"

#define TAB 8

static FILE *out;
static bool use_colours;
static unsigned counts[SAY_NOTE + 1];

static const char *const words[] = {"error", "warning", "note"};
static const char *const colours[] = {"\033[1;31m", "\033[1;35m", "\033[1;36m"};

void say_setup(FILE *to, bool with_colours)
{
	out = to;
	use_colours = with_colours;
}

static const char *colour(const char *code)
{
	return use_colours ? code : "";
}

/* Print a source line with tabs as spaces; return the screen column (from 0) of column col. */
static unsigned print_line(const char *text, unsigned col)
{
	unsigned screen = 0, at = 0;

	for (unsigned i = 0; text[i]; i++) {
		unsigned width = text[i] == '\t' ? TAB - screen % TAB : 1;

		if (i + 1 == col) {
			at = screen;
		}
		for (unsigned n = 0; n < width; n++) {
			fputc((unsigned char)text[i] < 0x20 ? ' ' : text[i], out);
		}
		/* the bytes that continue a UTF-8 character take no room */
		screen += ((unsigned char)text[i] & 0xc0) == 0x80 ? 0 : width;
		if (col > i + 1) {
			at = screen;
		}
	}
	fputc('\n', out);
	return at;
}

static void print_source(enum say_kind kind, const struct loc *loc)
{
	const char *text = lines_get(loc->file, loc->line);
	unsigned at, len;

	if (!text || !text[strspn(text, " \t")]) {
		return;
	}
	fprintf(out, "%5u | ", loc->line);
	at = print_line(text, loc->col);
	len = loc->len;
	if (loc->col + len > strlen(text) + 1) {
		len = loc->col <= strlen(text) ? (unsigned)strlen(text) + 1 - loc->col : 1;
	}
	fprintf(out, "      | %*s%s^", (int)at, "", colour(colours[kind]));
	for (unsigned i = 1; i < len; i++) {
		fputc('~', out);
	}
	fprintf(out, "%s\n", colour("\033[0m"));
}

void say(enum say_kind kind, const struct loc *loc, const char *where, const char *check,
	 const char *text)
{
	counts[kind]++;
	fputs(colour("\033[1m"), out);
	if (loc) {
		fprintf(out, "%s:%u:%u: ", loc->file, loc->line, loc->col);
	} else if (where) {
		fprintf(out, "%s: ", mem_plain(where));
	}
	fprintf(out, "%s%s:%s %s", colour(colours[kind]), words[kind], colour("\033[0m"),
		mem_plain(text));
	if (check) {
		fprintf(out, " %s[%s]%s", colour(colours[kind]), check, colour("\033[0m"));
	}
	fputc('\n', out);
	if (loc) {
		print_source(kind, loc);
	}
}

void say_failure(const char *fmt, ...)
{
	va_list ap;

	fputs("facet-check: ", out);
	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	fputc('\n', out);
}

unsigned say_count(enum say_kind kind)
{
	return counts[kind];
}
