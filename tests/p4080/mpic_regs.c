/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPIC register map (spec 8.6.1, 8.6.2, 8.6.5, 8.6.7). Registers are 16 bytes apart.
 * Sources: the OpenPIC register map, mainline's mpic.c, fsl_mpic_err.c, fsl_msi.c, mpic_msgr.c and
 * mpic_timer.c; interrupt numbers from the P4080DS tree.
 */
#include "mpic.h"

#define GCR_RST 0x80000000u
#define GTBCR_CI 0x80000000u

/* --- per-CPU bank: off is 0x40..0xb0 --- */

static uint32_t mpic_bank_read(struct mpic *p, uint32_t off, unsigned cpu)
{
	switch (off) {
	case 0x80:
		return p->cpu[cpu].ctpr;
	case 0x90:
		return cpu;
	case 0xa0:
		return mpic_acknowledge(p, cpu);
	default:
		return 0;
	}
}

static void mpic_bank_write(struct mpic *p, uint32_t off, uint32_t val, unsigned cpu)
{
	switch (off) {
	case 0x40:
	case 0x50:
	case 0x60:
	case 0x70:
		p->src[MPIC_IPI0 + (off - 0x40) / 16].pending |= val & 0xff;
		break;
	case 0x80:
		p->cpu[cpu].ctpr = val & 15;
		break;
	case 0xb0:
		mpic_eoi(p, cpu);
		break;
	default:
		break;
	}
	mpic_update(p);
}

/* --- sources: 0x20 each: VPR, DR, ILR --- */

static uint32_t mpic_source_read(struct mpic *p, unsigned n, uint32_t reg)
{
	switch (reg) {
	case 0x00:
		return mpic_vpr(p, n);
	case 0x10:
		return p->src[n].dr;
	case 0x18:
		return p->src[n].ilr;
	default:
		return 0;
	}
}

static void mpic_source_write(struct mpic *p, unsigned n, uint32_t reg, uint32_t val)
{
	struct mpic_source *s = &p->src[n];

	switch (reg) {
	case 0x00:
		s->vpr = val & MPIC_VPR_WRITABLE;
		break;
	case 0x10:
		s->dr = val & 0xff;
		break;
	case 0x18:
		s->ilr = val & 3;
		break;
	default:
		break;
	}
	mpic_update(p);
}

/* --- timers: two groups of four; 0x40 each: GTCCR, GTBCR, GTVPR, GTDR --- */

static uint32_t mpic_timer_count(const struct mpic *p, const struct mpic_timer *t)
{
	const struct machine *m = p->machine;
	uint32_t count = t->base & 0x7fffffff;

	if (!(t->base & GTBCR_CI) && count)
		count -= (uint32_t)((machine_cycle(m) - t->start) / m->cfg.tbdiv % count);
	return count | (t->toggle ? 0x80000000u : 0);
}

static uint32_t mpic_timer_read(struct mpic *p, unsigned n, uint32_t reg)
{
	switch (reg) {
	case 0x00:
		return mpic_timer_count(p, &p->timer[n]);
	case 0x10:
		return p->timer[n].base;
	case 0x20:
		return mpic_vpr(p, MPIC_TIMER0 + n);
	case 0x30:
		return p->src[MPIC_TIMER0 + n].dr;
	default:
		return 0;
	}
}

static void mpic_timer_write(struct mpic *p, unsigned n, uint32_t reg, uint32_t val)
{
	struct machine *m = p->machine;
	struct mpic_timer *t = &p->timer[n];
	struct mpic_source *s = &p->src[MPIC_TIMER0 + n];

	switch (reg) {
	case 0x10:
		t->base = val;
		t->start = machine_cycle(m);
		t->toggle = false;
		event_cancel(&m->events, &t->event);
		if (!(val & GTBCR_CI) && (val & 0x7fffffff))
			event_arm(&m->events, &t->event,
				  t->start + (uint64_t)(val & 0x7fffffff) * m->cfg.tbdiv);
		break;
	case 0x20:
		s->vpr = val & 0x800fffffu;
		break;
	case 0x30:
		s->dr = val & 0xff;
		break;
	default:
		break;
	}
	mpic_update(p);
}

