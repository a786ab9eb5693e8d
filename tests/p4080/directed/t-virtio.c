/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The virtio block device: a request through PAMU 1, its interrupt, and what a violation does.
 */
#include "kit.h"

#define REG(off) CCSR(0x1f0000 + (off))
#define LIODN 200u
#define PPAACT ((uint32_t *)0x00400000)
#define DESC ((uint32_t *)0x00500000)
#define AVAIL ((volatile uint8_t *)0x00501000)
#define USED ((volatile uint8_t *)0x00502000)
#define HEADER ((uint32_t *)0x00503000)
#define DATA ((uint32_t *)0x00504000)
#define STATUS ((volatile uint8_t *)0x00505000)

FRAGMENT(f_loop, "li 3,20; mtctr 3; 1: bdnz 1b; sc 1");

static struct ctx x;
static unsigned sent;

static uint32_t swap(uint32_t v)
{
	return __builtin_bswap32(v);
}

static void device_start(void)
{
	REG(0x70) = 0;
	CHECK(swap(REG(0x70)), 0);
	sent = 0;
	memset(DESC, 0, 0x3000);
	REG(0x70) = swap(0xb);
	REG(0x38) = swap(8);
	REG(0x80) = swap((uint32_t)DESC);
	REG(0x90) = swap((uint32_t)AVAIL);
	REG(0xa0) = swap((uint32_t)USED);
	REG(0x44) = swap(1);
	REG(0x70) = swap(0xf);
}

static void descriptor(unsigned n, void *addr, uint32_t len, uint32_t flags)
{
	DESC[4 * n] = swap((uint32_t)addr);
	DESC[4 * n + 1] = 0;
	DESC[4 * n + 2] = swap(len);
	DESC[4 * n + 3] = (flags & 0xff) << 24 | (n + 1) << 8;
}

/* One request of 1024 bytes at a sector; the status byte. */
static uint32_t request(uint32_t type, uint32_t sector)
{
	HEADER[0] = swap(type);
	HEADER[1] = 0;
	HEADER[2] = swap(sector);
	HEADER[3] = 0;
	descriptor(0, HEADER, 16, 1);
	descriptor(1, DATA, 1024, type ? 1 : 3);
	descriptor(2, (void *)(uint32_t)STATUS, 1, 2);
	STATUS[0] = 0xff;
	AVAIL[4 + 2 * (sent % 8)] = 0;
	sent++;
	AVAIL[2] = (uint8_t)sent;
	REG(0x50) = 0;
	return STATUS[0];
}

static void transfers(void)
{
	CHECK(swap(REG(0)), 0x74726976);
	CHECK(swap(REG(0x100)), 2048);
	device_start();
	for (unsigned n = 0; n < 256; n++)
		DATA[n] = n * 0x01010101;
	CHECK(request(1, 10), 0);
	CHECK(USED[2], 1);
	memset(DATA, 0, 1024);
	CHECK(request(0, 10), 0);
	CHECK(DATA[255], 0xff * 0x01010101u);
	CHECK(USED[2], 2);
	CHECK(request(0, 2047), 1); /* beyond the end */
	CHECK(request(77, 0), 2);
	/* Interrupt 60, a level until acknowledged. */
	CCSR(0x41020) = 0x20000000;
	CCSR(0x40080) = 0;
	CCSR(0x50000 + 0x20 * 60) = 0x00050060;
	run_at(&x, f_loop, M_EE);
	CHECK(x.vector, V_EXT);
	CHECK(swap(REG(0x60)), 1);
	REG(0x64) = swap(3);
	run_at(&x, f_loop, M_EE);
	CHECK(x.vector, V_HCALL);
}

static void isolation(void)
{
	uint32_t *w = PPAACT + LIODN * 16;

	memset(PPAACT, 0, 256 * 64);
	CCSR(0x21004) = (uint32_t)PPAACT;
	CCSR(0x2100c) = (uint32_t)PPAACT + 256 * 64;
	CCSR(0x21c10) = 0x40000000;
	CCSR(0xe0604) = 0;
	/* 1 MB from 0x500000 opens it; another LIODN is another entry. */
	w[1] = 0x00500000 | 19 << 6 | 3 << 3 | 1;
	device_start();
	CHECK(request(0, 10), 0);
	REG(0x1f0) = LIODN + 1;
	CHECK(request(0, 10), 0xff);
	CHECK(CCSR(0x21050), (LIODN + 1) << 16 | 0x4001);
	CHECK(swap(REG(0x70)) & 0x40, 0x40);
	CHECK(swap(REG(0x60)) & 2, 2);
	CCSR(0x21050) = 0x7fff;
	REG(0x1f0) = LIODN;
	CHECK(request(0, 10), 0xff); /* dead until reset */
	device_start();
	CHECK(request(0, 10), 0);
	/* Read-only window: the device reads its queue but may not write. */
	w[1] = 0x00500000 | 19 << 6 | 1 << 3 | 1;
	device_start();
	CHECK(request(0, 10), 0xff);
	CHECK(CCSR(0x21050), LIODN << 16 | 0x0009);
}

void test(void)
{
	transfers();
	isolation();
}
