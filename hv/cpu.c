/* SPDX-License-Identifier: BSD-3-Clause */
/* Physical CPUs: posted events, the idle loop, the per-CPU timer and the start of the others. */
/* any CPU */
#include "hv/cpu.h"
#include "hv/console.h"
#include "hv/dma.h"
#include "hv/irqc.h"
#include "hv/lock.h"
#include "hv/log.h"
#include "hv/panic.h"
#include "hv/part.h"
#include "hv/part_cycle.h"

struct cpu cpus[MAX_CPUS];
unsigned int cpu_count;

void cpu_post(struct cpu *cpu, uint32_t events)
{
	uint32_t old = __atomic_fetch_or(&cpu->events, events, __ATOMIC_ACQ_REL);

	/* Bits that are set already belong to a kick on its way. */
	if (cpu != cpu_self() && (old & events) != events) {
		arch_cpu_kick(cpu);
	}
}

void cpu_events_run(struct cpu *cpu)
{
	uint32_t events = __atomic_exchange_n(&cpu->events, 0, __ATOMIC_ACQ_REL);
	struct vcpu *v = cpu->vcpu;

	ASSERT(cpu->locks_held == 0);
	if (events & CPU_EV_PARK) {
		cpu->state = CPU_PARKED;
		arch_cpu_park();
	}
	if (events & CPU_EV_WORK) {
		console_work();
		dma_timers(cpu, arch_time_now());
	}
	if (v == NULL) {
		return;
	}
	if (events & CPU_EV_VCPU) {
		part_vcpu_obey(v);
	}
	if ((events & CPU_EV_VIRQ) && v->state == VCPU_ON) {
		vic_sync(v);
	}
}

void cpu_idle(void)
{
	struct cpu *cpu = cpu_self();
	struct vcpu *v = cpu->vcpu;

	cpu->state = CPU_IDLE;
	for (;;) {
		cpu_events_run(cpu);
		/* The start of a vcpu posts to its own CPU too, and nobody kicks for that. */
		if (__atomic_load_n(&cpu->events, __ATOMIC_RELAXED) != 0) {
			continue;
		}
		if (v != NULL && v->state == VCPU_ON) {
			break;
		}
		arch_cpu_wait();
	}
	cpu->state = CPU_GUEST;
	crumb('G');
	arch_vcpu_enter(v);
}

void hv_secondary(struct cpu *cpu)
{
	arch_cpu_init(cpu);
	cpu->timer_when = UINT64_MAX;
	crumb('s');
	if (irqc->cpu_init(cpu) != OK) {
		log_print(LOG_ERROR, "CPU %u: the interrupt controller does not answer",
			  cpu->index);
		__atomic_store_n(&cpu->state, CPU_PARKED, __ATOMIC_RELEASE);
		arch_cpu_park();
	}
	cpu_timer_claim();
	__atomic_store_n(&cpu->state, CPU_IDLE, __ATOMIC_RELEASE);
	cpu_idle();
}

void cpu_timer_claim(void)
{
	const struct plan *plan = the_plan;

	if (plan->board.htimer_irq != 0) {
		irqc->claim(plan->board.htimer_irq, cpu_self(), PLAN_IRQ_LEVEL | PLAN_IRQ_PERCPU);
	}
}

void cpu_timer_by(uint64_t when)
{
	struct cpu *cpu = cpu_self();

	if (when < cpu->timer_when) {
		cpu->timer_when = when;
		arch_time_arm(when);
	}
}

void timer_expired(struct cpu *cpu)
{
	cpu->timer_when = UINT64_MAX;
	arch_time_arm(UINT64_MAX);
	part_timers(cpu, arch_time_now());
	dma_timers(cpu, arch_time_now());
}
