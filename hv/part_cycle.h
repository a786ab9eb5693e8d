/* SPDX-License-Identifier: BSD-3-Clause */
/* The moving parts of a partition's life that other files of the core drive. */
#ifndef HV_PART_CYCLE_H
#define HV_PART_CYCLE_H

#include "hv/part.h"

/* Own CPU, no locks: do what was asked of this vcpu by CPU_EV_VCPU. */
void part_vcpu_obey(struct vcpu *v);
/* Timer context: stops that take too long, as watched by this CPU. */
void part_timers(struct cpu *cpu, uint64_t now);
/* Stop or restart from any state with running vcpus; false when stopped, stopping or starting. */
bool part_end_now(struct part *p, enum part_reason by, const char *why, bool is_restart);

#endif
