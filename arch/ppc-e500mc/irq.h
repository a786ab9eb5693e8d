/* SPDX-License-Identifier: BSD-3-Clause */
/* Physical interrupts and requests from other CPUs of the partition. */
/* own CPU unless it says otherwise */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H

#include "hv/vcpu.h"

/* Acknowledge and dispatch external interrupts until the controller has no more. */
void irq_external(struct cpu *cpu);
/* The hardware decrementer expired. */
void irq_timer(struct cpu *cpu);
/* Bits other vcpus of the partition set in vcpu_arch.remote; any CPU may post. */
enum irq_remote {
	IRQ_REMOTE_DBELL = 1,
	IRQ_REMOTE_CDBELL = 2,
	IRQ_REMOTE_TLB0 = 4,  /* invalidate what is not IPROT */
	IRQ_REMOTE_TLB1 = 8,
	IRQ_REMOTE_VIC = 16,  /* interrupt sources changed: look again */
	IRQ_REMOTE_NMI = 32,
	IRQ_REMOTE_TIMER = 64, /* a deadline of the partition changed: arm anew */
};
void irq_post(struct vcpu *target, uint32_t bits);
/*
 * Sleep until an interrupt the guest has enabled is pending, or an event was posted to this CPU.
 * For guests that cannot execute `wait`: EV_IDLE, and MSR[WE] of e500v2.
 */
void irq_idle(struct vcpu *v);
/* Act on what was posted to this vcpu. */
void irq_collect(struct vcpu *v);

#endif
