/* SPDX-License-Identifier: BSD-3-Clause */
/* The physical GICv3: the hypervisor's own lines, and what the virtual GICs ask of the hardware. */
/*
 * The hypervisor's lines are Group 0 (FIQ) with priority 0; everything of a guest is Group 1 with
 * priority 0x20 or less urgent. Where another security state owns Group 0 (GICD_CTLR.DS is 0) all
 * is Group 1, and direct mode is not possible.
 */
#include <inttypes.h>

#include "arch/gich.h"
#include "arch/mmio.h"
#include "drivers/gicv3.h"
#include "drivers/gicv3_regs.h"
#include "hv/cpu.h"
#include "hv/irqc.h"
#include "hv/lock.h"
#include "hv/part.h"
#include "hv/vgic_hw.h"

enum {
	SETTLE_US = 10000,       /* bound of every wait for the controller */
	PRIO_DEFAULT = 0xa0,
	PIDR2_REV_SHIFT = 4,
};

static volatile void *dist;
static volatile void *redists[MAX_CPUS];   /* RD page of each CPU of the plan */
static hpa_t redists_at[MAX_CPUS];
static uint64_t sgi_to[MAX_CPUS];          /* ICC_SGI1R_EL1 for each CPU, but the INTID */
static unsigned int word_count;            /* words of lines the distributor has */
static bool is_shared_group;               /* all is Group 1 */
static struct lock regs_lock = LOCK_INIT(LOCK_IRQC, "gicv3");

volatile void *gicv3_dist(void)
{
	return dist;
}

volatile void *gicv3_redist(unsigned int cpu)
{
	return redists[cpu];
}

uint64_t gicv3_redist_at(unsigned int cpu)
{
	return hpa_raw(redists_at[cpu]);
}

static const uint16_t set_regs[] = {
	[GIC_ENABLE] = GICD_ISENABLER,
	[GIC_PEND] = GICD_ISPENDR,
	[GIC_ACTIVE] = GICD_ISACTIVER,
};

/* Registers of a word: local ones are in the CPU's redistributor, at the distributor's offsets. */
static volatile void *word_regs(unsigned int cpu, unsigned int word)
{
	return word == 0 ? (volatile char *)redists[cpu] + GICR_SGI : (volatile char *)dist;
}

static bool hw_has_cpu(unsigned int cpu)
{
	return redists[cpu] != NULL;
}

static uint32_t hw_get(unsigned int cpu, enum gic_bank bank, unsigned int word)
{
	return mmio_rd32(word_regs(cpu, word), set_regs[bank] + word * 4);
}

static void hw_set(unsigned int cpu, enum gic_bank bank, unsigned int word, uint32_t bits)
{
	mmio_wr32(word_regs(cpu, word), set_regs[bank] + word * 4, bits);
}

static void hw_clear(unsigned int cpu, enum gic_bank bank, unsigned int word, uint32_t bits)
{
	mmio_wr32(word_regs(cpu, word), set_regs[bank] + 0x80u + word * 4, bits);
}

static void hw_prio(unsigned int cpu, uint32_t irq, uint8_t prio)
{
	mmio_wr8(word_regs(cpu, irq / 32), GICD_IPRIORITYR + irq, prio);
}

/* Sixteen lines share a register, of whatever owners. */
static void hw_trigger(unsigned int cpu, uint32_t irq, bool edge)
{
	volatile void *regs = word_regs(cpu, irq / 32);
	uint64_t at = GICD_ICFGR + irq / 16 * 4;
	uint32_t bit = 2u << irq % 16 * 2, x;

	lock_take(&regs_lock);
	x = mmio_rd32(regs, at);
	if (!(x & bit) == edge) {
		mmio_wr32(regs, at, x ^ bit);
	}
	lock_drop(&regs_lock);
}

static void hw_route(uint32_t irq, unsigned int cpu)
{
	mmio_wr64(dist, GICD_IROUTER + irq * 8, the_plan->cpus[cpu].hw_id);
}

static void hw_sgi(unsigned int cpu, unsigned int sgi)
{
	gich_sgi1(sgi_to[cpu] | sgi << 24);
}

