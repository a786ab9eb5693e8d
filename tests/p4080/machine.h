/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine: cores, bus, devices, virtual time, and how a run ends.
 */
#ifndef P4080_MACHINE_H
#define P4080_MACHINE_H

#include "bus.h"
#include "ccsr.h"
#include "core.h"
#include "event.h"
#include "fault.h"
#include "lint.h"
#include "rng.h"

#define MACHINE_CORES 8

/* Exit codes of facet-p4080 */
enum machine_exit {
	EXIT_PASS = 0,	/* --until matched; stop marker with r3 = 0; reset without --until */
	EXIT_FAIL = 1,	/* stop marker with r3 != 0 */
	EXIT_USAGE = 2, /* bad command line or image */
	EXIT_LIMIT = 3, /* --limit instructions executed */
	EXIT_LINT = 4,	/* fatal lint */
	EXIT_RESET = 5, /* the machine was reset before --until matched */
	EXIT_IDLE = 6,	/* every core waits and nothing will ever happen */
};

/* The interrupt controller's face towards a core taking an external interrupt. */
struct machine_pic {
	void *dev;
	/* External proxy ("coreint") mode is on. */
	bool (*proxy)(void *dev);
	/* Acknowledge for this core; returns the vector. Called at interrupt take in proxy mode. */
	uint32_t (*acknowledge)(void *dev, unsigned cpu);
};

/* The oracle's opinion on mappings; any member may be NULL. See oracle.h. */
struct oracle;

struct machine_config {
	unsigned cores;
	uint64_t ram_size;
	uint64_t seed;	     /* of everything random */
	uint32_t quantum;    /* cycles a core runs before the next one */
	uint32_t jitter;     /* quantum length varies by up to this much (seeded) */
	uint32_t tbdiv;	     /* cycles per time base tick */
	uint64_t limit;	     /* instructions over all cores, 0 = none */
	bool trace;	     /* fill the trace ring with every instruction */
	bool trace_registers; /* print every instruction with registers (lock-step judge) */
};

struct machine {
	struct machine_config cfg;
	struct bus bus;
	struct ccsr ccsr;
	struct event_queue events;
	struct rng rng;
	struct core *core[MACHINE_CORES];
	struct core *current; /* inside its quantum now, or NULL */
	uint64_t now;	   /* cycle at which the current round started */
	struct machine_pic pic;
	/* Level of source n of the interrupt controller; NULL until there is one. */
	void (*irq_line)(void *mpic, unsigned n, bool level);
	/* Error interrupt k (0..31) of the interrupt controller; NULL until there is one. */
	void (*error_line)(void *mpic, unsigned k, bool level);
	struct oracle *oracle;
	/* devices other devices and the firmware need to reach (set by their init functions) */
	void *mpic;
	void *pamu;
	void *guts;
	void *law;
	void *ccf;
	void *uart[4];
	void *virtio;
	/* a core came out of reset (MPIC PIR): what firmware does with it; NULL: it stays held */
	void (*firmware)(void *arg, struct core *c);
	void *firmware_arg;
	/* polled at every round boundary: spin table, scripted input, gdb; may be NULL */
	void (*poll)(void *arg);
	void *poll_arg;
	/* every byte a UART sends */
	void (*console)(void *arg, unsigned uart, uint8_t byte);
	void *console_arg;
	bool until_set; /* --until was given: a reset is then a failure */
	bool stopping;
	enum machine_exit exit_code;
	const char *exit_why;
};

struct machine *machine_new(const struct machine_config *cfg);
void machine_free(struct machine *m);
/* Run until something stops the machine; returns the exit code. */
enum machine_exit machine_run(struct machine *m);
/* End the run after the current instruction. The first call wins. */
void machine_stop(struct machine *m, enum machine_exit code, const char *why);
/* The machine asks for a reset (RSTCR, watchdog, DBCR0[RST]). */
void machine_reset_request(struct machine *m, const char *why);
/* Current cycle, exact if a core is inside its quantum. */
uint64_t machine_cycle(const struct machine *m);
uint64_t machine_tb(const struct machine *m, uint64_t cycle);
/* Instructions executed by all cores so far. */
uint64_t machine_insns(const struct machine *m);

/* --- devices: one init each, called by machine_devices() in main order (devices.c) --- */
bool machine_devices(struct machine *m);

#endif
