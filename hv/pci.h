/* SPDX-License-Identifier: BSD-3-Clause */
/* PCI functions of partitions: quiet at boot, checked against the plan, reset at every end. */
/* images without a PCI driver link pci_none.c */
#ifndef HV_PCI_H
#define HV_PCI_H

#include "hv/err.h"
#include "hv/plan/plan.h"

struct part;

/*
 * Boot CPU, before the IOMMUs are set up: finds every function and switches its bus master and its
 * address decoders off. ERR_FULL: out of boot memory (functions that were not reached are not
 * quiet); ERR_UNSUPPORTED: a host bridge has no driver.
 */
must_check enum err pci_init(const struct plan *plan);
/*
 * Boot CPU: compares the partition's functions with the hardware, gives them their addresses and
 * registers the emulated configuration space. On failure *what is one line that says what to
 * change; it is valid until the next call.
 */
must_check enum err pci_part_init(struct part *p, const char **what);
/*
 * At every start, when its streams are open and before its guest runs: first-boot state, decoders
 * on. From here to pci_part_cut() the guest may switch bus master on.
 */
void pci_part_open(struct part *p);
/* At every end, before its streams are cut: bus masters off, and the guest cannot have them back.
 */
void pci_part_cut(struct part *p);
/* After its streams are cut: function reset where there is one; messages and decoders off. */
void pci_part_reset(struct part *p);

#endif
