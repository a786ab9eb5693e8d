/* SPDX-License-Identifier: BSD-3-Clause */
/* Register tables of the virtual GIC: which row an access means, and what width may reach it. */
/* pure */
#include "hv/vgic.h"

void vgic_map_init(struct vgic_map *map, const struct vgic_row *rows, unsigned int count)
{
	unsigned int block, row = 0;

	map->rows = rows;
	map->row_count = (uint8_t)count;
	for (block = 0; block < ARRAY_SIZE(map->block); block++) {
		while (row < count && rows[row].last < block << 7) {
			row++;
		}
		map->block[block] = (uint8_t)row;
	}
}

const struct vgic_row *vgic_map_find(const struct vgic_map *map, uint32_t offset)
{
	const struct vgic_row *row = map->rows + map->block[offset >> 7 & 511];
	const struct vgic_row *end = map->rows + map->row_count;

	while (row < end && row->last < offset) {
		row++;
	}
	return row < end && row->first <= offset ? row : NULL;
}

/* One 32-bit half of a 64-bit register: the other half keeps its value. */
static void half_access(const struct vgic_row *row, struct vgic_access *a, struct mmio *acc, bool high)
{
	unsigned int shift = high ? 32 : 0;
	uint64_t old = row->read ? row->read(a) : 0;

	if (!acc->is_write) {
		acc->value = (uint32_t)(old >> shift);
	} else if (row->write) {
		a->value = (old & ~(UINT64_C(0xffffffff) << shift)) |
			   (uint64_t)(uint32_t)acc->value << shift;
		row->write(a);
	}
}

bool vgic_map_access(const struct vgic_map *map, struct vgic_access *a, uint32_t offset,
		     struct mmio *acc)
{
	const struct vgic_row *row = vgic_map_find(map, offset);

	if (!is_aligned(offset, acc->size)) {
		return false;
	}
	if (!row) {
		acc->value = 0;
		return acc->size == VGIC_32;
	}
	if (!(row->sizes & acc->size)) {
		return false;
	}
	a->index = row->index + ((offset - row->first) >> row->shift);
	a->size = acc->size;
	if (row->shift == 3 && acc->size == VGIC_32) {
		half_access(row, a, acc, offset & 4);
	} else if (!acc->is_write) {
		acc->value = row->read ? row->read(a) : 0;
	} else if (row->write) {
		a->value = acc->value;
		row->write(a);
	}
	return true;
}
