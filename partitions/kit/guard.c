/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads and stores that survive a fault. */
/* any CPU; one guarded access at a time on each */
#include "kit/kit.h"

static struct {
	volatile bool armed;
	volatile bool hit;
	struct fault fault;
} guards[KIT_CPUS];

bool trap_guarded(uint64_t syndrome, uint64_t addr, uint64_t pc)
{
	unsigned int cpu = cpu_index();

	if (!guards[cpu].armed) {
		return false;
	}
	guards[cpu].fault = (struct fault){syndrome, addr, pc};
	guards[cpu].hit = true;
	return true;
}

static void guard_arm(bool on)
{
	unsigned int cpu = cpu_index();

	__asm__ volatile("" : : : "memory");
	guards[cpu].armed = on;
	if (on) {
		guards[cpu].hit = false;
	}
	__asm__ volatile("" : : : "memory");
}

static bool guard_result(struct fault *f)
{
	unsigned int cpu = cpu_index();

	guard_arm(false);
	if (guards[cpu].hit && f) {
		*f = guards[cpu].fault;
	}
	return !guards[cpu].hit;
}

bool guard_load(uint64_t addr, unsigned int size, uint64_t *value, struct fault *f)
{
	uintptr_t at = (uintptr_t)addr;
	uint64_t v = 0;

	guard_arm(true);
	switch (size) {
	case 1:
		v = *(volatile uint8_t *)at;
		break;
	case 2:
		v = *(volatile uint16_t *)at;
		break;
	case 4:
		v = *(volatile uint32_t *)at;
		break;
	default:
		v = *(volatile uint64_t *)at;
		break;
	}
	*value = v;
	return guard_result(f);
}

bool guard_store(uint64_t addr, unsigned int size, uint64_t value, struct fault *f)
{
	uintptr_t at = (uintptr_t)addr;

	guard_arm(true);
	switch (size) {
	case 1:
		*(volatile uint8_t *)at = (uint8_t)value;
		break;
	case 2:
		*(volatile uint16_t *)at = (uint16_t)value;
		break;
	case 4:
		*(volatile uint32_t *)at = (uint32_t)value;
		break;
	default:
		*(volatile uint64_t *)at = value;
		break;
	}
	return guard_result(f);
}
