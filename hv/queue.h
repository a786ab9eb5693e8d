/* SPDX-License-Identifier: BSD-3-Clause */
/* A byte FIFO of 4,095 bytes, as Topaz's byte channels promise. */
/* pure; callers lock */
#ifndef HV_QUEUE_H
#define HV_QUEUE_H

#include "hv/types.h"

#define QUEUE_BUF 4096u
#define QUEUE_MAX (QUEUE_BUF - 1)

/* Positions run freely and wrap at 2^32; tail - head is the fill. */
struct queue {
	uint32_t head;
	uint32_t tail;
	uint8_t *buf; /* QUEUE_BUF bytes */
};

/* One word each, so that a look without the lock is a value that held at some moment. */
static inline uint32_t queue_fill(const struct queue *q)
{
	uint32_t head = __atomic_load_n(&q->head, __ATOMIC_RELAXED);
	uint32_t fill = __atomic_load_n(&q->tail, __ATOMIC_RELAXED) - head;

	return fill <= QUEUE_MAX ? fill : QUEUE_MAX;
}

static inline uint32_t queue_space(const struct queue *q)
{
	return QUEUE_MAX - queue_fill(q);
}

/* Both return how many bytes went in or came out: as many as there is room or data for. */
uint32_t queue_push(struct queue *q, const uint8_t *bytes, uint32_t n);
uint32_t queue_pop(struct queue *q, uint8_t *bytes, uint32_t n);
void queue_clear(struct queue *q);

#endif
