/* SPDX-License-Identifier: BSD-3-Clause */
/* The short way from a trap to a register of the virtual GIC. */
/* trap context */
#include "hv/vgic.h"

struct vgic_answer vgic_quick(struct vgic_cpu *c, uint64_t g_at, bool is_write, uint64_t value)
{
	const struct vgic *g = c->vgic;
	struct vgic_access a = { .g = c->vgic, .self = c, .of = c, .size = VGIC_32, .value = value };
	const struct vgic_map *map = g->version == 3 ? &vgic_dist3_map : &vgic_dist2_map;
	uint64_t offset = g_at - g->dist_at;
	struct vgic_answer answer;

	if (offset >= g->dist_size) {
		offset = g_at - g->redist_at;
		if (offset >= g->redist_size) {
			return (struct vgic_answer){ 0, false };
		}
		a.of = &g->cpus[offset >> VGIC_FRAME_SHIFT];
		map = offset & VGIC_SGI_PAGE ? &vgic_sgi_map : &vgic_redist_map;
		offset &= VGIC_SGI_PAGE - 1;
	}
	answer.ok = vgic_map_access(map, &a, (uint32_t)offset, is_write);
	answer.value = a.value;
	return answer;
}
