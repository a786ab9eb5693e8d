/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one source of chance in a run: a seeded generator (xorshift64*), so that a seed is a run.
 */
#ifndef P4080_RNG_H
#define P4080_RNG_H

#include "bits.h"

struct rng {
	uint64_t state;
};

void rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_next(struct rng *r);
/* A number in [0, n); n > 0. */
uint32_t rng_below(struct rng *r, uint32_t n);

#endif
