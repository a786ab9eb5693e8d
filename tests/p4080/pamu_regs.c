/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PAMU register behaviour: status bits, interrupts, errata switches (spec 8.9).
 * Sources: mainline's fsl_pamu.h and fsl_pamu.c, errata work-arounds of the drivers named there.
 */
#include "pamu_regs.h"

#include <stdlib.h>

#include "pamu.h"

#define PAMU_IRQ 24
#define PAMU_ERROR_LINE 30

struct pamu_errata pamu_errata;

bool pamu_erratum(const char *name)
{
	bool *sw = !strcmp(name, "a-003638")  ? &pamu_errata.a003638
		   : !strcmp(name, "pamu-a001") ? &pamu_errata.a001
		   : !strcmp(name, "a-005982")  ? &pamu_errata.a005982
						: NULL;

	if (sw)
		*sw = true;
	return sw;
}

void pamu_update(struct machine *m)
{
	const struct pamu *p = m->pamu;
	bool violation = false;
	bool error = false;

	for (unsigned i = 0; i < PAMU_COUNT; i++) {
		uint32_t pics = p[i].reg[PAMU_PICS / 4];
		bool av = pics & PICS_AVICS;

		if (pamu_errata.a003638)
			av = p[i].reg[PAMU_AVS1 / 4] & AVS1_AV;
		violation |= av && (pics & PICS_AVIE);
		error |= (pics & PICS_POEICS) && (pics & PICS_POEIE);
		error |= p[i].reg[PAMU_EEDET / 4] & p[i].reg[PAMU_EEINTEN / 4];
	}
	m->irq_line(m->mpic, PAMU_IRQ, violation);
	m->error_line(m->mpic, PAMU_ERROR_LINE, error);
}

/* Write-one-to-clear; under erratum A001 a one written to a zero sets it. */
static uint32_t pamu_w1c(uint32_t old, uint32_t val, uint32_t bits)
{
	return pamu_errata.a001 ? old ^ (val & bits) : old & ~(val & bits);
}

static uint32_t pamu_read(void *dev, uint32_t off, unsigned cpu)
{
	(void)cpu;
	return ((struct pamu *)dev)->reg[off / 4];
}

static void pamu_write(void *dev, uint32_t off, uint32_t val, unsigned cpu)
{
	struct pamu *p = dev;
	uint32_t *reg = &p->reg[off / 4];

	switch (off) {
	case PAMU_PPBAH:
	case PAMU_PPBAH + 4:
		if (!pamu_errata.a005982 || (p->reg[PAMU_PC / 4] & PC_OCE))
			*reg = val;
		break;
	case PAMU_POES1:
	case PAMU_EEDET:
		*reg = pamu_w1c(*reg, val, 0xffffffffu);
		break;
	case PAMU_AVS1:
		*reg = pamu_w1c(*reg, val, AVS1_STATUS);
		break;
	case PAMU_PICS:
		*reg = (pamu_w1c(*reg, val, PICS_AVICS | PICS_POEICS) &
			(PICS_AVICS | PICS_POEICS)) |
		       (val & (PICS_AVIE | PICS_POEIE));
		break;
	case PAMU_PC2:
	case PAMU_PC3:
		break;
	default:
		*reg = val;
		break;
	}
	pamu_update(p->machine);
	if (off < PAMU_OBAH || off == PAMU_PC)
		pamu_tables_changed(p->machine, cpu);
}

bool pamu_init(struct machine *m)
{
	struct pamu *p = calloc(PAMU_COUNT, sizeof(*p));

	if (!p)
		return false;
	m->pamu = p;
	for (unsigned i = 0; i < PAMU_COUNT; i++) {
		p[i].machine = m;
		p[i].index = i;
		p[i].reg[PAMU_PC2 / 4] = 0xfffu << 16;
		p[i].reg[PAMU_PC3 / 4] = 0x00e00000;
		ccsr_add(&m->ccsr, &(struct ccsr_block){.name = "pamu",
							.base = PAMU_BASE + i * PAMU_STRIDE,
							.size = PAMU_STRIDE, .dev = &p[i],
							.read = pamu_read, .write = pamu_write});
	}
	return true;
}
