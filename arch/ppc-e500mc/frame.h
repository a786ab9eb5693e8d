/* SPDX-License-Identifier: BSD-3-Clause */
/* Offsets the assembly uses; trap.c proves that they are those of the C structures. */
#ifndef ARCH_FRAME_H
#define ARCH_FRAME_H

/* struct cpu */
#define CPU_VCPU 0
#define CPU_STACK_TOP 4

/* struct vcpu: the frame comes first */
#define F_GPR 0
#define F_CR 128
#define F_XER 132
#define F_LR 136
#define F_CTR 140
#define F_PC 144
#define V_HW_MSR 160
#define V_FAST 164
#define G_MSR 168
#define G_PENDING 172
#define G_SRR0 176
#define G_SRR1 180
#define G_SPRG0 208
#define G_SPRG1 212
#define G_SPRG3 220
#define G_DEAR 248
#define G_ESR 252
#define G_MAS0 448
#define G_MAS1 452
#define G_MAS2 456
#define G_MAS3 460
#define G_MAS6 468
#define G_MAS7 472
#define G_BUCSR 564

#endif
