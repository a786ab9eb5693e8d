/* SPDX-License-Identifier: BSD-3-Clause */
/* External interrupts, messages between the CPUs of a partition, and TLB invalidation across them. */
/* trap context: own CPU */
#include "irq.h"

#include "emul.h"
#include "hv/cpu.h"
#include "hv/irqc.h"
#include "hv/part.h"
#include "mmu.h"
#include "pic.h"
#include "drivers/mpic.h"
#include "spr_access.h"

void irq_external(struct cpu *cpu)
{
	uint32_t irq;

	while ((irq = mpic_ack()) != MPIC_SPURIOUS) {
		if (irq == MPIC_KICK) {
			mpic_eoi(); /* the epilogue or the idle loop looks at the events */
		} else if (!pic_physical(irq)) {
			trap_irq(cpu, irq);
		}
	}
}

void irq_timer(struct cpu *cpu)
{
	mtspr(SPR_TSR, TSR_DIS);
	if (arch_time_now() >= cpu->arch.timer_when) {
		cpu->arch.timer_when = UINT64_MAX;
		timer_expired(cpu);
	}
}

void irq_idle(struct vcpu *v)
{
	while (!is_deliverable(v) && __atomic_load_n(&v->cpu->events, __ATOMIC_RELAXED) == 0) {
		arch_cpu_wait();
		timer_tick(v);
	}
}

/* ---- requests between vcpus -------------------------------------------------------------------- */

void irq_post(struct vcpu *target, uint32_t bits)
{
	__atomic_fetch_or(&target->arch.remote, bits, __ATOMIC_RELEASE);
	cpu_post(target->cpu, CPU_EV_VIRQ);
}

void irq_collect(struct vcpu *v)
{
	uint32_t bits = __atomic_exchange_n(&v->arch.remote, 0, __ATOMIC_ACQUIRE);

	if ((bits & IRQ_REMOTE_TLB0) != 0) {
		mmu_flush_array(v, 0);
	}
	if ((bits & IRQ_REMOTE_TLB1) != 0) {
		mmu_flush_array(v, 1);
	}
	if ((bits & IRQ_REMOTE_DBELL) != 0) {
		pend(v, PPC_PEND_DBELL);
	}
	if ((bits & IRQ_REMOTE_CDBELL) != 0) {
		pend(v, PPC_PEND_CDBELL);
	}
	if ((bits & IRQ_REMOTE_TIMER) != 0) {
		timer_rearm(v);
	}
	if ((bits & IRQ_REMOTE_NMI) != 0) {
		reflect_nmi(v);
	}
	pic_update(v);
}

/* ---- msgsnd, msgclr (Power ISA 2.06 III-E 11.1) --------------------------------------------------- */

static void message_to(struct vcpu *v, struct vcpu *target, uint32_t type)
{
	bool is_critical = type == MSG_CDBELL;

	if (target == v) {
		pend(v, is_critical ? PPC_PEND_CDBELL : PPC_PEND_DBELL);
	} else {
		irq_post(target, is_critical ? IRQ_REMOTE_CDBELL : IRQ_REMOTE_DBELL);
	}
}

void message_send(struct vcpu *v, uint32_t message)
{
	uint32_t type = (uint32_t)field_get(MSG_TYPE, message);
	uint32_t tag = message & MSG_PIRTAG;

	if (type != MSG_DBELL && type != MSG_CDBELL) {
		return; /* types this processor does not implement are not accepted by anybody */
	}
	for (unsigned int i = 0; i < v->part->plan->cpu_count; i++) {
		struct vcpu *target = &v->part->vcpus[i];

		if ((message & MSG_BROADCAST) != 0 || target->arch.g.pir == tag) {
			message_to(v, target, type);
		}
	}
}

void message_clear(struct vcpu *v, uint32_t message)
{
	switch (field_get(MSG_TYPE, message)) {
	case MSG_DBELL:
		unpend(v, PPC_PEND_DBELL);
		break;
	case MSG_CDBELL:
		unpend(v, PPC_PEND_CDBELL);
		break;
	default:
		break;
	}
}

/* ---- tlbivax ------------------------------------------------------------------------------------- */

#define BROADCAST_US 2000000 /* an emulator may give each CPU a tenth of a second in turn */

/* Or it will be: a vcpu that is paused collects what was posted before its guest goes on. */
static bool is_done(const struct vcpu *target, uint32_t bits)
{
	return (__atomic_load_n(&target->arch.remote, __ATOMIC_ACQUIRE) & bits) == 0 ||
	       __atomic_load_n(&target->state, __ATOMIC_ACQUIRE) != VCPU_ON;
}

/*
 * The other vcpus drop the whole array, which the architecture allows (an implementation may
 * invalidate more), and are waited for here, so that the guest's tlbsync has nothing left to do.
 * Two CPUs may broadcast to each other: both keep serving what is posted to them.
 */
void mmu_broadcast(struct vcpu *v, uint32_t ea)
{
	uint32_t bits = (ea & TLBIVAX_TLB1) != 0 ? IRQ_REMOTE_TLB1 : IRQ_REMOTE_TLB0;

	mmu_invalidate(v, ea);
	for (unsigned int i = 0; i < v->part->plan->cpu_count; i++) {
		struct vcpu *target = &v->part->vcpus[i];

		if (target == v || target->state == VCPU_OFF) {
			continue;
		}
		irq_post(target, bits);
		msync(); /* the post before the look at its state */
		if (!cpu_wait_until((irq_collect(v), is_done(target, bits)), BROADCAST_US)) {
			part_fail(v, "vcpu %u does not answer a TLB invalidation", i);
		}
	}
}
