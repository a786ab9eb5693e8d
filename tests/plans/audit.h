/* SPDX-License-Identifier: BSD-3-Clause */
/* A second opinion on a plan: is everything owned once, and nothing reachable by two? */
/* host; shares no code with the planner and assumes nothing about how it came to the plan */
#ifndef TESTS_PLANS_AUDIT_H
#define TESTS_PLANS_AUDIT_H

#include "hv/plan/plan.h"

/* What is wrong with the partitions that would start, in words, or NULL. The text is static. */
const char *audit(const struct plan *plan);

#endif
