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
BUILD_ASSERT(offsetof(struct vcpu, arch.f.insn) == F_INSN);
BUILD_ASSERT(offsetof(struct vcpu, arch.hw_msr) == V_HW_MSR);
BUILD_ASSERT(offsetof(struct vcpu, arch.fast) == V_FAST);
BUILD_ASSERT(offsetof(struct vcpu, arch.epc[0]) == V_EPC_SUPER);
BUILD_ASSERT(offsetof(struct vcpu, arch.epc[1]) == V_EPC_USER);
BUILD_ASSERT(offsetof(struct vcpu, arch.ivor6) == V_IVOR6);
BUILD_ASSERT(offsetof(struct vcpu, arch.msr_mask) == V_MSR_MASK);
BUILD_ASSERT(offsetof(struct vcpu, arch.stack) == V_STACK);
BUILD_ASSERT(offsetof(struct vcpu, arch.refill.by_pr[0].match_pid) == Q_MATCH_PID);
BUILD_ASSERT(offsetof(struct vcpu, arch.refill.by_pr[0].match_all) == Q_MATCH_ALL);
BUILD_ASSERT(offsetof(struct vcpu, arch.refill.by_pr[0].mas1) == Q_MAS1);
BUILD_ASSERT(offsetof(struct vcpu, arch.refill.by_pr[0].shift) == Q_SHIFT);
BUILD_ASSERT(offsetof(struct vcpu, arch.refill.by_pr[1].match_pid) == Q_MATCH_PID + 16);
BUILD_ASSERT(offsetof(struct vcpu, arch.refill.perm) == Q_PERM);
BUILD_ASSERT(offsetof(struct vcpu, arch.refill.first) == Q_FIRST);
BUILD_ASSERT(offsetof(struct vcpu, arch.refill.count) == Q_COUNT);
BUILD_ASSERT(offsetof(struct vcpu, arch.refill.host) == Q_HOST);
BUILD_ASSERT(offsetof(struct vcpu, arch.refill.done) == Q_DONE);
BUILD_ASSERT(offsetof(struct vcpu, arch.refill.revoked) == Q_REVOKED);
BUILD_ASSERT(offsetof(struct vcpu, arch.tlb.tlb0) == T_TLB0);
BUILD_ASSERT(offsetof(struct vcpu, arch.shadow.way) == S_WAY);
BUILD_ASSERT(offsetof(struct vcpu, arch.shadow.small) == S_SMALL);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.msr) == G_MSR);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.pending) == G_PENDING);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.srr[0]) == G_SRR0);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.srr[1]) == G_SRR1);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.sprg[0]) == G_SPRG0);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.sprg[1]) == G_SPRG1);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.sprg[3]) == G_SPRG3);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.dear) == G_DEAR);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.esr) == G_ESR);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.ivpr) == G_IVPR);
BUILD_ASSERT(offsetof(struct vcpu, arch.g.ivor[8]) == G_IVOR8);
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

/* tw, twi: what they do is known without executing them again, for they have trapped. */
static bool is_trap_insn(uint32_t insn)
{
	return insn_opcode(insn) == 3 || (insn_opcode(insn) == 31 && insn_extended(insn) == 4);
}

/*
 * ESR[EPID]: the load of the instruction faulted in fast.S, so the reason of the program interrupt
 * is lost and has to be read off the instruction.
 */
static noinline_fn enum trap trap_program(struct vcpu *v)
{
	uint32_t all = mfspr(62);
	uint32_t esr = all & ESR_PROGRAM;
	uint32_t insn;

	v->arch.f.exit_class = EXIT_PROGRAM;
	if ((v->arch.g.msr & MSR_PR) != 0 && (esr & ESR_PPR) != 0) {
		if (!mmu_fetch(v, &insn)) {
			return TRAP_RETRY;
		}
		return reflect_program(v, emul_is_open_spr(insn) ? ESR_PIL : esr);
	}
	if ((v->arch.g.msr & MSR_PR) != 0 || (all & (ESR_PPR | ESR_PIL | ESR_EPID)) == 0) {
		return reflect_program(v, esr);
	}
	if (!mmu_fetch(v, &insn)) {
		return TRAP_RETRY;
	}
	if ((all & ESR_EPID) != 0 && is_trap_insn(insn)) {
		return reflect_program(v, ESR_PTR);
	}
	v->arch.f.exit_class = EXIT_EMULATE;
	return emul_insn(v, insn);
}

/*
 * What fast.S left: `sc` levels beyond 1, calls of a user in an uncommon state, and those whose
 * instruction could not be loaded at once. PC already is the next instruction.
 */
static noinline_fn enum trap trap_system_call(struct vcpu *v)
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
		f->gpr[ARCH_HCALL_STATUS] = trap_hcall(v, f->gpr[11]);
		return TRAP_SKIP;
	}
	f->pc += 4;
	f->exit_class = EXIT_SYSCALL;
	return reflect(v, IVOR_SYSCALL);
}

/* Cache locking without MSR[UCLE], which the hardware's never has. (QEMU executes it, as nothing.) */
static noinline_fn enum trap trap_lock(struct vcpu *v, uint32_t dear, uint32_t esr)
{
	uint32_t insn;

	if ((v->arch.g.msr & (MSR_PR | MSR_UCLE)) == MSR_PR) {
		return reflect_data(v, IVOR_DSI, dear, esr);
	}
	return mmu_fetch(v, &insn) ? emul_insn(v, insn) : TRAP_RETRY;
}

static enum trap trap_storage(struct vcpu *v, bool is_miss)
{
	uint32_t dear = mfspr(61);
	uint32_t esr = mfspr(62);

