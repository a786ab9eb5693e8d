/* SPDX-License-Identifier: BSD-3-Clause */
/* TLB abuse, interrupts and messages as fast as they can be made, and ways to die. */
/* boot CPU */
#include "hostile.h"

static volatile uint32_t ipis, ticks;

/*
 * Random MAS values through every way into the TLB: entries that overlap this program are refused or
 * die with it, so only effective addresses from 1 GiB to 3.5 GiB are mapped; pages up to everything there.
 */
void tlb_run(const char *arg, uint64_t steps, uint64_t seed)
{
	struct rng r = {seed};
	uint32_t step, taken = 0, refused = 0, hits = 0, ea;
	struct exec e;

	(void)arg;
	irq_mask();
	for (step = 0; step < steps; step++) {
		uint32_t tsize = rng_below(&r, 4) ? 2 * (1 + rng_below(&r, 9)) : rng_below(&r, 32);

		progress("tlb", seed, step);
		ea = (0x50000000u + rng_below(&r, 0x80000000u)) & ~0xfffu;
		ea = rng_below(&r, 2) ? ea : ea & -(1024u << (tsize & 31));
		if (ea < 0x50000000u) {
			ea = WINDOW;
		}
		spr_write(624, rng_below(&r, 2) ? 0x10000000u | (7 + rng_below(&r, 6)) << 16 :
						  rng_below(&r, 4) << 16);
		spr_write(625, 0x80000000u | rng_below(&r, 2) << 30 | rng_below(&r, 4) << 16 | rng_below(&r, 2) << 12 |
				   (tsize > 20 ? 20 : tsize) << 7);
		spr_write(626, ea | rng_below(&r, 32));
		spr_write(627, rng_below(&r, 4) ? rng_word(&r) : (rng_below(&r, 0x1000) << 12 | PERM_ALL));
		spr_write(944, rng_below(&r, 4) ? 0 : rng_below(&r, 16));
		exec_regs(&e, INSN_X(978, 0, 0, 0), false, 0, 0, 0); /* tlbwe */
		taken += e.vector == EXEC_DONE;
		refused += e.vector == 6;
		/* Only loads: some of these pages are our own memory. */
		exec_regs(&e, 32u << 26 | 4u << 21 | 6u << 16, rng_below(&r, 2), 0, 0, ea + rng_below(&r, 4096));
		hits += e.vector == EXEC_DONE;
		switch (rng_below(&r, 64)) {
		case 0:
			exec_regs(&e, INSN_X(786, 0, 0, 6), false, 0, 0, ea | rng_below(&r, 2) << 3);
			break;
		case 1:
			spr_write(1012, rng_below(&r, 2) ? 4 : 2);
			break;
		case 2:
			exec_regs(&e, INSN_X(18, rng_below(&r, 4), 0, 6), false, 0, 0, ea);
			break;
		case 3:
			exec_regs(&e, INSN_X(914, 0, 0, 6), false, 0, 0, ea); /* tlbsx */
			exec_regs(&e, INSN_X(946, 0, 0, 0), false, 0, 0, 0);  /* tlbre */
			break;
		default:
			break;
		}
	}
	for (step = 7; step < 13; step++) {
		tlb1_clear(step);
	}
	spr_write(1012, 4);
	irq_unmask();
	printf("tlb: %lu entries written, %lu refused, %lu loads hit\n", (unsigned long)taken,
	       (unsigned long)refused, (unsigned long)hits);
	TEST("tlb", taken > 0 && refused > 0 && hits > 0, "%lu taken", (unsigned long)taken);
}

static void tick(void)
{
	ticks++;
}

static void storm_timer(uint32_t steps)
{
	uint32_t i;

	ticks = 0;
	irq_unmask();
	for (i = 0; i < steps; i++) {
		timer_set(time_now() + (i & 63), tick);
		progress("storm timer", 0, i);
	}
	timer_set(UINT64_MAX, NULL);
	TEST("timer interrupts", ticks > steps / 4 && ticks <= steps, "%lu of %lu", (unsigned long)ticks,
	     (unsigned long)steps);
}

