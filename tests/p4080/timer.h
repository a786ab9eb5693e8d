/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decrementer, fixed-interval timer and watchdog of a core, exact to the tick.
 */
#ifndef P4080_TIMER_H
#define P4080_TIMER_H

#include "core.h"

void timer_reset(struct core *c);
/* Record every event up to the current cycle in TSR and find the next one (timer.next). */
void timer_update(struct core *c);
/* The core's time base. */
uint64_t timer_tb(const struct core *c);
void timer_tb_write(struct core *c, uint64_t tb);
/* Let it run or stop it; DEC and the other timers stand with it. */
void timer_tb_run(struct core *c, bool run);

uint32_t timer_dec_read(struct core *c);
void timer_dec_write(struct core *c, uint32_t val);
void timer_tcr_write(struct core *c, uint32_t val);
void timer_tsr_clear(struct core *c, uint32_t ones);

#endif
