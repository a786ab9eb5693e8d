/* SPDX-License-Identifier: BSD-3-Clause */
/* The configuration space of a host bridge as one partition sees it: its own functions only. */
/* any vcpu of its partition; registers under .lock */
#ifndef HV_VPCI_H
#define HV_VPCI_H

#include "hv/lock.h"
#include "hv/pci_fn.h"
#include "hv/vpci_filter.h"

struct vpci_slot {
	const struct pci_fn *fn;
	bool is_masked; /* INTx stays off, unseen, until the guest writes its bit (pci_fn_open()) */
	struct vpci_fn filter;
};

struct vpci {
	const struct plan_vpci *plan;
	struct lock lock;
	bool is_open; /* its guest may switch bus master on; lock */
	uint16_t count;
	struct vpci_slot *slots; /* by rid */
};

struct part;

/*
 * Boot CPU: an emulated configuration space for each host that the partition has functions of; they
 * have been restored. ERR_FULL: out of boot memory.
 */
must_check enum err vpci_part_init(struct part *p);
/* The partition's own CPU, its vcpus stopped. Opening forgets what the guest wrote. */
void vpci_part_open(const struct part *p, bool is_open);

#endif
