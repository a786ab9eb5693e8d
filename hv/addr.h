/* SPDX-License-Identifier: BSD-3-Clause */
/* Address spaces kept apart by type, and half-open ranges whose arithmetic cannot wrap. */
/* pure */
#ifndef HV_ADDR_H
#define HV_ADDR_H

#include "hv/bits.h"

/*
 * Host physical, guest physical and guest virtual addresses, 64 bit on both architectures
 * (e500mc is a 32-bit core with a 36-bit physical space). One-member structs make a mix-up a
 * compile error; a 32-bit target passes such structs in memory, so it gets plain scalars: the
 * shared code is compiled for 64-bit targets and hosts too, where the check is made.
 */
#if UINTPTR_MAX > UINT32_MAX
typedef struct {
	uint64_t raw;
} hpa_t;
typedef struct {
	uint64_t raw;
} gpa_t;
typedef struct {
	uint64_t raw;
} gva_t;
#define ADDR_MAKE(type, x) ((type){(x)})
#define ADDR_RAW(a) ((a).raw)
#else
typedef uint64_t hpa_t;
typedef uint64_t gpa_t;
typedef uint64_t gva_t;
#define ADDR_MAKE(type, x) ((type)(x))
#define ADDR_RAW(a) (a)
#endif

static inline hpa_t hpa(uint64_t x)
{
	return ADDR_MAKE(hpa_t, x);
}
static inline gpa_t gpa(uint64_t x)
{
	return ADDR_MAKE(gpa_t, x);
}
static inline gva_t gva(uint64_t x)
{
	return ADDR_MAKE(gva_t, x);
}
static inline uint64_t hpa_raw(hpa_t a)
{
	return ADDR_RAW(a);
}
static inline uint64_t gpa_raw(gpa_t a)
{
	return ADDR_RAW(a);
}
static inline uint64_t gva_raw(gva_t a)
{
	return ADDR_RAW(a);
}

/* A half-open piece of some 64-bit space: base .. base + size, which may end at exactly 2^64. */
struct range {
	uint64_t base;
	uint64_t size;
};

/* Non-empty and not past the top of a space of 2^64. */
static inline bool range_valid(struct range r)
{
	return r.size != 0 && r.size - 1 <= UINT64_MAX - r.base;
}

static inline bool range_has(struct range r, uint64_t x)
{
	return x - r.base < r.size;
}

/* True when [x, x+n) lies inside r; n == 0 counts as inside when x is. Never wraps. */
static inline bool range_covers(struct range r, uint64_t x, uint64_t n)
{
	uint64_t off = x - r.base;

	return off < r.size && n <= r.size - off;
}

/* Both must be valid. */
static inline bool range_overlaps(struct range a, struct range b)
{
	return range_has(a, b.base) || range_has(b, a.base);
}

/* Last byte of a valid range. */
static inline uint64_t range_last(struct range r)
{
	return r.base + (r.size - 1);
}

#endif
