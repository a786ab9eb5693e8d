/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding PCI functions, making them quiet, and learning what they are. */
/* boot CPU only; no function is in use */
#include "hv/bits.h"
#include "hv/cpu.h"
#include "hv/pci_fn.h"

#define PCI_CLASS_HOST 0x0600u /* base class and subclass */
#define PCI_WAKE_US 10000      /* from D3hot to D0 (PCI PM 1.2, table 5-6) */

static void pci_scan_add(struct pci_scan *s, unsigned int bus)
{
	if (pci_ecam_map(s->host, bus) == OK) {
		s->buses[bus / 32] |= UINT32_C(1) << bus % 32;
		s->end = s->end > (bus + 1) << 8 ? s->end : (bus + 1) << 8;
	} else {
		s->is_short = true;
	}
}

void pci_scan_init(struct pci_scan *s, struct pci_ecam *host)
{
	*s = (struct pci_scan){.host = host, .next = (uint32_t)host->bus_first << 8};
	pci_scan_add(s, host->bus_first);
}

/*
 * Firmware numbers buses in ascending order from the host on; a bridge it has not set up leads
 * nowhere: nothing behind it answers, or can ask (PCI-to-PCI Bridge 1.2, 3.2.5.4).
 */
static void pci_scan_bridge(struct pci_scan *s, uint16_t rid)
{
	unsigned int bus = pci_ecam_read(s->host, rid, PCI_BRIDGE_SECONDARY, 1);

	if (bus > rid >> 8 && bus <= s->host->bus_last) {
		pci_scan_add(s, bus);
	}
}

bool pci_scan_next(struct pci_scan *s, uint16_t *rid)
{
	while (s->next < s->end) {
		uint16_t at = (uint16_t)s->next;
		uint32_t bus = at >> 8;
		uint32_t header;

		if (!(s->buses[bus / 32] >> bus % 32 & 1)) {
			s->next = (bus + 1) << 8;
			continue;
		}
		if (pci_ecam_read(s->host, at, PCI_VENDOR, 2) == 0xffff) {
			/* A device without a function 0 has no other (PCI 3.0, 3.2.2.3.4). */
			s->next += (at & 7) == 0 ? 8 : 1;
			continue;
		}
		header = pci_ecam_read(s->host, at, PCI_HEADER, 1);
		s->next += (at & 7) == 0 && !(header & PCI_HEADER_MULTI) ? 8 : 1;
		if ((header & PCI_HEADER_TYPE) == 1) {
			pci_scan_bridge(s, at);
		}
		*rid = at;
		return true;
	}
	return false;
}

/*
 * Bridges too: their windows would claim addresses that the plan gives to others. Not the host
 * bridge itself, which some boards show as a function, and whose bits mean what its maker likes.
 */
bool pci_fn_quiet(const struct pci_ecam *host, uint16_t rid)
{
	uint32_t command = pci_ecam_read(host, rid, PCI_COMMAND, 2);

	if (pci_ecam_read(host, rid, PCI_REVISION, 4) >> 16 == PCI_CLASS_HOST) {
		return false;
	}
	pci_ecam_write(
	    host, rid, PCI_COMMAND, 2,
	    (command & ~(uint32_t)(PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)) |
		PCI_COMMAND_INTX_OFF);
	return (command & PCI_COMMAND_MASTER) != 0;
}

/* What a register answers to all ones (PCI 3.0, 6.2.5.1); it is left 0. */
static uint32_t pci_bar_ask(const struct pci_fn *f, unsigned int n)
{
	uint32_t x;

	pci_fn_write(f, PCI_BAR0 + 4 * n, 4, UINT32_MAX);
	x = pci_fn_read(f, PCI_BAR0 + 4 * n, 4);
	pci_fn_write(f, PCI_BAR0 + 4 * n, 4, 0);
	return x;
}

static void pci_probe_bar(struct pci_fn *f, unsigned int n)
{
	uint32_t low = f->sizing[n];
	struct pci_bar *bar = &f->bars[n];
	uint64_t mask;

	if (low == 0 || bar->is_upper) {
		return;
	}
	bar->is_io = (low & PCI_BAR_IO) != 0;
	if (bar->is_io) {
		/* The upper half may be hardwired to 0. */
		mask = ~UINT64_C(0xffff) | (low & ~(uint32_t)PCI_BAR_IO_FLAGS);
	} else {
		bar->is_64 = (low & PCI_BAR_TYPE) == PCI_BAR_64 && n + 1 < PCI_BARS;
		bar->is_prefetch = (low & PCI_BAR_PREFETCH) != 0;
		mask = (uint64_t)(bar->is_64 ? f->sizing[n + 1] : UINT32_MAX) << 32 |
		       (low & ~(uint32_t)PCI_BAR_MEM_FLAGS);
		if (bar->is_64) {
			f->bars[n + 1].is_upper = true;
		}
	}
	bar->size = mask & (~mask + 1);
}

