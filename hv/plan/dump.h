/* SPDX-License-Identifier: BSD-3-Clause */
/* A plan as canonical text: golden tests, the shell's `plan`, the desk tools. */
/* pure */
#ifndef HV_PLAN_DUMP_H
#define HV_PLAN_DUMP_H

#include "hv/plan/plan.h"

/* Called once for each line, without line end. */
typedef void (*dump_emit)(void *to, const char *line);

/* Everything the plan decided, in a fixed order; no pointers, no findings. */
void plan_dump(const struct plan *plan, dump_emit emit, void *to);

/* The findings, one line each: "severity [check] path property: text (other)". */
void plan_dump_diags(const struct plan *plan, dump_emit emit, void *to);

#endif
