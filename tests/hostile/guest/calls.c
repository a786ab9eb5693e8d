/* SPDX-License-Identifier: BSD-3-Clause */
/* Hypercalls and firmware calls with arguments that make no sense, or almost. */
/* boot CPU */
#include "hostile.h"

#include "facet/hcall.h"

#define REGS 29

void call_hvc(uint64_t x[REGS]);
void call_smc(uint64_t x[REGS]);

static struct {
	uint64_t status[16], refused, odd, destroyed;
} totals;

static void totals_print(const char *name, uint64_t steps)
{
	unsigned int i;

	printf("%s: %llu calls, not supported %llu, statuses", name, (unsigned long long)steps,
	       (unsigned long long)totals.refused);
	for (i = 0; i < 16; i++) {
		if (totals.status[i]) {
			printf(" %u:%llu", i, (unsigned long long)totals.status[i]);
		}
	}
	printf(", other %llu, faults %llu\n", (unsigned long long)totals.odd,
	       (unsigned long long)outcome.faults);
	TEST("registers kept", totals.destroyed == 0, "%llu calls changed x8..x28",
	     (unsigned long long)totals.destroyed);
}

static void call(uint64_t x[REGS], bool is_smc)
{
	unsigned int i;

	for (i = 8; i < REGS; i++) {
		x[i] = 0xabcd0000 + i;
	}
	if (is_smc) {
		call_smc(x);
	} else {
		call_hvc(x);
	}
	for (i = 8; i < REGS; i++) {
		if (x[i] != 0xabcd0000 + i) {
			if (totals.destroyed++ == 0) {
				printf("x%u changed\n", i);
			}
			return;
		}
	}
}

/* Calls that end or restart this partition when they name itself: those are deaths, see die.c. */
static bool is_suicide(uint64_t vendor, uint64_t number, uint64_t target)
{
	uint32_t self = fdt_node_u32(fdt_path_offset(fdt, "/hypervisor"), "guest-id", 0);

	return vendor != HCALL_VENDOR_EPAPR &&
	       (number == FH_PARTITION_RESTART || number == FH_PARTITION_STOP ||
		number == FH_PARTITION_START) &&
	       ((uint32_t)target == 0xffffffff || (uint32_t)target == self);
}

static uint64_t draw_number(struct rng *r)
{
	return rng_below(r, 8) ? rng_below(r, 24) : rng_below(r, 256);
}

void hcalls_run(const char *arg, uint64_t steps, uint64_t seed)
{
	struct rng r = {seed};
	uint64_t x[REGS], step, vendor, number;
	unsigned int i;

	(void)arg;
	memset(&totals, 0, sizeof(totals));
	for (step = 0; step < steps; step++) {
		progress("hcalls", seed, step);
		vendor = rng_below(&r, 4) ? 1 + rng_below(&r, 2) : rng_below(&r, 256);
		number = draw_number(&r);
		for (i = 1; i < 8; i++) {
			x[i] = rng_value(&r);
		}
		if (is_suicide(vendor, number, x[1])) {
			x[1] = 0;
		}
		x[0] = HCALL_SMCCC(vendor, number);
		call(x, false);
		if (x[0] < 14) {
			totals.status[x[0]]++;
		} else if ((int64_t)x[0] == -1 || (int32_t)x[0] == -1) {
			totals.refused++;
		} else {
			totals.odd++;
			printf("vendor %llu number %llu: status 0x%llx\n",
			       (unsigned long long)vendor, (unsigned long long)number,
			       (unsigned long long)x[0]);
		}
	}
	totals_print("hcalls", steps);
	TEST("documented statuses", totals.odd == 0, "%llu others", (unsigned long long)totals.odd);
}

/* Power down, off and reset of itself are deaths; everything else is fair. */
static bool is_lethal(uint64_t fn)
{
	uint32_t number = (uint32_t)fn & 0xbfffffff;

	return (fn >> 32) == 0 &&
	       ((number == 0x84000001) || number == 0x84000002 || number == 0x84000008 ||
		number == 0x84000009 || number == 0x8400000c || number == 0x8400000d ||
		number == 0x8400000e || number == 0x84000012);
}

static uint64_t draw_function(struct rng *r)
{
	static const uint32_t owners[] = {0x80000000, 0x84000000, 0xc4000000, 0x86000000,
					  0xc6000000, 0xbf000000, 0x04000000, 0xff000000};
	uint64_t fn;

	do {
		switch (rng_below(r, 4)) {
		case 0:
			fn = rng_value(r);
			break;
		case 1:
			fn = owners[rng_below(r, 8)] + rng_below(r, 0x10000);
			break;
		default:
			fn = owners[rng_below(r, 8)] + rng_below(r, 32);
			break;
		}
		fn &= rng_below(r, 16) ? 0xffffffff : UINT64_MAX;
	} while (is_lethal(fn) || is_lethal(fn & 0xffffffff) || ((uint32_t)fn >> 24 & 0x3f) == 6);
	return fn;
}

/* CPUs that are not ours do not exist, whichever way one asks. */
static void psci_confined(void)
{
	uint64_t x[REGS], target, i, wrong = 0;
	static const uint32_t fns[] = {PSCI_CPU_ON, PSCI_CPU_ON & ~0x40000000u, PSCI_AFFINITY_INFO,
				       PSCI_AFFINITY_INFO & ~0x40000000u};

	for (target = cpu_count(); target < 40; target++) {
		for (i = 0; i < 8; i++) {
			x[0] = fns[i / 2];
			x[1] = target < 24 ? target : (target - 23) << 8;
			x[2] = i < 4 ? ram_base : 0;
			x[3] = 0;
			call(x, i & 1);
			wrong += (int32_t)x[0] != -1 && (int32_t)x[0] != -2;
		}
	}
	TEST("psci is confined", wrong == 0, "%llu answers", (unsigned long long)wrong);
}

void smc_run(const char *arg, uint64_t steps, uint64_t seed)
{
	struct rng r = {seed};
	uint64_t x[REGS], step;
	unsigned int i;
	bool hvc_only = strcmp(arg, "hvc") == 0;

	memset(&totals, 0, sizeof(totals));
	for (step = 0; step < steps; step++) {
		progress("smc", seed, step);
		for (i = 1; i < 8; i++) {
			x[i] = rng_value(&r);
		}
		x[0] = draw_function(&r);
		if ((x[0] & 0xbfffffff) ==
		    0x84000003) { /* CPU_ON: our own CPUs are started by die.c only */
			x[1] = 0x100 + rng_below(&r, 4);
		}
		call(x, !hvc_only && rng_below(&r, 2));
		if ((int64_t)x[0] == -1 || (uint32_t)x[0] == 0xffffffff) {
			totals.refused++;
		} else {
			totals.status[0]++;
		}
	}
	totals_print("smc", steps);
	psci_confined();
	TEST("psci still answers", psci(PSCI_VERSION, 0, 0, 0) >= 0x10000, "%lld",
	     (long long)psci(PSCI_VERSION, 0, 0, 0));
}
