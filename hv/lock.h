/* SPDX-License-Identifier: BSD-3-Clause */
/* Ranked spin locks: a CPU takes them in rising rank only, and that is always checked. */
/* any CPU, interrupts masked */
#ifndef HV_LOCK_H
#define HV_LOCK_H

#include "hv/arch.h"

/* The lock order, outermost first. A CPU holding a rank may only take higher ones. */
enum lock_rank {
	LOCK_PROP,      /* working space of the property hypercalls */
	LOCK_PART,      /* struct part: state and vcpu wants; two partitions are never locked at once */
	LOCK_GTREE,     /* a partition's guest tree */
	LOCK_MUX,       /* a mux: pulls from and pushes into byte channels */
	LOCK_CHAN,      /* a byte channel with its two ends; two are never locked at once */
	LOCK_VIC,       /* a partition's virtual interrupt controller */
	LOCK_IRQC,      /* physical interrupt controller registers shared between CPUs */
	LOCK_PCI,       /* a partition's PCI configuration space */
	LOCK_DMA,       /* which streams are open */
	LOCK_IOMMU,     /* an IOMMU: its command queue and stream table */
	LOCK_ERRQ,
	LOCK_LOG,
	LOCK_UART,
	LOCK_RANKS,
};

struct lock {
	uint32_t state;     /* 0: free; CPU index + 1: held; with LOCK_OFFER: free, for that CPU first */
	uint32_t waiters;   /* CPUs that spin for it, a bit each */
	uint8_t rank;
	const char *name;
};

#define LOCK_INIT(lock_rank, lock_name) { .rank = (lock_rank), .name = (lock_name) }

void lock_take(struct lock *l);
/* The same at once, or not at all: false. */
must_check bool lock_take_if_free(struct lock *l);
void lock_drop(struct lock *l);
bool lock_is_mine(const struct lock *l);

#endif
