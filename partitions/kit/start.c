/* SPDX-License-Identifier: BSD-3-Clause */
/* Order of things before main(), and what happens after it. */
/* boot CPU */
#include "kit/kit.h"

#include "facet/test.h"

#include <stdarg.h>

const void *fdt;

/* A program may look at the machine before the kit changes anything. */
__attribute__((weak)) void entry_hook(void)
{
}

void kit_halt(void)
{
	system_off();
	for (;;) {
		cpu_sleep();
	}
}

void kit_panic(const char *fmt, ...)
{
	char line[256];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsniprintf(line, sizeof(line), fmt, args);
	va_end(args);
	con_write(line, n < (int)sizeof(line) ? (size_t)n : sizeof(line) - 1);
	kit_halt();
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
	kit_halt();
}
