/* SPDX-License-Identifier: BSD-3-Clause */
/* GICv3 by system registers: interrupts taken to EL2, list registers, the guest's CPU interface. */
/* own CPU; register fields: IHI 0069 sections 12.2 and 12.4 */
#include "arch/gich.h"
#include "drivers/gicv2.h"
#include "hv/cpu.h"
#include "hv/msi.h"
#include "hv/vgic.h"
#include "trap.h"

#define SRE_ALL MASK(3, 0)       /* SRE, DFB, DIB, and EL1 may use the registers too */
#define CTLR_EOIMODE BIT(1)      /* EOIR drops the priority, DIR deactivates */
#define VTR_LRS MASK(4, 0)
#define VTR_PRE_BITS MASK(28, 26)
#define VTR_PRI_BITS MASK(31, 29)
#define HCR_EN BIT(0)
#define HCR_UIE BIT(1)
#define HCR_NPIE BIT(3)
#define LR_STATE MASK(63, 62)
#define LR_HW BIT(61)
#define LR_GROUP1 BIT(60)
#define LR_PRIO MASK(55, 48)
#define LR_PHYS MASK(44, 32)
#define LR_EOI BIT(41)           /* only without HW, where it is part of the physical INTID */
#define LR_VIRT MASK(31, 0)
/* A physical line that has become pending; priority and INTIDs to be added */
#define LR_PHYSICAL (field_put(LR_STATE, GIC_LR_PEND) | LR_HW | LR_GROUP1)

enum { INTID_SPECIAL = 1020 };

/* ICC_SGI1R_EL1, ICC_ASGI1R_EL1, ICC_SGI0R_EL1 */
#define KEY_SGI1R SYSREG_KEY(3, 0, 12, 11, 5)
#define KEY_ASGI1R SYSREG_KEY(3, 0, 12, 11, 6)
#define KEY_SGI0R SYSREG_KEY(3, 0, 12, 11, 7)

static bool is_v2;
static bool is_shared_group;
static uint32_t maint_irq;
static uint8_t lr_count;
static uint8_t prio_mask;
static uint8_t pre_bits;

void gich_init(unsigned int version, uint32_t maint, bool shared)
{
	uint64_t vtr;

	is_v2 = version == 2;
	maint_irq = maint;
	is_shared_group = shared;
	if (is_v2) {
		return;
	}
	sysreg_wr(icc_sre_el2, SRE_ALL);
	isb();
	vtr = sysreg_rd(ich_vtr_el2);
	lr_count = (uint8_t)(field_get(VTR_LRS, vtr) + 1);
	pre_bits = (uint8_t)(field_get(VTR_PRE_BITS, vtr) + 1);
	prio_mask = (uint8_t)(0xff00u >> (field_get(VTR_PRI_BITS, vtr) + 1));
}

uint8_t gich_lr_count(void)
{
	return lr_count;
}

uint8_t gich_prio_mask(void)
{
	return prio_mask;
}

static uint64_t lr_read(unsigned int n)
{
	switch (n) {
	case 0: return sysreg_rd(ich_lr0_el2);
	case 1: return sysreg_rd(ich_lr1_el2);
	case 2: return sysreg_rd(ich_lr2_el2);
	case 3: return sysreg_rd(ich_lr3_el2);
	case 4: return sysreg_rd(ich_lr4_el2);
	case 5: return sysreg_rd(ich_lr5_el2);
	case 6: return sysreg_rd(ich_lr6_el2);
	case 7: return sysreg_rd(ich_lr7_el2);
	case 8: return sysreg_rd(ich_lr8_el2);
	case 9: return sysreg_rd(ich_lr9_el2);
	case 10: return sysreg_rd(ich_lr10_el2);
	case 11: return sysreg_rd(ich_lr11_el2);
	case 12: return sysreg_rd(ich_lr12_el2);
	case 13: return sysreg_rd(ich_lr13_el2);
	case 14: return sysreg_rd(ich_lr14_el2);
	default: return sysreg_rd(ich_lr15_el2);
	}
}

