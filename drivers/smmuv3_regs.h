/* SPDX-License-Identifier: BSD-3-Clause */
/* SMMUv3: registers, commands, structures in memory and event records (Arm IHI 0070). */
/* pure; only what the hypervisor uses */
#ifndef SMMUV3_REGS_H
#define SMMUV3_REGS_H

#include "hv/bits.h"

/* Registers, page 0 (6.2 map, 6.3 formats); the event queue's indices are in page 1. */
#define SMMU_IDR0 0x00u
#define SMMU_IDR1 0x04u
#define SMMU_IDR5 0x14u
#define SMMU_CR0 0x20u
#define SMMU_CR0ACK 0x24u
#define SMMU_CR1 0x28u
#define SMMU_CR2 0x2cu
#define SMMU_GBPA 0x44u
#define SMMU_IRQ_CTRL 0x50u
#define SMMU_IRQ_CTRLACK 0x54u
#define SMMU_GERROR 0x60u
#define SMMU_GERRORN 0x64u
#define SMMU_GERROR_IRQ_CFG0 0x68u
#define SMMU_STRTAB_BASE 0x80u
#define SMMU_STRTAB_BASE_CFG 0x88u
#define SMMU_CMDQ_BASE 0x90u
#define SMMU_CMDQ_PROD 0x98u
#define SMMU_CMDQ_CONS 0x9cu
#define SMMU_EVENTQ_BASE 0xa0u
#define SMMU_EVENTQ_IRQ_CFG0 0xb0u
#define SMMU_EVENTQ_PROD 0x100a8u
#define SMMU_EVENTQ_CONS 0x100acu
#define SMMU_REGS_SIZE 0x20000u

/* IDR0: what is implemented. */
#define IDR0_S2P BIT(0)
#define IDR0_S1P BIT(1)
#define IDR0_TTF MASK(3, 2) /* bit 1 of the field: AArch64 tables */
#define IDR0_COHACC BIT(4)
#define IDR0_ATS BIT(10)
#define IDR0_ASID16 BIT(12)
#define IDR0_MSI BIT(13)
#define IDR0_VMID16 BIT(18)
#define IDR0_TTENDIAN MASK(22, 21) /* 0 both, 2 little, 3 big */
#define IDR0_STALL MASK(25, 24)	   /* 0 may stall, 1 terminates only, 2 stalls always */
#define IDR0_ST_LEVEL MASK(28, 27) /* 1: two-level stream table */

#define IDR1_SIDSIZE MASK(5, 0)
#define IDR1_EVENTQS MASK(20, 16)
#define IDR1_CMDQS MASK(25, 21)
#define IDR1_PRESET MASK(30, 29) /* tables or queues at fixed places */

#define IDR5_OAS MASK(2, 0)
#define IDR5_GRAN4K BIT(4)

#define CR0_SMMUEN BIT(0)
#define CR0_EVENTQEN BIT(2)
#define CR0_CMDQEN BIT(3)
#define CR0_ATSCHK BIT(4) /* translated requests are checked, not believed */

/* Tables and queues: inner shareable, write-back. Zero: not cacheable. */
#define CR1_CACHED 0xd75u

#define CR2_RECINVSID BIT(1) /* an unknown StreamID is an event */
#define CR2_PTM BIT(2)	     /* the CPUs' TLB invalidations are none of its business */

#define GBPA_ABORT BIT(20)
#define GBPA_UPDATE BIT(31)

#define IRQ_GERROR BIT(0)
#define IRQ_EVENTQ BIT(2)

/* GERROR and GERRORN (7.5): active where they differ. */
#define GERROR_CMDQ BIT(0)
#define GERROR_EVENTQ_ABT BIT(2)
#define GERROR_SFM BIT(8)
#define GERROR_ALL 0x1fdu

/* Bases (6.3): address plus the hint to allocate in caches; queues have their size in the low bits. */
#define BASE_ALLOC BIT(62)
#define STRTAB_CFG_SPLIT MASK(10, 6)
#define STRTAB_CFG_TWO BIT(16)

/* Queue indices (3.5.1): index, then a wrap bit. */
#define CMDQ_CONS_ERR MASK(30, 24)
#define EVENTQ_OVERFLOW BIT(31)

