/* SPDX-License-Identifier: BSD-3-Clause */
/* All 1024 special registers and all extended opcodes of 19 and 31, in supervisor and user mode. */
/*
 * boot CPU. One line for each register that is not illegal everywhere: number and four letters
 * (exec_letter), supervisor read, write, user read, write. Written is what was read, or 0. A read that
 * succeeds and leaves its register as it was has been swallowed: that is a failure. Opcodes likewise:
 * primary/extended, then supervisor and user with RT = 4, and both with RT = 0.
 */
#include "hostile.h"

#define MARK 0x5eed1234u

/* Writing back what was read would not be harmless, or what is read is never the same. */
static bool is_value_shown(unsigned int n)
{
	static const uint16_t shown[] = {286, 287, 515, 516, 688, 689, 1015, 1023};
	unsigned int i;

	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		if (shown[i] == n) {
			return true;
		}
	}
	return false;
}

static void spr_one(unsigned int n, unsigned int *found, unsigned int *swallowed)
{
	struct exec e;
	char letter[4];
	uint32_t value[2] = {0, 0};
	unsigned int mode;

	for (mode = 0; mode < 2; mode++) {
		exec_regs(&e, MFSPR(4, n), mode, MARK, 0, 0);
		letter[2 * mode] = exec_letter(&e);
		if (e.vector == EXEC_DONE) {
			value[mode] = e.gpr[4];
			*swallowed += e.gpr[4] == MARK;
		}
		exec_regs(&e, MTSPR(4, n), mode, value[mode], 0, 0);
		letter[2 * mode + 1] = exec_letter(&e);
	}
	if (letter[0] == 'i' && letter[1] == 'i' && letter[2] != 'n' && letter[3] != 'n') {
		return; /* does not exist */
	}
	(*found)++;
	printf("SPR%u %.4s", n, letter);
	if (is_value_shown(n)) {
		printf(" 0x%lx", (unsigned long)value[0]);
	}
	printf("\n");
}

void sprs_run(const char *arg, uint64_t steps, uint64_t seed)
{
	unsigned int n, found = 0, swallowed = 0;

	(void)arg;
	(void)steps;
	(void)seed;
	for (n = 0; n < 1024; n++) {
		spr_one(n, &found, &swallowed);
	}
	TEST("sprs", found > 60, "only %u exist", found);
	TEST("no read swallowed", swallowed == 0, "%u", swallowed);
}

/* Reached through every other instruction here, or ends this program by design (die.c). */
static bool is_skipped(unsigned int opcode, unsigned int extended)
{
	return opcode == 19 && extended == 51; /* rfci: how exec_run() enters */
}

/* rt is 4, or 0 as cache operations and hints demand it. */
static void opcode_run(unsigned int opcode, unsigned int extended, uint32_t rt, char letter[2])
{
	static uint8_t scratch[4096] __attribute__((aligned(4096)));
	uint32_t insn = opcode << 26 | rt << 21 | 5u << 16 | 6u << 11 | extended << 1;
	uint32_t msr, back = exec_code() + 4;
	struct exec e;
	unsigned int mode;

	for (mode = 0; mode < 2; mode++) {
		irq_mask(); /* an interrupt would have the last word on SRR0 and SRR1 */
		msr = msr_read();
		spr_write(26, back);
		spr_write(27, msr);
		spr_write(570, back);
		spr_write(571, msr);
		if (is_e500mc()) {
			spr_write(574, back);
			spr_write(575, msr);
		}
		spr_write(624, 0x10000000u | 9u << 16);
		spr_write(625, 0);
		spr_write(SPR_DEC, 100000); /* ends a wait */
		spr_write(SPR_TCR, 0x04000000u);
		/* Near the end: as a message (msgsnd) it is for a processor that nobody is. */
		exec_regs(&e, insn, mode, msr, 0, (uint32_t)(uintptr_t)scratch + ALIAS + 0xfc0);
		spr_write(SPR_TCR, 0);
		irq_unmask();
		letter[mode] = exec_letter(&e);
	}
}

static void opcode_one(unsigned int opcode, unsigned int extended, unsigned int *found)
{
	char letter[4];
	unsigned int i;

	opcode_run(opcode, extended, 4, letter);
	opcode_run(opcode, extended, 0, letter + 2);
	for (i = 0; i < 4 && letter[i] == 'i'; i++) {
	}
	if (i < 4) {
		(*found)++;
		printf("OP%u/%u %.4s\n", opcode, extended, letter);
	}
}

void opcodes_run(const char *arg, uint64_t steps, uint64_t seed)
{
	unsigned int extended, found = 0;

	(void)arg;
	(void)steps;
	(void)seed;
	for (extended = 0; extended < 1024; extended++) {
		if (!is_skipped(19, extended)) {
			opcode_one(19, extended, &found);
		}
		opcode_one(31, extended, &found);
	}
	spr_write(SPR_TSR, 0x08000000u);
	TEST("opcodes", found > 100, "only %u exist", found);
}

/* Branches go away and stores near 0 would hit this program's vectors; rfi and its like are in opcodes. */
static bool is_wanted(uint32_t word)
{
	uint32_t opcode = word >> 26, extended = word >> 1 & 0x3ff, ra = word >> 16 & 31;
	uint32_t spr = (word >> 16 & 31) | (word >> 6 & 0x3e0);

	switch (opcode) {
	case 4: case 57: case 60: case 61:
		/* Vector instructions make QEMU's e500 end itself ("without defined vector 73", 94). */
		return false;
	case 16: case 17: case 18:
		return false;
	case 19:
		return extended != 16 && extended != 528 && (extended < 38 || extended > 51);
	case 31:
		if (extended == 146 || extended == 978 || extended == 786 || extended == 18) {
			return false; /* mtmsr; tlbwe, tlbivax, tlbilx: tlb.c */
		}
		return extended != 467 || !(spr == 48 || spr == 63 || spr == 340 || spr == 1012 ||
					    (spr >= 400 && spr < 540));
	default:
		return opcode < 32 || ra != 0;
	}
}

void words_run(const char *arg, uint64_t steps, uint64_t seed)
{
	struct rng r = {seed};
	uint32_t step, executed = 0, faults = 0, i;
	struct exec e;

	(void)arg;
	for (step = 0; step < steps; step++) {
		/* Half of them from the opcodes where privileged instructions are. */
		uint32_t word = rng_word(&r);

		word = rng_below(&r, 2) ? word : (word & 0x03ffffff) | 31u << 26;
		progress("words", seed, step);
		if (!is_wanted(word)) {
			continue;
		}
		memset(&e, 0, sizeof(e));
		for (i = 0; i < 32; i++) {
			/* Sums of two stay away from our memory and its alias. */
			e.gpr[i] = 0x10008000u + (rng_value(&r) & 0x07fffff8u);
		}
		spr_write(SPR_DEC, 100000);
		spr_write(SPR_TCR, 0x04000000u);
		exec_insn(&e, word, rng_below(&r, 2));
		executed++;
		faults += e.vector != EXEC_DONE;
	}
	spr_write(SPR_TCR, 0);
	spr_write(SPR_TSR, 0x08000000u);
	exec_init();
	printf("words: %u executed, %u ended in an exception\n", (unsigned int)executed, (unsigned int)faults);
	TEST("words", executed > steps / 4 && faults > 0, "only %u", (unsigned int)executed);
}
