/* SPDX-License-Identifier: BSD-3-Clause */
/* Distributor and redistributor registers that hold a bit, two bits or a byte for every line. */
/* trap context; a->index is the word, or the byte for priorities */
#include "hv/vgic.h"

static uint32_t lines_own(const struct vgic_lines *l)
{
	return l->hw | l->soft;
}

/* The physical CPU whose local word is meant; of no importance for shared words. */
static unsigned int cpu_of(const struct vgic_access *a)
{
	return a->of->cpu;
}

/* All of a guest's lines are in Group 1, in the hardware too: reads as one, cannot be changed. */
uint64_t vgic_group_read(struct vgic_access *a)
{
	return a->index < a->g->words ? lines_own(vgic_lines(a->g, a->of, a->index)) : 0;
}

uint64_t vgic_enable_read(struct vgic_access *a)
{
	const struct vgic_lines *l = vgic_word(a, a->index);

	return l ? l->enabled : 0;
}

/* Lines that wait in software have to be looked at again by the vCPU where they wait. */
static void wake_pending(struct vgic *g, unsigned int word, uint32_t bits)
{
	unsigned int i;

	for (i = 0; i < g->cpu_count; i++) {
		if (__atomic_load_n(&g->cpus[i].pend[word], __ATOMIC_RELAXED) & bits) {
			cpu_post(g->cpus[i].vcpu->cpu, CPU_EV_VIRQ);
		}
	}
}

static __attribute__((noinline)) void enable(struct vgic_access *a, struct vgic_lines *l, uint32_t fresh)
{
	vgic_lock(a->self);
	l->enabled |= fresh;
	vgic_lines_apply(a->g, a->of, a->index);
	lock_drop(&a->g->lock);
	if (!a->g->is_direct) {
		wake_pending(a->g, a->index, fresh);
	}
}

/*
 * Some of the lines may be in a list register: acknowledged physical ones are active, SGIs and the
 * hypervisor's own leave no trace but .flight. Asked after the hardware has been told.
 */
static bool may_fly(const struct vgic_access *a, const struct vgic_lines *l, uint32_t bits)
{
	if (a->index == 0 && bits & 0xffff) {
		return true;
	}
	return (__atomic_load_n(&l->flight, __ATOMIC_RELAXED) & bits) != 0 ||
	       (bits & l->hw && gic_hw->get(cpu_of(a), GIC_ACTIVE, a->index) & bits & l->hw);
}

static __attribute__((noinline)) void disable(struct vgic_access *a, struct vgic_lines *l, uint32_t gone)
{
	vgic_lock(a->self);
	l->enabled &= ~gone;
	vgic_lines_apply(a->g, a->of, a->index);
	lock_drop(&a->g->lock);
	if (!a->g->is_direct && may_fly(a, l, gone)) {
		/* What is pending in a list register must not be delivered any more. */
		vgic_open(a, a->index, gone);
		vgic_close(a);
	}
}

void vgic_enable_set(struct vgic_access *a)
{
	struct vgic_lines *l = vgic_word(a, a->index);
	uint32_t fresh = l ? (uint32_t)a->value & lines_own(l) & ~l->enabled : 0;

	if (fresh) {
		enable(a, l, fresh);
	}
}

void vgic_enable_clear(struct vgic_access *a)
{
	struct vgic_lines *l = vgic_word(a, a->index);
	uint32_t gone = l ? (uint32_t)a->value & l->enabled : 0;

	if (gone) {
		disable(a, l, gone);
	}
}

/* Pending in software at any vCPU concerned. */
static uint32_t soft_pend(const struct vgic_access *a, unsigned int word)
{
	uint32_t bits = 0;
	unsigned int i;

	if (word == 0) {
		return __atomic_load_n(&a->of->pend[0], __ATOMIC_RELAXED);
	}
	for (i = 0; i < a->g->cpu_count; i++) {
		bits |= __atomic_load_n(&a->g->cpus[i].pend[word], __ATOMIC_RELAXED);
	}
	return bits;
}

uint64_t vgic_pend_read(struct vgic_access *a)
{
	struct vgic_lines *l;
	uint32_t bits;

	if (a->index >= a->g->words) {
		return 0;
	}
	l = vgic_lines(a->g, a->of, a->index);
	bits = l->hw ? gic_hw->get(cpu_of(a), GIC_PEND, a->index) & l->hw : 0;
	if (!a->g->is_direct) {
		vgic_open(a, a->index, lines_own(l));
		bits |= soft_pend(a, a->index) | __atomic_load_n(&l->line, __ATOMIC_RELAXED);
		vgic_close(a);
	}
	return bits & lines_own(l);
}

