/* SPDX-License-Identifier: BSD-3-Clause */
/* Board reset and power: the global utilities block's reset request (MPC8572 RM 21.4.1.16). */
/* any CPU */
#include "arch/mmio.h"
#include "hv/arch.h"
#include "hv/part.h"

#define RSTCR 0xb0
#define RSTCR_HRESET 0x2u

void arch_system_reset(void)
{
	for (unsigned int i = 0; i < the_plan->dev_count; i++) {
		const struct plan_dev *d = &the_plan->devs[i];
		volatile void *regs;

		if (d->driver != PLAN_DRV_GUTS || d->owner != OWNER_HV || d->reg_count == 0) {
			continue;
		}
		regs = arch_hmem_device(the_plan->regs[d->reg_first].base, RSTCR + 4);
		if (regs != NULL) {
			mmio_wr32(regs, RSTCR, RSTCR_HRESET);
		}
	}
}

/* These boards have no power switch that software could reach. */
void arch_system_off(void)
{
}
