/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Errors of memory controllers and platform caches: detected, disabled, counted, captured, and
 * reported through the error summary of the interrupt controller at two levels.
 * run: --inject ddr1:sbe@100000,0x1234560 --inject ddr1:mbe@200000,0x345 --inject ddr1:mbe@200000
 * run: --inject cpc2:sbe@300000,0xabcdef8 --inject cpc1:tmhit@300000 --inject ddr2:sbe@400000
 * run: --inject ddr2:sbe@410000 --inject ddr2:sbe@420000,0x5678 --inject ddr2:ape@430000
 * run: --inject ddr2:mbe@430000
 */
#include "kit.h"

#define DDR1(off) CCSR(0x8000 + (off))
#define DDR2(off) CCSR(0x9000 + (off))
#define CPC1(off) CCSR(0x10000 + (off))
#define CPC2(off) CCSR(0x11000 + (off))
#define DET 0xe40
#define DIS 0xe44
#define INTEN 0xe48
#define ATTR 0xe4c
#define COUNT 0xe58
#define MPIC(off) CCSR(0x40000 + (off))
#define SOURCE16(off) MPIC(0x10000 + 0x20 * 16 + (off))
#define EISR MPIC(0x3900)
#define EIMR MPIC(0x3910)
#define MULTIPLE 0x80000000u

FRAGMENT(f_loop, "li 3,20; mtctr 3; 1: bdnz 1b; sc 1");

static struct ctx x;

static uint32_t taken(uint32_t msr)
{
	run_at(&x, f_loop, msr);
	return x.vector;
}

/* The time base has one tick in eight cycles. */
static void wait_for(uint32_t cycle)
{
	while (mfspr(268) < cycle / 8 + 20) {
	}
}

static void memory(void)
{
	volatile uint32_t *word = (volatile uint32_t *)0x01234560;

	word[0] = 0x11223344;
	word[1] = 0x55667788;
	DDR1(INTEN) = 0x4;
	DDR1(COUNT) = 1 << 16;
	CHECK(DDR1(DET), 0);
	CHECK(taken(M_EE), V_HCALL);
	wait_for(100000);
	CHECK(DDR1(DET), 0x4);
	CHECK(DDR1(ATTR), 1);
	CHECK(DDR1(0xe50), 0x01234560);
	CHECK(DDR1(0xe54), 0);
	CHECK(DDR1(0xe20), 0x11223344);
	CHECK(DDR1(0xe24), 0x55667788);
	CHECK(DDR1(COUNT), 1 << 16);
	/* Error interrupt 23, through source 16; masked in EIMR0. */
	CHECK(EISR, 1 << 8);
	CHECK(taken(M_EE), V_EXT);
	EIMR = 1 << 8;
	CHECK(taken(M_EE), V_HCALL);
	EIMR = 0;
	CHECK(taken(M_EE), V_EXT);
	/* Not enabled: detected, but silent. */
	DDR1(INTEN) = 0x8;
	CHECK(EISR, 0);
	CHECK(taken(M_EE), V_HCALL);
	DDR1(INTEN) = 0x4;
	CHECK(EISR, 1 << 8);
	DDR1(DET) = 0x4;
	CHECK(DDR1(DET), 0);
	CHECK(EISR, 0);
	CHECK(taken(M_EE), V_HCALL);
	/* Two of a kind; the first capture stays while it is valid. */
	wait_for(200000);
	CHECK(DDR1(DET), MULTIPLE | 0x8);
	CHECK(DDR1(0xe50), 0x01234560);
	CHECK(EISR, 0);
	DDR1(DET) = 0xffffffff;
	CHECK(DDR1(DET), 0);
}

static void caches(void)
{
	/* At critical level; the summary register says which. */
	SOURCE16(0x18) = 1;
	CPC1(DIS) = 0x80;
	CPC1(INTEN) = 0xff;
	CPC2(INTEN) = 0x4;
	CHECK(taken(M_CE), V_HCALL);
	wait_for(300000);
	CHECK(CPC1(DET), 0); /* disabled: as if it had not been */
	CHECK(CPC1(ATTR), 0);
	CHECK(CPC2(DET), 0x4);
	CHECK(CPC2(0xe50), 0);
	CHECK(CPC2(0xe54), 0x0abcdef8);
	CHECK(EISR, 1 << 5);
	CHECK(MPIC(0x3b40), 0x80000000);
	CHECK(taken(M_EE), V_HCALL);
	CHECK(taken(M_CE), V_CRIT);
	CPC2(DET) = 0x4;
	CHECK(MPIC(0x3b40), 0);
	CHECK(taken(M_CE), V_HCALL);
	SOURCE16(0x18) = 0;
}

static void threshold(void)
{
	DDR2(INTEN) = 0x104;
	DDR2(COUNT) = 3 << 16;
	wait_for(410000);
	CHECK(DDR2(DET), 0);
	CHECK(DDR2(COUNT), 3 << 16 | 2);
	CHECK(EISR, 0);
	wait_for(420000);
	CHECK(DDR2(DET), 0x4);
	CHECK(DDR2(COUNT), 3 << 16);
	CHECK(DDR2(0xe50), 0x5678);
	CHECK(EISR, 1 << 9);
	DDR2(DET) = 0x4;
	CHECK(EISR, 0);
	/* Of two kinds only the enabled one interrupts, and both are seen. */
	wait_for(430000);
	CHECK(DDR2(DET), 0x108);
	CHECK(EISR, 1 << 9);
	DDR2(DET) = 0x100;
	CHECK(EISR, 0);
}

void test(void)
{
	guest_setup();
	MPIC(0x1020) = 0x20000000;
	MPIC(0x80) = 0;
	SOURCE16(0x10) = 1;
	SOURCE16(0x00) = 7 << 16 | 0x66;
	memory();
	caches();
	threshold();
}
