/* SPDX-License-Identifier: BSD-3-Clause */
/* Registers by number and MSR bits that vectors.S and fast.S share. */
#ifndef ARCH_VECTORS_H
#define ARCH_VECTORS_H

#define SPRG0 272
#define SPRG1 273
#define SPRG2 274
#define SPRG8 604
#define SPRG9 605
#define SCRATCH 59	/* CSRR1: no critical interrupt is taken in the hypervisor */
#define SRR0 26
#define SRR1 27
#define PID 48
#define IVOR6 406
#define EPLC 947
#define EPSC 948
#define MSR_PR 0x4000
#define MSR_EE 0x8000

#endif
