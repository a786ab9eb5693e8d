/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Register numbers and bits of the directed programs, for C and assembly.
 */
#ifndef DIRECTED_KIT_REGS_H
#define DIRECTED_KIT_REGS_H

/*
 * Where the program runs: on the model, or on QEMU's ppce500 (KIT_PPCE500). KIT_NO_HV leaves out what
 * needs the hypervisor category, which only the model has.
 */
#ifdef KIT_PPCE500
#define KIT_CCSR 0xe0000000
#define KIT_UART 0xfe004500
#define KIT_NO_HV
#else
#define KIT_CCSR 0xfe000000
#define KIT_UART 0xfe11c500
#endif
#ifdef KIT_NO_HV
#define KIT_HV(...)
#else
#define KIT_HV(...) __VA_ARGS__
#endif

/* Offsets for kit.S */
#define CTX_PC 128
#define CTX_VECTOR 152
#define CTX_SRR0 160
#define CTX_ESR 200

/* MSR */
#define M_GS 0x10000000u
#define M_UCLE 0x04000000u
#define M_CE 0x00020000u
#define M_EE 0x00008000u
#define M_PR 0x00004000u
#define M_FP 0x00002000u
#define M_ME 0x00001000u
#define M_FE0 0x00000800u
#define M_DE 0x00000200u
#define M_FE1 0x00000100u
#define M_IS 0x00000020u
#define M_DS 0x00000010u
#define M_PMM 0x00000004u
#define M_RI 0x00000002u

/* SPR numbers used by the programs */
#define S_DEC 22
#define S_SRR0 26
#define S_PID 48
#define S_DEAR 61
#define S_ESR 62
#define S_SPRG3 275
#define S_SPRG8 604
#define S_PIR 286
#define S_DBSR 304
#define S_EPCR 307
#define S_DBCR0 308
#define S_MSRP 311
#define S_IAC1 312
#define S_DAC1 316
#define S_TSR 336
#define S_LPIDR 338
#define S_MAS5 339
#define S_TCR 340
#define S_MAS8 341
#define S_GSPRG3 371
#define S_GSRR0 378
#define S_GSRR1 379
#define S_GEPR 380
#define S_GDEAR 381
#define S_GPIR 382
#define S_GESR 383
#define S_GIVOR2 440
#define S_GIVOR3 441
#define S_GIVOR4 442
#define S_GIVOR8 443
#define S_GIVOR13 444
#define S_GIVOR14 445
#define S_GIVPR 447
#define S_MCSR 572
#define S_MAS0 624
#define S_MAS1 625
#define S_MAS2 626
#define S_MAS3 627
#define S_MAS4 628
#define S_MAS6 630
#define S_MAS7 944
#define S_EPR 702
#define S_EPLC 947
#define S_EPSC 948
#define S_MMUCSR0 1012
#define S_L1CSR0 1010

/* Permissions of MAS3 */
#define P_ALL 0x3fu
#define P_SRW 0x05u
#define P_SRWX 0x15u

#endif
