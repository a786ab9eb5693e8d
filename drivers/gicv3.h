/* SPDX-License-Identifier: BSD-3-Clause */
/* The physical GICv3's own parts: frames, its LPIs and its ITS. */
/* CPUs are named by their index in the plan */
#ifndef DRIVERS_GICV3_H
#define DRIVERS_GICV3_H

#include "hv/plan/plan.h"

/* irqc_gicv3.c, after its init(). */
volatile void *gicv3_dist(void);
/* The RD page of a CPU, or NULL. */
volatile void *gicv3_redist(unsigned int cpu);
/* Its host-physical address. */
uint64_t gicv3_redist_at(unsigned int cpu);

/*
 * gic_lpi.c: tables for the LPIs of the plan on a set of CPUs; boot CPU, once. All LPIs that the
 * plan gives out are enabled for good. ERR_UNSUPPORTED: this GIC has no (or too few) LPIs.
 * ERR_FULL: no boot memory.
 */
must_check enum err gic_lpi_init(const struct plan *plan, uint32_t cpu_set);
/* Own CPU: LPIs on. ERR_STATE: an earlier stage has them on with tables of its own. */
must_check enum err gic_lpi_cpu_init(unsigned int cpu);

/*
 * gic_its.c: take over the board's ITS, if the plan has messages, and become msi_hw. Boot CPU. Errors
 * as above; ERR_TIMEOUT: it does not answer; ERR_RANGE: it cannot tell these devices apart.
 */
must_check enum err gic_its_init(const struct plan *plan);
/* Own CPU: LPIs on and known to the ITS, if the plan has some for this CPU. */
must_check enum err gic_its_cpu_init(unsigned int cpu);

#endif
