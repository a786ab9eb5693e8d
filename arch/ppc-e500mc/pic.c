/* SPDX-License-Identifier: BSD-3-Clause */
/* Sources, priorities and service of a partition's interrupts; the contract's vic_ functions. */
/*
 * A source is latched (edge, or a physical interrupt that arrived) or held by a level line; it is
 * taken by IACK or EPR, is in service until its end, and goes to one vcpu (an IPI to several). A
 * physical source is masked at the MPIC from its arrival to the guest's EOI, so a level line cannot
 * storm and the MPIC holds no state across a stop of the partition.
 */
#include "pic.h"

#include <string.h>

#include "arch/hvpic.h"
#include "drivers/mpic.h"
#include "emul.h"
#include "hv/cpu.h"
#include "hv/pool.h"
#include "irq.h"

#define PRIORITY_VIRTUAL 8u     /* hv-pic: virtual sources have no priority of their own */

static struct {
	struct part *part;
	uint16_t handle;
} physical[MPIC_SOURCES];

/* ---- choosing ---------------------------------------------------------------------------------- */

static unsigned int priority_of(const struct pic *pic, const struct pic_source *s)
{
	return s->irq == PIC_NO_IRQ && !pic->is_mpic ? PRIORITY_VIRTUAL : s->priority;
}

static bool is_ready(const struct pic_source *s, unsigned int vcpu)
{
	if (!s->exists || s->masked || (s->active >> vcpu & 1) != 0) {
		return false;
	}
	if (s->is_ipi) {
		return s->latched >> vcpu & 1;
	}
	return (s->latched != 0 || s->line) && s->active == 0 && s->dest == vcpu;
}

/* The next source from n on, in rising order, that is latched, held or in service; NULL: none. */
static struct pic_source *next_busy(struct pic *pic, unsigned int n)
{
	while (n < pic->all) {
		uint32_t bits = pic->busy[n / 32] >> n % 32;
		struct pic_source *s;

		if (bits == 0) {
			n = (n / 32 + 1) * 32;
			continue;
		}
		n += (unsigned int)__builtin_ctz(bits);
		s = &pic->src[n];
		if (s->latched != 0 || s->line || s->active != 0) {
			return s;
		}
		pic->busy[n / 32] &= ~(1u << n % 32);
	}
	return NULL;
}

#define BUSY_EACH(s, pic)                                             \
	for (struct pic_source *s = next_busy(pic, 1); (s) != NULL;   \
	     (s) = next_busy(pic, (unsigned int)((s) - (pic)->src) + 1))

/* Highest priority above task priority and what is in service; lowest number among equals. */
static struct pic_source *choose(struct pic *pic, unsigned int vcpu)
{
	unsigned int floor = pic->task_priority[vcpu], best_priority = 0;
	struct pic_source *best = NULL;

	BUSY_EACH(s, pic) {
		unsigned int priority = priority_of(pic, s);

		if ((s->active >> vcpu & 1) != 0 && priority > floor) {
			floor = priority;
		}
		if (priority > best_priority && is_ready(s, vcpu)) {
			best = s;
			best_priority = priority;
		}
	}
	return best_priority > floor ? best : NULL;
}

static void update_locked(struct vcpu *v)
{
	if (choose(pic_of(v->part), v->index) != NULL) {
		pend(v, PPC_PEND_EXTERNAL);
	} else {
		unpend(v, PPC_PEND_EXTERNAL);
	}
}

void pic_update(struct vcpu *v)
{
	struct pic *pic = pic_of(v->part);

	lock_take(&pic->lock);
	update_locked(v);
	lock_drop(&pic->lock);
}

/* Something changed for a vcpu: at once when it is the one that runs here, else by a kick. */
void pic_notify(struct part *p, unsigned int vcpu)
{
	struct vcpu *target = &p->vcpus[vcpu];

	if (cpu_self()->vcpu == target) {
		update_locked(target);
	} else {
		irq_post(target, IRQ_REMOTE_VIC);
	}
}

uint32_t pic_acknowledge(struct vcpu *v)
{
	struct pic *pic = pic_of(v->part);
	uint32_t vector = pic->spurious;
	struct pic_source *s;

	lock_take(&pic->lock);
	s = choose(pic, v->index);
	if (s != NULL) {
		s->latched = s->is_ipi ? s->latched & ~(1u << v->index) : 0;
		s->active |= 1u << v->index;
		pic_mark(pic, s);
		vector = s->vector;
	}
	update_locked(v);
	lock_drop(&pic->lock);
	return vector;
}

