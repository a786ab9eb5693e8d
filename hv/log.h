/* SPDX-License-Identifier: BSD-3-Clause */
/* The hypervisor's log: a ring of lines, shown on the console as it can keep up. */
/* any CPU; any lock below LOCK_LOG */
#ifndef HV_LOG_H
#define HV_LOG_H

#include "hv/types.h"

enum log_level {
	LOG_ERROR,
	LOG_WARN,
	LOG_INFO,
	LOG_DEBUG,
};

struct part;

/* Lines a guest can cause: at most 10 a second and 100 in all, then they are only counted. */
struct log_limit {
	uint64_t second;     /* start of the running second, in ticks */
	uint32_t in_second;
	uint32_t shown;
	uint32_t hidden;     /* not shown since the last one that was */
	uint32_t hidden_all;
};

/* One line, without its end. Levels above log_level are dropped. */
void log_print(enum log_level level, const char *fmt, ...) printf_like(2, 3);
/* A line of level LOG_INFO without the time in front: tables, and what belongs together. */
void log_line(const char *line);
/* As log_print for something a guest did: named and rate-limited by partition. */
void log_guest(struct part *p, const char *fmt, ...) printf_like(2, 3);
/* A line would not be shown now; it has been counted. For hot places, before log_guest(). */
must_check bool log_guest_muted(struct log_limit *l);
/* True when this line may be shown now; counts it either way. */
must_check bool log_limit_ok(struct log_limit *l, uint64_t now, uint64_t hz);

extern uint8_t log_level;

/*
 * Copy text at *cursor (a position in everything ever logged) and advance it; 0 when there is
 * none. A reader that fell behind continues at the oldest text kept.
 */
unsigned int log_read(uint64_t *cursor, char *buf, unsigned int n);
/* The last lines, oldest first, without taking the lock: for panic. */
void log_tail(void (*emit)(const char *line), unsigned int lines);
/* Position of the oldest text kept and of the end. */
uint64_t log_begin(void);
uint64_t log_end(void);

#endif
