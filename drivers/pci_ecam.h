/* SPDX-License-Identifier: BSD-3-Clause */
/* A PCI host bridge whose configuration space lies in memory (PCI Express Base 4.0, 7.2.2). */
/* any CPU; no two writes to one register at a time */
#ifndef DRIVERS_PCI_ECAM_H
#define DRIVERS_PCI_ECAM_H

#include "hv/err.h"
#include "hv/plan/plan.h"

/* 1 MiB a bus, 4 KiB a function; a bus is mapped when it is first needed. */
struct pci_ecam {
	hpa_t at;
	uint8_t bus_first, bus_last;
	volatile void **buses; /* NULL: not mapped */
};

/* Boot CPU. ERR_FULL: out of boot memory. */
must_check enum err pci_ecam_init(struct pci_ecam *e, const struct plan_pci_host *plan);
/* Boot CPU, before the plan is sealed. ERR_RANGE: no such bus; ERR_FULL: no room for the tables. */
must_check enum err pci_ecam_map(struct pci_ecam *e, unsigned int bus);
/*
 * at < 4096, a multiple of size; size 1, 2 or 4; rid: bus << 8 | device << 3 | function. Where
 * nothing answers, or the bus is not mapped, reads give ones and writes have no effect.
 */
uint32_t pci_ecam_read(const struct pci_ecam *e, unsigned int rid, unsigned int at,
		       unsigned int size);
void pci_ecam_write(const struct pci_ecam *e, unsigned int rid, unsigned int at, unsigned int size,
		    uint32_t x);

#endif