/* --- message-signalled interrupts: three banks --- */

static void mpic_msi_lines(struct mpic *p, unsigned bank)
{
	for (unsigned k = 0; k < 8; k++)
		mpic_line(p, MPIC_MSI_SOURCE + 8 * bank + k, p->msir[bank][k]);
}

static uint32_t mpic_msi_read(struct mpic *p, unsigned bank, uint32_t reg)
{
	uint32_t v = 0;

	if (reg < 0x80) {
		v = p->msir[bank][reg / 16];
		p->msir[bank][reg / 16] = 0;
		mpic_msi_lines(p, bank);
	} else if (reg == 0x120) {
		for (unsigned k = 0; k < 8; k++)
			v |= p->msir[bank][k] ? 1u << k : 0;
	}
	return v;
}

static void mpic_msi_write(struct mpic *p, unsigned bank, uint32_t reg, uint32_t val)
{
	if (reg != 0x140)
		return;
	p->msir[bank][val >> 29] |= 1u << (val >> 24 & 31);
	mpic_msi_lines(p, bank);
}

/*
 * --- message registers: group g at 0x1400 + 0x1000 g (mainline's mpic_msgr driver and tree) ---
 * A store into one whose MER bit is set raises its source; reading it, or a 1 stored in MSR, ends
 * that.
 */

static void mpic_msg_lines(struct mpic *p, unsigned g)
{
	for (unsigned k = 0; k < 4; k++)
		mpic_line(p, MPIC_MSG_SOURCE + 4 * g + k, p->msr[g] >> k & 1);
}

static uint32_t mpic_msg_read(struct mpic *p, unsigned g, uint32_t reg)
{
	if (reg == 0x100)
		return p->mer[g];
	if (reg == 0x110)
		return p->msr[g];
	if (reg >= 0x40)
		return 0;
	p->msr[g] &= ~(1u << reg / 16);
	mpic_msg_lines(p, g);
	return p->msgr[4 * g + reg / 16];
}

static void mpic_msg_write(struct mpic *p, unsigned g, uint32_t reg, uint32_t val)
{
	if (reg < 0x40) {
		p->msgr[4 * g + reg / 16] = val;
		p->msr[g] |= p->mer[g] & 1u << reg / 16;
	} else if (reg == 0x100) {
		p->mer[g] = val & 15;
	} else if (reg == 0x110) {
		p->msr[g] &= ~val;
	}
	mpic_msg_lines(p, g);
}

/* --- global block --- */

static void mpic_gcr_write(struct mpic *p, uint32_t val)
{
	if (val & GCR_RST)
		mpic_reset(p);
	else
		p->gcr = val;
}

static uint32_t *mpic_global(struct mpic *p, uint32_t off)
{
	switch (off) {
	case 0x1020:
		return &p->gcr;
	case 0x1080:
		return &p->vir;
	case 0x10e0:
		return &p->svr;
	case 0x10f0:
		return &p->tfrr[0];
	case 0x1300:
		return &p->tcr[0];
	case 0x20f0:
		return &p->tfrr[1];
	case 0x2300:
		return &p->tcr[1];
	case 0x3910:
		return &p->eimr;
	default:
		return NULL;
	}
}

static uint32_t mpic_summaries(struct mpic *p, uint32_t off, unsigned cpu)
{
	enum mpic_level level = off < 0x3c00 ? MPIC_CRITICAL : MPIC_MCHECK;
	uint32_t reg = off & 0xff;

	/* External sources 0..15 sit in the upper half of their register. */
	if (reg < 0x40)
		return mpic_summary(p, level, 0, cpu) & 0xffff0000u;
	return mpic_summary(p, level, 16 + 32 * ((reg - 0x40) / 16), cpu);
}

