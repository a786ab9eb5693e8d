/* SPDX-License-Identifier: BSD-3-Clause */
/* Text tables whose columns line up. */
/* host */
#ifndef TOOLS_FACET_CHECK_TABLE_H
#define TOOLS_FACET_CHECK_TABLE_H

#include <stdio.h>

#define TABLE_COLS 10

struct table;

/* A new table; heads are column titles, ended by NULL. A title that starts with '>' aligns right. */
struct table *table_new(const char *const *heads);
/* Fill the next cell; NULL leaves it empty. A row is complete when all columns are filled. */
void table_cell(struct table *t, const char *text);
/* Print it and a blank line; nothing at all when it has no rows. */
void table_print(const struct table *t, FILE *out);

#endif
