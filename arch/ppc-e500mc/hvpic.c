/* SPDX-License-Identifier: BSD-3-Clause */
/* The ePAPR virtual interrupt controller: sources by handle, physical and virtual alike. */
/*
 * One lock a partition (LOCK_VIC). A source is latched (edge, or a physical interrupt that arrived)
 * or held by a level line; it is taken by IACK or EPR, is in service until EOI, and goes to one
 * vcpu. A physical source is masked at the MPIC from its arrival to the guest's EOI, so a level
 * line cannot storm and the MPIC holds no state across a stop of the partition.
 */
#include "arch/hvpic.h"

#include <string.h>

#include "drivers/mpic.h"
#include "emul.h"
#include "hv/cpu.h"
#include "hv/lock.h"
#include "hv/part.h"
#include "hv/pool.h"
#include "irq.h"

#define CONFIG_LEVEL 2u
#define CONFIG_HIGH 1u
#define CONFIG_MASK 3u
#define PRIORITY_MAX 15u
#define PRIORITY_VIRTUAL 8u     /* virtual sources have no priority of their own */
#define VECTOR_SPURIOUS 0xffffu
#define NO_IRQ 0xffffffffu

struct source {
	uint32_t irq;           /* physical number or NO_IRQ */
	uint8_t config;         /* bit 0: active high or rising, bit 1: level */
	uint8_t config_first;   /* as the plan has it */
	uint8_t priority;
	uint8_t dest;           /* vcpu */
	bool exists;
	bool masked;
	bool latched;
	bool line;
	bool active;            /* in service on dest_active */
	uint8_t active_on;
};

struct hvpic {
	struct lock lock;
	unsigned int count;
	struct source *src;     /* by handle */
};

static struct {
	struct part *part;
	uint16_t handle;
} physical[MPIC_SOURCES];

static struct hvpic *pic_of(const struct part *p)
{
	return p->vic;
}

/* The source of a handle the guest named, or NULL. */
static struct source *source_of(struct hvpic *pic, uint32_t g_handle)
{
	if (g_handle >= pic->count || !pic->src[g_handle].exists) {
		return NULL;
	}
	return &pic->src[g_handle];
}

/* ---- choosing ---------------------------------------------------------------------------------- */

static unsigned int priority_of(const struct source *s)
{
	return s->irq == NO_IRQ ? PRIORITY_VIRTUAL : s->priority;
}

static bool is_ready(const struct source *s, unsigned int vcpu)
{
	return s->exists && (s->latched || s->line) && !s->masked && !s->active && s->dest == vcpu &&
	       priority_of(s) != 0;
}

/* Highest priority above what is in service on that vcpu, lowest handle among equals; 0: none. */
static unsigned int choose(const struct hvpic *pic, unsigned int vcpu)
{
	unsigned int best = 0, floor = 0;

	for (unsigned int h = 1; h < pic->count; h++) {
		const struct source *s = &pic->src[h];

		if (s->active && s->active_on == vcpu && priority_of(s) > floor) {
			floor = priority_of(s);
		}
		if (is_ready(s, vcpu) && (best == 0 || priority_of(s) > priority_of(&pic->src[best]))) {
			best = h;
		}
	}
	return best != 0 && priority_of(&pic->src[best]) > floor ? best : 0;
}

static void update_locked(struct vcpu *v)
{
	if (choose(pic_of(v->part), v->index) != 0) {
		pend(v, PPC_PEND_EXTERNAL);
	} else {
		unpend(v, PPC_PEND_EXTERNAL);
	}
}

void hvpic_update(struct vcpu *v)
{
	struct hvpic *pic = pic_of(v->part);

	lock_take(&pic->lock);
	update_locked(v);
	lock_drop(&pic->lock);
}

/* Something changed for a vcpu: at once when it is the one that runs here, else by a kick. */
static void notify(struct part *p, unsigned int vcpu)
{
	struct vcpu *target = &p->vcpus[vcpu];

	if (cpu_self()->vcpu == target) {
		update_locked(target);
	} else {
		irq_post(target, IRQ_REMOTE_VIC);
	}
}

/* Take the best source into service: its handle, or 0. */
static unsigned int acknowledge(struct vcpu *v)
{
	struct hvpic *pic = pic_of(v->part);
	unsigned int h;

	lock_take(&pic->lock);
	h = choose(pic, v->index);
	if (h != 0) {
		pic->src[h].latched = false;
		pic->src[h].active = true;
		pic->src[h].active_on = (uint8_t)v->index;
	}
	update_locked(v);
	lock_drop(&pic->lock);
	return h;
}

