/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device events in virtual time: a small ordered list, ties broken by order of arming.
 * Virtual time is counted in cycles: one cycle is one instruction slot of every core.
 */
#ifndef P4080_EVENT_H
#define P4080_EVENT_H

#include "bits.h"

#define EVENT_NEVER UINT64_MAX

/* Owned by the device that embeds it; armed at most once at a time. */
struct event {
	struct event *next;
	uint64_t due; /* cycle */
	void (*fire)(void *arg);
	void *arg;
	bool armed;
};

struct event_queue {
	struct event *head;
};

/* Arm ev at cycle `due`; if it was armed, it moves. Fires at the first quantum boundary >= due. */
void event_arm(struct event_queue *q, struct event *ev, uint64_t due);
void event_cancel(struct event_queue *q, struct event *ev);
/* Cycle of the earliest event, EVENT_NEVER when none. */
uint64_t event_next(const struct event_queue *q);
/* Fire everything due at or before `now`, in order. */
void event_run(struct event_queue *q, uint64_t now);

#endif
