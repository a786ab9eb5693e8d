/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Seeded pseudo-random numbers (xorshift64*, Vigna 2016).
 * Pure but for the generator's state.
 */
#include "rng.h"

void rng_seed(struct rng *r, uint64_t seed)
{
	/* State 0 would stay 0; an odd constant also spreads small seeds over the word. */
	r->state = seed * UINT64_C(0x9e3779b97f4a7c15) + UINT64_C(0x2545f4914f6cdd1d);
	if (!r->state)
		r->state = 1;
}

uint64_t rng_next(struct rng *r)
{
	uint64_t x = r->state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	r->state = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)(((rng_next(r) >> 32) * n) >> 32);
}
