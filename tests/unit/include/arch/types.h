/* SPDX-License-Identifier: BSD-3-Clause */
/* An architecture with nothing in it, so that pure parts of the core compile alone on the host. */
#ifndef ARCH_TYPES_H
#define ARCH_TYPES_H

#include "arch/barrier.h"
#include "hv/types.h"

struct cpu;

enum exit_class {
	EXIT_VIC,
	EXIT_MMIO,
	EXIT_STRAY,
};

struct cpu_arch {
	uint8_t unused;
};

struct vcpu_arch {
	uint8_t unused;
};

struct part_arch {
	uint8_t unused;
};

struct cpu *cpu_self(void);

static inline void cpu_relax(void)
{
}

#endif
