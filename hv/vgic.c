/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtual GIC of a partition: made from the plan, reset, and raised by the hypervisor. */
/* the contract's vic_*: see hv/arch.h */
#include "hv/msi.h"
#include "hv/pool.h"
#include "hv/vgic.h"

enum {
	SGI_LINES = 0xffff,
	DIST3_SIZE = 0x10000,
	DIST2_SIZE = 0x1000,
	TYPER_ID_BITS = 9 << 19,   /* ten bits of INTID */
	TYPER_NO_1N = 1 << 25,     /* no "any participating CPU" routing */
};

const struct gic_hw *gic_hw;
/* Every CPU has the same PPIs: the virtual timer is the guest's, and what the layout assigns. */
static uint32_t ppis_of(const struct part *p)
{
	uint32_t bits = 0;
	unsigned int i;

	if (the_plan->board.vtimer_irq >= 16 && the_plan->board.vtimer_irq < 32) {
		bits |= 1u << the_plan->board.vtimer_irq;
	}
	for (i = 0; i < the_plan->irq_count; i++) {
		const struct plan_irq *irq = &the_plan->irqs[i];

		if (irq->owner == p->index && irq->irq >= 16 && irq->irq < 32) {
			bits |= 1u << irq->irq;
		}
	}
	return bits;
}

static void local_lines(struct vgic *g, struct vgic_cpu *c, uint32_t ppis)
{
	c->local.hw = ppis;
	c->local.routed = 0xffffffff;
	if (g->version == 2) {
		c->local.soft = SGI_LINES;
	} else {
		c->local.hw |= SGI_LINES & ~(1u << GIC_KICK_SGI);
		c->local.soft = g->is_direct ? 0 : 1u << GIC_KICK_SGI;
	}
}

/* ERR_RANGE: a line beyond the guest's distributor. ERR_UNSUPPORTED: no way to carry it. */
static enum err shared_lines(struct vgic *g)
{
	const struct plan_part *plan = g->part->plan;
	struct vgic_lines *l;
	uint32_t bit;
	unsigned int i;

	for (i = 0; i < the_plan->irq_count; i++) {
		const struct plan_irq *irq = &the_plan->irqs[i];

		if (irq->owner != g->part->index || irq->irq < 32) {
			continue;
		}
		if (irq->irq / 32 >= g->words) {
			return ERR_RANGE;
		}
		g->spis[irq->irq / 32 - 1].hw |= 1u << irq->irq % 32;
	}
	for (i = 0; i < plan->msi.count; i++) {
		uint32_t irq = plan->msi.first + i;

		if (irq < 32 || irq / 32 >= g->words) {
			return ERR_RANGE;
		}
		if (g->is_direct) {
			return ERR_UNSUPPORTED;
		}
		g->spis[irq / 32 - 1].soft |= 1u << irq % 32;
		g->spis[irq / 32 - 1].message |= 1u << irq % 32;
	}
	for (i = 0; i < plan->virq_count; i++) {
		const struct plan_virq *virq = &plan->virqs[i];

		if (virq->g_irq < 32 || virq->g_irq / 32 >= g->words) {
			return ERR_RANGE;
		}
		l = &g->spis[virq->g_irq / 32 - 1];
		bit = 1u << virq->g_irq % 32;
		if (virq->carrier == virq->g_irq) {
			l->hw |= bit;
			l->carrier |= bit;
		} else if (!g->is_direct) {
			l->soft |= bit;
		} else {
			return ERR_UNSUPPORTED;
		}
		if (virq->is_level) {
			l->level |= bit;
		}
	}
	return OK;
}

static enum err regions_add(struct vgic *g)
{
	struct vdev dist = { .at = { g->dist_at, g->dist_size },
			     .access = vgic_dist_access,
			     .dev = g,
			     .name = "distributor",
			     .exit_class = EXIT_VIC };
	struct vdev redist = { .at = { g->redist_at, g->redist_size },
			       .access = vgic_redist_access,
			       .dev = g,
			       .name = "redistributors",
			       .exit_class = EXIT_VIC };
	enum err err = vdev_add(&g->part->vdevs, &dist);

	return err == OK && g->version == 3 ? vdev_add(&g->part->vdevs, &redist) : err;
}

/*
 * The hardware below one word of lines as after a cold start: masked, idle, level, and never more
 * urgent than the hypervisor's own. Word 0: only where the calling CPU reaches it.
 */
