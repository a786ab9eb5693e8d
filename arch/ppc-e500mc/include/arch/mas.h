/* SPDX-License-Identifier: BSD-3-Clause */
/* MMU assist registers and TLB configuration fields (EREF 2.x, Power ISA 2.06 Book III-E ch. 6). */
/* pure */
#ifndef ARCH_MAS_H
#define ARCH_MAS_H

#define MAS0_TLBSEL 0x30000000u /* 0: TLB0, 1: TLB1 */
#define MAS0_ESEL 0x0fff0000u
#define MAS0_NV 0x00000fffu
#define MAS0_TLBSEL1 0x10000000u

#define MAS1_V 0x80000000u
#define MAS1_IPROT 0x40000000u
#define MAS1_TID 0x3fff0000u
#define MAS1_TS 0x00001000u
#define MAS1_TSIZE 0x00000f80u /* page size is 1 KiB << TSIZE; MMU v1 has even values only */

#define MAS2_EPN 0xfffff000u
#define MAS2_X 0x00000060u /* X0, X1: implementation use */
#define MAS2_W 0x00000010u
#define MAS2_I 0x00000008u
#define MAS2_M 0x00000004u
#define MAS2_G 0x00000002u
#define MAS2_E 0x00000001u
#define MAS2_WIMGE 0x0000001fu

#define MAS3_RPN 0xfffff000u
#define MAS3_USER 0x000003c0u /* U0-U3 */
#define MAS3_UX 0x00000020u
#define MAS3_SX 0x00000010u
#define MAS3_UW 0x00000008u
#define MAS3_SW 0x00000004u
#define MAS3_UR 0x00000002u
#define MAS3_SR 0x00000001u
#define MAS3_PERM 0x0000003fu

#define MAS4_TLBSELD 0x30000000u
#define MAS4_TIDSELD 0x00030000u
#define MAS4_TSIZED 0x00000f80u
#define MAS4_WIMGED 0x0000001fu

#define MAS6_SPID 0x3fff0000u
#define MAS6_SAS 0x00000001u

#define MAS7_RPN 0x0000000fu /* physical address bits 32-35 */

#define MMUCSR0_TLB0_FI 0x4u
#define MMUCSR0_TLB1_FI 0x2u

/* tlbivax: low bits of the effective address */
#define TLBIVAX_ALL 0x4u
#define TLBIVAX_TLB1 0x8u

#endif
