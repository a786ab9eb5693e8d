/* SPDX-License-Identifier: BSD-3-Clause */
/* The MSI-X table of a function, which lies in one of its BARs, as after power-on. */
/* the function is restored and not in use; its partition's CPU, or the boot CPU */
/*
 * A guest writes its table itself. Not every reset clears it, and where there is none the next life
 * would find the last one's messages there, unmasked.
 */
#include "arch/mmio.h"
#include "hv/arch.h"
#include "hv/pci_fn.h"

/* An entry (PCI 3.0, 6.8.2.6 to 6.8.2.9), by word. */
enum {
	MSIX_ADDRESS = 0,
	MSIX_ADDRESS_HIGH = 4,
	MSIX_DATA = 8,
	MSIX_CONTROL = 12,
	MSIX_ENTRY = 16,
	MSIX_MASKED = 1, /* in the control word, its state after reset */
};

enum err pci_msix_map(struct pci_fn *f, const struct plan *plan)
{
	uint32_t at = f->cap_msix != 0 ? pci_fn_read(f, f->cap_msix + PCI_MSIX_TABLE, 4) : 0;
	uint64_t offset = at & ~(uint32_t)PCI_MSIX_BIR, size = (uint64_t)f->msix * MSIX_ENTRY;

	for (unsigned int i = 0; f->cap_msix != 0 && i < f->plan->bar_count; i++) {
		const struct plan_bar *bar = &plan->bars[f->plan->bar_first + i];

		if (bar->number == (at & PCI_MSIX_BIR) && bar->space != PLAN_PCI_IO &&
		    offset < bar->size && size <= bar->size - offset) {
			f->msix_table = arch_hmem_device(hpa(hpa_raw(bar->hpa) + offset), size);
			return f->msix_table != NULL ? OK : ERR_FULL;
		}
	}
	return OK;
}

/* Writes alone: what a function does not answer must not come back as an abort of the hypervisor's. */
void pci_msix_forget(const struct pci_fn *f)
{
	if (f->msix_table == NULL) {
		return;
	}
	pci_fn_write(f, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_OFF);
	for (uint64_t at = 0; at < (uint64_t)f->msix * MSIX_ENTRY; at += MSIX_ENTRY) {
		mmio_wr32(f->msix_table, at + MSIX_CONTROL, MSIX_MASKED);
		mmio_wr32(f->msix_table, at + MSIX_ADDRESS, 0);
		mmio_wr32(f->msix_table, at + MSIX_ADDRESS_HIGH, 0);
		mmio_wr32(f->msix_table, at + MSIX_DATA, 0);
	}
	/* A read behind them, so that they have arrived before decoding ends. */
	(void)pci_fn_read(f, PCI_COMMAND, 2);
	pci_fn_write(f, PCI_COMMAND, 2, PCI_COMMAND_INTX_OFF);
}
