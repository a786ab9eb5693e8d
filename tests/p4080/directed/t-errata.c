/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The PAMU errata switches change what they say and nothing else.
 * run: --erratum a-003638 --erratum pamu-a001 --erratum a-005982
 */
#include "kit.h"

#define PAMU(off) CCSR(0x20000 + (off))
#define DMA(off) CCSR(0x100100 + (off))

FRAGMENT(f_loop, "li 3,20; mtctr 3; 1: bdnz 1b; sc 1");

static struct ctx x;

static uint32_t copy(void)
{
	DMA(0x14) = 0x00500000;
	DMA(0x1c) = 0x00600000;
	DMA(0x20) = 64;
	DMA(0x00) = 0;
	DMA(0x00) = 5;
	return DMA(0x04);
}

void test(void)
{
	/* A-005982: the base register takes effect only while OCE = 1. */
	PAMU(0x04) = 0x00400000;
	CHECK(PAMU(0x04), 0);
	PAMU(0xc10) = 0x1000;
	PAMU(0x04) = 0x00400000;
	CHECK(PAMU(0x04), 0x00400000);
	PAMU(0x0c) = 0x00404000;
	PAMU(0xc10) = 0x40000000;
	CCSR(0xe0604) = 0;
	/* PAMU-A001: a one written to a clear status bit sets it. */
	CHECK(PAMU(0xc1c), 0);
	PAMU(0xc1c) = 8;
	CHECK(PAMU(0xc1c), 8);
	PAMU(0xc1c) = 8;
	CHECK(PAMU(0xc1c), 0);
	/* A-003638: AVICS stays low, the interrupt comes all the same. */
	memset((void *)0x00400000, 0, 0x4000);
	PAMU(0xc1c) = 4;
	CHECK(copy(), 0x80);
	CHECK(PAMU(0x50), 193u << 16 | 0x4001);
	CHECK(PAMU(0xc1c), 4);
	CCSR(0x41020) = 0x20000000;
	CCSR(0x40080) = 0;
	CCSR(0x50000 + 0x20 * 24) = 0x00050024;
	run_at(&x, f_loop, M_EE);
	CHECK(x.vector, V_EXT);
}
