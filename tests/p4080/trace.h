/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The trace ring of a core and the register trace of the lock-step judge.
 */
#ifndef P4080_TRACE_H
#define P4080_TRACE_H

#include <stdio.h>

#include "core.h"

/* Remember that execution reached c->pc with instruction word op. */
void trace_add(struct core *c, uint32_t op);
/* Print the ring, oldest first, then the registers. */
void trace_dump(struct core *c, FILE *out);
/* One line with the whole user-visible state, before the instruction at c->pc executes. */
void trace_registers(struct core *c, FILE *out);

#endif
