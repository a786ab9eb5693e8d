/* SPDX-License-Identifier: BSD-3-Clause */
/* What PCI functions take: a place for a BAR inside a window, interrupt numbers for messages. */
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

/*
 * Interrupt numbers in a row, from a multiple of 32 on, for the messages of an owner's functions. A
 * guest takes them for a function with MSI in one piece, a power of two at a multiple of it, and in
 * an order of its own. All pieces together, rounded up to the largest, are enough for every order:
 * first fit leaves at most one free piece of each size. MSI-X, the only way to more than 32
 * messages, takes them one by one. (pcifn.c)
 */
uint32_t pcifn_room(const struct plan_pci_fn *fns, unsigned count, unsigned owner);

#endif
