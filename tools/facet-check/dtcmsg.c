/* SPDX-License-Identifier: BSD-3-Clause */
/* What cpp and dtc complain about, said in our own style. */
/* host */
#include "tools/facet-check/dtcmsg.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tools/facet-check/lines.h"
#include "tools/facet-check/mem.h"
#include "tools/facet-check/near.h"
#include "tools/facet-check/say.h"

#define MAX_NODE_LINES 4000

/* Take "FILE:L.C" or "FILE:L.C-C2" or "FILE:L.C-L2.C2" off the front of s; NULL if it is not there. */
static const char *take_place(const char *s, struct loc *loc)
{
	const char *colon = strchr(s, ':');
	unsigned a = 0, b = 0;
	int n = 0, used = 0;

	if (!colon || sscanf(colon + 1, "%u.%u%n", &loc->line, &loc->col, &n) != 2) {
		return NULL;
	}
	loc->file = mem_text(s, (size_t)(colon - s));
	loc->len = 1;
	s = colon + 1 + n;
	if (*s == '-' && sscanf(s + 1, "%u%n", &a, &n) == 1) {
		s += 1 + n;
		if (*s == '.' && sscanf(s + 1, "%u%n", &b, &used) == 1) {
			s += 1 + used;
		} else if (a > loc->col) {
			loc->len = a - loc->col;
		}
	}
	return s;
}

static bool is_label_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The label in a text that is nearest to a mistyped one, or NULL. */
static const char *nearest_label(const char *text, const char *label)
{
	const char *best = NULL;
	unsigned best_distance = NEAR_MAX + 1;

	for (const char *p = strchr(text, ':'); p; p = strchr(p + 1, ':')) {
		const char *start = p;
		unsigned d;

		while (start > text && is_label_char(start[-1])) {
			start--;
		}
		if (start == p) {
			continue;
		}
		d = near_distance(label, strlen(label), start, (size_t)(p - start));
		if (d < best_distance && d < strlen(label)) {
			best_distance = d;
			best = mem_text(start, (size_t)(p - start));
		}
	}
	return best;
}

/* Move loc from a node to where "&label" is written in it. */
static void find_reference(struct loc *loc, const char *label)
{
	const char *ref = mem_format("&%s", label);
	unsigned line = loc->line;
	const char *text;

	for (; line < loc->line + MAX_NODE_LINES && (text = lines_get(loc->file, line)); line++) {
		const char *at = strstr(text, ref);

		if (at && !is_label_char(at[strlen(ref)])) {
			loc->line = line;
			loc->col = (unsigned)(at - text) + 1;
			loc->len = (unsigned)strlen(ref);
			return;
		}
	}
}

static void report_label(const struct source *s, struct loc *loc, const char *label)
{
	const char *meant = nearest_label(s->text.data, label);
	const char *hint = meant ? mem_format("; did you mean &%s?", meant) : "";

	find_reference(loc, label);
	say(SAY_ERROR, loc, NULL, "dts-label",
	    mem_format("there is no node with the label %s%s", label, hint));
}

/* Where the code of a line ends: behind the last character that is neither blank nor comment. */
static unsigned code_length(const char *text)
{
	const char *comment = strstr(text, "//");
	const char *block = strstr(text, "/*");
	size_t n = strlen(text);

	if (comment) {
		n = (size_t)(comment - text);
	}
	if (block && (size_t)(block - text) < n) {
		n = (size_t)(block - text);
	}
	while (n && isspace((unsigned char)text[n - 1])) {
		n--;
	}
	return (unsigned)n;
}

/* dtc points at the token behind a missing semicolon: look at what comes before it. */
static void note_semicolon(const struct loc *loc)
{
	struct loc before = *loc;
	const char *text = lines_get(loc->file, loc->line);
	unsigned n;

	if (!text || loc->col - 1 > strspn(text, " \t")) {
		return;
	}
	do {
		before.line--;
		text = lines_get(before.file, before.line);
		n = text ? code_length(text) : 0;
	} while (text && n == 0);
	if (text && text[0] != '#' && !strchr(";{,:=", text[n - 1])) {
		before.col = n + 1;
		before.len = 1;
		say(SAY_NOTE, &before, NULL, NULL, "a ';' may be missing here");
	}
}

