/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtual mode: what is pending and active, in words and in list registers, and the way between. */
/* own CPU, unless a function says otherwise */
#include "hv/msi.h"
#include "hv/vgic.h"

/* How long a vCPU may take to fold: it only has to come to EL2, once an emulator lets it run. */
enum { FOLD_US = 1000000 };

static struct vgic_lines *lines_of(struct vgic_cpu *c, uint32_t irq)
{
	return vgic_lines(c->vgic, c, irq / 32);
}

static void pend_add(struct vgic_cpu *c, uint32_t irq)
{
	__atomic_fetch_or(&c->pend[irq / 32], 1u << irq % 32, __ATOMIC_RELAXED);
	__atomic_fetch_or(&c->pend_words, 1u << irq / 32, __ATOMIC_RELEASE);
}

static void act_add(struct vgic_cpu *c, uint32_t irq)
{
	__atomic_fetch_or(&c->act[irq / 32], 1u << irq % 32, __ATOMIC_RELAXED);
	__atomic_fetch_or(&c->act_words, 1u << irq / 32, __ATOMIC_RELAXED);
}

void vgic_post(struct vgic_cpu *c, uint32_t irq)
{
	pend_add(c, irq);
	cpu_post(c->vcpu->cpu, CPU_EV_VIRQ);
}

/* One list register's content goes back into words. */
static void fold_one(struct vgic_cpu *c, const struct gic_lr *lr)
{
	struct vgic_lines *l = lines_of(c, lr->irq);
	uint32_t bit = 1u << lr->irq % 32;
	bool is_sourced = c->vgic->version == 2 && lr->irq < 16;
	bool again = lr->state & GIC_LR_PEND;

	if (l->soft & bit) {
		/* A message may come back without asking for the lock: it counts as in flight for good. */
		if (!(l->message & bit)) {
			__atomic_fetch_and(&l->flight, ~bit, __ATOMIC_RELAXED);
		}
		/* A level counts as it is now, whether or not the guest has taken note of it. */
		if (l->level & bit) {
			again = __atomic_load_n(&l->line, __ATOMIC_ACQUIRE) & bit;
		}
	}
	if (!lr->state && lr->want_eoi && l->hw & bit) {
		gic_hw->clear(c->cpu, GIC_ACTIVE, lr->irq / 32, bit);
	}
	if (lr->state & GIC_LR_ACTIVE) {
		act_add(c, lr->irq);
		if (is_sourced) {
			c->sgi_act[lr->irq] = lr->source;
		}
	}
	if (again) {
		if (is_sourced) {
			__atomic_fetch_or(&c->sgi_from[lr->irq], (uint8_t)(1u << lr->source),
					  __ATOMIC_RELAXED);
		}
		pend_add(c, lr->irq);
	}
}

void vgic_fold(struct vgic_cpu *c)
{
	static const struct gic_lr empty;
	struct gic_lr lr;
	unsigned int live, n;

	for (live = c->lr_live; live; live &= live - 1) {
		n = (unsigned int)__builtin_ctz(live);
		gic_hw->lr_get(n, &lr);
		gic_hw->lr_put(n, &empty);
		fold_one(c, &lr);
	}
	c->lr_live = 0;
}

static bool lr_holds(const struct vgic_cpu *c, uint32_t irq)
{
	unsigned int live;

	for (live = c->lr_live; live; live &= live - 1) {
		if (c->lr_irq[__builtin_ctz(live)] == irq) {
			return true;
		}
	}
	return false;
}

static void lr_fill(struct vgic_cpu *c, unsigned int n, const struct gic_lr *lr)
{
	struct vgic_lines *l = lines_of(c, lr->irq);

	if (l->soft >> lr->irq % 32 & 1) {
		__atomic_fetch_or(&l->flight, 1u << lr->irq % 32, __ATOMIC_RELAXED);
		l->home[lr->irq % 32] = c->index;
	}
	gic_hw->lr_put(n, lr);
	c->lr_live |= (uint16_t)(1u << n);
	c->lr_irq[n] = lr->irq;
}

