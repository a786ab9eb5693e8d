/* SPDX-License-Identifier: BSD-3-Clause */
/* Draws: half of them edges, because that is where checks are wrong. */
/* any CPU, one generator each */
#include "hostile.h"

uint64_t rng_below(struct rng *r, uint64_t n)
{
	return rng_next(r) % n;
}

uint64_t rng_value(struct rng *r)
{
	uint64_t kind = rng_below(r, 12), power = (uint64_t)1 << rng_below(r, 64);

	switch (kind) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX;
	case 2:
		return power;
	case 3:
		return power - 1;
	case 4:
		return power + rng_below(r, 16);
	case 5:
		return rng_below(r, 1200); /* handles, numbers, small lengths */
	case 6:
		return rng_address(r);
	default:
		return rng_next(r);
	}
}

static bool harmless(uint64_t at)
{
	uint64_t lo = (uintptr_t)_start & ~UINT64_C(0xffff), hi = (uintptr_t)_end + 0x10000;

	return at + 0x10000 - lo > hi - lo + 0x10000;
}

/* What a partition of QEMU virt might reach for (the machine's memory map, other partitions' RAM).
 */
static const uint64_t places[] = {
    0x0,	0x04000000, 0x08000000, 0x08010000,  0x08020000,   0x08030000,
    0x08040000, 0x08080000, 0x08090000, 0x080a0000,  0x080b0000,   0x080c0000,
    0x080e0000, 0x09000000, 0x09010000, 0x09020000,  0x09030000,   0x09050000,
    0x0a000000, 0x0a004000, 0x0c000000, 0x10000000,  0x3eff0000,   0x40000000,
    0x40200000, 0x40280000, 0x48000000, 0x50000000,  0x51000000,   0x60000000,
    0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x4010000000, 0x7fffffffff,
};

#define PLACES (sizeof(places) / sizeof(places[0]))

unsigned int edge_count(void)
{
	return PLACES + 6;
}

uint64_t edge_at(unsigned int i)
{
	switch (i) {
	case 0:
		return ram_base;
	case 1:
		return ram_base + ram_size;
	case 2:
		return gic.dist + 0x10000;
	case 3:
		return gic.redist + (uint64_t)0x20000 * cpu_count();
	case 4:
		return gic.redist;
	case 5:
		return gic.dist;
	default:
		return places[i - 6];
	}
}

uint64_t rng_address(struct rng *r)
{
	uint64_t at;

	do {
		switch (rng_below(r, 4)) {
		case 0:
			at = ram_base + ram_size + rng_below(r, 0x2000) - 0x1000;
			break;
		case 1:
			at = ram_base - rng_below(r, 0x1000);
			break;
		case 2:
			at = rng_next(r) >> rng_below(r, 40);
			break;
		default:
			at = places[rng_below(r, PLACES)] + rng_below(r, 0x2000) - 0x1000;
			break;
		}
	} while (!harmless(at));
	return at;
}
