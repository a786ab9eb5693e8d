/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Time base, decrementer, fixed-interval timer, watchdog; exact instruction at which they hit
 * (Book III-E chapter 9). Eight instructions are one tick here.
 * run: --tbdiv 8
 */
#include "kit.h"

FRAGMENT(f_count, "li 3,0; 1: addi 3,3,1; b 1b");
FRAGMENT(f_still, "li 3,200; mtctr 3; 1: bdnz 1b; sc 1");

static struct ctx x;

static uint32_t tb(void)
{
	return mfspr(268);
}

static void decrementer(void)
{
	uint32_t a, b;

	mtspr(S_TSR, 0xffffffff);
	mtspr(S_DEC, 100);
	a = mfspr(S_DEC);
	CHECK(a <= 100 && a > 95, 1);
	mtspr(S_TCR, 0x04000000);
	mtspr(S_DEC, 100);
	run_at(&x, f_count, M_EE);
	CHECK(x.vector, V_DEC);
	/* 100 ticks are 800 instructions, about 30 of them before f_count; two a loop. */
	CHECK(x.gpr[3] > 375 && x.gpr[3] < 400, 1);
	a = x.gpr[3];
	CHECK(mfspr(S_DEC), 0); /* stopped at 0 */
	CHECK(mfspr(S_TSR) & 0x08000000, 0x08000000);
	/* Level: taken again until cleared. */
	run_at(&x, f_count, M_EE);
	CHECK(x.vector, V_DEC);
	CHECK(x.pc, (uint32_t)f_count);
	mtspr(S_TSR, 0x08000000);
	mtspr(S_DEC, 0);
	run_at(&x, f_still, M_EE);
	CHECK(x.vector, V_HCALL);
	/* Guest state enables it without EE. */
	mtspr(S_DEC, 20);
	run_at(&x, f_still, M_GS);
	CHECK(x.vector, V_DEC);
	/* Auto-reload from DECAR. */
	mtspr(54, 1000);
	mtspr(S_TCR, 0x00400000);
	mtspr(S_TSR, 0xffffffff);
	mtspr(S_DEC, 2);
	run_at(&x, f_still, 0);
	b = mfspr(S_DEC);
	CHECK(b > 900 && b < 1000, 1);
	CHECK(mfspr(S_TSR) & 0x08000000, 0x08000000);
	mtspr(S_TCR, 0);
	mtspr(S_DEC, 0);
	mtspr(S_TSR, 0xffffffff);
}

static void fixed_interval(void)
{
	uint32_t t0, t1;

	/* Time base bit 63 - 56 = 7: period 256 ticks, rising at 128 modulo 256. */
	mtspr(S_TCR, 0x00800000 | (56 & 3) << 24 | (56 >> 2) << 13);
	mtspr(S_TSR, 0xffffffff);
	run_at(&x, f_count, M_EE);
	CHECK(x.vector, V_FIT);
	t0 = tb();
	CHECK((t0 & 255) >= 128 && (t0 & 255) < 140, 1);
	mtspr(S_TSR, 0x04000000);
	run_at(&x, f_count, M_EE);
	t1 = tb();
	CHECK(x.vector, V_FIT);
	CHECK((t1 & ~127u) - (t0 & ~127u), 256);
	mtspr(S_TCR, 0);
	mtspr(S_TSR, 0xffffffff);
}

static void watchdog(void)
{
	uint32_t tcr = (56 & 3) << 30 | (56 >> 2) << 17;

	/* First event sets ENW, second WIS and the critical interrupt. */
	mtspr(S_TCR, tcr | 0x08000000);
	mtspr(S_TSR, 0xffffffff);
	run_at(&x, f_count, M_CE);
	CHECK(x.vector, V_WDT);
	CHECK(mfspr(S_TSR) & 0xc0000000, 0xc0000000);
	CHECK(x.gpr[3] > 256 * 4, 1);
	/* WRC can be set once, never cleared. */
	mtspr(S_TSR, 0xffffffff);
	mtspr(S_TCR, 0x10000000);
	mtspr(S_TCR, 0);
	CHECK(mfspr(S_TCR), 0x10000000);
	/* Third event with WRC = 1: machine check. */
	mtspr(S_TCR, tcr);
	mtspr(S_TSR, 0xffffffff);
	run_at(&x, f_count, M_ME);
	CHECK(x.vector, V_MC);
	CHECK(mfspr(S_TSR) & 0x30000000, 0x10000000);
	mtspr(S_MCSR, 0xffffffff);
	mtspr(S_TCR, 0);
	mtspr(S_TSR, 0xffffffff);
}

static void time_base(void)
{
	uint32_t a = tb(), b;

	run_at(&x, f_still, 0);
	b = tb();
	CHECK(b - a >= 25 && b - a < 45, 1);
	mtspr(285, 7);
	mtspr(284, 0xfffffff0);
	CHECK(mfspr(269), 7);
	run_at(&x, f_still, 0);
	CHECK(mfspr(269), 8);
	CHECK(mfspr(527), 8);
}

void test(void)
{
	guest_setup();
	decrementer();
	fixed_interval();
	watchdog();
	time_base();
}
