/* SPDX-License-Identifier: BSD-3-Clause */
/* A guest CPU: bound for good to one physical CPU. */
/* own CPU, unless a field says otherwise */
#ifndef HV_VCPU_H
#define HV_VCPU_H

#include "hv/stats.h"
#include "hv/trap.h"

enum vcpu_state {
	VCPU_OFF,        /* waits for its partition to start, or for CPU_ON / the spin table */
	VCPU_ON,         /* runs guest code */
	VCPU_PAUSED,
};

/* What others want of it: set under the partition's lock, then CPU_EV_VCPU is posted. */
enum vcpu_want {
	VCPU_WANT_NONE,
	VCPU_WANT_STOP,
	VCPU_WANT_START, /* entry in .entry */
	VCPU_WANT_PAUSE,
	VCPU_WANT_RESUME,
};

struct vgic_cpu;

struct vcpu {
	struct vcpu_arch arch;      /* first: trap frame at a fixed place for assembly */
	struct part *part;
	struct cpu *cpu;
	uint16_t index;             /* in the partition */
	uint8_t state;              /* enum vcpu_state; read by others under the partition's lock */
	uint8_t want;               /* enum vcpu_want; partition's lock */
	struct vgic_cpu *vic;       /* arm64: its share of the partition's virtual GIC */
	struct vcpu_entry entry;    /* for WANT_START; partition's lock */
	const struct vdev *vdev;    /* the emulated device it accessed last, or NULL */
	struct exit_stat exits[EXIT_CLASSES];
};

#endif
