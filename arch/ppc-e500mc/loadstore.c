/* SPDX-License-Identifier: BSD-3-Clause */
/* Decoding of single-register integer loads and stores (Power ISA 2.06 Book I, 3.3.2 to 3.3.4). */
/* pure */
#include "loadstore.h"

#include "insn.h"

enum {
	W = 1, /* store */
	S = 2, /* sign-extends */
	R = 4, /* byte-reversed */
	U = 8, /* updates RA */
};

struct row {
	uint16_t op;    /* primary opcode, or extended opcode of 31 */
	uint8_t size;
	uint8_t flags;
};

static const struct row by_opcode[] = {
	{ 32, 4, 0 }, { 33, 4, U }, { 34, 1, 0 },     { 35, 1, U },     { 36, 4, W }, { 37, 4, W | U },
	{ 38, 1, W }, { 39, 1, W | U }, { 40, 2, 0 }, { 41, 2, U },     { 42, 2, S }, { 43, 2, S | U },
	{ 44, 2, W }, { 45, 2, W | U },
};

static const struct row by_extended[] = {
	{ 23, 4, 0 },  { 55, 4, U },      { 87, 1, 0 },  { 119, 1, U },     { 151, 4, W },
	{ 183, 4, W | U }, { 215, 1, W }, { 247, 1, W | U }, { 279, 2, 0 }, { 311, 2, U },
	{ 343, 2, S }, { 375, 2, S | U }, { 407, 2, W }, { 439, 2, W | U }, { 534, 4, R },
	{ 662, 4, W | R }, { 790, 2, R }, { 918, 2, W | R },
};

static const struct row *find(const struct row *rows, unsigned int n, unsigned int op)
{
	for (unsigned int i = 0; i < n; i++) {
		if (rows[i].op == op) {
			return &rows[i];
		}
	}
	return NULL;
}

bool loadstore_decode(uint32_t insn, struct loadstore *ls)
{
	bool is_indexed = insn_opcode(insn) == 31;
	const struct row *row =
		is_indexed ? find(by_extended, ARRAY_SIZE(by_extended), insn_extended(insn)) :
			     find(by_opcode, ARRAY_SIZE(by_opcode), insn_opcode(insn));

	if (row == NULL) {
		return false;
	}
	*ls = (struct loadstore){
		.size = row->size,
		.is_write = row->flags & W,
		.is_signed = row->flags & S,
		.is_reversed = row->flags & R,
		.is_update = row->flags & U,
		.is_indexed = is_indexed,
		.rt = (uint8_t)insn_rt(insn),
		.ra = (uint8_t)insn_ra(insn),
		.rb = (uint8_t)insn_rb(insn),
		.d = insn_d(insn),
	};
	return true;
}

static uint32_t reverse(uint32_t x, unsigned int size)
{
	return size == 4 ? __builtin_bswap32(x) : size == 2 ? __builtin_bswap16((uint16_t)x) : x;
}

uint32_t loadstore_to_device(const struct loadstore *ls, uint32_t reg)
{
	uint32_t x = ls->size == 4 ? reg : reg & ((1u << ls->size * 8) - 1);

	return ls->is_reversed ? reverse(x, ls->size) : x;
}

uint32_t loadstore_to_reg(const struct loadstore *ls, uint32_t value)
{
	uint32_t x = ls->is_reversed ? reverse(value, ls->size) : value;

	return ls->is_signed && ls->size == 2 ? (uint32_t)(int32_t)(int16_t)x : x;
}
