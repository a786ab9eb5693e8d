/* SPDX-License-Identifier: BSD-3-Clause */
/* PCI functions of partitions, where the planner gives none to any (twin of pci.c). */
/* any CPU */
#include "hv/pci.h"
#include "hv/console.h"
#include "hv/shell_cmd.h"

enum err pci_init(const struct plan *plan)
{
	return plan->pci_host_count == 0 ? OK : ERR_UNSUPPORTED;
}

enum err pci_part_init(struct part *p, const char **what)
{
	(void)p;
	(void)what;
	return OK;
}

void pci_part_open(struct part *p)
{
	(void)p;
}

void pci_part_cut(struct part *p)
{
	(void)p;
}

void pci_part_reset(struct part *p)
{
	(void)p;
}

void shell_pci(unsigned int argc, char **argv)
{
	(void)argc;
	(void)argv;
	console_print("no driver for a PCI host bridge\n");
}
