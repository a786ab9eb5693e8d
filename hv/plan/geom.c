/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of ranges. No sum of a base and a size is ever formed, so nothing wraps at 2^64. */
/* pure */
#include "hv/plan/geom.h"

void geom_sort(struct range *list, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		struct range r = list[i];
		unsigned j = i;

		for (; j > 0 && list[j - 1].base > r.base; j--) {
			list[j] = list[j - 1];
		}
		list[j] = r;
	}
}

unsigned geom_join(struct range *list, unsigned n)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < n; i++) {
		struct range *last = kept ? &list[kept - 1] : NULL;

		/* base > last byte means a gap, unless the two touch exactly */
		if (!last || list[i].base - last->base > last->size) {
			list[kept++] = list[i];
		} else if (range_last(list[i]) > range_last(*last)) {
			last->size = range_last(list[i]) - last->base + 1;
		}
	}
	return kept;
}

unsigned geom_cut(struct range *list, unsigned n, struct range hole)
{
	unsigned i = 0;

	while (i < n) {
		struct range r = list[i];
		bool has_left, has_right;

		if (!range_overlaps(r, hole)) {
			i++;
			continue;
		}
		has_left = hole.base > r.base;
		has_right = range_last(hole) < range_last(r);
		if (has_left && has_right) {
			for (unsigned j = n; j > i + 1; j--) {
				list[j] = list[j - 1];
			}
			n++;
		} else if (!has_left && !has_right) {
			for (unsigned j = i; j + 1 < n; j++) {
				list[j] = list[j + 1];
			}
			n--;
			continue;
		}
		if (has_left) {
			list[i].size = hole.base - r.base;
			i++;
		}
		if (has_right) {
			list[i].base = range_last(hole) + 1;
			list[i].size = range_last(r) - range_last(hole);
			i++;
		}
	}
	return n;
}

bool geom_covers(const struct range *list, unsigned n, struct range r)
{
	for (unsigned i = 0; i < n; i++) {
		if (range_covers(list[i], r.base, r.size)) {
			return true;
		}
	}
	return false;
}

unsigned geom_hit(const struct range *list, unsigned n, struct range r)
{
	unsigned i = 0;

	while (i < n && !range_overlaps(list[i], r)) {
		i++;
	}
	return i;
}

struct range geom_pages(struct range r, uint64_t page)
{
	uint64_t base = align_down(r.base, page);
	uint64_t last = range_last(r) | (page - 1);

	return (struct range){base, last - base + 1};
}

struct range geom_common(struct range a, struct range b)
{
	uint64_t base = a.base > b.base ? a.base : b.base;
	uint64_t last = range_last(a) < range_last(b) ? range_last(a) : range_last(b);

	return (struct range){base, last - base + 1};
}
