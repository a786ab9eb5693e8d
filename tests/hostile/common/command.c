/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands of the harness, from the console. */
/* boot CPU */
#include "common.h"

#include <stdlib.h>
#include <string.h>

void command_read(char *line, size_t size)
{
	size_t n = 0;
	int c;

	while ((c = con_wait()) != '\n' && c != '\r') {
		if (n + 1 < size) {
			line[n++] = (char)c;
		}
	}
	line[n] = '\0';
}

void command_run(char *line, const struct campaign *campaigns, unsigned int count)
{
	char *name = strtok(line, " "), *arg = strtok(NULL, " "), *steps = strtok(NULL, " "),
	     *seed = strtok(NULL, " ");
	unsigned int i;

	for (i = 0; name && i < count; i++) {
		if (strcmp(name, campaigns[i].name) == 0) {
			campaigns[i].run(arg ? arg : "", steps ? strtoull(steps, NULL, 0) : 1000,
					 seed ? strtoull(seed, NULL, 0) : 1);
			printf("END %s\n", name);
			return;
		}
	}
	if (name) {
		printf("no campaign '%s'\n", name);
	}
}

void death_run(const char *name, const struct death *deaths, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (strcmp(name, deaths[i].name) == 0) {
			printf("dying: %s\n", name);
			time_delay_us(1000); /* until that has left */
			deaths[i].fn();
			for (;;) { /* stop and restart are only requested by the call */
				cpu_sleep();
			}
		}
	}
	printf("no such death '%s'\n", name);
}

void progress(const char *name, uint64_t seed, uint64_t step)
{
	if ((step & 0x3fff) == 0) {
		printf("at %s seed %llu step %llu\n", name, (unsigned long long)seed,
		       (unsigned long long)step);
	}
	if ((step & 0xff) == 0) {
		cpu_relax(); /* lets the others run on a deterministic machine */
	}
}
