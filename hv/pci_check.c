/* SPDX-License-Identifier: BSD-3-Clause */
/* What the layout says of a PCI function, held against the function itself. */
/* pure: works on what was found at boot */
#include "hv/fmt.h"
#include "hv/pci_fn.h"

#define PCI_CLASS_BRIDGE 0x06u

size_t pci_fn_bars_text(const struct pci_fn *f, bool is_io, char *text, size_t size)
{
	size_t n = fmt_print(text, size, is_io ? "pci-io-bars =" : "pci-bars =");
	const char *comma = " ";

	for (unsigned int i = 0; i < PCI_BARS; i++) {
		const struct pci_bar *bar = &f->bars[i];

		if (bar->size != 0 && bar->is_io == is_io) {
			n += fmt_print(text + n, size - n, "%s<%u %#x %#x>", comma, i,
				       (unsigned int)(bar->size >> 32), (unsigned int)bar->size);
			comma = ", ";
		}
	}
	n += fmt_print(text + n, size - n, ";");
	return n;
}

uint16_t pci_fn_vectors(const struct pci_fn *f)
{
	return f->msi > f->msix ? f->msi : f->msix;
}

static const struct plan_bar *pci_planned_bar(const struct plan_pci_fn *fn, const struct plan *plan,
					      unsigned int number)
{
	for (unsigned int i = 0; i < fn->bar_count; i++) {
		const struct plan_bar *bar = &plan->bars[fn->bar_first + i];

		if (bar->number == number) {
			return bar;
		}
	}
	return NULL;
}

/* Memory BARs have to be there all; I/O BARs all or none, as one switch decodes them together. */
static bool pci_check_bars(const struct pci_fn *f, const struct plan *plan, bool is_io)
{
	unsigned int planned = 0;
	unsigned int found = 0;
	bool is_good = true;

	for (unsigned int i = 0; i < PCI_BARS; i++) {
		const struct plan_bar *bar = pci_planned_bar(f->plan, plan, i);
		const struct pci_bar *hw = &f->bars[i];
		bool is_planned = bar != NULL && (bar->space == PLAN_PCI_IO) == is_io;
		bool is_found = hw->size != 0 && hw->is_io == is_io;

		planned += is_planned;
		found += is_found;
		if (is_planned && (!is_found || bar->size != hw->size)) {
			is_good = false;
		}
	}
	return is_good && (planned == found || (is_io && planned == 0));
}

/* The plan has put a 32-bit register where 32 bits do not reach. */
static const struct plan_bar *pci_check_reach(const struct pci_fn *f, const struct plan *plan)
{
	for (unsigned int i = 0; i < f->plan->bar_count; i++) {
		const struct plan_bar *bar = &plan->bars[f->plan->bar_first + i];

		if (!f->bars[bar->number].is_64 && bar->bus >> 32 != 0) {
			return bar;
		}
	}
	return NULL;
}

static bool pci_check_msix(const struct pci_fn *f, const struct plan *plan)
{
	for (unsigned int i = 0; i < PCI_BARS && f->msix != 0; i++) {
		if (f->msix_bars >> i & 1 && pci_planned_bar(f->plan, plan, i) == NULL) {
			return false;
		}
	}
	return true;
}

bool pci_fn_check(const struct pci_fn *f, const struct plan *plan, char *text, size_t size)
{
	const struct plan_pci_fn *fn = f->plan;
	const struct plan_bar *bar;
	size_t n = fmt_print(text, size, "%s: %04x:%04x ", fn->path, f->vendor, f->device);

	text += n;
	size -= n;
	if (f->header != 0 || f->class >> 16 == PCI_CLASS_BRIDGE) {
		fmt_print(text, size, "is a bridge, which no guest can have");
	} else if (f->rid >> 8 != f->host->bus_first) {
		fmt_print(text, size, "is behind a bridge; only functions of bus %u can be had",
			  f->host->bus_first);
	} else if (!pci_check_bars(f, plan, false)) {
		n = fmt_print(text, size, "has other BARs; write ");
		(void)pci_fn_bars_text(f, false, text + n, size - n);
	} else if (!pci_check_bars(f, plan, true)) {
		n = fmt_print(text, size, "has other I/O BARs; leave them all out or write ");
		(void)pci_fn_bars_text(f, true, text + n, size - n);
	} else if ((bar = pci_check_reach(f, plan)) != NULL) {
		fmt_print(text, size, "BAR %u has 32 bits and cannot be at %#" PRIx64, bar->number,
			  bar->bus);
	} else if (fn->pin != 0 && fn->pin != f->pin) {
		fmt_print(text, size,
			  f->pin == 0 ? "has no interrupt pin; leave pci-intx out"
				      : "has another interrupt pin; write pci-intx = <%u>;",
			  f->pin);
	} else if (fn->vectors > pci_fn_vectors(f)) {
		fmt_print(text, size, "sends fewer messages; write pci-msi-vectors = <%u>;",
			  pci_fn_vectors(f));
	} else if (fn->vectors != 0 && !pci_check_msix(f, plan)) {
		fmt_print(text, size, "has its MSI-X table in a BAR that is not in the layout");
	} else {
		return true;
	}
	return false;
}
