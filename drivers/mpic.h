/* SPDX-License-Identifier: BSD-3-Clause */
/* The physical MPIC, as the hypervisor drives it (MPC8572/P4080 RM ch. 8-10; OpenPIC 1.2). */
#ifndef DRIVERS_MPIC_H
#define DRIVERS_MPIC_H

#include "hv/irqc.h"

#define MPIC_SPURIOUS 0xffffu
#define MPIC_KICK 0x3f0u     /* vector of the hypervisor's own IPI */
#define MPIC_SOURCES 256u    /* vectors of sources are their numbers */

/* Own CPU: the vector of the interrupt to serve (MPIC_SPURIOUS: none), and its end. */
uint32_t mpic_ack(void);
void mpic_eoi(void);
/* Any CPU: mask, and set up a source: destination CPU by PIR, sense as plan_irq_flags. */
void mpic_mask(uint32_t irq, bool masked);
void mpic_route(uint32_t irq, uint32_t pir, uint8_t flags);

extern const struct irqc_ops mpic_ops;

#endif
