/* SPDX-License-Identifier: BSD-3-Clause */
/* Emulated devices of a partition, found by binary search over their sorted ranges. */
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
	unsigned int lo = 0;
	unsigned int hi = t->count;

	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;
		const struct vdev *row = &t->rows[mid];

		if (gpa_raw(g_at) < row->at.base) {
			hi = mid;
		} else if (range_has(row->at, gpa_raw(g_at))) {
			return range_covers(row->at, gpa_raw(g_at), size) ? row : NULL;
		} else {
			lo = mid + 1;
		}
	}
	return NULL;
}
