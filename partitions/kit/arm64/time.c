/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtual timer: counts without exits, one deadline per CPU (Arm ARM D11). */
/* any CPU */
#include "kit/arm64/arm64.h"

#define CTL_ENABLE 1
#define CTL_IMASK 2
#define CTL_ISTATUS 4

static void (*expired[KIT_CPUS])(void);

uint64_t time_now(void)
{
	isb();
	return sysreg_read(cntvct_el0);
}

uint64_t time_hz(void)
{
	return sysreg_read(cntfrq_el0);
}

uint32_t timer_irq(void)
{
	int node = fdt_node_compatible_n("arm,armv8-timer", 0);
	uint32_t irq = node < 0 ? 0 : fdt_node_irq(node, 2);

	return irq ? irq : 27;
}

/*
 * The line is a level: it must be silenced before the end of the interrupt. An interrupt that was on its way
 * when timer_set() came, and finds its timer set to another time or to none, is nobody's.
 */
static void timer_fired(uint32_t irq, void *arg)
{
	void (*fn)(void) = expired[cpu_index()];

	(void)irq;
	(void)arg;
	if ((sysreg_read(cntv_ctl_el0) & (CTL_ENABLE | CTL_IMASK | CTL_ISTATUS)) != (CTL_ENABLE | CTL_ISTATUS)) {
		return;
	}
	sysreg_write(cntv_ctl_el0, CTL_IMASK);
	isb();
	if (fn) {
		fn();
	}
}

void timer_set(uint64_t when, void (*fn)(void))
{
	static uint8_t on[KIT_CPUS];
	unsigned int cpu = cpu_index();

	sysreg_write(cntv_ctl_el0, CTL_IMASK);
	expired[cpu] = fn;
	if (when == UINT64_MAX) {
		isb();
		return;
	}
	if (!on[cpu]) {
		on[cpu] = 1;
		irq_on(timer_irq(), timer_fired, NULL);
	}
	sysreg_write(cntv_cval_el0, when);
	sysreg_write(cntv_ctl_el0, CTL_ENABLE);
	isb();
}
