/* SPDX-License-Identifier: BSD-3-Clause */
/* One SMMUv3: its state, and its command and event queues. */
#ifndef SMMUV3_H
#define SMMUV3_H

#include "drivers/smmuv3_table.h"
#include "hv/iommu.h"
#include "hv/lock.h"

struct smmu_queue {
	uint64_t *base;
	uint64_t at;
	uint32_t index; /* the next entry of our side, with its wrap bit */
	uint8_t bits;
};

struct smmu {
	struct lock lock; /* command queue, stream table, GERROR */
	struct iommu *iommu;
	volatile void *regs;
	struct stab streams;
	struct smmu_queue cmds;
	struct smmu_queue events; /* the polling CPU's alone */
	uint16_t tag_count;	  /* ASIDs or VMIDs in use; 0 is nobody's */
	uint16_t tag_last;
	uint8_t stage; /* enum smmu_stage */
	uint8_t oas;   /* as IDR5 codes it */
	bool is_cached;	     /* it sees the CPUs' caches */
	bool has_ats;
	bool can_stall;
	bool has_abort;	     /* refused everything before it was switched on too (GBPA) */
	bool was_on;	     /* firmware had it on */
	uint8_t error;	     /* last CMDQ_CONS.ERR */
	uint32_t sync_count; /* commands completed; wraps */
};

struct smmu_cmd {
	uint64_t word[2];
};

/* Registers change with a delay of their own; ERR_TIMEOUT after a bounded wait. */
must_check enum err smmu_write_ack(struct smmu *s, uint32_t reg, uint32_t ack, uint32_t x);

/* Before the queues are enabled. */
void smmu_queues_start(struct smmu *s);
/*
 * Execute commands and wait for all of them and what they imply. Lock held. ERR_TIMEOUT: no answer;
 * ERR_FORMAT: it refuses one of them, several times.
 */
must_check enum err smmu_run(struct smmu *s, const struct smmu_cmd *cmds, unsigned int count);
/* One of the hypervisor's stores to memory that the SMMU reads. */
void smmu_publish(const struct smmu *s, const void *p, size_t n);
/* Global errors: acknowledged, repaired, counted. Lock held. True: there was one. */
bool smmu_errors(struct smmu *s);
/* At most count refused accesses to dma_fault(). True: there may be more. */
bool smmu_events(struct smmu *s, unsigned int count);
/* A command that no SMMU has, then CMD_SYNC. Lock held. ERR_STATE: it was not noticed. */
must_check enum err smmu_check(struct smmu *s);

#endif
