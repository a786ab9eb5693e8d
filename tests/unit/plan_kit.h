/* SPDX-License-Identifier: BSD-3-Clause */
/* Small boards and layouts for the planner's tests, written with libfdt so that no file is needed.
 */
#ifndef TESTS_UNIT_PLAN_KIT_H
#define TESTS_UNIT_PLAN_KIT_H

#include <libfdt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "hv/plan/check.h"
#include "hv/plan/plan.h"
#include "hv/plan/tree.h"

#define KIT_BLOB 8192
#define KIT_ARENA (1u << 20)

static inline void *kit_begin(void)
{
	void *b = aligned_alloc(8, KIT_BLOB);

	memset(b, 0, KIT_BLOB);
	if (fdt_create(b, KIT_BLOB) || fdt_finish_reservemap(b) || fdt_begin_node(b, ""))
		abort();
	return b;
}

static inline void kit_node(void *b, const char *name)
{
	if (fdt_begin_node(b, name))
		abort();
}

static inline void kit_end(void *b)
{
	if (fdt_end_node(b))
		abort();
}

/* The finished blob without the unused room behind it. */
static inline void *kit_finish(void *b, size_t *size)
{
	void *exact;

	kit_end(b);
	if (fdt_finish(b))
		abort();
	*size = fdt_totalsize(b);
	exact = aligned_alloc(8, (*size + 7) & ~(size_t)7);
	memcpy(exact, b, *size);
	free(b);
	return exact;
}

static inline void kit_str(void *b, const char *name, const char *s)
{
	if (fdt_property_string(b, name, s))
		abort();
}

static inline void kit_flag(void *b, const char *name)
{
	if (fdt_property(b, name, NULL, 0))
		abort();
}

static inline void kit_bytes(void *b, const char *name, const void *v, size_t n)
{
	if (fdt_property(b, name, v, (int)n))
		abort();
}

static inline void kit_cells(void *b, const char *name, unsigned n, ...)
{
	uint32_t cells[64];
	va_list ap;

	va_start(ap, n);
	for (unsigned i = 0; i < n; i++)
		cells[i] = cpu_to_fdt32(va_arg(ap, unsigned));
	va_end(ap);
	kit_bytes(b, name, cells, n * 4);
}

/* A node with compatible, left open. */
static inline void kit_is(void *b, const char *name, const char *compatible)
{
	kit_node(b, name);
	kit_str(b, "compatible", compatible);
}

/* ---------------------------------------------------------------- boards */

static inline void kit_device(void *b, const char *name, const char *compatible, unsigned at,
			      unsigned size, unsigned spi)
{
	kit_is(b, name, compatible);
	kit_cells(b, "reg", 4, 0, at, 0, size);
	if (spi)
		kit_cells(b, "interrupts", 3, 0, spi, 4);
	kit_end(b);
}

/* Four CPUs, 1 GiB at 0x40000000, GIC, one UART, an RTC, a GPIO block on the RTC's page, a DMA
 * engine. */
