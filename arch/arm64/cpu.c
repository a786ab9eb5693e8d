/* SPDX-License-Identifier: BSD-3-Clause */
/* Physical CPUs: bring-up and end by PSCI of the firmware, stacks, kicks, waiting. */
/* any CPU */
#include "hv/cpu.h"

#include "arch/barrier.h"
#include "arch/gich.h"
#include "arch/sysreg.h"
#include "frame.h"
#include "hmem.h"
#include "hv/irqc.h"
#include "hv/part.h"
#include "psci.h"
#include "traps.h"

BUILD_ASSERT(offsetof(struct mmu_regs, ttbr) == MMU_TTBR);
BUILD_ASSERT(offsetof(struct mmu_regs, mair) == MMU_MAIR);
BUILD_ASSERT(sizeof(struct mmu_regs) == MMU_BYTES);

/* head.S and vectors.S */
extern char secondary_entry[];
noreturn_fn void restack(noreturn_fn void (*fn)(void), void *stack_top);

/* SMC to the firmware, SMCCC 1.0: x4-x17 are its to clobber. */
static int64_t firmware(uint32_t fn, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t x0 __asm__("x0") = fn;
	register uint64_t x1 __asm__("x1") = a;
	register uint64_t x2 __asm__("x2") = b;
	register uint64_t x3 __asm__("x3") = c;

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
			 :
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
			   "x15", "x16", "x17", "memory");
	return (int32_t)x0;
}

static void *stack_of(unsigned int slot)
{
	return stacks + (slot + 1) * (uint64_t)(STACK_GUARD + STACK_BYTES);
}

/*
 * Slot 0 is the one head.S gave the boot CPU. When the plan numbers that CPU otherwise, the CPU
 * numbered 0 takes the slot that is free then.
 */
static unsigned int slot_of(const struct cpu *cpu)
{
	static unsigned int boot_index;
	static bool is_known;

	if (!is_known) {
		is_known = true;
		boot_index = cpu->index;
	}
	return cpu->index == boot_index ? 0 : cpu->index == 0 ? boot_index : cpu->index;
}

void arch_cpu_init(struct cpu *cpu)
{
	cpu->stack_top = stack_of(slot_of(cpu));
	cpu->arch.mpidr = sysreg_rd(mpidr_el1) & MPIDR_AFFINITY;
	sysreg_wr(tpidr_el2, cpu);
	sysreg_wr(vttbr_el2, 0);
	arch_time_arm(UINT64_MAX);
	cpu_traps();
}

enum err arch_cpu_start(struct cpu *cpu)
{
	const struct plan_cpu *plan = &the_plan->cpus[cpu->index];

	if (plan->start != PLAN_START_PSCI || !the_plan->board.psci_smc) {
		return ERR_UNSUPPORTED;
	}
	/* The new CPU reads these before its caches are on. */
	cpu->stack_top = stack_of(slot_of(cpu));
	arch_cache_sync(cpu, sizeof(*cpu));
	arch_cache_sync(&mmu_regs, sizeof(mmu_regs));
	switch (firmware(PSCI_64(PSCI_CPU_ON), cpu->hw_id, (uint64_t)secondary_entry,
			 (uint64_t)cpu)) {
	case PSCI_OK:
		return OK;
	case PSCI_ALREADY_ON:
	case PSCI_ON_PENDING:
		return ERR_STATE;
	case PSCI_INVALID:
		return ERR_NONE;
	default:
		return ERR_UNSUPPORTED;
	}
}

void arch_cpu_kick(struct cpu *cpu)
{
	irqc->kick(cpu);
}

void arch_cpu_wait(void)
{
	dev_mb();
	gich_wait(cpu_self());
}

void arch_cpu_restack(noreturn_fn void (*fn)(void))
{
	sysreg_wr(hcr_el2, HCR_IDLE);
	isb();
	restack(fn, cpu_self()->stack_top);
}

void arch_cpu_park(void)
{
	firmware(PSCI_CPU_OFF, 0, 0, 0);
	for (;;) {
		__asm__ volatile("wfi");
		cpu_relax();
	}
}

void arch_system_reset(void)
{
	firmware(PSCI_SYSTEM_RESET, 0, 0, 0);
}

void arch_system_off(void)
{
	firmware(PSCI_SYSTEM_OFF, 0, 0, 0);
}
