/* SPDX-License-Identifier: BSD-3-Clause */
/* The whole configuration space a partition sees: every function, offset, width and many patterns. */
/* boot CPU */
#include "facet/edu.h"
#include "hostile.h"

static struct {
	uint64_t accesses, faults, found, moved;
} totals;

static uint64_t config_load(uint64_t at, unsigned int size)
{
	struct fault f;
	uint64_t value = 0;

	totals.accesses++;
	totals.faults += !guard_load(at, size, &value, &f);
	return value;
}

static void config_store(uint64_t at, unsigned int size, uint64_t value)
{
	struct fault f;

	totals.accesses++;
	totals.faults += !guard_store(at, size, value, &f);
}

/* Where the function answers must not have moved, whatever was written. */
static void function_sweep(const struct pci_fn *fn, struct rng *r)
{
	static uint32_t before[6];
	unsigned int offset, size, i;

	for (i = 0; i < 6; i++) {
		before[i] = (uint32_t)pci_bar(fn, i);
	}
	for (offset = 0; offset < 0x1000; offset += 1) {
		uint64_t patterns[4] = {0, UINT64_MAX, (uint64_t)1 << offset % 64, rng_next(r)};

		for (size = 1; size <= 8; size *= 2) {
			config_load(fn->config + offset, size);
			for (i = 0; i < 4; i++) {
				config_store(fn->config + offset, size, patterns[i]);
			}
		}
		if (offset % 256 == 0) {
			cpu_relax();
		}
	}
	/* No interrupt may come from here on, and the function decodes again. */
	i = pci_cap(fn, PCI_CAP_MSI);
	if (i) {
		pci_write(fn, i + 2, 2, 0);
	}
	pci_write(fn, PCI_COMMAND, 2, 0);
	for (i = 0; i < 6; i++) {
		pci_write(fn, 0x10 + 4 * i, 4, 0x12340000 + (i << 12)); /* nothing brings it back */
		if ((uint32_t)pci_bar(fn, i) != before[i]) {
			totals.moved++;
			printf("bar %u: 0x%x, was 0x%x\n", i, (unsigned int)pci_bar(fn, i),
			       (unsigned int)before[i]);
		}
	}
	pci_enable(fn, true);
}

/* Slots of others, and of nobody: reads say that nothing is there, writes go nowhere. */
static void slot_sweep(uint64_t config, struct rng *r)
{
	unsigned int i, size;

	for (i = 0; i < 24; i++) {
		unsigned int offset = i < 16 ? i * 4 : (unsigned int)rng_below(r, 0x1000);

		for (size = 1; size <= 8; size *= 2) {
			uint64_t all = size == 8 ? UINT64_MAX : ((uint64_t)1 << 8 * size) - 1;

			config_store(config + offset, size, rng_next(r));
			totals.found += size <= 4 && offset % size == 0 &&
					config_load(config + offset, size) != all;
		}
	}
}

void config_run(const char *arg, uint64_t steps, uint64_t seed)
{
	struct rng r = {seed};
	struct pci_fn fn, own[32];
	unsigned int n = 0, i;
	uint64_t base = 0, size = 0, at;
	struct edu e;

	(void)arg;
	memset(&totals, 0, sizeof(totals));
	while (n < 32 && pci_find(PCI_ANY, n, &fn)) {
		own[n++] = fn;
	}
	if (n == 0) {
		test_fail("functions", "none");
		return;
	}
	fdt_node_reg(own[0].host, 0, &base, &size);
	for (at = base; at < base + size; at += 0x1000) {
		for (i = 0; i < n && own[i].config != at; i++) {
		}
		if (i == n) {
			slot_sweep(at, &r);
		} else if (i < steps) {
			function_sweep(&own[i], &r);
		}
	}
	printf("config: %u functions, %llu accesses, %llu faults\n", n,
	       (unsigned long long)totals.accesses, (unsigned long long)totals.faults);
	TEST("nobody else's", totals.found == 0, "%llu", (unsigned long long)totals.found);
	TEST("bars stay", totals.moved == 0, "%llu moved", (unsigned long long)totals.moved);
	if (edu_open(&e, 0, false)) {
		TEST("works after", edu_alive(&e), "device 0");
	}
}
