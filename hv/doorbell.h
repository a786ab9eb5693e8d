/* SPDX-License-Identifier: BSD-3-Clause */
/* Doorbells: one ring, any number of receivers, each gets an interrupt of its own. */
/* any CPU; nothing of LOCK_VIC rank or above held */
#ifndef HV_DOORBELL_H
#define HV_DOORBELL_H

#include "hv/part.h"

void doorbell_ring(const struct plan_doorbell *d);
/* Tell the managers of p. */
void doorbell_event(const struct part *p, enum plan_event event);
/* A manager asks p to shut down; advisory. */
void doorbell_shutdown(struct part *p);

#endif
