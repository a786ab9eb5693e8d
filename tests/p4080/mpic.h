/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The interrupt controller (MPIC 4.x): sources, per-CPU delivery, proxy, error and MSI lines.
 */
#ifndef P4080_MPIC_H
#define P4080_MPIC_H

#include "event.h"
#include "machine.h"

#define MPIC_BASE 0x40000u
#define MPIC_SOURCES 512
/* Sources beyond the numbered ones: interprocessor interrupts, then the timers. */
#define MPIC_IPI0 512
#define MPIC_IPIS 4
#define MPIC_TIMER0 516
#define MPIC_TIMERS 8
#define MPIC_ALL 524

#define MPIC_VPR_MSK 0x80000000u
#define MPIC_VPR_A 0x40000000u
#define MPIC_VPR_SENSE 0x00400000u
#define MPIC_VPR_WRITABLE 0x80cfffffu

#define MPIC_ERROR_SOURCE 16
#define MPIC_MSG_SOURCE 0xb0
#define MPIC_MSI_SOURCE 0xe0

enum mpic_level { MPIC_NORMAL, MPIC_CRITICAL, MPIC_MCHECK };

struct mpic_source {
	uint32_t vpr;
	uint32_t dr;
	uint32_t ilr;
	bool line;
	uint32_t pending; /* bit per CPU for interprocessor interrupts, bit 0 for the others */
	uint32_t service; /* CPUs that have it in service */
};

struct mpic_cpu {
	uint32_t ctpr;
	uint16_t stack[32]; /* sources in service, in order of acknowledgement */
	unsigned depth;
};

struct mpic_timer {
	struct mpic *mpic;
	struct event event;
	uint32_t base;	 /* GTBCR */
	uint64_t start;	 /* cycle at which the current count began */
	bool toggle;
};

struct mpic {
	struct machine *machine;
	struct mpic_source src[MPIC_ALL];
	struct mpic_cpu cpu[MACHINE_CORES];
	struct mpic_timer timer[MPIC_TIMERS];
	uint32_t pir;	       /* cores held in reset */
	uint32_t reset;	       /* cores to reset at the next round boundary */
	struct event reset_event;
	uint32_t gcr, vir, svr, tfrr[2], tcr[2];
	uint32_t eisr, eimr;
	uint32_t msir[3][8];
	uint32_t msgr[8], mer[2], msr[2]; /* message registers, two groups of four */
};

bool mpic_init(struct machine *m);
void mpic_reset(struct mpic *p);
/* Recompute every CPU's inputs. */
void mpic_update(struct mpic *p);
uint32_t mpic_acknowledge(void *dev, unsigned cpu);
void mpic_eoi(struct mpic *p, unsigned cpu);
/* Input line of numbered source n. */
void mpic_line(void *dev, unsigned n, bool level);
/* Error interrupt k (0..31) of EISR0. */
void mpic_error(void *dev, unsigned k, bool level);
/* EISR0 or EIMR0 changed: drive source 16. */
void mpic_error_update(struct mpic *p);
/* One-shot: latch source n as if an edge had come. */
void mpic_pulse(struct mpic *p, unsigned n);
/* A summary register: sources first..first+31 asserted at this level for this CPU. */
uint32_t mpic_summary(struct mpic *p, enum mpic_level level, unsigned first, unsigned cpu);
/* VPR as read: with the activity bit. */
uint32_t mpic_vpr(const struct mpic *p, unsigned n);

/* PIR: a 1 resets and holds a core, going back to 0 lets its firmware start. */
void mpic_processor_init(struct mpic *p, uint32_t val);

/* --- registers (mpic_regs.c) --- */
uint32_t mpic_read(void *dev, uint32_t off, unsigned cpu);
void mpic_write(void *dev, uint32_t off, uint32_t val, unsigned cpu);

#endif