static void pci_probe_cap(struct pci_fn *f, unsigned int at)
{
	uint32_t head = pci_fn_read(f, at, 4);

	switch (head & 0xff) {
	case PCI_CAP_PM:
		f->cap_pm = at + PCI_PM_SIZE <= PCI_SPACE ? (uint8_t)at : 0;
		break;
	case PCI_CAP_MSI:
		f->cap_msi = (uint8_t)at;
		f->msi = (uint16_t)(1u << (head >> 17 & 7));
		break;
	case PCI_CAP_MSIX:
		if (at + PCI_MSIX_SIZE <= PCI_SPACE) {
			f->cap_msix = (uint8_t)at;
			f->msix = (uint16_t)((head >> 16 & PCI_MSIX_COUNT) + 1);
			f->msix_bars =
			    (uint8_t)(1u << (pci_fn_read(f, at + PCI_MSIX_TABLE, 4) & 7) |
				      1u << (pci_fn_read(f, at + PCI_MSIX_PENDING, 4) & 7));
		}
		break;
	case PCI_CAP_EXPRESS:
		f->cap_express = at + PCI_EXP_SIZE1 <= PCI_SPACE ? (uint8_t)at : 0;
		break;
	case PCI_CAP_AF:
		f->cap_af = at + PCI_AF_SIZE <= PCI_SPACE ? (uint8_t)at : 0;
		break;
	default:
		break;
	}
}

static void pci_probe_caps(struct pci_fn *f)
{
	unsigned int at = pci_fn_read(f, PCI_CAPS, 1) & ~3u;

	if (!(pci_fn_read(f, PCI_STATUS, 2) & PCI_STATUS_CAPS)) {
		return;
	}
	for (unsigned int n = 0; at >= PCI_CAPS_FIRST && n < PCI_CAPS_MAX; n++) {
		pci_probe_cap(f, at);
		at = pci_fn_read(f, at + 1, 1) & ~3u;
	}
}

/* A function that firmware put to sleep: its guest has no means to wake it. */
static void pci_probe_wake(const struct pci_fn *f)
{
	unsigned int at = f->cap_pm + PCI_PM_CONTROL;
	uint32_t control;

	if (f->cap_pm == 0) {
		return;
	}
	control = pci_fn_read(f, at, 2);
	if (control & PCI_PM_STATE) {
		pci_fn_write(f, at, 2, control & ~(uint32_t)PCI_PM_STATE);
		(void)cpu_wait_until(false, PCI_WAKE_US);
		(void)pci_fn_quiet(f->host, f->rid);
	}
}

static bool pci_fn_has_exp2(const struct pci_fn *f)
{
	return (pci_fn_read(f, f->cap_express + PCI_EXP_FLAGS, 2) & PCI_EXP_VERSION) >= 2 &&
	       f->cap_express + PCI_EXP_SIZE2 <= PCI_SPACE;
}

void pci_fn_probe(struct pci_fn *f)
{
	f->vendor = (uint16_t)pci_fn_read(f, PCI_VENDOR, 2);
	f->device = (uint16_t)pci_fn_read(f, PCI_DEVICE, 2);
	f->class = pci_fn_read(f, PCI_REVISION, 4) >> 8;
	f->header = pci_fn_read(f, PCI_HEADER, 1) & PCI_HEADER_TYPE;
	if (f->header != 0 || f->class >> 8 == PCI_CLASS_HOST) {
		return;
	}
	f->pin = (uint8_t)pci_fn_read(f, PCI_PIN, 1);
	f->pin = f->pin <= 4 ? f->pin : 0;
	pci_probe_caps(f);
	pci_probe_wake(f);
	pci_fn_write(f, PCI_ROM, 4, 0);
	for (unsigned int n = 0; n < PCI_BARS; n++) {
		f->sizing[n] = pci_bar_ask(f, n);
	}
	for (unsigned int n = 0; n < PCI_BARS; n++) {
		pci_probe_bar(f, n);
	}
	if (f->cap_express != 0) {
		f->exp_control = (uint16_t)pci_fn_read(f, f->cap_express + PCI_EXP_CONTROL, 2);
		f->exp_link = (uint16_t)pci_fn_read(f, f->cap_express + PCI_EXP_LINK_CONTROL, 2);
	}
	if (f->cap_express != 0 && pci_fn_has_exp2(f)) {
		f->exp_control2 = (uint16_t)pci_fn_read(f, f->cap_express + PCI_EXP_CONTROL2, 2);
	}
}
