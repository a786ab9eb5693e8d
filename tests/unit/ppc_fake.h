/* SPDX-License-Identifier: BSD-3-Clause */
/* One vcpu of a ppc partition on the host: what its tests set and what was asked of the hardware. */
#ifndef TESTS_PPC_FAKE_H
#define TESTS_PPC_FAKE_H

#include "emul.h"
#include "hv/part.h"
#include "tlb.h"

extern struct tlb_core core;
extern struct plan_part plan_part;
extern struct vcpu vcpu;
extern uint64_t now, armed;              /* timebase; the hardware decrementer's moment */
extern uint32_t flushed_line;
extern unsigned int watchdogs, failures, flushed_arrays;

/* A cmocka setup: an e500mc out of reset. */
int ppc_setup(void **state);

#endif
