/* SPDX-License-Identifier: BSD-3-Clause */
/* Exceptions of a guest program: guarded accesses, interrupts, and a report of everything else. */
/* own CPU, exception context */
#include "kit/arm64/arm64.h"

bool (*trap_hook)(struct trap_frame *frame, uint64_t esr, uint64_t far);
bool (*trap_lower_hook)(struct trap_frame *frame, uint64_t esr, uint64_t far);

void trap_sync(struct trap_frame *frame);
void trap_irq(void);
void trap_lower(struct trap_frame *frame);
void trap_odd(struct trap_frame *frame);

static void trap_report(const struct trap_frame *frame, const char *what)
{
	kit_panic("FAIL exception: %s on cpu %u, esr 0x%llx far 0x%llx pc 0x%llx pstate 0x%llx\n",
		  what, cpu_index(), (unsigned long long)sysreg_read(esr_el1),
		  (unsigned long long)sysreg_read(far_el1), (unsigned long long)frame->pc,
		  (unsigned long long)frame->pstate);
}

void trap_sync(struct trap_frame *frame)
{
	uint64_t esr = sysreg_read(esr_el1);
	uint64_t far = sysreg_read(far_el1);

	if (trap_guarded(esr, far, frame->pc)) {
		frame->pc += 4;
		return;
	}
	if (trap_hook && trap_hook(frame, esr, far)) {
		return;
	}
	trap_report(frame, "unexpected");
}

void trap_lower(struct trap_frame *frame)
{
	uint64_t esr = sysreg_read(esr_el1);

	if (esr >> 26 == 0x15) { /* SVC from AArch64 */
		el0_return(frame->x[0]);
	}
	if (trap_lower_hook && trap_lower_hook(frame, esr, sysreg_read(far_el1))) {
		return;
	}
	trap_report(frame, "from EL0");
}

void trap_odd(struct trap_frame *frame)
{
	trap_report(frame, "FIQ, SError or AArch32");
}
