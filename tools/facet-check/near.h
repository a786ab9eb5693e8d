/* SPDX-License-Identifier: BSD-3-Clause */
/* "Did you mean": words that differ by a slip of the finger. */
/* host, pure */
#ifndef TOOLS_FACET_CHECK_NEAR_H
#define TOOLS_FACET_CHECK_NEAR_H

#include <stddef.h>

#define NEAR_MAX 2

/*
 * How many characters must be inserted, deleted, changed or swapped with their neighbour to make b
 * of a; NEAR_MAX + 1 when it is more than NEAR_MAX or a word is too long to ask.
 */
unsigned near_distance(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
