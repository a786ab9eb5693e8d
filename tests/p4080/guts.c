/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Global utilities (0xE0000) and run control (0xE2000), spec 8.8. Sources: mainline's fsl/guts.h
 * (both register layouts), fsl_rcpm.c; nap and wait status observed with a hypervisor.
 */
#include <stdlib.h>

#include "pamu.h"
#include "soc.h"
#include "timer.h"

#define GUTS_PVR 0xa0
#define GUTS_SVR 0xa4
#define GUTS_RSTCR 0xb0
#define GUTS_CRSTR0 0x400
#define GUTS_DMA1LIODNR 0x580
#define GUTS_PAMUBYPENR 0x604

struct block {
	struct machine *machine;
	unsigned index;
	uint32_t reg[0x400];
};

static uint32_t block_read(void *dev, uint32_t off, unsigned cpu)
{
	(void)cpu;
	return ((struct block *)dev)->reg[off / 4];
}

static void guts_write(void *dev, uint32_t off, uint32_t val, unsigned cpu)
{
	struct block *b = dev;

	switch (off) {
	case GUTS_PVR:
	case GUTS_SVR:
		return;
	case GUTS_RSTCR:
		if (val & 2)
			machine_reset_request(b->machine, "RSTCR");
		return;
	default:
		b->reg[off / 4] = val;
	}
	if (off == GUTS_PAMUBYPENR)
		pamu_tables_changed(b->machine, cpu);
}

bool guts_init(struct machine *m)
{
	struct block *b = calloc(1, sizeof(*b));

	if (!b)
		return false;
	b->machine = m;
	b->reg[GUTS_PVR / 4] = m->core[0]->spr[SPR_PVR];
	b->reg[GUTS_SVR / 4] = m->core[0]->spr[SPR_SVR];
	b->reg[GUTS_PAMUBYPENR / 4] = 0xffff0000;
	for (unsigned n = 0; n < MACHINE_CORES; n++)
		b->reg[GUTS_CRSTR0 / 4 + n] = 2; /* power-on reset */
	m->guts = b;
	ccsr_add(&m->ccsr, &(struct ccsr_block){.name = "guts", .base = 0xe0000, .size = 0x1000,
						.dev = b, .read = block_read, .write = guts_write});
	return true;
}

unsigned guts_dma_liodn(struct machine *m, unsigned engine)
{
	const struct block *b = m->guts;

	return b->reg[GUTS_DMA1LIODNR / 4 + engine] & 0xfff;
}

bool guts_pamu_bypassed(struct machine *m, unsigned i)
{
	const struct block *b = m->guts;

	return b->reg[GUTS_PAMUBYPENR / 4] & PBIT32(i);
}

/* --- run control and power management --- */

#define RCPM_CNAPSR 0x14
#define RCPM_CNAPCR 0x1c
#define RCPM_CWAITSR 0x34
#define RCPM_CTBENR 0x84 /* time base enable, a bit a core; U-Boot sets them all */

static uint32_t rcpm_read(void *dev, uint32_t off, unsigned cpu)
{
	const struct block *b = dev;
	uint32_t v = 0;

	(void)cpu;
	for (unsigned n = 0; n < b->machine->cfg.cores; n++) {
		const struct core *c = b->machine->core[n];

		if (off == RCPM_CNAPSR ? c->napping : core_is_waiting(c))
			v |= 1u << n;
	}
	return off == RCPM_CNAPSR || off == RCPM_CWAITSR ? v : b->reg[off / 4];
}

static void rcpm_write(void *dev, uint32_t off, uint32_t val, unsigned cpu)
{
	struct block *b = dev;

	(void)cpu;
	b->reg[off / 4] = val;
	for (unsigned n = 0; n < b->machine->cfg.cores; n++) {
		if (off == RCPM_CNAPCR)
			core_set_nap(b->machine->core[n], val >> n & 1);
		else if (off == RCPM_CTBENR)
			timer_tb_run(b->machine->core[n], val >> n & 1);
	}
}

bool rcpm_init(struct machine *m)
{
	struct block *b = calloc(1, sizeof(*b));

	if (!b)
		return false;
	b->machine = m;
	b->reg[RCPM_CTBENR / 4] = (1u << m->cfg.cores) - 1;
	ccsr_add(&m->ccsr, &(struct ccsr_block){.name = "rcpm", .base = 0xe2000, .size = 0x1000,
						.dev = b, .read = rcpm_read, .write = rcpm_write});
	return true;
}
