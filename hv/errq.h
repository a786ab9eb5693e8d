/* SPDX-License-Identifier: BSD-3-Clause */
/* Error queues: what went wrong in hardware, for the partition it happened to and its manager. */
/* any CPU; any lock below LOCK_ERRQ */
#ifndef HV_ERRQ_H
#define HV_ERRQ_H

#include "hv/err.h"
#include "hv/types.h"

/* Detail by domain, in the layout guests get it (Topaz hypercalls, section 5.1). */
#define ERRQ_DETAIL 80

/* Texts are constants or live as long as the plan. */
struct errq_record {
	const char *domain;
	const char *error;
	const char *path;    /* in the hardware tree */
	const char *g_path;  /* in the guest tree */
	uint8_t detail[ERRQ_DETAIL];
};

/* What a guest reads: four strings and the detail. */
#define ERRQ_WIRE_SIZE 752u

struct errq;

/* Boot CPU. NULL: out of boot memory. */
struct errq *errq_create(void);
/* False when the queue is full: the record is counted as lost. */
bool errq_put(struct errq *q, const struct errq_record *r);
/* Oldest record in wire format; removed unless is_peek. ERR_EMPTY. */
must_check enum err errq_get(struct errq *q, bool is_peek, uint8_t wire[ERRQ_WIRE_SIZE]);
unsigned int errq_count(const struct errq *q);
unsigned int errq_lost(const struct errq *q);
void errq_clear(struct errq *q);

/* Errors nobody owns go to the global queue, read by the error manager. */
extern struct errq *errq_global;

#endif
