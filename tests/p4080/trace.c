/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The trace ring: page changes and interrupts always, every instruction with --trace.
 */
#include "trace.h"

#include <inttypes.h>

void trace_add(struct core *c, uint32_t op)
{
	struct trace_entry *t = &c->trace[c->trace_next++ % TRACE_RING];

	t->cycle = core_cycle(c);
	t->pc = c->pc;
	t->op = op;
	t->msr = c->msr;
}

void trace_registers(struct core *c, FILE *out)
{
	fprintf(out, "pc %08x msr %08x cr %08x xer %08x lr %08x ctr %08x", c->pc, c->msr,
		core_cr_get(c), core_xer_get(c), c->lr, c->ctr);
	for (unsigned i = 0; i < 32; i++)
		fprintf(out, " %08x", c->gpr[i]);
	fputc('\n', out);
}

static void trace_dump_tlb(struct core *c, FILE *out)
{
	for (unsigned i = 0; i < TLB1_ENTRIES; i++) {
		const struct tlb_entry *e = &c->tlb1[i];

		if (e->valid)
			fprintf(out, "  tlb1[%2u] ea %08x size %2u pa %09" PRIx64
				" perm %02x tid %u ts %d tgs %d lpid %u vf %d iprot %d\n",
				i, e->epn, e->tsize, e->rpn, e->perm & 0x3f, e->tid, e->ts, e->tgs,
				e->lpid, e->vf, e->iprot);
	}
}

void trace_dump(struct core *c, FILE *out)
{
	fprintf(out, "core %u, cycle %" PRIu64 ": trace, oldest first\n", c->index, core_cycle(c));
	for (unsigned n = 0; n < TRACE_RING; n++) {
		const struct trace_entry *t = &c->trace[(c->trace_next + n) % TRACE_RING];

		if (t->cycle)
			fprintf(out, "  %12" PRIu64 " pc %08x op %08x msr %08x\n", t->cycle, t->pc,
				t->op, t->msr);
	}
	trace_registers(c, out);
	fprintf(out, "srr %08x %08x csrr %08x %08x gsrr %08x %08x dear %08x esr %08x\n",
		c->spr[SPR_SRR0], c->spr[SPR_SRR1], c->spr[SPR_CSRR0], c->spr[SPR_CSRR1],
		c->spr[SPR_GSRR0], c->spr[SPR_GSRR1], c->spr[SPR_DEAR], c->spr[SPR_ESR]);
	trace_dump_tlb(c, out);
}
