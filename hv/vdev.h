/* SPDX-License-Identifier: BSD-3-Clause */
/* Emulated devices of a partition: which guest-physical ranges they answer. */
/* registered at boot, read-only afterwards */
#ifndef HV_VDEV_H
#define HV_VDEV_H

#include "hv/trap.h"

/*
 * One access inside the region; offset = acc->addr - base. TRAP_SKIP when the device answered,
 * TRAP_INJECT never by itself: return false in *answered for "no such register" (bus error).
 */
typedef bool vdev_fn(struct vcpu *v, void *dev, uint64_t offset, struct mmio *acc);

struct vdev {
	struct range at;        /* guest-physical */
	vdev_fn *access;
	void *dev;
	const char *name;
	uint8_t exit_class;     /* arch class its accesses are counted under */
};

#define VDEVS_PER_PART 16

struct vdev_table {
	unsigned int count;
	struct vdev rows[VDEVS_PER_PART]; /* sorted by base */
};

/* Boot CPU. ERR_FULL; the plan has proved that ranges do not overlap. */
must_check enum err vdev_add(struct vdev_table *t, const struct vdev *row);
const struct vdev *vdev_find(const struct vdev_table *t, gpa_t g_at, unsigned int size);

#endif
