/* SPDX-License-Identifier: BSD-3-Clause */
/* A partition's own DMA devices at work: what they carry arrives, and their interrupts do. */
/*
 * boot CPU; parameters: msi=1 messages where possible, rounds= (4), forever=1, window= and size=: the only
 * part of memory the devices reach (absent: all of it), expect= how many devices there must be, flood= an
 * address where nothing is for them: first all of them write there at once, as much as they can
 */
#include "facet/edu.h"
#include "facet/test.h"

#include <string.h>

#define DEVICES 16

static struct edu edus[DEVICES];
static unsigned int count;
static uint8_t source[DEVICES][EDU_MEMORY], target[DEVICES][EDU_MEMORY];

static void fill(uint8_t *at, uint32_t n, uint32_t seed)
{
	while (n-- > 0) {
		seed = seed * 1664525 + 1013904223;
		*at++ = (uint8_t)(seed >> 24);
	}
}

static void *buffer(uint64_t window, uint8_t *own, unsigned int i)
{
	return window ? (void *)(uintptr_t)(window + i * 0x2000) : own;
}

/* All devices at the same time: memory to device, then device to other memory. */
static unsigned int round_run(uint32_t seed, uint64_t window)
{
	unsigned int i, bad = 0;
	uint32_t n = 1 + seed * 977 % EDU_MEMORY;

	for (i = 0; i < count; i++) {
		fill(buffer(window, source[i], i), n, seed + i);
		memset(buffer(window ? window + 0x1000 : 0, target[i], i), 0, n);
		edu_fetch(&edus[i], (uintptr_t)buffer(window, source[i], i), 0, n);
	}
	for (i = 0; i < count; i++) {
		bad += !edu_wait(&edus[i], 2000);
	}
	for (i = 0; i < count; i++) {
		edu_store(&edus[i], 0, (uintptr_t)buffer(window ? window + 0x1000 : 0, target[i], i),
			  n);
	}
	for (i = 0; i < count; i++) {
		bad += !edu_wait(&edus[i], 2000);
		bad += memcmp(buffer(window, source[i], i),
			      buffer(window ? window + 0x1000 : 0, target[i], i), n) != 0;
	}
	return bad;
}

/* Outside its window a device reads nothing and changes nothing, though the memory is the partition's. */
static unsigned int outside_run(uint64_t window, uint64_t size)
{
	uint64_t places[4] = {(uintptr_t)target[0], window - 64, window + size, (uintptr_t)source[0]};
	unsigned int i, bad = 0;
	uint8_t before[64];

	memset((void *)(uintptr_t)window, 0xa5, 64);
	for (i = 0; i < 4; i++) {
		memcpy(before, (void *)(uintptr_t)places[i], 64);
		edu_fetch(&edus[0], window, 0, 64);
		edu_wait(&edus[0], 2000);
		edu_store(&edus[0], 0, places[i], 64);
		edu_wait(&edus[0], 2000);
		bad += memcmp(before, (void *)(uintptr_t)places[i], 64) != 0;
	}
	return bad;
}

/* More refused accesses at once than an SMMU has room for records. */
static unsigned int flood_run(uint64_t at)
{
	unsigned int i, late = 0;

	for (i = 0; i < count; i++) {
		edu_store(&edus[i], 0, at, EDU_MEMORY);
	}
	for (i = 0; i < count; i++) {
		late += !edu_wait(&edus[i], 2000);
	}
	return late;
}

static void devices_open(void)
{
	bool msi = arg_u64("msi", 1) != 0;
	unsigned int i;

	while (count < DEVICES && edu_open(&edus[count], count, msi)) {
		count++;
	}
	for (i = 0; i < count; i++) {
		printf("edu %u: %02x:%02x.%u registers 0x%llx interrupt %u%s\n", i,
		       (unsigned int)edus[i].fn.rid >> 8, (unsigned int)edus[i].fn.rid >> 3 & 31,
		       (unsigned int)edus[i].fn.rid & 7, (unsigned long long)edus[i].regs,
		       (unsigned int)edus[i].irq, edus[i].irq == pci_intx(&edus[i].fn) ? " (line)" : "");
		TEST("alive", edu_alive(&edus[i]), "device %u", i);
	}
}

int main(void)
{
	uint64_t window = arg_u64("window", 0), rounds = arg_u64("rounds", 4), r = 0;
	uint32_t bad, raised;

	devices_open();
	TEST("devices", count > 0 && count >= arg_u64("expect", 1), "%u", count);
	if (arg_u64("flood", 0)) {
		bad = flood_run(arg_u64("flood", 0));
		TEST("flood", bad == 0, "%u did not end", (unsigned int)bad);
	}
	do {
		raised = edus[0].raised;
		for (bad = 0; count && rounds-- > 0; r++) {
			bad += round_run((uint32_t)r + 1, window);
		}
		rounds = arg_u64("rounds", 4);
		TEST("transfers", bad == 0, "%u went wrong", (unsigned int)bad);
		TEST("interrupts", edus[0].raised - raised == 2 * rounds, "%u",
		     (unsigned int)(edus[0].raised - raised));
		if (window) {
			bad = outside_run(window, arg_u64("size", 0x100000));
			TEST("window", bad == 0, "%u places outside changed", (unsigned int)bad);
		}
		test_done();
	} while (arg_u64("forever", 0));
	return 0;
}
