/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Debug events of a core (Book III-E chapter 10, category E.ED).
 */
#ifndef P4080_DEBUG_H
#define P4080_DEBUG_H

#include "core.h"

/* Do debug events exist now (IDM, DE, DUVD)? */
bool debug_enabled(const struct core *c);
/* Any event armed that needs the stepping loop? */
bool debug_stepping(const struct core *c);
/* Are data address compares on? */
bool debug_dac_on(const struct core *c);
/* A recorded event is waiting for its interrupt. */
bool debug_pending(const struct core *c);

/* Before the instruction at c->pc: true if an IAC event took the interrupt. */
bool debug_before(struct core *c);
/* Record an event and take the interrupt with the saved pc as it is, if `bit` is armed. */
bool debug_event(struct core *c, uint32_t bit);
/* Data address compare; true if the interrupt was taken. */
bool debug_data(struct core *c, uint32_t ea, unsigned size, bool store);
void debug_dbcr0_write(struct core *c, uint32_t val);

#endif
