/* SPDX-License-Identifier: BSD-3-Clause */
/* Byte FIFO. */
/* pure; callers lock */
#include <string.h>

#include "hv/queue.h"

static uint32_t queue_min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

uint32_t queue_push(struct queue *q, const uint8_t *bytes, uint32_t n)
{
	uint32_t at = q->tail % QUEUE_BUF;
	uint32_t first;

	n = queue_min(n, queue_space(q));
	first = queue_min(n, QUEUE_BUF - at);
	memcpy(q->buf + at, bytes, first);
	memcpy(q->buf, bytes + first, n - first);
	__atomic_store_n(&q->tail, q->tail + n, __ATOMIC_RELEASE);
	return n;
}

uint32_t queue_pop(struct queue *q, uint8_t *bytes, uint32_t n)
{
	uint32_t at = q->head % QUEUE_BUF;
	uint32_t first;

	n = queue_min(n, queue_fill(q));
	first = queue_min(n, QUEUE_BUF - at);
	memcpy(bytes, q->buf + at, first);
	memcpy(bytes + first, q->buf, n - first);
	__atomic_store_n(&q->head, q->head + n, __ATOMIC_RELEASE);
	return n;
}

void queue_clear(struct queue *q)
{
	__atomic_store_n(&q->head, q->tail, __ATOMIC_RELEASE);
}
