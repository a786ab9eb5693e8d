/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts and messages as fast as they can be made. */
/* boot CPU */
#include "hostile.h"

static volatile uint32_t ipis, bells, ticks;

static void tick(void)
{
	ticks++;
}

static void storm_ipis(uint64_t steps)
{
	uint64_t i;

	irq_on(irq_ipi(1), irq_count, (void *)&ipis);
	ipis = 0;
	for (i = 0; i < steps; i++) {
		irq_send((unsigned int)(i % cpu_count()), 1);
		progress("storm ipi", 0, i);
	}
	printf("storm ipi: %llu sent, %u taken\n", (unsigned long long)steps, (unsigned int)ipis);
	TEST("ipis arrive", ipis > 0 && ipis <= steps, "%u", (unsigned int)ipis);
}

/* Any value in the register that sends them: only our own CPUs may be reached (v3). */
static void storm_sgir(uint64_t steps, uint64_t seed)
{
	struct rng r = {seed};
	uint64_t i;

	for (i = 0; gic.version == 3 && i < steps; i++) {
		uint64_t value = rng_next(&r);

		if (rng_below(&r, 2)) { /* affinity 0, where all the CPUs of this board are */
			value &= UINT64_C(0x0f00ffff);
		}
		sysreg_write(S3_0_C12_C11_5, value);
		progress("storm sgir", seed, i);
	}
	printf("storm sgir: %llu writes, %u without a handler\n", (unsigned long long)i,
	       (unsigned int)irq_spurious);
	test_pass("storm sgir");
}

static void storm_timer(uint64_t steps)
{
	uint64_t i;

	ticks = 0;
	for (i = 0; i < steps; i++) {
		timer_set(time_now(), tick);
		progress("storm timer", 0, i);
	}
	TEST("timer interrupts", POLL_WAIT(ticks == steps, 3000), "%u of %llu", (unsigned int)ticks,
	     (unsigned long long)steps);
}

/* To a partition that does not read, or is dead: the sender pays, nobody else. */
static void storm_bells(uint64_t steps)
{
	uint32_t ring = fdt_node_u32(hv_node("ring"), "hv-handle", 0);
	uint64_t i, bad = 0;

	if (hv_node("bell") >= 0) {
		irq_on(fdt_node_irq(hv_node("bell"), 0), irq_count, (void *)&bells);
	}
	for (i = 0; i < steps; i++) {
		bad += doorbell_send(ring) != 0;
		progress("storm bell", 0, i);
	}
	printf("storm bell: %llu rung, %u answered\n", (unsigned long long)steps,
	       (unsigned int)bells);
	TEST("doorbells accepted", bad == 0, "%llu refused", (unsigned long long)bad);
}

static void storm_channel(uint64_t steps)
{
	uint32_t peer = fdt_node_u32(hv_node("peer"), "hv-handle", 0);
	uint64_t i, sent = 0;
	uint8_t bytes[16] = "0123456789abcde";

	for (i = 0; i < steps; i++) {
		sent += chan_send(peer, bytes, 16);
		progress("storm channel", 0, i);
	}
	printf("storm channel: %llu bytes taken\n", (unsigned long long)sent);
	TEST("channel is bounded", sent <= steps * 16, "%llu", (unsigned long long)sent);
}

/* Lines of our own made pending by hand, level and edge, enabled and not. */
static void storm_lines(uint64_t steps, uint64_t seed)
{
	struct rng r = {seed};
	uint64_t i;

	for (i = 0; i < steps; i++) {
		uint64_t word = rng_below(&r, 32) * 4;
		static const uint32_t banks[] = {0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0xc00};

		mmio_write32(gic.dist + banks[rng_below(&r, 7)] + word, (uint32_t)rng_next(&r));
		progress("storm lines", seed, i);
	}
	irqs_again();
	printf("storm lines: %llu writes, %u strange interrupts\n", (unsigned long long)steps,
	       (unsigned int)irq_spurious);
	test_pass("storm lines");
}

void storm_run(const char *arg, uint64_t steps, uint64_t seed)
{
	if (strcmp(arg, "ipi") == 0) {
		storm_ipis(steps);
	} else if (strcmp(arg, "sgir") == 0) {
		storm_sgir(steps, seed);
	} else if (strcmp(arg, "timer") == 0) {
		storm_timer(steps);
	} else if (strcmp(arg, "bell") == 0) {
		storm_bells(steps);
	} else if (strcmp(arg, "channel") == 0) {
		storm_channel(steps);
	} else {
		storm_lines(steps, seed);
	}
}
