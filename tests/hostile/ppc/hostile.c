/* SPDX-License-Identifier: BSD-3-Clause */
/* The hostile guest of Book E: reads commands from its console, runs campaigns, survives them. */
/* boot CPU; a command is: CAMPAIGN ARGUMENT STEPS SEED, all but the first with defaults */
#include "hostile.h"

uint64_t ram_size;

static const struct campaign campaigns[] = {
    {"hazards", hazards_run}, {"syndromes", syndromes_run}, {"sprs", sprs_run},   {"opcodes", opcodes_run},
    {"words", words_run},     {"moves", moves_run},         {"pages", pages_run}, {"hcalls", hcalls_run},
    {"mmio", mmio_run},       {"stray", stray_run},         {"tlb", tlb_run},     {"storm", storm_run},
    {"die", die_run},         {"mpic", mpic_run},
};

/* What a guest can see of its machine before it has changed anything: the same after every start. */
static uint32_t entry_print_of(void)
{
	static const uint16_t known[] = {259, 260, 261, 262, 263, 256, 512};
	uint32_t x = 2166136261u, value;
	struct exec e;
	unsigned int i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		exec_regs(&e, MFSPR(4, known[i]), true, 0, 0, 0);
		value = e.vector == EXEC_DONE ? e.gpr[4] : 0x100 + e.vector;
		x = (x ^ value) * 16777619u;
	}
	for (i = 0; i < 1024; i++) {
		/* Not time, not what this program and the vectors set up. */
		if (i == 22 || i == 26 || i == 27 || i == 58 || i == 59 || i == 62 || i == 63 || i == 61 ||
		    (i >= 256 && i <= 273) || i == 284 || i == 285 || i == 336 || i == 340 ||
		    (i >= 400 && i <= 540) || (i >= 570 && i <= 575) || (i >= 624 && i <= 630) || i == 944) {
			continue;
		}
		exec_regs(&e, MFSPR(4, i), false, 0x600dcafe, 0, 0);
		value = e.vector == EXEC_DONE ? e.gpr[4] : 0x100 + e.vector;
		x = (x ^ value) * 16777619u;
	}
	return x;
}

int main(void)
{
	uint64_t base;
	char line[80];

	fdt_ram(0, &base, &ram_size);
	exec_init();
	printf("HOSTILE ready entry %08x\n", (unsigned int)entry_print_of());
	for (;;) {
		command_read(line, sizeof(line));
		command_run(line, campaigns, sizeof(campaigns) / sizeof(campaigns[0]));
	}
}
