/* SPDX-License-Identifier: BSD-3-Clause */
/* Every MRS, MSR, SYS and SYSL encoding, at EL1 and EL0, read and written. */
/*
 * boot CPU. One line for each encoding that is not undefined everywhere: name and four letters, EL1
 * read, EL1 write, EL0 read, EL0 write: n native, e emulated, u undefined, t trapped to EL1, x
 * other. n and e are told apart by time, so the machine must count instructions (-icount shift=4:
 * one tick of the virtual counter is one instruction). A value read under emulation is part of the
 * line: the hypervisor made it up. Written is what was read before, or 0.
 */
#include "hostile.h"

#define SLACK 12

static uint32_t code[16] __attribute__((aligned(64)));
static uint8_t scratch[4096] __attribute__((aligned(4096)));
static uint8_t el0_stack_area[1024] __attribute__((aligned(16)));

static void code_sync(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(code); i += 64) {
		__asm__ volatile("dc cvau, %0" : : "r"((char *)code + i) : "memory");
	}
	dsb();
	for (i = 0; i < sizeof(code); i += 64) {
		__asm__ volatile("ic ivau, %0" : : "r"((char *)code + i) : "memory");
	}
	dsb();
	isb();
}

/* Runs `insn` with x0 = in; out: x0 and the ticks it took. */
static uint64_t run_el1(uint32_t insn, uint64_t in, uint64_t *ticks)
{
	register uint64_t x0 __asm__("x0") = in;
	uint64_t before, after;

	code[0] = insn;
	code[1] = 0xd65f03c0; /* ret */
	code_sync();
	__asm__ volatile("mrs %1, cntvct_el0\n\t"
			 "blr %3\n\t"
			 "mrs %2, cntvct_el0"
			 : "+r"(x0), "=&r"(before), "=&r"(after)
			 : "r"(code)
			 : "x1", "x2", "x30", "memory", "cc");
	*ticks = after - before;
	return x0;
}

static uint64_t run_el0(uint32_t insn, uint64_t in, uint64_t *ticks)
{
	uint64_t before, x;

	code[0] = insn;
	code[1] = 0xd4000001; /* svc #0 */
	code_sync();
	before = sysreg_read(cntvct_el0);
	x = el0_call((uint64_t)code + EL0_ALIAS,
		     (uint64_t)el0_stack_area + sizeof(el0_stack_area) + EL0_ALIAS, in);
	*ticks = sysreg_read(cntvct_el0) - before;
	return x;
}

typedef uint64_t run_fn(uint32_t insn, uint64_t in, uint64_t *ticks);

static uint64_t baseline(run_fn *run)
{
	uint64_t ticks;

	run(0xd503201f, 0, &ticks); /* translates the block */
	run(0xd503201f, 0, &ticks);
	return ticks;
}

static char judge(run_fn *run, uint64_t base, uint32_t insn, uint64_t in, uint64_t *out)
{
	uint64_t ticks;

	survive_reset();
	*out = run(insn, in, &ticks);
	if (outcome.faults) {
		uint64_t ec = outcome.esr >> 26;

		return ec == 0 ? 'u' : ec == 0x18 ? 't' : 'x';
	}
	return ticks > base + SLACK ? 'e' : 'n';
}

/* Addresses for cache and translation instructions: a page of our own. */
static uint64_t written(unsigned int op0, char read, uint64_t value)
{
	if (op0 == 1) {
		return (uint64_t)scratch;
	}
	return read == 'n' || read == 'e' ? value : 0;
}

static bool sweep_one(uint32_t key, uint64_t base1, uint64_t base0)
{
	uint32_t op0 = key >> 14 & 3, op1 = key >> 11 & 7, crn = key >> 7 & 15, crm = key >> 3 & 15,
		 op2 = key & 7;
	uint32_t insn = 0xd5000000 | op0 << 19 | op1 << 16 | crn << 12 | crm << 8 | op2 << 5;
	uint64_t value, ignored;
	char r1 = judge(run_el1, base1, insn | 1 << 21, 0, &value);
	char w1 = judge(run_el1, base1, insn, written(op0, r1, value), &ignored);
	char r0 = judge(run_el0, base0, insn | 1 << 21, 0, &ignored);
	char w0 = judge(run_el0, base0, insn, written(op0, r0, ignored), &ignored);

	if (r1 == 'u' && w1 == 'u' && r0 == 'u' && w0 == 'u') {
		return false;
	}
	printf("S%u_%u_C%u_C%u_%u %c%c%c%c", (unsigned int)op0, (unsigned int)op1,
	       (unsigned int)crn, (unsigned int)crm, (unsigned int)op2, r1, w1, r0, w0);
	if (r1 == 'e') {
		printf(" 0x%llx", (unsigned long long)value);
	}
	printf("\n");
	return true;
}

void sysregs_run(const char *arg, uint64_t steps, uint64_t seed)
{
	uint64_t base1 = baseline(run_el1), base0 = baseline(run_el0);
	uint32_t key, found = 0;

	(void)arg;
	(void)steps;
	(void)seed;
	irq_mask();
	for (key = 1 << 14; key < 4 << 14; key++) {
		found += sweep_one(key, base1, base0);
	}
	irq_unmask();
	TEST("sysregs", found > 100, "only %u encodings do anything", (unsigned int)found);
	printf("sysregs: %u of %u encodings, native %llu and %llu ticks\n", (unsigned int)found,
	       3u << 14, (unsigned long long)base1, (unsigned long long)base0);
}
