/* SPDX-License-Identifier: BSD-3-Clause */
/* The doors from the architecture into the core, except hypercalls. */
/* trap context: own CPU, guest stopped at a trap, interrupts masked */
#include "hv/trap.h"
#include "hv/cpu.h"
#include "hv/fmt.h"
#include "hv/irqc.h"
#include "hv/log.h"
#include "hv/panic.h"
#include "hv/part.h"

#define TRAP_IRQS 24

static struct {
	uint32_t irq;
	irq_fn *fn;
	void *arg;
} trap_irqs[TRAP_IRQS];
static unsigned int trap_irq_count;

enum trap trap_mmio(struct vcpu *v, struct mmio *acc)
{
	const struct vdev *dev = v->vdev;

	if (unlikely(dev == NULL || !range_covers(dev->at, gpa_raw(acc->addr), acc->size))) {
		dev = vdev_find(&v->part->vdevs, acc->addr, acc->size);
		v->vdev = dev;
	}
	if (likely(dev != NULL)) {
		acc->exit_class = dev->exit_class;
		if (likely(dev->access(v, dev->dev, gpa_raw(acc->addr) - dev->at.base, acc))) {
			return TRAP_SKIP;
		}
	}
	acc->exit_class = EXIT_STRAY;
	return trap_stray(v, acc->addr, acc->is_write,
			  dev != NULL ? dev->name : "nothing is there");
}

enum trap trap_stray(struct vcpu *v, gpa_t at, bool is_write, const char *what)
{
	struct part *p = v->part;

	__atomic_fetch_add(&p->stray_count, 1, __ATOMIC_RELAXED);
	if (!log_guest_muted(p->limit)) {
		log_guest(p, "vcpu %u: %s of %#" PRIx64 " at pc %#" PRIx64 " refused: %s", v->index,
			  is_write ? "store" : "load", gpa_raw(at), arch_vcpu_pc(v), what);
	}
	arch_vcpu_inject_bus_error(v, at, is_write);
	return TRAP_INJECT;
}

void trap_exit(struct vcpu *v, enum trap verdict)
{
	struct cpu *cpu = v->cpu;

	/* It has switched itself off; whoever has it on again by now wants a start like any other. */
	if (v->state == VCPU_OFF) {
		arch_cpu_restack(cpu_idle);
	}
	do {
		cpu_events_run(cpu);
		if (v->state == VCPU_OFF) {
			arch_cpu_restack(cpu_idle);
		}
		if (v->state == VCPU_PAUSED && cpu->events == 0) {
			arch_cpu_wait();
		} else if (verdict == TRAP_STOP && v->state == VCPU_ON && cpu->events == 0) {
			/* Whoever gave this verdict has asked for the stop; it only has to arrive.
			 */
			panic("vcpu %u of %s: told to stop by nobody", v->index,
			      v->part->plan->name);
		}
	} while (v->state != VCPU_ON || __atomic_load_n(&cpu->events, __ATOMIC_RELAXED) != 0);
}

enum err irq_register(uint32_t irq, irq_fn *fn, void *arg)
{
	if (trap_irq_count == TRAP_IRQS) {
		return ERR_FULL;
	}
	trap_irqs[trap_irq_count].irq = irq;
	trap_irqs[trap_irq_count].fn = fn;
	trap_irqs[trap_irq_count].arg = arg;
	trap_irq_count++;
	return OK;
}

void trap_irq(struct cpu *cpu, uint32_t irq)
{
	for (unsigned int i = 0; i < trap_irq_count; i++) {
		if (trap_irqs[i].irq == irq) {
			trap_irqs[i].fn(cpu, trap_irqs[i].arg);
			break;
		}
	}
	irqc->eoi(irq);
}
