/* SPDX-License-Identifier: BSD-3-Clause */
/* GICv3 registers in memory, as the hypervisor uses them (IHI 0069, chapter 12). */
#ifndef DRIVERS_GICV3_REGS_H
#define DRIVERS_GICV3_REGS_H

#include "hv/bits.h"

enum gicd_reg {
	GICD_CTLR = 0x0000,       /* 32 rw: 12.9.4 */
	GICD_TYPER = 0x0004,      /* 32 ro: 12.9.38 */
	GICD_IGROUPR = 0x0080,    /* 32 rw, a bit a line: 12.9.9 */
	GICD_ISENABLER = 0x0100,  /* 32 set */
	GICD_ICENABLER = 0x0180,  /* 32 clear */
	GICD_ISPENDR = 0x0200,
	GICD_ICPENDR = 0x0280,
	GICD_ISACTIVER = 0x0300,
	GICD_ICACTIVER = 0x0380,
	GICD_IPRIORITYR = 0x0400, /* 8 or 32 rw, a byte a line */
	GICD_ICFGR = 0x0c00,      /* 32 rw, two bits a line: upper one is edge */
	GICD_IROUTER = 0x6000,    /* 64 rw, eight bytes a line */
	GICD_PIDR2 = 0xffe8,      /* 32 ro: architecture revision in [7:4] */
};

#define GICD_CTLR_GRP0 BIT(0)
#define GICD_CTLR_GRP1 BIT(1)
#define GICD_CTLR_ARE BIT(4)
#define GICD_CTLR_DS BIT(6)
#define GICD_CTLR_RWP BIT(31)
#define GICD_TYPER_LINES MASK(4, 0)  /* words of 32 lines, less one */

/* A redistributor: the RD page, then the SGI page, which has the distributor's offsets. */
enum gicr_reg {
	GICR_CTLR = 0x0000,       /* 32 rw: 12.11.2 */
	GICR_TYPER = 0x0008,      /* 64 ro: 12.11.35 */
	GICR_WAKER = 0x0014,      /* 32 rw: 12.11.42 */
	GICR_PIDR2 = 0xffe8,
	GICR_SGI = 0x10000,
	GICR_FRAME = 0x20000,
	GICR_FRAME_V4 = 0x40000,  /* with the virtual LPI pages */
};

#define GICR_CTLR_RWP BIT(3)
#define GICR_TYPER_VLPIS BIT(1)
#define GICR_TYPER_LAST BIT(4)
#define GICR_TYPER_AFFINITY MASK(63, 32)
#define GICR_WAKER_SLEEP BIT(1)
#define GICR_WAKER_ASLEEP BIT(2)

#endif
