/* SPDX-License-Identifier: BSD-3-Clause */
/* "Did you mean": words that differ by a slip of the finger. */
/* host, pure */
#include "tools/facet-check/near.h"

#define MAX_WORD 64

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned near_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][MAX_WORD + 1];

	if (a_len > MAX_WORD || b_len > MAX_WORD) {
		return NEAR_MAX + 1;
	}
	for (unsigned j = 0; j <= b_len; j++) {
		rows[0][j] = j;
	}
	for (unsigned i = 1; i <= a_len; i++) {
		unsigned *row = rows[i % 3], *up = rows[(i - 1) % 3], *up2 = rows[(i + 1) % 3];

		row[0] = i;
		for (unsigned j = 1; j <= b_len; j++) {
			unsigned same = a[i - 1] == b[j - 1];

			row[j] = least(up[j - 1] + !same, least(up[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
				row[j] = least(row[j], up2[j - 2] + 1);
			}
		}
	}
	return least(rows[a_len % 3][b_len], NEAR_MAX + 1);
}
