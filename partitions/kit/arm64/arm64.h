/* SPDX-License-Identifier: BSD-3-Clause */
/* The kit on arm64: system registers, frames, firmware calls. */
/* any CPU, EL1 */
#ifndef KIT_ARM64_H
#define KIT_ARM64_H

#include "kit/kit.h"

#define sysreg_read(name)                                                                          \
	({                                                                                         \
		uint64_t v__;                                                                      \
		__asm__ volatile("mrs %0, " #name : "=r"(v__));                                    \
		v__;                                                                               \
	})
#define sysreg_write(name, v)                                                                      \
	__asm__ volatile("msr " #name ", %0" : : "r"((uint64_t)(v)) : "memory")
#define isb() __asm__ volatile("isb" : : : "memory")
#define dsb() __asm__ volatile("dsb sy" : : : "memory")

/* Boot CPU at the first instruction: x0..x30, sp, then SCTLR, VBAR, TTBR0, TCR, MAIR, CPACR,
 * TPIDR_EL0, DAIF. */
#define ENTRY_REGS 40
extern uint64_t entry_regs[ENTRY_REGS];

struct trap_frame {
	uint64_t x[31];
	uint64_t pc;
	uint64_t pstate;
	uint64_t pad;
};

/* A program may take exceptions for itself: return true when dealt with (frame may be changed). */
extern bool (*trap_hook)(struct trap_frame *frame, uint64_t esr, uint64_t far);
/* Like trap_hook, for exceptions from EL0 other than SVC. */
extern bool (*trap_lower_hook)(struct trap_frame *frame, uint64_t esr, uint64_t far);

uint64_t el0_call(uint64_t entry, uint64_t stack, uint64_t arg);
void el0_return(uint64_t value) __attribute__((noreturn));
/* Address of memory as EL0 code sees it (see crt0.S). */
#define EL0_ALIAS UINT64_C(0x2000000000)

void smccc_hvc(uint64_t r[8]);
void smccc_smc(uint64_t r[8]);
/* PSCI by the conduit the tree names. */
int64_t psci(uint32_t fn, uint64_t a, uint64_t b, uint64_t c);

enum {
	PSCI_VERSION = 0x84000000,
	PSCI_CPU_OFF = 0x84000002,
	PSCI_CPU_ON = 0xc4000003,
	PSCI_AFFINITY_INFO = 0xc4000004,
	PSCI_SYSTEM_OFF = 0x84000008,
	PSCI_SYSTEM_RESET = 0x84000009,
	PSCI_FEATURES = 0x8400000a,
};

/* MPIDR affinity of a CPU of this partition. */
uint64_t cpu_affinity(unsigned int cpu);

/* Where the interrupt controller's registers are. */
struct gic {
	unsigned int version; /* 2 or 3 */
	uint64_t dist;
	uint64_t cpu;	 /* v2: GICC */
	uint64_t redist; /* v3: first frame */
	uint64_t redist_size;
};
extern struct gic gic;
/* This CPU's redistributor (v3). */
uint64_t gic_redist(void);

/* A shared line that is an edge, as messages are; before irq_on(). */
void irq_edge(uint32_t irq);

static inline uint32_t mmio_read32(uint64_t at)
{
	return *(volatile uint32_t *)at;
}
static inline void mmio_write32(uint64_t at, uint32_t v)
{
	*(volatile uint32_t *)at = v;
}
static inline uint64_t mmio_read64(uint64_t at)
{
	return *(volatile uint64_t *)at;
}
static inline void mmio_write64(uint64_t at, uint64_t v)
{
	*(volatile uint64_t *)at = v;
}

#endif
