/* SPDX-License-Identifier: BSD-3-Clause */
/* The physical GICv2: the hypervisor's own lines, and what the virtual GICs ask of the hardware. */
/*
 * One group, all of it IRQs to EL2, in whatever group this security state has; direct mode would
 * hand a guest the whole CPU interface, so there is none. GICC, GICH and word 0 of GICD are banked:
 * each CPU reaches its own only.
 */
#include "arch/gich.h"
#include "arch/mmio.h"
#include "drivers/gicv2.h"
#include "drivers/gicv2_regs.h"
#include "hv/cpu.h"
#include "hv/irqc.h"
#include "hv/lock.h"
#include "hv/part.h"
#include "hv/vgic.h"

enum {
	INTID_SPECIAL = 1020,
	PRIO_DEFAULT = 0xa0,
	GICV2_CPUS = 8,
	IIDR_QEMU = 0x43b,
	PRIO_BITS = 0xf8,        /* of a list register */
};

static volatile void *dist;
static volatile void *gicc;
static volatile void *gich;
static unsigned int word_count;
static uint8_t targets[MAX_CPUS];  /* GICD_ITARGETSR bit of each CPU of the plan, 0: not known yet */
static struct lock regs_lock = LOCK_INIT(LOCK_IRQC, "gicv2");

static const uint16_t set_regs[] = {
	[GIC_ENABLE] = GICD_ISENABLER,
	[GIC_PEND] = GICD_ISPENDR,
	[GIC_ACTIVE] = GICD_ISACTIVER,
};

static bool hw_has_cpu(unsigned int cpu)
{
	return cpu < GICV2_CPUS;
}

static uint32_t hw_get(unsigned int cpu, enum gic_bank bank, unsigned int word)
{
	(void)cpu;
	return mmio_rd32(dist, set_regs[bank] + word * 4);
}

static void hw_set(unsigned int cpu, enum gic_bank bank, unsigned int word, uint32_t bits)
{
	(void)cpu;
	mmio_wr32(dist, set_regs[bank] + word * 4, bits);
}

static void hw_clear(unsigned int cpu, enum gic_bank bank, unsigned int word, uint32_t bits)
{
	(void)cpu;
	mmio_wr32(dist, set_regs[bank] + 0x80u + word * 4, bits);
}

static void hw_prio(unsigned int cpu, uint32_t irq, uint8_t prio)
{
	(void)cpu;
	mmio_wr8(dist, GICD_IPRIORITYR + irq, prio);
}

static void hw_trigger(unsigned int cpu, uint32_t irq, bool edge)
{
	uint64_t at = GICD_ICFGR + irq / 16 * 4;
	uint32_t bit = 2u << irq % 16 * 2, x;

	(void)cpu;
	lock_take(&regs_lock);
	x = mmio_rd32(dist, at);
	if (!(x & bit) == edge) {
		mmio_wr32(dist, at, x ^ bit);
	}
	lock_drop(&regs_lock);
}

static void hw_route(uint32_t irq, unsigned int cpu)
{
	mmio_wr8(dist, GICD_ITARGETSR + irq, targets[cpu]);
}

/* Guests' SGIs have a sender on GICv2, so they go by software: see vgic_sgi.c. */
static void hw_sgi(unsigned int cpu, unsigned int sgi)
{
	(void)cpu;
	(void)sgi;
}

static bool hw_busy(void)
{
	return false;
}

static uint8_t lr_count(void)
{
	return (uint8_t)(field_get(GICH_VTR_LRS, mmio_rd32(gich, GICH_VTR)) + 1);
}

static uint8_t prio_mask(void)
{
	return PRIO_BITS;
}

static void lr_get(unsigned int n, struct gic_lr *lr)
{
	uint32_t x = mmio_rd32(gich, GICH_LR0 + n * 4);

	*lr = (struct gic_lr){
		.irq = (uint16_t)field_get(GICH_LR_VIRT, x),
		.prio = (uint8_t)(field_get(GICH_LR_PRIO, x) << 3),
		.state = (uint8_t)field_get(GICH_LR_STATE, x),
		.source = x & GICH_LR_HW ? 0 : (uint8_t)field_get(GICH_LR_CPU, x),
		.is_hw = x & GICH_LR_HW,
		.want_eoi = !(x & GICH_LR_HW) && x & GICH_LR_EOI,
	};
}