static void word_reset(struct vgic *g, struct vgic_cpu *c, unsigned int word)
{
	struct vgic_lines *l = vgic_lines(g, c, word);
	uint32_t bits;
	unsigned int bit;

	if (!l->hw) {
		return;
	}
	gic_hw->clear(c->cpu, GIC_ENABLE, word, l->hw);
	gic_hw->clear(c->cpu, GIC_PEND, word, l->hw);
	gic_hw->clear(c->cpu, GIC_ACTIVE, word, l->hw);
	for (bits = l->hw; bits; bits &= bits - 1) {
		bit = (unsigned int)__builtin_ctz(bits);
		gic_hw->prio(c->cpu, word * 32 + bit, GIC_GUEST_PRIO);
		if (word != 0) {
			gic_hw->route(word * 32 + bit, c->cpu);
		}
		if (word * 32 + bit >= 16) {
			gic_hw->trigger(c->cpu, word * 32 + bit, l->carrier >> bit & 1);
		}
	}
}

static void lines_reset(struct vgic *g, struct vgic_lines *l, bool is_local)
{
	unsigned int i;
	/* GICv2 targets start as nobody, GICv3 routes as affinity 0. */
	bool routed = g->version == 3 || g->cpu_count == 1 || is_local;

	l->enabled = is_local && g->version == 2 ? SGI_LINES : 0;
	l->hw_on = 0;
	l->routed = routed ? 0xffffffff : 0;
	l->edge = is_local ? SGI_LINES : 0;
	l->line = 0;
	l->flight = 0;
	for (i = 0; i < 32; i++) {
		l->prio[i] = 0;
		l->route[i] = routed ? 0 : VGIC_NOWHERE;
		l->home[i] = VGIC_NOWHERE;
		l->target[i] = 0;
	}
}

static void cpu_words_reset(struct vgic_cpu *c)
{
	unsigned int i;

	for (i = 0; i < VGIC_WORDS; i++) {
		c->act[i] = 0;
		c->pend[i] = 0;
	}
	for (i = 0; i < ARRAY_SIZE(c->sgi_from); i++) {
		c->sgi_from[i] = 0;
	}
	c->act_words = 0;
	c->pend_words = 0;
	c->is_asleep = true;
	c->is_reset_due = true;
}

void vic_reset(struct part *p)
{
	struct vgic *g = p->vic;
	unsigned int i;

	lock_take(&g->lock);
	g->is_on = false;
	g->is_paused = false;
	for (i = 0; i < g->cpu_count; i++) {
		cpu_words_reset(&g->cpus[i]);
		lines_reset(g, &g->cpus[i].local, true);
		if (gic_hw->version == 3) {
			word_reset(g, &g->cpus[i], 0);
		}
	}
	for (i = 1; i < g->words; i++) {
		lines_reset(g, &g->spis[i - 1], false);
		word_reset(g, &g->cpus[0], i);
	}
	msi_part_reset(p);
	lock_drop(&g->lock);
}

/* Everything that follows from the plan and never changes. */
static void vgic_make(struct vgic *g, struct part *p)
{
	const struct plan_part *plan = p->plan;
	uint32_t ppis = ppis_of(p);
	unsigned int i, word;

	g->lock = (struct lock)LOCK_INIT(LOCK_VIC, "vgic");
	g->part = p;
	g->version = plan->gic.version;
	g->is_direct = plan->irq_mode == PLAN_IRQ_DIRECT;
	g->words = (uint8_t)(plan->gic.spi_end / 32);
	g->cpu_count = (uint8_t)plan->cpu_count;
	g->typer = g->words - 1u;
	g->typer |= g->version == 3 ? TYPER_ID_BITS | TYPER_NO_1N : (g->cpu_count - 1u) << 5;
	g->dist_at = gpa_raw(plan->gic.dist);
	g->dist_size = g->version == 3 ? DIST3_SIZE : DIST2_SIZE;
	g->dist_map = g->version == 3 ? &vgic_dist3_map : &vgic_dist2_map;
	g->redist_at = gpa_raw(plan->gic.redist);
	g->redist_size = g->version == 3 ? (uint64_t)g->cpu_count << VGIC_FRAME_SHIFT : 0;
	for (i = 0; i < g->cpu_count; i++) {
		struct vgic_cpu *c = &g->cpus[i];

		c->vgic = g;
		c->vcpu = &p->vcpus[i];
		c->index = (uint8_t)i;
		c->cpu = (uint8_t)plan->cpus[i];
		local_lines(g, c, ppis);
		c->word[0] = &c->local;
		for (word = 1; word < g->words; word++) {
			c->word[word] = &g->spis[word - 1];
		}
		c->frame_at = g->redist_at + ((uint64_t)i << VGIC_FRAME_SHIFT);
		c->frame_size = g->version == 3 ? VGIC_FRAME : 0;
		c->is_quick = g->version == 3 && !g->is_direct && gic_hw->can_direct;
		p->vcpus[i].vic = c;
	}
}

enum err vic_init(struct part *p)
{
	const struct plan_part *plan = p->plan;
	struct vgic *g;
	unsigned int i;
	enum err err;

