/* SPDX-License-Identifier: BSD-3-Clause */
/* How the parts of a plan are called in maps, pictures and listings. */
/* host */
#ifndef TOOLS_FACET_CHECK_NAMES_H
#define TOOLS_FACET_CHECK_NAMES_H

#include "hv/plan/plan.h"

/* A partition's name, "hypervisor", or "-" for nobody. */
const char *name_owner(const struct plan *plan, unsigned owner);
/* "4 KiB", "512 MiB", "0x1234 B". */
const char *name_size(uint64_t size);
/* Addresses of one plan have the same number of digits. */
const char *name_addr(uint64_t addr);
/* "0x40000000..0x4fffffff" */
const char *name_range(uint64_t base, uint64_t size);
/* "linux-a handle 3", "mux channel 1", "the shell" */
const char *name_end(const struct plan *plan, const struct plan_end *end);
/* A CPU's number in the layout: its place in the board's tree on arm64, PIR on ppc. */
uint64_t name_cpu(const struct plan *plan, unsigned cpu);
/* "0-3 5": the CPUs of a partition by these numbers */
const char *name_cpus(const struct plan *plan, const struct plan_part *part);
/* Interrupt or stream numbers of a device, separated by blanks. */
const char *name_irqs(const struct plan *plan, const struct plan_dev *dev);
const char *name_streams(const struct plan *plan, const struct plan_dev *dev);
/* "00:04.0" */
const char *name_function(const struct plan_pci_fn *fn);
/* "confined", "window /bare/dma", "trusted" or "unprotected": what its DMA may reach. */
const char *name_dma(const struct plan *plan, const struct plan_pci_fn *fn);
/* "direct", "virtual" or "virtual, messages 96-103" */
const char *name_delivery(const struct plan_part *part);

#endif
