/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupt controller: priorities, acknowledge and end, activity, levels, summaries, proxy to
 * hypervisor and guest, error interrupts, address windows and the fabric's error capture.
 * run: --cores 2 --start-all
 */
#include "kit.h"

#define MPIC(off) CCSR(0x40000 + (off))
#define VPR(n) MPIC(0x10000 + 0x20 * (n))
#define DR(n) MPIC(0x10010 + 0x20 * (n))
#define ILR(n) MPIC(0x10018 + 0x20 * (n))
#define GCR MPIC(0x1020)
#define CTPR MPIC(0x80)
#define IACK MPIC(0xa0)
#define EOI MPIC(0xb0)
#define ACTIVE 0x40000000u
/* Message-signalled source k of bank 0: raised by a store, a level until its register is read. */
#define MSI(k) (0xe0 + (k))
#define MSI_RAISE(k) (MPIC(0x1740) = (uint32_t)(k) << 29)
#define MSI_READ(k) MPIC(0x1600 + 16 * (k))

FRAGMENT(f_loop, "li 3,20; mtctr 3; 1: bdnz 1b; sc 1");
FRAGMENT(f_load, "lwz 3,0(4); sc 1");

static struct ctx x;

static uint32_t taken(uint32_t msr)
{
	run_at(&x, f_loop, msr);
	return x.vector;
}

static void source(unsigned n, uint32_t priority, uint32_t vector)
{
	ILR(n) = 0;
	DR(n) = 1;
	VPR(n) = priority << 16 | vector;
}

static void reset(uint32_t mode)
{
	GCR = 0x80000000;
	GCR = mode;
	CTPR = 0;
	for (unsigned k = 0; k < 8; k++) {
		MSI_READ(k);
		source(MSI(k), 0, 0);
	}
}

static void acknowledge(void)
{
	CHECK(MPIC(0), 0x00400401);
	reset(0x20000000);
	source(MSI(0), 5, 0x11);
	CHECK(VPR(MSI(0)) & ACTIVE, 0);
	MSI_RAISE(0);
	CHECK(VPR(MSI(0)) & ACTIVE, ACTIVE);
	CHECK(taken(0), V_HCALL);
	CHECK(taken(M_EE), V_EXT);
	/* Taking it does not acknowledge here. */
	CHECK(taken(M_EE), V_EXT);
	CHECK(IACK, 0x11);
	CHECK(VPR(MSI(0)) & ACTIVE, ACTIVE);
	CHECK(taken(M_EE), V_HCALL);
	/* A lower priority waits behind the one in service, a higher one does not. */
	source(MSI(1), 3, 0x12);
	MSI_RAISE(1);
	CHECK(taken(M_EE), V_HCALL);
	source(MSI(2), 9, 0x13);
	MSI_RAISE(2);
	CHECK(taken(M_EE), V_EXT);
	CHECK(IACK, 0x13);
	MSI_READ(2);
	EOI = 0;
	CHECK(taken(M_EE), V_HCALL);
	/* The level of source 0 is still there at its end: again. */
	EOI = 0;
	CHECK(taken(M_EE), V_EXT);
	CHECK(IACK, 0x11);
	MSI_READ(0);
	EOI = 0;
	CHECK(taken(M_EE), V_EXT);
	CHECK(IACK, 0x12);
	MSI_READ(1);
	EOI = 0;
	CHECK(taken(M_EE), V_HCALL);
	CHECK(VPR(MSI(0)) & ACTIVE, 0);
	/* Of two the higher priority first, whatever its number. */
	source(MSI(3), 2, 0x33);
	source(MSI(4), 8, 0x44);
	MSI_RAISE(3);
	MSI_RAISE(4);
	CHECK(IACK, 0x44);
	MSI_READ(4);
	EOI = 0;
	/* Task priority and priority 0 hold back; the mask does. */
	CTPR = 2;
	CHECK(taken(M_EE), V_HCALL);
	CTPR = 1;
	CHECK(taken(M_EE), V_EXT);
	source(MSI(3), 0, 0x33);
	CHECK(taken(M_EE), V_HCALL);
	VPR(MSI(3)) = 0x80020033;
	CHECK(taken(M_EE), V_HCALL);
	VPR(MSI(3)) = 0x00020033;
	DR(MSI(3)) = 2;
	CHECK(taken(M_EE), V_HCALL);
	MSI_READ(3);
	/* Nothing waits: the spurious vector. */
	MPIC(0x10e0) = 0x777;
	CHECK(IACK, 0x777);
	/* Interprocessor interrupt to oneself, through the explicit bank. */
	MPIC(0x10a0) = 0x00060021;
	MPIC(0x20040) = 1;
	CHECK(taken(M_EE), V_EXT);
	CHECK(IACK, 0x21);
	EOI = 0;
	CHECK(taken(M_EE), V_HCALL);
	MPIC(0x20040) = 2;
	CHECK(taken(M_EE), V_HCALL);
}

