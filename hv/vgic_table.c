/* SPDX-License-Identifier: BSD-3-Clause */
/* Register tables of the virtual GIC: which row an access means, and what width may reach it. */
/* pure */
#include "hv/vgic.h"

void vgic_map_init(struct vgic_map *map, const struct vgic_row *rows, unsigned int count)
{
	unsigned int i, row = 0;

	map->rows = rows;
	map->row_count = (uint8_t)count;
	for (i = 0; i < ARRAY_SIZE(map->block); i++) {
		while (row < count && rows[row].last < i << 7) {
			row++;
		}
		map->block[i] = (uint8_t)row;
	}
	row = 0;
	for (i = 0; i < ARRAY_SIZE(map->word); i++) {
		while (row < count && rows[row].last < i << 2) {
			row++;
		}
		map->word[i] = row < count && rows[row].first <= i << 2 ? (uint8_t)row : VGIC_NO_ROW;
	}
}

const struct vgic_row *vgic_map_find(const struct vgic_map *map, uint32_t offset)
{
	const struct vgic_row *row, *end;
	uint8_t n;

	if (likely(offset >> 2 < ARRAY_SIZE(map->word))) {
		n = map->word[offset >> 2];
		return n == VGIC_NO_ROW ? NULL : map->rows + n;
	}
	row = map->rows + map->block[offset >> 7 & 511];
	end = map->rows + map->row_count;
	while (row < end && row->last < offset) {
		row++;
	}
	return row < end && row->first <= offset ? row : NULL;
}

/* One 32-bit half of a 64-bit register: the other half keeps its value. */
static void half_access(const struct vgic_row *row, struct vgic_access *a, bool is_write, bool high)
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

bool vgic_map_access(const struct vgic_map *map, struct vgic_access *a, uint32_t offset, bool is_write)
{
	const struct vgic_row *row = vgic_map_find(map, offset);

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
