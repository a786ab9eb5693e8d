/* SPDX-License-Identifier: BSD-3-Clause */
/* Decode by exception class, act on the verdict, account: every trap passes through here. */
/* trap context: own CPU, guest stopped, interrupts masked */
#include "trap.h"

#include "facet/hcall.h"
#include "frame.h"
#include "hmem.h"
#include "hv/cpu.h"
#include "hv/fmt.h"
#include "hv/log.h"
#include "hv/panic.h"
#include "psci.h"

BUILD_ASSERT(offsetof(struct cpu, vcpu) == CPU_VCPU);
BUILD_ASSERT(offsetof(struct cpu, stack_top) == CPU_STACK_TOP);
BUILD_ASSERT(offsetof(struct vcpu, arch.x) == VCPU_X(0));
BUILD_ASSERT(offsetof(struct vcpu, arch.stack) == VCPU_STACK);
BUILD_ASSERT(EXIT_COUNT <= EXIT_CLASSES);

const char *const arch_exit_names[] = {
	[EXIT_HCALL] = "hypercall",   [EXIT_PSCI] = "psci",         [EXIT_SMC] = "smc",
	[EXIT_SYSREG] = "sysreg",     [EXIT_SGI] = "sgi",           [EXIT_VIC] = "gic",
	[EXIT_VUART] = "vuart",       [EXIT_MMIO] = "mmio",         [EXIT_DECODE] = "mmio-decoded",
	[EXIT_STRAY] = "stray",       [EXIT_FETCH] = "stray-fetch", [EXIT_IRQ] = "irq",
	[EXIT_FIQ] = "fiq",           [EXIT_EVENT] = "event",       [EXIT_UNDEF] = "undef",
	[EXIT_SERROR] = "serror",     [EXIT_OTHER] = "other",       [EXIT_COUNT] = NULL,
};

/* Vendor and number: HCALL_SMCCC(). ELR_EL2 is past the HVC already. */
static cold_fn uint64_t hvc_vendor(struct vcpu *v, uint32_t fn, uint64_t start)
{
	v->arch.x[ARCH_HCALL_STATUS] = (uint64_t)trap_hcall(v, HCALL_TOKEN(fn >> 8 & 0xff, fn & 0xff));
	return finish(v, TRAP_SKIP, EXIT_HCALL, start);
}

static cold_fn uint64_t hvc_standard(struct vcpu *v, uint32_t fn, uint64_t start)
{
	enum trap verdict = psci_call(v, fn);

	return finish(v, verdict, EXIT_PSCI, start);
}

/* The version queries need no call and so no stack frame: the floor of what a trap costs. */
uint64_t trap_hvc(struct vcpu *v)
{
	uint64_t start = sysreg_rd(cntpct_el0);
	uint32_t fn = (uint32_t)v->arch.x[0];

	if (fn == PSCI_VERSION) {
		v->arch.x[0] = PSCI_VERSION_1_1;
	} else if (fn == HCALL_SMCCC_REVISION) {
		v->arch.x[0] = HCALL_REVISION_MAJOR;
		v->arch.x[1] = HCALL_REVISION_MINOR;
	} else {
		return fn >> 16 == HCALL_SMCCC(0, 0) >> 16 ? hvc_vendor(v, fn, start) :
							     hvc_standard(v, fn, start);
	}
	return finish(v, TRAP_SKIP, EXIT_PSCI, start);
}

/* The same PSCI as by HVC; nothing of a guest ever reaches the firmware. */
static cold_fn enum trap smc(struct vcpu *v, unsigned int *class)
{
	uint32_t fn = (uint32_t)v->arch.x[0];
	bool is_psci = (fn & 0xbfffffe0u) == 0x84000000u || (fn & 0xfffffffeu) == 0x80000000u;

	if (is_psci) {
		*class = EXIT_PSCI;
		return psci_call(v, fn);
	}
	v->arch.x[0] = UINT64_MAX; /* SMCCC 5.2: NOT_SUPPORTED */
	return TRAP_SKIP;
}

/* Every class but the two that are hot. */
static cold_fn enum trap other_class(struct vcpu *v, uint64_t esr, unsigned int *class)
{
	switch (ESR_EC(esr)) {
	case EC_IABT_LOW:
		*class = EXIT_FETCH;
		return abort_fetch(v, esr);
	case EC_SMC64:
		*class = EXIT_SMC;
		return smc(v, class);
	default:
		/* SVE, SME, AArch32 coprocessor and any class added later: not for guests. */
		*class = EXIT_UNDEF;
		return vcpu_inject_undef(esr);
	}
}

no_canary uint64_t trap_sync(struct vcpu *v, uint64_t esr)
{
	uint64_t start = sysreg_rd(cntpct_el0);
	unsigned int class;
	enum trap verdict;

	if (likely(ESR_EC(esr) == EC_DABT_LOW)) {
		class = EXIT_STRAY;
		verdict = abort_data(v, esr, &class);
	} else if (ESR_EC(esr) == EC_SYS64) {
		class = EXIT_SYSREG;
		verdict = sysreg_access(v, esr, &class);
	} else {
		verdict = other_class(v, esr, &class);
	}
	if (verdict == TRAP_SKIP) {
		step_over();
	}
	return finish(v, verdict, class, start);
}

uint64_t trap_fiq_taken(struct vcpu *v)
{
	uint64_t start = sysreg_rd(cntpct_el0);

	gich_irq(v->cpu);
	return finish(v, TRAP_RETRY, EXIT_FIQ, start);
}

/*
 * An asynchronous abort of a write the guest has made, to something it owns: its devices are the
 * only thing that can answer so late. Its state is lost; nobody else's is.
 */
uint64_t trap_serror(struct vcpu *v, uint64_t esr)
{
	uint64_t start = sysreg_rd(cntpct_el0);
	enum trap verdict = part_fail(v, "SError interrupt (ESR %#" PRIx64 ") at pc %#" PRIx64, esr,
				      sysreg_rd(elr_el2));

	return finish(v, verdict, EXIT_SERROR, start);
}

/* Posted events or the end of the run: the whole guest state is in memory meanwhile. */
void trap_slow(struct vcpu *v, uint64_t how)
{
	uint64_t start = sysreg_rd(cntpct_el0);

	vcpu_save(v);
	trap_exit(v, (enum trap)(how - 1));
	vcpu_load(v);
	exit_stat_add(&v->exits[EXIT_EVENT], sysreg_rd(cntpct_el0) - start);
}

void trap_el2(const uint64_t *frame)
{
	uint64_t pc = sysreg_rd(elr_el2);

	for (unsigned int i = 0; i < 30; i += 3) {
		log_print(LOG_ERROR, "x%-2u %016" PRIx64 " %016" PRIx64 " %016" PRIx64, i, frame[i],
			  frame[i + 1], frame[i + 2]);
	}
	panic("exception at EL2: ESR %#" PRIx64 " FAR %#" PRIx64 " pc image+%#" PRIx64
	      " lr image+%#" PRIx64 " sp %#" PRIx64,
	      sysreg_rd(esr_el2), sysreg_rd(far_el2), pc - (uint64_t)_image_begin,
	      frame[30] - (uint64_t)_image_begin, frame[31]);
}
