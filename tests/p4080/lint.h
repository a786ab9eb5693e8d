/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the model says about software: log lines and lints.
 * A lint is a software error that silicon would let pass or punish at random; a fatal one dumps
 * the trace ring of the core and ends the run with exit code EXIT_LINT.
 */
#ifndef P4080_LINT_H
#define P4080_LINT_H

#include "bits.h"

struct core;

enum lint {
	LINT_TLB_MULTI_HIT,	  /* fatal */
	LINT_CCSR_CACHEABLE,	  /* fatal: cacheable mapping of device registers */
	LINT_SPR_UNKNOWN,	  /* fatal: unknown SPR in hypervisor state */
	LINT_RFI_RESERVED,	  /* rfi with reserved MSR bits */
	LINT_STALE_CODE,	  /* execution of modified code without icbi */
	LINT_STWCX_ALONE,	  /* stwcx. without lwarx */
	LINT_ISOLATION,		  /* fatal: the isolation oracle */
	LINT_DMA_HYPERVISOR,	  /* fatal: DMA into hypervisor memory */
	LINT_COUNT
};

/* Levels: 0 quiet, 1 notes (default), 2 devices, 3 everything. */
extern int log_level;

void log_print(int level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Report a lint; c may be NULL (a device did it). Does not return if the lint is fatal. */
void lint_report(struct core *c, enum lint kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Number of reports of a kind so far. */
unsigned long lint_count(enum lint kind);
const char *lint_name(enum lint kind);
/* Make a lint fatal or not, by name; false when unknown. */
bool lint_set_fatal(const char *name, bool fatal);

#endif
