/* SPDX-License-Identifier: BSD-3-Clause */
/* The hypervisor's own address space, between the entry code and the rest of arch/arm64. */
#ifndef ARM64_HMEM_H
#define ARM64_HMEM_H

#include "hv/addr.h"

/* System registers of EL2 stage 1; every CPU loads them with its caches off. */
struct mmu_regs {
	uint64_t ttbr, tcr, mair, sctlr;
};
extern struct mmu_regs mmu_regs;

/* Translation tables, and the end of those in use when the MMU goes on: head.S cleans them. */
extern uint64_t hmem_tables[];
extern uint64_t hmem_tables_end;

/* Symbols of the linker script and of head.S. */
extern char _image_begin[], _text_end[], _rodata_end[], _image_end[], stacks[], stacks_end[];

/* Boot CPU, MMU off: tables for the image and the device tree blob, nothing else. */
void hmem_early(uint64_t tree);

/* Bits of physical address that tables may use: PARange, at most 48. */
unsigned int hmem_pa_bits(void);

#endif
