/* SPDX-License-Identifier: BSD-3-Clause */
/* The planner's findings, each at the place in the layout it is about. */
/* host */
#include "tools/facet-check/report.h"

#include <stdlib.h>
#include <string.h>

#include "hv/plan/check.h"
#include "tools/facet-check/lines.h"
#include "tools/facet-check/mem.h"

#define HW_PREFIX "hw:"

static bool is_hw(const char *path)
{
	return strncmp(path, HW_PREFIX, strlen(HW_PREFIX)) == 0;
}

/* A node's place is its opening brace: move it to the name in front of it. */
static void point_at_name(struct loc *loc, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash && slash[1] ? slash + 1 : "/";
	const char *text = lines_get(loc->file, loc->line);
	const char *found = NULL;

	for (const char *p = text; p && (p = strstr(p, name)) && p < text + loc->col; p++) {
		found = p;
	}
	if (found) {
		loc->col = (unsigned)(found - text) + 1;
		loc->len = (unsigned)strlen(name);
	} else {
		loc->len = 1;
	}
}

static bool look_up(const struct desk *desk, const char *path, const char *prop, struct loc *loc)
{
	const struct source *s = is_hw(path) ? &desk->board : &desk->layout;
	const char *plain = path + (is_hw(path) ? strlen(HW_PREFIX) : 0);

	if (!s->locs) {
		return false;
	}
	if (prop && locs_find_exact(s->locs, plain, prop, loc)) {
		return true;
	}
	if (!locs_find(s->locs, plain, loc)) {
		return false;
	}
	point_at_name(loc, plain);
	return true;
}

/* The file that a finding about a whole blob is about, or NULL. */
static const char *whole_file(const struct desk *desk, const struct diag *d)
{
	switch (d->check) {
	case CHECK_HW_TREE:
		return desk->board.path;
	case CHECK_CFG_TREE:
		return desk->layout.path;
	case CHECK_BUNDLE_TREE:
		return desk->bundle_path;
	default:
		return NULL;
	}
}

static enum say_kind kind_of(const struct diag *d)
{
	return d->severity == DIAG_WARNING ? SAY_WARNING : SAY_ERROR;
}

static int by_place(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int d;

	if (x->has_loc != y->has_loc) {
		return y->has_loc - x->has_loc;
	}
	d = x->has_loc ? strcmp(x->loc.file, y->loc.file) : 0;
	if (d == 0 && x->has_loc) {
		d = (x->loc.line > y->loc.line) - (x->loc.line < y->loc.line);
	}
	/* the planner's order decides between findings of one line */
	return d ? d : (x->diag > y->diag) - (x->diag < y->diag);
}

size_t report_collect(const struct desk *desk, struct finding **out)
{
	const struct plan *p = desk->plan;
	struct finding *list = mem_take((p->diag_count + 1u) * sizeof(*list));

	for (unsigned i = 0; i < p->diag_count; i++) {
		const struct diag *d = &p->diags[i];
		struct finding *f = &list[i];

		f->diag = d;
		f->kind = kind_of(d);
		f->has_loc = !whole_file(desk, d) && look_up(desk, d->path, d->prop, &f->loc);
		f->has_other_loc = d->other && look_up(desk, d->other, NULL, &f->other_loc);
	}
	if (p->diag_count) {
		qsort(list, p->diag_count, sizeof(*list), by_place);
	}
	*out = list;
	return p->diag_count;
}

/* What stands in front of a message whose tree has no lines. */
static const char *where(const struct desk *desk, const char *path)
{
	if (is_hw(path)) {
		return mem_format("%s:%s", desk->board.path, path + strlen(HW_PREFIX));
	}
	return mem_format("%s:%s", desk->layout.path, path);
}

static const char *plain_path(const char *path)
{
	return path + (is_hw(path) ? strlen(HW_PREFIX) : 0);
}

static void report_unowned(const struct desk *desk)
{
	const struct plan *p = desk->plan;

	for (unsigned i = 0; i < p->cpu_count; i++) {
		if (p->cpus[i].owner == OWNER_NOBODY) {
			say(SAY_ERROR, NULL, where(desk, mem_format("hw:%s", p->cpus[i].path)),
			    "strict-unowned", "nobody owns this CPU");
		}
	}
	for (unsigned i = 0; i < p->dev_count; i++) {
		if (p->devs[i].owner == OWNER_NOBODY && p->devs[i].reg_count) {
			say(SAY_ERROR, NULL, where(desk, mem_format("hw:%s", p->devs[i].path)),
			    "strict-unowned", "nobody owns this device");
		}
	}
}

static bool is_same(const struct diag *a, const struct diag *b)
{
	return a->check == b->check && a->severity == b->severity && strcmp(a->text, b->text) == 0 &&
	       strcmp(a->path, b->path) == 0;
}

void report_findings(const struct desk *desk)
{
	struct finding *list;
	size_t count = report_collect(desk, &list);

	for (size_t i = 0; i < count; i++) {
		const struct finding *f = &list[i];
		const struct diag *d = f->diag;
		const char *whole = whole_file(desk, d);

		if (i > 0 && is_same(d, list[i - 1].diag)) {
			continue; /* an area that several partitions use: one finding each */
		}
		say(f->kind, f->has_loc ? &f->loc : NULL, whole ? whole : where(desk, d->path),
		    plan_checks[d->check].name, d->text);
		if (d->other) {
			say(SAY_NOTE, f->has_other_loc ? &f->other_loc : NULL, where(desk, d->other), NULL,
			    mem_format("%s is here", plain_path(d->other)));
		}
	}
	if (desk->plan->diag_dropped) {
		say(SAY_NOTE, NULL, desk->layout.path, NULL,
		    mem_format("%u more findings are not shown", desk->plan->diag_dropped));
	}
	if (desk->is_strict) {
		report_unowned(desk);
	}
}

static const char *plural(unsigned n, const char *what)
{
	return mem_format("%u %s%s", n, what, n == 1 ? "" : "s");
}

void report_summary(const struct desk *desk, FILE *out)
{
	const struct plan *p = desk->plan;
	const char *stopped = "";

	for (unsigned i = 0; p && i < p->part_count; i++) {
		if (!p->parts[i].is_valid) {
			stopped = mem_format("%s%s%s", stopped, stopped[0] ? ", " : "", p->parts[i].name);
		}
	}
	fprintf(out, "%s: %s%s%s, %s", desk->layout.path, p ? plural(p->part_count, "partition") : "",
		p ? ", " : "", plural(say_count(SAY_ERROR), "error"),
		plural(say_count(SAY_WARNING), "warning"));
	if (!p || p->is_fatal) {
		fputs("; nothing would start", out);
	} else if (stopped[0]) {
		fprintf(out, "; would not start: %s", mem_plain(stopped));
	}
	fputc('\n', out);
}
