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

#endif
