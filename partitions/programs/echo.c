/* SPDX-License-Identifier: BSD-3-Clause */
/* Answers every doorbell `bell` with `ring`, from the handler, and sleeps otherwise. */
/* boot CPU; partner of bench.c, also a target of doorbell storms */
#include "facet/test.h"

static uint32_t ring;
static volatile uint32_t rings;

static void rung(uint32_t irq, void *arg)
{
	(void)irq;
	(void)arg;
	rings++;
	doorbell_send(ring);
}

int main(void)
{
	if (hv_node("bell") >= 0) { /* without doorbells it only waits */
		ring = fdt_node_u32(hv_node("ring"), "hv-handle", 0);
		irq_on(fdt_node_irq(hv_node("bell"), 0), rung, NULL);
	}
	test_pass("echo");
	test_done();
	for (;;) {
		cpu_sleep();
	}
}