static void lr_write(unsigned int n, uint64_t x)
{
	switch (n) {
	case 0: sysreg_wr(ich_lr0_el2, x); break;
	case 1: sysreg_wr(ich_lr1_el2, x); break;
	case 2: sysreg_wr(ich_lr2_el2, x); break;
	case 3: sysreg_wr(ich_lr3_el2, x); break;
	case 4: sysreg_wr(ich_lr4_el2, x); break;
	case 5: sysreg_wr(ich_lr5_el2, x); break;
	case 6: sysreg_wr(ich_lr6_el2, x); break;
	case 7: sysreg_wr(ich_lr7_el2, x); break;
	case 8: sysreg_wr(ich_lr8_el2, x); break;
	case 9: sysreg_wr(ich_lr9_el2, x); break;
	case 10: sysreg_wr(ich_lr10_el2, x); break;
	case 11: sysreg_wr(ich_lr11_el2, x); break;
	case 12: sysreg_wr(ich_lr12_el2, x); break;
	case 13: sysreg_wr(ich_lr13_el2, x); break;
	case 14: sysreg_wr(ich_lr14_el2, x); break;
	default: sysreg_wr(ich_lr15_el2, x); break;
	}
}

void gich_lr_get(unsigned int n, struct gic_lr *lr)
{
	uint64_t x = lr_read(n);

	*lr = (struct gic_lr){
		.irq = (uint16_t)(field_get(LR_VIRT, x) & 1023),
		.prio = (uint8_t)field_get(LR_PRIO, x),
		.state = (uint8_t)field_get(LR_STATE, x),
		.is_hw = x & LR_HW,
		.want_eoi = !(x & LR_HW) && x & LR_EOI,
	};
}

void gich_lr_put(unsigned int n, const struct gic_lr *lr)
{
	uint64_t x = 0;

	if (lr->state) {
		x = field_put(LR_STATE, lr->state) | LR_GROUP1 | field_put(LR_PRIO, lr->prio) | lr->irq;
		if (lr->is_hw) {
			x |= LR_HW | field_put(LR_PHYS, lr->irq);
		} else if (lr->want_eoi) {
			x |= LR_EOI;
		}
	}
	lr_write(n, x);
}

void gich_maint(enum gic_maint when)
{
	uint64_t x = HCR_EN;

	if (when == GIC_MAINT_NO_PENDING) {
		x |= HCR_NPIE;
	} else if (when == GIC_MAINT_UNDERFLOW) {
		x |= HCR_UIE;
	}
	sysreg_wr(ich_hcr_el2, x);
}

/* SGI1R and SGI0R layout: Aff3 [55:48], RS [47:44], Aff2 [39:32], INTID [27:24], Aff1 [23:16]. */
uint64_t gich_sgi_value(uint64_t hw_id, unsigned int sgi)
{
	uint64_t aff0 = hw_id & 0xff;

	return (hw_id >> 32 & 0xff) << 48 | aff0 >> 4 << 44 | (hw_id >> 16 & 0xff) << 32 |
	       (uint64_t)sgi << 24 | (hw_id >> 8 & 0xff) << 16 | BIT(aff0 & 15);
}

/* What the sender wrote before must be visible before the interrupt is. */
static void sgi_barrier(void)
{
	__asm__ volatile("dsb ishst" ::: "memory");
}

void gich_sgi1(uint64_t value)
{
	sgi_barrier();
	sysreg_wr(icc_sgi1r_el1, value);
	isb();
}

void gich_kick(uint64_t value)
{
	sgi_barrier();
	value |= (uint64_t)GIC_KICK_SGI << 24;
	if (is_shared_group) {
		sysreg_wr(icc_sgi1r_el1, value);
	} else {
		sysreg_wr(icc_sgi0r_el1, value);
	}
	isb();
}

