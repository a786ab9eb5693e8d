/* SPDX-License-Identifier: BSD-3-Clause */
/* What a guest sees of the configuration space of a PCI function, and which of its writes matter.
 */
/* pure; no two calls on one function at a time */
#ifndef HV_VPCI_FILTER_H
#define HV_VPCI_FILTER_H

#include "drivers/pci_regs.h"
#include "hv/types.h"

/* What its partition has been given of a function. */
struct vpci_grant {
	uint32_t bars[PCI_BARS];   /* registers with the planned addresses and their flag bits, */
	uint32_t sizing[PCI_BARS]; /* and how hardware answers to all ones; 0: not there */
	uint16_t vectors;	   /* messages; 0: no MSI, no MSI-X */
	uint8_t pin;		   /* 1..4, 0 none */
	bool has_io;		   /* one of the BARs is I/O */
	bool is_multi;		   /* function 0, and there are others of the same device */
};

/*
 * Five bits of decision for every bit of the space, as masks by byte. Where nothing is said a read
 * gives 0 and a write has no effect.
 */
struct vpci_fn {
	uint8_t image[PCI_SPACE];     /* reads: this, */
	uint8_t ask[PCI_SPACE];	      /* or what hardware says now */
	uint8_t pass[PCI_SPACE];      /* writes: go to hardware, */
	uint8_t clear[PCI_SPACE];     /* go there to clear a bit by writing 1, */
	uint8_t keep[PCI_SPACE];      /* or change the image */
	uint8_t fixed[4 * PCI_BARS];  /* address registers as planned, */
	uint8_t sizing[4 * PCI_BARS]; /* and after a byte of ones */
	uint8_t beyond; /* every byte from 256 on: 0 or, for a conventional function, all ones */
};

/* hw: its first 256 bytes, read once its BARs and control registers are in first-boot state. */
void vpci_fn_init(struct vpci_fn *f, const uint8_t *hw, const struct vpci_grant *grant);
/* The guest's own scratch bits and sizing return to first-boot state. */
void vpci_fn_reset(struct vpci_fn *f);

/*
 * at < 4096, a multiple of size; size 1, 2 or 4. What a read gives, except for the bits set in
 * *ask, which hardware has to be asked for.
 */
uint32_t vpci_fn_read(const struct vpci_fn *f, unsigned int at, unsigned int size, uint32_t *ask);

/* What of a write reaches hardware: bits of the value that are stored, and that clear if 1. */
struct vpci_store {
	uint32_t pass, clear;
};
struct vpci_store vpci_fn_write(struct vpci_fn *f, unsigned int at, unsigned int size,
				uint32_t g_value);

#endif
