/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reservations between cores, dcbz, code written by stores (Book II 1.7, 4.3).
 * run: --cores 2 --start-all
 */
#include "kit.h"

static volatile uint32_t shared[64] __attribute__((aligned(64)));
static volatile uint32_t go, done;

/* Store to shared[0] when told; lets core 0 hold a reservation meanwhile. */
static void other_store(void)
{
	while (!go) {
	}
	shared[3] = 99; /* same line */
	done = 1;
}

static void other_store_far(void)
{
	while (!go) {
	}
	shared[16] = 98; /* next line, same page */
	done = 1;
}

/* lwarx shared[0], wait for the other core, stwcx. at `at`: true if it stored. */
static bool attempt(void (*other)(void), volatile uint32_t *at)
{
	uint32_t ok, t;

	go = 0;
	done = 0;
	if (other)
		kit_call[1] = other;
	__asm__ volatile("lwarx %0,0,%1" : "=r"(t) : "r"(&shared[0]) : "memory");
	go = 1;
	for (volatile unsigned n = 0; other && !done && n < 1000000; n++) {
	}
	__asm__ volatile("stwcx. %1,0,%2; mfcr %0"
			 : "=r"(ok)
			 : "r"(t + 1), "r"(at)
			 : "memory", "cr0");
	while (kit_call[1]) {
	}
	return ok >> 29 & 1;
}

static volatile uint32_t counter;

static void add_many(void)
{
	for (unsigned n = 0; n < 5000; n++)
		__asm__ volatile("1: lwarx 9,0,%0; addi 9,9,1; stwcx. 9,0,%0; bne- 1b"
				 :
				 : "r"(&counter)
				 : "r9", "cr0", "memory");
}

static void reservations(void)
{
	CHECK(attempt(NULL, &shared[0]), 1);
	CHECK(shared[0], 1);
	CHECK(attempt(NULL, &shared[1]), 0); /* another word */
	CHECK(attempt(other_store, &shared[0]), 0);
	CHECK(attempt(other_store_far, &shared[0]), 1);
	kit_call[1] = add_many;
	add_many();
	while (kit_call[1]) {
	}
	CHECK(counter, 10000);
}

static void zeroing(void)
{
	static uint32_t area[64] __attribute__((aligned(128)));

	memset(area, 0xff, sizeof(area));
	__asm__ volatile("dcbz 0,%0" : : "r"(&area[20]) : "memory");
	CHECK(area[15], 0xffffffff);
	CHECK(area[16], 0);
	CHECK(area[31], 0);
	CHECK(area[32], 0xffffffff);
	/* L1CSR0[DCBZ32] halves it. */
	mtspr(S_L1CSR0, 8);
	memset(area, 0xff, sizeof(area));
	__asm__ volatile("dcbz 0,%0" : : "r"(&area[20]) : "memory");
	CHECK(area[16], 0);
	CHECK(area[23], 0);
	CHECK(area[24], 0xffffffff);
	mtspr(S_L1CSR0, 0);
}

static uint32_t code[1024] __attribute__((aligned(4096)));

static void code_changes(void)
{
	uint32_t (*fn)(void) = (uint32_t (*)(void))code;

	for (unsigned n = 0; n < 200; n++) {
		code[0] = 0x38600000 | n; /* li r3,n */
		code[1] = 0x4e800020;	  /* blr */
		__asm__ volatile("dcbst 0,%0; sync; icbi 0,%0; sync; isync" : : "r"(code) : "memory");
		CHECK(fn(), n);
	}
}

void test(void)
{
	reservations();
	zeroing();
	code_changes();
}
