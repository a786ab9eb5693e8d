/* SPDX-License-Identifier: BSD-3-Clause */
/* What the checker itself must know of a board before there is a plan. */
/* host */
#ifndef TOOLS_FACET_CHECK_BOARD_H
#define TOOLS_FACET_CHECK_BOARD_H

#include "hv/plan/plan.h"

struct board {
	enum plan_arch arch;   /* what its CPUs are; arm64 when that cannot be told */
	uint64_t boot_cpu;     /* hardware number of its first CPU */
};

/* Read a hardware tree. An unsound one is the planner's to report: it gives the defaults. */
void board_read(struct board *board, const void *blob, size_t size);

#endif