static void storm_ipi(uint32_t steps)
{
	uint32_t i;

	irq_on(irq_ipi(1), irq_count, (void *)&ipis);
	irq_unmask();
	ipis = 0;
	for (i = 0; i < steps; i++) {
		irq_send(i % cpu_count(), 1);
		progress("storm ipi", 0, i);
	}
	TEST("ipis arrive", ipis > 0 && ipis <= steps, "%lu", (unsigned long)ipis);
}

/* To a partition that does not read, or is dead: the sender pays, nobody else. */
static void storm_bells(uint32_t steps)
{
	uint32_t ring = fdt_node_u32(hv_node("ring"), "hv-handle", 0);
	uint32_t i, bad = 0;

	for (i = 0; i < steps; i++) {
		bad += doorbell_send(ring) != 0;
		progress("storm bell", 0, i);
	}
	TEST("doorbells accepted", bad == 0, "%lu refused", (unsigned long)bad);
}

static void storm_channel(uint32_t steps)
{
	uint32_t peer = fdt_node_u32(hv_node("peer"), "hv-handle", 0);
	uint64_t sent = 0;
	uint32_t i;

	for (i = 0; i < steps; i++) {
		sent += chan_send(peer, "0123456789abcdef", 16);
		progress("storm channel", 0, i);
	}
	TEST("channel is bounded", sent > 0 && sent <= (uint64_t)steps * 16, "%llu", (unsigned long long)sent);
}

void storm_run(const char *arg, uint64_t steps, uint64_t seed)
{
	(void)seed;
	if (strcmp(arg, "ipi") == 0) {
		storm_ipi(steps);
	} else if (strcmp(arg, "timer") == 0) {
		storm_timer(steps);
	} else if (strcmp(arg, "bell") == 0) {
		storm_bells(steps);
	} else {
		storm_channel(steps);
	}
}

/* ---- deaths ------------------------------------------------------------------------------------------ */

static void die_vectors(void) /* program interrupts without end */
{
	spr_write(63, 0x20000000);
	__asm__ volatile(".long 0");
}

static void die_checkstop(void)
{
	__asm__ volatile("mfmsr 0; li 4, 0x1000; andc 0, 0, 4; mtmsr 0; isync" : : : "r0", "r4");
	*(volatile uint32_t *)0x20000000;
}

static void die_map(void) /* the page it runs on goes away */
{
	tlb1_clear(0);
}

static void die_hang(void)
{
	irq_mask();
	for (;;) {
		__asm__ volatile("");
	}
}

static void die_wait(void)
{
	irq_mask();
	for (;;) {
		__asm__ volatile(".long 0x7c00007c");
	}
}

static void die_watchdog(void)
{
	/* WRC = 2, period 2^17 ticks: the third expiry. */
	irq_mask();
	spr_write(SPR_TCR, 3u << 30 | 11u << 17 | 2u << 28);
	die_hang();
}

static void die_stop(void)
{
	part_stop(PART_SELF);
}

static void die_restart(void)
{
	part_restart(PART_SELF);
}

static void die_busy_worker(void)
{
	uint32_t n;

	for (;;) {
		n = 4096;
		part_getprop(PART_SELF, "/", "compatible", (void *)0x00e00000, &n);
		irq_send(0, 5);
	}
}

/* One CPU is always inside a call while the other one ends it all. */
static void die_busy(void)
{
	cpu_start(1, die_busy_worker);
	time_delay_us(2000);
	part_restart(PART_SELF);
}

void die_run(const char *arg, uint64_t steps, uint64_t seed)
{
	static const struct death deaths[] = {
	    {"vectors", die_vectors}, {"checkstop", die_checkstop}, {"map", die_map},	  {"hang", die_hang},
	    {"wait", die_wait},	      {"watchdog", die_watchdog},   {"stop", die_stop},	  {"off", system_off},
	    {"reset", system_reset},  {"restart", die_restart},	    {"busy", die_busy},
	};

	(void)steps;
	(void)seed;
	death_run(arg, deaths, sizeof(deaths) / sizeof(deaths[0]));
}
