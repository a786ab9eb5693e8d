/* SPDX-License-Identifier: BSD-3-Clause */
/* Order of things before main(), and what happens after it. */
/* boot CPU */
#include "kit/kit.h"

#include "facet/test.h"

const void *fdt;

/* A program may look at the machine before the kit changes anything. */
__attribute__((weak)) void entry_hook(void)
{
}

void kit_start(const void *tree)
{
	fdt = tree;
	entry_hook();
	con_init();
	cpu_init();
	irq_init();
	irq_cpu_init();
	main();
	fflush(stdout);
	system_off();
	for (;;) {
		cpu_sleep();
	}
}
