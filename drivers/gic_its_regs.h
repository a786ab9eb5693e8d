/* SPDX-License-Identifier: BSD-3-Clause */
/* Registers of an ITS and of a redistributor's LPIs (IHI 0069, sections 12.19 and 12.11). */
#ifndef DRIVERS_GIC_ITS_REGS_H
#define DRIVERS_GIC_ITS_REGS_H

#include "hv/bits.h"

enum gits_reg {
	GITS_CTLR = 0x0000,       /* 32 rw */
	GITS_TYPER = 0x0008,      /* 64 ro */
	GITS_CBASER = 0x0080,     /* 64 rw: the command queue */
	GITS_CWRITER = 0x0088,    /* 64 rw: where the next command goes */
	GITS_CREADR = 0x0090,     /* 64 ro: the next one it will take */
	GITS_BASER = 0x0100,      /* 64 rw, eight: tables it keeps in memory */
	GITS_PIDR2 = 0xffe8,
	GITS_FRAME = 0x20000,     /* with the page of GITS_TRANSLATER */
};

enum { GITS_BASERS = 8 };

#define GITS_CTLR_ENABLED BIT(0)
#define GITS_CTLR_QUIESCENT BIT(31)
#define GITS_TYPER_PHYSICAL BIT(0)
#define GITS_TYPER_ITT_ENTRY MASK(7, 4)     /* bytes, less one */
#define GITS_TYPER_ID_BITS MASK(12, 8)      /* of an EventID, less one */
#define GITS_TYPER_DEV_BITS MASK(17, 13)    /* of a DeviceID, less one */
#define GITS_TYPER_PTA BIT(19)              /* redistributors go by address, not by number */
#define GITS_TYPER_HCC MASK(31, 24)         /* collections it has without a table */
#define GITS_TYPER_CID_BITS MASK(35, 32)    /* of an ICID, less one, ... */
#define GITS_TYPER_CIL BIT(36)              /* ... where this is set; else sixteen */
#define GITS_QUEUE_OFFSET MASK(19, 5)
#define GITS_CWRITER_RETRY BIT(0)
#define GITS_CREADR_STALLED BIT(0)
#define GITS_BASER_INDIRECT BIT(62)
#define GITS_BASER_TYPE MASK(58, 56)
#define GITS_BASER_ENTRY MASK(52, 48)       /* bytes, less one */
#define GITS_BASER_PAGE MASK(9, 8)          /* 4, 16, 64 KiB */
#define GITS_BASER_PAGES MASK(7, 0)         /* less one */

enum gits_table {
	GITS_TABLE_NONE = 0,
	GITS_TABLE_DEVICES = 1,
	GITS_TABLE_COLLECTIONS = 4,
};

/* Common to CBASER, BASER, GICR_PROPBASER and GICR_PENDBASER; inner cacheability is elsewhere. */
#define GITS_VALID BIT(63)
#define GITS_INNER MASK(61, 59)             /* CBASER, BASER */
#define GITS_SHARE MASK(11, 10)
#define GICR_INNER MASK(9, 7)               /* PROPBASER, PENDBASER */

enum {
	GITS_INNER_NC = 1,
	GITS_INNER_WB = 7,                  /* read and write allocate */
	GITS_SHARE_INNER = 1,
};

enum gicr_lpi_reg {
	GICR_PROPBASER = 0x0070,            /* 64 rw: the configuration table */
	GICR_PENDBASER = 0x0078,            /* 64 rw: this CPU's pending table */
};

#define GICD_TYPER_LPIS BIT(17)
#define GICD_TYPER_ID_BITS MASK(23, 19)     /* of an INTID, less one */
#define GICR_CTLR_LPIS BIT(0)
#define GICR_TYPER_PLPIS BIT(0)
#define GICR_TYPER_NUMBER MASK(23, 8)       /* of its CPU, for the ITS */
#define GICR_PROPBASER_ID_BITS MASK(4, 0)   /* less one */
#define GICR_PENDBASER_ZERO BIT(62)         /* the table is all zeroes */
#define LPI_ENABLED BIT(0)                  /* in the configuration table, a byte an LPI */

#endif
