/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Error blocks of the platform caches (0x10000, 0x11000) and memory controllers (0x8000, 0x9000).
 * Sources: offsets and reset values spec 8.4, 8.5; bits and counters from mainline's
 * fsl_ddr_edac driver and U-Boot's cpc_corenet layout. There is no ECC in the model's memory: an
 * error comes from the command line, data stays as it is, and the syndrome captured is 0.
 */
#include "error.h"

#include <stdio.h>
#include <stdlib.h>

#define CPC_CSR0 0x000
#define CPC_CSR0_AT_ONCE 0x00200400u /* flash invalidate, lock clear: finished when written */
#define CPC_PIR0 0x200
#define CPC_PAR0 0x208
#define CPC_PWR0 0x20c

/* The same offsets in all four blocks */
#define ERR_CAPTURE_HI 0xe20
#define ERR_CAPTURE_LO 0xe24
#define ERR_CAPTURE_ECC 0xe28
#define ERR_DET 0xe40	/* write 1 to clear */
#define ERR_DIS 0xe44	/* 1: this kind is not detected */
#define ERR_INTEN 0xe48 /* 1: this kind interrupts */
#define ERR_ATTR 0xe4c
#define ERR_COUNT 0xe58 /* threshold in bits 16-23, counts of single-bit errors below */

#define DET_MULTIPLE 0x80000000u /* one of a kind already detected */
#define ATTR_VALID 0x1u

struct error_block {
	struct machine *machine;
	unsigned index;
	uint32_t reg[0x400];
};

static const struct {
	const char *name;
	uint32_t base;
	unsigned line; /* of EISR0 */
	bool cpc;
	uint32_t addr_high, addr_low; /* the two have them in opposite order */
} error_rows[] = {
	{"cpc1", 0x10000, 27, true, 0xe50, 0xe54},
	{"cpc2", 0x11000, 26, true, 0xe50, 0xe54},
	{"ddr1", 0x8000, 23, false, 0xe54, 0xe50},
	{"ddr2", 0x9000, 22, false, 0xe54, 0xe50},
};

/* Kinds of error; count_shift: where corrected errors are counted in ERR_COUNT, 32 = nowhere */
static const struct error_kind {
	bool cpc;
	const char *name;
	uint32_t bit;
	unsigned count_shift;
} error_kinds[] = {
	{true, "tmhit", 0x80, 32}, /* tag: several ways hit */
	{true, "tmbe", 0x40, 32},  /* tag: multi-bit */
	{true, "tsbe", 0x20, 8},   /* tag: single-bit */
	{true, "mbe", 0x08, 32},   /* data: multi-bit */
	{true, "sbe", 0x04, 0},	   /* data: single-bit */
	{false, "ape", 0x100, 32}, /* address parity */
	{false, "ace", 0x80, 32},  /* automatic calibration */
	{false, "cde", 0x10, 32},  /* corrupted data */
	{false, "mbe", 0x08, 32},
	{false, "sbe", 0x04, 0},
	{false, "mse", 0x01, 32}, /* memory select: no chip select covers the address */
};

/* Errors asked for on the command line. */
#define ERROR_PLANS 64
static struct error_plan {
	unsigned block;
	const struct error_kind *kind;
	uint64_t pa;
	uint64_t cycle;
	struct event event;
} error_plans[ERROR_PLANS];
static unsigned error_plan_count;

static struct error_block *error_block[ARRAY_COUNT(error_rows)];

static void error_update(struct error_block *b)
{
	struct machine *m = b->machine;

	m->error_line(m->mpic, error_rows[b->index].line,
		      b->reg[ERR_DET / 4] & b->reg[ERR_INTEN / 4]);
}

/* A corrected error counts; true when it is to be reported because the threshold is reached. */
static bool error_counted(struct error_block *b, unsigned shift)
{
	uint32_t *reg = &b->reg[ERR_COUNT / 4];
	uint32_t threshold = *reg >> 16 & 0xff;
	uint32_t count = (*reg >> shift & 0xff) + 1;
	bool report = count >= threshold;

	*reg &= ~(0xffu << shift);
	if (!report)
		*reg |= count << shift;
	return report;
}