static uint32_t mpic_global_read(struct mpic *p, uint32_t off, unsigned cpu)
{
	const uint32_t *reg = mpic_global(p, off);

	if (reg)
		return *reg;
	if (off == 0x1090)
		return p->pir;
	if (off == 0x0000)
		return 0x00400401; /* BRR1: MPIC 4.1 */
	if (off == 0x1000)
		return (MPIC_SOURCES - 1) << 16 | (p->machine->cfg.cores - 1) << 8 | 2;
	if (off >= 0x10a0 && off < 0x10e0)
		return mpic_vpr(p, MPIC_IPI0 + (off - 0x10a0) / 16);
	if (off >= 0x1100 && off < 0x1200)
		return mpic_timer_read(p, (off - 0x1100) / 0x40, off & 0x3f);
	if (off >= 0x2100 && off < 0x2200)
		return mpic_timer_read(p, 4 + (off - 0x2100) / 0x40, off & 0x3f);
	if (off >= 0x1400 && off < 0x2600 && (off & 0xfff) >= 0x400 && (off & 0xfff) < 0x600)
		return mpic_msg_read(p, (off >> 12) - 1, (off & 0xfff) - 0x400);
	if (off >= 0x1600 && off < 0x1c00)
		return mpic_msi_read(p, (off - 0x1600) / 0x200, (off - 0x1600) % 0x200);
	if (off == 0x3900)
		return p->eisr;
	if (off >= 0x3b00 && off < 0x3d40)
		return mpic_summaries(p, off, cpu);
	return 0;
}

static void mpic_global_write(struct mpic *p, uint32_t off, uint32_t val)
{
	uint32_t *reg = mpic_global(p, off);

	if (off == 0x1020) {
		mpic_gcr_write(p, val);
	} else if (off == 0x1090) {
		mpic_processor_init(p, val);
	} else if (off >= 0x10a0 && off < 0x10e0) {
		p->src[MPIC_IPI0 + (off - 0x10a0) / 16].vpr = val & 0x800fffffu;
	} else if (reg) {
		*reg = val;
	} else if (off >= 0x1100 && off < 0x1200) {
		mpic_timer_write(p, (off - 0x1100) / 0x40, off & 0x3f, val);
	} else if (off >= 0x2100 && off < 0x2200) {
		mpic_timer_write(p, 4 + (off - 0x2100) / 0x40, off & 0x3f, val);
	} else if (off >= 0x1400 && off < 0x2600 && (off & 0xfff) >= 0x400 &&
		   (off & 0xfff) < 0x600) {
		mpic_msg_write(p, (off >> 12) - 1, (off & 0xfff) - 0x400, val);
	} else if (off >= 0x1600 && off < 0x1c00) {
		mpic_msi_write(p, (off - 0x1600) / 0x200, (off - 0x1600) % 0x200, val);
	} else if (off == 0x4140 || off == 0x5140 || off == 0x6140) {
		mpic_msi_write(p, (off >> 12) - 4, 0x140, val);
	}
	mpic_error_update(p);
	mpic_update(p);
}

/* Which part of the 256 KB: sources, explicit CPU banks, own bank, globals. */
uint32_t mpic_read(void *dev, uint32_t off, unsigned cpu)
{
	struct mpic *p = dev;

	if (cpu >= p->machine->cfg.cores)
		cpu = 0;
	if (off >= 0x10000 && off < 0x10000 + 0x20 * MPIC_SOURCES)
		return mpic_source_read(p, (off - 0x10000) / 0x20, off & 0x1f);
	if (off >= 0x20000 && off < 0x20000 + 0x1000 * p->machine->cfg.cores)
		return mpic_bank_read(p, off & 0xfff, (off - 0x20000) >> 12);
	if (off >= 0x40 && off < 0xc0)
		return mpic_bank_read(p, off, cpu);
	return off < 0x10000 ? mpic_global_read(p, off, cpu) : 0;
}

void mpic_write(void *dev, uint32_t off, uint32_t val, unsigned cpu)
{
	struct mpic *p = dev;

	if (cpu >= p->machine->cfg.cores)
		cpu = 0;
	if (off >= 0x10000 && off < 0x10000 + 0x20 * MPIC_SOURCES)
		mpic_source_write(p, (off - 0x10000) / 0x20, off & 0x1f, val);
	else if (off >= 0x20000 && off < 0x20000 + 0x1000 * p->machine->cfg.cores)
		mpic_bank_write(p, off & 0xfff, val, (off - 0x20000) >> 12);
	else if (off >= 0x40 && off < 0xc0)
		mpic_bank_write(p, off, val, cpu);
	else if (off < 0x10000)
		mpic_global_write(p, off, val);
}
