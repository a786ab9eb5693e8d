/* SPDX-License-Identifier: BSD-3-Clause */
/* Board reset (MPC8572 RM 21.4.1.16), and the PCI windows that firmware left open. */
/* any CPU */
#include <string.h>

#include "arch/mmio.h"
#include "board.h"
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

#define PIW_ATTRIBUTES 0xdb0 /* PIWAR3, 2, 1 (MPC8548 RM 16.3.1.3) */
#define PIW_STEP 0x20
#define PIW_COUNT 3

/*
 * U-Boot opens all RAM to PCI masters and leaves them enabled. Whoever is given the host bridge
 * opens again what it wants; nobody starts with memory of others behind a window.
 */
void board_close_dma(const struct plan *plan)
{
	for (unsigned int i = 0; i < plan->dev_count; i++) {
		const struct plan_dev *d = &plan->devs[i];
		volatile void *regs;

		if (d->compatible == NULL || strcmp(d->compatible, "fsl,mpc8540-pci") != 0 ||
		    d->reg_count == 0) {
			continue;
		}
		regs = arch_hmem_device(plan->regs[d->reg_first].base,
					PIW_ATTRIBUTES + PIW_STEP * PIW_COUNT);
		for (unsigned int w = 0; regs != NULL && w < PIW_COUNT; w++) {
			mmio_wr32(regs, PIW_ATTRIBUTES + PIW_STEP * w, 0);
		}
	}
}

/* These boards have no power switch that software could reach. */
void arch_system_off(void)
{
}
