/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Global utilities (0xE0000), run control (0xE2000), and the error registers of the CPCs and DDR
 * controllers (spec 8.4, 8.5, 8.8).
 */
#include <stdlib.h>

#include "pamu.h"
#include "soc.h"

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
	if (off != RCPM_CNAPCR)
		return;
	for (unsigned n = 0; n < b->machine->cfg.cores; n++)
		core_set_nap(b->machine->core[n], val >> n & 1);
}

bool rcpm_init(struct machine *m)
{
	struct block *b = calloc(1, sizeof(*b));

	if (!b)
		return false;
	b->machine = m;
	ccsr_add(&m->ccsr, &(struct ccsr_block){.name = "rcpm", .base = 0xe2000, .size = 0x1000,
						.dev = b, .read = rcpm_read, .write = rcpm_write});
	return true;
}

/* --- error blocks: detect (w1c), disable, interrupt enable --- */

#define ERR_DET 0xe40
#define ERR_DIS 0xe44
#define ERR_INTEN 0xe48

static const struct {
	const char *name;
	uint32_t base;
	unsigned line; /* of EISR0 */
} error_blocks[] = {
	{"cpc1", 0x10000, 27},
	{"cpc2", 0x11000, 26},
	{"ddr1", 0x8000, 23},
	{"ddr2", 0x9000, 22},
};

static struct block *error_block[ARRAY_COUNT(error_blocks)];

static void error_block_update(struct block *b)
{
	struct machine *m = b->machine;
	uint32_t on = b->reg[ERR_DET / 4] & ~b->reg[ERR_DIS / 4] & b->reg[ERR_INTEN / 4];

	m->error_line(m->mpic, error_blocks[b->index].line, on);
}

void error_block_raise(struct machine *m, unsigned block, uint32_t bits)
{
	(void)m;
	error_block[block]->reg[ERR_DET / 4] |= bits & ~error_block[block]->reg[ERR_DIS / 4];
	error_block_update(error_block[block]);
}

static void error_block_write(void *dev, uint32_t off, uint32_t val, unsigned cpu)
{
	struct block *b = dev;

	(void)cpu;
	if (off == ERR_DET)
		b->reg[off / 4] &= ~val;
	else if (off == 0 && b->index < 2)
		b->reg[0] = val & ~0x00200400u; /* CPC flush and lock clear finish at once */
	else
		b->reg[off / 4] = val;
	error_block_update(b);
}

bool error_block_init(struct machine *m)
{
	for (unsigned n = 0; n < ARRAY_COUNT(error_blocks); n++) {
		struct block *b = calloc(1, sizeof(*b));

		if (!b)
			return false;
		b->machine = m;
		b->index = n;
		error_block[n] = b;
		if (n < 2) {
			b->reg[0] = 0xc0000000;
			b->reg[0x200 / 4] = 0xffffffff;
			b->reg[0x208 / 4] = 0xfffffbff;
			b->reg[0x20c / 4] = 0xffffffff;
		}
		ccsr_add(&m->ccsr,
			 &(struct ccsr_block){.name = error_blocks[n].name,
					      .base = error_blocks[n].base, .size = 0x1000,
					      .dev = b, .read = block_read,
					      .write = error_block_write});
	}
	return true;
}
