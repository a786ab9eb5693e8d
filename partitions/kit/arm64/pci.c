/* SPDX-License-Identifier: BSD-3-Clause */
/* PCI functions: ECAM, base addresses, interrupt lines and messages (PCI 3.0; IEEE 1275 binding). */
/* boot CPU */
#include "facet/pci.h"

#include "kit/arm64/arm64.h"

#include <libfdt.h>

enum {
	HEADER_TYPE = 0x0e,
	BAR0 = 0x10,
	CAP_FIRST = 0x34,
	INTERRUPT_PIN = 0x3d,
	STATUS = 0x06,
	STATUS_CAPS = 1 << 4,
	RANGE_CELLS = 7,	/* pci address 3, cpu address 2, size 2 */
	SPACE_MEMORY32 = 2,	/* phys.hi bits 25:24 */
	V2M_TYPER = 0x8,
	V2M_SETSPI = 0x40,
};

uint32_t pci_read(const struct pci_fn *fn, unsigned int offset, unsigned int size)
{
	uint64_t at = fn->config + offset;

	return size == 1   ? *(volatile uint8_t *)at
	       : size == 2 ? *(volatile uint16_t *)at
			   : mmio_read32(at);
}

void pci_write(const struct pci_fn *fn, unsigned int offset, unsigned int size, uint32_t value)
{
	uint64_t at = fn->config + offset;

	if (size == 1) {
		*(volatile uint8_t *)at = (uint8_t)value;
	} else if (size == 2) {
		*(volatile uint16_t *)at = (uint16_t)value;
	} else {
		mmio_write32(at, value);
	}
}

/* Functions of one host in the order of their numbers, from rid on. */
static bool host_next(int host, uint32_t id, uint32_t *rid, struct pci_fn *fn)
{
	uint64_t base, size;
	uint32_t found;

	if (!fdt_node_reg(host, 0, &base, &size)) {
		return false;
	}
	for (; (uint64_t)*rid << 12 < size; ++*rid) {
		*fn = (struct pci_fn){base + ((uint64_t)*rid << 12), *rid, host};
		found = pci_read(fn, 0, 4);
		if (found != UINT32_MAX && (id == PCI_ANY || found == id)) {
			++*rid;
			return true;
		}
		/* No function 0, or it says that there are no others. */
		if (*rid % 8 == 0 &&
		    (found == UINT32_MAX || !(pci_read(fn, HEADER_TYPE, 1) & 0x80))) {
			*rid += 7;
		}
	}
	return false;
}

bool pci_find(uint32_t id, unsigned int n, struct pci_fn *fn)
{
	unsigned int i;
	uint32_t rid;
	int host;

	for (i = 0; (host = fdt_node_compatible_n("pci-host-ecam-generic", i)) >= 0; i++) {
		for (rid = 0; host_next(host, id, &rid, fn);) {
			if (n-- == 0) {
				return true;
			}
		}
	}
	return false;
}

unsigned int pci_cap(const struct pci_fn *fn, unsigned int id)
{
	unsigned int at, left = 48;

	if (!(pci_read(fn, STATUS, 2) & STATUS_CAPS)) {
		return 0;
	}
	for (at = pci_read(fn, CAP_FIRST, 1) & 0xfc; at && left > 0; left--) {
		if (pci_read(fn, at, 1) == id) {
			return at;
		}
		at = pci_read(fn, at + 1, 1) & 0xfc;
	}
	return 0;
}

/* The next free place in the host's window for 32-bit memory: windows are dealt out from below. */
static uint64_t window_take(int host, uint64_t size)
{
	static uint64_t used;
	int len, i;
	const fdt32_t *range = fdt_getprop(fdt, host, "ranges", &len);
	uint64_t base, at;

	for (i = 0; range && (i + RANGE_CELLS) * 4 <= len; i += RANGE_CELLS) {
		if ((fdt32_to_cpu(range[i]) >> 24 & 3) != SPACE_MEMORY32) {
			continue;
		}
		base = (uint64_t)fdt32_to_cpu(range[i + 1]) << 32 | fdt32_to_cpu(range[i + 2]);
		at = (base + used + size - 1) & ~(size - 1);
		used = at + size - base;
		return at;
	}
	return 0;
}

