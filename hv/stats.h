/* SPDX-License-Identifier: BSD-3-Clause */
/* Exit accounting: count, min, max, mean and deviation in timebase ticks, always on. */
/* own CPU writes; readers may see a torn row */
#ifndef HV_STATS_H
#define HV_STATS_H

#include "hv/types.h"

struct exit_stat {
	uint64_t count;
	uint64_t sum;       /* ticks */
	uint64_t sum_sq;    /* ticks squared */
	uint32_t min;       /* min stored as ~min, so that zeroed memory is the empty state */
	uint32_t max;
};

/* On the trap path: a dozen instructions. */
static inline void exit_stat_add(struct exit_stat *s, uint64_t ticks)
{
	uint32_t t = ticks >> 32 != 0 ? UINT32_MAX : (uint32_t)ticks;
	uint32_t min = s->min;
	uint32_t max = s->max;

	s->count++;
	s->sum += t;
	s->sum_sq += (uint64_t)t * t;
	if (unlikely(~t > min)) {
		s->min = ~t;
	}
	if (unlikely(t > max)) {
		s->max = t;
	}
}

#endif
