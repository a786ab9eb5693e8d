/* SPDX-License-Identifier: BSD-3-Clause */
/* Emulated devices, register by register, and everything around memory that is not there. */
/* boot CPU */
#include "hostile.h"

static struct {
	uint64_t accesses, faults, sum;
} totals;

struct window {
	const char *name;
	uint64_t base, size;
	bool is_uart;
};

static void load(uint64_t at, unsigned int size)
{
	struct fault f;
	uint64_t value;

	totals.accesses++;
	if (guard_load(at, size, &value, &f)) {
		totals.sum = totals.sum * 31 + value;
	} else {
		totals.faults++;
	}
}

static void store(uint64_t at, unsigned int size, uint64_t value)
{
	struct fault f;

	totals.accesses++;
	if (!guard_store(at, size, value, &f)) {
		totals.faults++;
	}
}

static void sweep_at(const struct window *w, uint64_t offset, struct rng *r)
{
	uint64_t patterns[4] = {0, UINT64_MAX, (uint64_t)1 << (offset / 4 & 63), rng_next(r)};
	unsigned int size, i;

	for (size = 1; size <= 8; size *= 2) {
		load(w->base + offset, size);
		for (i = 0; i < 4; i++) {
			if (!w->is_uart || offset >= 4) { /* data would only fill our own console */
				store(w->base + offset, size, patterns[i]);
			}
		}
	}
	load(w->base + offset + 1, 2);
	load(w->base + offset + 3, 4);
}

/* Accesses the hardware gives no syndrome for: pairs, write-back, exclusives, cache zero. */
static void odd_forms(uint64_t at)
{
	uint64_t before = outcome.faults;

	__asm__ volatile("ldp x2, x3, [%0]" : : "r"(at) : "x2", "x3", "memory");
	__asm__ volatile("stp xzr, xzr, [%0]" : : "r"(at) : "memory");
	__asm__ volatile("mov x2, %0\n\tldr x3, [x2], #8" : : "r"(at) : "x2", "x3", "memory");
	__asm__ volatile("mov x2, %0\n\tstr wzr, [x2, #4]!" : : "r"(at) : "x2", "memory");
	__asm__ volatile("ldxr x2, [%0]" : : "r"(at) : "x2", "memory");
	__asm__ volatile("stxr w2, xzr, [%0]" : : "r"(at) : "w2", "memory");
	__asm__ volatile("dc zva, %0" : : "r"(at) : "memory");
	__asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
	__asm__ volatile("ldar w2, [%0]" : : "r"(at) : "x2", "memory");
	__asm__ volatile("prfm pldl1keep, [%0]" : : "r"(at) : "memory");
	totals.accesses += 10;
	totals.faults += outcome.faults - before;
}

static unsigned int windows_find(struct window *w)
{
	int node = fdt_node_compatible_n("arm,pl011", 0);
	unsigned int n = 0;
	uint64_t base, size;

	w[n++] = (struct window){"dist", gic.dist, gic.version == 3 ? 0x10000 : 0x1000, false};
	if (gic.version == 3) {
		w[n++] =
		    (struct window){"redist", gic.redist, (uint64_t)0x20000 * cpu_count(), false};
	}
	if (node >= 0 && fdt_node_reg(node, 0, &base, &size)) {
		w[n++] = (struct window){"uart", base, 0x1000, true};
	}
	node = fdt_node_compatible_n("arm,gic-v2m-frame", 0);
	if (node >= 0 && fdt_node_reg(node, 0, &base, &size)) {
		w[n++] = (struct window){"messages", base, size, false};
	}
	return n;
}

static void window_sweep(const struct window *w, uint64_t seed)
{
	struct rng r = {seed};
	uint64_t offset;

	memset(&totals, 0, sizeof(totals));
	for (offset = 0; offset < w->size; offset += 4) {
		sweep_at(w, offset, &r);
		if ((offset & 0x3ff) == 0) {
			odd_forms(w->base + offset);
			cpu_relax();
		}
	}
	if (w->is_uart) {
		con_init();
	}
	printf("mmio %s: %llu accesses, %llu faults\n", w->name,
	       (unsigned long long)totals.accesses, (unsigned long long)totals.faults);
}

static volatile uint32_t ipis, ticks;

static void tick(void)
{
	ticks++;
}