void gich_cpu_init(void)
{
	sysreg_wr(icc_sre_el2, SRE_ALL);
	isb();
	sysreg_wr(icc_pmr_el1, 0xff);
	sysreg_wr(icc_bpr0_el1, 0);
	sysreg_wr(icc_ctlr_el1, CTLR_EOIMODE);
	sysreg_wr(icc_igrpen0_el1, !is_shared_group);
	sysreg_wr(icc_igrpen1_el1, 1);
	sysreg_wr(ich_hcr_el2, 0);
	isb();
}

/* Active priorities: with 5 preemption bits there is one register a group, with 6 two, with 7 four. */
static void active_prios_clear(void)
{
	sysreg_wr(ich_ap0r0_el2, 0);
	sysreg_wr(ich_ap1r0_el2, 0);
	if (pre_bits >= 6) {
		sysreg_wr(ich_ap0r1_el2, 0);
		sysreg_wr(ich_ap1r1_el2, 0);
	}
	if (pre_bits >= 7) {
		sysreg_wr(ich_ap0r2_el2, 0);
		sysreg_wr(ich_ap1r2_el2, 0);
		sysreg_wr(ich_ap0r3_el2, 0);
		sysreg_wr(ich_ap1r3_el2, 0);
	}
}

/*
 * In direct mode the guest owns the physical Group 1 registers: IGRPEN1, BPR1, AP1R0. Everything
 * else it writes goes to the virtual interface and does nothing, so PMR and EOImode are set here.
 */
void gich_cpu_reset(bool direct)
{
	unsigned int n;

	sysreg_wr(ich_hcr_el2, 0);
	for (n = 0; n < lr_count; n++) {
		lr_write(n, 0);
	}
	active_prios_clear();
	sysreg_wr(ich_vmcr_el2, 0);
	sysreg_wr(icc_ap1r0_el1, 0);
	sysreg_wr(icc_pmr_el1, 0xff);
	sysreg_wr(icc_bpr1_el1, 0);
	sysreg_wr(icc_ctlr_el1, direct ? 0 : CTLR_EOIMODE);
	sysreg_wr(icc_igrpen1_el1, !direct);
	sysreg_wr(ich_hcr_el2, direct ? 0 : HCR_EN);
	isb();
}

void gich_eoi(uint32_t irq)
{
	if (is_shared_group) {
		sysreg_wr(icc_eoir1_el1, irq);
	} else {
		sysreg_wr(icc_eoir0_el1, irq);
	}
	if (sysreg_rd(icc_ctlr_el1) & CTLR_EOIMODE) {
		sysreg_wr(icc_dir_el1, irq);
	}
}


static struct vgic_cpu *vic_of(const struct cpu *cpu)
{
	return cpu->vcpu ? cpu->vcpu->vic : NULL;
}

/* An acknowledged interrupt of the hypervisor. */
static void hv_irq(struct cpu *cpu, uint32_t irq)
{
	if (irq == GIC_KICK_SGI) {
		gich_eoi(irq);
	} else if (irq == maint_irq && vic_of(cpu)) {
		vgic_maint(vic_of(cpu));
		gich_eoi(irq);
	} else {
		trap_irq(cpu, irq);
	}
}

/* The list register named by the lowest bit of a set; most machines have four. */
static inline void lr_write_lowest(uint64_t set, uint64_t x)
{
	if (likely(set & 1)) {
		sysreg_wr(ich_lr0_el2, x);
	} else if (set & 2) {
		sysreg_wr(ich_lr1_el2, x);
	} else if (set & 4) {
		sysreg_wr(ich_lr2_el2, x);
	} else if (set & 8) {
		sysreg_wr(ich_lr3_el2, x);
	} else {
		lr_write((unsigned int)__builtin_ctzll(set), x);
	}
}

/* Into an empty list register, unless others wait that may be more urgent. */
static inline bool lr_quick(struct vgic_cpu *c, uint64_t x)
{
	uint64_t free = sysreg_rd(ich_elrsr_el2);

	if (unlikely(!free || c->is_waiting)) {
		return false;
	}
	lr_write_lowest(free, x);
	c->lr_live |= (uint16_t)(free & -free);
	return true;
}

