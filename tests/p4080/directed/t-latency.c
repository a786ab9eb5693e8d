/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A DMA transfer that takes time: busy, then done; data arrives piece by piece, and what is in
 * flight when its PAMU entry goes away is stopped there.
 * run: --dma-rate 1
 */
#include "kit.h"

#define DMA(off) CCSR(0x100100 + (off))
#define BUSY 0x4u
#define SIZE 8192u

/* The first page has arrived when the entry is taken away: the second never does. */
static void revoked(volatile uint32_t *src, volatile uint32_t *dst)
{
	volatile uint32_t *entry = (volatile uint32_t *)(0x00400000 + 193 * 64);

	memset((void *)0x00400000, 0, 0x4000);
	entry[1] = 0x00400000 | 21 << 6 | 3 << 3 | 1;
	CCSR(0x20004) = 0x00400000;
	CCSR(0x2000c) = 0x00404000;
	CCSR(0x20c10) = 0x40000000;
	CCSR(0xe0604) = 0;
	memset((void *)dst, 0, SIZE);
	DMA(0x04) = 0xff;
	DMA(0x14) = (uint32_t)src;
	DMA(0x1c) = (uint32_t)dst;
	DMA(0x20) = SIZE;
	DMA(0x00) = 0x4;
	DMA(0x00) = 0x5;
	while (!dst[0]) {
	}
	CHECK(DMA(0x04) & BUSY, BUSY);
	entry[1] &= ~1u;
	while (DMA(0x04) & BUSY) {
	}
	CHECK(DMA(0x04), 0x80);
	CHECK(CCSR(0x20050), 193u << 16 | 0x4001);
	CHECK(CCSR(0x2005c), (uint32_t)src + 4096);
	CHECK(dst[1023], 1024);
	CHECK(dst[1024], 0);
}

void test(void)
{
	volatile uint32_t *src = (volatile uint32_t *)0x00500000;
	volatile uint32_t *dst = (volatile uint32_t *)0x00600000;
	uint32_t turns = 0;

	for (unsigned n = 0; n < SIZE / 4; n++) {
		src[n] = n + 1;
		dst[n] = 0;
	}
	DMA(0x14) = (uint32_t)src;
	DMA(0x1c) = (uint32_t)dst;
	DMA(0x20) = SIZE;
	DMA(0x00) = 0x4;
	DMA(0x00) = 0x5; /* direct, start */
	CHECK(DMA(0x04) & BUSY, BUSY);
	CHECK(dst[SIZE / 4 - 1], 0);
	while (DMA(0x04) & BUSY)
		turns++;
	/* 8192 bytes at a byte a cycle: a turn of this loop is a few instructions. */
	CHECK(turns > 500 && turns < 8192, 1);
	CHECK(DMA(0x04), 0x2);
	CHECK(dst[0], 1);
	CHECK(dst[SIZE / 4 - 1], SIZE / 4);
	revoked(src, dst);
}