/* GICv2: an SGI is made pending through SPENDSGIR, with its source; this register only shows it. */
static uint32_t pend_writable(const struct vgic_access *a)
{
	return a->g->version == 2 && a->index == 0 ? 0xffff0000u : 0xffffffffu;
}

/* In virtual mode, what already waits in software or in a list register does not become pending twice. */
void vgic_pend_set(struct vgic_access *a)
{
	struct vgic_lines *l;
	uint32_t bits, left;
	unsigned int bit;
	uint8_t to;

	if (a->index >= a->g->words) {
		return;
	}
	l = vgic_lines(a->g, a->of, a->index);
	bits = (uint32_t)a->value & lines_own(l) & pend_writable(a);
	if (!bits) {
		return;
	}
	vgic_open(a, a->index, bits);
	if (!a->g->is_direct) {
		bits &= ~soft_pend(a, a->index);
	}
	if (bits & l->hw) {
		gic_hw->set(cpu_of(a), GIC_PEND, a->index, bits & l->hw);
	}
	for (left = bits & l->soft; left; left &= left - 1) {
		bit = (unsigned int)__builtin_ctz(left);
		to = a->index == 0 ? a->of->index : l->route[bit];
		vgic_post(&a->g->cpus[to == VGIC_NOWHERE ? 0 : to], a->index * 32 + bit);
	}
	vgic_close(a);
}

/* Virtual mode: what waited or was active in software is active in the hardware, SGIs excepted. */
static void hw_end(const struct vgic_access *a, const struct vgic_lines *l, uint32_t bits)
{
	bits &= l->hw & ~(a->index == 0 ? 0xffffu : 0u);
	if (bits) {
		gic_hw->clear(cpu_of(a), GIC_ACTIVE, a->index, bits);
	}
}

void vgic_pend_clear(struct vgic_access *a)
{
	struct vgic_lines *l;
	uint32_t bits, waiting, mine;
	unsigned int i;

	if (a->index >= a->g->words) {
		return;
	}
	l = vgic_lines(a->g, a->of, a->index);
	bits = (uint32_t)a->value & lines_own(l) & pend_writable(a);
	if (!bits) {
		return;
	}
	if (bits & l->hw) {
		gic_hw->clear(cpu_of(a), GIC_PEND, a->index, bits & l->hw);
	}
	if (a->g->is_direct) {
		return;
	}
	vgic_open(a, a->index, bits);
	waiting = 0;
	for (i = 0; i < a->g->cpu_count; i++) {
		if (a->index == 0 && &a->g->cpus[i] != a->of) {
			continue;
		}
		mine = __atomic_fetch_and(&a->g->cpus[i].pend[a->index], ~bits, __ATOMIC_RELAXED);
		waiting |= mine & bits;
	}
	hw_end(a, l, waiting);
	vgic_close(a);
}

uint64_t vgic_active_read(struct vgic_access *a)
{
	struct vgic_lines *l;
	uint32_t bits = 0;
	unsigned int i;

	if (a->index >= a->g->words) {
		return 0;
	}
	l = vgic_lines(a->g, a->of, a->index);
	if (a->g->is_direct) {
		return l->hw ? gic_hw->get(cpu_of(a), GIC_ACTIVE, a->index) & l->hw : 0;
	}
	vgic_open(a, a->index, lines_own(l));
	for (i = 0; i < a->g->cpu_count; i++) {
		if (a->index != 0 || &a->g->cpus[i] == a->of) {
			bits |= a->g->cpus[i].act[a->index];
		}
	}
	vgic_close(a);
	return bits & lines_own(l);
}

void vgic_active_set(struct vgic_access *a)
{
	struct vgic_lines *l;
	struct vgic_cpu *at;
	uint32_t bits, left;
	unsigned int bit;

	if (a->index >= a->g->words) {
		return;
	}
	l = vgic_lines(a->g, a->of, a->index);
	bits = (uint32_t)a->value & lines_own(l);
	if (!bits) {
		return;
	}
	vgic_open(a, a->index, bits);
	/* SGIs are never active in the hardware in virtual mode: their list registers stand alone. */
	left = bits & l->hw & ~(a->index == 0 && !a->g->is_direct ? 0xffffu : 0u);
	if (left) {
		gic_hw->set(cpu_of(a), GIC_ACTIVE, a->index, left);
	}
	for (left = a->g->is_direct ? 0 : bits; left; left &= left - 1) {
		bit = (unsigned int)__builtin_ctz(left);
		at = a->of;
		if (a->index != 0) {
			at = &a->g->cpus[l->route[bit] == VGIC_NOWHERE ? 0 : l->route[bit]];
		}
		at->act[a->index] |= 1u << bit;
		at->act_words |= 1u << a->index;
		if (at != a->self) {
			cpu_post(at->vcpu->cpu, CPU_EV_VIRQ);
		}
	}
	vgic_close(a);
}

