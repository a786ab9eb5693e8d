/* SPDX-License-Identifier: BSD-3-Clause */
/* Random instruction words, executed: system instructions mostly, with registers full of edges. */
/* boot CPU; control flow and stack changes are left to die.c, or the campaign would end at once */
#include "hostile.h"

static uint32_t code[16] __attribute__((aligned(64)));

/* Loads and stores (our memory is the one thing a random store could spoil) and branches are out.
 */
static bool is_wanted(uint32_t word)
{
	uint32_t group = word >> 25 & 15;

	if ((group & 5) == 4 || (group & 14) == 10) {
		return (word & 0xffc00000) == 0xd5000000 && (word >> 19 & 3) == 1; /* SYS, SYSL */
	}
	return (word & 0x1f) < 16 && (word & 0x1f) != 0; /* results go to x1..x15 */
}

void words_run(const char *arg, uint64_t steps, uint64_t seed)
{
	struct rng r = {seed};
	uint64_t step, executed = 0;

	(void)arg;
	irq_mask();
	for (step = 0; step < steps; step++) {
		uint32_t word = (uint32_t)rng_next(&r);

		progress("words", seed, step);
		if (!is_wanted(word)) {
			continue;
		}
		code[0] = word;
		code[1] = 0xd65f03c0;
		__asm__ volatile("dc cvau, %0\n\tdsb sy\n\tic ivau, %0\n\tdsb sy\n\tisb"
				 :
				 : "r"(code)
				 : "memory");
		survive_call((void (*)(uint64_t))(uintptr_t)code, rng_value(&r));
		executed++;
	}
	irq_unmask();
	printf("words: %llu executed, %llu faults\n", (unsigned long long)executed,
	       (unsigned long long)outcome.faults);
	TEST("words", executed > steps / 16, "only %llu", (unsigned long long)executed);
}
