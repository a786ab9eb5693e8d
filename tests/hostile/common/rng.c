/* SPDX-License-Identifier: BSD-3-Clause */
/* The generator under all draws: xorshift64*, Vigna 2016. */
/* any CPU, one generator each */
#include "common.h"

uint64_t rng_next(struct rng *r)
{
	uint64_t x = r->state ? r->state : 1;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	r->state = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}
