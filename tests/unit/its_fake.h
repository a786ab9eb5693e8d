/* SPDX-License-Identifier: BSD-3-Clause */
/* A model of an ITS that reads its tables and takes its commands, and a plan with messages. */
#ifndef TESTS_UNIT_ITS_FAKE_H
#define TESTS_UNIT_ITS_FAKE_H

#include "hv/plan/plan.h"

enum {
	CPUS = 4,
	FNS = 3,             /* functions of the plan; all but the second send messages */
	MAX_EVENTS = 1024,
	FIRST = 96,          /* messages of the partition */
	COUNT = 8,
};

struct its_fake {
	/* What kind it is. */
	uint64_t typer;
	unsigned int page;           /* the one size it takes, or 3: any */
	bool can_indirect, is_coherent, has_collections;
	unsigned int entry;
	bool is_dead;
	unsigned int lazy;           /* commands it takes for each look at CREADR; 0: all at once */
	uint32_t bad_op;             /* stalls at this command, */
	unsigned int bad_count;      /* so often */
	bool lpis_stuck;             /* GICR_CTLR.EnableLPIs cannot be taken back */
	/* What it knows. */
	uint64_t cbaser, cwriter, creadr, baser[GITS_BASERS];
	uint32_t ctlr;
	struct {
		uint32_t device;
		unsigned int bits;
		uint32_t lpi[MAX_EVENTS];
		uint16_t collection[MAX_EVENTS];
		unsigned int clears[MAX_EVENTS];
	} device[FNS];
	unsigned int device_count;
	uint64_t target[CPUS];
	bool is_target[CPUS];
	unsigned int commands, syncs, retries;
	/* Redistributors. */
	uint64_t propbaser[CPUS], pendbaser[CPUS];
	uint32_t gicr_ctlr[CPUS];
	uint64_t cleaned;            /* bytes */
};

extern struct its_fake its_fake;
extern struct plan its_fake_plan;
extern struct plan_part its_fake_parts[2];
extern struct plan_pci_fn its_fake_fns[FNS];
extern unsigned int its_fake_blocks; /* of boot memory handed out */
extern uint64_t its_fake_now;        /* microseconds */

/* A machine as after a cold start; then change what kind it is, or the plan. */
void its_fake_machine(void);
/* Start the driver with its plan and map all messages, as hv/msi.c does; asserts that it worked. */
void its_fake_use(void);
/* The same for one function. */
enum err its_fake_map(const struct plan_pci_fn *fn);
/* Index in .device of a DeviceID, or -1. */
int its_fake_find(uint32_t id);

#endif
