/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines of source files, to be shown under messages. */
/* host */
#ifndef TOOLS_FACET_CHECK_LINES_H
#define TOOLS_FACET_CHECK_LINES_H

/* Text of one line (from 1) of a file, without its end, or NULL. Files are read once. */
const char *lines_get(const char *file, unsigned line);

#endif
