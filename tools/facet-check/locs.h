/* SPDX-License-Identifier: BSD-3-Clause */
/* Where every node and property of a tree was written: file, line and column. */
/* host */
#ifndef TOOLS_FACET_CHECK_LOCS_H
#define TOOLS_FACET_CHECK_LOCS_H

#include "tools/facet-check/run.h"

/* A place in a source file; line and col count from 1. */
struct loc {
	const char *file;
	unsigned line;
	unsigned col;
	unsigned len;      /* characters to underline, at least 1 */
};

struct locs;

/* Read the output of `dtc -O dts -T -T`. */
struct locs *locs_parse(const struct bytes *annotated);

/* The place of a property; false when it is not there or nobody wrote it. */
bool locs_find_exact(const struct locs *l, const char *path, const char *prop, struct loc *out);

/*
 * The place of a node, or of its nearest parent that was written down. False when even the root
 * has no place.
 */
bool locs_find(const struct locs *l, const char *path, struct loc *out);

/* How many nodes there are, and the path of each. */
size_t locs_count(const struct locs *l);
const char *locs_path(const struct locs *l, size_t index);

#endif
