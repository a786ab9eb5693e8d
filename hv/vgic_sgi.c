/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts from vCPU to vCPU: by system register (GICv3) or through GICD_SGIR (GICv2). */
/* trap context */
#include "hv/vgic.h"

/* ICC_SGI1R_EL1 */
#define SGI1R_AFF3 MASK(55, 48)
#define SGI1R_RS MASK(47, 44)
#define SGI1R_IRM BIT(40)
#define SGI1R_AFF2 MASK(39, 32)
#define SGI1R_INTID MASK(27, 24)
#define SGI1R_AFF1 MASK(23, 16)
#define SGI1R_TARGETS MASK(15, 0)

/* GICD_SGIR */
#define SGIR_FILTER MASK(25, 24)
#define SGIR_TARGETS MASK(23, 16)
#define SGIR_INTID MASK(3, 0)

enum { SGIR_LISTED, SGIR_OTHERS, SGIR_SELF };

/* The guest's vCPUs that a value names. Clusters are 16 wide: RS and Aff2, Aff3 name nobody. */
static inline uint32_t sgi1r_targets(const struct vgic_cpu *self, uint64_t g_value)
{
	uint32_t all = (1u << self->vgic->cpu_count) - 1;
	uint64_t aff1 = field_get(SGI1R_AFF1, g_value);

	if (unlikely(g_value & (SGI1R_AFF3 | SGI1R_RS | SGI1R_IRM | SGI1R_AFF2) || aff1 > 1)) {
		return g_value & SGI1R_IRM ? all & ~(1u << self->index) : 0;
	}
	return (uint32_t)field_get(SGI1R_TARGETS, g_value) << 16 * aff1 & all;
}

/*
 * Forwarded as physical Group 1 SGIs of the same number, in both modes: enabling, pending and
 * masking are the redistributor's business. The hypervisor's own number can not be: in virtual
 * mode it goes by software, in direct mode it does not exist.
 */
void vgic_sgi(struct vcpu *v, uint64_t g_value)
{
	struct vgic_cpu *self = v->vic, *to;
	unsigned int sgi = (unsigned int)field_get(SGI1R_INTID, g_value);
	uint32_t targets = sgi1r_targets(self, g_value);

	for (; targets; targets &= targets - 1) {
		to = &self->vgic->cpus[__builtin_ctz(targets)];
		if (unlikely(!(to->local.hw >> sgi & 1))) {
			if (to->local.soft >> sgi & 1) {
				vgic_post(to, sgi);
			}
		} else if (to != self || self->vgic->is_direct || !(self->local.hw_on >> sgi & 1)) {
			gic_hw->sgi(to->cpu, sgi);
		} else if (!gic_hw->lr_try || !gic_hw->lr_try(self, sgi, self->local.prio[sgi])) {
			vgic_arrive(self, sgi);
		}
	}
}

static void sgi_send(struct vgic_cpu *from, struct vgic_cpu *to, unsigned int sgi)
{
	__atomic_fetch_or(&to->sgi_from[sgi], (uint8_t)(1u << from->index), __ATOMIC_RELEASE);
	vgic_post(to, sgi);
}

void vgic_sgir_write(struct vgic_access *a)
{
	uint32_t all = (1u << a->g->cpu_count) - 1, self = 1u << a->self->index;
	uint32_t targets = 0;

	switch (field_get(SGIR_FILTER, a->value)) {
	case SGIR_LISTED:
		targets = (uint32_t)field_get(SGIR_TARGETS, a->value) & all;
		break;
	case SGIR_OTHERS:
		targets = all & ~self;
		break;
	case SGIR_SELF:
		targets = self;
		break;
	default: /* reserved: no effect */
		break;
	}
	for (; targets; targets &= targets - 1) {
		sgi_send(a->self, &a->g->cpus[__builtin_ctz(targets)],
			 (unsigned int)field_get(SGIR_INTID, a->value));
	}
}

/* GICD_SPENDSGIR, GICD_CPENDSGIR: a byte for each SGI, a bit for each sender. */
uint64_t vgic_sgi_source_read(struct vgic_access *a)
{
	uint64_t x = 0;
	unsigned int i;

	vgic_open(a, 0, 0xffff);
	for (i = 0; i < a->size; i++) {
		x |= (uint64_t)__atomic_load_n(&a->self->sgi_from[a->index + i], __ATOMIC_RELAXED)
		     << 8 * i;
	}
	vgic_close(a);
	return x;
}

void vgic_sgi_source_set(struct vgic_access *a)
{
	uint8_t all = (uint8_t)((1u << a->g->cpu_count) - 1);
	unsigned int i;

	for (i = 0; i < a->size; i++) {
		uint8_t from = (uint8_t)(a->value >> 8 * i) & all;

		if (from) {
			__atomic_fetch_or(&a->self->sgi_from[a->index + i], from, __ATOMIC_RELEASE);
			vgic_post(a->self, a->index + i);
		}
	}
}

void vgic_sgi_source_clear(struct vgic_access *a)
{
	unsigned int i;

	vgic_open(a, 0, 0xffff);
	for (i = 0; i < a->size; i++) {
		uint8_t gone = (uint8_t)(a->value >> 8 * i);
		unsigned int sgi = a->index + i;

		if (!__atomic_and_fetch(&a->self->sgi_from[sgi], (uint8_t)~gone, __ATOMIC_ACQ_REL)) {
			__atomic_fetch_and(&a->self->pend[0], ~(1u << sgi), __ATOMIC_ACQ_REL);
		}
	}
	vgic_close(a);
}
