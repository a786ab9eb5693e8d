/* SPDX-License-Identifier: BSD-3-Clause */
/* Bit names in both numberings and field access that derives the shift from the mask. */
/* pure */
#ifndef HV_BITS_H
#define HV_BITS_H

#include "hv/types.h"

/* LSB-0 numbering: Arm manuals and most devices. */
#define BIT(n) (UINT64_C(1) << (n))
#define MASK(hi, lo) ((~UINT64_C(0) >> (63 - (hi))) & (~UINT64_C(0) << (lo)))

/* MSB-0 numbering of a 32-bit register: Power ISA. */
#define PBIT32(n) (UINT32_C(1) << (31 - (n)))
#define PMASK32(first, last) ((uint32_t)MASK(31 - (first), 31 - (last)))

#define field_get(mask, v) (((uint64_t)(v) & (mask)) >> __builtin_ctzll(mask))
#define field_put(mask, x) (((uint64_t)(x) << __builtin_ctzll(mask)) & (mask))

static inline bool is_pow2(uint64_t v)
{
	return v != 0 && (v & (v - 1)) == 0;
}

/* Round down/up to a power of two; align_up wraps to 0 past the top of the space. */
static inline uint64_t align_down(uint64_t v, uint64_t pow2)
{
	return v & ~(pow2 - 1);
}

static inline uint64_t align_up(uint64_t v, uint64_t pow2)
{
	return (v + pow2 - 1) & ~(pow2 - 1);
}

static inline bool is_aligned(uint64_t v, uint64_t pow2)
{
	return (v & (pow2 - 1)) == 0;
}

#endif
