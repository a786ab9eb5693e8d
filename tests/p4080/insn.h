/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decoded instructions: one record per word of a physical page, executed through its handler.
 * A handler returns the next record, or NULL after setting core->pc when the page, the translation
 * context or the interrupt state changed.
 */
#ifndef P4080_INSN_H
#define P4080_INSN_H

#include "core.h"

struct insn;
typedef const struct insn *insn_fn(struct core *c, const struct insn *i);

struct insn {
	insn_fn *fn;
	uint32_t op;  /* the instruction word */
	int32_t imm;  /* immediate, displacement, mask or target, by format */
	uint16_t off; /* byte offset in the page: 0..4096 */
	uint8_t d, a, b, x;
};

#define CODE_INSNS 1024

/* Decoded page; insn[1024] is the step to the next page. */
struct code_page {
	struct insn insn[CODE_INSNS + 1];
	uint64_t pa;
	const uint8_t *host;
	struct bus *bus;
	unsigned stores; /* stores since the page was (re)registered */
	/*
	 * What instruction caches may hold (lint): blocks of 64 bytes fetched since their last icbi
	 * and their contents then. Outlives the decoded instructions.
	 */
	uint64_t cached;
	uint8_t fetched[4 * CODE_INSNS];
};

/* How the operand fields of a table row are decoded. */
enum insn_form {
	FORM_X,	   /* d a b, x = Rc */
	FORM_DS,   /* d a, imm = signed 16 */
	FORM_DU,   /* d a, imm = unsigned 16 */
	FORM_DSH,  /* d a, imm = 16 << 16 */
	FORM_M,	   /* rlw: d(s) a b(sh), imm = mask, x = Rc */
	FORM_B,	   /* bc: d = BO, a = BI, imm = displacement */
	FORM_I,	   /* b: imm = displacement */
	FORM_CRX,  /* d = crf, a b */
	FORM_CMPI, /* d = crf, a, imm signed */
	FORM_CMPLI, /* d = crf, a, imm unsigned */
	FORM_CRB,  /* d a b = CR bits */
	FORM_SPR,  /* d, imm = register number */
	FORM_A,	   /* d a b, x = frC; Rc from op */
	FORM_SEL,  /* isel: d a b, x = CR bit */
	FORM_CRM,  /* mtcrf, mtfsf, ...: d, imm = mask; b */
};

struct insn_row {
	const char *name;
	uint32_t match; /* op & mask == match */
	uint32_t mask;
	enum insn_form form;
	insn_fn *fn;
	/* Choose a special handler by operands after decoding, NULL to keep fn. May be NULL. */
	insn_fn *(*pick)(const struct insn *w);
};

/* The tables, by part of the architecture; each ends with a NULL name. */
extern const struct insn_row insn_rows_int[];
extern const struct insn_row insn_rows_logic[];
extern const struct insn_row insn_rows_mem[];
extern const struct insn_row insn_rows_branch[];
extern const struct insn_row insn_rows_sys[];
extern const struct insn_row insn_rows_cache[];
extern const struct insn_row insn_rows_tlb[];
extern const struct insn_row insn_rows_fp[];
extern const struct insn_row insn_rows_fpmem[];
extern const struct insn_row *const insn_tables[];
extern const unsigned insn_table_count;

/* Row of an instruction word, NULL when it is not implemented. */
const struct insn_row *insn_find(uint32_t op);

/* Fill w->fn and its operands from an instruction word. */
void insn_decode(struct insn *w, uint32_t op);

/* Decoded page of a physical page, made on first use; NULL when it is not plain memory. */
struct code_page *code_page_get(struct core *c, uint64_t pa);
/* A store touched [pa, pa+size) of a page flagged BUS_PAGE_CODE. */
void code_page_store(struct bus *b, uint64_t pa, unsigned size);
/* icbi reached the block of pa. */
void code_page_icbi(struct bus *b, uint64_t pa);
/* All instruction caches are empty (L1CSR1[ICFI]). */
void code_page_flash_invalidate(struct bus *b);
/* Drop all decoded pages if they take too much memory; only between quanta. */
void code_page_drop_all(struct machine *m);
/* Bytes of decoded pages now. */
size_t code_page_memory(void);

/* --- exits used by handlers --- */

/* Make core->pc the address of i. */
static inline void insn_set_pc(struct core *c, const struct insn *i)
{
	c->pc = c->page_va + i->off;
}

/* Address of the instruction after i. */
static inline uint32_t insn_next_pc(const struct core *c, const struct insn *i)
{
	return c->page_va + i->off + 4;
}

const struct insn *insn_goto_slow(struct core *c, uint32_t pc);

/* Continue at pc, through the fetch cache. */
static inline const struct insn *insn_goto(struct core *c, uint32_t pc)
{
	const struct fetch_slot *s = &c->fetch[(pc >> 12) % FETCH_SLOTS];

	if (__builtin_expect(s->tag != (c->ctx_fetch | (pc >> 12)), 0))
		return insn_goto_slow(c, pc);
	c->page = s->page;
	c->page_va = pc & ~0xfffu;
	return &s->page->insn[(pc & 0xfff) >> 2];
}

/* Leave the inner loop with pc at the next instruction (context changed). */
static inline const struct insn *insn_leave(struct core *c, const struct insn *i)
{
	c->pc = insn_next_pc(c, i);
	return NULL;
}

#endif
