/* SPDX-License-Identifier: BSD-3-Clause */
/* CPUs, time and hypercalls on ppc. */
/* any CPU */
#include "kit/ppc-e500mc/ppc.h"

#include "facet/hcall.h"

#include <libfdt.h>
#include <string.h>

#define SELF UINT32_MAX

static struct {
	int node[KIT_CPUS];
	void (*fn[KIT_CPUS])(void);
	void (*volatile expired[KIT_CPUS])(void);
	volatile uint64_t due[KIT_CPUS]; /* of expired, which is NULL while this changes */
	unsigned int count;
	uint32_t hz;
	bool has_wait;
} cpus;

void secondary_entry(void);

void cpu_init(void)
{
	int parent = fdt_path_offset(fdt, "/cpus");
	int node;

	fdt_for_each_subnode(node, fdt, parent)
	{
		uint32_t reg = fdt_node_u32(node, "reg", KIT_CPUS);

		if (reg < KIT_CPUS) {
			cpus.node[reg] = node;
			cpus.count++;
			cpus.hz = fdt_node_u32(node, "timebase-frequency", 400000000);
		}
	}
	cpus.has_wait = is_e500mc();
}

unsigned int cpu_index(void)
{
	return spr_read(SPR_PIR);
}

unsigned int cpu_count(void)
{
	return cpus.count;
}

/* ePAPR spin table (5.5.2): the low address word last. */
int cpu_start(unsigned int n, void (*fn)(void))
{
	const fdt64_t *release;
	volatile uint32_t *entry;
	int len;

	if (n >= cpus.count) {
		return -2;
	}
	release = fdt_getprop(fdt, cpus.node[n], "cpu-release-addr", &len);
	if (!release || len != 8) {
		return -2;
	}
	entry = (volatile uint32_t *)(uintptr_t)fdt64_to_cpu(*release);
	if ((entry[1] & 1) == 0) {
		return -4;
	}
	cpus.fn[n] = fn;
	entry[2] = 0;
	entry[3] = n;
	entry[5] = n;
	entry[0] = 0;
	__asm__ volatile("msync" : : : "memory");
	entry[1] = (uint32_t)(uintptr_t)secondary_entry;
	return 0;
}

void kit_secondary(unsigned int cpu)
{
	irq_cpu_init();
	cpus.fn[cpu]();
	for (;;) {
		cpu_sleep();
	}
}

bool cpu_can_stop(void)
{
	return false;
}

void cpu_stop(void)
{
}

/* Sleep ends only on an interrupt that MSR[EE] lets through, so EE goes on for it. */
void cpu_sleep(void)
{
	sleep_until_interrupt(msr_read(), cpus.has_wait);
}

void cpu_relax(void)
{
	__asm__ volatile("or 27,27,27" : : : "memory");
}

void system_off(void)
{
	struct hcall_regs io = {.r = {[1] = SELF}};

	hcall(HCALL_VENDOR_FSL, FH_PARTITION_STOP, &io);
}

void system_reset(void)
{
	struct hcall_regs io = {.r = {[1] = SELF}};

	hcall(HCALL_VENDOR_FSL, FH_PARTITION_RESTART, &io);
}

uint64_t hcall(unsigned int vendor, unsigned int number, struct hcall_regs *io)
{
	uint32_t r[9];

	for (unsigned int i = 0; i < 8; i++) {
		r[i] = (uint32_t)io->r[i + 1];
	}
	r[8] = HCALL_TOKEN(vendor, number);
	sc1(r);
	for (unsigned int i = 0; i < 8; i++) {
		io->r[i] = r[i];
	}
	return r[0];
}

/* Bytes of a channel call: four registers, the first byte most significant (ePAPR 6.4.1.1). */
void hcall_pack(uint64_t *regs, const void *bytes, unsigned int n)
{
	uint32_t words[4] = {0};

	memcpy(words, bytes, n);
	for (unsigned int i = 0; i < 4; i++) {
		regs[i] = words[i];
	}
}

void hcall_unpack(void *bytes, const uint64_t *regs, unsigned int n)
{
	uint32_t words[4];

	for (unsigned int i = 0; i < 4; i++) {
		words[i] = (uint32_t)regs[i];
	}
	memcpy(bytes, words, n);
}

/* ---- time --------------------------------------------------------------------------------------- */

uint64_t time_now(void)
{
	uint32_t high, low, again;

	do {
		high = spr_read(269);
		low = spr_read(268);
		again = spr_read(269);
	} while (high != again);
	return (uint64_t)high << 32 | low;
}

uint64_t time_hz(void)
{
	return cpus.hz;
}

uint32_t timer_irq(void)
{
	return IRQ_TIMER;
}

static void dec_set(uint64_t due)
{
	uint64_t now = time_now(), left = due > now ? due - now : 1;

	spr_write(SPR_DEC, left < UINT32_MAX ? left : UINT32_MAX);
}

/* Too early: DEC has only 32 bits, or this is still the interrupt of a timer set before. */
void timer_fired(void)
{
	unsigned int cpu = cpu_index();
	void (*fn)(void) = cpus.expired[cpu];

	spr_write(SPR_TSR, TSR_DIS);
	if (fn && time_now() < cpus.due[cpu]) {
		dec_set(cpus.due[cpu]);
	} else if (fn) {
		cpus.expired[cpu] = NULL;
		fn();
	}
}

/* May be interrupted anywhere by the timer that was set before. */
void timer_set(uint64_t when, void (*fn)(void))
{
	unsigned int cpu = cpu_index();

	cpus.expired[cpu] = NULL;
	if (when == UINT64_MAX) {
		spr_write(SPR_TCR, spr_read(SPR_TCR) & ~TCR_DIE);
		return;
	}
	cpus.due[cpu] = when;
	cpus.expired[cpu] = fn;
	dec_set(when);
	spr_write(SPR_TCR, spr_read(SPR_TCR) | TCR_DIE);
}