	v->arch.f.exit_class = is_miss ? EXIT_MISS : EXIT_STORAGE;
	if (!is_miss && (esr & (ESR_DLK | ESR_ILK)) != 0) {
		return trap_lock(v, dear, esr & (ESR_DLK | ESR_ILK));
	}
	return mmu_miss(v, dear, (esr & ESR_ST) != 0 ? MMU_STORE : MMU_LOAD);
}

static enum trap trap_fetch(struct vcpu *v, bool is_miss)
{
	v->arch.f.exit_class = is_miss ? EXIT_MISS : EXIT_STORAGE;
	return mmu_miss(v, v->arch.f.pc, MMU_FETCH);
}

/*
 * Alignment. QEMU leaves the ESR of an earlier interrupt and raises it for lwarx and stwcx. only; what
 * the core would say of ST is read off the instruction.
 */
static enum trap trap_alignment(struct vcpu *v)
{
	uint32_t dear = mfspr(61), insn;
	bool is_store;

	if (!mmu_fetch(v, &insn)) {
		return TRAP_RETRY;
	}
	is_store = insn_opcode(insn) == 31 ? insn_extended(insn) == 150 || insn_extended(insn) == 1014 :
					     insn_opcode(insn) == 47; /* stwcx., dcbz; stmw */
	return reflect_data(v, IVOR_ALIGNMENT, dear, is_store ? ESR_ST : 0);
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
		return trap_alignment(v);
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

/* MSR[WE] stops the core in whatever mode HID0 names, and does nothing when it names none. */
static bool is_asleep(const struct ppc_guest *g)
{
	return (g->msr & MSR_WE) != 0 && (g->hid[0] & (HID0_DOZE | HID0_NAP | HID0_SLEEP)) != 0;
}

/*
 * The guest has set MSR[WE], which only an interrupt of its own clears. What ends the wait may also be
 * for the hypervisor: it is acknowledged in arch_cpu_wait(), so nobody but this loop will look at it.
 */
static void doze(struct vcpu *v)
{
	while (is_asleep(&v->arch.g)) {
		irq_idle(v);
		if (__atomic_load_n(&v->cpu->events, __ATOMIC_RELAXED) != 0) {
			trap_exit(v, TRAP_RETRY);
		}
		deliver(v);
	}
}

/* The way back to the guest when anything but its PC has changed. */
static noinline_fn void settle(struct vcpu *v)
{
	struct ppc_guest *g = &v->arch.g;

	if (is_asleep(g)) {
		doze(v);
	}
	if (g->pending != 0) {
		deliver(v);
	}
	if (g->context_stale != 0) {
		context_update(v);
	}
}

static inline void finish(struct vcpu *v, enum exit_class class, uint32_t begin)
{
	struct ppc_guest *g = &v->arch.g;

	exit_stat_add(&v->exits[class], mfspr(268) - begin);
	if (unlikely(__atomic_load_n(&v->cpu->events, __ATOMIC_RELAXED) != 0)) {
		trap_exit(v, TRAP_RETRY);
	}
	if (unlikely((g->pending | g->context_stale) != 0)) {
		settle(v);
	}
}

/* An instruction that is done here completes as one of the hardware's would: DBCR0[ICMP]. */
static noinline_fn void step_done(struct vcpu *v)
{
	if ((v->arch.g.dbcr[0] & DBCR0_ICMP) != 0) {
		v->arch.g.dbsr |= DBCR0_ICMP;
		pend(v, PPC_PEND_DEBUG);
	}
}

/* Called by vectors.S with the guest's registers in the frame; they return to resume it. */
void ppc_trap(struct vcpu *v, unsigned int vector)
{
	uint32_t begin = mfspr(268);
	enum trap verdict = dispatch(v, vector);

	if (verdict == TRAP_SKIP) {
		v->arch.f.pc += 4;
		if (unlikely((v->arch.hw_msr & MSR_DE) != 0)) {
			step_done(v);
		}
	} else if (unlikely(verdict == TRAP_STOP)) {
		trap_exit(v, verdict);
	}
	finish(v, v->arch.f.exit_class, begin);
}

/* A program interrupt in guest supervisor state whose instruction fast.S has loaded and left alone. */
void ppc_emulate(struct vcpu *v, uint32_t insn)
{
	uint32_t begin = mfspr(268);
	uint32_t esr = mfspr(62) & ESR_PROGRAM;
	enum exit_class class = EXIT_EMULATE;
	enum trap verdict;

	if (likely((esr & (ESR_PPR | ESR_PIL)) != 0)) {
		verdict = emul_insn(v, insn);
	} else {
		class = EXIT_PROGRAM;
		verdict = reflect_program(v, esr);
	}
	if (likely(verdict == TRAP_SKIP)) {
		v->arch.f.pc += 4;
	} else if (unlikely(verdict == TRAP_STOP)) {
		trap_exit(v, verdict);
	}
	finish(v, class, begin);
}

/* `sc 1` in guest supervisor state; PC is the next instruction. */
void ppc_hcall(struct vcpu *v)
{
	uint32_t begin = mfspr(268);

	v->arch.f.gpr[ARCH_HCALL_STATUS] = trap_hcall(v, v->arch.f.gpr[11]);
	finish(v, EXIT_HCALL, begin);
}

void ppc_fatal(uint32_t pc, uint32_t msr, uint32_t vector)
{
	panic("interrupt %lu in the hypervisor at pc %08lx, msr %08lx, dear %08lx, esr %08lx",
	      (unsigned long)vector, (unsigned long)pc, (unsigned long)msr,
	      (unsigned long)mfspr(61), (unsigned long)mfspr(62));
}
