/* SPDX-License-Identifier: BSD-3-Clause */
/* A second opinion on a plan: is everything owned once, and nothing reachable by two? */
/* host; shares no code with the planner and assumes nothing about how it came to the plan */
#ifndef TESTS_PLANS_AUDIT_H
#define TESTS_PLANS_AUDIT_H

#include "hv/plan/plan.h"

/* What is wrong with the partitions that would start, in words, or NULL. The text is static. */
const char *audit(const struct plan *plan);

/* ---------------------------------------------------------------- between the files of the audit */

const char *audit_pci(const struct plan *plan);

/* The words themselves, for returning them. */
const char *audit_wrong(const char *fmt, ...) printf_like(1, 2);

bool audit_meets(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size);
bool audit_inside(uint64_t x, uint64_t x_size, uint64_t base, uint64_t size);

#endif
