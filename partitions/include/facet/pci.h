/* SPDX-License-Identifier: BSD-3-Clause */
/* PCI functions as a program finds them: through the ECAM of its tree, on the bare machine too. */
/* boot CPU; arm64 */
#ifndef FACET_PCI_H
#define FACET_PCI_H

#include "facet/facet.h"

struct pci_fn {
	uint64_t config; /* its 4 KiB of configuration space */
	uint32_t rid;	 /* bus << 8 | device << 3 | function */
	int host;	 /* node of its host bridge */
};

#define PCI_ID(vendor, device) ((uint32_t)(device) << 16 | (vendor))
#define PCI_ANY 0u

enum {
	PCI_COMMAND = 0x04,
	PCI_COMMAND_IO = 1 << 0,
	PCI_COMMAND_MEMORY = 1 << 1,
	PCI_COMMAND_MASTER = 1 << 2,
	PCI_COMMAND_NO_INTX = 1 << 10,
	PCI_CAP_MSI = 0x05,
	PCI_CAP_MSIX = 0x11,
};

/* The n-th function with this identification (PCI_ANY: any); false: there is none. */
bool pci_find(uint32_t id, unsigned int n, struct pci_fn *fn);
/* Configuration space; size 1, 2 or 4, offset a multiple of it. */
uint32_t pci_read(const struct pci_fn *fn, unsigned int offset, unsigned int size);
void pci_write(const struct pci_fn *fn, unsigned int offset, unsigned int size, uint32_t value);
/* Offset of a capability; 0: it has not got that. */
unsigned int pci_cap(const struct pci_fn *fn, unsigned int id);
/* Address of memory BAR n. One that nobody has placed (bare machine) is placed now. 0: not there. */
uint64_t pci_bar(const struct pci_fn *fn, unsigned int n);
/* Let it decode memory accesses and be a bus master, or neither. */
void pci_enable(const struct pci_fn *fn, bool on);
/* Number of its INTx line as irq_on() takes it; 0: none. */
uint32_t pci_intx(const struct pci_fn *fn);
/* The frame that turns messages into interrupts: where to write, and the numbers it takes. */
struct msi_frame {
	uint64_t doorbell;
	uint32_t first, count;
};
bool msi_frame(struct msi_frame *frame);
/* Send its (only) message as this data to this address; false: it cannot. */
bool pci_msi_set(const struct pci_fn *fn, uint64_t address, uint32_t data);
/* The same with the next free interrupt of the message frame, whose number is returned; 0: none. */
uint32_t pci_msi(const struct pci_fn *fn);

#endif
