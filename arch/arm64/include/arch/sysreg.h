/* SPDX-License-Identifier: BSD-3-Clause */
/* System registers as the hypervisor uses them: access macros and the bits that matter here. */
/* private to arch/arm64 and the GIC code; section numbers are those of the Arm ARM (DDI 0487) */
#ifndef ARCH_SYSREG_H
#define ARCH_SYSREG_H

#include "hv/bits.h"

#define sysreg_rd(name)                                             \
	({                                                          \
		uint64_t x__;                                       \
		__asm__ volatile("mrs %0, " #name : "=r"(x__));     \
		x__;                                                \
	})
#define sysreg_wr(name, x) __asm__ volatile("msr " #name ", %x0" ::"rZ"((uint64_t)(x)))

static inline void isb(void)
{
	__asm__ volatile("isb" ::: "memory");
}

/* Name of a register in the syndrome of a trapped MSR/MRS/SYS: ISS without Rt and direction. */
#define SYSREG_KEY(op0, op1, crn, crm, op2)                                                  \
	((uint32_t)(op0) << 20 | (uint32_t)(op2) << 17 | (uint32_t)(op1) << 14 |              \
	 (uint32_t)(crn) << 10 | (uint32_t)(crm) << 1)
#define SYSREG_KEY_MASK SYSREG_KEY(3, 7, 15, 15, 7)

/* ESR_ELx (D19.2.37) */
#define ESR_EC(esr) ((unsigned int)((esr) >> 26) & 0x3f)
#define ESR_EC_OF(ec) ((uint64_t)(ec) << 26)
#define ESR_IL BIT(25)
#define ESR_ISS MASK(24, 0)
#define ESR_AARCH32 BIT(63) /* not of the hardware: vectors.S marks traps from AArch32 */
enum {
	EC_UNKNOWN = 0x00,
	EC_WFX = 0x01,
	EC_CP15_32 = 0x03,
	EC_CP15_64 = 0x04,
	EC_CP14_32 = 0x05,
	EC_CP14_LDC = 0x06,
	EC_FP = 0x07,
	EC_CP14_64 = 0x0c,
	EC_HVC32 = 0x12,
	EC_SMC32 = 0x13,
	EC_HVC64 = 0x16,
	EC_SMC64 = 0x17,
	EC_SYS64 = 0x18,
	EC_IABT_LOW = 0x20,
	EC_IABT_CUR = 0x21,
	EC_DABT_LOW = 0x24,
	EC_DABT_CUR = 0x25,
	EC_SERROR = 0x2f,
};
/* Instruction and data aborts */
#define ISS_ISV BIT(24)
#define ISS_SAS MASK(23, 22)
#define ISS_SSE BIT(21)
#define ISS_SRT MASK(20, 16)
#define ISS_SF BIT(15)
#define ISS_FNV BIT(10)
#define ISS_CM BIT(8)
#define ISS_S1PTW BIT(7)
#define ISS_WNR BIT(6)
#define ISS_FSC MASK(5, 0)
#define FSC_EXTERNAL 0x10u       /* synchronous external abort, not on a table walk */
#define FSC_EXTERNAL_WALK 0x14u  /* ... on a table walk, level in bits 1:0 */
#define FSC_TYPE 0x3cu           /* FSC without the level */
#define FSC_PERMISSION 0x0cu
/* Trapped MSR, MRS, SYS */
#define ISS_SYS_RT(esr) ((unsigned int)((esr) >> 5) & 31)
#define ISS_SYS_READ BIT(0)

/* HCR_EL2 (D19.2.48) */
#define HCR_VM BIT(0)
#define HCR_SWIO BIT(1)
#define HCR_FMO BIT(3)
#define HCR_IMO BIT(4)
#define HCR_AMO BIT(5)
#define HCR_TID0 BIT(15)
#define HCR_TID3 BIT(18)
#define HCR_TSC BIT(19)
#define HCR_TIDCP BIT(20)
#define HCR_TACR BIT(21)
#define HCR_RW BIT(31)
#define HCR_TLOR BIT(35)
#define HCR_TERR BIT(36)
#define HCR_APK BIT(40)
#define HCR_API BIT(41)
#define HCR_TID5 BIT(58)

/* SPSR_ELx / PSTATE */
#define SPSR_M_AARCH32 BIT(4)
#define SPSR_M_EL MASK(3, 2)
#define SPSR_M_SPSEL BIT(0)
#define SPSR_EL1H 0x5u
#define SPSR_DAIF MASK(9, 6)
#define SPSR_SSBS BIT(12)
#define SPSR_IL BIT(20)
#define SPSR_SS BIT(21)
#define SPSR_PAN BIT(22)
#define SPSR_UAO BIT(23)
#define SPSR_DIT BIT(24)
#define SPSR_TCO BIT(25)
#define SPSR_NZCV MASK(31, 28)

/* SCTLR_EL1 and SCTLR_EL2 */
#define SCTLR_M BIT(0)
#define SCTLR_C BIT(2)
#define SCTLR_SA BIT(3)
#define SCTLR_I BIT(12)
#define SCTLR_WXN BIT(19)
#define SCTLR_SPAN BIT(23)
#define SCTLR_DSSBS BIT(44)
/* bits that are 1 when no extension gives them a meaning (D19.2.122, D19.2.121) */
#define SCTLR_EL2_RES1 0x30c50830u
#define SCTLR_EL1_RESET 0x30d00980u

/* PAR_EL1 after an AT instruction */
#define PAR_F BIT(0)
#define PAR_PA MASK(51, 12)

/* MPIDR_EL1: the affinity fields, which name a CPU in device trees and PSCI */
#define MPIDR_AFFINITY (MASK(39, 32) | MASK(23, 0))

#endif
