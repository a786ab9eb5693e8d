/* SPDX-License-Identifier: BSD-3-Clause */
/* A watchdog that nobody serves, and a manager that hears of it. */
/*
 * boot CPU, ppc only. role=0: start the watchdog with WRC and count seconds from then on. role=1: only
 * say what the timers of each CPU are (for a layout with watchdog-autostart-period). role=2: wait for the
 * doorbell of the managed partition `managed`, then report.
 */
#include "facet/test.h"

#include "facet/hcall.h"
#include "kit/ppc-e500mc/ppc.h"

#include <libfdt.h>
#include <stdio.h>

#define TCR_WATCHDOG (3u << 30 | 11u << 17) /* timebase bit 16: some third of a millisecond */
#define TCR_WRC 0x20000000u

static volatile uint32_t rung, other_tcr;

/* second CPU */
static void look(void)
{
	other_tcr = spr_read(SPR_TCR) | 1;
	for (;;) {
		cpu_sleep();
	}
}

static void manage(void)
{
	int node = fdt_subnode_offset(fdt, hv_node("managed"), "watchdog-expiration");
	uint32_t irq = node < 0 ? 0 : fdt_node_irq(node, 0), state = 99;

	TEST("watchdog doorbell", irq != 0, "none in the tree");
	if (irq != 0) {
		irq_on(irq, irq_count, (void *)&rung);
		TEST("rung", POLL_WAIT(rung != 0, 20000), "no doorbell");
		part_status(fdt_node_u32(hv_node("managed"), "hv-handle", 0), &state);
		TEST("it still runs", state == 1, "state %lu", (unsigned long)state);
	}
	test_done();
}

int main(void)
{
	uint64_t role = arg_u64("role", 0);
	unsigned int n;

	if (role == 2) {
		manage();
		return 0;
	}
	printf("dog: up, TSR 0x%lx TCR 0x%lx\n", (unsigned long)spr_read(SPR_TSR), (unsigned long)spr_read(SPR_TCR));
	if (cpu_count() > 1 && cpu_start(1, look) == 0 && POLL_WAIT(other_tcr != 0, 5000)) {
		printf("dog: second CPU, TCR 0x%lx\n", (unsigned long)other_tcr - 1);
	}
	if (role == 0) {
		time_delay_us(arg_u64("delay", 100000));
		spr_write(SPR_TCR, TCR_WATCHDOG | TCR_WRC);
		spr_write(SPR_TCR, 0);
		printf("dog: WRC %s\n", (spr_read(SPR_TCR) & TCR_WRC) != 0 ? "stays" : "gone");
		spr_write(SPR_TCR, TCR_WATCHDOG);
	}
	for (n = 1;; n++) {
		time_delay_us(1000000);
		printf("dog: second %u\n", n);
	}
}