void pic_taken(struct vcpu *v)
{
	if (pic_of(v->part)->is_proxy) {
		v->arch.g.epr = pic_acknowledge(v);
	}
}

struct pic_source *pic_in_service(struct vcpu *v)
{
	struct pic *pic = pic_of(v->part);
	struct pic_source *best = NULL;

	BUSY_EACH(s, pic) {
		if ((s->active >> v->index & 1) != 0 &&
		    (best == NULL || priority_of(pic, s) > priority_of(pic, best))) {
			best = s;
		}
	}
	return best;
}

void pic_end(struct vcpu *v, struct pic_source *s)
{
	s->active &= ~(1u << v->index);
	pic_mask_physical(s);
	update_locked(v);
	if (!s->is_ipi && s->dest != v->index) {
		pic_notify(v->part, s->dest);
	}
}

/* ---- the physical side ---------------------------------------------------------------------------- */

void pic_mask_physical(const struct pic_source *s)
{
	if (s->irq != PIC_NO_IRQ) {
		mpic_mask(s->irq, s->masked || s->latched != 0 || s->active != 0);
	}
}

void pic_apply(struct part *p, struct pic_source *s)
{
	uint8_t flags = (s->config & PIC_CONFIG_LEVEL) != 0 ? PLAN_IRQ_LEVEL : 0;

	if (s->irq == PIC_NO_IRQ) {
		return;
	}
	if ((s->config & PIC_CONFIG_HIGH) == 0) {
		flags |= PLAN_IRQ_LOW;
	}
	mpic_route(s->irq, p->vcpus[s->dest].cpu->arch.pir, flags);
	pic_mask_physical(s);
}

bool pic_physical(uint32_t irq)
{
	struct part *p = irq < MPIC_SOURCES ? physical[irq].part : NULL;
	struct pic_source *s;
	struct pic *pic;

	if (p == NULL) {
		return false;
	}
	pic = pic_of(p);
	s = &pic->src[physical[irq].handle];
	mpic_mask(irq, true);
	mpic_eoi();
	lock_take(&pic->lock);
	s->latched = 1;
	pic_mark(pic, s);
	pic_notify(p, s->dest);
	lock_drop(&pic->lock);
	return true;
}

/* ---- timers of the MPIC face: vcpu 0 serves them for the partition --------------------------------- */

uint64_t pic_timer_due(const struct vcpu *v)
{
	const struct pic *pic = pic_of(v->part);
	uint64_t due = UINT64_MAX;

	if (v->index != 0 || pic == NULL || !pic->is_mpic) {
		return due;
	}
	for (unsigned int i = 0; i < PIC_TIMERS; i++) {
		if (pic->timer[i].due < due) {
			due = pic->timer[i].due;
		}
	}
	return due;
}

void pic_timer_tick(struct vcpu *v, uint64_t now)
{
	struct pic *pic = pic_of(v->part);

	if (pic_timer_due(v) > now) {
		return;
	}
	lock_take(&pic->lock);
	for (unsigned int i = 0; i < PIC_TIMERS; i++) {
		struct pic_timer *t = &pic->timer[i];

		if (t->due <= now) {
			t->due += (now - t->due) / t->period * t->period + t->period;
			t->toggle = !t->toggle;
			pic_timer_source(pic, i)->latched = 1;
			pic_mark(pic, pic_timer_source(pic, i));
			pic_notify(v->part, pic_timer_source(pic, i)->dest);
		}
	}
	lock_drop(&pic->lock);
}

/* ---- the contract ------------------------------------------------------------------------------------ */

static void raise(struct part *p, uint32_t g_irq, bool is_level, bool on)
{
	struct pic *pic = pic_of(p);
	struct pic_source *s = &pic->src[g_irq];
	bool has_changed;

	lock_take(&pic->lock);
	has_changed = is_level ? s->line != on : s->latched == 0;
	if (is_level) {
		s->line = on;
	} else {
		s->latched = 1;
	}
	pic_mark(pic, s);
	if (has_changed) {
		pic_notify(p, s->dest);
	}
	lock_drop(&pic->lock);
}

void vic_raise(struct part *p, uint32_t g_irq)
{
	raise(p, g_irq, false, true);
}

