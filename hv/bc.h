/* SPDX-License-Identifier: BSD-3-Clause */
/* Byte channels: a queue each way between any two of guest, hypervisor, UART and mux. */
/* any CPU; nothing of LOCK_CHAN rank or above held, unless a function says otherwise */
#ifndef HV_BC_H
#define HV_BC_H

#include "hv/lock.h"
#include "hv/plan/plan.h"
#include "hv/queue.h"
#include "hv/uart.h"

struct mux;
struct part;
struct vuart;

struct bc_end {
	const struct plan_end *plan;
	struct part *part;       /* PLAN_END_PART */
	const struct plan_virq *rx; /* raised when bytes arrive, or NULL */
	const struct plan_virq *tx; /* raised when there is room again, or NULL */
	struct vuart *vuart;     /* instead of the two */
	struct mux *mux;         /* PLAN_END_MUX, or the mux this channel carries */
	struct uart *uart;       /* PLAN_END_UART */
	bool is_blocked;         /* wanted to send more than there was room for */
	uint32_t lost;           /* bytes that came for it and found no room (from a line only) */
};

struct bc {
	struct lock lock;
	struct queue to[2];      /* to[e]: what end e will receive */
	struct bc_end end[2];
};

extern struct bc *bcs;
extern unsigned int bc_count;

/* Boot CPU: queues and ends of all channels of the plan. ERR_FULL: out of boot memory. */
must_check enum err bc_init(const struct plan *plan);

/* Bytes taken or got, never waits. `end` is the caller's own end. */
uint32_t bc_send(struct bc *c, unsigned int end, const uint8_t *bytes, uint32_t n);
uint32_t bc_receive(struct bc *c, unsigned int end, uint8_t *bytes, uint32_t n);
/* Without the lock: true at some moment of the call. */
static inline uint32_t bc_readable(const struct bc *c, unsigned int end)
{
	return queue_fill(&c->to[end]);
}
static inline uint32_t bc_space(const struct bc *c, unsigned int end)
{
	return queue_space(&c->to[1 - end]);
}

/* Whether n bytes would be taken. If not, the end is told of room as after a send cut short. */
bool bc_has_room(struct bc *c, unsigned int end, uint32_t n);

/*
 * Sending and receiving with c->lock held; interrupts of a guest at the other end are raised at
 * once. After dropping the lock call bc_flush(): it moves what was sent on to a mux, UART or the
 * shell.
 */
uint32_t bc_put(struct bc *c, unsigned int end, const uint8_t *bytes, uint32_t n);
uint32_t bc_get(struct bc *c, unsigned int end, uint8_t *bytes, uint32_t n);
void bc_flush(struct bc *c, unsigned int end);

/* A partition has stopped: forget what it has not read and that it waited for room. */
void bc_reset_part(const struct part *p);
/*
 * ... and begins, its interrupts reset: what others sent since then waits for it and is announced,
 * so that partitions need not start in any order.
 */
void bc_begin_part(const struct part *p);

#endif
