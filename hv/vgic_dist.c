/* SPDX-License-Identifier: BSD-3-Clause */
/* The emulated distributor: its registers by table, for GICv3 and GICv2. */
/* trap context; offsets and fields from the GIC architecture, IHI 0069 chapter 12 and IHI 0048 */
#include "hv/vgic.h"

enum {
	CTLR_ENABLE = 1,          /* GICv2 without grouping: the one enable */
	CTLR_GRP1 = 2,
	CTLR_ARE = 1 << 4,        /* always on */
	CTLR_DS = 1 << 6,         /* one security state */
	IIDR = 0x46000000,        /* product 'F'; implementer left 0: this is no vendor's silicon */
	PIDR2_V3 = 0x30,          /* architecture revision in [7:4] */
	PIDR2_V2 = 0x20,
};

#define CTLR_RWP (UINT32_C(1) << 31)

/* All words again: the guest's group enable, or the life cycle, changed. Locked. */
static void apply_all(struct vgic *g)
{
	unsigned int i;

	for (i = 0; i < g->cpu_count; i++) {
		vgic_lines_apply(g, &g->cpus[i], 0);
	}
	for (i = 1; i < g->words; i++) {
		vgic_lines_apply(g, &g->cpus[0], i);
	}
}

void vgic_lines_apply(struct vgic *g, struct vgic_cpu *of, unsigned int word)
{
	struct vgic_lines *l = vgic_lines(g, of, word);
	uint32_t want = 0, on, off;

	if (word == 0 && gic_hw->version == 2 && of->vcpu->cpu != cpu_self()) {
		/* Banked: only its own CPU reaches it, in vic_sync(). */
		cpu_post(of->vcpu->cpu, CPU_EV_VIRQ);
		return;
	}
	if (g->is_on && !g->is_paused) {
		want = l->enabled & l->hw & l->routed;
	}
	on = want & ~l->hw_on;
	off = l->hw_on & ~want;
	l->hw_on = want;
	if (on) {
		gic_hw->set(of->cpu, GIC_ENABLE, word, on);
	}
	if (off) {
		gic_hw->clear(of->cpu, GIC_ENABLE, word, off);
	}
}

static void wake_all(struct vgic *g)
{
	unsigned int i;

	for (i = 0; i < g->cpu_count; i++) {
		cpu_post(g->cpus[i].vcpu->cpu, CPU_EV_VIRQ);
	}
}

static void forward(struct vgic_access *a, bool on)
{
	struct vgic *g = a->g;

	if (g->is_on == on) {
		return;
	}
	vgic_lock(a->self);
	g->is_on = on;
	apply_all(g);
	lock_drop(&g->lock);
	if (!g->is_direct) {
		wake_all(g);
	}
}

void vic_pause(struct part *p, bool paused)
{
	struct vgic *g = p->vic;

	lock_take(&g->lock);
	g->is_paused = paused;
	apply_all(g);
	lock_drop(&g->lock);
}

static uint64_t ctlr3_read(struct vgic_access *a)
{
	return CTLR_ARE | CTLR_DS | (a->g->is_on ? CTLR_GRP1 : 0) | (gic_hw->busy() ? CTLR_RWP : 0);
}

static void ctlr3_write(struct vgic_access *a)
{
	forward(a, a->value & CTLR_GRP1);
}

static uint64_t ctlr2_read(struct vgic_access *a)
{
	return a->g->is_on ? CTLR_ENABLE : 0;
}

static void ctlr2_write(struct vgic_access *a)
{
	forward(a, a->value & CTLR_ENABLE);
}

static uint64_t typer_read(struct vgic_access *a)
{
	return a->g->typer;
}

static uint64_t iidr_read(struct vgic_access *a)
{
	(void)a;
	return IIDR;
}

static uint64_t pidr2_v3_read(struct vgic_access *a)
{
	(void)a;
	return PIDR2_V3;
}

static uint64_t pidr2_v2_read(struct vgic_access *a)
{
	(void)a;
	return PIDR2_V2;
}