/*
 * Take one pending instance of a line out of the words. A GICv2 SGI has an instance for each
 * sender, of which `source` is taken when it is given and pending.
 */
static bool pend_take(struct vgic_cpu *c, uint32_t irq, int source, struct gic_lr *lr)
{
	uint32_t bit = 1u << irq % 32;
	uint8_t from;

	if (c->vgic->version == 2 && irq < 16) {
		from = __atomic_load_n(&c->sgi_from[irq], __ATOMIC_ACQUIRE);
		if (source >= 0 && !(from >> source & 1)) {
			return false;
		}
		if (from) {
			lr->source = (uint8_t)(source >= 0 ? source : __builtin_ctz(from));
			from = __atomic_and_fetch(&c->sgi_from[irq],
						  (uint8_t)~(1u << lr->source), __ATOMIC_ACQ_REL);
		}
		if (from) {
			lr->want_eoi = true;
			return true;
		}
	}
	__atomic_fetch_and(&c->pend[irq / 32], ~bit, __ATOMIC_ACQ_REL);
	/* A sender may have come between the two words. */
	if (c->vgic->version == 2 && irq < 16 &&
	    __atomic_load_n(&c->sgi_from[irq], __ATOMIC_ACQUIRE)) {
		pend_add(c, irq);
		lr->want_eoi = true;
	}
	return true;
}

static void lr_describe(struct vgic_cpu *c, uint32_t irq, struct gic_lr *lr)
{
	const struct vgic_lines *l = lines_of(c, irq);
	uint32_t bit = 1u << irq % 32;
	bool is_hw = irq >= 16 && l->hw & bit;

	*lr = (struct gic_lr){
		.irq = (uint16_t)irq,
		.prio = l->prio[irq % 32],
		.is_hw = is_hw && !gic_hw->ends_by_hand,
		.want_eoi = (is_hw && gic_hw->ends_by_hand) || (l->soft & l->level & bit) != 0,
	};
}

/* Active lines first: the guest can only end what is in a list register. Returns the next free one. */
static unsigned int refill_active(struct vgic_cpu *c, unsigned int count)
{
	unsigned int word, irq, n = 0;
	uint32_t words, bits, bit;
	struct gic_lr lr;

	for (words = c->act_words; words; words &= words - 1) {
		word = (unsigned int)__builtin_ctz(words);
		for (bits = c->act[word]; bits && n < count; bits &= bits - 1) {
			bit = bits & -bits;
			irq = word * 32 + (unsigned int)__builtin_ctz(bits);
			lr_describe(c, irq, &lr);
			lr.state = GIC_LR_ACTIVE;
			lr.source = irq < 16 ? c->sgi_act[irq] : 0;
			if (c->pend[word] & bit) {
				if (!lr.is_hw && pend_take(c, irq, lr.source, &lr)) {
					lr.state |= GIC_LR_PEND;
				}
				lr.want_eoi |= !lr.is_hw && c->pend[word] & bit;
			}
			__atomic_fetch_and(&c->act[word], ~bit, __ATOMIC_RELAXED);
			lr_fill(c, n++, &lr);
		}
		if (!c->act[word]) {
			__atomic_fetch_and(&c->act_words, ~(1u << word), __ATOMIC_RELAXED);
		}
	}
	return n;
}

/* The most urgent line that can be delivered and is in no list register; lowest INTID among equals. */
static int pick(struct vgic_cpu *c, uint32_t words)
{
	unsigned int word, irq;
	int best = -1;
	uint8_t best_prio = 0xff;
	uint32_t bits;

	for (; words; words &= words - 1) {
		struct vgic_lines *l;

		word = (unsigned int)__builtin_ctz(words);
		l = vgic_lines(c->vgic, c, word);
		bits = __atomic_load_n(&c->pend[word], __ATOMIC_RELAXED) & l->enabled & l->routed &
		       ~c->act[word];
		for (; bits; bits &= bits - 1) {
			irq = word * 32 + (unsigned int)__builtin_ctz(bits);
			if ((best < 0 || l->prio[irq % 32] < best_prio) && !lr_holds(c, irq)) {
				best = (int)irq;
				best_prio = l->prio[irq % 32];
			}
		}
	}
	return best;
}

