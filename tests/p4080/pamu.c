/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PAMU translation: tables in memory are read on every access, nothing is cached.
 * The rules are numbered as in spec 8.9. Sources: entry layout mainline's fsl_pamu.h; violation
 * codes observed with its interrupt handler; permissions and operation mapping from the layout
 * alone.
 */
#include "pamu.h"

#include <stdlib.h>

#include "oracle.h"
#include "pamu_regs.h"
#include "soc.h"

#define ENTRY_SIZE 64

/* Access violation codes of AVS1 */
#define AVS_PDV 0x4000u
#define AVS_LAV 0x0400u
#define AVS_WAV 0x0080u
#define AVS_APV 0x0008u
#define AVS_OTV 0x0002u

struct pamu_entry {
	uint32_t w[ENTRY_SIZE / 4];
};

/* One lookup on its way. */
struct pamu_look {
	struct pamu *p;
	unsigned liodn;
	uint64_t addr;
	bool write;
};

static bool pamu_violation(const struct pamu_look *k, uint32_t code)
{
	struct pamu *p = k->p;
	struct machine *m = p->machine;
	unsigned liodn = fault_on(FAULT_PAMU_LIODN_ZERO) ? 0 : k->liodn;

	log_print(2, "pamu %u: violation %04x, liodn %u, address %09llx, %s", p->index, code,
		  k->liodn, (unsigned long long)k->addr, k->write ? "write" : "read");
	if (!(p->reg[PAMU_AVS1 / 4] & AVS1_AV)) {
		p->reg[PAMU_AVS1 / 4] = liodn << 16 | code | AVS1_AV;
		p->reg[PAMU_AVS2 / 4] = k->write;
		p->reg[PAMU_AVAH / 4] = (uint32_t)(k->addr >> 32);
		p->reg[PAMU_AVAL / 4] = (uint32_t)k->addr;
	}
	if (!pamu_errata.a003638)
		p->reg[PAMU_PICS / 4] |= PICS_AVICS;
	pamu_update(m);
	return false;
}

/* Entry n of the table whose base and limit registers start at `reg`. */
static bool pamu_fetch(const struct pamu_look *k, uint32_t reg, uint64_t n, struct pamu_entry *e)
{
	const struct pamu *p = k->p;
	uint64_t base = (uint64_t)p->reg[reg / 4] << 32 | p->reg[reg / 4 + 1];
	uint64_t limit = (uint64_t)p->reg[reg / 4 + 2] << 32 | p->reg[reg / 4 + 3];
	uint64_t pa = base + n * ENTRY_SIZE;
	uint8_t raw[ENTRY_SIZE];

	if (pa >= limit || !bus_dma_read(&p->machine->bus, pa, raw, sizeof(raw), 0))
		return pamu_violation(k, AVS_LAV);
	for (unsigned i = 0; i < ENTRY_SIZE / 4; i++)
		e->w[i] = be32_get(raw + 4 * i);
	if (!(e->w[1] & PAACE_V) && !fault_on(FAULT_PAMU_VALID))
		return pamu_violation(k, AVS_PDV);
	return true;
}

/* Rules 5 and 6: the window, and the sub-window inside it. Leaves the deciding entry in *e. */
static bool pamu_window(const struct pamu_look *k, struct pamu_entry *e, uint64_t *offset)
{
	uint64_t base = (uint64_t)e->w[0] << 32 | (e->w[1] & 0xfffff000u);
	uint64_t size = UINT64_C(2) << (e->w[1] >> 6 & 0x3f);
	uint64_t fspi = e->w[6];
	uint64_t sub, count, index;

	*offset = k->addr - base;
	if (*offset >= size && !fault_on(FAULT_PAMU_WINDOW_LIMIT))
		return pamu_violation(k, AVS_WAV);
	if (!(e->w[1] & PAACE_MW))
		return true;
	count = UINT64_C(2) << (e->w[3] >> 4 & 15);
	sub = size / count;
	if (!sub)
		return pamu_violation(k, AVS_WAV); /* more sub-windows than bytes */
	index = *offset / sub;
	if (fault_on(FAULT_PAMU_SUBWINDOW))
		index = index ? index - 1 : index;
	if (index && !pamu_fetch(k, PAMU_SPBAH, fspi + index - 1, e))
		return false;
	*offset %= sub;
	if (*offset >= UINT64_C(2) << (e->w[5] & 0x3f))
		return pamu_violation(k, AVS_WAV);
	return true;
}

