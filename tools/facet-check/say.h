/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages in the style of a compiler: place, severity, sentence, source line, caret. */
/* host */
#ifndef TOOLS_FACET_CHECK_SAY_H
#define TOOLS_FACET_CHECK_SAY_H

#include <stdio.h>

#include "tools/facet-check/locs.h"

enum say_kind {
	SAY_ERROR,
	SAY_WARNING,
	SAY_NOTE,
};

/* Where messages go (default stderr) and whether in colours. */
void say_setup(FILE *out, bool colours);

/*
 * One message. loc may be NULL; `where` then stands in front instead (a file, or a file and a
 * tree path). check may be NULL.
 */
void say(enum say_kind kind, const struct loc *loc, const char *where, const char *check,
	 const char *text);

/* facet-check itself cannot go on: no place, no caret. */
void say_failure(const char *fmt, ...) printf_like(1, 2);

/* Messages of each kind so far. */
unsigned say_count(enum say_kind kind);

#endif
