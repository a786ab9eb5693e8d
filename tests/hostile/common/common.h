/* SPDX-License-Identifier: BSD-3-Clause */
/* What the hostile guests of all architectures share: commands, campaigns, deaths, draws. */
/* boot CPU */
#ifndef HOSTILE_COMMON_H
#define HOSTILE_COMMON_H

#include "facet/test.h"

struct campaign {
	const char *name;
	/* arg: the second word of the command; steps, seed: third and fourth */
	void (*run)(const char *arg, uint64_t steps, uint64_t seed);
};

/* A way to end; what it leads to comes from outside this program. */
struct death {
	const char *name;
	void (*fn)(void);
};

/* Sleeps until the console has a line; without its end, and cut to the size. */
void command_read(char *line, size_t size);
/* CAMPAIGN ARGUMENT STEPS SEED, all but the first with defaults. Prints `END CAMPAIGN` behind it. */
void command_run(char *line, const struct campaign *campaigns, unsigned int count);
/* Does not return when there is such a death. */
void death_run(const char *name, const struct death *deaths, unsigned int count);
/* Printed every 2^14 steps, so that a failure can be found again. */
void progress(const char *name, uint64_t seed, uint64_t step);

/* The same seed gives the same campaign. */
struct rng {
	uint64_t state;
};
uint64_t rng_next(struct rng *r);

#endif
