/* SPDX-License-Identifier: BSD-3-Clause */
/* Emulated devices of a partition, sorted by address. */
/* registered at boot, read-only afterwards */
#include "hv/vdev.h"

enum err vdev_add(struct vdev_table *t, const struct vdev *row)
{
	unsigned int i = t->count;

	if (i == VDEVS_PER_PART) {
		return ERR_FULL;
	}
	for (; i > 0 && t->rows[i - 1].at.base > row->at.base; i--) {
		t->rows[i] = t->rows[i - 1];
	}
	t->rows[i] = *row;
	t->count++;
	return OK;
}

/* The device whose range holds all size bytes of the access, or NULL. */
const struct vdev *vdev_find(const struct vdev_table *t, gpa_t g_at, unsigned int size)
{
	const struct vdev *end = t->rows + t->count;
	uint64_t at = gpa_raw(g_at);

	/* A handful of rows: straight on is faster than a search by halves. */
	for (const struct vdev *row = t->rows; row != end && row->at.base <= at; row++) {
		if (range_has(row->at, at)) {
			return range_covers(row->at, at, size) ? row : NULL;
		}
	}
	return NULL;
}
