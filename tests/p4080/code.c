/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The decoded-instruction cache: one array a physical page, filled word by word on first execution.
 * Keyed by physical page, because code is copied, relocated and mapped at several addresses.
 */
#include "insn.h"

#include <stdio.h>
#include <stdlib.h>

#include "excp.h"
#include "machine.h"
#include "mmu.h"
#include "trace.h"

/* Beyond this many bytes of decoded pages all are dropped and made again on demand. */
#define CODE_MEMORY_MAX (UINT64_C(512) << 20)
/* Stores to a page before its decoded instructions are dropped and it is plain data again. */
#define CODE_STORES_MAX 32
#define CODE_BLOCK 64

static size_t code_bytes;
/* Pages outside RAM (NOR flash): few, kept in a list. */
#define CODE_OTHER_MAX 4096
static struct code_page *code_other[CODE_OTHER_MAX];
static unsigned code_other_count;

size_t code_page_memory(void)
{
	return code_bytes;
}

static const struct insn *code_decode(struct core *c, const struct insn *i);

static void code_page_reset(struct code_page *p)
{
	for (unsigned n = 0; n < CODE_INSNS; n++)
		p->insn[n].fn = code_decode;
}

/* Stores to the page must be seen from now on. */
static void code_page_register(struct code_page *p)
{
	struct machine *m = p->bus->machine;

	if (p->pa >= p->bus->ram.size ||
	    (p->bus->ram.flags[p->pa >> BUS_PAGE_SHIFT] & BUS_PAGE_CODE))
		return;
	p->stores = 0;
	p->bus->ram.flags[p->pa >> BUS_PAGE_SHIFT] |= BUS_PAGE_CODE;
	for (unsigned n = 0; n < m->cfg.cores; n++)
		core_flush_stores(m->core[n]);
}

/*
 * The word at byte offset off is fetched. Another value than an instruction cache may hold: silicon
 * would execute either.
 */
static void code_fetch(struct core *c, struct code_page *p, unsigned off)
{
	unsigned block = off / CODE_BLOCK;

	if (p->cached >> block & 1) {
		if (!memcmp(p->fetched + off, p->host + off, 4))
			return;
		c->pc = c->page_va + off;
		lint_report(c, LINT_STALE_CODE, "pa %09llx was changed without icbi",
			    (unsigned long long)p->pa + off);
	}
	p->cached |= UINT64_C(1) << block;
	memcpy(p->fetched + block * CODE_BLOCK, p->host + block * CODE_BLOCK, CODE_BLOCK);
}

/* Handler of every word not decoded yet: decode it in place, then execute it. */
static const struct insn *code_decode(struct core *c, const struct insn *i)
{
	struct code_page *p = c->page;
	struct insn *w = &p->insn[i->off / 4];

	code_page_register(p);
	code_fetch(c, p, i->off);
	insn_decode(w, be32_get(p->host + w->off));
	return w->fn(c, w);
}

/* The step from the last word of a page to the next page; executes nothing. */
static const struct insn *code_page_end(struct core *c, const struct insn *i)
{
	c->left++;
	return insn_goto(c, c->page_va + i->off);
}

static struct code_page *code_page_new(struct bus *b, uint64_t pa, const uint8_t *host)
{
	struct code_page *p = malloc(sizeof(*p));

	if (!p) {
		perror("facet-p4080");
		abort();
	}
	code_bytes += sizeof(*p);
	p->pa = pa;
	p->host = host;
	p->bus = b;
	p->stores = 0;
	p->cached = 0;
	for (unsigned n = 0; n <= CODE_INSNS; n++)
		p->insn[n] = (struct insn){.off = (uint16_t)(4 * n)};
	code_page_reset(p);
	p->insn[CODE_INSNS].fn = code_page_end;
	return p;
}

