/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reservations of lwarx/stwcx. and the snooping that takes them away.
 * The fast store path knows nothing of reservations: a page is taken off it (BUS_PAGE_WATCH) while
 * a core that is not executing holds a reservation there.
 */
#ifndef P4080_RESERVE_H
#define P4080_RESERVE_H

#include "core.h"

#define RESERVE_LINE 64u

void reserve_set(struct core *c, uint64_t pa);
void reserve_clear(struct core *c);
/* The core stops executing for now: others' stores must be seen. */
void reserve_suspend(struct core *c);
/* A store by `source` touched the page of pa: reservations on its line held by others end. */
void reserve_snoop(struct machine *m, uint64_t pa, unsigned source);

#endif