/* Message registers: group A sources 176..179, group B 180..183. */
static void messages(void)
{
	reset(0x20000000);
	source(0xb1, 5, 0x51);
	source(0xb6, 6, 0x56);
	MPIC(0x1410) = 0x12345678;
	CHECK(taken(M_EE), V_HCALL); /* not enabled in MER */
	CHECK(MPIC(0x1410), 0x12345678);
	MPIC(0x1500) = 2;
	MPIC(0x1400) = 1;
	CHECK(MPIC(0x1510), 0);
	MPIC(0x1410) = 0xcafe;
	CHECK(MPIC(0x1510), 2);
	CHECK(taken(M_EE), V_EXT);
	CHECK(IACK, 0x51);
	CHECK(MPIC(0x1410), 0xcafe); /* reading it takes the interrupt away */
	CHECK(MPIC(0x1510), 0);
	EOI = 0;
	CHECK(taken(M_EE), V_HCALL);
	MPIC(0x2500) = 4;
	MPIC(0x2420) = 7;
	CHECK(MPIC(0x2510), 4);
	CHECK(taken(M_EE), V_EXT);
	MPIC(0x2510) = 4; /* so does its bit in MSR */
	CHECK(taken(M_EE), V_HCALL);
	CHECK(MPIC(0x2420), 7);
	VPR(0xb1) = 0x80000000;
	VPR(0xb6) = 0x80000000;
}

/* Global timers: one of each group interrupts again and again until it is stopped. */
static void timers(void)
{
	static const uint32_t group[2] = {0x1100 + 0x40, 0x2100 + 0xc0};

	reset(0x20000000);
	for (unsigned g = 0; g < 2; g++) {
		uint32_t t = group[g];

		CHECK(MPIC(t + 0x20) & 0x80000000, 0x80000000); /* masked by reset */
		MPIC(t + 0x20) = 0x00060071 + g;
		MPIC(t + 0x30) = 1;
		MPIC(t + 0x10) = 1000;
		CHECK(MPIC(t) > 0 && MPIC(t) <= 1000, 1);
		CHECK(taken(M_EE), V_HCALL);
		for (unsigned turn = 0; turn < 2; turn++) {
			uint32_t from = mfspr(268);

			while (!(MPIC(t + 0x20) & ACTIVE)) {
			}
			CHECK(mfspr(268) - from < 1400, 1);
			CHECK(taken(M_EE), V_EXT);
			CHECK(IACK, 0x71 + g);
			CHECK(MPIC(t) >> 31, !turn); /* toggle */
			EOI = 0;
			CHECK(taken(M_EE), V_HCALL);
		}
		MPIC(t + 0x10) = 0x80000000 | 1000;
		for (volatile unsigned n = 0; n < 3000; n++) {
		}
		CHECK(taken(M_EE), V_HCALL);
	}
}

static void levels(void)
{
	reset(0x20000000);
	source(MSI(0), 5, 0x11);
	ILR(MSI(0)) = 1;
	CHECK(MPIC(0x3ba0), 0);
	MSI_RAISE(0);
	CHECK(taken(M_EE), V_HCALL);
	CHECK(taken(M_CE), V_CRIT);
	CHECK(x.entry_msr, 0);
	CHECK(taken(M_GS), V_CRIT);
	/* Internal source 208 (0xe0 - 16): register 6, bit 16. */
	CHECK(MPIC(0x3ba0), 0x00008000);
	CHECK(MPIC(0x3ca0), 0);
	ILR(MSI(0)) = 2;
	CHECK(MPIC(0x3ba0), 0);
	CHECK(MPIC(0x3ca0), 0x00008000);
	CHECK(taken(M_CE | M_EE), V_HCALL);
	CHECK(taken(M_ME), V_MC);
	CHECK(mfspr(S_MCSR) & 0x80000000, 0x80000000);
	/* A level: clearing MCSR does not help while the source drives it. */
	mtspr(S_MCSR, 0xffffffff);
	CHECK(taken(M_ME), V_MC);
	MSI_READ(0);
	mtspr(S_MCSR, 0xffffffff);
	CHECK(taken(M_ME), V_HCALL);
	ILR(MSI(0)) = 0;
}