/* With affinity routing, local lines are the redistributors': word 0 of each register is reserved. */
const struct vgic_row vgic_dist3_rows[] = {
	{ 0x0000, 0x0003, VGIC_32, 2, 0, ctlr3_read, ctlr3_write, "GICD_CTLR" },
	{ 0x0004, 0x0007, VGIC_32, 2, 0, typer_read, NULL, "GICD_TYPER" },
	{ 0x0008, 0x000b, VGIC_32, 2, 0, iidr_read, NULL, "GICD_IIDR" },
	{ 0x000c, 0x000f, VGIC_32, 2, 0, NULL, NULL, "GICD_TYPER2" },
	{ 0x0084, 0x00ff, VGIC_32, 2, 1, vgic_group_read, NULL, "GICD_IGROUPR" },
	{ 0x0104, 0x017f, VGIC_32, 2, 1, vgic_enable_read, vgic_enable_set, "GICD_ISENABLER" },
	{ 0x0184, 0x01ff, VGIC_32, 2, 1, vgic_enable_read, vgic_enable_clear, "GICD_ICENABLER" },
	{ 0x0204, 0x027f, VGIC_32, 2, 1, vgic_pend_read, vgic_pend_set, "GICD_ISPENDR" },
	{ 0x0284, 0x02ff, VGIC_32, 2, 1, vgic_pend_read, vgic_pend_clear, "GICD_ICPENDR" },
	{ 0x0304, 0x037f, VGIC_32, 2, 1, vgic_active_read, vgic_active_set, "GICD_ISACTIVER" },
	{ 0x0384, 0x03ff, VGIC_32, 2, 1, vgic_active_read, vgic_active_clear, "GICD_ICACTIVER" },
	{ 0x0420, 0x07fb, VGIC_8 | VGIC_32, 0, 32, vgic_prio_read, vgic_prio_write, "GICD_IPRIORITYR" },
	{ 0x0c08, 0x0cff, VGIC_32, 2, 2, vgic_cfg_read, vgic_cfg_write, "GICD_ICFGR" },
	{ 0x0d04, 0x0d7f, VGIC_32, 2, 0, NULL, NULL, "GICD_IGRPMODR" },
	{ 0x6100, 0x7fdf, VGIC_32 | VGIC_64, 3, 32, vgic_router_read, vgic_router_write, "GICD_IROUTER" },
	{ 0xffe8, 0xffeb, VGIC_32, 2, 0, pidr2_v3_read, NULL, "GICD_PIDR2" },
};
const unsigned int vgic_dist3_count = ARRAY_SIZE(vgic_dist3_rows);

/* No grouping: one enable, GICD_IGROUPR reserved. */
const struct vgic_row vgic_dist2_rows[] = {
	{ 0x0000, 0x0003, VGIC_32, 2, 0, ctlr2_read, ctlr2_write, "GICD_CTLR" },
	{ 0x0004, 0x0007, VGIC_32, 2, 0, typer_read, NULL, "GICD_TYPER" },
	{ 0x0008, 0x000b, VGIC_32, 2, 0, iidr_read, NULL, "GICD_IIDR" },
	{ 0x0100, 0x017f, VGIC_32, 2, 0, vgic_enable_read, vgic_enable_set, "GICD_ISENABLER" },
	{ 0x0180, 0x01ff, VGIC_32, 2, 0, vgic_enable_read, vgic_enable_clear, "GICD_ICENABLER" },
	{ 0x0200, 0x027f, VGIC_32, 2, 0, vgic_pend_read, vgic_pend_set, "GICD_ISPENDR" },
	{ 0x0280, 0x02ff, VGIC_32, 2, 0, vgic_pend_read, vgic_pend_clear, "GICD_ICPENDR" },
	{ 0x0300, 0x037f, VGIC_32, 2, 0, vgic_active_read, vgic_active_set, "GICD_ISACTIVER" },
	{ 0x0380, 0x03ff, VGIC_32, 2, 0, vgic_active_read, vgic_active_clear, "GICD_ICACTIVER" },
	{ 0x0400, 0x07fb, VGIC_8 | VGIC_32, 0, 0, vgic_prio_read, vgic_prio_write, "GICD_IPRIORITYR" },
	{ 0x0800, 0x0bfb, VGIC_8 | VGIC_32, 0, 0, vgic_targets_read, vgic_targets_write,
	  "GICD_ITARGETSR" },
	{ 0x0c00, 0x0cff, VGIC_32, 2, 0, vgic_cfg_read, vgic_cfg_write, "GICD_ICFGR" },
	{ 0x0f00, 0x0f03, VGIC_32, 2, 0, NULL, vgic_sgir_write, "GICD_SGIR" },
	{ 0x0f10, 0x0f1f, VGIC_8 | VGIC_32, 0, 0, vgic_sgi_source_read, vgic_sgi_source_clear,
	  "GICD_CPENDSGIR" },
	{ 0x0f20, 0x0f2f, VGIC_8 | VGIC_32, 0, 0, vgic_sgi_source_read, vgic_sgi_source_set,
	  "GICD_SPENDSGIR" },
	{ 0x0fe8, 0x0feb, VGIC_32, 2, 0, pidr2_v2_read, NULL, "GICD_ICPIDR2" },
};
const unsigned int vgic_dist2_count = ARRAY_SIZE(vgic_dist2_rows);

bool vgic_dist_access(struct vcpu *v, void *dev, uint64_t offset, struct mmio *acc)
{
	struct vgic *g = dev;
	struct vgic_access a = { .g = g, .self = v->vic, .of = v->vic, .size = acc->size,
				 .value = acc->value };
	bool ok = vgic_map_access(g->dist_map, &a, (uint32_t)offset, acc->is_write);

	acc->value = a.value;
	return ok;
}
