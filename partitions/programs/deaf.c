/* SPDX-License-Identifier: BSD-3-Clause */
/* Every CPU shuts out interrupts as far as a guest can and spins: can it still be stopped? */
/* all CPUs */
#include "facet/test.h"
#include "kit/arm64/arm64.h"
#include "kit/kit.h"

static volatile unsigned int deaf;

/*
 * Masked at the PSTATE, the CPU interface's group off, nothing urgent enough, and an active priority
 * of 0 claimed: with direct interrupts that register is the physical one and holds back even the
 * hypervisor's own interrupts on this CPU.
 */
static void spin(void)
{
	__asm__ volatile("msr daifset, #15" ::: "memory");
	if (gic.version == 3) {
		sysreg_write(S3_0_C12_C12_7, 0); /* ICC_IGRPEN1_EL1 */
		sysreg_write(S3_0_C4_C6_0, 0);   /* ICC_PMR_EL1 */
		sysreg_write(S3_0_C12_C9_0, 1);  /* ICC_AP1R0_EL1 */
		isb();
	}
	__atomic_add_fetch(&deaf, 1, __ATOMIC_SEQ_CST);
	for (;;) {
		__asm__ volatile("nop");
	}
}

int main(void)
{
	unsigned int i, count = cpu_count();

	for (i = 1; i < count; i++) {
		cpu_start(i, spin);
	}
	TEST("others are deaf", POLL_WAIT(deaf == count - 1, 5000), "%u", deaf);
	test_done();
	spin();
	return 0;
}
