/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PAMU registers and table entry bits.
 */
#ifndef P4080_PAMU_REGS_H
#define P4080_PAMU_REGS_H

#include "machine.h"

#define PAMU_BASE 0x20000u
#define PAMU_STRIDE 0x1000u

#define PAMU_PPBAH 0x00 /* primary table: base H, L, limit H, L */
#define PAMU_SPBAH 0x10 /* secondary table */
#define PAMU_OBAH 0x20	/* operation mapping table */
#define PAMU_POES1 0x40
#define PAMU_AVS1 0x50
#define PAMU_AVS2 0x54
#define PAMU_AVAH 0x58
#define PAMU_AVAL 0x5c
#define PAMU_EECTL 0x60
#define PAMU_EEINTEN 0x68
#define PAMU_EEDET 0x6c
#define PAMU_PC2 0xc08
#define PAMU_PC3 0xc0c
#define PAMU_PC 0xc10
#define PAMU_PICS 0xc1c

#define AVS1_AV 0x1u
#define AVS1_STATUS 0x7fffu
#define PC_PGC 0x80000000u
#define PC_PE 0x40000000u
#define PC_OCE 0x00001000u
#define PICS_AVICS 0x8u
#define PICS_AVIE 0x4u
#define PICS_POEICS 0x2u
#define PICS_POEIE 0x1u

/* Table entry word 1 */
#define PAACE_MW 0x20u
#define PAACE_V 0x1u

struct pamu {
	struct machine *machine;
	unsigned index;
	uint32_t reg[0x400];
};

struct pamu_errata {
	bool a003638; /* AVICS stays low while the interrupt fires */
	bool a001;    /* writing 1 to a status bit that is 0 sets it */
	bool a005982; /* base register writes need OCE=1 to take effect */
};
extern struct pamu_errata pamu_errata;

/* Recompute the interrupt lines of all PAMUs. */
void pamu_update(struct machine *m);

#endif
