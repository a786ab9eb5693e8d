/* SPDX-License-Identifier: BSD-3-Clause */
/* What arm64 adds to the core's objects: trap frame, per-CPU, per-vCPU and per-partition state. */
/* any CPU */
#ifndef ARCH_TYPES_H
#define ARCH_TYPES_H

#include "arch/barrier.h"
#include "arch/gich.h"
#include "hv/addr.h"

#define ARCH_PLAN PLAN_ARM64

/* Hypercall ABI: partitions/include/facet/hcall.h. */
enum {
	ARCH_HCALL_STATUS = 0,
	ARCH_HCALL_ARG0 = 1,
	ARCH_HCALL_RES0 = 1,
	ARCH_HCALL_REG_BYTES = 8,
	ARCH_HMEM_VIEWS = 2,
};

struct cpu;
struct vcpu;

/* TPIDR_EL2 never changes after a CPU's entry code, so the compiler may keep the value. */
static inline struct cpu *cpu_self(void)
{
	struct cpu *self;

	__asm__("mrs %0, tpidr_el2" : "=r"(self));
	return self;
}

/*
 * Classes of the `exits` table, in the order of arch_exit_names[] (trap.c). Code shared between
 * architectures may use EXIT_HCALL, EXIT_VIC, EXIT_VUART, EXIT_STRAY and EXIT_EVENT.
 */
enum exit_class {
	EXIT_HCALL,    /* vendor hypercalls */
	EXIT_PSCI,     /* PSCI and SMCCC queries, by HVC or SMC */
	EXIT_SMC,      /* any other SMC: refused */
	EXIT_SYSREG,   /* trapped system register */
	EXIT_SGI,      /* ICC_SGI*R_EL1: interrupt to another vCPU */
	EXIT_VIC,      /* emulated distributor or redistributor */
	EXIT_VUART,    /* emulated UART */
	EXIT_MMIO,     /* other emulated device */
	EXIT_DECODE,   /* access to an emulated device that needed instruction decoding */
	EXIT_STRAY,    /* load or store to nothing */
	EXIT_FETCH,    /* instruction fetch from nothing */
	EXIT_IRQ,      /* physical interrupt, virtual mode */
	EXIT_FIQ,      /* the hypervisor's own interrupt, direct mode */
	EXIT_EVENT,    /* time spent in trap_exit() on posted events */
	EXIT_UNDEF,    /* instruction refused: SVE, AArch32 coprocessor, ... */
	EXIT_SERROR,
	EXIT_OTHER,
	EXIT_COUNT,
};

struct cpu_arch {
	uint64_t mpidr;    /* as the firmware names it */
};

struct vcpu_arch {
	uint64_t x[31];    /* first: vectors.S saves here */
	void *stack;       /* top of its CPU's stack, for vectors.S */
	uint64_t pc;       /* ELR_EL2 and SPSR_EL2 while the vcpu is not running on its CPU; */
	uint64_t pstate;   /* between trap and return the system registers hold the truth */
	uint64_t vmpidr;
	uint64_t el1[8];   /* copies for arch_vcpu_dump() by another CPU: see vcpu.c */
};

struct part_arch {
	uint64_t vttbr;    /* VMID (never 0: nobody's) and root of stage 2 */
	uint64_t vtcr;     /* size of its guest-physical space */
	uint64_t hcr;      /* HCR_EL2 of its vCPUs */
	uint64_t cntvoff;  /* physical count at its last start */
	uint64_t *root;    /* stage 2 start table, */
	uint32_t entries;  /* and its length */
	uint32_t is_revoked; /* atomic: no access at all, its vCPUs trap on their next instruction */
};

/* On the hypercall path; hv/arch.h says what they are. struct vcpu begins with struct vcpu_arch. */
static inline uint64_t arch_vcpu_reg(const struct vcpu *v, unsigned int n)
{
	return ((const struct vcpu_arch *)v)->x[n];
}

static inline void arch_vcpu_set_reg(struct vcpu *v, unsigned int n, uint64_t x)
{
	((struct vcpu_arch *)v)->x[n] = x;
}

/* The counter may be read early without the barrier (Arm ARM D12.2.1). */
static inline uint64_t arch_time_now(void)
{
	uint64_t now;

	__asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(now)::"memory");
	return now;
}

static inline uint64_t arch_time_hz(void)
{
	uint64_t hz;

	__asm__("mrs %0, cntfrq_el0" : "=r"(hz));
	return hz;
}

/* HVC is undefined at EL0, and other traps of user mode take no decision by it. */
static inline bool arch_vcpu_is_user(const struct vcpu *v)
{
	uint64_t pstate;

	(void)v;
	__asm__ volatile("mrs %0, spsr_el2" : "=r"(pstate));
	return (pstate & 15) == 0;
}

#endif
