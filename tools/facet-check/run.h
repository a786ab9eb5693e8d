/* SPDX-License-Identifier: BSD-3-Clause */
/* Files and other programs: read one whole, run the other with its streams in temporary files. */
/* host */
#ifndef TOOLS_FACET_CHECK_RUN_H
#define TOOLS_FACET_CHECK_RUN_H

#include <stddef.h>

#include "hv/types.h"

/* Bytes, followed by a zero that is not counted, at an 8-byte boundary. */
struct bytes {
	char *data;
	size_t size;
};

/* Read a file. False with errno set when that is not possible. */
must_check bool run_read(const char *path, struct bytes *out);

struct run {
	int status;        /* exit status; 127: could not be started */
	struct bytes out;
	struct bytes err;
};

/* Run a program with `in` on its stdin. argv ends with NULL. */
struct run run_program(const char *const *argv, const struct bytes *in);

#endif
