/* SPDX-License-Identifier: BSD-3-Clause */
/* Ranked ticket locks: first come, first served, with the lock order checked at every step. */
/* any CPU, interrupts masked */
#include "hv/lock.h"
#include "hv/cpu.h"
#include "hv/panic.h"

/* Nothing holds a lock longer than some microseconds; this much means its owner is lost. */
#define LOCK_WAIT_US 20000000

void lock_take(struct lock *l)
{
	struct cpu *cpu = cpu_self();
	uint16_t ticket;

	ASSERT(cpu->locks_held >> l->rank == 0);
	ticket = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);
	if (unlikely(__atomic_load_n(&l->serving, __ATOMIC_ACQUIRE) != ticket)) {
		if (!cpu_wait_until(__atomic_load_n(&l->serving, __ATOMIC_ACQUIRE) == ticket,
				    (uint64_t)LOCK_WAIT_US)) {
			panic("lock %s: held by CPU %d for too long", l->name, l->owner - 1);
		}
	}
	l->owner = (uint16_t)(cpu->index + 1);
	cpu->locks_held |= UINT32_C(1) << l->rank;
}

void lock_drop(struct lock *l)
{
	struct cpu *cpu = cpu_self();

	ASSERT(lock_is_mine(l));
	cpu->locks_held &= ~(UINT32_C(1) << l->rank);
	l->owner = 0;
	__atomic_store_n(&l->serving, (uint16_t)(l->serving + 1), __ATOMIC_RELEASE);
}

bool lock_is_mine(const struct lock *l)
{
	return l->owner == cpu_self()->index + 1;
}
