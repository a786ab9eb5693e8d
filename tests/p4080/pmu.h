/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Performance monitor: four counters, events 1 (cycles) and 2 (instructions).
 */
#ifndef P4080_PMU_H
#define P4080_PMU_H

#include "core.h"

#define PMR_PMC0 16
#define PMR_PMLCA0 144
#define PMR_PMLCB0 272
#define PMR_PMGC0 400
#define PMGC0_FAC PBIT32(0)
#define PMGC0_PMIE PBIT32(1)
#define PMGC0_FCECE PBIT32(2)
#define PMLCA_FC PBIT32(0)
#define PMLCA_FCS PBIT32(1)
#define PMLCA_FCU PBIT32(2)
#define PMLCA_FCM1 PBIT32(3)
#define PMLCA_FCM0 PBIT32(4)
#define PMLCA_CE PBIT32(5)

/* Bring the counters up to now. Call before anything they depend on changes. */
void pmu_update(struct core *c);
bool pmu_interrupt(struct core *c);
/* Cycles until a counter with CE overflows, EVENT_NEVER when none will. */
uint64_t pmu_next(struct core *c);
/* Is n an implemented PMR? user = its read-only user alias. */
bool pmu_valid(unsigned n, bool *user);
uint32_t pmu_read(struct core *c, unsigned n);
void pmu_write(struct core *c, unsigned n, uint32_t val);

#endif
