/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From instruction words to handlers: the rows of all tables, looked up by primary opcode and,
 * below it, by the low 11 bits.
 */
#include "insn.h"
#include "op.h"

const struct insn_row *const insn_tables[] = {
	insn_rows_int,	 insn_rows_logic, insn_rows_mem, insn_rows_branch, insn_rows_sys,
	insn_rows_cache, insn_rows_tlb,	 insn_rows_fp,	insn_rows_fpmem,
};
const unsigned insn_table_count = ARRAY_COUNT(insn_tables);

static const struct insn *op_undefined(struct core *c, const struct insn *i)
{
	return op_illegal(c, i);
}

const struct insn_row *insn_find(uint32_t op)
{
	for (unsigned t = 0; t < insn_table_count; t++) {
		for (const struct insn_row *r = insn_tables[t]; r->name; r++) {
			if ((op & r->mask) == r->match)
				return r;
		}
	}
	return NULL;
}

/* Rows are searched linearly, so remember the answers: key = the bits any row compares. */
#define DECODE_SLOTS 4096
static struct {
	uint32_t key;
	const struct insn_row *row;
} decode_cache[DECODE_SLOTS];

static const struct insn_row *decode_find(uint32_t op)
{
	uint32_t key = (op & 0xfc0007ffu) | 0x00000800u;
	unsigned slot = (key * 2654435761u) >> 20;

	/* Bits outside the key matter to a few rows only; those are told apart by insn_find. */
	if (decode_cache[slot].key == key && decode_cache[slot].row &&
	    (op & decode_cache[slot].row->mask) == decode_cache[slot].row->match)
		return decode_cache[slot].row;
	decode_cache[slot].row = insn_find(op);
	decode_cache[slot].key = key;
	return decode_cache[slot].row;
}

/* Mask of rlwinm and friends: ones from mb to me in MSB-0 numbering, wrapping. */
static uint32_t decode_mask(unsigned mb, unsigned me)
{
	uint32_t begin = UINT32_C(0xffffffff) >> mb;
	uint32_t end = UINT32_C(0xffffffff) << (31 - me);

	return mb <= me ? begin & end : begin | end;
}

static void decode_operands(struct insn *w, enum insn_form form)
{
	uint32_t op = w->op;

	w->d = op >> 21 & 31;
	w->a = op >> 16 & 31;
	w->b = op >> 11 & 31;
	w->x = op & 1;
	w->imm = 0;
	switch (form) {
	case FORM_DS:
		w->imm = bits_sext(op & 0xffff, 16);
		break;
	case FORM_DU:
		w->imm = (int32_t)(op & 0xffff);
		break;
	case FORM_DSH:
		w->imm = (int32_t)(op << 16);
		break;
	case FORM_M:
		w->imm = (int32_t)decode_mask(op >> 6 & 31, op >> 1 & 31);
		break;
	case FORM_B:
		w->imm = bits_sext(op & 0xfffc, 16);
		break;
	case FORM_I:
		w->imm = bits_sext(op & 0x03fffffc, 26);
		break;
	case FORM_CRX:
		w->d >>= 2;
		break;
	case FORM_CMPI:
		w->d >>= 2;
		w->imm = bits_sext(op & 0xffff, 16);
		break;
	case FORM_CMPLI:
		w->d >>= 2;
		w->imm = (int32_t)(op & 0xffff);
		break;
	case FORM_SPR:
		w->imm = (int32_t)((op >> 16 & 31) | (op >> 11 & 31) << 5);
		break;
	case FORM_A:
	case FORM_SEL:
		w->x = op >> 6 & 31;
		break;
	case FORM_CRM:
		w->imm = (int32_t)(op >> 12 & 0xff);
		break;
	case FORM_X:
	case FORM_CRB:
		break;
	}
}

void insn_decode(struct insn *w, uint32_t op)
{
	const struct insn_row *r = decode_find(op);

	w->op = op;
	decode_operands(w, r ? r->form : FORM_X);
	w->fn = r ? r->fn : op_undefined;
	if (r && r->pick) {
		insn_fn *special = r->pick(w);

		if (special)
			w->fn = special;
	}
}
