/* SPDX-License-Identifier: BSD-3-Clause */
/* From interrupt vector to handler to verdict to the guest again: one way through. */
/* trap context: own CPU, interrupts masked */
#include "emul.h"
#include "frame.h"
#include "hv/cpu.h"
#include "hv/panic.h"
#include "hv/part.h"
#include "insn.h"
#include "irq.h"
#include "mmu.h"
#include "spr_access.h"
#include "tlb.h"
#include "trap_ppc.h"

BUILD_ASSERT(offsetof(struct cpu, vcpu) == CPU_VCPU);
BUILD_ASSERT(offsetof(struct cpu, stack_top) == CPU_STACK_TOP);
BUILD_ASSERT(offsetof(struct vcpu, arch.f.gpr) == F_GPR);
BUILD_ASSERT(offsetof(struct vcpu, arch.f.cr) == F_CR);
BUILD_ASSERT(offsetof(struct vcpu, arch.f.xer) == F_XER);
BUILD_ASSERT(offsetof(struct vcpu, arch.f.lr) == F_LR);
BUILD_ASSERT(offsetof(struct vcpu, arch.f.ctr) == F_CTR);
BUILD_ASSERT(offsetof(struct vcpu, arch.f.pc) == F_PC);
BUILD_ASSERT(offsetof(struct vcpu, arch.hw_msr) == V_HW_MSR);
BUILD_ASSERT(offsetof(struct vcpu, arch.fast) == V_FAST);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.msr) == G_MSR);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.pending) == G_PENDING);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.srr[0]) == G_SRR0);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.srr[1]) == G_SRR1);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.sprg[0]) == G_SPRG0);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.sprg[1]) == G_SPRG1);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.sprg[3]) == G_SPRG3);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.dear) == G_DEAR);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.esr) == G_ESR);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.mas.mas0) == G_MAS0);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.mas.mas1) == G_MAS1);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.mas.mas2) == G_MAS2);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.mas.mas3) == G_MAS3);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.mas.mas6) == G_MAS6);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.mas.mas7) == G_MAS7);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.bucsr) == G_BUCSR);

const char *const arch_exit_names[] = {
	[EXIT_HCALL] = "hypercall",
	[EXIT_VIC] = "vmpic",
	[EXIT_VUART] = "vuart",
	[EXIT_MMIO] = "mmio",
	[EXIT_STRAY] = "stray",
	[EXIT_EVENT] = "event",
	[EXIT_IRQ] = "interrupt",
	[EXIT_TIMER] = "timer",
	[EXIT_EMULATE] = "emulated",
	[EXIT_PROGRAM] = "program",
	[EXIT_SYSCALL] = "syscall",
	[EXIT_MISS] = "tlb miss",
	[EXIT_STORAGE] = "storage",
	[EXIT_OTHER] = "other",
	[EXIT_COUNT] = NULL,
};

#define INSN_SC1 0x44000022u

/* The reasons hardware gives that make sense to a guest supervisor too. */
#define ESR_PROGRAM (ESR_PIL | ESR_PPR | ESR_PTR | ESR_FP | ESR_PUO)

static enum trap trap_program(struct vcpu *v)
{
	uint32_t esr = mfspr(62) & ESR_PROGRAM;
	uint32_t insn;

	v->arch.f.exit_class = EXIT_PROGRAM;
	if ((v->arch.g.msr & MSR_PR) != 0 || (esr & (ESR_PPR | ESR_PIL)) == 0) {
		return reflect_program(v, esr);
	}
	if (!mmu_fetch(v, &insn)) {
		return TRAP_RETRY;
	}
	v->arch.f.exit_class = EXIT_EMULATE;
	return emul_insn(v, insn);
}

/*
 * `sc`, `sc 1` and other levels arrive alike without category E.HV: the instruction word tells. PC
 * already is the next instruction.
 */
static enum trap trap_system_call(struct vcpu *v)
{
	struct ppc_frame *f = &v->arch.f;
	uint32_t insn = 0;
	bool is_fetched;

	f->pc -= 4;
	is_fetched = mmu_fetch(v, &insn);
	if (is_fetched && insn == INSN_SC1) {
		f->exit_class = EXIT_HCALL;
		if ((v->arch.g.msr & MSR_PR) != 0) {
			return reflect_program(v, ESR_PPR);
		}
		return trap_hcall(v, f->gpr[11]);
	}
	f->pc += 4;
	f->exit_class = EXIT_SYSCALL;
	return reflect(v, IVOR_SYSCALL);
}