void vgic_active_clear(struct vgic_access *a)
{
	struct vgic_lines *l;
	uint32_t bits, was = 0;
	unsigned int i;

	if (a->index >= a->g->words) {
		return;
	}
	l = vgic_lines(a->g, a->of, a->index);
	bits = (uint32_t)a->value & lines_own(l);
	if (!bits) {
		return;
	}
	if (a->g->is_direct) {
		gic_hw->clear(cpu_of(a), GIC_ACTIVE, a->index, bits & l->hw);
		return;
	}
	vgic_open(a, a->index, bits);
	for (i = 0; i < a->g->cpu_count; i++) {
		if (a->index == 0 && &a->g->cpus[i] != a->of) {
			continue;
		}
		was |= a->g->cpus[i].act[a->index] & bits;
		a->g->cpus[i].act[a->index] &= ~bits;
	}
	hw_end(a, l, was);
	vgic_close(a);
}

uint64_t vgic_prio_read(struct vgic_access *a)
{
	struct vgic_lines *l;
	uint64_t x = 0;
	unsigned int i;

	if (a->index / 32 >= a->g->words) {
		return 0;
	}
	l = vgic_lines(a->g, a->of, a->index / 32);
	for (i = 0; i < a->size; i++) {
		x |= (uint64_t)l->prio[(a->index + i) % 32] << 8 * i;
	}
	return x;
}

void vgic_prio_write(struct vgic_access *a)
{
	struct vgic_lines *l;
	uint8_t prio;
	unsigned int i, bit;

	if (a->index / 32 >= a->g->words) {
		return;
	}
	l = vgic_lines(a->g, a->of, a->index / 32);
	for (i = 0; i < a->size; i++) {
		bit = (a->index + i) % 32;
		prio = (uint8_t)(a->value >> 8 * i) & gic_hw->prio_mask();
		if (!(lines_own(l) >> bit & 1) || l->prio[bit] == prio) {
			continue;
		}
		l->prio[bit] = prio;
		/* Nothing of a guest may hold back the hypervisor's own, which have priority 0. */
		if (l->hw >> bit & 1 && (a->of == a->self || gic_hw->version != 2)) {
			gic_hw->prio(cpu_of(a), a->index + i,
				     prio < GIC_GUEST_PRIO ? GIC_GUEST_PRIO : prio);
		}
	}
}

/* Two bits a line, the upper one says edge; SGIs are always edge. a->index counts 16 lines. */
uint64_t vgic_cfg_read(struct vgic_access *a)
{
	const struct vgic_lines *l;
	uint32_t x = 0;
	unsigned int i, shift = a->index % 2 * 16;

	if (a->index / 2 >= a->g->words) {
		return 0;
	}
	l = vgic_lines(a->g, a->of, a->index / 2);
	for (i = 0; i < 16; i++) {
		x |= (l->edge >> (shift + i) & 1) << (2 * i + 1);
	}
	return x;
}

void vgic_cfg_write(struct vgic_access *a)
{
	struct vgic_lines *l;
	uint32_t edge = 0, changed;
	unsigned int i, bit, shift = a->index % 2 * 16;

	if (a->index / 2 >= a->g->words || a->index == 0) {
		return;
	}
	l = vgic_lines(a->g, a->of, a->index / 2);
	for (i = 0; i < 16; i++) {
		edge |= (uint32_t)(a->value >> (2 * i + 1) & 1) << (shift + i);
	}
	vgic_lock(a->self);
	changed = (l->edge ^ edge) & lines_own(l) & 0xffffu << shift;
	l->edge ^= changed;
	/* A carrier stays edge: only the hypervisor sets it pending, once for each event. */
	for (changed &= l->hw & ~l->carrier; changed; changed &= changed - 1) {
		bit = (unsigned int)__builtin_ctz(changed);
		gic_hw->trigger(cpu_of(a), a->index / 2 * 32 + bit, l->edge >> bit & 1);
	}
	lock_drop(&a->g->lock);
}
