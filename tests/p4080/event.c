/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The list of device events, sorted by due cycle, oldest first among equals.
 * A handful of events exist at a time: a list is the right size.
 */
#include "event.h"

void event_cancel(struct event_queue *q, struct event *ev)
{
	struct event **p = &q->head;

	if (!ev->armed)
		return;
	while (*p != ev)
		p = &(*p)->next;
	*p = ev->next;
	ev->armed = false;
}

void event_arm(struct event_queue *q, struct event *ev, uint64_t due)
{
	struct event **p = &q->head;

	event_cancel(q, ev);
	while (*p && (*p)->due <= due)
		p = &(*p)->next;
	ev->due = due;
	ev->next = *p;
	ev->armed = true;
	*p = ev;
}

uint64_t event_next(const struct event_queue *q)
{
	return q->head ? q->head->due : EVENT_NEVER;
}

void event_run(struct event_queue *q, uint64_t now)
{
	struct event *ev;

	while ((ev = q->head) && ev->due <= now) {
		q->head = ev->next;
		ev->armed = false;
		ev->fire(ev->arg);
	}
}
