/* SPDX-License-Identifier: BSD-3-Clause */
/* Does a virtio device keep to the IOMMU? Its feature bits tell. */
/* boot CPU only; the function is restored and not in use */
#include "hv/pci_fn.h"

enum {
	VIRTIO_DEVICE_FIRST = 0x1000, /* Virtio 1.1, 4.1.2 */
	VIRTIO_DEVICE_LAST = 0x107f,
	VIRTIO_FEATURE_SELECT = 0, /* of the common configuration (4.1.4.3) */
	VIRTIO_FEATURE = 4,
	VIRTIO_ACCESS_PLATFORM = 33, /* feature bit (section 6) */
};

/* Offset of the virtio capability of a type, 0: none. */
static unsigned int pci_virtio_cap(const struct pci_fn *f, unsigned int type)
{
	unsigned int at = pci_fn_read(f, PCI_CAPS, 1) & ~3u;

	for (unsigned int n = 0; at >= PCI_CAPS_FIRST && n < PCI_CAPS_MAX; n++) {
		uint32_t head = pci_fn_read(f, at, 4);

		if ((head & 0xff) == PCI_CAP_VENDOR && head >> 24 == type &&
		    (head >> 16 & 0xff) + at <= PCI_SPACE) {
			return at;
		}
		at = head >> 8 & 0xfc;
	}
	return 0;
}

/* Points the window of configuration space at a register of the common configuration. */
static void pci_virtio_aim(const struct pci_fn *f, unsigned int window, unsigned int common,
			   unsigned int reg)
{
	pci_fn_write(f, window + 4, 1, pci_fn_read(f, common + 4, 1));
	pci_fn_write(f, window + 8, 4, pci_fn_read(f, common + 8, 4) + reg);
	pci_fn_write(f, window + 12, 4, 4);
}

bool pci_virtio_is_confined(const struct pci_fn *f)
{
	unsigned int common;
	unsigned int window;
	uint32_t features;

	if (f->vendor != PCI_VIRTIO_VENDOR || f->device < VIRTIO_DEVICE_FIRST ||
	    f->device > VIRTIO_DEVICE_LAST) {
		return true;
	}
	common = pci_virtio_cap(f, PCI_VIRTIO_COMMON);
	window = pci_virtio_cap(f, PCI_VIRTIO_ACCESS);
	if (common == 0 || window == 0) {
		return false;
	}
	pci_fn_write(f, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_OFF);
	pci_virtio_aim(f, window, common, VIRTIO_FEATURE_SELECT);
	pci_fn_write(f, window + 16, 4, VIRTIO_ACCESS_PLATFORM / 32);
	pci_virtio_aim(f, window, common, VIRTIO_FEATURE);
	features = pci_fn_read(f, window + 16, 4);
	pci_virtio_aim(f, window, common, VIRTIO_FEATURE_SELECT);
	pci_fn_write(f, window + 16, 4, 0);
	pci_fn_write(f, window + 4, 1, 0);
	pci_fn_write(f, window + 8, 4, 0);
	pci_fn_write(f, window + 12, 4, 0);
	pci_fn_write(f, PCI_COMMAND, 2, PCI_COMMAND_INTX_OFF);
	return (features >> VIRTIO_ACCESS_PLATFORM % 32 & 1) != 0;
}
