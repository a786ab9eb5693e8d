/* SPDX-License-Identifier: BSD-3-Clause */
/* Fixed-width integers and the few language helpers everybody needs. */
/* pure */
#ifndef HV_TYPES_H
#define HV_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUILD_ASSERT(cond) _Static_assert(cond, #cond)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define must_check __attribute__((warn_unused_result))
#define noreturn_fn __attribute__((noreturn))
#define noinline_fn __attribute__((noinline))
#define printf_like(fmt, args) __attribute__((format(printf, fmt, args)))
#define aligned_to(n) __attribute__((aligned(n)))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)

/* Limits of one image. Tables sized by them live in the plan's arena or in .bss, never on a stack. */
enum {
	MAX_CPUS = 24,       /* physical CPUs, as Topaz */
	MAX_PARTS = 24,      /* partitions, as Topaz */
	MAX_HANDLES = 1024,  /* per partition; 0 is never valid, 1..63 are global numbers */
	MAX_MUX_CHANNELS = 32,
	PAGE_SHIFT = 12,
	PAGE_SIZE = 1 << PAGE_SHIFT,
};

#endif
