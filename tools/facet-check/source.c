/* SPDX-License-Identifier: BSD-3-Clause */
/* A tree as the user wrote it: a DTS through cpp and dtc, or a DTB as it is. */
/* host */
#include "tools/facet-check/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/facet-check/dtcmsg.h"
#include "tools/facet-check/mem.h"
#include "tools/facet-check/say.h"

#define MAX_ARGS 64

static bool is_blob(const struct bytes *b)
{
	return b->size >= 4 && memcmp(b->data, "\xd0\x0d\xfe\xed", 4) == 0;
}

/* Folder of a path, "." when it has none. */
static const char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? mem_text(path, (size_t)(slash - path) + (slash == path)) : ".";
}

/* argv = head, then `flag DIR` for the file's own folder and all includes, then tail. */
static void argv_make(const char **argv, const char *const *head, const char *flag,
		      const char *path, const char *const *includes, const char *tail)
{
	unsigned n = 0;

	while (*head && n < MAX_ARGS) {
		argv[n++] = *head++;
	}
	argv[n++] = flag;
	argv[n++] = folder_of(path);
	for (; *includes && n < MAX_ARGS - 4; includes++) {
		argv[n++] = flag;
		argv[n++] = *includes;
	}
	argv[n++] = tail;
	argv[n] = NULL;
}

static enum source_state preprocess(struct source *s, const char *const *includes)
{
	static const char *const head[] = {"cpp", "-nostdinc", "-undef", "-D__DTS__", "-x",
					   "assembler-with-cpp", NULL};
	const char *argv[MAX_ARGS + 1];
	struct bytes nothing = {.data = "", .size = 0};
	struct run r;

	argv_make(argv, head, "-I", s->path, includes, s->path);
	r = run_program(argv, &nothing);
	s->text = r.out;
	if (r.status == 127) {
		say_failure("%s", r.err.data);
		return SOURCE_UNREADABLE;
	}
	if (r.status != 0) {
		cppmsg_report(&r.err);
		return SOURCE_BAD;
	}
	return SOURCE_OK;
}

/* Run dtc over the preprocessed text; format "dtb" or "dts" (annotated with places). */
static struct run compile(const struct source *s, const char *const *includes, bool want_dts)
{
	static const char *const dtb[] = {"dtc", "-q", "-f", "-I", "dts", "-O", "dtb", NULL};
	static const char *const dts[] = {"dtc", "-q", "-q", "-f", "-I", "dts", "-O", "dts",
					  "-T",  "-T", NULL};
	const char *argv[MAX_ARGS + 1];

	argv_make(argv, want_dts ? dts : dtb, "-i", s->path, includes, "-");
	return run_program(argv, &s->text);
}

enum source_state source_load(struct source *s, const char *path, const char *const *includes)
{
	enum source_state state;
	struct bytes b;
	struct run r;

	*s = (struct source){.path = path};
	if (!run_read(path, &b)) {
		say_failure("cannot read %s: %s", path, strerror(errno));
		return SOURCE_UNREADABLE;
	}
	if (is_blob(&b)) {
		s->blob = b;
		return SOURCE_OK;
	}
	s->is_text = true;
	state = preprocess(s, includes);
	if (state != SOURCE_OK) {
		return state;
	}
	r = compile(s, includes, false);
	s->blob = r.out;
	if (r.status == 127) {
		say_failure("%s", r.err.data);
		return SOURCE_UNREADABLE;
	}
	if (dtcmsg_report(&r.err, s) || r.status != 0) {
		state = SOURCE_BAD;
	}
	if (is_blob(&s->blob)) {
		r = compile(s, includes, true);
		s->locs = locs_parse(&r.out);
	}
	return state;
}
