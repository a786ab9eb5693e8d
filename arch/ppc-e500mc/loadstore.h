/* SPDX-License-Identifier: BSD-3-Clause */
/* Decoding of the loads and stores that may hit an emulated device. */
/* pure */
#ifndef ARCH_LOADSTORE_H
#define ARCH_LOADSTORE_H

#include "hv/types.h"

struct loadstore {
	uint8_t size;        /* bytes: 1, 2, 4 */
	bool is_write;
	bool is_signed;      /* lha and friends */
	bool is_reversed;    /* lwbrx and friends */
	bool is_update;      /* RA gets the effective address */
	bool is_indexed;     /* RA|0 + RB, else RA|0 + D */
	uint8_t rt, ra, rb;
	int32_t d;
};

/* False: not a single-register integer load or store (multiple, string, FP, atomic, cache). */
bool loadstore_decode(uint32_t insn, struct loadstore *ls);
/* The bytes of a register as the device sees them, and back. value is zero-extended from size. */
uint32_t loadstore_to_device(const struct loadstore *ls, uint32_t reg);
uint32_t loadstore_to_reg(const struct loadstore *ls, uint32_t value);

#endif