/* Rule 9: the operation mapping table must know the access, if there is one. */
static bool pamu_operation(const struct pamu_look *k, const struct pamu_entry *e)
{
	const struct pamu *p = k->p;
	uint64_t omt = (uint64_t)p->reg[PAMU_OBAH / 4] << 32 | p->reg[PAMU_OBAH / 4 + 1];
	uint64_t limit = (uint64_t)p->reg[PAMU_OBAH / 4 + 2] << 32 | p->reg[PAMU_OBAH / 4 + 3];
	uint32_t omi = e->w[7] & 0xffff;
	uint8_t code;

	if ((e->w[3] & 3) != 2)
		return true;
	/* 128 bytes an index; ingress operations 0 read, 1 write of the plain masters modelled. */
	omt += (uint64_t)omi * 128 + k->write;
	if (omt >= limit || !bus_dma_read(&p->machine->bus, omt, &code, 1, 0) || !(code & 0x80))
		return pamu_violation(k, AVS_OTV);
	return true;
}

static bool pamu_lookup(const struct pamu_look *k, uint64_t *pa)
{
	struct pamu_entry e;
	uint64_t offset;
	unsigned ap;

	if (!pamu_fetch(k, PAMU_PPBAH, k->liodn, &e) || !pamu_window(k, &e, &offset))
		return false;
	ap = e.w[1] >> 3 & 3;
	if (!(ap & (k->write ? 2u : 1u)) && !fault_on(FAULT_PAMU_PERMISSION))
		return pamu_violation(k, AVS_APV);
	if (!pamu_operation(k, &e))
		return false;
	*pa = k->addr;
	if ((e.w[3] >> 2 & 3) == 1 && !fault_on(FAULT_PAMU_NO_TRANSLATION))
		*pa = ((uint64_t)e.w[4] << 32 | (e.w[5] & 0xfffff000u)) + offset;
	*pa &= BUS_ADDR_MASK;
	return true;
}

bool pamu_translate(struct machine *m, unsigned i, unsigned liodn, uint64_t addr, bool write,
		    uint64_t *pa)
{
	struct pamu *p = &((struct pamu *)m->pamu)[i];
	struct pamu_look k = {p, liodn, addr, write};
	bool ok = true;

	*pa = addr & BUS_ADDR_MASK;
	if (guts_pamu_bypassed(m, i) || fault_on(FAULT_PAMU_UNCHECKED))
		return true;
	if (!(p->reg[PAMU_PC / 4] & PC_PE)) {
		if (p->reg[PAMU_PC / 4] & PC_PGC)
			return pamu_violation(&k, AVS_PDV);
		return true;
	}
	ok = pamu_lookup(&k, pa);
	if (ok)
		oracle_dma(m, liodn, *pa, 1, write);
	return ok;
}

bool pamu_dma(struct machine *m, unsigned i, unsigned liodn, uint64_t addr, void *buf, size_t len,
	      bool write)
{
	uint8_t *b = buf;

	while (len) {
		size_t n = BUS_PAGE_SIZE - (addr & (BUS_PAGE_SIZE - 1));
		uint64_t pa;
		bool ok;

		n = n > len ? len : n;
		if (!pamu_translate(m, i, liodn, addr, write, &pa))
			return false;
		ok = write ? bus_dma_write(&m->bus, pa, b, n, liodn)
			   : bus_dma_read(&m->bus, pa, b, n, liodn);
		if (!ok)
			return false;
		addr += n;
		b += n;
		len -= n;
	}
	return true;
}