static void lr_put(unsigned int n, const struct gic_lr *lr)
{
	uint64_t x = 0;

	if (lr->state) {
		x = field_put(GICH_LR_STATE, lr->state) | field_put(GICH_LR_PRIO, lr->prio >> 3) |
		    lr->irq;
		if (lr->is_hw) {
			x |= GICH_LR_HW | field_put(GICH_LR_PHYS, lr->irq);
		} else {
			x |= field_put(GICH_LR_CPU, lr->source) | (lr->want_eoi ? GICH_LR_EOI : 0);
		}
	}
	mmio_wr32(gich, GICH_LR0 + n * 4, (uint32_t)x);
}

static void maint(enum gic_maint when)
{
	uint64_t x = GICH_HCR_EN;

	if (when == GIC_MAINT_NO_PENDING) {
		x |= GICH_HCR_NPIE;
	} else if (when == GIC_MAINT_UNDERFLOW) {
		x |= GICH_HCR_UIE;
	}
	mmio_wr32(gich, GICH_HCR, (uint32_t)x);
}

static void cpu_reset(bool direct)
{
	unsigned int n, count = lr_count();

	(void)direct;
	mmio_wr32(gich, GICH_HCR, 0);
	for (n = 0; n < count; n++) {
		mmio_wr32(gich, GICH_LR0 + n * 4, 0);
	}
	mmio_wr32(gich, GICH_APR, 0);
	mmio_wr32(gich, GICH_VMCR, 0);
	mmio_wr32(gich, GICH_HCR, (uint32_t)GICH_HCR_EN);
}

static struct gic_hw hw = {
	.version = 2,
	.has_cpu = hw_has_cpu,
	.get = hw_get,
	.set = hw_set,
	.clear = hw_clear,
	.prio = hw_prio,
	.trigger = hw_trigger,
	.route = hw_route,
	.sgi = hw_sgi,
	.busy = hw_busy,
	.lr_count = lr_count,
	.prio_mask = prio_mask,
	.lr_get = lr_get,
	.lr_put = lr_put,
	.maint = maint,
	.cpu_reset = cpu_reset,
};

static void dist_init(void)
{
	unsigned int i;

	mmio_wr32(dist, GICD_CTLR, 0);
	word_count = (unsigned int)field_get(GICD2_TYPER_LINES, mmio_rd32(dist, GICD_TYPER)) + 1;
	for (i = 1; i < word_count; i++) {
		mmio_wr32(dist, GICD_ICENABLER + i * 4, ~0u);
		mmio_wr32(dist, GICD_ICPENDR + i * 4, ~0u);
		mmio_wr32(dist, GICD_ICACTIVER + i * 4, ~0u);
	}
	for (i = 8; i < word_count * 8; i++) {
		mmio_wr32(dist, GICD_IPRIORITYR + i * 4, PRIO_DEFAULT * 0x01010101u);
		mmio_wr32(dist, GICD_ITARGETSR + i * 4, 0);
	}
	mmio_wr32(dist, GICD_CTLR, (uint32_t)GICD2_CTLR_ENABLE);
}

/* Registers in the binding's order: GICD, GICC, GICH, GICV. */
static enum err gicv2_init(const struct plan *plan, const struct plan_dev *dev)
{
	const struct plan_reg *regs = plan->regs + dev->reg_first;

	if (dev->reg_count < 4) {
		return ERR_FORMAT;
	}
	dist = arch_hmem_device(regs[0].base, regs[0].size);
	gicc = arch_hmem_device(regs[1].base, regs[1].size);
	gich = arch_hmem_device(regs[2].base, regs[2].size);
	if (!dist || !gicc || !gich) {
		return ERR_FULL;
	}
	dist_init();
	/*
	 * QEMU's model does not look again at a line that a list register has deactivated: one that
	 * is still or again asserted then stays silent. It cannot be told from the first GIC of the
	 * Cortex-A15, which does not need this and bears it.
	 */
	hw.ends_by_hand = mmio_rd32(dist, GICD_IIDR) == IIDR_QEMU;
	gic_hw = &hw;
	gich_init(2, plan->board.maint_irq, true);
	return OK;
}

/* Which bit of GICD_ITARGETSR this CPU is, the banked bytes tell; a lone CPU's may read as zero. */
static uint8_t target_find(void)
{
	uint32_t x = 0;
	unsigned int i;

	for (i = 0; i < 8 && !x; i++) {
		x = mmio_rd32(dist, GICD_ITARGETSR + i * 4);
	}
	x |= x >> 16;
	x |= x >> 8;
	return x & 0xff ? (uint8_t)x : 1;
}

