/* SPDX-License-Identifier: BSD-3-Clause */
/* Order of things before main(), and what happens after it. */
/* boot CPU */
#include "kit/kit.h"

#include "facet/test.h"

const void *fdt;

void kit_start(const void *tree)
{
	fdt = tree;
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