static bool hw_busy(void)
{
	return mmio_rd32(dist, GICD_CTLR) & GICD_CTLR_RWP;
}

static bool dist_settled(void)
{
	return cpu_wait_until(!hw_busy(), SETTLE_US);
}

static void group_set(volatile void *regs, uint32_t irq, bool group1)
{
	uint64_t at = GICD_IGROUPR + irq / 32 * 4;
	uint32_t bit = 1u << irq % 32, x;

	lock_take(&regs_lock);
	x = mmio_rd32(regs, at);
	mmio_wr32(regs, at, group1 ? x | bit : x & ~bit);
	lock_drop(&regs_lock);
}

/* A frame belongs to the CPU with its affinity; frames of CPUs that are not planned stay alone. */
static void redist_found(const struct plan *plan, volatile void *frame, hpa_t at, uint64_t typer)
{
	uint64_t aff = field_get(GICR_TYPER_AFFINITY, typer);
	unsigned int i;

	/* TYPER packs Aff3.Aff2.Aff1.Aff0; the tree has Aff3 in [39:32]. */
	aff = (aff & 0xff000000) << 8 | (aff & 0xffffff);
	for (i = 0; i < plan->cpu_count; i++) {
		if (plan->cpus[i].hw_id == aff) {
			redists[i] = frame;
			redists_at[i] = at;
		}
	}
}

/* The frames of one region, up to the one that says it is the last. False: not a redistributor. */
static bool region_walk(const struct plan *plan, const struct plan_reg *reg)
{
	uint64_t at, step, typer;
	volatile void *frame;
	unsigned int rev;

	for (at = 0; at + GICR_FRAME <= reg->size; at += step) {
		frame = arch_hmem_device(hpa(hpa_raw(reg->base) + at), GICR_FRAME);
		if (!frame) {
			return false;
		}
		rev = mmio_rd32(frame, GICR_PIDR2) >> PIDR2_REV_SHIFT & 0xf;
		if (rev != 3 && rev != 4) {
			return false;
		}
		typer = mmio_rd64(frame, GICR_TYPER);
		redist_found(plan, frame, hpa(hpa_raw(reg->base) + at), typer);
		if (typer & GICR_TYPER_LAST) {
			break;
		}
		step = typer & GICR_TYPER_VLPIS ? GICR_FRAME_V4 : GICR_FRAME;
	}
	return true;
}

static enum err dist_init(void)
{
	unsigned int i;

	mmio_wr32(dist, GICD_CTLR, GICD_CTLR_ARE);
	if (!dist_settled()) {
		return ERR_TIMEOUT;
	}
	word_count = (unsigned int)field_get(GICD_TYPER_LINES, mmio_rd32(dist, GICD_TYPER)) + 1;
	for (i = 1; i < word_count; i++) {
		mmio_wr32(dist, GICD_ICENABLER + i * 4, ~0u);
		mmio_wr32(dist, GICD_ICPENDR + i * 4, ~0u);
		mmio_wr32(dist, GICD_ICACTIVER + i * 4, ~0u);
		mmio_wr32(dist, GICD_IGROUPR + i * 4, ~0u);
	}
	for (i = 8; i < word_count * 8; i++) {
		mmio_wr32(dist, GICD_IPRIORITYR + i * 4, PRIO_DEFAULT * 0x01010101u);
	}
	if (!dist_settled()) {
		return ERR_TIMEOUT;
	}
	mmio_wr32(dist, GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_GRP0 | GICD_CTLR_GRP1);
	is_shared_group = !(mmio_rd32(dist, GICD_CTLR) & GICD_CTLR_DS);
	return dist_settled() ? OK : ERR_TIMEOUT;
}

static struct gic_hw hw = {
	.version = 3,
	.has_cpu = hw_has_cpu,
	.get = hw_get,
	.set = hw_set,
	.clear = hw_clear,
	.prio = hw_prio,
	.trigger = hw_trigger,
	.route = hw_route,
	.sgi = hw_sgi,
	.busy = hw_busy,
	.lr_count = gich_lr_count,
	.prio_mask = gich_prio_mask,
	.lr_get = gich_lr_get,
	.lr_put = gich_lr_put,
	.lr_try = gich_lr_try,
	.maint = gich_maint,
	.cpu_reset = gich_cpu_reset,
};

