/* SPDX-License-Identifier: BSD-3-Clause */
/* The interrupt sources of a partition: one store behind two faces, hv-pic calls and an MPIC. */
/* any CPU unless it says otherwise; state under .lock (LOCK_VIC) */
#ifndef ARCH_PIC_H
#define ARCH_PIC_H

#include "hv/lock.h"
#include "hv/part.h"

enum {
	PIC_IPIS = 4,
	PIC_TIMERS = 8,      /* two groups of four */
	PIC_EXTRA = PIC_IPIS + PIC_TIMERS, /* behind the sources that have handles; MPIC face only */
	PIC_PRIORITY_MAX = 15,
	PIC_SPURIOUS = 0xffff,
};

#define PIC_CONFIG_HIGH 1u  /* active high, or rising */
#define PIC_CONFIG_LEVEL 2u
#define PIC_NO_IRQ 0xffffffffu

struct pic_source {
	uint32_t irq;           /* physical number or PIC_NO_IRQ */
	uint16_t vector;        /* what IACK or EPR reports: the handle, or what the MPIC face was told */
	uint8_t config;
	uint8_t config_first;   /* as the plan has it */
	uint8_t priority;
	uint8_t dest;           /* vcpu */
	bool exists;
	bool is_ipi;            /* latched for several vcpus at once */
	bool masked;
	bool line;
	uint32_t latched;       /* edge seen, or a physical interrupt arrived; for an IPI a bit a vcpu */
	uint32_t active;        /* in service, a bit a vcpu */
};

struct pic_timer {
	uint32_t base;          /* MPIC base count register */
	uint64_t due;           /* timebase; UINT64_MAX: stopped */
	uint64_t period;        /* timebase ticks */
	bool toggle;
};

struct pic {
	struct lock lock;
	bool is_mpic;           /* the MPIC face: priorities, vectors and task priority count */
	bool is_proxy;          /* vectors come in EPR */
	unsigned int count;     /* sources with handles: 1 .. count - 1 */
	unsigned int all;       /* and the extra ones behind them */
	struct pic_source *src;
	uint32_t *busy;         /* a bit a source: latched, held or in service; may be stale when set */
	uint8_t task_priority[MAX_CPUS];
	struct pic_timer timer[PIC_TIMERS];
	uint16_t spurious;      /* the vector of nothing; the MPIC face can change it */
	uint32_t frequency[2];  /* MPIC timer frequency reporting registers: storage */
};

static inline struct pic *pic_of(const struct part *p)
{
	return p->vic;
}

static inline struct pic_source *pic_ipi(struct pic *pic, unsigned int n)
{
	return &pic->src[pic->count + n];
}

static inline struct pic_source *pic_timer_source(struct pic *pic, unsigned int n)
{
	return &pic->src[pic->count + PIC_IPIS + n];
}

/* With the lock held, after a source was latched, held or taken into service. */
static inline void pic_mark(struct pic *pic, const struct pic_source *s)
{
	unsigned int n = (unsigned int)(s - pic->src);

	pic->busy[n / 32] |= 1u << n % 32;
}

/* With the lock held: something about this source changed: hardware side and pending state. */
void pic_apply(struct part *p, struct pic_source *s);
void pic_mask_physical(const struct pic_source *s);
void pic_notify(struct part *p, unsigned int vcpu);

/* Own CPU, takes the lock. The best source goes into service: its vector, or the spurious one. */
uint32_t pic_acknowledge(struct vcpu *v);
/* Own CPU, with the lock: end of the given source for this vcpu. */
void pic_end(struct vcpu *v, struct pic_source *s);
/* Own CPU, with the lock: the source in service with the highest priority, or NULL. */
struct pic_source *pic_in_service(struct vcpu *v);
/* Own CPU: external interrupt pending or not, after anything changed. */
void pic_update(struct vcpu *v);
/* A physical source fired (acknowledged, not ended). False: it is no partition's. */
bool pic_physical(uint32_t irq);
/* The guest takes its external interrupt: leaves the vector in EPR in external-proxy mode. */
void pic_taken(struct vcpu *v);
/* Earliest timer deadline of the partition (vcpu 0 serves it), and what to do when it passed. */
uint64_t pic_timer_due(const struct vcpu *v);
void pic_timer_tick(struct vcpu *v, uint64_t now);

/* The MPIC face (vmpic.c): boot CPU. */
must_check enum err vmpic_init(struct part *p);
/* With the lock: registers as after GCR[RST]. */
void vmpic_reset(struct part *p);

#endif