static enum err gicv2_cpu_init(struct cpu *cpu)
{
	unsigned int i;

	targets[cpu->index] = target_find();
	mmio_wr32(dist, GICD_ICENABLER, 0xffff0000u);
	mmio_wr32(dist, GICD_ICPENDR, 0xffff0000u);
	mmio_wr32(dist, GICD_ICACTIVER, ~0u);
	for (i = 0; i < 8; i++) {
		mmio_wr32(dist, GICD_IPRIORITYR + i * 4, PRIO_DEFAULT * 0x01010101u);
	}
	mmio_wr8(dist, GICD_IPRIORITYR + GIC_KICK_SGI, 0);
	mmio_wr32(dist, GICD_ISENABLER, 1u << GIC_KICK_SGI);
	mmio_wr32(gich, GICH_HCR, 0);
	mmio_wr32(gicc, GICC_PMR, 0xff);
	mmio_wr32(gicc, GICC_BPR, 0);
	mmio_wr32(gicc, GICC_CTLR, (uint32_t)(GICC_CTLR_ENABLE | GICC_CTLR_EOIMODE));
	if (the_plan->board.maint_irq) {
		irqc_gicv2_ops.claim(the_plan->board.maint_irq, cpu, PLAN_IRQ_LEVEL);
	}
	return OK;
}

/* A PPI is claimed on the CPU that calls. */
static void gicv2_claim(uint32_t irq, struct cpu *to, uint8_t flags)
{
	if (irq / 32 >= word_count) {
		return;
	}
	hw_clear(to->index, GIC_ENABLE, irq / 32, 1u << irq % 32);
	hw_prio(to->index, irq, 0);
	hw_trigger(to->index, irq, !(flags & PLAN_IRQ_LEVEL));
	if (irq >= 32) {
		hw_route(irq, to->index);
	}
	hw_set(to->index, GIC_ENABLE, irq / 32, 1u << irq % 32);
}

/* iar is what was acknowledged: an INTID, with the sender above it for an SGI. */
static void gicv2_eoi(uint32_t iar)
{
	mmio_wr32(gicc, GICC_EOIR, iar);
	mmio_wr32(gicc, GICC_DIR, iar);
}

static void gicv2_kick(struct cpu *to)
{
	dev_mb();
	mmio_wr32(dist, GICD_SGIR, (uint32_t)targets[to->index] << 16 | GIC_KICK_SGI);
}

/* Acknowledged, and from here on ended by the guest: into a list register. */
static void guest_irq(struct vgic_cpu *c, const struct vgic_lines *l, uint32_t irq)
{
	uint32_t free = mmio_rd32(gich, GICH_ELRSR0);
	unsigned int n;

	mmio_wr32(gicc, GICC_EOIR, irq);
	if (likely(free && !c->is_waiting)) {
		n = (unsigned int)__builtin_ctz(free);
		lr_put(n, &(struct gic_lr){ .irq = (uint16_t)irq,
					    .prio = l->prio[irq % 32],
					    .state = GIC_LR_PEND,
					    .is_hw = !hw.ends_by_hand,
					    .want_eoi = hw.ends_by_hand });
		c->lr_live |= (uint16_t)(1u << n);
		c->lr_irq[n] = (uint16_t)irq;
		return;
	}
	vgic_arrive(c, irq);
}

void gicv2_irq(struct cpu *cpu)
{
	struct vgic_cpu *c = cpu->vcpu ? cpu->vcpu->vic : NULL;
	uint32_t iar = mmio_rd32(gicc, GICC_IAR);
	uint32_t irq = (uint32_t)field_get(GICC_IAR_INTID, iar);
	const struct vgic_lines *l;

	if (irq >= INTID_SPECIAL) {
		return;
	}
	if (irq < 16) {
		gicv2_eoi(iar);
		return;
	}
	l = c && irq / 32 < c->vgic->words ? vgic_lines(c->vgic, c, irq / 32) : NULL;
	if (likely(l && l->hw >> irq % 32 & 1)) {
		guest_irq(c, l, irq);
	} else if (irq == the_plan->board.maint_irq && c) {
		vgic_maint(c);
		gicv2_eoi(irq);
	} else {
		trap_irq(cpu, irq);
	}
}

const struct irqc_ops irqc_gicv2_ops = {
	.name = "GICv2",
	.init = gicv2_init,
	.cpu_init = gicv2_cpu_init,
	.claim = gicv2_claim,
	.eoi = gicv2_eoi,
	.kick = gicv2_kick,
};
