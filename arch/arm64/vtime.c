/* SPDX-License-Identifier: BSD-3-Clause */
/* Time: the system counter, and the EL2 physical timer (CNTHP) for the hypervisor itself. */
/* own CPU; guests have the virtual timer, with CNTVOFF_EL2 (vcpu.c) and without any exit */
#include "arch/sysreg.h"
#include "hv/arch.h"
#include "hv/cpu.h"

#define TIMER_ENABLE BIT(0)

/* The line is a level: it stays up until the timer is armed anew or disarmed. */
void arch_time_arm(uint64_t when)
{
	if (when == UINT64_MAX) {
		sysreg_wr(cnthp_ctl_el2, 0);
	} else {
		sysreg_wr(cnthp_cval_el2, when);
		sysreg_wr(cnthp_ctl_el2, TIMER_ENABLE);
	}
	isb();
}