/* Commands: two doublewords (chapter 4). */
#define CMD_BYTES 16u
#define CMD_CFGI_STE 0x03u
#define CMD_CFGI_ALL 0x04u
#define CMD_TLBI_NH_ASID 0x11u
#define CMD_TLBI_S12_VMALL 0x28u
#define CMD_TLBI_NSNH_ALL 0x30u
#define CMD_SYNC 0x46u
#define CMD_STREAM MASK(63, 32)
#define CMD_VMID MASK(47, 32)
#define CMD_ASID MASK(63, 48)
#define CMD_LEAF BIT(0)	  /* second doubleword */
#define CMD_RANGE_ALL 31u /* second doubleword of CFGI_ALL */

/* Level 1 stream table descriptor (5.1): span of its second level is 2^(SPAN-1) entries. */
#define L1STD_SPAN MASK(4, 0)
#define L1STD_L2PTR MASK(51, 6)

/* Stream table entry (5.2), by doubleword. All zero: invalid, which blocks and records. */
#define STE_WORDS 8u
#define STE_BYTES 64u
#define STE0_V BIT(0)
#define STE0_CONFIG MASK(3, 1)
#define STE_CONFIG_S1 5u
#define STE_CONFIG_S2 6u
#define STE0_CONTEXT MASK(51, 6)
#define STE1_S1CIR MASK(3, 2)
#define STE1_S1COR MASK(5, 4)
#define STE1_S1CSH MASK(7, 6)
#define STE1_S1STALLD BIT(27)
#define STE1_SHCFG MASK(45, 44)
#define STE_SH_INCOMING 1u
#define STE2_VMID MASK(15, 0)
#define STE2_T0SZ MASK(37, 32)
#define STE2_SL0 MASK(39, 38)
#define STE2_IR0 MASK(41, 40)
#define STE2_OR0 MASK(43, 42)
#define STE2_SH0 MASK(45, 44)
#define STE2_TG MASK(47, 46)
#define STE2_PS MASK(50, 48)
#define STE2_AA64 BIT(51)
#define STE2_R BIT(58)
#define STE3_TTB MASK(51, 4)

/* Context descriptor (5.4), by doubleword. */
#define CD_WORDS 8u
#define CD_BYTES 64u
#define CD0_T0SZ MASK(5, 0)
#define CD0_TG0 MASK(7, 6)
#define CD0_IR0 MASK(9, 8)
#define CD0_OR0 MASK(11, 10)
#define CD0_SH0 MASK(13, 12)
#define CD0_EPD1 BIT(30)
#define CD0_V BIT(31)
#define CD0_IPS MASK(34, 32)
#define CD0_AA64 BIT(41)
#define CD0_R BIT(45)
#define CD0_A BIT(46)
#define CD0_ASET BIT(47)
#define CD0_ASID MASK(63, 48)
#define CD1_TTB0 MASK(51, 4)

/* Cacheability and shareability as STE, CD and translation tables spell them. */
#define WALK_WRITE_BACK 1u
#define WALK_INNER 3u

/* Event records (7.3): four doublewords. */
#define EVENT_BYTES 32u
#define EVENT_WORDS 4u
#define EVENT0_TYPE MASK(7, 0)
#define EVENT0_STREAM MASK(63, 32)
#define EVENT1_READ BIT(35)

enum smmu_event {
	EVENT_UUT = 0x01,	  /* 7.3.2 unsupported upstream transaction */
	EVENT_BAD_STREAM = 0x02,  /* 7.3.3 StreamID outside the stream table */
	EVENT_STE_FETCH = 0x03,	  /* 7.3.4 */
	EVENT_BAD_STE = 0x04,	  /* 7.3.5 among others: invalid, which is how streams are blocked */
	EVENT_BAD_ATS = 0x05,	  /* 7.3.6 */
	EVENT_DISABLED = 0x06,	  /* 7.3.7 */
	EVENT_FORBIDDEN = 0x07,	  /* 7.3.8 a translated request where none is allowed */
	EVENT_BAD_SUB = 0x08,	  /* 7.3.9 */
	EVENT_CD_FETCH = 0x09,	  /* 7.3.10 */
	EVENT_BAD_CD = 0x0a,	  /* 7.3.11 */
	EVENT_WALK = 0x0b,	  /* 7.3.12 external abort of a table walk */
	EVENT_TRANSLATION = 0x10, /* 7.3.13 */
	EVENT_SIZE = 0x11,	  /* 7.3.14 */
	EVENT_ACCESS = 0x12,	  /* 7.3.15 */
	EVENT_PERMISSION = 0x13,  /* 7.3.16 */
};

#endif
