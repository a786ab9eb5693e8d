/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding the two trees and the bundle at boot, and planning from them. */
/* boot CPU only */
#ifndef HV_BOOT_H
#define HV_BOOT_H

#include "hv/arch.h"
#include "hv/plan/arena.h"
#include "hv/plan/plan.h"

/* Copy the hardware tree and start the early console. False: there is nothing to work with. */
must_check bool boot_hardware(const struct boot_info *boot);
/* Find the layout and plan; moves a bundle that is in a partition's way. NULL: reported. */
must_check struct plan *boot_plan(void);
/* The plan is final: checksum it. Returns the memory it lies in. */
struct range boot_seal(struct plan *plan);
/* True while nobody has written to the sealed plan. */
bool boot_plan_is_intact(void);

/* One line per finding. */
void boot_findings(const struct plan *plan, void (*emit)(const char *line));
/* What runs where: version, board, one line per partition, time since `began`. */
void boot_summary(const struct plan *plan, uint64_t began, void (*emit)(const char *line));

#endif
