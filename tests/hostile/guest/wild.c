/* SPDX-License-Identifier: BSD-3-Clause */
/* Its own devices aimed at what is not its own: nothing may change, nothing may be read. */
/*
 * boot CPU. A shot is one access of at most four bytes by a device, refused with exactly one record. The
 * harness knows the layout: `wild BASE+SIZE` aims at the edges of that area from both sides, `wild any`
 * at random; with 0 steps it goes on until a key is typed.
 */
#include "facet/edu.h"
#include "hostile.h"

#include <stdlib.h>

#define DEVICES 16
enum { MAGIC_AT = 0, CATCH_AT = 0x800 };

static struct edu edus[DEVICES];
static unsigned int count;
static volatile uint32_t magic[2], caught[DEVICES][2];
static const uint32_t marker[2] = {0x6d61726b, 0x6572212e};

static struct {
	uint64_t shots, stores, leaks, late;
} totals;

struct shot {
	uint64_t at;
	uint32_t n;
	bool is_store;
};

static void wait_all(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		totals.late += !edu_wait(&edus[i], 1000);
	}
}

/*
 * What stores carry is made here, so that the harness can look for it in all memory. Four devices use
 * their lines (those of four slots in a row differ), the others messages.
 */
static void wild_open(void)
{
	unsigned int i;

	magic[0] = (uint32_t)(rng_next(&(struct rng){77}) >> 32) | 1;
	magic[1] = ~magic[0];
	while (count < DEVICES && edu_open(&edus[count], count, count >= 4)) {
		count++;
	}
	for (i = 0; i < count; i++) {
		edu_fetch(&edus[i], (uintptr_t)magic, MAGIC_AT, sizeof(magic));
	}
	wait_all(count);
	for (i = 0; i < count; i++) {
		edu_fetch(&edus[i], (uintptr_t)marker, CATCH_AT, sizeof(marker));
	}
	wait_all(count);
}

/* Another campaign may have set up the interrupt controller anew. */
static void wild_ready(void)
{
	unsigned int i;

	if (count == 0) {
		wild_open();
	}
	for (i = 0; i < count; i++) {
		if (i >= 4) {
			irq_edge(edus[i].irq);
		}
		irq_line_on(edus[i].irq, true);
	}
}

/* Behind a refused load the device has what it had, or zeros. */
static void leaks_look(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		edu_store(&edus[i], CATCH_AT, (uintptr_t)caught[i], sizeof(marker));
	}
	wait_all(n);
	for (i = 0; i < n; i++) {
		bool is_kept = caught[i][0] == marker[0] && caught[i][1] == marker[1];

		if (!is_kept && (caught[i][0] || caught[i][1] != marker[1])) {
			totals.leaks++;
			printf("device %u caught 0x%x\n", i, (unsigned int)caught[i][0]);
		}
	}
	for (i = 0; i < n; i++) {
		edu_fetch(&edus[i], (uintptr_t)marker, CATCH_AT, sizeof(marker));
	}
	wait_all(n);
}

static void volley(const struct shot *shots, unsigned int n)
{
	bool has_loads = false;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (shots[i].is_store) {
			edu_store(&edus[i], MAGIC_AT, shots[i].at, shots[i].n);
		} else {
			edu_fetch(&edus[i], shots[i].at, CATCH_AT, shots[i].n);
		}
		has_loads = has_loads || !shots[i].is_store;
		totals.stores += shots[i].is_store;
	}
	wait_all(n);
	totals.shots += n;
	if (has_loads) {
		leaks_look(n);
	}
}

/* Neither our memory nor the page that takes messages. */
static bool is_foreign(uint64_t at)
{
	struct msi_frame frame;

	return at - ram_base >= ram_size && at >> 48 == 0 &&
	       (!msi_frame(&frame) || at >> 12 != frame.doorbell >> 12);
}

/* First and last byte and word of an area, and those before and behind it. */
static bool edge_shot(uint64_t base, uint64_t size, unsigned int i, struct shot *shot)
{
	const struct shot edges[] = {
	    {base, 4, true},	      {base, 1, true},		{base - 4, 4, true},
	    {base - 1, 1, true},      {base + size - 4, 4, true}, {base + size - 1, 1, true},
	    {base + size, 4, true},   {base + size, 1, true},	{base, 4, false},
	    {base + size - 4, 4, false}, {base + 0x1000, 4, true}, {base + size / 2, 4, true},
	};

	*shot = edges[i % (sizeof(edges) / sizeof(edges[0]))];
	return is_foreign(shot->at);
}

static void random_shot(struct rng *r, struct shot *shot)
{
	do {
		shot->at = (rng_below(r, 4) ? rng_address(r) : rng_value(r)) & 0xfffffffffffc;
	} while (!is_foreign(shot->at));
	shot->n = 4;
	shot->is_store = rng_below(r, 4) != 0;
}