uint32_t hvpic_proxy(struct vcpu *v)
{
	unsigned int h = acknowledge(v);

	return h != 0 ? h : VECTOR_SPURIOUS;
}

/* ---- hypercalls ------------------------------------------------------------------------------------ */

/* Program the physical side to what the guest has set. */
static void apply(struct part *p, const struct source *s)
{
	uint8_t flags = (s->config & CONFIG_LEVEL) != 0 ? PLAN_IRQ_LEVEL : 0;

	if (s->irq == NO_IRQ) {
		return;
	}
	if ((s->config & CONFIG_HIGH) == 0) {
		flags |= PLAN_IRQ_LOW;
	}
	mpic_route(s->irq, p->vcpus[s->dest].cpu->arch.pir, flags);
	mpic_mask(s->irq, s->masked || s->latched || s->active);
}

enum hc_status hvpic_set_config(struct vcpu *v, uint32_t g_handle, uint32_t g_config, uint32_t g_prio,
				uint32_t g_dest)
{
	struct hvpic *pic = pic_of(v->part);
	struct source *s = source_of(pic, g_handle);
	enum hc_status status = HC_OK;

	if (s == NULL || g_dest >= v->part->plan->cpu_count) {
		return HC_EINVAL;
	}
	lock_take(&pic->lock);
	if (s->irq != NO_IRQ && (s->active || g_prio > PRIORITY_MAX || (g_config & ~CONFIG_MASK) != 0)) {
		status = HC_INVALID_STATE;
	} else {
		if (s->irq != NO_IRQ) {
			s->config = (uint8_t)g_config;
			s->priority = (uint8_t)g_prio;
		}
		s->dest = (uint8_t)g_dest;
		apply(v->part, s);
		update_locked(v);
		notify(v->part, g_dest);
	}
	lock_drop(&pic->lock);
	return status;
}

enum hc_status hvpic_get_config(struct vcpu *v, uint32_t g_handle, uint32_t *config, uint32_t *prio,
				uint32_t *dest)
{
	const struct source *s = source_of(pic_of(v->part), g_handle);

	if (s == NULL) {
		return HC_EINVAL;
	}
	*config = s->config;
	*prio = s->priority;
	*dest = s->dest;
	return HC_OK;
}

enum hc_status hvpic_set_mask(struct vcpu *v, uint32_t g_handle, uint32_t g_mask)
{
	struct hvpic *pic = pic_of(v->part);
	struct source *s = source_of(pic, g_handle);

	if (s == NULL) {
		return HC_EINVAL;
	}
	lock_take(&pic->lock);
	if (s->masked != (g_mask != 0)) {
		s->masked = g_mask != 0;
		if (s->irq != NO_IRQ) {
			mpic_mask(s->irq, s->masked || s->latched || s->active);
		}
		update_locked(v);
		notify(v->part, s->dest);
	}
	lock_drop(&pic->lock);
	return HC_OK;
}

enum hc_status hvpic_get_mask(struct vcpu *v, uint32_t g_handle, uint32_t *mask)
{
	const struct source *s = source_of(pic_of(v->part), g_handle);

	if (s == NULL) {
		return HC_EINVAL;
	}
	*mask = s->masked;
	return HC_OK;
}

enum hc_status hvpic_iack(struct vcpu *v, uint32_t *vector)
{
	if (!the_plan->legacy_interrupts) {
		return HC_INVALID_STATE; /* external proxy: EPR has it */
	}
	*vector = hvpic_proxy(v);
	return HC_OK;
}

enum hc_status hvpic_eoi(struct vcpu *v, uint32_t g_handle)
{
	struct hvpic *pic = pic_of(v->part);
	struct source *s = source_of(pic, g_handle);

	if (s == NULL) {
		return HC_EINVAL;
	}
	lock_take(&pic->lock);
	if (s->active && s->active_on == v->index) {
		s->active = false;
		if (s->irq != NO_IRQ && !s->masked && !s->latched) {
			mpic_mask(s->irq, false);
		}
		update_locked(v);
		if (s->dest != v->index) {
			notify(v->part, s->dest);
		}
	}
	lock_drop(&pic->lock);
	return HC_OK;
}

