/* SPDX-License-Identifier: BSD-3-Clause */
/* The hostile guest: reads commands from its console, runs campaigns, survives them. */
/* boot CPU; a command is: CAMPAIGN ARGUMENT STEPS SEED, all but the first with defaults */
#include "hostile.h"

uint64_t ram_base, ram_size;
volatile struct outcome outcome;

static const struct campaign campaigns[] = {
    {"sysregs", sysregs_run}, {"hcalls", hcalls_run}, {"smc", smc_run},	    {"mmio", mmio_run},
    {"stray", stray_run},     {"storm", storm_run},   {"words", words_run}, {"die", die_run},
    {"wild", wild_run},	      {"message", message_run},	  {"config", config_run},
    {"flood", flood_run},     {"burst", burst_run},
};

/* Skip what faulted; a fetch that faulted goes back to survive_call(). */
static bool survive(struct trap_frame *frame, uint64_t esr, uint64_t far)
{
	(void)far;
	outcome.faults++;
	outcome.esr = esr;
	if (esr >> 26 == 0x21 || esr >> 26 == 0x22) {
		frame->pc = (uint64_t)survive_back;
	} else if (esr >> 26 != 0x15) { /* SVC returns behind itself already */
		frame->pc += 4;
	}
	return true;
}

void survive_init(void)
{
	trap_hook = survive;
	trap_lower_hook = survive;
}

void survive_reset(void)
{
	outcome.faults = 0;
	outcome.esr = 0;
}

void irqs_again(void)
{
	irq_init();
	irq_cpu_init();
	irq_line_on(timer_irq(), true);
}

int main(void)
{
	char line[80];

	fdt_ram(0, &ram_base, &ram_size);
	survive_init();
	entry_print();
	for (;;) {
		command_read(line, sizeof(line));
		survive_reset();
		command_run(line, campaigns, sizeof(campaigns) / sizeof(campaigns[0]));
	}
}
