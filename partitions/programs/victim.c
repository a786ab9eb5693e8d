/* SPDX-License-Identifier: BSD-3-Clause */
/* A partition that must not notice its neighbours: fixed work, timer ticks, canaries over its
 * memory. */
/* boot CPU; parameters: rounds= work= (steps of arithmetic a round) us= (tick distance) mib= */
#include "facet/test.h"

#include <string.h>

#define CANARY UINT64_C(0x9e3779b97f4a7c15)

static volatile uint32_t ticks;
static struct {
	uint64_t *base;
	uint64_t words;
} pool;

/* The plugin of the harness counts what runs between the two hints (they change nothing on any CPU). */
static inline void mark_begin(void)
{
#if defined(__aarch64__)
	__asm__ volatile("hint #0x70" : : : "memory");
#else
	__asm__ volatile("or 16,16,16" : : : "memory");
#endif
}

static inline void mark_end(void)
{
#if defined(__aarch64__)
	__asm__ volatile("hint #0x71" : : : "memory");
#else
	__asm__ volatile("or 17,17,17" : : : "memory");
#endif
}

/* Arithmetic only, on ppc: there a sleep takes one trap more or less, as the timer is late or early. */
static inline void mark_work(bool is_begin)
{
#if defined(__powerpc__)
	if (is_begin) {
		__asm__ volatile("or 18,18,18" : : : "memory");
	} else {
		__asm__ volatile("or 19,19,19" : : : "memory");
	}
#else
	(void)is_begin;
#endif
}

static void tick(void)
{
	ticks++;
}

/* All RAM of the first area above this program and away from the device tree. */
static void pool_find(void)
{
	extern char _end[];
	uint64_t base, size, low, mib = arg_u64("mib", 64);
	uint64_t tree = (uintptr_t)fdt;

	fdt_ram(0, &base, &size);
	low = ((uint64_t)(uintptr_t)_end + 0xffff) & ~UINT64_C(0xffff);
	size = base + size - low;
	if (tree >= low && tree - low < size) {
		size = tree - low;
	}
	if (size > mib << 20) {
		size = mib << 20;
	}
	pool.base = (uint64_t *)(uintptr_t)low;
	pool.words = size / 8;
}

static uint64_t canary(uint64_t i)
{
	return (i ^ CANARY) * CANARY;
}

static void pool_fill(void)
{
	uint64_t i;

	for (i = 0; i < pool.words; i++) {
		pool.base[i] = canary(i);
	}
}

static uint64_t pool_bad(void)
{
	uint64_t i, bad = 0;

	for (i = 0; i < pool.words; i++) {
		if (pool.base[i] != canary(i)) {
			if (bad++ == 0) {
				printf("canary %llu: 0x%llx\n", (unsigned long long)i,
				       (unsigned long long)pool.base[i]);
			}
		}
	}
	return bad;
}

/* Depends on every bit of every step, so nothing can be skipped or done twice unseen. */
static uint64_t work(uint64_t x, uint64_t steps)
{
	uint64_t i;

	for (i = 0; i < steps; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		pool.base[x % pool.words] ^= 0; /* touches memory all over, changes none */
		x += pool.base[i % pool.words];
	}
	return x;
}

/*
 * One tick a round, armed after the round's work: the number of instructions does not depend on how
 * time passes, so a different count means that somebody else interfered.
 */
static uint64_t rounds_run(uint64_t rounds, uint64_t steps, uint64_t distance)
{
	uint64_t r, x = 1;

	for (r = 0; r < rounds; r++) {
		mark_work(true);
		x = work(x, steps);
		mark_work(false);
		irq_mask();
		timer_set(time_now() + distance, tick);
		IRQ_WAIT(ticks != r);
	}
	return x;
}

int main(void)
{
	uint64_t rounds = arg_u64("rounds", 50), steps = arg_u64("work", 20000);
	uint64_t distance = arg_u64("us", 1000) * time_hz() / 1000000;
	uint64_t x, again = 1;
	bool forever = arg_u64("forever", 0) != 0;

	pool_find();
	printf("victim: %llu rounds, %llu words of canaries\n", (unsigned long long)rounds,
	       (unsigned long long)pool.words);
	pool_fill();
	timer_set(time_now(),
		  tick); /* the first one sets up the line: not part of what is counted */
	IRQ_WAIT(ticks == 1);
	do {
		ticks = 0;
		mark_begin();
		x = rounds_run(rounds, steps, distance);
		mark_end();
		printf("victim: sum 0x%llx ticks %u spurious %u\n", (unsigned long long)x,
		       (unsigned int)ticks, (unsigned int)irq_spurious);
		TEST("ticks", ticks == rounds, "%u of %llu", (unsigned int)ticks,
		     (unsigned long long)rounds);
		TEST("spurious", irq_spurious == 0, "%u", (unsigned int)irq_spurious);
		TEST("sum", again == 1 || again == x, "0x%llx, was 0x%llx", (unsigned long long)x,
		     (unsigned long long)again);
		TEST("canaries", pool_bad() == 0, "changed");
		test_done();
		again = x;
	} while (forever);
	while (arg_u64("stay", 0)) {
		cpu_sleep();
	}
	return 0;
}
