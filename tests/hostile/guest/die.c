/* SPDX-License-Identifier: BSD-3-Clause */
/* Thirteen ways for a partition to die, and a fingerprint of the machine it is born into. */
/* boot CPU */
#include "hostile.h"

#include "facet/hcall.h"

/* Fingerprints of the machine at entry, so that a difference has a name. */
enum { PRINT_REGS, PRINT_TIME, PRINT_DIST, PRINT_REDIST, PRINT_CPU, PRINT_DATA, PRINTS };
static uint32_t prints[PRINTS];
static volatile uint32_t births = 1; /* counts only when the image was not loaded anew */

static void mix(unsigned int n, uint64_t x)
{
	prints[n] = (prints[n] ^ (uint32_t)x ^ (uint32_t)(x >> 32)) * 16777619u;
}

static void mix_range(unsigned int n, uint64_t base, uint64_t from, uint64_t to)
{
	for (; from < to; from += 4) {
		mix(n, mmio_read32(base + from));
	}
}

/* Enables, pending, active, priorities, configuration, groups, routes: all that a death could
 * leave. */
static void entry_gic3(int node)
{
	uint64_t dist, redist, size;

	if (!fdt_node_reg(node, 0, &dist, &size) || !fdt_node_reg(node, 1, &redist, &size)) {
		return;
	}
	mix_range(PRINT_DIST, dist, 0x0, 0x8);
	mix_range(PRINT_DIST, dist, 0x80, 0x500);
	mix_range(PRINT_DIST, dist, 0xc00, 0xd00);
	mix_range(PRINT_DIST, dist, 0x6100, 0x6200);
	mix(PRINT_REDIST, mmio_read32(redist)); /* GICR_CTLR */
	mix_range(PRINT_REDIST, redist + 0x10000, 0x80, 0x420);
	mix_range(PRINT_REDIST, redist + 0x10000, 0xc00, 0xc08);
	mix(PRINT_CPU, sysreg_read(S3_0_C12_C12_7)); /* ICC_IGRPEN1_EL1 */
	mix(PRINT_CPU, sysreg_read(S3_0_C4_C6_0));   /* ICC_PMR_EL1 */
	mix(PRINT_CPU, sysreg_read(S3_0_C12_C12_3)); /* ICC_BPR1_EL1 */
	mix(PRINT_CPU, sysreg_read(S3_0_C12_C9_0));  /* ICC_AP1R0_EL1 */
}

void entry_hook(void)
{
	int node = fdt_node_compatible_n("arm,gic-v3", 0);
	unsigned int i;

	for (i = 0; i < PRINTS; i++) {
		prints[i] = 2166136261u;
	}
	for (i = 0; i < ENTRY_REGS; i++) {
		mix(PRINT_REGS, entry_regs[i]);
	}
	mix(PRINT_DATA, births++);
	mix(PRINT_TIME, sysreg_read(cntv_ctl_el0));
	mix(PRINT_TIME, sysreg_read(cntkctl_el1));
	mix(PRINT_TIME, sysreg_read(mdscr_el1));
	if (node >= 0) {
		entry_gic3(node);
	}
}

void entry_print(void)
{
	printf("HOSTILE ready entry regs:%08x,time:%08x,dist:%08x,redist:%08x,cpu:%08x,data:%08x\n",
	       (unsigned int)prints[PRINT_REGS], (unsigned int)prints[PRINT_TIME],
	       (unsigned int)prints[PRINT_DIST], (unsigned int)prints[PRINT_REDIST],
	       (unsigned int)prints[PRINT_CPU], (unsigned int)prints[PRINT_DATA]);
}

/* For a person who looks for the difference. */
static void entry_dump(void)
{
	unsigned int i;

	for (i = 0; i < ENTRY_REGS; i++) {
		printf("entry %u 0x%llx\n", i, (unsigned long long)entry_regs[i]);
	}
}

static void die_undefined(void)
{
	static uint32_t vectors[512] __attribute__((aligned(2048))); /* zero words: all undefined */

	sysreg_write(vbar_el1, (uint64_t)vectors);
	isb();
	__asm__ volatile(".word 0");
}

static void die_branch(void)
{
	sysreg_write(vbar_el1, UINT64_C(0x0b000000));
	isb();
	((void (*)(void))0x0b001000)();
}

static void die_stack(void)
{
	__asm__ volatile("mov sp, %0\n\t.word 0" : : "r"(UINT64_C(0x0b000000)));
}

static void die_hang(void)
{
	irq_mask();
	__asm__ volatile("msr daifset, #15\n1:\tb 1b");
}

static void die_halt(void)
{
	__asm__ volatile("msr daifset, #15\n1:\twfi\n\tb 1b");
}

static void die_mmu(void)
{
	sysreg_write(sctlr_el1, 0);
	isb();
	sysreg_write(ttbr0_el1, UINT64_C(0x0b000000));
	sysreg_write(sctlr_el1, 1);
	isb();
}

static void die_stop(void)
{
	part_stop(0xffffffff);
}

static void die_restart(void)
{
	part_restart(0xffffffff);
}

static void die_busy_worker(void)
{
	struct hcall_regs io;

	for (;;) {
		io = (struct hcall_regs){.r = {[1] = 0xffffffff,
					       [2] = ram_base,
					       [3] = ram_base,
					       [4] = ram_base,
					       [5] = 4096}};
		hcall(HCALL_VENDOR_FSL, FH_PARTITION_GET_DTPROP, &io);
		irq_send(0, 5);
	}
}

/* One CPU is always inside a call while the other one ends it all. */
static void die_busy(void)
{
	cpu_start(1, die_busy_worker);
	time_delay_us(2000);
	part_restart(0xffffffff);
}

/* The other CPU is sent where nothing is and never gets out of its faults. */
static void die_wild_cpu(void)
{
	psci(PSCI_CPU_ON, cpu_affinity(1), 0x0b000000, 0);
}

static void die_cpu_off(void)
{
	irq_mask();
	psci(PSCI_CPU_OFF, 0, 0, 0);
}

static const struct death deaths[] = {
    {"undefined", die_undefined}, {"branch", die_branch},  {"stack", die_stack},
    {"hang", die_hang},		  {"halt", die_halt},	   {"mmu", die_mmu},
    {"off", system_off},	  {"reset", system_reset}, {"stop", die_stop},
    {"restart", die_restart},	  {"busy", die_busy},	   {"cpuoff", die_cpu_off},
    {"wildcpu", die_wild_cpu},
};

void die_run(const char *arg, uint64_t steps, uint64_t seed)
{
	(void)steps;
	(void)seed;
	death_run(arg, deaths, sizeof(deaths) / sizeof(deaths[0]));
	entry_dump();
}
