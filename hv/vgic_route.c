/* SPDX-License-Identifier: BSD-3-Clause */
/* Which vCPU a shared line goes to: GICD_IROUTER, GICD_ITARGETSR. */
/* trap context */
#include "hv/msi.h"
#include "hv/vgic.h"

enum { TARGET_ELSEWHERE = 0xffff }; /* Aff2 or Aff3 set: a CPU no guest has */

/* What waits for the line in software at other vCPUs follows it; what waited for a route is woken. */
static void pend_move(struct vgic *g, uint32_t irq, struct vgic_cpu *to)
{
	uint32_t bit = 1u << irq % 32;
	unsigned int i;

	for (i = 0; i < g->cpu_count; i++) {
		struct vgic_cpu *c = &g->cpus[i];

		if (c != to && __atomic_fetch_and(&c->pend[irq / 32], ~bit, __ATOMIC_ACQ_REL) & bit) {
			vgic_post(to, irq);
		}
	}
	if (__atomic_load_n(&to->pend[irq / 32], __ATOMIC_RELAXED) & bit) {
		cpu_post(to->vcpu->cpu, CPU_EV_VIRQ);
	}
}

void vgic_route(struct vgic *g, uint32_t irq, uint8_t to)
{
	struct vgic_lines *l = &g->spis[irq / 32 - 1];
	uint32_t bit = 1u << irq % 32;
	bool is_hw = l->hw & bit;

	__atomic_store_n(&l->route[irq % 32], to, __ATOMIC_RELAXED);
	if (to == VGIC_NOWHERE) {
		l->routed &= ~bit;
		vgic_lines_apply(g, &g->cpus[0], irq / 32);
		return;
	}
	if (is_hw) {
		gic_hw->route(irq, g->cpus[to].cpu);
	} else {
		msi_route(g->part, irq, g->cpus[to].cpu);
	}
	l->routed |= bit;
	vgic_lines_apply(g, &g->cpus[0], irq / 32);
	if (!g->is_direct) {
		pend_move(g, irq, &g->cpus[to]);
	}
}

/* NULL: not a shared line of this guest. */
static struct vgic_lines *spi_of(const struct vgic_access *a, unsigned int irq)
{
	struct vgic_lines *l;

	if (irq < 32 || irq / 32 >= a->g->words) {
		return NULL;
	}
	l = &a->g->spis[irq / 32 - 1];
	return (l->hw | l->soft) >> irq % 32 & 1 ? l : NULL;
}

uint64_t vgic_router_read(struct vgic_access *a)
{
	const struct vgic_lines *l = spi_of(a, a->index);

	return l ? l->target[a->index % 32] : 0;
}

/* Interrupt_Routing_Mode does not exist (GICD_TYPER.No1N), nor does Aff3 (GICD_TYPER.A3V). */
void vgic_router_write(struct vgic_access *a)
{
	struct vgic_lines *l = spi_of(a, a->index);
	uint32_t g_aff = (uint32_t)a->value & 0xffffff;
	unsigned int g_vcpu = (g_aff >> 8 & 0xff) << 4 | (g_aff & 0xff);
	bool exists = (g_aff & 0xf0) == 0 && g_aff >> 16 == 0 && g_vcpu < a->g->cpu_count;

	if (!l) {
		return;
	}
	vgic_lock(a->self);
	l->target[a->index % 32] = (uint16_t)(g_aff >> 16 ? TARGET_ELSEWHERE : g_aff);
	vgic_route(a->g, a->index, exists ? (uint8_t)g_vcpu : VGIC_NOWHERE);
	lock_drop(&a->g->lock);
}

/* The bytes of local lines tell each CPU its own bit. */
uint64_t vgic_targets_read(struct vgic_access *a)
{
	uint64_t x = 0;
	unsigned int i;

	for (i = 0; i < a->size; i++) {
		const struct vgic_lines *l = spi_of(a, a->index + i);

		if (a->index + i < 32) {
			x |= UINT64_C(1) << a->self->index << 8 * i;
		} else if (l) {
			x |= (uint64_t)l->target[(a->index + i) % 32] << 8 * i;
		}
	}
	return x;
}

/* A guest with one CPU may rely on there being no choice, as on a GIC with one CPU interface. */
static uint8_t lowest(const struct vgic *g, uint32_t mask)
{
	if (g->cpu_count == 1) {
		return 0;
	}
	return mask ? (uint8_t)__builtin_ctz(mask) : VGIC_NOWHERE;
}

/* Several targets: the architecture lets any one of them take it; here it is the lowest. */
void vgic_targets_write(struct vgic_access *a)
{
	unsigned int i;

	vgic_lock(a->self);
	for (i = 0; i < a->size; i++) {
		struct vgic_lines *l = spi_of(a, a->index + i);
		uint32_t mask = (uint32_t)(a->value >> 8 * i) & ((1u << a->g->cpu_count) - 1);

		if (l && l->target[(a->index + i) % 32] != mask) {
			l->target[(a->index + i) % 32] = (uint16_t)mask;
			vgic_route(a->g, a->index + i, lowest(a->g, mask));
		}
	}
	lock_drop(&a->g->lock);
}
