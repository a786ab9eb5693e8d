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
#define F_INSN 148
#define V_HW_MSR 160
#define V_FAST 164
#define V_EPC_SUPER 168
#define V_EPC_USER 172
#define V_IVOR6 176
#define V_MSR_MASK 180
#define V_STACK 184
/* the next four by MSR[PR], 16 bytes apart */
#define Q_MATCH_PID 188
#define Q_MATCH_ALL 192
#define Q_MAS1 196
#define Q_SHIFT 200
#define Q_PERM 220
#define Q_FIRST 224
#define Q_COUNT 228
#define Q_HOST 232
#define Q_DONE 236
#define Q_REVOKED 240
#define G_MSR 248
#define G_PENDING 252
#define G_SRR0 256
#define G_SRR1 260
#define G_SPRG0 288
#define G_SPRG1 292
#define G_SPRG3 300
#define G_DEAR 328
#define G_ESR 332
#define G_IVPR 348
#define G_IVOR8 384
#define G_MAS0 528
#define G_MAS1 532
#define G_MAS2 536
#define G_MAS3 540
#define G_MAS6 548
#define G_MAS7 552
#define G_BUCSR 644

#define T_TLB0 664
#define S_WAY 11173
#define S_SMALL 11208

#endif
