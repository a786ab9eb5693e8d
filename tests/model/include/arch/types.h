/* SPDX-License-Identifier: BSD-3-Clause */
/* The fake architecture: CPUs are coroutines of one host thread, guests are scripts. */
/* model tests only */
#ifndef ARCH_TYPES_H
#define ARCH_TYPES_H

#include "hv/addr.h"

#define ARCH_PLAN PLAN_ARM64

enum {
	ARCH_HCALL_STATUS = 0,
	ARCH_HCALL_ARG0 = 1,
	ARCH_HCALL_RES0 = 1,
	ARCH_HCALL_REG_BYTES = 8,
	ARCH_HMEM_VIEWS = 1,
};

enum exit_class {
	EXIT_HCALL,
	EXIT_VUART,
	EXIT_STRAY,
	EXIT_EVENT,
	EXIT_COUNT,
};

struct cpu;

extern struct cpu *fake_self;

static inline struct cpu *cpu_self(void)
{
	return fake_self;
}

static inline void cpu_relax(void)
{
}

struct cpu_arch {
	int unused;
};

struct vcpu_arch {
	uint64_t x[32];
	uint64_t pc;
	bool is_user;
	unsigned int resets, enters, leaves, syncs, faults;
	uint64_t entry_pc, entry_arg;
};

struct part_arch {
	bool is_revoked;
	bool is_vic_paused;
	unsigned int vic_resets;
	unsigned int raised[128]; /* by interrupt number */
	bool level[128];
};

#endif
