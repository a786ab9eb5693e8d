/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The loop that executes one instruction at a time: debug events, tracing, breakpoints.
 */
#ifndef P4080_STEP_H
#define P4080_STEP_H

#include "core.h"

/*
 * Hook of a debugger, called before every instruction while set. It may take as long as it likes:
 * the whole machine stands still in virtual time meanwhile.
 */
struct step_hook {
	void (*before)(void *arg, struct core *c);
	void *arg;
};
extern struct step_hook step_hook;

/* Set or clear (before = NULL) the hook; cores notice at their next look. */
void step_set_hook(struct machine *m, struct step_hook hook);

bool step_needed(const struct core *c);
void step_loop(struct core *c);

#endif