void wild_run(const char *arg, uint64_t steps, uint64_t seed)
{
	struct rng r = {seed};
	struct shot shots[DEVICES];
	unsigned int n = 0, edge = 0;
	char *plus;
	uint64_t base = strtoull(arg, &plus, 0), done = 0;
	uint64_t size = *plus == '+' ? strtoull(plus + 1, NULL, 0) : 0;
	bool is_endless = steps == 0;

	memset(&totals, 0, sizeof(totals));
	wild_ready();
	while (count && (is_endless ? con_getc() < 0 : done < steps)) {
		if (!size) {
			random_shot(&r, &shots[n++]);
		} else if (edge_shot(base, size, edge++, &shots[n])) {
			n++;
		}
		done++;
		if (n == count || (n && done == steps)) {
			volley(shots, n);
			n = 0;
		}
	}
	printf("wild %s: %llu shots, %llu stores of 0x%x, %u devices\n", arg,
	       (unsigned long long)totals.shots, (unsigned long long)totals.stores,
	       (unsigned int)magic[0], count);
	TEST("devices", count > 0, "none");
	TEST("nothing caught", totals.leaks == 0, "%llu", (unsigned long long)totals.leaks);
	TEST("all ended", totals.late == 0, "%llu did not", (unsigned long long)totals.late);
}

/* Refused accesses faster than anybody can read their records: a thousand by each device at once. */
void flood_run(const char *arg, uint64_t steps, uint64_t seed)
{
	uint64_t at = strtoull(arg, NULL, 0);
	unsigned int i;

	(void)seed;
	memset(&totals, 0, sizeof(totals));
	wild_ready();
	for (; steps > 0; steps--) {
		for (i = 0; i < count; i++) {
			edu_store(&edus[i], 0, at, EDU_MEMORY);
		}
		wait_all(count);
		totals.shots += count * ((EDU_MEMORY + 3) / 4);
	}
	printf("flood %s: %llu accesses\n", arg, (unsigned long long)totals.shots);
	TEST("all ended", totals.late == 0, "%llu did not", (unsigned long long)totals.late);
}

static uint32_t event_draw(struct rng *r, const struct msi_frame *frame)
{
	switch (rng_below(r, 4)) {
	case 0:
		return frame->first + (uint32_t)rng_below(r, frame->count + 2) - 1;
	case 1:
		return (uint32_t)rng_below(r, 1200);
	case 2:
		return 8192 + (uint32_t)rng_below(r, 64); /* the first LPIs */
	default:
		return (uint32_t)rng_value(r);
	}
}

/* Any message from any device to the page that takes them: only our own interrupts may come of it. */
void message_run(const char *arg, uint64_t steps, uint64_t seed)
{
	static volatile uint32_t value[DEVICES], hits;
	struct rng r = {seed};
	struct msi_frame frame;
	uint32_t spurious = irq_spurious, i;

	(void)arg;
	memset(&totals, 0, sizeof(totals));
	wild_ready();
	if (!msi_frame(&frame) || count == 0) {
		test_fail("messages", "no frame or no device");
		return;
	}
	for (i = count > 4 ? count - 4 : 0; i < frame.count; i++) { /* those that no device was given */
		irq_edge(frame.first + i);
		irq_on(frame.first + i, irq_count, (void *)&hits);
	}
	for (; steps > 0; steps -= steps < count ? steps : count) {
		for (i = 0; i < count; i++) {
			value[i] = event_draw(&r, &frame);
			edu_fetch(&edus[i], (uintptr_t)&value[i], 0x100, 4);
		}
		wait_all(count);
		for (i = 0; i < count; i++) {
			uint64_t offset = rng_below(&r, 4) ? 0x40 : rng_below(&r, 0x400) * 4;

			edu_store(&edus[i], 0x100, (frame.doorbell & ~UINT64_C(0xfff)) + offset, 4);
		}
		wait_all(count);
		totals.shots += count;
	}
	printf("message: %llu sent, %u other interrupts of ours\n",
	       (unsigned long long)totals.shots, (unsigned int)hits);
	TEST("only ours", irq_spurious == spurious, "%u others",
	     (unsigned int)(irq_spurious - spurious));
	TEST("all ended", totals.late == 0, "%llu did not", (unsigned long long)totals.late);
}

/* Messages as fast as this CPU can have them sent, taken here too: time that only this partition loses. */
void burst_run(const char *arg, uint64_t steps, uint64_t seed)
{
	enum { EDU_RAISE = 0x60 };
	uint64_t sent = 0, heard = 0;
	uint32_t i;

	(void)arg;
	(void)seed;
	wild_ready();
	for (i = 0; i < count; i++) {
		heard -= edus[i].raised;
	}
	for (; steps > 0; steps--) {
		for (i = 0; i < count; i++) {
			mmio_write32(edus[i].regs + EDU_RAISE, 1);
		}
		sent += count;
	}
	for (i = 0; i < count; i++) {
		heard += edus[i].raised;
	}
	printf("burst: %llu sent, %llu heard\n", (unsigned long long)sent,
	       (unsigned long long)heard);
	TEST("heard", heard > sent / 16 && heard <= sent, "%llu of %llu", (unsigned long long)heard,
	     (unsigned long long)sent);
}
