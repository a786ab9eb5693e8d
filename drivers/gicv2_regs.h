/* SPDX-License-Identifier: BSD-3-Clause */
/* GICv2 registers as the hypervisor uses them (IHI 0048, chapters 4 and 5). */
#ifndef DRIVERS_GICV2_REGS_H
#define DRIVERS_GICV2_REGS_H

#include "hv/bits.h"

enum gicd2_reg {
	GICD_CTLR = 0x000,       /* 32 rw */
	GICD_TYPER = 0x004,      /* 32 ro */
	GICD_IIDR = 0x008,       /* 32 ro: implementer */
	GICD_ISENABLER = 0x100,  /* 32, a bit a line; word 0 banked by CPU */
	GICD_ICENABLER = 0x180,
	GICD_ISPENDR = 0x200,
	GICD_ICPENDR = 0x280,
	GICD_ISACTIVER = 0x300,
	GICD_ICACTIVER = 0x380,
	GICD_IPRIORITYR = 0x400, /* 8 or 32, a byte a line */
	GICD_ITARGETSR = 0x800,  /* 8 or 32, a byte a line; of the first 32: the caller's own bit */
	GICD_ICFGR = 0xc00,      /* 32, two bits a line: upper one is edge */
	GICD_SGIR = 0xf00,       /* 32 wo: targets [23:16], INTID [3:0] */
};

#define GICD2_CTLR_ENABLE BIT(0)
#define GICD2_TYPER_LINES MASK(4, 0)

enum gicc_reg {
	GICC_CTLR = 0x000,
	GICC_PMR = 0x004,
	GICC_BPR = 0x008,
	GICC_IAR = 0x00c,        /* source CPU of an SGI in [12:10] */
	GICC_EOIR = 0x010,       /* takes what IAR gave */
	GICC_DIR = 0x1000,
};

#define GICC_CTLR_ENABLE BIT(0)
#define GICC_CTLR_EOIMODE BIT(9)
#define GICC_IAR_INTID MASK(9, 0)

enum gich_reg {
	GICH_HCR = 0x000,
	GICH_VTR = 0x004,
	GICH_VMCR = 0x008,
	GICH_ELRSR0 = 0x030,     /* a bit for each empty list register of the first 32 */
	GICH_APR = 0x0f0,
	GICH_LR0 = 0x100,
};

#define GICH_HCR_EN BIT(0)
#define GICH_HCR_UIE BIT(1)
#define GICH_HCR_NPIE BIT(3)
#define GICH_VTR_LRS MASK(5, 0)
#define GICH_LR_HW BIT(31)
#define GICH_LR_STATE MASK(29, 28)
#define GICH_LR_PRIO MASK(27, 23)   /* upper five bits of the priority */
#define GICH_LR_PHYS MASK(19, 10)
#define GICH_LR_EOI BIT(19)         /* without HW */
#define GICH_LR_CPU MASK(12, 10)    /* without HW: sender of an SGI */
#define GICH_LR_VIRT MASK(9, 0)

#endif
