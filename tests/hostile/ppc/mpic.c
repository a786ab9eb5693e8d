/* SPDX-License-Identifier: BSD-3-Clause */
/* The emulated MPIC works as MPC8572 RM chapter 10 says: priorities, service, IPIs, timers, reset. */
/* boot CPU, interrupts masked: everything is seen by IACK */
#include "hostile.h"

enum {
	IPIDR = 0x40, CTPR = 0x80, WHOAMI = 0x90, IACK = 0xa0, EOI = 0xb0, FRR = 0x1000, GCR = 0x1020,
	IPIVPR = 0x10a0, SVR = 0x10e0, TIMER = 0x1100, SOURCE = 0x10000, OWN = 0x20000,
};
#define MASK 0x80000000u
#define ACTIVE 0x40000000u
#define VPR(priority, vector) ((priority) << 16 | (vector))
#define SPURIOUS 0xffffu
#define HZ 25000000u

static uint32_t base;

static uint32_t rd(uint32_t offset)
{
	return *(volatile uint32_t *)(uintptr_t)(base + offset);
}

static void wr(uint32_t offset, uint32_t x)
{
	*(volatile uint32_t *)(uintptr_t)(base + offset) = x;
}

static void expect(const char *name, uint32_t offset, uint32_t wanted)
{
	uint32_t x = rd(offset);

	TEST(name, x == wanted, "0x%lx instead of 0x%lx", (unsigned long)x, (unsigned long)wanted);
}

static void test_reset(void)
{
	unsigned int n, open = 0;

	wr(SVR, 0x1234);
	wr(CTPR, 3);
	wr(IPIVPR, VPR(5, 0x42));
	wr(GCR, 0x80000000);
	for (n = 0; n < 256; n++) {
		open += (rd(SOURCE + 0x20 * n) & MASK) == 0;
	}
	TEST("sources after a reset", open == 0, "%u not masked", open);
	expect("task priority after a reset", CTPR, 15);
	expect("IPI after a reset", IPIVPR, MASK);
	expect("spurious vector after a reset", SVR, SPURIOUS);
	expect("CPUs", FRR, 255u << 16 | (cpu_count() - 1) << 8 | 2);
	expect("this CPU", WHOAMI, cpu_index());
}

static void test_service(void)
{
	wr(GCR, 0x20000000);
	wr(IPIVPR, VPR(5, 0x42));
	wr(IPIVPR + 0x10, VPR(9, 0x43));
	wr(IPIVPR + 0x20, VPR(5, 0x44));
	expect("nothing", IACK, SPURIOUS);
	wr(SVR, 0x7e);
	expect("nothing, by its new vector", IACK, 0x7e);
	wr(SVR, SPURIOUS);
	wr(IPIDR, 1);
	expect("below the task priority", IACK, SPURIOUS);
	wr(CTPR, 5);
	expect("at the task priority", IACK, SPURIOUS);
	wr(CTPR, 4);
	expect("above the task priority", IACK, 0x42);
	expect("once", IACK, SPURIOUS);
	TEST("active", (rd(IPIVPR) & ACTIVE) != 0, "not");
	wr(IPIDR + 0x20, 1);
	expect("an equal one waits", IACK, SPURIOUS);
	wr(OWN + IPIDR + 0x10, 1);
	expect("a higher one does not, by the private page", OWN + IACK, 0x43);
	wr(EOI, 0);
	expect("the first one is still in service", IACK, SPURIOUS);
	wr(EOI, 0);
	expect("the equal one's turn", IACK, 0x44);
	wr(EOI, 0);
	TEST("not active", (rd(IPIVPR) & ACTIVE) == 0, "still");
	wr(IPIVPR, MASK | VPR(5, 0x42));
	wr(IPIDR, 1);
	expect("masked", IACK, SPURIOUS);
	wr(IPIVPR, VPR(5, 0x42));
	expect("unmasked", IACK, 0x42);
	wr(EOI, 0);
	wr(IPIVPR, VPR(0, 0x42));
	wr(CTPR, 0);
	wr(IPIDR, 1);
	expect("priority 0 is none", IACK, SPURIOUS);
	wr(GCR, 0x80000000);
}

/* Within five seconds; each read of IACK takes one. */
static bool comes(uint32_t vector)
{
	uint64_t end = time_now() + 5 * time_hz();
	uint32_t seen = SPURIOUS;

	while (seen == SPURIOUS && time_now() < end) {
		seen = rd(IACK);
	}
	return seen == vector;
}

static void test_timer(unsigned int n)
{
	uint32_t at = TIMER + 0x1000 * (n / 4) + 0x40 * (n % 4), toggle;
	uint64_t begin;

	wr(CTPR, 0);
	wr(at + 0x20, VPR(7, 0x60 + n));
	wr(at + 0x30, 1);
	begin = time_now();
	wr(at + 0x10, HZ / 100);
	TEST("timer", comes(0x60 + n) && time_now() >= begin + time_hz() / 100, "%u: after %llu",
	     n, (unsigned long long)(time_now() - begin));
	toggle = rd(at) & 0x80000000;
	wr(EOI, 0);
	TEST("timer again, toggling", comes(0x60 + n) && toggle != 0 &&
	     (rd(at) & 0x80000000) == 0, "%u: %lx", n, (unsigned long)rd(at));
	wr(EOI, 0);
	wr(at + 0x10, MASK | HZ / 100);
	rd(IACK);
	wr(EOI, 0);
	time_delay_us(30000);
	expect("timer inhibited", IACK, SPURIOUS);
}

void mpic_run(const char *arg, uint64_t steps, uint64_t seed)
{
	int node = fdt_node_compatible_n("fsl,mpic", 0), len;
	const fdt32_t *reg = node < 0 ? NULL : fdt_getprop(fdt, node, "reg", &len);
	uint64_t at;

	(void)arg;
	(void)steps;
	(void)seed;
	if (!reg) {
		test_skip("mpic", "this partition has none");
		return;
	}
	at = (uint64_t)fdt32_to_cpu(reg[0]) << 32 | fdt32_to_cpu(reg[1]);
	irq_mask();
	tlb1_map(SLOT_WINDOW, WINDOW, at & ~UINT64_C(0xfffff), 10, PERM_SUPER);
	base = WINDOW + (uint32_t)(at & 0xfffff);
	test_reset();
	test_service();
	test_timer(0);
	test_timer(7);
	tlb1_clear(SLOT_WINDOW);
	irq_unmask();
}
