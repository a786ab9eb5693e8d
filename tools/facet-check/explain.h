/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of checks for people: one check explained, or all of them as a list or a page. */
/* host */
#ifndef TOOLS_FACET_CHECK_EXPLAIN_H
#define TOOLS_FACET_CHECK_EXPLAIN_H

#include <stdio.h>

#include "hv/types.h"

/* Explain one check; false when there is none of that name (a near one is suggested). */
bool explain_one(const char *name, FILE *out);
/* A line for every check: name, severity, meaning. */
void explain_list(FILE *out);
/* docs/errors.md */
void explain_page(FILE *out);

#endif
