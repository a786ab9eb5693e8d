/* SPDX-License-Identifier: BSD-3-Clause */
/* Resetting a PCI function and bringing its configuration space back to first-boot state. */
/* its partition's CPU, or the boot CPU */
/*
 * By function level reset (PCI Express Base 4.0, 6.6.2; Advanced Features for conventional PCI),
 * else by a visit to D3hot where that resets (PCI PM 1.2, 5.4.1). A function that has none of them
 * keeps its internal state, with bus master off and its streams cut until its guest's driver has
 * set it up again.
 */
#include "hv/pci_fn.h"

#define PCI_FLR_MS 100
#define PCI_D3_MS 10

void pci_fn_cut(const struct pci_fn *f)
{
	uint32_t command = pci_fn_read(f, PCI_COMMAND, 2);

	pci_fn_write(f, PCI_COMMAND, 2,
		     (command & ~(uint32_t)PCI_COMMAND_MASTER) | PCI_COMMAND_INTX_OFF);
}

static bool pci_fn_has_flr(const struct pci_fn *f)
{
	return f->cap_express != 0 &&
	       (pci_fn_read(f, f->cap_express + PCI_EXP_CAPS, 4) & PCI_EXP_CAPS_FLR) != 0;
}

static bool pci_fn_has_af(const struct pci_fn *f)
{
	return f->cap_af != 0 &&
	       (pci_fn_read(f, f->cap_af + PCI_AF_CAPS, 1) & PCI_AF_CAPS_FLR) != 0;
}

bool pci_fn_is_idle(const struct pci_fn *f)
{
	if (pci_fn_has_flr(f)) {
		return !(pci_fn_read(f, f->cap_express + PCI_EXP_STATUS, 2) & PCI_EXP_STATUS_BUSY);
	}
	return !pci_fn_has_af(f) || !(pci_fn_read(f, f->cap_af + PCI_AF_STATUS, 1) & 1);
}

unsigned int pci_fn_reset_begin(const struct pci_fn *f)
{
	unsigned int express = f->cap_express;
	unsigned int power = f->cap_pm + PCI_PM_CONTROL;

	if (pci_fn_has_flr(f)) {
		pci_fn_write(f, express + PCI_EXP_CONTROL, 2, f->exp_control | PCI_EXP_CONTROL_FLR);
		return PCI_FLR_MS;
	}
	if (pci_fn_has_af(f)) {
		pci_fn_write(f, f->cap_af + PCI_AF_CONTROL, 1, 1);
		return PCI_FLR_MS;
	}
	if (f->cap_pm != 0 && !(pci_fn_read(f, power, 2) & PCI_PM_NO_RESET)) {
		pci_fn_write(f, power, 2, PCI_PM_STATE);
		return PCI_D3_MS;
	}
	return 0;
}

unsigned int pci_fn_reset_end(const struct pci_fn *f)
{
	unsigned int power = f->cap_pm + PCI_PM_CONTROL;

	if (f->cap_pm != 0 && (pci_fn_read(f, power, 2) & PCI_PM_STATE)) {
		pci_fn_write(f, power, 2, 0);
		return PCI_D3_MS;
	}
	return 0;
}

static void pci_fn_place(const struct pci_fn *f, const struct plan *plan)
{
	for (unsigned int i = 0; i < PCI_BARS; i++) {
		pci_fn_write(f, PCI_BAR0 + 4 * i, 4, 0);
	}
	for (unsigned int i = 0; i < f->plan->bar_count; i++) {
		const struct plan_bar *bar = &plan->bars[f->plan->bar_first + i];
		unsigned int at = PCI_BAR0 + 4u * bar->number;

		pci_fn_write(f, at, 4, (uint32_t)bar->bus);
		if (f->bars[bar->number].is_64) {
			pci_fn_write(f, at + 4, 4, (uint32_t)(bar->bus >> 32));
		}
	}
	pci_fn_write(f, PCI_ROM, 4, 0);
}

/* Off; address, data and mask bits 0, as many registers as it has (PCI 3.0, 6.8.1). */
static void pci_fn_forget_msi(const struct pci_fn *f)
{
	uint32_t control = pci_fn_read(f, f->cap_msi + PCI_MSI_CONTROL, 2);
	unsigned int end = PCI_MSI_ADDRESS + 8 + (control & PCI_MSI_64 ? 4 : 0) +
			   (control & PCI_MSI_MASKS ? 4 : 0);

	pci_fn_write(f, f->cap_msi + PCI_MSI_CONTROL, 2, 0);
	for (unsigned int at = PCI_MSI_ADDRESS; at < end; at += 4) {
		pci_fn_write(f, f->cap_msi + at, 4, 0);
	}
}

bool pci_fn_restore(const struct pci_fn *f, const struct plan *plan)
{
	if (pci_fn_read(f, PCI_VENDOR, 2) != f->vendor) {
		return false;
	}
	pci_fn_write(f, PCI_COMMAND, 2, PCI_COMMAND_INTX_OFF);
	pci_fn_write(f, PCI_STATUS, 2, PCI_STATUS_CLEAR);
	pci_fn_write(f, PCI_CACHE_LINE, 1, 0);
	pci_fn_place(f, plan);
	if (f->cap_msi != 0) {
		pci_fn_forget_msi(f);
	}
	if (f->cap_msix != 0) {
		pci_fn_write(f, f->cap_msix + PCI_MSIX_CONTROL, 2, 0);
	}
	if (f->cap_express != 0) {
		pci_fn_write(f, f->cap_express + PCI_EXP_CONTROL, 2, f->exp_control);
		pci_fn_write(f, f->cap_express + PCI_EXP_STATUS, 2, PCI_EXP_STATUS_CLEAR);
		pci_fn_write(f, f->cap_express + PCI_EXP_LINK_CONTROL, 2, f->exp_link);
	}
	if (f->exp_control2 != 0) {
		pci_fn_write(f, f->cap_express + PCI_EXP_CONTROL2, 2, f->exp_control2);
	}
	return true;
}

/*
 * Some functions reset themselves when their registers are told to (NVMe's NSSR): then they have no
 * addresses, and a pin that nobody was given is no longer off. Nothing of that may meet another's.
 */
void pci_fn_settle(const struct pci_fn *f, const struct plan *plan)
{
	uint32_t command = pci_fn_read(f, PCI_COMMAND, 2);

	if (command & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY)) {
		return;
	}
	pci_fn_place(f, plan);
	if (f->plan->pin == 0) {
		pci_fn_write(f, PCI_COMMAND, 2, command | PCI_COMMAND_INTX_OFF);
	}
}

void pci_fn_open(const struct pci_fn *f, const struct plan *plan)
{
	bool is_asserted = (pci_fn_read(f, PCI_STATUS, 2) & PCI_STATUS_INTX) != 0;
	uint32_t command = f->plan->pin != 0 && !is_asserted ? 0 : PCI_COMMAND_INTX_OFF;

	for (unsigned int i = 0; i < f->plan->bar_count; i++) {
		command |= plan->bars[f->plan->bar_first + i].space == PLAN_PCI_IO
			       ? PCI_COMMAND_IO
			       : PCI_COMMAND_MEMORY;
	}
	pci_fn_write(f, PCI_COMMAND, 2, command);
}
