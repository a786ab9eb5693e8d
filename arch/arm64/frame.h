/* SPDX-License-Identifier: BSD-3-Clause */
/* What assembly knows of C structures; trap.c proves every number. */
/* for assembly and C */
#ifndef ARM64_FRAME_H
#define ARM64_FRAME_H

#define CPU_VCPU 0       /* struct cpu: vcpu */
#define CPU_STACK_TOP 8  /* struct cpu: stack_top */
#define VCPU_X(n) ((n) * 8)
#define VCPU_STACK 248   /* struct vcpu: arch.stack */

/* struct mmu_regs, which a CPU reads before its caches are on */
#define MMU_TTBR 0
#define MMU_TCR 8
#define MMU_MAIR 16
#define MMU_SCTLR 24
#define MMU_BYTES 32

#define HMEM_TABLES 32    /* pages of EL2 translation tables */

#define STACK_BYTES 0x4000
#define STACK_GUARD 0x1000 /* unmapped page below each stack */

#endif
