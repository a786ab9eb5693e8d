/* SPDX-License-Identifier: BSD-3-Clause */
/* Hypercalls with arguments that make no sense, or almost. */
/* boot CPU */
#include "hostile.h"

#include "facet/hcall.h"

/* Calls that end or restart this partition when they name itself: those are deaths, see die.c. */
static bool is_suicide(uint32_t token, uint32_t target)
{
	uint32_t self = fdt_node_u32(fdt_path_offset(fdt, "/hypervisor"), "guest-id", 0);
	uint32_t number = token & 0xffff;

	return (number == FH_PARTITION_RESTART || number == FH_PARTITION_STOP || number == FH_PARTITION_START) &&
	       (target == 0xffffffff || target == self);
}

/*
 * Calls that are right to take the CPU away from this campaign: IDLE and ENTER_NAP sleep until an
 * interrupt, MSGSND and SEND_NMI bring one that the next instruction would be blamed for.
 */
static bool is_interruption(uint32_t token)
{
	uint32_t vendor = token >> 16 & 0x7fff, number = token & 0xffff;

	return vendor <= 1 ? number == 15 || number == 16 : number == 11 || number == 15;
}

/* Memory that a call may write for us: an argument that points elsewhere in our RAM would spoil the
 * program. */
static bool is_ours(uint32_t at)
{
	return at < ram_size;
}

void hcalls_run(const char *arg, uint64_t steps, uint64_t seed)
{
	struct rng r = {seed};
	uint32_t statuses[16] = {0}, odd = 0, ruined = 0, step;
	static uint8_t room[8192] __attribute__((aligned(4096)));
	struct exec e;
	unsigned int i;

	(void)arg;
	for (step = 0; step < steps; step++) {
		uint32_t vendor = rng_below(&r, 4) ? 1 + rng_below(&r, 2) : rng_below(&r, 0x8000);
		uint32_t number = rng_below(&r, 8) ? rng_below(&r, 24) : rng_below(&r, 0x10000);

		progress("hcalls", seed, step);
		for (i = 0; i < 32; i++) {
			e.gpr[i] = 0xabcd0000 + i;
		}
		for (i = 3; i < 11; i++) {
			uint32_t x = rng_value(&r);

			e.gpr[i] = is_ours(x) && x > 1200 ? (uint32_t)(uintptr_t)room + (x & 4095) : x;
		}
		e.gpr[11] = vendor << 16 | number;
		if (is_interruption(e.gpr[11])) {
			e.gpr[11] = vendor << 16 | 3;
		}
		if (is_suicide(e.gpr[11], e.gpr[3])) {
			e.gpr[3] = 0;
		}
		exec_insn(&e, 0x44000022, false);
		for (i = 12; i < 32; i++) {
			ruined += e.gpr[i] != 0xabcd0000 + i;
		}
		ruined += e.gpr[1] != 0xabcd0001 || e.gpr[2] != 0xabcd0002;
		if (e.vector == EXEC_DONE && e.gpr[3] < 16) {
			statuses[e.gpr[3]]++;
		} else if (odd++ < 5) {
			printf("token 0x%lx: vector %lu status 0x%lx\n", (unsigned long)(vendor << 16 | number),
			       (unsigned long)e.vector, (unsigned long)e.gpr[3]);
		}
	}
	printf("hcalls: %u calls, statuses", (unsigned int)steps);
	for (i = 0; i < 16; i++) {
		if (statuses[i]) {
			printf(" %u:%u", i, (unsigned int)statuses[i]);
		}
	}
	printf("\n");
	TEST("documented statuses", odd == 0 && statuses[14] == 0 && statuses[15] == 0, "%u others",
	     (unsigned int)odd);
	TEST("registers kept", ruined == 0, "%u", (unsigned int)ruined);
}
