/* SPDX-License-Identifier: BSD-3-Clause */
/* Fields of a Power instruction and the table of those that are emulated. */
/* pure */
#ifndef ARCH_INSN_H
#define ARCH_INSN_H

#include "hv/trap.h"

static inline unsigned int insn_opcode(uint32_t insn)
{
	return insn >> 26;
}
static inline unsigned int insn_extended(uint32_t insn)
{
	return insn >> 1 & 0x3ff;
}
static inline unsigned int insn_rt(uint32_t insn) /* also RS, and the T of tlbilx, the CT of locks */
{
	return insn >> 21 & 0x1f;
}
static inline unsigned int insn_ra(uint32_t insn)
{
	return insn >> 16 & 0x1f;
}
static inline unsigned int insn_rb(uint32_t insn)
{
	return insn >> 11 & 0x1f;
}
/* SPR numbers are encoded with their two halves swapped. */
static inline unsigned int insn_spr(uint32_t insn)
{
	return (insn >> 16 & 0x1f) | (insn >> 6 & 0x3e0);
}
static inline int32_t insn_d(uint32_t insn)
{
	return (int16_t)insn;
}

enum emul_cores {
	EMUL_ALL,
	EMUL_E500MC,
};

struct emul_row {
	uint8_t opcode;
	uint16_t extended;
	uint8_t cores;
	enum trap (*run)(struct vcpu *v, uint32_t insn);
	const char *name;
};

extern const struct emul_row emul_rows[];
extern const unsigned int emul_row_count;
const struct emul_row *emul_find(uint32_t insn, bool is_e500mc);

#endif