	if (plan->gic.version != gic_hw->version ||
	    (plan->irq_mode == PLAN_IRQ_DIRECT && !gic_hw->can_direct)) {
		return ERR_UNSUPPORTED;
	}
	for (i = 0; i < plan->cpu_count; i++) {
		if (!gic_hw->has_cpu(plan->cpus[i])) {
			return ERR_NONE;
		}
	}
	vgic_maps_init(gic_hw->version);
	g = pool_alloc(sizeof(*g));
	if (g) {
		g->cpus = pool_alloc(plan->cpu_count * sizeof(*g->cpus));
		g->spis = pool_alloc((plan->gic.spi_end / 32 - 1) * sizeof(*g->spis));
	}
	if (!g || !g->cpus || !g->spis) {
		return ERR_FULL;
	}
	vgic_make(g, p);
	p->vic = g;
	err = shared_lines(g);
	if (err == OK) {
		err = regions_add(g);
	}
	if (err == OK) {
		err = msi_part_init(p);
	}
	if (err == OK) {
		vic_reset(p);
	}
	return err;
}

void vic_vcpu_reset(struct vcpu *v)
{
	struct vgic *g = v->part->vic;
	struct vgic_cpu *c = &g->cpus[v->index];

	if (c->is_reset_due) {
		c->lr_live = 0;
		if (gic_hw->version == 2) {
			word_reset(g, c, 0);
		}
	} else if (!g->is_direct) {
		/* CPU_ON again: the redistributor kept its state, the CPU interface did not. */
		vgic_fold(c);
	}
	c->is_waiting = false;
	gic_hw->cpu_reset(g->is_direct);
	if (!g->is_direct) {
		/* It counts as on already: whoever waits for it to fold holds the lock. */
		vgic_fold_begin(c);
		if (!c->is_reset_due) {
			vgic_drop_active(c);
		}
		vgic_lines_apply(g, c, 0);
		vgic_fold_end(c);
	}
	c->is_reset_due = false;
}

/* Where a shared line goes; what goes nowhere waits at vCPU 0 until it is routed. */
static struct vgic_cpu *target_of(struct vgic *g, const struct vgic_lines *l, uint32_t irq)
{
	uint8_t to = __atomic_load_n(&l->route[irq % 32], __ATOMIC_RELAXED);

	return &g->cpus[to == VGIC_NOWHERE ? 0 : to];
}

void vic_raise(struct part *p, uint32_t g_irq)
{
	struct vgic *g = p->vic;
	struct vgic_lines *l = &g->spis[g_irq / 32 - 1];

	if (l->carrier >> g_irq % 32 & 1) {
		gic_hw->set(0, GIC_PEND, g_irq / 32, 1u << g_irq % 32);
	} else {
		vgic_post(target_of(g, l, g_irq), g_irq);
	}
}

/*
 * A carrier has no end-of-interrupt exit (direct mode): it is set pending again by every call while the
 * line is up. The device calls after each access to its registers, so the line stays pending until
 * the guest has done what makes it fall.
 */
static void carrier_level(struct vgic_lines *l, uint32_t g_irq, bool on)
{
	uint32_t bit = 1u << g_irq % 32;

	if (on) {
		__atomic_fetch_or(&l->line, bit, __ATOMIC_RELAXED);
		gic_hw->set(0, GIC_PEND, g_irq / 32, bit);
	} else if (__atomic_fetch_and(&l->line, ~bit, __ATOMIC_RELAXED) & bit) {
		gic_hw->clear(0, GIC_PEND, g_irq / 32, bit);
	}
}

void vic_level(struct part *p, uint32_t g_irq, bool on)
{
	struct vgic *g = p->vic;
	struct vgic_lines *l = &g->spis[g_irq / 32 - 1];
	uint32_t bit = 1u << g_irq % 32, old;
	struct vgic_cpu *to = target_of(g, l, g_irq);

	if (l->carrier & bit) {
		carrier_level(l, g_irq, on);
		return;
	}
	if (on) {
		old = __atomic_fetch_or(&l->line, bit, __ATOMIC_ACQ_REL);
		if (!(old & bit)) {
			vgic_post(to, g_irq);
		}
		return;
	}
	old = __atomic_fetch_and(&l->line, ~bit, __ATOMIC_ACQ_REL);
	if (old & bit) {
		__atomic_fetch_and(&to->pend[g_irq / 32], ~bit, __ATOMIC_ACQ_REL);
		if (__atomic_load_n(&l->flight, __ATOMIC_ACQUIRE) & bit) {
			/* It may be pending in a list register, which its own CPU takes back. */
			cpu_post(to->vcpu->cpu, CPU_EV_VIRQ);
		}
	}
}