uint64_t pci_bar(const struct pci_fn *fn, unsigned int n)
{
	unsigned int at = BAR0 + 4 * n;
	uint32_t low = pci_read(fn, at, 4), mask;
	uint64_t place;

	if (low & 1) {
		return 0;
	}
	place = low & ~0xfu;
	if ((low >> 1 & 3) == 2) {
		place |= (uint64_t)pci_read(fn, at + 4, 4) << 32;
	}
	if (place) {
		return place;
	}
	pci_write(fn, at, 4, UINT32_MAX);
	mask = pci_read(fn, at, 4) & ~0xfu;
	if (!mask) {
		return 0;
	}
	place = window_take(fn->host, -mask);
	pci_write(fn, at, 4, (uint32_t)place);
	return place;
}

void pci_enable(const struct pci_fn *fn, bool on)
{
	uint32_t bits = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	uint32_t command = pci_read(fn, PCI_COMMAND, 2);

	pci_write(fn, PCI_COMMAND, 2, on ? command | bits : command & ~bits);
}

/* interrupt-map: unit address 3, pin, controller, its address cells, its specifier. */
uint32_t pci_intx(const struct pci_fn *fn)
{
	uint32_t pin = pci_read(fn, INTERRUPT_PIN, 1);
	int mask_len, len, i, parent, ac;
	const fdt32_t *mask = fdt_getprop(fdt, fn->host, "interrupt-map-mask", &mask_len);
	const fdt32_t *map = fdt_getprop(fdt, fn->host, "interrupt-map", &len);

	if (!pin || !mask || mask_len != 16 || !map) {
		return 0;
	}
	for (i = 0; (i + 5) * 4 <= len; i += 5 + ac + 3) {
		parent = fdt_node_offset_by_phandle(fdt, fdt32_to_cpu(map[i + 4]));
		ac = parent < 0 ? 0 : (int)fdt_node_u32(parent, "#address-cells", 0);
		if (((fn->rid << 8 ^ fdt32_to_cpu(map[i])) & fdt32_to_cpu(mask[0])) == 0 &&
		    fdt32_to_cpu(map[i + 3]) == pin) {
			return irq_cells((const uint32_t *)&map[i + 5 + ac], 3);
		}
	}
	return 0;
}

bool msi_frame(struct msi_frame *frame)
{
	int node = fdt_node_compatible_n("arm,gic-v2m-frame", 0);
	uint64_t base, size;
	uint32_t typer;

	if (node < 0 || !fdt_node_reg(node, 0, &base, &size)) {
		return false;
	}
	typer = mmio_read32(base + V2M_TYPER);
	frame->doorbell = base + V2M_SETSPI;
	frame->first = typer >> 16 & 0x3ff;
	frame->count = typer & 0x3ff;
	return true;
}

/* Message control +2, address +4, upper address +8, data +8 or +12 (PCI 3.0, 6.8.1). */
bool pci_msi_set(const struct pci_fn *fn, uint64_t address, uint32_t data)
{
	unsigned int cap = pci_cap(fn, PCI_CAP_MSI);
	uint32_t control = cap ? pci_read(fn, cap + 2, 2) : 0;
	bool is_wide = control & 0x80;

	if (!cap || (!is_wide && address >> 32)) {
		return false;
	}
	pci_write(fn, cap + 4, 4, (uint32_t)address);
	if (is_wide) {
		pci_write(fn, cap + 8, 4, (uint32_t)(address >> 32));
	}
	pci_write(fn, cap + (is_wide ? 12 : 8), 2, data);
	pci_write(fn, cap + 2, 2, (control & ~0x70u) | 1);
	return true;
}

uint32_t pci_msi(const struct pci_fn *fn)
{
	static uint32_t taken;
	struct msi_frame frame;
	uint32_t irq;

	if (!msi_frame(&frame) || taken >= frame.count) {
		return 0;
	}
	irq = frame.first + taken;
	irq_edge(irq);
	if (!pci_msi_set(fn, frame.doorbell, irq)) {
		return 0;
	}
	taken++;
	return irq;
}
