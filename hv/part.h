/* SPDX-License-Identifier: BSD-3-Clause */
/* A partition: its plan, its vcpus, its state and the transitions between states. */
/* any CPU; state changes under .lock */
#ifndef HV_PART_H
#define HV_PART_H

#include "hv/lock.h"
#include "hv/log.h"
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
	bool is_usable;             /* boot has made all it needs; else it never starts */
	bool is_restart;            /* STOPPING leads to STARTING again */
	uint8_t stopped_by;         /* enum part_reason */
	bool was_restarted;         /* ... by a restart, not a stop */
	char stop_text[120];        /* why it last stopped: one line */
	struct lock lock;
	uint32_t vcpus_left;        /* vcpus that still have to reach the requested state */
	uint32_t starts;            /* generation: +1 at each start */
	bool start_load;            /* STARTING: load the images; else start_entry holds */
	uint64_t start_entry;       /* guest-physical */
	uint64_t initrd_size;       /* bytes of the last rootfs loaded; its place is in the plan */
	uint16_t evict_cpu;         /* CPU that watches a stop, */
	uint64_t evict_at;          /* and when it takes the memory away; UINT64_MAX: nothing to watch */
	bool is_evicted;            /* memory was taken away: give it back at the next start */
	struct vcpu *vcpus;         /* plan->cpu_count of them */
	struct vdev_table vdevs;
	uint32_t stray_count;       /* accesses that hit nothing; wraps */
	struct log_limit *limit;    /* of guest-caused log lines */
	void *vic;                  /* the virtual interrupt controller's state */
	struct msi *msi;            /* messages of its devices, or NULL */
	void *gtree;                /* current guest tree blob (edits by SET_DTPROP, initrd) */
	uint32_t gtree_room;        /* bytes it may grow to */
	struct lock gtree_lock;     /* of the blob */
	void *errq;                 /* its error queue */
	struct part_arch arch;
};

extern struct part parts[MAX_PARTS];
extern unsigned int part_count;
extern const struct plan *the_plan;

/* Boot CPU: all partitions of the sealed plan, stopped. ERR_FULL: out of boot memory. */
must_check enum err part_init_all(const struct plan *plan);
const char *part_state_name(enum part_state state);
const char *part_reason_name(enum part_reason by);
/* By number in the plan, or by name; NULL. */
struct part *part_find(const char *g_name);

/* The guest's watchdog has expired for good: what the layout says happens. Own CPU. */
void part_watchdog(struct vcpu *v);

/*
 * Requests; each returns at once, the work is done by the partition's own CPUs. ERR_STATE: not
 * allowed in this state. part_start: entry counts only when nothing is loaded; ERR_PERM: its plan
 * has an error, or one of its CPUs never came up (stop_text says which).
 */
must_check enum err part_start(struct part *p, bool load, uint64_t entry);
must_check enum err part_stop(struct part *p, enum part_reason by, const char *why);
must_check enum err part_restart(struct part *p, enum part_reason by, const char *why);
must_check enum err part_pause(struct part *p);
must_check enum err part_resume(struct part *p);

/*
 * Copies between the hypervisor and guest-physical memory of a partition, across area boundaries.
 * ERR_RANGE: some byte is not backed by memory (nothing is guaranteed about the rest), or, for the
 * writes, is read-only to the guest. _code: also visible to instruction fetch and with caches off.
 */
must_check enum err gmem_read(const struct part *p, gpa_t g_at, void *to, uint64_t n);
must_check enum err gmem_write(struct part *p, gpa_t g_at, const void *from, uint64_t n);
must_check enum err gmem_write_code(struct part *p, gpa_t g_at, const void *from, uint64_t n);
/* From one partition into another, both sides checked as above; _code. May be the same partition. */
must_check enum err gmem_copy(struct part *to, gpa_t g_to, const struct part *from, gpa_t g_from,
			      uint64_t n);
/* For starting a guest, with the effect of _code, into read-only memory too: bytes, zeroes, an image. */
must_check enum err gmem_install(struct part *p, gpa_t g_at, const void *from, uint64_t n);
must_check enum err gmem_zero(struct part *p, gpa_t g_at, uint64_t n);
must_check enum err gmem_load(struct part *p, gpa_t g_at, hpa_t from, uint64_t n);
/* From host-physical memory that holds an image. */
must_check enum err hmem_read(hpa_t from, void *to, uint64_t n);
must_check enum err hmem_zero(hpa_t at, uint64_t n);
/* Host address and contiguous length of what backs a guest-physical address. ERR_RANGE. */
must_check enum err gmem_lookup(const struct part *p, gpa_t g_at, hpa_t *at, uint64_t *n);

#endif
