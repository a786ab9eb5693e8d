/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PAMU: every rule of the translation, through the DMA engine in direct and chained mode.
 */
#include "kit.h"

#define PAMU(off) CCSR(0x20000 + (off))
#define DMA(off) CCSR(0x100100 + (off))
#define BYPASS CCSR(0xe0604)
#define LIODN 193u
#define PPAACT ((uint32_t *)0x00400000)
#define SPAACT ((uint32_t *)0x00410000)
#define OMT ((uint8_t *)0x00418000)
#define SRC 0x00500000u
#define DST 0x00600000u

#define PDV 0x4000u
#define LAV 0x0400u
#define WAV 0x0080u
#define APV 0x0008u
#define OTV 0x0002u

FRAGMENT(f_loop, "li 3,20; mtctr 3; 1: bdnz 1b; sc 1");

static struct ctx x;

/* Primary entry of a LIODN: window [base, base + 2^(wse+1)), permission ap, word 3, target. */
static uint32_t *entry(unsigned liodn, uint32_t base, uint32_t wse, uint32_t ap, uint32_t w3,
		       uint32_t target)
{
	uint32_t *w = PPAACT + liodn * 16;

	memset(w, 0, 64);
	w[1] = base | wse << 6 | ap << 3 | 1;
	w[3] = w3;
	w[5] = target;
	return w;
}

static uint32_t dma(uint32_t src, uint32_t dst, uint32_t len)
{
	uint32_t sr;

	DMA(0x04) = 0xff;
	DMA(0x10) = 0x00050000;
	DMA(0x14) = src;
	DMA(0x18) = 0x00050000;
	DMA(0x1c) = dst;
	DMA(0x20) = len;
	DMA(0x00) = 0;
	DMA(0x00) = 0x5; /* direct, start */
	sr = DMA(0x04);
	CHECK(DMA(0x00) & 1, 0);
	DMA(0x04) = 0xff;
	CHECK(DMA(0x04), 0);
	return sr;
}

static void fill(uint32_t at, uint32_t seed)
{
	uint32_t *p = (uint32_t *)at;

	for (unsigned n = 0; n < 64; n++)
		p[n] = seed + n;
}

/* A copy of 256 bytes works and its data arrived at `where`. */
static void expect_copy(uint32_t src, uint32_t dst, uint32_t data, uint32_t where)
{
	static uint32_t seed;

	seed += 1000;
	fill(data, seed);
	memset((void *)where, 0, 256);
	CHECK(dma(src, dst, 256), 0x2);
	CHECK(*(uint32_t *)where, seed);
	CHECK(*(uint32_t *)(where + 252), seed + 63);
}

/* A copy fails with this violation code at this address; status registers are cleared again. */
static void expect_violation(uint32_t src, uint32_t dst, uint32_t code, uint32_t at)
{
	CHECK(dma(src, dst, 256), 0x80);
	CHECK(PAMU(0x50), LIODN << 16 | code | 1);
	CHECK(PAMU(0x5c), at);
	CHECK(PAMU(0x1c + 0xc00) & 8, 8);
	PAMU(0x50) = 0x7fff;
	PAMU(0xc1c) = 0xc;
	CHECK(PAMU(0x50) & 0x7fff, 0);
	CHECK(PAMU(0xc1c), 4);
}

static void gate(void)
{
	CHECK(BYPASS & 0x80000000, 0x80000000);
	expect_copy(SRC, DST, SRC, DST);
	BYPASS = 0;
	/* Not enabled: passes with the gate open, blocked with it closed. */
	PAMU(0xc10) = 0;
	expect_copy(SRC, DST, SRC, DST);
	PAMU(0xc10) = 0x80000000;
	CHECK(dma(SRC, DST, 256), 0x80);
	PAMU(0x50) = 0x7fff;
	PAMU(0xc1c) = 0x8;
	PAMU(0x00) = 0;
	PAMU(0x04) = (uint32_t)PPAACT;
	PAMU(0x08) = 0;
	PAMU(0x0c) = (uint32_t)PPAACT + 256 * 64;
	PAMU(0x10) = 0;
	PAMU(0x14) = (uint32_t)SPAACT;
	PAMU(0x18) = 0;
	PAMU(0x1c) = (uint32_t)SPAACT + 16 * 64;
	PAMU(0xc10) = 0x40000000;
	PAMU(0xc1c) = 4;
}

static void windows(void)
{
	/* 4 MB around source and target, everything allowed. */
	uint32_t *w = entry(LIODN, 0x00400000, 21, 3, 0, 0);

	expect_copy(SRC, DST, SRC, DST);
	expect_violation(0x00800000, DST, WAV, 0x00800000);
	expect_violation(SRC, 0x003ff000, WAV, 0x003ff000);
	/* Reading and writing are two permissions. */
	entry(LIODN, 0x00400000, 21, 1, 0, 0);
	expect_violation(SRC, DST, APV, DST);
	entry(LIODN, 0x00400000, 21, 2, 0, 0);
	expect_violation(SRC, DST, APV, SRC);
	/* A complete entry whose valid bit is off opens nothing; no stale copy of it is used. */
	w[1] = 0x00400000 | 21 << 6 | 3 << 3;
	expect_violation(SRC, DST, PDV, SRC);
	w[1] |= 1;
	expect_copy(SRC, DST, SRC, DST);
	/* Beyond the table's end. */
	PAMU(0x0c) = (uint32_t)PPAACT + LIODN * 64;
	expect_violation(SRC, DST, LAV, SRC);
	PAMU(0x0c) = (uint32_t)PPAACT + 256 * 64;
	/* Another LIODN's entry is not ours. */
	memset(w, 0, 64);
	entry(LIODN + 1, 0x00400000, 21, 3, 0, 0);
	expect_violation(SRC, DST, PDV, SRC);
}

