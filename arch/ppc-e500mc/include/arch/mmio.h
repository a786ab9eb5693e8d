/* SPDX-License-Identifier: BSD-3-Clause */
/* Device registers: one access of exactly the named width, in program order. */
/*
 * Any CPU. Registers of this SoC are big-endian, so no bytes are swapped; guarded and
 * cache-inhibited mappings keep the order, mbar would only be needed against other bridges.
 */
#ifndef ARCH_MMIO_H
#define ARCH_MMIO_H

#include "hv/types.h"

#define MMIO_ACCESSORS(bits)                                                                  \
	static inline uint##bits##_t mmio_rd##bits(const volatile void *regs, uint64_t off)   \
	{                                                                                     \
		return *(const volatile uint##bits##_t *)((const volatile char *)regs + off); \
	}                                                                                     \
	static inline void mmio_wr##bits(volatile void *regs, uint64_t off, uint##bits##_t x) \
	{                                                                                     \
		*(volatile uint##bits##_t *)((volatile char *)regs + off) = x;                \
	}

MMIO_ACCESSORS(8)
MMIO_ACCESSORS(16)
MMIO_ACCESSORS(32)

#undef MMIO_ACCESSORS

#endif