void vgic_refill(struct vgic_cpu *c)
{
	unsigned int count = gic_hw->lr_count(), word, n;
	uint32_t words = __atomic_exchange_n(&c->pend_words, 0, __ATOMIC_ACQ_REL), left;
	bool has_pending = false;
	struct gic_lr lr;
	int irq = -1;

	n = refill_active(c, count);
	if (c->vgic->is_on) {
		while ((irq = pick(c, words)) >= 0 && n < count) {
			lr_describe(c, (uint32_t)irq, &lr);
			pend_take(c, (uint32_t)irq, -1, &lr);
			lr.state = GIC_LR_PEND;
			lr_fill(c, n++, &lr);
			has_pending = true;
		}
	}
	for (left = words; left; left &= left - 1) {
		word = (unsigned int)__builtin_ctz(left);
		if (__atomic_load_n(&c->pend[word], __ATOMIC_ACQUIRE)) {
			__atomic_fetch_or(&c->pend_words, 1u << word, __ATOMIC_RELEASE);
		}
	}
	c->is_waiting = irq >= 0;
	/*
	 * What waits is less urgent than all that is pending in list registers, so it can wait until
	 * those are taken. When all are active, until all but one have ended; "at most one in use"
	 * must not be asked for while it is already so, or the guest never runs.
	 */
	if (!c->is_waiting) {
		gic_hw->maint(GIC_MAINT_NONE);
	} else if (has_pending) {
		gic_hw->maint(GIC_MAINT_NO_PENDING);
	} else {
		gic_hw->maint(n >= 2 ? GIC_MAINT_UNDERFLOW : GIC_MAINT_NONE);
	}
}

/* Words are the truth from here on, and the lock is next: see vgic.h. */
void vgic_fold_begin(struct vgic_cpu *c)
{
	vgic_fold(c);
	__atomic_store_n(&c->is_folded, true, __ATOMIC_RELEASE);
	lock_take(&c->vgic->lock);
}

void vgic_fold_end(struct vgic_cpu *c)
{
	vgic_refill(c);
	__atomic_store_n(&c->is_folded, false, __ATOMIC_RELEASE);
	lock_drop(&c->vgic->lock);
}

void vgic_lock(struct vgic_cpu *self)
{
	struct lock *lock = &self->vgic->lock;

	if (likely(lock_take_if_free(lock))) {
		return;
	}
	if (self->vgic->is_direct) {
		lock_take(lock);
		return;
	}
	vgic_fold_begin(self);
	vgic_refill(self);
	__atomic_store_n(&self->is_folded, false, __ATOMIC_RELEASE);
}

void vgic_maint(struct vgic_cpu *c)
{
	vgic_fold_begin(c);
	vgic_fold_end(c);
}

/* As for a message: see vgic_message(). */
void vgic_arrive(struct vgic_cpu *c, uint32_t irq)
{
	pend_add(c, irq);
	if (c->vcpu->state == VCPU_ON) {
		vgic_fold_begin(c);
		vgic_fold_end(c);
	}
}

void vic_sync(struct vcpu *v)
{
	struct vgic *g = v->part->vic;
	struct vgic_cpu *c = &g->cpus[v->index];

	if (g->is_direct) {
		return;
	}
	vgic_fold_begin(c);
	if (gic_hw->version == 2) {
		/* Banked, so other CPUs leave the local word to its own. */
		vgic_lines_apply(g, c, 0);
	}
	vgic_fold_end(c);
}

void vgic_drop_active(struct vgic_cpu *c)
{
	unsigned int word;
	uint32_t hw;

	for (word = 0; word < c->vgic->words; word++) {
		hw = c->act[word] & vgic_lines(c->vgic, c, word)->hw & ~(word == 0 ? 0xffffu : 0u);
		c->act[word] = 0;
		if (hw) {
			gic_hw->clear(c->cpu, GIC_ACTIVE, word, hw);
		}
	}
	c->act_words = 0;
}

