/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Local access windows at CCSR 0x0C00 (spec 8.2) and the coherency fabric's domains and error block
 * at 0x18000 (8.3). Sources: U-Boot's fsl_law and mp code, mainline's fsl_pamu.c (searches and
 * makes windows), a hypervisor's fabric error test observed.
 */
#include <stdlib.h>

#include "soc.h"

#define LAW_COUNT 32
#define LAW_EN 0x80000000u
#define LAW_TARGET(ar) ((ar) >> 20 & 0xff)
#define LAW_TARGET_DDR 0x10
#define LAW_TARGET_LBC 0x1f

struct law {
	struct machine *machine;
	uint32_t barh[LAW_COUNT], barl[LAW_COUNT], ar[LAW_COUNT];
};

/* The window with the lowest number decides. */
static bool law_covers(void *dev, uint64_t pa, bool dram)
{
	const struct law *l = dev;

	for (unsigned n = 0; n < LAW_COUNT; n++) {
		uint64_t base = (uint64_t)(l->barh[n] & 0xf) << 32 | l->barl[n];
		uint64_t size = UINT64_C(2) << (l->ar[n] & 0x3f);

		if ((l->ar[n] & LAW_EN) && pa - base < size)
			return LAW_TARGET(l->ar[n]) == (dram ? LAW_TARGET_DDR : LAW_TARGET_LBC);
	}
	return false;
}

static uint32_t *law_reg(struct law *l, uint32_t off)
{
	unsigned n = off / 16;

	switch (off & 15) {
	case 0:
		return &l->barh[n];
	case 4:
		return &l->barl[n];
	case 8:
		return &l->ar[n];
	default:
		return NULL;
	}
}

static uint32_t law_read(void *dev, uint32_t off, unsigned cpu)
{
	const uint32_t *reg = law_reg(dev, off);

	(void)cpu;
	return reg ? *reg : 0;
}

static void law_write(void *dev, uint32_t off, uint32_t val, unsigned cpu)
{
	struct law *l = dev;
	uint32_t *reg = law_reg(l, off);

	(void)cpu;
	if (!reg || *reg == val)
		return;
	*reg = val;
	bus_map_changed(&l->machine->bus);
}

/* As U-Boot leaves it: all RAM in window 31, 128 MB of flash in window 30. */
bool law_init(struct machine *m)
{
	struct law *l = calloc(1, sizeof(*l));
	unsigned size = 0;

	if (!l)
		return false;
	while ((UINT64_C(2) << size) < m->bus.ram.size)
		size++;
	l->machine = m;
	l->ar[31] = LAW_EN | LAW_TARGET_DDR << 20 | size;
	l->barh[30] = 0xf;
	l->barl[30] = 0xe8000000;
	l->ar[30] = LAW_EN | LAW_TARGET_LBC << 20 | 26;
	m->law = l;
	m->bus.law = l;
	m->bus.law_covers = law_covers;
	ccsr_add(&m->ccsr, &(struct ccsr_block){.name = "law", .base = 0xc00, .size = 0x200,
						.dev = l, .read = law_read, .write = law_write});
	return true;
}

/* --- coherency fabric --- */

#define CCF_CSDID 0x600
#define CCF_CEDR 0xa00
#define CCF_CEER 0xa04
#define CCF_CECAR 0xa0c
#define CCF_CECADRH 0xa10
#define CCF_CECADRL 0xa14
#define CCF_LAE 0x1u
#define CCF_ERROR_LINE 31

struct ccf {
	struct machine *machine;
	uint32_t reg[0x400];
};

static void ccf_update(struct ccf *f)
{
	struct machine *m = f->machine;

	m->error_line(m->mpic, CCF_ERROR_LINE, f->reg[CCF_CEDR / 4] & f->reg[CCF_CEER / 4]);
}

/* An access without window: the first one is captured. */
static void ccf_error(void *dev, const struct bus_req *req)
{
	struct ccf *f = dev;

	f->reg[CCF_CEDR / 4] |= CCF_LAE;
	if (!(f->reg[CCF_CECAR / 4] & 1)) {
		f->reg[CCF_CECAR / 4] = (uint32_t)(req->source & 0xff) << 24 | 1;
		f->reg[CCF_CECADRH / 4] = (uint32_t)(req->pa >> 32);
		f->reg[CCF_CECADRL / 4] = (uint32_t)req->pa;
	}
	ccf_update(f);
}

static uint32_t ccf_read(void *dev, uint32_t off, unsigned cpu)
{
	(void)cpu;
	return ((struct ccf *)dev)->reg[off / 4];
}

static void ccf_write(void *dev, uint32_t off, uint32_t val, unsigned cpu)
{
	struct ccf *f = dev;

	(void)cpu;
	if (off == CCF_CEDR)
		f->reg[off / 4] &= ~val;
	else if (off == CCF_CECAR)
		f->reg[off / 4] &= ~(val & 1);
	else
		f->reg[off / 4] = val;
	ccf_update(f);
}

bool ccf_init(struct machine *m)
{
	struct ccf *f = calloc(1, sizeof(*f));

	if (!f)
		return false;
	f->machine = m;
	f->reg[CCF_CSDID / 4] = 0xfff80000;
	m->ccf = f;
	m->bus.ccf = f;
	m->bus.on_error = ccf_error;
	ccsr_add(&m->ccsr, &(struct ccsr_block){.name = "ccf", .base = 0x18000, .size = 0x1000,
						.dev = f, .read = ccf_read, .write = ccf_write});
	return true;
}