/* Address and data of the first error stay until software clears the valid bit. */
static void error_capture(struct error_block *b, uint64_t pa)
{
	uint8_t data[8] = {0};

	if (b->reg[ERR_ATTR / 4] & ATTR_VALID)
		return;
	(void)bus_peek(&b->machine->bus, pa & ~UINT64_C(7), data, sizeof(data));
	b->reg[ERR_ATTR / 4] = ATTR_VALID;
	b->reg[error_rows[b->index].addr_high / 4] = (uint32_t)(pa >> 32);
	b->reg[error_rows[b->index].addr_low / 4] = (uint32_t)pa;
	b->reg[ERR_CAPTURE_HI / 4] = be32_get(data);
	b->reg[ERR_CAPTURE_LO / 4] = be32_get(data + 4);
	b->reg[ERR_CAPTURE_ECC / 4] = 0;
}

static void error_happens(void *arg)
{
	const struct error_plan *p = arg;
	struct error_block *b = error_block[p->block];
	uint32_t *det = &b->reg[ERR_DET / 4];

	if (b->reg[ERR_DIS / 4] & p->kind->bit)
		return;
	if (p->kind->count_shift < 32 && !error_counted(b, p->kind->count_shift))
		return;
	error_capture(b, p->pa);
	*det |= *det & p->kind->bit ? DET_MULTIPLE : p->kind->bit;
	error_update(b);
}

static bool error_plan_parse(struct error_plan *p, const char *block, const char *kind)
{
	for (p->block = 0; p->block < ARRAY_COUNT(error_rows); p->block++) {
		if (!strcmp(error_rows[p->block].name, block))
			break;
	}
	if (p->block == ARRAY_COUNT(error_rows))
		return false;
	for (unsigned n = 0; n < ARRAY_COUNT(error_kinds); n++) {
		p->kind = &error_kinds[n];
		if (p->kind->cpc == error_rows[p->block].cpc && !strcmp(p->kind->name, kind))
			return true;
	}
	return false;
}

bool error_inject(const char *arg)
{
	struct error_plan *p = &error_plans[error_plan_count];
	char block[8], kind[8];
	const char *at = strchr(arg, '@');
	const char *comma = strchr(arg, ',');
	char *end;

	if (error_plan_count == ERROR_PLANS || !at ||
	    sscanf(arg, "%7[a-z0-9]:%7[a-z]", block, kind) != 2 ||
	    !error_plan_parse(p, block, kind))
		return false;
	p->cycle = strtoull(at + 1, &end, 0);
	if (end == at + 1 || (*end && *end != ','))
		return false;
	if (comma)
		p->pa = strtoull(comma + 1, &end, 0) & BUS_ADDR_MASK;
	if (*end)
		return false;
	error_plan_count++;
	return true;
}

static uint32_t error_read(void *dev, uint32_t off, unsigned cpu)
{
	(void)cpu;
	return ((struct error_block *)dev)->reg[off / 4];
}

static void error_write(void *dev, uint32_t off, uint32_t val, unsigned cpu)
{
	struct error_block *b = dev;

	(void)cpu;
	if (off == ERR_DET)
		b->reg[off / 4] &= ~val;
	else if (off == CPC_CSR0 && error_rows[b->index].cpc)
		b->reg[off / 4] = val & ~CPC_CSR0_AT_ONCE;
	else
		b->reg[off / 4] = val;
	error_update(b);
}

bool error_init(struct machine *m)
{
	for (unsigned n = 0; n < ARRAY_COUNT(error_rows); n++) {
		struct error_block *b = calloc(1, sizeof(*b));

		if (!b)
			return false;
		b->machine = m;
		b->index = n;
		error_block[n] = b;
		if (error_rows[n].cpc) {
			b->reg[CPC_CSR0 / 4] = 0xc0000000; /* on with ECC, as U-Boot leaves it */
			b->reg[CPC_PIR0 / 4] = 0xffffffff;
			b->reg[CPC_PAR0 / 4] = 0xfffffbff;
			b->reg[CPC_PWR0 / 4] = 0xffffffff;
		}
		ccsr_add(&m->ccsr,
			 &(struct ccsr_block){.name = error_rows[n].name,
					      .base = error_rows[n].base, .size = 0x1000,
					      .dev = b, .read = error_read, .write = error_write});
	}
	for (unsigned n = 0; n < error_plan_count; n++) {
		struct error_plan *p = &error_plans[n];

		p->event = (struct event){.fire = error_happens, .arg = p};
		event_arm(&m->events, &p->event, p->cycle);
	}
	return true;
}
