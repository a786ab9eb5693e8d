/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for a while: awake and asleep. */
/* any CPU */
#include "facet/facet.h"

void time_delay_us(uint64_t us)
{
	uint64_t end = time_now() + us * time_hz() / 1000000;

	while (time_now() < end) {
		cpu_relax();
	}
}

static volatile bool awake[KIT_CPUS];

static void wake(void)
{
	awake[cpu_index()] = true;
}

void time_sleep_ms(unsigned int ms)
{
	volatile bool *is_awake = &awake[cpu_index()];

	*is_awake = false;
	timer_set(time_now() + ms * time_hz() / 1000, wake);
	IRQ_WAIT(*is_awake);
}
