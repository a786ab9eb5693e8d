/* SPDX-License-Identifier: BSD-3-Clause */
/* Shell command that shows PCI functions, and what to write to give one away. */
/* console CPU, no locks; shows what was found at boot and what was planned */
#include "hv/console.h"
#include "hv/fmt.h"
#include "hv/part.h"
#include "hv/pci_fn.h"
#include "hv/shell_cmd.h"

static const char *shell_pci_class(uint32_t class)
{
	static const struct {
		uint16_t class; /* base and subclass */
		const char *name;
	} names[] = {
	    {0x0100, "SCSI"},	  {0x0101, "IDE"},    {0x0106, "SATA"},	 {0x0108, "NVMe"},
	    {0x0200, "Ethernet"}, {0x0300, "VGA"},    {0x0403, "audio"}, {0x0600, "host bridge"},
	    {0x0604, "bridge"},	  {0x0700, "serial"}, {0x0c03, "USB"},	 {0x0c05, "SMBus"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].class == class >> 8) {
			return names[i].name;
		}
	}
	return "other";
}

static const char *shell_pci_owner(const struct pci_fn *f)
{
	if (f->plan == NULL) {
		return "-";
	}
	return f->plan->owner < part_count ? parts[f->plan->owner].plan->name : "-";
}

static void shell_pci_planned(const struct pci_fn *f)
{
	for (unsigned int i = 0; i < f->plan->bar_count; i++) {
		const struct plan_bar *bar = &the_plan->bars[f->plan->bar_first + i];

		console_print("         BAR %u at %#" PRIx64 ", %#" PRIx64 " bytes%s\n",
			      bar->number, hpa_raw(bar->hpa), bar->size,
			      bar->space == PLAN_PCI_IO ? " of I/O" : "");
	}
	if (f->plan->pin != 0) {
		console_print("         INT%c%s\n", 'A' + f->plan->pin - 1,
			      f->plan->irq == NONE ? " (no line)" : "");
	}
	if (f->plan->vectors != 0) {
		console_print("         %u of %u messages\n", f->plan->vectors, pci_fn_vectors(f));
	}
}

static bool shell_pci_has(const struct pci_fn *f, bool is_io)
{
	for (unsigned int i = 0; i < PCI_BARS; i++) {
		if (f->bars[i].size != 0 && f->bars[i].is_io == is_io) {
			return true;
		}
	}
	return false;
}

/* The body of a node of a partition. */
static void shell_pci_layout(const struct pci_fn *f)
{
	const struct plan_pci_host *host = &the_plan->pci_hosts[f->host_index];
	char text[200];

	console_print("         device = \"%s\"; pci-function = <%u %u %u>;\n",
		      the_plan->devs[host->dev].path, f->rid >> 8, f->rid >> 3 & 31u, f->rid & 7u);
	for (unsigned int is_io = 0; is_io < 2; is_io++) {
		if (shell_pci_has(f, is_io)) {
			(void)pci_fn_bars_text(f, is_io, text, sizeof(text));
			console_print("         %s%s\n", text,
				      is_io ? " /* may be left out */" : "");
		}
	}
	if (f->pin != 0) {
		console_print("         pci-intx = <%u>;\n", f->pin);
	}
	if (pci_fn_vectors(f) != 0) {
		console_print("         pci-msi-vectors = <%u>; /* at most */\n",
			      pci_fn_vectors(f));
	}
}

void shell_pci(unsigned int argc, char **argv)
{
	(void)argc;
	(void)argv;
	console_print("%-8s %-9s %-12s %s\n", "function", "id", "class", "owner");
	for (unsigned int i = 0; i < pci_fn_count; i++) {
		const struct pci_fn *f = &pci_fns[i];

		console_print("%02x:%02x.%u  %04x:%04x %-12s %s\n", f->rid >> 8, f->rid >> 3 & 31u,
			      f->rid & 7u, f->vendor, f->device, shell_pci_class(f->class),
			      shell_pci_owner(f));
		if (f->plan != NULL) {
			shell_pci_planned(f);
		} else if (f->rid >> 8 != f->host->bus_first) {
			console_print("         behind a bridge: cannot be given away\n");
		} else if (f->header == 0 && f->class >> 8 != 0x0600) {
			shell_pci_layout(f);
		}
	}
}
