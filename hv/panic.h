/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of everything: for broken hypervisor invariants and dead hardware only, never for a guest. */
/* any CPU, any lock */
#ifndef HV_PANIC_H
#define HV_PANIC_H

#include "hv/types.h"

/* Print what happened with polled output, stop all CPUs. */
noreturn_fn void panic(const char *fmt, ...) printf_like(1, 2);
/* The same without formatting, registers and log: when the stack cannot be trusted. */
noreturn_fn void panic_plain(const char *text);
noreturn_fn void panic_assert(const char *what, const char *file, int line);

/* An invariant of the hypervisor itself; never of a value a guest chose. On in every build. */
#define ASSERT(cond)                                             \
	do {                                                     \
		if (unlikely(!(cond))) {                         \
			panic_assert(#cond, __FILE__, __LINE__); \
		}                                                \
	} while (0)

/* Leave a trace of the stage this CPU is in; the last four are printed by panic and `errors`. */
void crumb(char stage);

#endif