static void proxy(void)
{
	uint32_t kept = M_CE | M_ME | M_RI;

	reset(0x60000000);
	source(MSI(0), 5, 0x123);
	MSI_RAISE(0);
	CHECK(taken(M_EE), V_EXT);
	CHECK(mfspr(S_EPR), 0x123);
	CHECK(taken(M_EE), V_HCALL); /* acknowledged by taking it */
	MSI_READ(0);
	EOI = 0;
	/* Directed to the hypervisor: guest state enables it. */
	MSI_RAISE(0);
	CHECK(taken(M_GS), V_EXT);
	MSI_READ(0);
	EOI = 0;
	/* EXTGS: to the guest, with its EE only, and never in hypervisor state. */
	mtspr(S_EPCR, 0x80000000);
	mtspr(S_GEPR, 0);
	source(MSI(0), 5, 0x234);
	MSI_RAISE(0);
	CHECK(taken(M_EE), V_HCALL);
	CHECK(x.pc, (uint32_t)f_loop + 16);
	run_at(&x, f_loop, M_GS | kept);
	CHECK(x.vector, V_HCALL);
	CHECK(x.pc, (uint32_t)f_loop + 16);
	run_at(&x, f_loop, M_GS | M_EE | kept);
	CHECK(x.vector, V_HCALL);
	CHECK(x.pc, GVEC(V_EXT));
	CHECK(x.msr, M_GS | kept);
	CHECK(mfspr(S_GEPR), 0x234);
	CHECK(mfspr(S_EPR), 0x123);
	mtspr(S_EPCR, 0);
	MSI_READ(0);
	EOI = 0;
	CHECK(taken(M_EE), V_HCALL);
}

static void windows(void)
{
	/* 256 MB of memory, window 31 shrunk to 128 MB: above it nothing answers. */
	uint32_t size = CCSR(0xc00 + 16 * 31 + 8);

	reset(0x20000000);
	tlb1_write(20, &(struct map){.ea = 0x70000000, .pa = 0x0f000000, .tsize = 2, .perm = P_ALL});
	x.gpr[4] = 0x70000040;
	run_at(&x, f_load, M_ME);
	CHECK(x.vector, V_HCALL);
	CCSR(0xc00 + 16 * 31 + 8) = 0x81000000 | 26;
	CHECK(CCSR(0x18a00), 0);
	run_at(&x, f_load, M_ME);
	CHECK(x.vector, V_MC);
	CHECK(mfspr(S_MCSR), 0x00088000);
	mtspr(S_MCSR, 0xffffffff);
	CHECK(CCSR(0x18a00), 1);
	CHECK(CCSR(0x18a0c), 1);
	CHECK(CCSR(0x18a10), 0);
	CHECK(CCSR(0x18a14), 0x0f000040);
	/* Error interrupt 31, through source 16, unless masked in EIMR0. */
	source(16, 7, 0x66);
	CHECK(MPIC(0x3900), 0);
	CCSR(0x18a04) = 1;
	CHECK(MPIC(0x3900), 1);
	CHECK(taken(M_EE), V_EXT);
	MPIC(0x3910) = 1;
	CHECK(taken(M_EE), V_HCALL);
	MPIC(0x3910) = 0;
	CHECK(IACK, 0x66);
	CCSR(0x18a00) = 1;
	EOI = 0;
	CHECK(taken(M_EE), V_HCALL);
	CCSR(0x18a0c) = 1;
	CCSR(0xc00 + 16 * 31 + 8) = size;
	run_at(&x, f_load, M_ME);
	CHECK(x.vector, V_HCALL);
	/* A fetch from nowhere. */
	CCSR(0xc00 + 16 * 31 + 8) = 0x81000000 | 26;
	run_at(&x, (void *)0x70000040, M_ME);
	CHECK(x.vector, V_MC);
	CHECK(mfspr(S_MCSR), 0x00090000);
	CHECK(x.pc, 0x70000040);
	mtspr(S_MCSR, 0xffffffff);
	CCSR(0x18a0c) = 1;
	CCSR(0x18a00) = 1;
	CCSR(0xc00 + 16 * 31 + 8) = size;
	tlb1_clear(20);
}