/* Pending and not tied to a physical line. */
static inline uint64_t lr_alone(uint32_t irq, uint8_t prio)
{
	return field_put(LR_STATE, GIC_LR_PEND) | LR_GROUP1 | field_put(LR_PRIO, prio) | irq;
}

bool gich_lr_try(struct vgic_cpu *c, uint32_t irq, uint8_t prio)
{
	uint64_t used = c->lr_live & ~sysreg_rd(ich_elrsr_el2);

	for (; used; used &= used - 1) {
		uint64_t x = lr_read((unsigned int)__builtin_ctzll(used));

		if ((uint32_t)x == irq) {
			return field_get(LR_STATE, x) == GIC_LR_PEND;
		}
	}
	return lr_quick(c, lr_alone(irq, prio));
}

/* A guest's line, or an SGI from one of its vCPUs, that was acknowledged here. */
static void guest_irq(struct vgic_cpu *c, uint32_t irq)
{
	sysreg_wr(icc_eoir1_el1, irq);
	if (irq < 16) {
		sysreg_wr(icc_dir_el1, irq);
	}
	vgic_arrive(c, irq);
}

/* Acknowledged in Group 1. */
static void group1_irq(struct cpu *cpu, uint32_t irq)
{
	struct vgic_cpu *c = vic_of(cpu);
	const struct vgic_lines *l = c && irq < 1024 ? c->word[irq / 32] : NULL;

	if (l && l->hw >> irq % 32 & 1) {
		guest_irq(c, irq);
	} else {
		hv_irq(cpu, irq);
	}
}

void gich_irq(struct cpu *cpu)
{
	const struct vgic_cpu *c = vic_of(cpu);
	uint32_t irq;

	if (unlikely(is_v2)) {
		gicv2_irq(cpu);
		return;
	}
	/* In direct mode Group 1 is the guest's to acknowledge. */
	if ((c && !c->vgic->is_direct) || is_shared_group) {
		irq = (uint32_t)sysreg_rd(icc_iar1_el1);
		if (irq < INTID_SPECIAL) {
			group1_irq(cpu, irq);
			return;
		}
		if (irq >= LPI_FIRST) {
			/* An LPI has no active state: nothing to deactivate. */
			sysreg_wr(icc_eoir1_el1, irq);
			msi_arrive(vic_of(cpu), irq);
			return;
		}
	}
	for (irq = (uint32_t)sysreg_rd(icc_iar0_el1); irq < INTID_SPECIAL;
	     irq = (uint32_t)sysreg_rd(icc_iar0_el1)) {
		hv_irq(cpu, irq);
	}
}

/* Not the frequent case: an SGI, or acknowledged in vain, or nothing in Group 1. */
static __attribute__((noinline)) uint64_t taken_other(struct vcpu *v, uint32_t irq, uint64_t start)
{
	struct vgic_cpu *c = v->vic;

	if (irq < 16 && c->local.hw >> irq & 1) {
		sysreg_wr(icc_eoir1_el1, irq);
		sysreg_wr(icc_dir_el1, irq);
		if (!gich_lr_try(c, irq, c->local.prio[irq])) {
			vgic_arrive(c, irq);
		}
	} else if (irq < INTID_SPECIAL) {
		group1_irq(v->cpu, irq);
	} else {
		gich_irq(v->cpu);
	}
	return finish(v, TRAP_RETRY, EXIT_IRQ, start);
}

/*
 * The guest hears this line here, and it was in this CPU's list registers last: everybody who must see
 * it looks here (vgic_lines.flight).
 */
static inline bool is_heard_here(const struct vgic_cpu *c, const struct vgic_lines *l, uint32_t bit)
{
	return likely(l->home[bit] == c->index) && likely(l->route[bit] == c->index) &&
	       likely(l->enabled >> bit & 1) && likely(c->vgic->is_on);
}

