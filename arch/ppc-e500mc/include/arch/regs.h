/* SPDX-License-Identifier: BSD-3-Clause */
/* MSR, ESR, timer and message fields, SPR numbers of the e500 family (EREF 2.x; e500mc RM ch. 2). */
#ifndef ARCH_REGS_H
#define ARCH_REGS_H

/* Machine state register. */
#define MSR_GS 0x10000000u
#define MSR_UCLE 0x04000000u
#define MSR_SPE 0x02000000u
#define MSR_WE 0x00040000u
#define MSR_CE 0x00020000u
#define MSR_EE 0x00008000u
#define MSR_PR 0x00004000u
#define MSR_FP 0x00002000u
#define MSR_ME 0x00001000u
#define MSR_FE0 0x00000800u
#define MSR_DE 0x00000200u
#define MSR_FE1 0x00000100u
#define MSR_IS 0x00000020u
#define MSR_DS 0x00000010u
#define MSR_PMM 0x00000004u
#define MSR_RI 0x00000002u

/* Exception syndrome. */
#define ESR_PIL 0x08000000u
#define ESR_PPR 0x04000000u
#define ESR_PTR 0x02000000u
#define ESR_FP 0x01000000u
#define ESR_ST 0x00800000u
#define ESR_DLK 0x00200000u
#define ESR_ILK 0x00100000u
#define ESR_PUO 0x00040000u
#define ESR_BO 0x00020000u
#define ESR_SPV 0x00000080u
#define ESR_EPID 0x00000040u

/* Machine check syndrome, as e500mc reports a bus error (e500mc RM 5.7.2); MEA would say: MCAR is effective. */
#define MCSR_MCP 0x80000000u
#define MCSR_NMI 0x00100000u
#define MCSR_MAV 0x00080000u
#define MCSR_MEA 0x00040000u
#define MCSR_IF 0x00010000u
#define MCSR_LD 0x00008000u
#define MCSR_ST 0x00004000u
/* And as e500v2 does (MPC8548 RM 6.7.2.4): bus data error on a fetch, a load, a store. */
#define MCSR_BUS_IBERR 0x00000010u
#define MCSR_BUS_RBERR 0x00000008u
#define MCSR_BUS_WBERR 0x00000004u

/* Timer control and status. */
#define TCR_WP 0xc0000000u
#define TCR_WRC 0x30000000u
#define TCR_WRC_RESET 0x20000000u /* at the third expiry (EREF 2.9.4) */
#define TCR_WIE 0x08000000u
#define TCR_DIE 0x04000000u
#define TCR_FP 0x03000000u
#define TCR_FIE 0x00800000u
#define TCR_ARE 0x00400000u
#define TCR_WPEXT 0x001e0000u
#define TCR_FPEXT 0x0001e000u
#define TSR_ENW 0x80000000u
#define TSR_WIS 0x40000000u
#define TSR_WRS 0x30000000u
#define TSR_DIS 0x08000000u
#define TSR_FIS 0x04000000u

/* Debug control; the events have the same bits in DBSR. */
#define DBCR0_EDM 0x80000000u
#define DBCR0_IDM 0x40000000u
#define DBCR0_ICMP 0x08000000u /* instruction complete */
#define DBCR0_BRT 0x04000000u  /* branch taken */

/* Interrupt vector numbers (IVORn). */
enum ivor {
	IVOR_CRITICAL = 0,
	IVOR_MCHECK = 1,
	IVOR_DSI = 2,
	IVOR_ISI = 3,
	IVOR_EXTERNAL = 4,
	IVOR_ALIGNMENT = 5,
	IVOR_PROGRAM = 6,
	IVOR_FP = 7,
	IVOR_SYSCALL = 8,
	IVOR_AP = 9,
	IVOR_DECREMENTER = 10,
	IVOR_FIT = 11,
	IVOR_WATCHDOG = 12,
	IVOR_DTLB = 13,
	IVOR_ITLB = 14,
	IVOR_DEBUG = 15,
	IVOR_SPE = 32,
	IVOR_SPE_DATA = 33,
	IVOR_SPE_ROUND = 34,
	IVOR_PERFMON = 35,
	IVOR_DBELL = 36,
	IVOR_CDBELL = 37,
	IVOR_COUNT = 42,
};

/* Message of msgsnd/msgclr: type, broadcast, target (Power ISA 2.06 III-E 11). */
#define MSG_TYPE 0xf8000000u
#define MSG_BROADCAST 0x04000000u
#define MSG_PIRTAG 0x00003fffu
#define MSG_DBELL 0u
#define MSG_CDBELL 1u

#define L1CSR_ENABLE 0x00000001u /* L1CSR0[CE], L1CSR1[ICE] */
#define HID0_DOZE 0x00800000u
#define HID0_NAP 0x00400000u
#define HID0_SLEEP 0x00200000u

#endif
