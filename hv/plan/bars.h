/* SPDX-License-Identifier: BSD-3-Clause */
/* A place for one BAR inside a window of a PCI bridge. */
/* pure */
#ifndef HV_PLAN_BARS_H
#define HV_PLAN_BARS_H

#include "hv/plan/plan.h"

#define BARS_NOWHERE UINT64_MAX

/*
 * Lowest bus address of a window, page 0 left out, that is a multiple of `size` (a power of two)
 * and of 4 KiB and whose pages on the CPU's side meet none of the busy ranges; or
 * BARS_NOWHERE.
 */
uint64_t bars_find(const struct plan_pci_window *w, const struct range *busy, unsigned n,
		   uint64_t size);

#endif
