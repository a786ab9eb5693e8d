/* SPDX-License-Identifier: BSD-3-Clause */
/* A guest that tries everything: what its parts share. */
/* boot CPU unless it says otherwise */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "common.h"
#include "kit/arm64/arm64.h"

#include <libfdt.h>
#include <string.h>

/* ---- draws ------------------------------------------------------------------------------------ */

/* Below n. */
uint64_t rng_below(struct rng *r, uint64_t n);
/* Half of the draws are edges: 0, 1, -1, powers of two and their neighbours, ends of our memory. */
uint64_t rng_value(struct rng *r);
/* An address that is not inside this program: edges of areas, holes, other people's memory. */
uint64_t rng_address(struct rng *r);
/* The edges it draws from, in order: ends of our areas, starts of everything on the board. */
unsigned int edge_count(void);
uint64_t edge_at(unsigned int i);

/* ---- exceptions: everything is survived and counted --------------------------------------------- */

struct outcome {
	uint64_t faults; /* since survive_reset() */
	uint64_t esr;	 /* of the last one */
};
extern volatile struct outcome outcome;
void survive_init(void);
void survive_reset(void);
/* Call fn(arg) so that a jump into nowhere comes back; survive_back is where it lands. */
void survive_call(void (*fn)(uint64_t), uint64_t arg);
extern char survive_back[];

/* ---- campaigns: each prints one line of totals ------------------------------------------------ */

void sysregs_run(const char *arg, uint64_t steps, uint64_t seed);
void hcalls_run(const char *arg, uint64_t steps, uint64_t seed);
void smc_run(const char *arg, uint64_t steps, uint64_t seed);
void mmio_run(const char *arg, uint64_t steps, uint64_t seed);
void stray_run(const char *arg, uint64_t steps, uint64_t seed);
void storm_run(const char *arg, uint64_t steps, uint64_t seed);
void words_run(const char *arg, uint64_t steps, uint64_t seed);
void die_run(const char *arg, uint64_t steps, uint64_t seed);
void wild_run(const char *arg, uint64_t steps, uint64_t seed);
void flood_run(const char *arg, uint64_t steps, uint64_t seed);
void message_run(const char *arg, uint64_t steps, uint64_t seed);
void burst_run(const char *arg, uint64_t steps, uint64_t seed);
void config_run(const char *arg, uint64_t steps, uint64_t seed);

/* Sets up the interrupt controller anew, with the one line that the kit turns on once only. */
void irqs_again(void);
/* Tells what the machine looked like at entry. */
void entry_print(void);

/* The program and its data; never a target of its own writes. */
extern char _start[], _end[];
extern uint64_t ram_base, ram_size;

#endif