static inline void *kit_board(unsigned gic_version, size_t *size)
{
	static const char *const cpus[] = {"cpu@0", "cpu@1", "cpu@2", "cpu@3"};
	void *b = kit_begin();

	kit_str(b, "model", "test board");
	kit_str(b, "compatible", "facet,test");
	kit_cells(b, "#address-cells", 1, 2);
	kit_cells(b, "#size-cells", 1, 2);
	kit_cells(b, "interrupt-parent", 1, 1);
	kit_node(b, "cpus");
	kit_cells(b, "#address-cells", 1, 1);
	kit_cells(b, "#size-cells", 1, 0);
	for (unsigned i = 0; i < 4; i++) {
		kit_is(b, cpus[i], "arm,cortex-a53");
		kit_str(b, "device_type", "cpu");
		kit_cells(b, "reg", 1, i);
		kit_str(b, "enable-method", "psci");
		kit_end(b);
	}
	kit_end(b);
	kit_node(b, "memory@40000000");
	kit_str(b, "device_type", "memory");
	kit_cells(b, "reg", 4, 0, 0x40000000, 0, 0x40000000);
	kit_end(b);
	kit_is(b, "psci", "arm,psci-1.0");
	kit_str(b, "method", "smc");
	kit_end(b);
	kit_is(b, "timer", "arm,armv8-timer");
	kit_cells(b, "interrupts", 12, 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
	kit_end(b);
	kit_is(b, "intc@8000000", gic_version == 3 ? "arm,gic-v3" : "arm,cortex-a15-gic");
	kit_flag(b, "interrupt-controller");
	kit_cells(b, "#interrupt-cells", 1, 3);
	kit_cells(b, "phandle", 1, 1);
	if (gic_version == 3)
		kit_cells(b, "reg", 8, 0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0x80000);
	else
		kit_cells(b, "reg", 16, 0, 0x8000000, 0, 0x10000, 0, 0x8010000, 0, 0x10000, 0,
			  0x8030000, 0, 0x10000, 0, 0x8040000, 0, 0x10000);
	kit_cells(b, "interrupts", 3, 1, 9, 4);
	kit_end(b);
	kit_device(b, "uart@9000000", "arm,pl011", 0x9000000, 0x1000, 1);
	kit_device(b, "rtc@9010000", "arm,pl031", 0x9010000, 0x1000, 2);
	kit_device(b, "gpio@9010800", "arm,pl061", 0x9010800, 0x100, 3);
	kit_device(b, "dma@9020000", "arm,pl330", 0x9020000, 0x1000, 4);
	kit_device(b, "wdt@9030000", "arm,sp805", 0x9030000, 0x1000, 2);
	kit_node(b, "aliases");
	kit_str(b, "serial0", "/uart@9000000");
	kit_str(b, "clock", "/rtc@9010000");
	kit_end(b);
	kit_node(b, "chosen");
	kit_str(b, "stdout-path", "/uart@9000000");
	kit_end(b);
	return kit_finish(b, size);
}

/* ---------------------------------------------------------------- layouts */

/* phandles of a layout's objects */
enum { PH_HV = 1, PH_A, PH_B, PH_MUX, PH_UART, PH_BELL, PH_CONSOLE, PH_FREE };

static inline void kit_area(void *b, const char *name, unsigned phandle, unsigned at, unsigned size)
{
	kit_is(b, name, "phys-mem-area");
	kit_cells(b, "addr", 2, 0, at);
	kit_cells(b, "size", 2, 0, size);
	kit_cells(b, "phandle", 1, phandle);
	kit_end(b);
}

/* hv-config with console and mux, three areas; the root is left open. */
static inline void *kit_layout(void)
{
	void *b = kit_begin();

	kit_area(b, "hv-area", PH_HV, 0x40000000, 0x8000000);
	kit_area(b, "a-area", PH_A, 0x50000000, 0x4000000);
	kit_area(b, "b-area", PH_B, 0x60000000, 0x4000000);
	kit_is(b, "hv", "hv-config");
	kit_cells(b, "stdout", 1, PH_CONSOLE);
	kit_is(b, "memory", "hv-memory");
	kit_cells(b, "phys-mem", 1, PH_HV);
	kit_end(b);
	kit_node(b, "uart");
	kit_str(b, "device", "serial0");
	kit_cells(b, "phandle", 1, PH_UART);
	kit_end(b);
	kit_is(b, "console", "byte-channel");
	kit_cells(b, "endpoint", 1, PH_MUX);
	kit_cells(b, "mux-channel", 1, 0);
	kit_cells(b, "phandle", 1, PH_CONSOLE);
	kit_end(b);
	kit_end(b);
	kit_is(b, "mux", "byte-channel-mux");
	kit_cells(b, "endpoint", 1, PH_UART);
	kit_cells(b, "phandle", 1, PH_MUX);
	kit_end(b);
	kit_is(b, "bell", "doorbell");
	kit_cells(b, "phandle", 1, PH_BELL);
	kit_end(b);
	return b;
}

/* A partition with memory, left open. */
static inline void kit_part(void *b, const char *name, unsigned cpu, unsigned count, unsigned area)
{
	kit_is(b, name, "partition");
	kit_cells(b, "cpus", 2, cpu, count);
	kit_cells(b, "guest-image", 6, 0, 0x41000000, 0, 0x40000000, 0, 0x1000);
	kit_is(b, "memory", "guest-phys-mem-area");
	kit_cells(b, "phys-mem", 1, area);
	kit_cells(b, "guest-addr", 2, 0, 0x40000000);
	kit_end(b);
}

static inline void kit_vuart(void *b, const char *name, unsigned channel)
{
	kit_is(b, name, "virtual-uart");
	kit_cells(b, "guest-addr", 2, 0, 0x9000000);
	kit_cells(b, "endpoint", 1, PH_MUX);
	kit_cells(b, "mux-channel", 1, channel);
	kit_end(b);
}

/* Two partitions that talk: the layout of the robustness tests. */
static inline void *kit_pair(size_t *size)
{
	void *b = kit_layout();

	kit_part(b, "a", 0, 2, PH_A);
	kit_vuart(b, "uart0", 1);
	kit_is(b, "ring", "send-doorbell");
	kit_cells(b, "global-doorbell", 1, PH_BELL);
	kit_end(b);
	kit_node(b, "rtc");
	kit_str(b, "device", "clock");
	kit_end(b);
	kit_node(b, "gpio");
	kit_str(b, "device", "/gpio@9010800");
	kit_end(b);
	kit_end(b);
	kit_part(b, "b", 2, 1, PH_B);
	kit_vuart(b, "uart0", 2);
	kit_is(b, "hear", "receive-doorbell");
	kit_cells(b, "global-doorbell", 1, PH_BELL);
	kit_end(b);
	kit_node(b, "node-update");
	kit_node(b, "chosen");
	kit_str(b, "bootargs", "quiet");
	kit_end(b);
	kit_end(b);
	kit_end(b);
	return kit_finish(b, size);
}

/* ---------------------------------------------------------------- planning */

/* What a test plans with; the arena is the caller's to free. */
struct kit {
	struct plan_input in;
	struct arena arena;
	void *hw, *cfg;
};

static inline struct plan *kit_plan(struct kit *k, void *hw, size_t hw_size, void *cfg,
				    size_t cfg_size)
{
	*k = (struct kit){.hw = hw, .cfg = cfg};
	k->in.arch = PLAN_ARM64;
	k->in.hw = hw;
	k->in.hw_size = hw_size;
	k->in.cfg = cfg;
	k->in.cfg_size = cfg_size;
	k->arena.size = KIT_ARENA;
	k->arena.base = malloc(k->arena.size);
	return plan_build(&k->in, &k->arena);
}

static inline void kit_free(struct kit *k)
{
	free(k->arena.base);
	free(k->hw);
	free(k->cfg);
}

/* How many findings of a check the plan has. */
static inline unsigned kit_count(const struct plan *p, enum plan_check_id check)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->diag_count; i++)
		n += p->diags[i].check == check;
	return n;
}

#endif
