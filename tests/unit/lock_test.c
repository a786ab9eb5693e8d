/* SPDX-License-Identifier: BSD-3-Clause */
/* Spin locks: exclusion between threads, the turn of those who wait, and an offer nobody takes. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hv/cpu.h"
#include "hv/lock.h"
#include "hv/panic.h"

#define THREADS 4u
#define SECTIONS 20000u
#define HZ UINT64_C(1000000000) /* a look at the clock takes a nanosecond */
#define OFFER 10000             /* looks until an offer is void */

struct cpu cpus[MAX_CPUS];
static __thread struct cpu *self;
static __thread uint64_t now;

struct cpu *cpu_self(void)
{
	return self;
}

uint64_t arch_time_now(void)
{
	return now++;
}

uint64_t arch_time_hz(void)
{
	return HZ;
}

noreturn_fn void panic(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	abort();
}

noreturn_fn void panic_assert(const char *what, const char *file, int line)
{
	panic("%s:%d: %s\n", file, line, what);
}

static void be(unsigned int index)
{
	cpus[index].index = (uint8_t)index;
	self = &cpus[index];
}

/* ---- threads ----------------------------------------------------------------------------------- */

static struct lock shared = LOCK_INIT(LOCK_LOG, "shared");
static volatile uint32_t inside, sections;

static void *worker(void *arg)
{
	be((unsigned int)(uintptr_t)arg);
	for (unsigned int i = 0; i < SECTIONS; i++) {
		lock_take(&shared);
		if (inside++ != 0 || !lock_is_mine(&shared)) {
			panic("two CPUs in one section\n");
		}
		sections++;
		inside--;
		lock_drop(&shared);
	}
	return NULL;
}

static void exclusion(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (unsigned int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, worker, (void *)(uintptr_t)i), 0);
	}
	for (unsigned int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	}
	assert_int_equal(sections, THREADS * SECTIONS);
	assert_int_equal(shared.state, 0);
	assert_int_equal(shared.waiters, 0);
}

/* ---- turns: CPUs that wait are bits in `waiters`, put there by hand -------------------------------- */

static void take_and_drop(struct lock *l, unsigned int index)
{
	be(index);
	lock_take(l);
	assert_true(lock_is_mine(l));
	lock_drop(l);
}

/* An offer is taken at once by the CPU it is for, and lets its waiting end. */
static void turns(void **state)
{
	static const unsigned int order[] = {3, 7, 23, 0, 1};
	struct lock l = LOCK_INIT(LOCK_LOG, "turns");

	(void)state;
	l.waiters = 1u << 3 | 1u << 7 | 1u << 23 | 1u << 0 | 1u << 1;
	take_and_drop(&l, 1);
	for (unsigned int i = 0; i < ARRAY_SIZE(order); i++) {
		uint64_t before = now;

		take_and_drop(&l, order[i]);
		assert_true(now - before < 5);
		assert_int_equal(l.waiters >> order[i] & 1, 0);
	}
	assert_int_equal(l.waiters, 0);
	assert_int_equal(l.state, 0);
}

/*
 * A CPU waits, but its emulator lets another one run. That one may neither pass it at once nor wait
 * for it for ever: 100 sections are 100 short waits, where a queue would need 100 turns.
 */
static void absent(void **state)
{
	struct lock l = LOCK_INIT(LOCK_LOG, "absent");
	uint64_t before;

	(void)state;
	be(0);
	lock_take(&l);
	l.waiters |= 1u << 5;
	lock_drop(&l);
	before = now;
	take_and_drop(&l, 0);
	assert_in_range(now - before, OFFER, 2 * OFFER);
	for (unsigned int i = 0; i < 100; i++) {
		take_and_drop(&l, 0);
	}
	assert_in_range(now - before, 100 * OFFER, 200 * OFFER);
	assert_int_equal(l.waiters, 1u << 5);
	take_and_drop(&l, 5);
	assert_int_equal(l.waiters, 0);
	assert_int_equal(l.state, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exclusion),
		cmocka_unit_test(turns),
		cmocka_unit_test(absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
