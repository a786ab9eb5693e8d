/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IEEE 754 arithmetic in the terms of the Power FPSCR, by integers only: the same on every host.
 * Pure: values and status in, value and status out.
 */
#ifndef P4080_FPU_H
#define P4080_FPU_H

#include "bits.h"

#define FPSCR_FX PBIT32(0)
#define FPSCR_FEX PBIT32(1)
#define FPSCR_VX PBIT32(2)
#define FPSCR_OX PBIT32(3)
#define FPSCR_UX PBIT32(4)
#define FPSCR_ZX PBIT32(5)
#define FPSCR_XX PBIT32(6)
#define FPSCR_VXSNAN PBIT32(7)
#define FPSCR_VXISI PBIT32(8)
#define FPSCR_VXIDI PBIT32(9)
#define FPSCR_VXZDZ PBIT32(10)
#define FPSCR_VXIMZ PBIT32(11)
#define FPSCR_VXVC PBIT32(12)
#define FPSCR_FR PBIT32(13)
#define FPSCR_FI PBIT32(14)
#define FPSCR_FPRF 0x0001f000u
#define FPSCR_FPCC 0x0000f000u
#define FPSCR_VXSOFT PBIT32(21)
#define FPSCR_VXSQRT PBIT32(22)
#define FPSCR_VXCVI PBIT32(23)
#define FPSCR_VE PBIT32(24)
#define FPSCR_OE PBIT32(25)
#define FPSCR_UE PBIT32(26)
#define FPSCR_ZE PBIT32(27)
#define FPSCR_XE PBIT32(28)
#define FPSCR_RN 3u
#define FPSCR_VX_ALL                                                                               \
	(FPSCR_VXSNAN | FPSCR_VXISI | FPSCR_VXIDI | FPSCR_VXZDZ | FPSCR_VXIMZ | FPSCR_VXVC |       \
	 FPSCR_VXSOFT | FPSCR_VXSQRT | FPSCR_VXCVI)
#define FPSCR_EXCEPTIONS (FPSCR_OX | FPSCR_UX | FPSCR_ZX | FPSCR_XX | FPSCR_VX_ALL)

#define FPU_QNAN UINT64_C(0x7ff8000000000000)
#define FPU_SIGN UINT64_C(0x8000000000000000)
#define FPU_INF UINT64_C(0x7ff0000000000000)

/* One operation: control bits in, exceptions and FR/FI out. */
struct fpu_op {
	uint32_t fpscr; /* RN and the enable bits are looked at */
	bool single;	/* round to single precision and range */
	uint32_t flags; /* exception bits raised, FR, FI */
};

uint64_t fpu_add(struct fpu_op *o, uint64_t a, uint64_t b);
uint64_t fpu_mul(struct fpu_op *o, uint64_t a, uint64_t b);
uint64_t fpu_div(struct fpu_op *o, uint64_t a, uint64_t b);
/* a * c + b, one rounding; negate_b subtracts b. */
uint64_t fpu_madd(struct fpu_op *o, uint64_t a, uint64_t c, uint64_t b, bool negate_b);
/* Round to single (frsp). */
uint64_t fpu_round(struct fpu_op *o, uint64_t a);
/* To a 32-bit integer under rounding mode rn (0 nearest, 1 zero, 2 up, 3 down). */
uint32_t fpu_to_int(struct fpu_op *o, uint64_t a, unsigned rn);
uint64_t fpu_reciprocal(struct fpu_op *o, uint64_t a);
uint64_t fpu_rsqrt(struct fpu_op *o, uint64_t a);

/* Four-bit relation lt gt eq un of fcmp. */
unsigned fpu_compare(uint64_t a, uint64_t b);
bool fpu_is_nan(uint64_t a);
bool fpu_is_snan(uint64_t a);
/* The five FPRF bits of a result, in place. */
uint32_t fpu_class(uint64_t a, bool single);

/* Conversions of lfs and stfs: formats only, no rounding, no status. */
uint64_t fpu_from_single(uint32_t s);
uint32_t fpu_to_single(uint64_t d);

#endif
