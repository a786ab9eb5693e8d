/* SPDX-License-Identifier: BSD-3-Clause */
/* Ranked spin locks: offered to each waiting CPU in turn, with the lock order checked at every step. */
/*
 * No CPU waits longer than each other one holds the lock once, which a partition that hammers a lock
 * cannot change. A queue of tickets would do that too, but an emulator that runs the CPUs by turns of
 * 100 ms makes a convoy of it: two CPUs that meet once get one section a turn from then on. So a lock
 * is not handed over, but offered, and an offer that nobody takes is void after a while.
 */
/* any CPU, interrupts masked */
#include "hv/lock.h"
#include "hv/cpu.h"
#include "hv/panic.h"

#define LOCK_OFFER UINT32_C(0x80000000)

/* Nothing holds a lock longer than some microseconds; this much means its owner is lost. */
#define LOCK_WAIT_US 20000000
/* A CPU that spins takes an offer within some loads; one that has not by then does not run. */
#define LOCK_OFFER_US 10

BUILD_ASSERT(MAX_CPUS <= 32);

static uint32_t lock_mark(const struct cpu *cpu)
{
	return cpu->index + 1;
}

static bool lock_try(struct lock *l, uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(&l->state, &from, to, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

/* The waiting CPU that comes after this one, in rising order, the first after the last. */
static uint32_t lock_next(uint32_t waiters, unsigned int index)
{
	uint32_t later = waiters >> index >> 1 << index << 1;

	return (uint32_t)__builtin_ctz(later != 0 ? later : waiters) + 1;
}

static noinline_fn void lock_wait(struct lock *l, const struct cpu *cpu)
{
	uint64_t per_ms = arch_time_hz() / 1000, begin = arch_time_now(), since = begin;
	uint32_t me = lock_mark(cpu), last = 0;

	__atomic_fetch_or(&l->waiters, UINT32_C(1) << cpu->index, __ATOMIC_RELAXED);
	for (;;) {
		uint32_t state = __atomic_load_n(&l->state, __ATOMIC_RELAXED);
		uint64_t now = arch_time_now();

		if (state != last) {
			last = state;
			since = now;
		}
		if ((state == 0 || state == (LOCK_OFFER | me) ||
		     ((state & LOCK_OFFER) != 0 && now - since > LOCK_OFFER_US * per_ms / 1000)) &&
		    lock_try(l, state, me)) {
			break;
		}
		if (now - begin > LOCK_WAIT_US / 1000 * per_ms) {
			panic("lock %s: not free for CPU %u for too long, state %#x", l->name,
			      cpu->index, (unsigned int)state);
		}
		cpu_relax();
	}
	__atomic_fetch_and(&l->waiters, ~(UINT32_C(1) << cpu->index), __ATOMIC_RELAXED);
}

void lock_take(struct lock *l)
{
	struct cpu *cpu = cpu_self();

	ASSERT(cpu->locks_held >> l->rank == 0);
	if (unlikely(!lock_try(l, 0, lock_mark(cpu)))) {
		lock_wait(l, cpu);
	}
	cpu->locks_held |= UINT32_C(1) << l->rank;
}

bool lock_take_if_free(struct lock *l)
{
	struct cpu *cpu = cpu_self();
	bool is_taken = lock_try(l, 0, lock_mark(cpu));

	ASSERT(cpu->locks_held >> l->rank == 0);
	cpu->locks_held |= (uint32_t)is_taken << l->rank;
	return is_taken;
}

void lock_drop(struct lock *l)
{
	struct cpu *cpu = cpu_self();
	uint32_t waiters = __atomic_load_n(&l->waiters, __ATOMIC_RELAXED);

	ASSERT(lock_is_mine(l));
	cpu->locks_held &= ~(UINT32_C(1) << l->rank);
	__atomic_store_n(&l->state,
			 likely(waiters == 0) ? 0 : LOCK_OFFER | lock_next(waiters, cpu->index),
			 __ATOMIC_RELEASE);
}

bool lock_is_mine(const struct lock *l)
{
	return __atomic_load_n(&l->state, __ATOMIC_RELAXED) == lock_mark(cpu_self());
}