enum hc_status hvpic_send_nmi(struct vcpu *v, uint32_t g_mask)
{
	unsigned int count = v->part->plan->cpu_count;

	if (count < 32 && g_mask >> count != 0) {
		return HC_EINVAL;
	}
	for (unsigned int i = 0; i < count && i < 32; i++) {
		if ((g_mask >> i & 1) != 0) {
			irq_post(&v->part->vcpus[i], IRQ_REMOTE_NMI);
		}
	}
	return HC_OK;
}

/* ---- sources ------------------------------------------------------------------------------------------ */

bool hvpic_physical(uint32_t irq)
{
	struct part *p = irq < MPIC_SOURCES ? physical[irq].part : NULL;
	struct hvpic *pic;
	struct source *s;

	if (p == NULL) {
		return false;
	}
	pic = pic_of(p);
	s = &pic->src[physical[irq].handle];
	mpic_mask(irq, true);
	mpic_eoi();
	lock_take(&pic->lock);
	s->latched = true;
	notify(p, s->dest);
	lock_drop(&pic->lock);
	return true;
}

void vic_raise(struct part *p, uint32_t g_irq)
{
	struct hvpic *pic = pic_of(p);
	struct source *s = &pic->src[g_irq];

	lock_take(&pic->lock);
	if (!s->latched) {
		s->latched = true;
		notify(p, s->dest);
	}
	lock_drop(&pic->lock);
}

void vic_level(struct part *p, uint32_t g_irq, bool on)
{
	struct hvpic *pic = pic_of(p);
	struct source *s = &pic->src[g_irq];

	lock_take(&pic->lock);
	if (s->line != on) {
		s->line = on;
		notify(p, s->dest);
	}
	lock_drop(&pic->lock);
}

void vic_sync(struct vcpu *v)
{
	irq_collect(v);
}

void vic_vcpu_reset(struct vcpu *v)
{
	hvpic_update(v);
}

/* Sense of a physical line as the interrupt specifier's config cell has it. */
static uint8_t config_of(const struct plan_irq *irq)
{
	return (uint8_t)(((irq->flags & PLAN_IRQ_LEVEL) != 0 ? CONFIG_LEVEL : 0) |
			 ((irq->flags & PLAN_IRQ_LOW) == 0 ? CONFIG_HIGH : 0));
}

void vic_reset(struct part *p)
{
	struct hvpic *pic = pic_of(p);

	lock_take(&pic->lock);
	for (unsigned int h = 1; h < pic->count; h++) {
		struct source *s = &pic->src[h];

		s->config = s->config_first;
		s->priority = 0;
		s->dest = 0;
		s->masked = true;
		s->latched = false;
		s->line = false;
		s->active = false;
		if (s->exists) {
			apply(p, s);
		}
	}
	lock_drop(&pic->lock);
}

void vic_pause(struct part *p, bool paused)
{
	struct hvpic *pic = pic_of(p);

	lock_take(&pic->lock);
	for (unsigned int h = 1; h < pic->count; h++) {
		struct source *s = &pic->src[h];

		if (s->exists && s->irq != NO_IRQ) {
			mpic_mask(s->irq, paused || s->masked || s->latched || s->active);
		}
	}
	lock_drop(&pic->lock);
}

static void add_source(struct part *p, struct hvpic *pic, uint16_t handle)
{
	const struct plan_handle *h = &p->plan->handles[handle];
	struct source *s = &pic->src[handle];

	s->irq = NO_IRQ;
	if (h->kind == PLAN_H_VIRQ) {
		s->exists = true;
		s->config_first = p->plan->virqs[h->index].is_level ? CONFIG_LEVEL : 0;
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
	struct hvpic *pic = pool_alloc(sizeof(*pic));

	if (pic == NULL) {
		return ERR_FULL;
	}
	pic->lock = (struct lock)LOCK_INIT(LOCK_VIC, "hvpic");
	pic->count = p->plan->handle_count;
	pic->src = pool_alloc(pic->count * sizeof(*pic->src));
	if (pic->src == NULL && pic->count != 0) {
		return ERR_FULL;
	}
	p->vic = pic;
	for (unsigned int h = 1; h < pic->count; h++) {
		add_source(p, pic, (uint16_t)h);
	}
	return spintable_init(p);
}
