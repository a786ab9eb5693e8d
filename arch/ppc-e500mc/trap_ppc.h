/* SPDX-License-Identifier: BSD-3-Clause */
/* Between vectors.S, head.S and C. */
#ifndef ARCH_TRAP_PPC_H
#define ARCH_TRAP_PPC_H

#include "hv/arch.h"

void ppc_trap(struct vcpu *v, unsigned int vector);
void ppc_emulate(struct vcpu *v, uint32_t insn);
void ppc_hcall(struct vcpu *v);
noreturn_fn void ppc_resume(struct vcpu *v);
noreturn_fn void ppc_fatal(uint32_t pc, uint32_t msr, uint32_t vector);
noreturn_fn void ppc_start(uint32_t tree_high, uint32_t tree_low, uint32_t image_high,
			   uint32_t image_low);
noreturn_fn void ppc_start_secondary(void);
void secondary_start(void);
void vec_program(void);
void vec_program_fast(void);
void cpu_wait_e500mc(void);
void cpu_wait_e500v2(void);
extern const uint16_t vector_offset_debug_ed;
extern const uint16_t vector_offsets_more[6];
extern const uint16_t vector_offsets[16];

#endif