static void translation(void)
{
	/* Bus address 0x00100000.. goes to 0x00500000. */
	entry(LIODN, 0x00000000, 21, 3, 1 << 2, 0x00400000);
	expect_copy(0x00100000, 0x00200000, SRC, DST);
	/* Four sub-windows of 1 MB: primary, then secondary entries 3, 4, 5. */
	uint32_t *w = entry(LIODN, 0x00000000, 21, 3, 1 << 2 | 1 << 4, 0x00500000 | 19);

	w[1] |= 0x20;
	w[6] = 3;
	memset(SPAACT, 0, 16 * 64);
	for (unsigned n = 0; n < 2; n++) {
		uint32_t *s = SPAACT + (3 + n) * 16;

		s[1] = 3 << 3 | 1;
		s[3] = 1 << 2;
		s[5] = (0x00600000 + n * 0x00100000) | 19;
	}
	expect_copy(0x00000000, 0x00100000, 0x00500000, 0x00600000);
	expect_copy(0x00100400, 0x00200000, 0x00600400, 0x00700000);
	/* The third one is not valid; the second is read-only, then too short. */
	expect_violation(0x00000000, 0x00300000, PDV, 0x00300000);
	SPAACT[4 * 16 + 1] = 1 << 3 | 1;
	expect_violation(0x00000000, 0x00200000, APV, 0x00200000);
	SPAACT[4 * 16 + 1] = 3 << 3 | 1;
	SPAACT[4 * 16 + 5] = 0x00700000 | 11; /* 4 KB */
	expect_copy(0x00000000, 0x00200000, 0x00500000, 0x00700000);
	expect_violation(0x00000000, 0x00201000, WAV, 0x00201000);
	/* Secondary table too short. */
	w[6] = 16;
	expect_violation(0x00000000, 0x00100000, LAV, 0x00100000);
	/* Indexed operation: no table, then one that knows reads only, then both. */
	entry(LIODN, 0x00400000, 21, 3, 2, 0)[7] = 1;
	expect_violation(SRC, DST, OTV, SRC);
	PAMU(0x24) = (uint32_t)OMT;
	PAMU(0x2c) = (uint32_t)OMT + 4096;
	memset(OMT, 0, 256);
	OMT[128] = 0x80;
	expect_violation(SRC, DST, OTV, DST);
	OMT[129] = 0x81;
	expect_copy(SRC, DST, SRC, DST);
}

static void chained(void)
{
	uint32_t *d = (uint32_t *)0x00510000;

	entry(LIODN, 0x00400000, 21, 3, 0, 0);
	memset(d, 0, 64);
	fill(SRC, 7);
	d[1] = SRC;
	d[3] = DST;
	d[5] = 0x00510020;
	d[6] = 128;
	d[8 + 1] = SRC + 128;
	d[8 + 3] = DST + 128;
	d[8 + 5] = 1; /* end */
	d[8 + 6] = 128;
	memset((void *)DST, 0, 256);
	DMA(0x08) = 0;
	DMA(0x0c) = 0x00510000;
	DMA(0x00) = 0;
	DMA(0x00) = 1;
	CHECK(DMA(0x04), 0x8);
	CHECK(*(uint32_t *)DST, 7);
	CHECK(*(uint32_t *)(DST + 252), 7 + 63);
	DMA(0x04) = 0xff;
	/* The fetch of a descriptor goes through the PAMU as well. */
	DMA(0x0c) = 0x00300000;
	DMA(0x00) = 0;
	DMA(0x00) = 1;
	CHECK(DMA(0x04), 0x80);
	CHECK(PAMU(0x5c), 0x00300000);
	DMA(0x04) = 0xff;
}

static void interrupt(void)
{
	/* Source 24 while AVICS and AVIE; the first violation stays captured. */
	CCSR(0x41020) = 0x20000000;
	CCSR(0x40080) = 0;
	CCSR(0x50000 + 0x20 * 24) = 0x00050024;
	run_at(&x, f_loop, M_EE);
	CHECK(x.vector, V_EXT);
	dma(0x00900000, DST, 4);
	CHECK(PAMU(0x5c), 0x00300000);
	PAMU(0xc1c) = 0x8;
	run_at(&x, f_loop, M_EE);
	CHECK(x.vector, V_HCALL);
}

void test(void)
{
	guest_setup();
	gate();
	windows();
	translation();
	chained();
	interrupt();
}