/* After all that the interrupt controller can be set up again and works. */
static void gic_works(void)
{
	uint32_t before;

	irqs_again();
	irq_on(irq_ipi(1), irq_count, (void *)&ipis);
	before = ipis;
	irq_send(0, 1);
	TEST("ipi after sweep", POLL_WAIT(ipis == before + 1, 3000), "%u",
	     (unsigned int)(ipis - before));
	before = ticks;
	timer_set(UINT64_MAX, NULL);
	timer_set(time_now() + 1000, tick);
	TEST("timer after sweep", POLL_WAIT(ticks == before + 1, 3000), "%u",
	     (unsigned int)(ticks - before));
}

void mmio_run(const char *arg, uint64_t steps, uint64_t seed)
{
	struct window w[4];
	unsigned int n = windows_find(w), i;

	(void)steps;
	irq_mask();
	for (i = 0; i < n; i++) {
		if (*arg == '\0' || strcmp(arg, "all") == 0 || strcmp(arg, w[i].name) == 0) {
			window_sweep(&w[i], seed);
		}
	}
	gic_works();
}

/* True when nothing of ours is there: no memory, no device of our tree. */
static bool is_foreign(uint64_t at)
{
	return at - ram_base >= ram_size && at - gic.dist >= 0x10000 &&
	       (gic.version != 3 || at - gic.redist >= (uint64_t)0x20000 * cpu_count()) &&
	       (gic.version != 2 || at - gic.cpu >= 0x2000) && at - 0x09000000 >= 0x10000 &&
	       at < 0x8000000000;
}

static uint64_t foreign_address(struct rng *r)
{
	uint64_t at;

	do {
		at = rng_address(r) & ~UINT64_C(7);
	} while (!is_foreign(at));
	return at;
}

/* Loads and stores outside everything we own must fault, each of them, with the right syndrome. */
static void stray_one(uint64_t at, unsigned int size, bool is_store, uint64_t *reached,
		      uint64_t *wrong)
{
	struct fault f = {0, 0, 0};
	uint64_t value = 0;
	bool ok = is_store ? guard_store(at, size, 0, &f) : guard_load(at, size, &value, &f);

	totals.accesses++;
	if (ok) {
		(*reached)++;
		printf("reached 0x%llx: 0x%llx\n", (unsigned long long)at,
		       (unsigned long long)value);
	} else if (f.syndrome >> 26 != 0x25 || (f.syndrome & 0x3f) != 0x10 || f.addr != at) {
		(*wrong)++;
		if (*wrong < 5) {
			printf("at 0x%llx: syndrome 0x%llx addr 0x%llx\n", (unsigned long long)at,
			       (unsigned long long)f.syndrome, (unsigned long long)f.addr);
		}
	}
}

/* Every edge of what we own and of what others may own, from both sides, in every width. */
static void stray_edges(uint64_t *reached, uint64_t *wrong)
{
	static const int64_t steps[] = {-0x1000, -8, 0, 8, 0xff8, 0x1000};
	unsigned int i, n, size;
	uint64_t at;

	for (i = 0; i < edge_count(); i++) {
		for (n = 0; n < 6; n++) {
			at = edge_at(i) + (uint64_t)steps[n];
			for (size = 1; size <= 8 && is_foreign(at) && is_foreign(at + 7);
			     size *= 2) {
				stray_one(at, size, false, reached, wrong);
				stray_one(at, size, true, reached, wrong);
				stray_one(at + 8 - size, size, false, reached, wrong);
				stray_one(at + 8 - size, size, true, reached, wrong);
			}
		}
	}
}

void stray_run(const char *arg, uint64_t steps, uint64_t seed)
{
	struct rng r = {seed};
	uint64_t step, reached = 0, wrong = 0, fetches = 0, before;

	(void)arg;
	memset(&totals, 0, sizeof(totals));
	stray_edges(&reached, &wrong);
	for (step = 0; step < steps; step++) {
		uint64_t at = foreign_address(&r);

		progress("stray", seed, step);
		stray_one(at, 1u << rng_below(&r, 4), rng_below(&r, 2), &reached, &wrong);
		if (rng_below(&r, 8) == 0) {
			odd_forms(at);
		}
		if (rng_below(&r, 8) == 0) {
			before = outcome.faults;
			survive_call((void (*)(uint64_t))at, 0);
			fetches++;
			reached += outcome.faults == before;
		}
	}
	printf("stray: %llu accesses, %llu jumps, reached %llu\n",
	       (unsigned long long)totals.accesses, (unsigned long long)fetches,
	       (unsigned long long)reached);
	TEST("nothing reached", reached == 0, "%llu", (unsigned long long)reached);
	TEST("external aborts", wrong == 0, "%llu had another syndrome", (unsigned long long)wrong);
}
