/* SPDX-License-Identifier: BSD-3-Clause */
/* Where every node and property of a tree was written: file, line and column. */
/* host; reads what `dtc -O dts -T -T` prints, one node or property a line */
#include "tools/facet-check/locs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/facet-check/mem.h"

#define MAX_DEPTH 64

struct place {
	const char *path;
	const char *prop;  /* "" for the node itself: sorts first */
	struct loc loc;
	bool is_known;
};

struct locs {
	struct place *places;
	size_t count, cap;
	size_t *nodes;     /* indexes of places that are nodes */
	size_t node_count;
};

/* One "file:line:col-line:col" at s; the file may not hold a colon. */
static bool place_parse(const char *s, size_t len, struct loc *loc)
{
	char *text = mem_text(s, len);
	char *colon = strchr(text, ':');
	unsigned line2 = 0, col2 = 0;
	int n;

	if (!colon) {
		return false;
	}
	*colon = 0;
	loc->file = text;
	n = sscanf(colon + 1, "%u:%u-%u:%u", &loc->line, &loc->col, &line2, &col2);
	loc->len = n == 4 && line2 == loc->line && col2 > loc->col ? col2 - loc->col : 1;
	return n >= 2;
}

/*
 * The comment at the end of a line. A node or property that was written several times has several
 * places: the first says where a node is declared, the last where a value comes from.
 */
static bool comment_parse(const char *line, size_t len, bool want_last, struct loc *loc)
{
	const char *start = NULL, *end = line + len - 3, *comma;

	if (len < 6 || memcmp(end, " */", 3) != 0) {
		return false;
	}
	for (const char *p = line; p + 3 <= end; p++) {
		if (memcmp(p, "/* ", 3) == 0) {
			start = p + 3;
		}
	}
	if (!start) {
		return false;
	}
	while ((comma = memchr(start, ',', (size_t)(end - start)))) {
		if (!want_last) {
			end = comma;
			break;
		}
		start = comma + 2;
	}
	return place_parse(start, (size_t)(end - start), loc);
}

static void place_add(struct locs *l, const char *path, const char *prop, const char *line,
		      size_t len)
{
	struct place p = {.path = path, .prop = prop};

	p.is_known = comment_parse(line, len, prop[0] != 0, &p.loc);
	l->places = mem_grow(l->places, l->count, &l->cap, sizeof(*l->places));
	l->places[l->count++] = p;
}

/* Skip "label: " as often as it is there. */
static const char *skip_labels(const char *s, const char *end)
{
	for (const char *p = s; p < end && *p != '"' && *p != '<' && *p != '{' && *p != '='; p++) {
		if (p[0] == ':' && p + 1 < end && p[1] == ' ') {
			s = p + 2;
			p++;
		}
	}
	return s;
}

static int by_path(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int d = strcmp(x->path, y->path);

	return d ? d : strcmp(x->prop, y->prop);
}

static void line_parse(struct locs *l, const char **stack, unsigned *depth, const char *s, size_t len)
{
	const char *end = s + len;
	const char *name_end;

	while (s < end && (*s == '\t' || *s == ' ')) {
		s++;
	}
	if (s == end || (s[0] == '/' && s[1] != ' ')) { /* the version, reserved memory */
		return;
	}
	if (*s == '}') {
		*depth -= *depth > 0;
		return;
	}
	s = skip_labels(s, end);
	name_end = s;
	while (name_end < end && *name_end != ' ' && *name_end != ';' && *name_end != '=') {
		name_end++;
	}
	if (name_end + 1 < end && name_end[0] == ' ' && name_end[1] == '{') {
		const char *parent = *depth > 1 ? stack[*depth - 1] : "";
		char *name = mem_text(s, (size_t)(name_end - s));

		if (*depth < MAX_DEPTH) {
			stack[*depth] = *depth ? mem_format("%s/%s", parent, name) : "/";
			place_add(l, stack[*depth], "", s, (size_t)(end - s));
			(*depth)++;
		}
	} else if (*depth > 0) {
		place_add(l, stack[*depth - 1], mem_text(s, (size_t)(name_end - s)), s,
			  (size_t)(end - s));
	}
}

struct locs *locs_parse(const struct bytes *annotated)
{
	struct locs *l = mem_take(sizeof(*l));
	const char *stack[MAX_DEPTH];
	const char *s = annotated->data, *end = s + annotated->size;
	unsigned depth = 0;

	while (s < end) {
		const char *nl = memchr(s, '\n', (size_t)(end - s));
		size_t len = (size_t)((nl ? nl : end) - s);

		line_parse(l, stack, &depth, s, len);
		s += len + 1;
	}
	if (l->count) {
		qsort(l->places, l->count, sizeof(*l->places), by_path);
	}
	l->nodes = mem_take((l->count + 1) * sizeof(*l->nodes));
	for (size_t i = 0; i < l->count; i++) {
		if (l->places[i].prop[0] == 0) {
			l->nodes[l->node_count++] = i;
		}
	}
	return l;
}

static const struct place *place_find(const struct locs *l, const char *path, const char *prop)
{
	struct place key = {.path = path, .prop = prop};
	const struct place *p =
		l->count ? bsearch(&key, l->places, l->count, sizeof(key), by_path) : NULL;

	return p && p->is_known ? p : NULL;
}

bool locs_find_exact(const struct locs *l, const char *path, const char *prop, struct loc *out)
{
	const struct place *p = place_find(l, path, prop);

	if (p) {
		*out = p->loc;
	}
	return p != NULL;
}

bool locs_find(const struct locs *l, const char *path, struct loc *out)
{
	char *up = mem_text(path, strlen(path));
	const struct place *p;

	while (!(p = place_find(l, up[0] ? up : "/", "")) && up[0]) {
		char *slash = strrchr(up, '/');

		*(slash ? slash : up) = 0;
	}
	if (p) {
		*out = p->loc;
	}
	return p != NULL;
}

size_t locs_count(const struct locs *l)
{
	return l->node_count;
}

const char *locs_path(const struct locs *l, size_t index)
{
	return l->places[l->nodes[index]].path;
}
