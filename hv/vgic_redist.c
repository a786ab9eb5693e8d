/* SPDX-License-Identifier: BSD-3-Clause */
/* Emulated GICv3 redistributors: two 64 KiB pages for each vCPU, registers by table, no LPIs. */
/* trap context; offsets and fields from the GIC architecture, IHI 0069 section 12.10, 12.11 */
#include "hv/vgic.h"

enum {
	WAKER_SLEEP = 1 << 1,     /* ProcessorSleep */
	WAKER_ASLEEP = 1 << 2,    /* ChildrenAsleep: follows at once */
	TYPER_LAST = 1 << 4,
	IIDR = 0x46000000,
	PIDR2 = 0x30,
};

/* No LPIs, so EnableLPIs is reserved; nothing written here takes time: RWP and UWP read 0. */
static uint64_t ctlr_read(struct vgic_access *a)
{
	return a->g->is_direct && gic_hw->busy() ? 1 << 3 : 0;
}

static uint64_t iidr_read(struct vgic_access *a)
{
	(void)a;
	return IIDR;
}

static uint64_t typer_read(struct vgic_access *a)
{
	bool last = a->of->index + 1 == a->g->cpu_count;

	return (uint64_t)vgic_affinity(a->of->index) << 32 | (uint64_t)a->of->index << 8 |
	       (last ? TYPER_LAST : 0);
}

/*
 * A guest that leaves its redistributor asleep still gets its interrupts, as on most hardware
 * without power control behind the handshake.
 */
static uint64_t waker_read(struct vgic_access *a)
{
	return a->of->is_asleep ? WAKER_SLEEP | WAKER_ASLEEP : 0;
}

static void waker_write(struct vgic_access *a)
{
	a->of->is_asleep = a->value & WAKER_SLEEP;
}

static uint64_t pidr2_read(struct vgic_access *a)
{
	(void)a;
	return PIDR2;
}

const struct vgic_row vgic_redist_rows[] = {
	{ 0x0000, 0x0003, VGIC_32, 2, 0, ctlr_read, NULL, "GICR_CTLR" },
	{ 0x0004, 0x0007, VGIC_32, 2, 0, iidr_read, NULL, "GICR_IIDR" },
	{ 0x0008, 0x000f, VGIC_32 | VGIC_64, 3, 0, typer_read, NULL, "GICR_TYPER" },
	{ 0x0014, 0x0017, VGIC_32, 2, 0, waker_read, waker_write, "GICR_WAKER" },
	{ 0x0070, 0x0077, VGIC_32 | VGIC_64, 3, 0, NULL, NULL, "GICR_PROPBASER" },
	{ 0x0078, 0x007f, VGIC_32 | VGIC_64, 3, 0, NULL, NULL, "GICR_PENDBASER" },
	{ 0xffe8, 0xffeb, VGIC_32, 2, 0, pidr2_read, NULL, "GICR_PIDR2" },
};
const unsigned int vgic_redist_count = ARRAY_SIZE(vgic_redist_rows);

const struct vgic_row vgic_sgi_rows[] = {
	{ 0x0080, 0x0083, VGIC_32, 2, 0, vgic_group_read, NULL, "GICR_IGROUPR0" },
	{ 0x0100, 0x0103, VGIC_32, 2, 0, vgic_enable_read, vgic_enable_set, "GICR_ISENABLER0" },
	{ 0x0180, 0x0183, VGIC_32, 2, 0, vgic_enable_read, vgic_enable_clear, "GICR_ICENABLER0" },
	{ 0x0200, 0x0203, VGIC_32, 2, 0, vgic_pend_read, vgic_pend_set, "GICR_ISPENDR0" },
	{ 0x0280, 0x0283, VGIC_32, 2, 0, vgic_pend_read, vgic_pend_clear, "GICR_ICPENDR0" },
	{ 0x0300, 0x0303, VGIC_32, 2, 0, vgic_active_read, vgic_active_set, "GICR_ISACTIVER0" },
	{ 0x0380, 0x0383, VGIC_32, 2, 0, vgic_active_read, vgic_active_clear, "GICR_ICACTIVER0" },
	{ 0x0400, 0x041f, VGIC_8 | VGIC_32, 0, 0, vgic_prio_read, vgic_prio_write, "GICR_IPRIORITYR" },
	{ 0x0c00, 0x0c07, VGIC_32, 2, 0, vgic_cfg_read, vgic_cfg_write, "GICR_ICFGR" },
	{ 0x0d00, 0x0d03, VGIC_32, 2, 0, NULL, NULL, "GICR_IGRPMODR0" },
};
const unsigned int vgic_sgi_count = ARRAY_SIZE(vgic_sgi_rows);

bool vgic_redist_access(struct vcpu *v, void *dev, uint64_t offset, struct mmio *acc)
{
	struct vgic *g = dev;
	struct vgic_access a = { .g = g, .self = v->vic, .size = acc->size, .value = acc->value };
	bool ok;

	/* The region registered is exactly cpu_count frames. */
	a.of = &g->cpus[offset >> VGIC_FRAME_SHIFT];
	ok = vgic_map_access(offset & VGIC_SGI_PAGE ? &vgic_sgi_map : &vgic_redist_map, &a,
			     (uint32_t)offset & 0xffff, acc->is_write);
	acc->value = a.value;
	return ok;
}
