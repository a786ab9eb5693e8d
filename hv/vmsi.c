/* SPDX-License-Identifier: BSD-3-Clause */
/* The message frame of a partition, as its CPUs see it: the registers of a GICv2m. */
/*
 * Server Base System Architecture, appendix "GICv2m": which SPIs a write can raise, and the write
 * itself. Writes of devices never come here: they go through the IOMMU to the physical ITS.
 */
#include "hv/msi.h"
#include "hv/vgic.h"

enum {
	FRAME_SIZE = 0x1000,
	MSI_TYPER = 0x008,       /* 32 ro: first SPI [25:16], how many [9:0] */
	MSI_SETSPI_NS = 0x040,   /* 16 or 32 wo */
	MSI_IIDR = 0xfcc,        /* 32 ro */
	IIDR = 0x46000000,       /* as GICD_IIDR of this GIC: product 'F', no implementer */
};

static void message(struct part *p, uint64_t g_value)
{
	uint32_t first = p->plan->msi.first;

	if (g_value >= first && g_value - first < p->plan->msi.count) {
		vic_raise(p, (uint32_t)g_value);
	}
}

/* Reserved words read as zero and ignore writes; widths a register does not have are bus errors. */
static bool vmsi_access(struct vcpu *v, void *dev, uint64_t offset, struct mmio *acc)
{
	struct part *p = dev;
	bool is_half = offset == MSI_SETSPI_NS && acc->is_write && acc->size == 2;

	(void)v;
	if ((acc->size != 4 || !is_aligned(offset, 4)) && !is_half) {
		return false;
	}
	if (acc->is_write) {
		if (offset == MSI_SETSPI_NS) {
			message(p, acc->value & (is_half ? 0xffff : 0xffffffff));
		}
		return true;
	}
	if (offset == MSI_TYPER) {
		acc->value = p->plan->msi.first << 16 | p->plan->msi.count;
	} else if (offset == MSI_IIDR) {
		acc->value = IIDR;
	} else {
		acc->value = 0;
	}
	return true;
}

enum err vmsi_init(struct part *p)
{
	struct vdev frame = { .at = { gpa_raw(p->plan->msi.frame), FRAME_SIZE },
			      .access = vmsi_access,
			      .dev = p,
			      .name = "message frame",
			      .exit_class = EXIT_VIC };

	return vdev_add(&p->vdevs, &frame);
}