struct code_page *code_page_get(struct core *c, uint64_t pa)
{
	struct bus *b = &c->machine->bus;
	uint64_t page = pa & ~(uint64_t)(BUS_PAGE_SIZE - 1);
	const uint8_t *host = bus_page(b, pa, BUS_FETCH);
	struct code_page **slot = NULL;

	if (!host)
		return NULL;
	if (pa < b->ram.size) {
		slot = &b->ram.code[pa >> BUS_PAGE_SHIFT];
	} else {
		for (unsigned n = 0; n < code_other_count; n++) {
			if (code_other[n]->pa == page)
				return code_other[n];
		}
		if (code_other_count == CODE_OTHER_MAX)
			return NULL;
		slot = &code_other[code_other_count++];
	}
	if (!*slot)
		*slot = code_page_new(b, page, host);
	return *slot;
}

void code_page_store(struct bus *b, uint64_t pa, unsigned size)
{
	struct code_page *p = b->ram.code[pa >> BUS_PAGE_SHIFT];
	unsigned first = (pa & 0xfff) / 4;
	unsigned last = ((pa & 0xfff) + size - 1) / 4;

	if (++p->stores > CODE_STORES_MAX) {
		code_page_reset(p);
		b->ram.flags[pa >> BUS_PAGE_SHIFT] &= (uint8_t)~BUS_PAGE_CODE;
		return;
	}
	for (unsigned n = first; n <= last && n < CODE_INSNS; n++)
		p->insn[n].fn = code_decode;
}

void code_page_icbi(struct bus *b, uint64_t pa)
{
	if (pa < b->ram.size && b->ram.code[pa >> BUS_PAGE_SHIFT])
		b->ram.code[pa >> BUS_PAGE_SHIFT]->cached &=
			~(UINT64_C(1) << (pa & 0xfff) / CODE_BLOCK);
}

void code_page_flash_invalidate(struct bus *b)
{
	for (uint64_t n = 0; n < b->ram.size >> BUS_PAGE_SHIFT; n++) {
		if (b->ram.code[n])
			b->ram.code[n]->cached = 0;
	}
}

void code_page_drop_all(struct machine *m)
{
	struct ram *r = &m->bus.ram;

	if (code_bytes < CODE_MEMORY_MAX)
		return;
	for (uint64_t n = 0; n < r->size >> BUS_PAGE_SHIFT; n++) {
		free(r->code[n]);
		r->code[n] = NULL;
		r->flags[n] &= (uint8_t)~BUS_PAGE_CODE;
	}
	for (unsigned n = 0; n < code_other_count; n++)
		free(code_other[n]);
	code_other_count = 0;
	code_bytes = 0;
	for (unsigned n = 0; n < m->cfg.cores; n++) {
		m->core[n]->page = NULL;
		core_flush_soft(m->core[n]);
	}
}

const struct insn *insn_goto_slow(struct core *c, uint32_t pc)
{
	struct fetch_slot *s = &c->fetch[(pc >> 12) % FETCH_SLOTS];
	struct code_page *p;
	uint64_t pa;

	c->pc = pc;
	if (!mmu_fetch(c, pc, &pa))
		return NULL;
	p = code_page_get(c, pa);
	if (!p) {
		struct bus_req req = {pa, 4, (uint16_t)c->index, 0, BUS_FETCH};
		uint64_t word;

		/* Not memory: let the bus say so (LAW, CCF), then a machine check. */
		c->left--;
		excp_account(c, 1);
		if (bus_read(&c->machine->bus, &req, &word))
			log_print(1, "fetch from device register %09llx", (unsigned long long)pa);
		core_machine_check(c, MCSR_MAV | MCSR_IF, pa);
		return NULL;
	}
	c->stats.soft_fill[BUS_FETCH]++;
	s->tag = c->ctx_fetch | (pc >> 12);
	s->page = p;
	c->page = p;
	c->page_va = pc & ~0xfffu;
	trace_add(c, 0);
	return &p->insn[(pc & 0xfff) >> 2];
}
