/* SPDX-License-Identifier: BSD-3-Clause */
/* Freescale MPIC: sources masked at boot, the hypervisor's IPI, acknowledge and end of interrupt. */
/*
 * Mixed mode without external proxy: the hypervisor reads IACK itself. Guests get their interrupts
 * from the virtual controller, never from these registers. Offsets: MPC8572 RM table 10-3.
 */
#include "drivers/mpic.h"

#include "arch/barrier.h"
#include "arch/mmio.h"
#include "hv/cpu.h"
#include "hv/lock.h"

enum {
	CPU_IPIDR0 = 0x00040, /* own CPU's page: IPI dispatch, bit mask of CPUs */
	CPU_CTPR = 0x00080,
	CPU_IACK = 0x000a0,
	CPU_EOI = 0x000b0,
	FRR = 0x01000,        /* number of sources - 1 in 26:16 */
	GCR = 0x01020,
	IPIVPR0 = 0x010a0,    /* +0x10 for each of four */
	TIMER_VPR0 = 0x01120, /* +0x40 for each of four */
	SOURCE = 0x10000,     /* +0x20 for each: VPR, DR at +0x10 */
	SOURCE_STEP = 0x20,
	SOURCE_DR = 0x10,
};

#define GCR_RESET 0x80000000u
#define GCR_MIXED 0x20000000u
#define VPR_MASK 0x80000000u
#define VPR_ACTIVITY 0x40000000u
#define VPR_HIGH 0x00800000u
#define VPR_LEVEL 0x00400000u
#define VPR_PRIORITY 0x000f0000u
#define RESET_US 100000

/* Guests rank their interrupts themselves; here the hypervisor's kick comes before all others. */
#define PRIORITY_GUEST 8u
#define PRIORITY_HV 12u
#define PRIORITY_KICK 15u

static volatile void *regs;
static uint32_t source_count;
static struct lock mpic_lock = LOCK_INIT(LOCK_IRQC, "mpic");

static uint64_t source(uint32_t irq)
{
	return SOURCE + (uint64_t)irq * SOURCE_STEP;
}

static enum err init(const struct plan *plan, const struct plan_dev *dev)
{
	const struct plan_reg *r = &plan->regs[dev->reg_first];

	regs = arch_hmem_device(r->base, r->size);
	if (regs == NULL) {
		return ERR_FULL;
	}
	mmio_wr32(regs, GCR, GCR_RESET);
	if (!cpu_wait_until((mmio_rd32(regs, GCR) & GCR_RESET) == 0, RESET_US)) {
		return ERR_TIMEOUT;
	}
	source_count = (uint32_t)field_get(0x07ff0000u, mmio_rd32(regs, FRR)) + 1;
	if (source_count > MPIC_SOURCES) {
		source_count = MPIC_SOURCES;
	}
	for (uint32_t i = 0; i < source_count; i++) {
		mmio_wr32(regs, source(i), VPR_MASK | i);
	}
	for (unsigned int i = 0; i < 4; i++) {
		mmio_wr32(regs, IPIVPR0 + 0x10 * i, VPR_MASK);
		mmio_wr32(regs, TIMER_VPR0 + 0x40 * i, VPR_MASK);
	}
	mmio_wr32(regs, GCR, GCR_MIXED);
	mmio_wr32(regs, IPIVPR0, (uint32_t)field_put(VPR_PRIORITY, PRIORITY_KICK) | MPIC_KICK);
	return OK;
}

static enum err cpu_init(struct cpu *cpu)
{
	(void)cpu;
	mmio_wr32(regs, CPU_CTPR, 0);
	return OK;
}

static void set_source(uint32_t irq, uint32_t pir, uint8_t flags, uint32_t priority, bool masked)
{
	uint32_t vpr = irq | (uint32_t)field_put(VPR_PRIORITY, priority);

	if ((flags & PLAN_IRQ_LEVEL) != 0) {
		vpr |= VPR_LEVEL;
	}
	if ((flags & PLAN_IRQ_LOW) == 0) {
		vpr |= VPR_HIGH;
	}
	lock_take(&mpic_lock);
	mmio_wr32(regs, source(irq), vpr | VPR_MASK);
	mmio_wr32(regs, source(irq) + SOURCE_DR, 1u << pir);
	if (!masked) {
		mmio_wr32(regs, source(irq), vpr);
	}
	lock_drop(&mpic_lock);
}

static void claim(uint32_t irq, struct cpu *to, uint8_t flags)
{
	if (irq < source_count) {
		set_source(irq, to->arch.pir, flags, PRIORITY_HV, false);
	}
}

void mpic_route(uint32_t irq, uint32_t pir, uint8_t flags)
{
	if (irq < source_count) {
		set_source(irq, pir, flags, PRIORITY_GUEST, true);
	}
}

void mpic_mask(uint32_t irq, bool masked)
{
	uint32_t vpr;

	if (irq >= source_count) {
		return;
	}
	lock_take(&mpic_lock);
	vpr = mmio_rd32(regs, source(irq)) & ~(VPR_MASK | VPR_ACTIVITY);
	mmio_wr32(regs, source(irq), masked ? vpr | VPR_MASK : vpr);
	lock_drop(&mpic_lock);
}

uint32_t mpic_ack(void)
{
	return mmio_rd32(regs, CPU_IACK) & 0xffff;
}

void mpic_eoi(void)
{
	mmio_wr32(regs, CPU_EOI, 0);
}

/* The controller ends whatever this CPU acknowledged last; the number is not needed. */
static void eoi(uint32_t irq)
{
	(void)irq;
	mpic_eoi();
}

static void kick(struct cpu *to)
{
	dev_wmb();
	mmio_wr32(regs, CPU_IPIDR0, 1u << to->arch.pir);
}

const struct irqc_ops mpic_ops = {
	.name = "mpic",
	.init = init,
	.cpu_init = cpu_init,
	.claim = claim,
	.eoi = eoi,
	.kick = kick,
};
