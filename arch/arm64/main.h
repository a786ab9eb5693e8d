/* SPDX-License-Identifier: BSD-3-Clause */
/* What head.S calls. */
#ifndef ARM64_MAIN_H
#define ARM64_MAIN_H

#include "hv/types.h"

/* Nothing can be told to anybody yet: wait here for a debugger. */
noreturn_fn static inline void early_stop(void)
{
	for (;;) {
		__asm__ volatile("wfi");
	}
}

/* Relocated, MMU off. Returns with the tables made, or not at all when el is not 2. */
void early_main(uint64_t tree, uint64_t el);
/* MMU on. */
noreturn_fn void arch_main(uint64_t tree);

#endif