void vic_level(struct part *p, uint32_t g_irq, bool on)
{
	raise(p, g_irq, true, on);
}

void vic_sync(struct vcpu *v)
{
	irq_collect(v);
}

void vic_vcpu_reset(struct vcpu *v)
{
	pic_update(v);
}

void vic_reset(struct part *p)
{
	struct pic *pic = pic_of(p);

	lock_take(&pic->lock);
	for (unsigned int h = 1; h < pic->all; h++) {
		struct pic_source *s = &pic->src[h];

		s->config = s->config_first;
		s->priority = 0;
		s->dest = 0;
		s->masked = true;
		s->latched = 0;
		s->line = false;
		s->active = 0;
		s->vector = (uint16_t)h;
		if (s->exists) {
			pic_apply(p, s);
		}
	}
	if (pic->is_mpic) {
		vmpic_reset(p);
	}
	lock_drop(&pic->lock);
}

void vic_pause(struct part *p, bool paused)
{
	struct pic *pic = pic_of(p);

	lock_take(&pic->lock);
	for (unsigned int h = 1; h < pic->count; h++) {
		const struct pic_source *s = &pic->src[h];

		if (!s->exists || s->irq == PIC_NO_IRQ) {
			continue;
		}
		if (paused) {
			mpic_mask(s->irq, true);
		} else {
			pic_mask_physical(s);
		}
	}
	lock_drop(&pic->lock);
	/* Deadlines that passed meanwhile have used up the hardware decrementer. */
	for (unsigned int i = 0; i < p->plan->cpu_count && !paused; i++) {
		irq_post(&p->vcpus[i], IRQ_REMOTE_TIMER);
	}
}

/* Sense of a physical line as the interrupt specifier's config cell has it. */
static uint8_t config_of(const struct plan_irq *irq)
{
	return (uint8_t)(((irq->flags & PLAN_IRQ_LEVEL) != 0 ? PIC_CONFIG_LEVEL : 0) |
			 ((irq->flags & PLAN_IRQ_LOW) == 0 ? PIC_CONFIG_HIGH : 0));
}

static void add_source(struct part *p, struct pic *pic, uint16_t handle)
{
	const struct plan_handle *h = &p->plan->handles[handle];
	struct pic_source *s = &pic->src[handle];

	s->irq = PIC_NO_IRQ;
	if (h->kind == PLAN_H_VIRQ) {
		s->exists = true;
		s->config_first = p->plan->virqs[h->index].is_level ? PIC_CONFIG_LEVEL : 0;
	} else if (h->kind == PLAN_H_IRQ) {
		const struct plan_irq *irq = &the_plan->irqs[h->index];

		s->exists = irq->irq < MPIC_SOURCES;
		s->irq = irq->irq;
		s->config_first = config_of(irq);
		if (s->exists) {
			physical[irq->irq].part = p;
			physical[irq->irq].handle = handle;
		}
	}
}

enum err vic_init(struct part *p)
{
	struct pic *pic = pool_alloc(sizeof(*pic));

	if (pic == NULL) {
		return ERR_FULL;
	}
	pic->lock = (struct lock)LOCK_INIT(LOCK_VIC, "pic");
	pic->is_mpic = (p->plan->flags & PLAN_PART_MPIC) != 0;
	pic->spurious = PIC_SPURIOUS;
	pic->is_proxy = !pic->is_mpic && !the_plan->legacy_interrupts;
	pic->count = p->plan->handle_count != 0 ? p->plan->handle_count : 1;
	pic->all = pic->count + (pic->is_mpic ? PIC_EXTRA : 0);
	pic->src = pool_alloc(pic->all * sizeof(*pic->src));
	pic->busy = pool_alloc((pic->all / 32 + 1) * sizeof(*pic->busy));
	if (pic->src == NULL || pic->busy == NULL) {
		return ERR_FULL;
	}
	p->vic = pic;
	for (unsigned int h = 1; h < pic->count; h++) {
		add_source(p, pic, (uint16_t)h);
	}
	for (unsigned int h = pic->count; h < pic->all; h++) {
		pic->src[h].irq = PIC_NO_IRQ;
		pic->src[h].exists = true;
		pic->src[h].is_ipi = h < pic->count + PIC_IPIS;
	}
	if (pic->is_mpic) {
		enum err err = vmpic_init(p);

		if (err != OK) {
			return err;
		}
	}
	return spintable_init(p);
}