static enum err gicv3_init(const struct plan *plan, const struct plan_dev *dev)
{
	const struct plan_reg *regs = plan->regs + dev->reg_first;
	unsigned int i;
	enum err err;

	if (dev->reg_count < 2) {
		return ERR_FORMAT;
	}
	dist = arch_hmem_device(regs[0].base, regs[0].size);
	if (!dist) {
		return ERR_FULL;
	}
	for (i = 1; i < dev->reg_count && region_walk(plan, &regs[i]); i++) {
	}
	err = dist_init();
	hw.can_direct = !is_shared_group;
	for (i = 0; i < plan->cpu_count; i++) {
		sgi_to[i] = gich_sgi_value(plan->cpus[i].hw_id, 0);
	}
	gic_hw = &hw;
	gich_init(3, plan->board.maint_irq, is_shared_group);
	if (err == OK && gic_its_init(plan) != OK) {
		log_print(LOG_ERROR, "%s: cannot be used: no messages of devices",
			  plan->devs[plan->board.its].path);
	}
	return err;
}

/* ERR_NONE: no redistributor says it is this CPU's. */
static enum err gicv3_cpu_init(struct cpu *cpu)
{
	volatile void *frame = redists[cpu->index], *sgi = word_regs(cpu->index, 0);
	uint32_t kick = 1u << GIC_KICK_SGI;
	unsigned int i;

	if (!frame) {
		return ERR_NONE;
	}
	mmio_wr32(frame, GICR_WAKER, mmio_rd32(frame, GICR_WAKER) & ~(uint32_t)GICR_WAKER_SLEEP);
	if (!cpu_wait_until(!(mmio_rd32(frame, GICR_WAKER) & GICR_WAKER_ASLEEP), SETTLE_US)) {
		return ERR_TIMEOUT;
	}
	mmio_wr32(sgi, GICD_ICENABLER, ~0u);
	mmio_wr32(sgi, GICD_ICPENDR, ~0u);
	mmio_wr32(sgi, GICD_ICACTIVER, ~0u);
	mmio_wr32(sgi, GICD_IGROUPR, is_shared_group ? ~0u : ~kick);
	for (i = 0; i < 8; i++) {
		mmio_wr32(sgi, GICD_IPRIORITYR + i * 4, PRIO_DEFAULT * 0x01010101u);
	}
	hw_prio(cpu->index, GIC_KICK_SGI, 0);
	if (!cpu_wait_until(!(mmio_rd32(frame, GICR_CTLR) & GICR_CTLR_RWP), SETTLE_US)) {
		return ERR_TIMEOUT;
	}
	mmio_wr32(sgi, GICD_ISENABLER, kick);
	gich_cpu_init();
	if (the_plan->board.maint_irq) {
		irqc_gicv3_ops.claim(the_plan->board.maint_irq, cpu, PLAN_IRQ_LEVEL);
	}
	if (gic_its_cpu_init(cpu->index) != OK) {
		log_print(LOG_ERROR, "CPU %#" PRIx64 ": no messages of devices reach it", cpu->hw_id);
	}
	return OK;
}

static void gicv3_claim(uint32_t irq, struct cpu *to, uint8_t flags)
{
	if (irq / 32 >= word_count) {
		return;
	}
	hw_clear(to->index, GIC_ENABLE, irq / 32, 1u << irq % 32);
	group_set(word_regs(to->index, irq / 32), irq, is_shared_group);
	hw_prio(to->index, irq, 0);
	hw_trigger(to->index, irq, !(flags & PLAN_IRQ_LEVEL));
	if (irq >= 32) {
		hw_route(irq, to->index);
	}
	hw_set(to->index, GIC_ENABLE, irq / 32, 1u << irq % 32);
}

static void gicv3_kick(struct cpu *to)
{
	gich_kick(sgi_to[to->index]);
}

const struct irqc_ops irqc_gicv3_ops = {
	.name = "GICv3",
	.init = gicv3_init,
	.cpu_init = gicv3_cpu_init,
	.claim = gicv3_claim,
	.eoi = gich_eoi,
	.kick = gicv3_kick,
};
