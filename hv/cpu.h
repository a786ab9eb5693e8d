/* SPDX-License-Identifier: BSD-3-Clause */
/* A physical CPU: what is its own, what other CPUs may look at, and posted events. */
/* any CPU; the private part is written by its own CPU only */
#ifndef HV_CPU_H
#define HV_CPU_H

#include "hv/arch.h"

/* Posted to a CPU with cpu_post(); handled in trap_exit() or in the idle loop. */
enum cpu_event {
	CPU_EV_VCPU = 1,   /* vcpu->want changed: stop, start, pause, resume, on */
	CPU_EV_VIRQ = 2,   /* vic_sync() has something to do */
	CPU_EV_WORK = 4,   /* deferred work of the hypervisor (console, mux, timers) on this CPU */
	CPU_EV_PARK = 8,   /* panic elsewhere: stop for good */
};

enum cpu_state {
	CPU_ABSENT,        /* not in the plan, or never came up */
	CPU_STARTING,
	CPU_IDLE,          /* in the idle loop */
	CPU_GUEST,         /* belongs to a running vcpu */
	CPU_PARKED,
};

struct cpu {
	/* Used by assembly; offsets in arch/<arch>/offsets.c. */
	struct vcpu *vcpu;          /* the vcpu this CPU is, or NULL */
	void *stack_top;
	uint32_t events;            /* enum cpu_event bits; other CPUs set, own CPU clears: atomics only */
	/* Private. */
	uint16_t index;             /* in plan.cpus and in cpus[] */
	uint64_t hw_id;
	uint32_t locks_held;        /* bit per lock rank */
	uint64_t timer_when;        /* armed deadline, UINT64_MAX = none */
	uint32_t crumbs;            /* last stages passed, a character each */
	struct cpu_arch arch;
	/* Written by its own CPU, read by all. */
	uint8_t state;              /* enum cpu_state */
};

extern struct cpu cpus[MAX_CPUS];
extern unsigned int cpu_count;

/* Set event bits for a CPU and make it look. Any CPU, any lock. To oneself: no kick is needed. */
void cpu_post(struct cpu *cpu, uint32_t events);
/* On its own CPU, without locks: act on what was posted. Returns at once when nothing was. */
void cpu_events_run(struct cpu *cpu);
/* Arch, in interrupt context: the time given to arch_time_arm() has come. */
void timer_expired(struct cpu *cpu);
/* Its own CPU, once: let the timer's interrupt through, where it is one of the controller's. */
void cpu_timer_claim(void);
/* Make timer_expired() happen on this CPU no later than that. */
void cpu_timer_by(uint64_t when);
/* Idle loop: handles events until a vcpu is to run, then enters it. */
noreturn_fn void cpu_idle(void);
/* True when cond became true within us microseconds of polling (with relax). */
#define cpu_wait_until(cond, us)                                                          \
	({                                                                                \
		uint64_t end__ = arch_time_now() + (us) * (arch_time_hz() / 1000) / 1000; \
		bool ok__;                                                                \
		while (!(ok__ = (cond)) && arch_time_now() < end__) {                     \
			cpu_relax();                                                      \
		}                                                                         \
		ok__ || (cond);                                                           \
	})

#endif
