/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages of a partition's devices: physical LPIs that become SPIs of its virtual GIC. */
#ifndef HV_MSI_H
#define HV_MSI_H

#include "hv/msi_hw.h"
#include "hv/part.h"

struct vgic_cpu;

/*
 * Boot CPU, from vic_init(): map the events of its functions and add its message frame. OK when it
 * has none. ERR_FULL: no boot memory. ERR_STATE: no hardware takes them; the log has the reason.
 */
must_check enum err msi_part_init(struct part *p);
/*
 * All its vCPUs are off and its devices are cut off: nothing that they sent is pending any more, and
 * messages go to vCPU 0 as after boot. From vic_reset().
 */
void msi_part_reset(struct part *p);
/* The guest has sent one of its lines to a CPU: the LPIs behind it follow. Any line. */
void msi_route(struct part *p, uint32_t irq, unsigned int cpu);
/* Own CPU: an LPI was acknowledged and ended here. c: its vCPU, or NULL. */
void msi_arrive(struct vgic_cpu *c, uint32_t lpi);

/*
 * False: all its vCPUs are off, what comes was sent in a life that has ended. With the virtual GIC
 * locked, which orders this against vic_reset().
 */
must_check bool msi_is_heard(const struct part *p);

/* LPIs that came to a CPU whose partition does not have them: dropped. 0 unless hardware fails. */
extern uint32_t msi_strays;

/* hv/vmsi.c: the GICv2m frame. */
must_check enum err vmsi_init(struct part *p);

#endif
