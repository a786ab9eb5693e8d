/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines of source files, to be shown under messages. */
/* host */
#include "tools/facet-check/lines.h"

#include <string.h>

#include "tools/facet-check/mem.h"
#include "tools/facet-check/run.h"

struct file_text {
	struct file_text *next;
	const char *name;
	char **lines;
	size_t count;
};

static struct file_text *files;

static struct file_text *file_lines(const char *name)
{
	struct file_text *f = mem_take(sizeof(*f));
	size_t cap = 0;
	struct bytes b;
	char *p;

	f->next = files;
	f->name = name;
	files = f;
	if (!run_read(name, &b)) {
		return f;
	}
	p = b.data;
	while (p && *p) {
		char *nl = strchr(p, '\n');

		f->lines = mem_grow(f->lines, f->count, &cap, sizeof(*f->lines));
		f->lines[f->count++] = p;
		if (nl) {
			*nl = 0;
			if (nl > p && nl[-1] == '\r') {
				nl[-1] = 0;
			}
		}
		p = nl ? nl + 1 : NULL;
	}
	return f;
}

const char *lines_get(const char *file, unsigned line)
{
	struct file_text *f = files;

	while (f && strcmp(f->name, file) != 0) {
		f = f->next;
	}
	if (!f) {
		f = file_lines(mem_text(file, strlen(file)));
	}
	return line >= 1 && line <= f->count ? f->lines[line - 1] : NULL;
}