/* A message that finds list registers in use, or has to go the long way. */
static __attribute__((noinline)) uint64_t lpi_other(struct vcpu *v, uint32_t lpi, uint64_t start)
{
	struct vgic_cpu *c = v->vic;
	uint32_t n = lpi - c->lpi_first, irq = n < c->lpi_count ? c->lpi_irq[n] : 0;
	const struct vgic_lines *l = c->word[irq / 32];

	if (!is_heard_here(c, l, irq % 32) || !gich_lr_try(c, irq, l->prio[irq % 32])) {
		msi_arrive(c, lpi);
	}
	return finish(v, TRAP_RETRY, EXIT_IRQ, start);
}

/*
 * An LPI has no active state: it is ended at once and stands alone in its list register. The frequent
 * case is that no other is in use, and so needs no call.
 */
static __attribute__((noinline)) uint64_t lpi_taken(struct vcpu *v, uint32_t lpi, uint64_t start)
{
	struct vgic_cpu *c = v->vic;
	uint32_t n = lpi - c->lpi_first, irq;
	const struct vgic_lines *l;

	sysreg_wr(icc_eoir1_el1, lpi);
	if (likely(n < c->lpi_count)) {
		irq = c->lpi_irq[n];
		l = c->word[irq / 32];
		if (is_heard_here(c, l, irq % 32) && !c->is_waiting &&
		    likely((c->lr_live & ~sysreg_rd(ich_elrsr_el2)) == 0)) {
			sysreg_wr(ich_lr0_el2, lr_alone(irq, l->prio[irq % 32]));
			c->lr_live |= 1;
			return finish(v, TRAP_RETRY, EXIT_IRQ, start);
		}
	}
	return lpi_other(v, lpi, start);
}

/* From vectors.S. Virtual mode's one frequent case needs no call, and so no stack frame. */
uint64_t trap_irq_taken(struct vcpu *v)
{
	uint64_t start = sysreg_rd(cntpct_el0);
	struct vgic_cpu *c = v->vic;
	const struct vgic_lines *l;
	uint32_t irq = INTID_SPECIAL;

	if (likely(c->is_quick)) {
		irq = (uint32_t)sysreg_rd(icc_iar1_el1);
		if (likely(irq - 16 < INTID_SPECIAL - 16)) {
			l = c->word[irq / 32];
			if (likely(l && l->hw >> irq % 32 & 1) &&
			    likely(lr_quick(c, LR_PHYSICAL | field_put(LR_PRIO, l->prio[irq % 32]) |
						       (uint64_t)irq << 32 | irq))) {
				sysreg_wr(icc_eoir1_el1, irq);
				return finish(v, TRAP_RETRY, EXIT_IRQ, start);
			}
		} else if (irq >= LPI_FIRST) {
			return lpi_taken(v, irq, start);
		}
	}
	return taken_other(v, irq, start);
}

static bool is_direct(const struct cpu *cpu)
{
	return vic_of(cpu) && vic_of(cpu)->vgic->is_direct;
}

void gich_wait(struct cpu *cpu)
{
	uint64_t active = 0;

	if (is_direct(cpu)) {
		active = sysreg_rd(icc_ap1r0_el1);
		if (active) {
			sysreg_wr(icc_ap1r0_el1, 0);
			isb();
		}
	}
	__asm__ volatile("dsb sy\n\twfi" ::: "memory");
	gich_irq(cpu);
	if (active) {
		sysreg_wr(icc_ap1r0_el1, active);
	}
}

void gich_leave(struct cpu *cpu)
{
	if (is_direct(cpu)) {
		sysreg_wr(icc_igrpen1_el1, 0);
		sysreg_wr(icc_ap1r0_el1, 0);
		isb();
	}
}

enum trap gich_sysreg(struct vcpu *v, uint32_t key, bool is_write, uint64_t *value)
{
	if (!is_write || is_v2) {
		return TRAP_INJECT;
	}
	switch (key) {
	case KEY_SGI1R:
		vgic_sgi(v, *value);
		return TRAP_SKIP;
	case KEY_ASGI1R:
	case KEY_SGI0R:
		/* For Group 0, of which the guest has no line: nothing is delivered (IHI 0069 12.2.18). */
		return TRAP_SKIP;
	default:
		return TRAP_INJECT;
	}
}
