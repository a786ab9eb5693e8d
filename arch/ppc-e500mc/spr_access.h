/* SPDX-License-Identifier: BSD-3-Clause */
/* The hypervisor's own access to special purpose registers, MSR, timebase and TLB instructions. */
#ifndef ARCH_SPR_ACCESS_H
#define ARCH_SPR_ACCESS_H

#include "hv/types.h"

#define SPR_PID 48
#define SPR_DEC 22
#define SPR_IVPR 63
#define SPR_TSR 336
#define SPR_TCR 340
#define SPR_DBCR0 308
#define SPR_DBSR 304
#define SPR_LPIDR 338
#define SPR_MCSR 572
#define SPR_MAS0 624
#define SPR_MAS1 625
#define SPR_MAS2 626
#define SPR_MAS3 627
#define SPR_MAS4 628
#define SPR_MAS6 630
#define SPR_MAS7 944
#define SPR_TLB1CFG 689
#define SPR_EPR 702
#define SPR_EPLC 947
#define SPR_EPSC 948
#define SPR_HID0 1008
#define SPR_MMUCSR0 1012
#define SPR_MMUCFG 1015

#define mfspr(n)                                                     \
	({                                                           \
		uint32_t x__;                                        \
		__asm__ volatile("mfspr %0, %1" : "=r"(x__) : "i"(n)); \
		x__;                                                 \
	})
#define mtspr(n, x) __asm__ volatile("mtspr %0, %1" : : "i"(n), "r"((uint32_t)(x)) : "memory")

static inline uint32_t mfmsr(void)
{
	uint32_t x;

	__asm__ volatile("mfmsr %0" : "=r"(x));
	return x;
}

static inline void isync(void)
{
	__asm__ volatile("isync" ::: "memory");
}

static inline void msync(void)
{
	__asm__ volatile("msync" ::: "memory");
}

/* Writes the entry the MAS registers describe; the context is synchronised before it returns. */
static inline void tlbwe(void)
{
	__asm__ volatile("isync; tlbwe; isync; msync" ::: "memory");
}

/* Upper half read twice: the lower may carry in between (Power ISA 2.06 Book II, 6.2.1). */
static inline uint64_t timebase(void)
{
	uint32_t high, low, again;

	do {
		__asm__ volatile("mfspr %0, 269; mfspr %1, 268; mfspr %2, 269"
				 : "=r"(high), "=r"(low), "=r"(again));
	} while (high != again);
	return (uint64_t)high << 32 | low;
}

#endif
