/* SPDX-License-Identifier: BSD-3-Clause */
/* What devices of partitions may reach, from boot to the end of each partition's life. */
/* any CPU, except the boot functions; LOCK_DMA */
#ifndef HV_DMA_H
#define HV_DMA_H

#include "hv/iommu.h"
#include "hv/log.h"

struct part;

/* A stream of the plan, same index. Written under LOCK_DMA, the counts by the serving CPU alone. */
struct dma_stream {
	struct iommu *iommu;		 /* NULL: not in front of a partition's device, or it failed */
	const struct iommu_space *space; /* what it reaches while it is open */
	bool is_open;
	uint32_t refused[IOMMU_REASONS]; /* wrap */
	struct iommu_fault last;
	struct log_limit limit; /* of lines about it */
};

/* plan.stream_count of them. */
extern struct dma_stream *dma_streams;

/* Boot CPU, before any guest: every IOMMU of the plan on, every stream blocked. */
enum err dma_init(const struct plan *plan);
/*
 * Boot CPU: the tables of a partition's streams. ERR_SIZE: out of boot memory; ERR_RANGE: its memory
 * or streams are out of its IOMMU's reach; else the IOMMU cannot be used.
 */
must_check enum err dma_part_init(struct part *p);
/* Boot CPU: from now on refused accesses are reported, by that CPU. */
enum err dma_serve(const struct plan *plan, struct cpu *server);

/* Its memory is ready: its streams translate. */
void dma_part_open(struct part *p);
/*
 * Its streams are blocked, and what they had under way is finished, on return; except those with
 * no-dma-disable. May be repeated. Should its IOMMU not answer, the partition never starts again
 * (is_usable), because its devices may still write its memory.
 */
void dma_part_cut(struct part *p);
/* One stream, asked for by its owner. ERR_PERM: another's; ERR_NONE: no IOMMU there. */
must_check enum err dma_stream_set(struct part *p, unsigned int stream, bool on);

/* Driver, on the serving CPU: a device was refused an access. */
void dma_fault(struct iommu *m, const struct iommu_fault *f);
const char *dma_reason_name(enum iommu_reason reason);
/* timer_expired(): look at the event queues again, when their time has come. */
void dma_timers(const struct cpu *cpu, uint64_t now);

/* The IOMMUs that work; NULL after the last. */
struct iommu *dma_iommu(unsigned int n);
/* Refused accesses of streams that belong to no partition. */
extern uint32_t dma_stranger_count;
extern uint32_t dma_stranger_last; /* its StreamID */

#endif
