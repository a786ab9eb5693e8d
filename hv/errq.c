/* SPDX-License-Identifier: BSD-3-Clause */
/* Error queues: short internal records, expanded to Topaz's layout when a guest reads one. */
/* any CPU */
#include <string.h>

#include "hv/errq.h"
#include "hv/lock.h"
#include "hv/pool.h"

#define ERRQ_RECORDS 16u

struct errq {
	struct lock lock;
	uint32_t head, tail;
	uint32_t lost;
	struct errq_record records[ERRQ_RECORDS];
};

struct errq *errq_global;

struct errq *errq_create(void)
{
	struct errq *q = pool_alloc(sizeof(*q));

	if (q != NULL) {
		q->lock = (struct lock)LOCK_INIT(LOCK_ERRQ, "error queue");
	}
	return q;
}

bool errq_put(struct errq *q, const struct errq_record *r)
{
	bool is_room;

	lock_take(&q->lock);
	is_room = q->tail - q->head < ERRQ_RECORDS;
	if (is_room) {
		q->records[q->tail++ % ERRQ_RECORDS] = *r;
	} else {
		q->lost++;
	}
	lock_drop(&q->lock);
	return is_room;
}

static void errq_text(uint8_t *at, size_t size, const char *text)
{
	size_t n = text == NULL ? 0 : strnlen(text, size - 1);

	if (n > 0) {
		memcpy(at, text, n);
	}
}

enum err errq_get(struct errq *q, bool is_peek, uint8_t wire[ERRQ_WIRE_SIZE])
{
	const struct errq_record *r;

	memset(wire, 0, ERRQ_WIRE_SIZE);
	lock_take(&q->lock);
	if (q->head == q->tail) {
		lock_drop(&q->lock);
		return ERR_EMPTY;
	}
	r = &q->records[q->head % ERRQ_RECORDS];
	errq_text(wire, 32, r->domain);
	errq_text(wire + 32, 128, r->error);
	errq_text(wire + 160, 256, r->path);
	errq_text(wire + 416, 256, r->g_path);
	memcpy(wire + 672, r->detail, ERRQ_DETAIL);
	if (!is_peek) {
		q->head++;
	}
	lock_drop(&q->lock);
	return OK;
}

unsigned int errq_count(const struct errq *q)
{
	return q->tail - q->head;
}

unsigned int errq_lost(const struct errq *q)
{
	return q->lost;
}

void errq_clear(struct errq *q)
{
	lock_take(&q->lock);
	q->head = q->tail;
	lock_drop(&q->lock);
}
