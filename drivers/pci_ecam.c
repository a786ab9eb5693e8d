/* SPDX-License-Identifier: BSD-3-Clause */
/* A PCI host bridge whose configuration space lies in memory (PCI Express Base 4.0, 7.2.2). */
/* any CPU */
#include "drivers/pci_ecam.h"

#include "arch/mmio.h"
#include "hv/arch.h"
#include "hv/pool.h"

#define ECAM_BUS MIB(1)

enum err pci_ecam_init(struct pci_ecam *e, const struct plan_pci_host *plan)
{
	e->at = plan->ecam;
	e->bus_first = plan->bus_first;
	e->bus_last = plan->bus_last;
	e->buses = pool_alloc((plan->bus_last - plan->bus_first + 1u) * sizeof(*e->buses));
	return e->buses != NULL ? OK : ERR_FULL;
}

enum err pci_ecam_map(struct pci_ecam *e, unsigned int bus)
{
	unsigned int i = bus - e->bus_first;

	if (bus < e->bus_first || bus > e->bus_last) {
		return ERR_RANGE;
	}
	if (e->buses[i] == NULL) {
		e->buses[i] = arch_hmem_device(hpa(hpa_raw(e->at) + i * ECAM_BUS), ECAM_BUS);
	}
	return e->buses[i] != NULL ? OK : ERR_FULL;
}

/* First register of a function, or NULL. */
static volatile void *pci_ecam_space(const struct pci_ecam *e, unsigned int rid)
{
	unsigned int bus = rid >> 8;
	volatile char *base;

	if (bus < e->bus_first || bus > e->bus_last) {
		return NULL;
	}
	base = e->buses[bus - e->bus_first];
	return base != NULL ? base + ((rid & 0xff) << 12) : NULL;
}

uint32_t pci_ecam_read(const struct pci_ecam *e, unsigned int rid, unsigned int at,
		       unsigned int size)
{
	const volatile void *space = pci_ecam_space(e, rid);

	if (space == NULL) {
		return UINT32_MAX >> (32 - 8 * size);
	}
	switch (size) {
	case 1:
		return mmio_rd8(space, at);
	case 2:
		return mmio_rd16(space, at);
	default:
		return mmio_rd32(space, at);
	}
}

void pci_ecam_write(const struct pci_ecam *e, unsigned int rid, unsigned int at, unsigned int size,
		    uint32_t x)
{
	volatile void *space = pci_ecam_space(e, rid);

	if (space == NULL) {
		return;
	}
	switch (size) {
	case 1:
		mmio_wr8(space, at, (uint8_t)x);
		break;
	case 2:
		mmio_wr16(space, at, (uint16_t)x);
		break;
	default:
		mmio_wr32(space, at, x);
		break;
	}
}