static void report_place(const struct source *s, struct loc *loc, const char *text)
{
	char label[65];

	if (loc->line == 0) { /* an empty file */
		say(SAY_ERROR, NULL, s->path, "dts-syntax", text);
	} else if (sscanf(text, "Label or path %64s not found", label) == 1) {
		report_label(s, loc, label);
	} else if (strcmp(text, "syntax error") == 0) {
		say(SAY_ERROR, loc, NULL, "dts-syntax", "this does not belong here");
		note_semicolon(loc);
	} else {
		say(SAY_ERROR, loc, NULL, "dts-syntax", text);
	}
}

/* "PATH: MESSAGE" or "PATH:PROPERTY: MESSAGE" behind "ERROR (check): ". */
static void report_check(const struct source *s, struct loc *loc, const char *text)
{
	const char *quoted = strstr(text, "non-existent node or label \"");
	char label[65];

	if (quoted && sscanf(quoted, "non-existent node or label \"%64[^\"]\"", label) == 1) {
		if (loc) {
			report_label(s, loc, label);
			return;
		}
	}
	say(SAY_ERROR, loc, s->path, "dts-tree", text);
}

/* /include/ of a file that is not there: dtc does not tell where it is written. */
static void report_fatal(const struct source *s, const char *text)
{
	const char *name = strchr(text, '"'), *end = name ? strchr(name + 1, '"') : NULL;
	const char *quoted = end ? mem_text(name, (size_t)(end + 1 - name)) : NULL;
	struct loc loc = {.file = s->path, .line = 1};
	const char *line;

	for (; quoted && (line = lines_get(s->path, loc.line)); loc.line++) {
		const char *at = strstr(line, quoted);

		if (at && strstr(line, "/include/")) {
			loc.col = (unsigned)(at - line) + 1;
			loc.len = (unsigned)strlen(quoted);
			say(SAY_ERROR, &loc, NULL, "dts-include", text);
			return;
		}
	}
	say(SAY_ERROR, NULL, s->path, "dts-syntax", text);
}

static bool report_line(const struct source *s, const char *line, bool had_error)
{
	const char *rest, *check;
	struct loc loc;

	if (strncmp(line, "Error: ", 7) == 0 && (rest = take_place(line + 7, &loc))) {
		report_place(s, &loc, rest + (*rest == ' '));
		return true;
	}
	check = strstr(line, ": ERROR (");
	if (check && strchr(check, ')')) {
		bool is_placed = take_place(line, &loc) != NULL;

		report_check(s, is_placed ? &loc : NULL, strchr(check, ')') + 3);
		return true;
	}
	if (strncmp(line, "FATAL ERROR: ", 13) == 0 && !had_error) {
		report_fatal(s, line + 13);
		return true;
	}
	return false;
}

/* Take the next line off *text; NULL at the end. */
static char *take_line(const char **text)
{
	const char *line = *text;
	size_t len = strcspn(line, "\n");

	if (!*line) {
		return NULL;
	}
	*text = line + len + (line[len] == '\n');
	return mem_text(line, len);
}

bool dtcmsg_report(const struct bytes *err, const struct source *s)
{
	const char *rest = err->data;
	bool had_error = false;
	char *line;

	while ((line = take_line(&rest))) {
		had_error |= report_line(s, line, had_error);
	}
	return had_error;
}

void cppmsg_report(const struct bytes *err)
{
	const char *rest = err->data;
	char *line;

	while ((line = take_line(&rest))) {
		char *colon = strchr(line, ':');
		struct loc loc = {.file = line, .len = 1};
		const char *error = strstr(line, "error: ");

		if (colon && error && sscanf(colon + 1, "%u:%u:", &loc.line, &loc.col) == 2) {
			*colon = 0;
			say(SAY_ERROR, &loc, NULL, "dts-include", error + 7);
		}
	}
}
