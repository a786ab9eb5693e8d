/* SPDX-License-Identifier: BSD-3-Clause */
/* Register tables of the virtual GIC: which row an access means, and what width may reach it. */
/* trap context */
#include "hv/vgic.h"

#include <string.h>

struct vgic_map vgic_dist3_map, vgic_dist2_map, vgic_redist_map, vgic_sgi_map;

void vgic_map_init(struct vgic_map *map, const struct vgic_row *rows, unsigned int count)
{
	const unsigned int words = ARRAY_SIZE(map->word);

	map->rows = rows;
	map->row_count = (uint8_t)count;
	map->beyond = (uint8_t)count;
	memset(map->word, VGIC_NO_ROW, words);
	for (unsigned int row = count; row-- > 0;) {
		unsigned int at = (rows[row].first + 3u) >> 2, end = (rows[row].last >> 2) + 1u;

		if (rows[row].last >= words << 2) {
			map->beyond = (uint8_t)row;
			end = words;
		}
		if (at < end) {
			memset(&map->word[at], (int)row, end - at);
		}
	}
}

void vgic_maps_init(unsigned int version)
{
	if (version == 2) {
		vgic_map_init(&vgic_dist2_map, vgic_dist2_rows, vgic_dist2_count);
	} else if (!vgic_dist3_map.rows) {
		vgic_map_init(&vgic_dist3_map, vgic_dist3_rows, vgic_dist3_count);
		vgic_map_init(&vgic_redist_map, vgic_redist_rows, vgic_redist_count);
		vgic_map_init(&vgic_sgi_map, vgic_sgi_rows, vgic_sgi_count);
	}
}

static inline const struct vgic_row *row_find(const struct vgic_map *map, uint32_t offset)
{
	const struct vgic_row *row, *end;
	uint8_t n;

	if (likely(offset >> 2 < ARRAY_SIZE(map->word))) {
		n = map->word[offset >> 2];
		return n == VGIC_NO_ROW ? NULL : map->rows + n;
	}
	row = map->rows + map->beyond;
	end = map->rows + map->row_count;
	while (row < end && row->last < offset) {
		row++;
	}
	return row < end && row->first <= offset ? row : NULL;
}

const struct vgic_row *vgic_map_find(const struct vgic_map *map, uint32_t offset)
{
	return row_find(map, offset);
}

/* One 32-bit half of a 64-bit register: the other half keeps its value. */
static __attribute__((noinline)) void half_access(const struct vgic_row *row, struct vgic_access *a,
						  bool is_write, bool high)
{
	unsigned int shift = high ? 32 : 0;
	uint64_t old = row->read ? row->read(a) : 0;

	if (!is_write) {
		a->value = (uint32_t)(old >> shift);
	} else if (row->write) {
		a->value = (old & ~(UINT64_C(0xffffffff) << shift)) |
			   (uint64_t)(uint32_t)a->value << shift;
		row->write(a);
	}
}

static inline bool row_access(const struct vgic_map *map, struct vgic_access *a, uint32_t offset,
			      bool is_write)
{
	const struct vgic_row *row = row_find(map, offset);

	if (!is_aligned(offset, a->size)) {
		return false;
	}
	if (!row) {
		a->value = 0;
		return a->size == VGIC_32;
	}
	if (!(row->sizes & a->size)) {
		return false;
	}
	a->index = row->index + ((offset - row->first) >> row->shift);
	if (row->shift == 3 && a->size == VGIC_32) {
		half_access(row, a, is_write, offset & 4);
	} else if (!is_write) {
		a->value = row->read ? row->read(a) : 0;
	} else if (row->write) {
		row->write(a);
	}
	return true;
}

bool vgic_map_access(const struct vgic_map *map, struct vgic_access *a, uint32_t offset,
		     bool is_write)
{
	return row_access(map, a, offset, is_write);
}

/* No array here to overrun: a canary would cost a tenth of the way. */
__attribute__((no_stack_protector)) struct vgic_answer
vgic_quick(struct vgic_cpu *self, struct vgic_cpu *of, const struct vgic_map *map, uint32_t offset,
	   bool is_write, uint64_t value)
{
	struct vgic_access a = {
		.g = self->vgic, .self = self, .of = of, .size = VGIC_32, .value = value
	};
	struct vgic_answer answer;

	answer.ok = row_access(map, &a, offset, is_write);
	answer.value = a.value;
	return answer;
}
