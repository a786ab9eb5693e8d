/* SPDX-License-Identifier: BSD-3-Clause */
/* Device registers on the host: every access goes to the test's model of the device. */
#ifndef ARCH_MMIO_H
#define ARCH_MMIO_H

#include "hv/types.h"

uint64_t fake_mmio_rd(const volatile void *regs, uint64_t off, unsigned int bits);
void fake_mmio_wr(volatile void *regs, uint64_t off, unsigned int bits, uint64_t x);

#define MMIO_ACCESSORS(bits)                                                                \
	static inline uint##bits##_t mmio_rd##bits(const volatile void *regs, uint64_t off) \
	{                                                                                   \
		return (uint##bits##_t)fake_mmio_rd(regs, off, bits);                       \
	}                                                                                   \
	static inline void mmio_wr##bits(volatile void *regs, uint64_t off, uint##bits##_t x) \
	{                                                                                   \
		fake_mmio_wr(regs, off, bits, x);                                           \
	}

MMIO_ACCESSORS(8)
MMIO_ACCESSORS(16)
MMIO_ACCESSORS(32)
MMIO_ACCESSORS(64)

#undef MMIO_ACCESSORS

#endif