static volatile uint32_t beats;

static void count_forever(void)
{
	for (;;)
		beats++;
}

static void power(void)
{
	uint32_t a;

	/* Nap request for core 1: it stops; and goes on when it is taken back. */
	kit_call[1] = count_forever;
	while (!beats) {
	}
	CCSR(0xe201c) = 2;
	CHECK(CCSR(0xe2014), 2);
	a = beats;
	run_at(&x, f_loop, 0);
	for (volatile unsigned n = 0; n < 3000; n++) {
	}
	CHECK(beats, a);
	CCSR(0xe201c) = 0;
	while (beats == a) {
	}
	CHECK(CCSR(0xe2014), 0);
	CHECK(CCSR(0xe00a4), 0x82080020);
}

static volatile uint32_t other_tb, other_dec;

static void read_times(void)
{
	other_dec = mfspr(22);
	other_tb = mfspr(268);
}

static void set_time(void)
{
	mtspr(285, 0);
	mtspr(284, 5000);
	mtspr(22, 700);
	read_times();
}

static void pause_a_while(void)
{
	for (volatile unsigned n = 0; n < 3000; n++) {
	}
}

/* Time base enable (RCPM): a stopped one keeps its value, and DEC with it; others go on. */
static void time_base(void)
{
	uint32_t mine, tb, dec;

	CHECK(CCSR(0xe2084), 3);
	call_on(1, read_times);
	CHECK(other_tb - mfspr(268) + 1000 < 2000, 1); /* in step since reset */
	CCSR(0xe2084) = 1;
	call_on(1, read_times);
	tb = other_tb;
	dec = other_dec;
	mine = mfspr(268);
	pause_a_while();
	CHECK(mfspr(268) - mine > 1000, 1);
	call_on(1, read_times);
	CHECK(other_tb, tb);
	CHECK(other_dec, dec);
	/* It can be written while it stands, and that core's only. */
	call_on(1, set_time);
	CHECK(other_tb, 5000);
	CHECK(other_dec, 700);
	CHECK(mfspr(268) > mine, 1);
	pause_a_while();
	call_on(1, read_times);
	CHECK(other_tb, 5000);
	CCSR(0xe2084) = 3;
	pause_a_while();
	call_on(1, read_times);
	CHECK(other_tb - 5000 > 1000 && other_tb - 5000 < 10000, 1);
	CHECK(other_dec, 0); /* it expired meanwhile */
	/* All stopped: nobody's time passes. */
	CCSR(0xe2084) = 0;
	mine = mfspr(268);
	pause_a_while();
	CHECK(mfspr(268), mine);
	CCSR(0xe2084) = 3;
	while (mfspr(268) == mine) {
	}
}

static volatile uint32_t other_sprg9;

static void leave_mark(void)
{
	mtspr(605, 0x9999);
	tlb1_write(30, &(struct map){.ea = 0x50000000, .pa = 0x300000, .tsize = 2, .perm = P_ALL});
}

static void read_mark(void)
{
	other_sprg9 = mfspr(605) | tlb_search(0x50000000, 0, 0, 0) << 16;
}

/* Processor initialisation: core 1 loses its state and begins again, a loop it was in is left. */
static void processor_reset(void)
{
	uint32_t a;

	call_on(1, leave_mark);
	call_on(1, read_mark);
	CHECK(other_sprg9, 0x19999);
	beats = 0;
	kit_call[1] = count_forever;
	while (!beats) {
	}
	MPIC(0x1090) = 2;
	CHECK(MPIC(0x1090), 2);
	a = beats;
	pause_a_while();
	CHECK(beats, a);
	kit_call[1] = 0;
	MPIC(0x1090) = 0;
	CHECK(MPIC(0x1090), 0);
	call_on(1, read_mark);
	CHECK(other_sprg9, 0);
}

void test(void)
{
	guest_setup();
	acknowledge();
	messages();
	timers();
	levels();
	proxy();
	windows();
	time_base();
	processor_reset();
	power();
}
