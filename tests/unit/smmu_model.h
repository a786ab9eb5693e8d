/* SPDX-License-Identifier: BSD-3-Clause */
/* An SMMUv3 in software: registers, queues, caches and walks, with faults on demand. */
/* host tests only */
#ifndef SMMU_MODEL_H
#define SMMU_MODEL_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "hv/iommu.h"

/* What the machine is like: set before the driver starts. */
struct smmu_model_kind {
	bool s1, s2, two_level, has_gbpa, has_ats, was_on; /* was_on: by firmware */
	uint8_t sid_bits, oas, cmdq_bits, eventq_bits;
	bool is_apart; /* it does not see the CPUs' caches */
};

struct smmu_model {
	struct smmu_model_kind kind;
	/* What to do wrong. */
	bool is_deaf;		/* takes no command */
	bool is_stuck;		/* registers are not acknowledged */
	unsigned int refuse;	/* so many of the next commands are not understood */
	/* What was seen. */
	unsigned int commands, syncs, refused;
};
extern struct smmu_model model;

/* A new machine of this kind, and a driver started on it: its result. */
enum err model_start(const struct smmu_model_kind *kind, const struct plan *plan);
extern struct iommu model_iommu;

/*
 * A device's access. True: it goes to *out. False: refused, with a record in the event queue unless
 * the SMMU is off and blocks.
 */
bool model_dma(uint32_t stream, uint64_t at, bool is_write, uint64_t *out);
/* The pages in its TLB that came from a tag. */
unsigned int model_tlb_count(void);

/* It takes commands again. */
void model_wake(void);

/* What dma_fault() was told. */
extern struct iommu_fault model_faults[64];
extern unsigned int model_fault_count;

#endif
