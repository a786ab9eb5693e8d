/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads and stores whose syndrome does not describe them. */
/* pure */
#ifndef ARM64_INSN_H
#define ARM64_INSN_H

#include "hv/types.h"

struct insn_access {
	bool is_write;
	bool is_signed;      /* load extends the sign from size */
	bool is_word;        /* ... to 32 bits only */
	bool has_writeback;
	uint8_t size;        /* bytes of one element: 1, 2, 4 or 8 */
	uint8_t count;       /* elements: 1 or 2 */
	uint8_t rt[2];       /* 31: zero register */
	uint8_t rn;          /* 31: stack pointer */
	int64_t offset;      /* of the access, from Rn */
	int64_t writeback;   /* new Rn, from Rn */
};

/*
 * LDP, STP, LDPSW in all addressing modes, and single registers with writeback (C4.1.94). Anything
 * else, SIMD registers, exclusives and CONSTRAINED UNPREDICTABLE register choices: false.
 */
bool insn_decode(uint32_t insn, struct insn_access *in);

#endif
