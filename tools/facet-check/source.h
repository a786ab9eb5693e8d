/* SPDX-License-Identifier: BSD-3-Clause */
/* A tree as the user wrote it: a DTS through cpp and dtc, or a DTB as it is. */
/* host */
#ifndef TOOLS_FACET_CHECK_SOURCE_H
#define TOOLS_FACET_CHECK_SOURCE_H

#include "tools/facet-check/locs.h"

struct source {
	const char *path;      /* as the user named it */
	bool is_text;          /* a DTS: locs and text are of use */
	struct bytes text;     /* what cpp made of it, empty for a DTB */
	struct bytes blob;     /* the flat tree, 8-byte aligned */
	struct locs *locs;     /* NULL for a DTB */
};

enum source_state {
	SOURCE_OK,
	SOURCE_BAD,            /* it has errors, which were reported */
	SOURCE_UNREADABLE,     /* no such file, or a tool is missing; reported */
};

/* Load a tree. includes: folders to search, ended by NULL. */
enum source_state source_load(struct source *s, const char *path, const char *const *includes);

#endif
