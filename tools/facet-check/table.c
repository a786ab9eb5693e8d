/* SPDX-License-Identifier: BSD-3-Clause */
/* Text tables whose columns line up. */
/* host */
#include "tools/facet-check/table.h"

#include <string.h>

#include "tools/facet-check/mem.h"

struct table {
	const char *heads[TABLE_COLS];
	bool is_right[TABLE_COLS];
	unsigned widths[TABLE_COLS];
	unsigned cols;
	const char **cells;
	size_t count, cap;
};

/* Characters on the screen, not bytes. */
static unsigned width_of(const char *text)
{
	unsigned n = 0;

	for (; *text; text++) {
		n += ((unsigned char)*text & 0xc0) != 0x80;
	}
	return n;
}

struct table *table_new(const char *const *heads)
{
	struct table *t = mem_take(sizeof(*t));

	for (; heads[t->cols] && t->cols < TABLE_COLS; t->cols++) {
		const char *head = heads[t->cols];

		t->is_right[t->cols] = head[0] == '>';
		t->heads[t->cols] = head + (head[0] == '>');
		t->widths[t->cols] = width_of(t->heads[t->cols]);
	}
	return t;
}

void table_cell(struct table *t, const char *text)
{
	unsigned col = (unsigned)(t->count % t->cols);
	unsigned width;

	text = text ? mem_plain(text) : "";
	width = width_of(text);
	t->cells = mem_grow(t->cells, t->count, &t->cap, sizeof(*t->cells));
	t->cells[t->count++] = text;
	if (width > t->widths[col]) {
		t->widths[col] = width;
	}
}

static void print_row(const struct table *t, const char *const *cells, FILE *out)
{
	unsigned last = t->cols;

	while (last && !cells[last - 1][0]) {
		last--;
	}
	for (unsigned i = 0; i < last; i++) {
		int pad = (int)(t->widths[i] - width_of(cells[i]));

		fputs("  ", out);
		if (t->is_right[i]) {
			fprintf(out, "%*s%s", pad, "", cells[i]);
		} else {
			fprintf(out, "%s%*s", cells[i], i + 1 < last ? pad : 0, "");
		}
	}
	fputc('\n', out);
}

void table_print(const struct table *t, FILE *out)
{
	if (t->count == 0) {
		return;
	}
	print_row(t, t->heads, out);
	for (size_t i = 0; i + t->cols <= t->count; i += t->cols) {
		print_row(t, t->cells + i, out);
	}
	fputc('\n', out);
}
