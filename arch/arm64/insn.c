/* SPDX-License-Identifier: BSD-3-Clause */
/* Decoder for the device accesses that stage 2 reports without a register: A64 pairs, writeback. */
/* pure; bit fields are those of the Arm ARM, C4.1.94 */
#include "insn.h"

#include "hv/bits.h"

static int64_t sign_extend(uint64_t x, unsigned int bits)
{
	return (int64_t)(x << (64 - bits)) >> (64 - bits);
}

static void addressing(struct insn_access *in, bool is_post, bool has_writeback, int64_t imm)
{
	in->offset = is_post ? 0 : imm;
	in->has_writeback = has_writeback;
	in->writeback = imm;
}

/* opc 101 0 mode L imm7 Rt2 Rn Rt */
static bool pair(uint32_t insn, struct insn_access *in)
{
	unsigned int opc = insn >> 30;
	unsigned int mode = insn >> 23 & 3; /* 0 no-allocate, 1 post, 2 offset, 3 pre */

	in->is_write = (insn & BIT(22)) == 0;
	in->is_signed = opc == 1;
	if (opc == 3 || (opc == 1 && (in->is_write || mode == 0))) {
		return false; /* unallocated, or STGP */
	}
	in->size = opc == 2 ? 8 : 4;
	in->count = 2;
	in->rt[1] = insn >> 10 & 31;
	addressing(in, mode == 1, (mode & 1) != 0,
		   sign_extend(insn >> 15 & 0x7f, 7) * (in->size));
	return in->is_write || in->rt[0] != in->rt[1];
}

/* size 111 0 00 opc 0 imm9 01|11 Rn Rt */
static bool single(uint32_t insn, struct insn_access *in)
{
	unsigned int opc = insn >> 22 & 3;

	in->size = (uint8_t)(1u << (insn >> 30));
	in->count = 1;
	in->is_write = opc == 0;
	in->is_signed = opc >= 2;
	in->is_word = opc == 3;
	if (opc >= 2 && (in->size == 8 || (opc == 3 && in->size == 4))) {
		return false;
	}
	addressing(in, (insn >> 10 & 3) == 1, true, sign_extend(insn >> 12 & 0x1ff, 9));
	return true;
}

bool insn_decode(uint32_t insn, struct insn_access *in)
{
	bool is_good;

	*in = (struct insn_access){ .rt[0] = insn & 31, .rn = insn >> 5 & 31 };
	if ((insn & 0x3e000000u) == 0x28000000u) {
		is_good = pair(insn, in);
	} else if ((insn & 0x3f200400u) == 0x38000400u) {
		is_good = single(insn, in);
	} else {
		return false;
	}
	/* Writeback into a register that is also loaded or stored is unpredictable. */
	return is_good && !(in->has_writeback && in->rn != 31 &&
			    (in->rn == in->rt[0] || (in->count == 2 && in->rn == in->rt[1])));
}
