/* SPDX-License-Identifier: BSD-3-Clause */
/* What messages of devices need of the hardware that turns them into interrupts. */
/* CPUs are named by their index in the plan */
#ifndef HV_MSI_HW_H
#define HV_MSI_HW_H

#include "hv/err.h"
#include "hv/types.h"

struct msi_hw {
	/*
	 * Boot CPU: a device that sends events up to event_last. ERR_RANGE: more than the hardware can
	 * tell apart. ERR_FULL: no boot memory. To be called between begin() and end().
	 */
	enum err (*device)(uint32_t device, uint32_t event_last);
	/*
	 * Any CPU: changes are made between begin() and end(), one CPU at a time. What they ask for is
	 * done when end() returns OK. `to` is the set of CPUs that events were sent to, before or
	 * after. ERR_TIMEOUT: the hardware does not answer (a bounded wait); ERR_STATE: it has refused
	 * something, the rest is done.
	 */
	void (*begin)(void);
	void (*map)(uint32_t device, uint32_t event, uint32_t lpi, unsigned int cpu);
	void (*move)(uint32_t device, uint32_t event, unsigned int cpu);
	void (*clear)(uint32_t device, uint32_t event);
	enum err (*end)(uint32_t to);
};

/* The board's, or NULL: no messages. Set by its driver's init(), before any msi_part_init(). */
extern const struct msi_hw *msi_hw;

#endif
