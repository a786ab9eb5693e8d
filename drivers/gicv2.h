/* SPDX-License-Identifier: BSD-3-Clause */
/* GICv2's door for the trap path. */
/* own CPU */
#ifndef DRIVERS_GICV2_H
#define DRIVERS_GICV2_H

struct cpu;

/* gich_irq() on a GICv2: acknowledge and dispatch one interrupt, if one is pending. */
void gicv2_irq(struct cpu *cpu);

#endif