static void fold_other(struct vgic_cpu *c)
{
	if (c->vcpu->state != VCPU_ON || __atomic_load_n(&c->is_folded, __ATOMIC_ACQUIRE)) {
		return;
	}
	cpu_post(c->vcpu->cpu, CPU_EV_VIRQ);
	/* Once it is folded it waits for the lock. If it does not come, its lines stay unseen. */
	(void)cpu_wait_until(__atomic_load_n(&c->is_folded, __ATOMIC_ACQUIRE), FOLD_US);
}

/*
 * Which vCPU a message is for. A line that is active stays where it is, as in hardware: another CPU
 * that took it meanwhile would find the first one's handler running. Folded and locked.
 */
static struct vgic_cpu *message_target(struct vgic_cpu *c, struct vgic_lines *l, uint32_t irq)
{
	struct vgic *g = c->vgic;
	uint32_t bit = 1u << irq % 32;
	uint8_t home = l->home[irq % 32], to = l->route[irq % 32];
	struct vgic_cpu *target = &g->cpus[to == VGIC_NOWHERE ? 0 : to], *other;

	if (c->act[irq / 32] & bit || home == VGIC_NOWHERE || home == c->index) {
		return c->act[irq / 32] & bit ? c : target;
	}
	other = &g->cpus[home];
	fold_other(other);
	if (other->act[irq / 32] & bit) {
		return other;
	}
	/* Pending there still: the two messages are one. */
	__atomic_fetch_and(&other->pend[irq / 32], ~bit, __ATOMIC_ACQ_REL);
	return target;
}

/*
 * List registers of a vCPU that is not on are left alone: they may be those of the partition's last
 * life. What waits in words is found when it is switched on or resumed.
 */
void vgic_message(struct vgic_cpu *c, uint32_t irq)
{
	bool is_on = c->vcpu->state == VCPU_ON;
	struct vgic_cpu *to;

	if (is_on) {
		vgic_fold_begin(c);
	} else {
		lock_take(&c->vgic->lock);
	}
	if (msi_is_heard(c->vgic->part)) {
		to = message_target(c, lines_of(c, irq), irq);
		if (to == c) {
			pend_add(c, irq);
		} else {
			vgic_post(to, irq);
		}
	}
	if (is_on) {
		vgic_fold_end(c);
	} else {
		lock_drop(&c->vgic->lock);
	}
}

/* Which of the lines some vCPU other than the caller may have in a list register. */
static uint32_t flying(const struct vgic_access *a, unsigned int word, uint32_t bits)
{
	const struct vgic_lines *l = vgic_lines(a->g, a->of, word);
	uint32_t known = a->self->act[word] | __atomic_load_n(&a->self->pend[word], __ATOMIC_RELAXED);
	uint32_t may = __atomic_load_n(&l->flight, __ATOMIC_RELAXED);

	if (bits & l->hw & ~known) {
		may |= gic_hw->get(a->self->cpu, GIC_ACTIVE, word) & l->hw;
	}
	return may & bits & ~known;
}

void vgic_open(struct vgic_access *a, unsigned int word, uint32_t bits)
{
	unsigned int i;

	if (a->g->is_direct) {
		lock_take(&a->g->lock);
		return;
	}
	vgic_fold_begin(a->self);
	if (word == 0) {
		if (a->of != a->self) {
			fold_other(a->of);
		}
	} else if (a->g->cpu_count > 1 && flying(a, word, bits)) {
		for (i = 0; i < a->g->cpu_count; i++) {
			if (&a->g->cpus[i] != a->self) {
				fold_other(&a->g->cpus[i]);
			}
		}
	}
}

void vgic_close(struct vgic_access *a)
{
	if (a->g->is_direct) {
		lock_drop(&a->g->lock);
		return;
	}
	vgic_fold_end(a->self);
}
