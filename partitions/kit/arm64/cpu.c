/* SPDX-License-Identifier: BSD-3-Clause */
/* CPUs, firmware calls and hypercalls on arm64. */
/* any CPU */
#include "kit/arm64/arm64.h"

#include "facet/hcall.h"

#include <libfdt.h>
#include <string.h>

#define AFFINITY UINT64_C(0xff00ffffff)

static struct {
	uint64_t affinity[KIT_CPUS];
	void (*fn[KIT_CPUS])(void);
	unsigned int count;
	bool smc;
} cpus;

void secondary_entry(void);

static void cpu_found(uint64_t affinity, uint64_t self)
{
	unsigned int at = cpus.count;

	if (at == KIT_CPUS) {
		return;
	}
	if (affinity == self &&
	    at != 0) { /* the boot CPU is number 0 whatever its place in the tree */
		cpus.affinity[at] = cpus.affinity[0];
		at = 0;
	}
	cpus.affinity[at] = affinity;
	cpus.count++;
}

void cpu_init(void)
{
	int parent = fdt_path_offset(fdt, "/cpus");
	int node = fdt_path_offset(fdt, "/psci");
	const char *method = fdt_getprop(fdt, node, "method", NULL);
	uint64_t self = sysreg_read(mpidr_el1) & AFFINITY;
	uint64_t affinity, size;

	cpus.smc = method && strcmp(method, "smc") == 0;
	fdt_for_each_subnode(node, fdt, parent)
	{
		const char *type = fdt_getprop(fdt, node, "device_type", NULL);

		if (type && strcmp(type, "cpu") == 0 && fdt_node_reg(node, 0, &affinity, &size)) {
			cpu_found(affinity, self);
		}
	}
	if (cpus.count == 0) {
		cpu_found(self, self);
	}
}

unsigned int cpu_index(void)
{
	return (unsigned int)sysreg_read(tpidr_el1);
}

unsigned int cpu_count(void)
{
	return cpus.count;
}

uint64_t cpu_affinity(unsigned int cpu)
{
	return cpus.affinity[cpu];
}

int64_t psci(uint32_t fn, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t r[8] = {fn, a, b, c};

	if (cpus.smc) {
		smccc_smc(r);
	} else {
		smccc_hvc(r);
	}
	return (int64_t)r[0];
}

int cpu_start(unsigned int n, void (*fn)(void))
{
	if (n >= cpus.count) {
		return -2;
	}
	cpus.fn[n] = fn;
	dsb();
	return (int)psci(PSCI_CPU_ON, cpus.affinity[n], (uint64_t)secondary_entry, n);
}

void kit_secondary(unsigned int cpu)
{
	irq_cpu_init();
	cpus.fn[cpu]();
	for (;;) {
		cpu_stop();
	}
}

bool cpu_can_stop(void)
{
	return true;
}

void cpu_stop(void)
{
	irq_mask();
	psci(PSCI_CPU_OFF, 0, 0, 0);
}

void cpu_sleep(void)
{
	__asm__ volatile("dsb sy; wfi" : : : "memory");
}

void cpu_relax(void)
{
	__asm__ volatile("yield" : : : "memory");
}

void system_off(void)
{
	psci(PSCI_SYSTEM_OFF, 0, 0, 0);
}

void system_reset(void)
{
	psci(PSCI_SYSTEM_RESET, 0, 0, 0);
}

uint64_t hcall(unsigned int vendor, unsigned int number, struct hcall_regs *io)
{
	io->r[0] = HCALL_SMCCC(vendor, number);
	smccc_hvc(io->r);
	return io->r[0];
}

/* Bytes of a channel call: two registers, the first byte least significant. */
void hcall_pack(uint64_t *regs, const void *bytes, unsigned int n)
{
	memcpy(regs, bytes, n);
}

void hcall_unpack(void *bytes, const uint64_t *regs, unsigned int n)
{
	memcpy(bytes, regs, n);
}
