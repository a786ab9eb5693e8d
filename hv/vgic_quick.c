/* SPDX-License-Identifier: BSD-3-Clause */
/* The short way from a trap to a register of the virtual GIC. */
/* trap context; answers exactly as the tables do: the unit test compares them */
#include "hv/vgic.h"

enum {
	GICD_TYPER = 0x004,
	GICD_ENABLERS = 0x100,   /* ISENABLER and ICENABLER read the same */
};

/* The registers that guests read most. False: ask the table. */
static inline bool peek(const struct vgic_cpu *c, uint64_t offset, uint64_t *value)
{
	unsigned int word = offset >> 2 & 31;

	if ((offset & ~UINT64_C(0xfc)) == GICD_ENABLERS) {
		/* With affinity routing word 0 is in the redistributors. */
		*value = c->word[word] && (word || c->vgic->version == 2) ? c->word[word]->enabled : 0;
		return true;
	}
	if (offset == GICD_TYPER) {
		*value = c->vgic->typer;
		return true;
	}
	return false;
}

static __attribute__((noinline)) bool by_table(struct vgic_cpu *self, struct vgic_cpu *of,
					       const struct vgic_map *map, uint32_t offset,
					       bool is_write, uint64_t *value)
{
	struct vgic_access a = { .g = self->vgic, .self = self, .of = of, .size = VGIC_32,
				 .value = *value };
	bool ok = vgic_map_access(map, &a, offset, is_write);

	*value = a.value;
	return ok;
}

bool vgic_quick(struct vgic_cpu *c, uint64_t g_at, bool is_write, uint64_t *value)
{
	const struct vgic *g = c->vgic;
	uint64_t offset = g_at - g->dist_at;

	if (likely(offset < g->dist_size)) {
		if (likely(!is_write) && peek(c, offset, value)) {
			return true;
		}
		return by_table(c, c, g->version == 3 ? &vgic_dist3_map : &vgic_dist2_map,
				(uint32_t)offset, is_write, value);
	}
	offset = g_at - g->redist_at;
	if (offset >= g->redist_size) {
		return false;
	}
	return by_table(c, &g->cpus[offset >> VGIC_FRAME_SHIFT],
			offset & VGIC_SGI_PAGE ? &vgic_sgi_map : &vgic_redist_map,
			(uint32_t)offset & 0xffff, is_write, value);
}
