/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtio through its window in configuration space: does it keep to the IOMMU, and its own reset. */
/* the function is restored and not in use; its partition's CPU, or the boot CPU */
#include "hv/cpu.h"
#include "hv/pci_fn.h"

#define VIRTIO_RESET_US 100000

enum {
	VIRTIO_DEVICE_FIRST = 0x1000, /* Virtio 1.1, 4.1.2 */
	VIRTIO_DEVICE_LAST = 0x107f,
	VIRTIO_FEATURE_SELECT = 0, /* of the common configuration (4.1.4.3) */
	VIRTIO_FEATURE = 4,
	VIRTIO_STATUS = 20,
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

struct pci_virtio {
	const struct pci_fn *fn;
	unsigned int common, window; /* the two capabilities */
};

static bool pci_is_virtio(const struct pci_fn *f)
{
	return f->vendor == PCI_VIRTIO_VENDOR && f->device >= VIRTIO_DEVICE_FIRST &&
	       f->device <= VIRTIO_DEVICE_LAST;
}

/* False: it is from before version 1.0. */
static bool pci_virtio_begin(struct pci_virtio *v, const struct pci_fn *f)
{
	v->fn = f;
	v->common = pci_virtio_cap(f, PCI_VIRTIO_COMMON);
	v->window = pci_virtio_cap(f, PCI_VIRTIO_ACCESS);
	if (v->common == 0 || v->window == 0) {
		return false;
	}
	pci_fn_write(f, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_OFF);
	return true;
}

/* The window is shut, and as it was after power-on. */
static void pci_virtio_end(const struct pci_virtio *v)
{
	pci_fn_write(v->fn, v->window + 4, 1, 0);
	pci_fn_write(v->fn, v->window + 8, 4, 0);
	pci_fn_write(v->fn, v->window + 12, 4, 0);
	pci_fn_write(v->fn, PCI_COMMAND, 2, PCI_COMMAND_INTX_OFF);
}

/* Points the window at a register of the common configuration. */
static void pci_virtio_aim(const struct pci_virtio *v, unsigned int reg, unsigned int size)
{
	const struct pci_fn *f = v->fn;

	pci_fn_write(f, v->window + 4, 1, pci_fn_read(f, v->common + 4, 1));
	pci_fn_write(f, v->window + 8, 4, pci_fn_read(f, v->common + 8, 4) + reg);
	pci_fn_write(f, v->window + 12, 4, size);
}

static uint32_t pci_virtio_read(const struct pci_virtio *v, unsigned int reg, unsigned int size)
{
	pci_virtio_aim(v, reg, size);
	return pci_fn_read(v->fn, v->window + 16, size);
}

static void pci_virtio_write(const struct pci_virtio *v, unsigned int reg, unsigned int size,
			     uint32_t x)
{
	pci_virtio_aim(v, reg, size);
	pci_fn_write(v->fn, v->window + 16, size, x);
}

bool pci_virtio_is_confined(const struct pci_fn *f)
{
	struct pci_virtio v;
	uint32_t features;

	if (!pci_is_virtio(f)) {
		return true;
	}
	if (!pci_virtio_begin(&v, f)) {
		return false;
	}
	pci_virtio_write(&v, VIRTIO_FEATURE_SELECT, 4, VIRTIO_ACCESS_PLATFORM / 32);
	features = pci_virtio_read(&v, VIRTIO_FEATURE, 4);
	pci_virtio_write(&v, VIRTIO_FEATURE_SELECT, 4, 0);
	pci_virtio_end(&v);
	return (features >> VIRTIO_ACCESS_PLATFORM % 32 & 1) != 0;
}

/*
 * It forgets queues and features (2.1 and 4.1.4.3). Many virtio functions have no other reset, and
 * with none the next life begins with the rings of the last one.
 */
bool pci_virtio_reset(const struct pci_fn *f)
{
	struct pci_virtio v;
	bool is_reset;

	if (!pci_is_virtio(f) || !pci_virtio_begin(&v, f)) {
		return true;
	}
	pci_virtio_write(&v, VIRTIO_STATUS, 1, 0);
	is_reset = cpu_wait_until(pci_virtio_read(&v, VIRTIO_STATUS, 1) == 0, VIRTIO_RESET_US);
	pci_virtio_end(&v);
	return is_reset;
}
