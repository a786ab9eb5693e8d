/* SPDX-License-Identifier: BSD-3-Clause */
/* A partition: its plan, its vcpus, its state and the transitions between states. */
/* any CPU; state changes under .lock */
#ifndef HV_PART_H
#define HV_PART_H

#include "hv/lock.h"
#include "hv/plan/plan.h"
#include "hv/vcpu.h"
#include "hv/vdev.h"

/* As FH_PARTITION_GET_STATUS reports them (Topaz hypercalls, section 4). */
enum part_state {
	PART_STOPPED = 0,
	PART_RUNNING = 1,
	PART_STARTING = 2,
	PART_STOPPING = 3,
	PART_PAUSING = 4,
	PART_PAUSED = 5,
	PART_RESUMING = 6,
};

enum part_reason {
	PART_BY_NONE,
	PART_BY_SELF,
	PART_BY_MANAGER,
	PART_BY_SHELL,
	PART_BY_WATCHDOG,
	PART_BY_FAULT,
};

struct part {
	const struct plan_part *plan;
	uint16_t index;
	uint8_t state;              /* enum part_state */
	bool is_restart;            /* STOPPING leads to STARTING again */
	uint8_t stopped_by;         /* enum part_reason */
	char stop_text[120];        /* why it last stopped: one line */
	struct lock lock;
	uint32_t vcpus_left;        /* vcpus that still have to reach the requested state */
	uint32_t starts;            /* generation: +1 at each start */
	struct vcpu *vcpus;         /* plan->cpu_count of them */
	struct vdev_table vdevs;
	uint64_t stray_count;       /* accesses that hit nothing */
	struct log_limit *limit;    /* of guest-caused log lines */
	void *vic;                  /* the virtual interrupt controller's state */
	void *gtree;                /* current guest tree blob (edits by SET_DTPROP, initrd) */
	struct part_arch arch;
};

extern struct part parts[MAX_PARTS];
extern unsigned int part_count;
extern const struct plan *the_plan;

/* Requests; each returns at once, the work is done by the partition's own CPUs. */
must_check enum err part_start(struct part *p, bool load, uint64_t entry);
must_check enum err part_stop(struct part *p, enum part_reason by, const char *why);
must_check enum err part_restart(struct part *p, enum part_reason by, const char *why);
must_check enum err part_pause(struct part *p);
must_check enum err part_resume(struct part *p);

/*
 * Copy between the hypervisor and guest-physical memory of a partition, across area boundaries.
 * ERR_RANGE: some byte is not backed by memory (nothing is guaranteed about the rest).
 */
must_check enum err gmem_read(const struct part *p, gpa_t g_at, void *to, uint64_t n);
must_check enum err gmem_write(struct part *p, gpa_t g_at, const void *from, uint64_t n);
/* Host address and contiguous length of what backs a guest-physical address. ERR_RANGE. */
must_check enum err gmem_lookup(const struct part *p, gpa_t g_at, hpa_t *at, uint64_t *n);

#endif
