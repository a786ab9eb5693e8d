/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Debug events and the performance monitor (Book III-E chapter 10, spec 7.3 and 5.5).
 */
#include "kit.h"

#define IDM 0x40000000u

FRAGMENT(f_code, "li 3,1; li 3,2; lwz 5,0(4); stw 5,0(4); b 1f; li 3,3; 1: li 3,4; sc 1");
FRAGMENT(f_trap, "tweq 0,0; sc 1");

static struct ctx x;
static uint32_t word[2] = {42, 43};

static uint32_t event(uint32_t dbcr0, const void *pc, uint32_t msr)
{
	uint32_t dbsr;

	mtspr(S_DBSR, 0xffffffff);
	mtspr(S_DBCR0, dbcr0);
	x.gpr[4] = (uint32_t)&word[0];
	run_at(&x, pc, msr);
	mtspr(S_DBCR0, 0);
	dbsr = mfspr(S_DBSR);
	mtspr(S_DBSR, 0xffffffff);
	return x.vector == V_DEBUG ? dbsr : x.vector;
}

static void events(void)
{
	uint32_t on = M_DE | M_ME | M_CE | M_RI;

	mtspr(S_IAC1, f_code + 4);
	CHECK(event(IDM | 0x00800000, f_code, on), 0x00800000);
	CHECK(x.pc, (uint32_t)f_code + 4);
	CHECK(x.gpr[3], 1);
	CHECK(x.dsrr1, on);
	CHECK(x.entry_msr, M_ME | M_RI);
	/* Nothing without IDM or without DE. */
	CHECK(event(0x00800000, f_code, on), V_HCALL);
	CHECK(event(IDM | 0x00800000, f_code, M_ME), V_HCALL);
	/* ICMP: after one instruction. */
	CHECK(event(IDM | 0x08000000, f_code, on), 0x08000000);
	CHECK(x.pc, (uint32_t)f_code + 4);
	/* BRT: saved pc is the branch. */
	CHECK(event(IDM | 0x04000000, f_code, on), 0x04000000);
	CHECK(x.pc, (uint32_t)f_code + 16);
	/* TRAP instead of program. */
	CHECK(event(IDM | 0x01000000, f_trap, on), 0x01000000);
	CHECK(x.pc, (uint32_t)f_trap);
	CHECK(event(IDM, f_trap, on), V_PROG);
	/* DAC reads and writes. */
	mtspr(S_DAC1, &word[0]);
	CHECK(event(IDM | 0x00080000, f_code, on), 0x00080000);
	CHECK(x.pc, (uint32_t)f_code + 8);
	CHECK(event(IDM | 0x00040000, f_code, on), 0x00040000);
	CHECK(x.pc, (uint32_t)f_code + 12);
	mtspr(S_DAC1, &word[1]);
	CHECK(event(IDM | 0x000c0000, f_code, on), V_HCALL);
}

static void hypervisor(void)
{
	/* EPCR[DUVD]: no events in hypervisor state, but in the guest. */
	mtspr(S_EPCR, 0x04000000);
	mtspr(S_IAC1, f_code + 4);
	CHECK(event(IDM | 0x00800000, f_code, M_DE), V_HCALL);
	CHECK(event(IDM | 0x00800000, f_code, M_DE | M_GS), 0x00800000);
	CHECK(x.dsrr1, M_DE | M_GS);
	/* The return into the guest with DE = 1 does not complete there: one guest instruction does. */
	CHECK(event(IDM | 0x08000000, f_code, M_DE | M_GS), 0x08000000);
	CHECK(x.pc, (uint32_t)f_code + 4);
	mtspr(S_EPCR, 0);
}

FRAGMENT(f_spin, "1: addi 3,3,1; b 1b");

static void performance(void)
{
	uint32_t n;

	/* Counter 0: instructions, overflow after 100 of them; interrupt to the hypervisor. */
	__asm__ volatile("mtpmr 144,%0" : : "r"(0x04020000));
	__asm__ volatile("mtpmr 16,%0" : : "r"(0x80000000 - 100));
	x.gpr[3] = 0;
	__asm__ volatile("mtpmr 400,%0" : : "r"(0x60000000));
	run_at(&x, f_spin, M_EE);
	CHECK(x.vector, V_PERF);
	CHECK(x.gpr[3] < 50 && x.gpr[3] > 20, 1);
	__asm__ volatile("mfpmr %0,400" : "=r"(n));
	CHECK(n & 0x80000000, 0x80000000); /* FCECE froze the counters */
	__asm__ volatile("mfpmr %0,16" : "=r"(n));
	CHECK(n, 0x80000000);
	__asm__ volatile("mtpmr 400,%0" : : "r"(0));
	/* Frozen in supervisor state. */
	__asm__ volatile("mtpmr 144,%0; mtpmr 16,%1" : : "r"(0x40020000), "r"(5));
	__asm__ volatile("mfpmr %0,16" : "=r"(n));
	CHECK(n, 5);
}

void test(void)
{
	guest_setup();
	events();
	hypervisor();
	performance();
}