static enum trap trap_storage(struct vcpu *v, bool is_miss)
{
	uint32_t dear = mfspr(61);
	uint32_t esr = mfspr(62);

	v->arch.f.exit_class = is_miss ? EXIT_MISS : EXIT_STORAGE;
	return mmu_miss(v, dear, (esr & ESR_ST) != 0 ? MMU_STORE : MMU_LOAD);
}

static enum trap trap_fetch(struct vcpu *v, bool is_miss)
{
	v->arch.f.exit_class = is_miss ? EXIT_MISS : EXIT_STORAGE;
	return mmu_miss(v, v->arch.f.pc, MMU_FETCH);
}

static enum trap trap_timer(struct vcpu *v)
{
	v->arch.f.exit_class = EXIT_TIMER;
	irq_timer(v->cpu);
	timer_tick(v);
	return TRAP_RETRY;
}

static enum trap trap_debug(struct vcpu *v)
{
	uint32_t dbsr = mfspr(SPR_DBSR);

	mtspr(SPR_DBSR, dbsr);
	v->arch.g.dbsr |= dbsr;
	pend(v, PPC_PEND_DEBUG);
	return TRAP_RETRY;
}

static enum trap dispatch(struct vcpu *v, unsigned int vector)
{
	v->arch.f.exit_class = EXIT_OTHER;
	switch (vector) {
	case IVOR_PROGRAM:
		return trap_program(v);
	case IVOR_DTLB:
		return trap_storage(v, true);
	case IVOR_DSI:
		return trap_storage(v, false);
	case IVOR_ITLB:
		return trap_fetch(v, true);
	case IVOR_ISI:
		return trap_fetch(v, false);
	case IVOR_SYSCALL:
		return trap_system_call(v);
	case IVOR_DECREMENTER:
		return trap_timer(v);
	case IVOR_EXTERNAL:
		v->arch.f.exit_class = EXIT_IRQ;
		irq_external(v->cpu);
		return TRAP_RETRY;
	case IVOR_ALIGNMENT:
		return reflect_data(v, IVOR_ALIGNMENT, mfspr(61), mfspr(62) & ESR_ST);
	case IVOR_FP:
		return reflect(v, IVOR_FP);
	case IVOR_SPE:
	case IVOR_SPE_DATA:
	case IVOR_SPE_ROUND:
		v->arch.g.esr = ESR_SPV;
		return reflect(v, (enum ivor)vector);
	case IVOR_DEBUG:
		return trap_debug(v);
	case IVOR_DBELL:
		return TRAP_RETRY; /* a kick: the epilogue looks at the events */
	case IVOR_MCHECK:
		return part_fail(v, "machine check, MCSR %08lx", (unsigned long)mfspr(SPR_MCSR));
	default:
		return part_fail(v, "unexpected interrupt %u", vector);
	}
}

/* Called by vectors.S with the guest's registers in the frame; returns to resume it. */
void ppc_trap(struct vcpu *v, unsigned int vector)
{
	uint32_t begin = mfspr(268);
	enum trap verdict = dispatch(v, vector);
	struct ppc_guest *g = &v->arch.g;

	if (verdict == TRAP_SKIP) {
		v->arch.f.pc += 4;
	}
	exit_stat_add(&v->exits[v->arch.f.exit_class], mfspr(268) - begin);
	if (verdict == TRAP_STOP || __atomic_load_n(&v->cpu->events, __ATOMIC_RELAXED) != 0) {
		trap_exit(v, verdict);
	}
	if (unlikely((g->msr & MSR_WE) != 0)) {
		irq_idle(v); /* only an interrupt clears WE, and the guest waits for that */
	}
	if (g->pending != 0) {
		deliver(v);
	}
	if (g->context_stale) {
		context_load(v);
	}
}

void ppc_fatal(uint32_t pc, uint32_t msr, uint32_t vector)
{
	panic("interrupt %lu in the hypervisor at pc %08lx, msr %08lx, dear %08lx, esr %08lx",
	      (unsigned long)vector, (unsigned long)pc, (unsigned long)msr,
	      (unsigned long)mfspr(61), (unsigned long)mfspr(62));
}
