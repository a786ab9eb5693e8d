/* SPDX-License-Identifier: BSD-3-Clause */
/* Which accesses of a guest come to EL2: control registers whose policy sysreg.c tells. */
/* any CPU */
#ifndef ARM64_TRAPS_H
#define ARM64_TRAPS_H

#include "hv/types.h"

struct part;

/* HCR_EL2 while a vCPU of this partition runs, and while a CPU has no guest. */
uint64_t cpu_hcr(const struct part *p);
#define HCR_IDLE (HCR_RW | HCR_FMO | HCR_IMO | HCR_AMO)

/* Own CPU: the trap controls that are the same for all partitions. */
void cpu_traps(void);

#endif
