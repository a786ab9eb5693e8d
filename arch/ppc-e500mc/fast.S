/* SPDX-License-Identifier: BSD-3-Clause */
/* Program interrupts of a de-privileged guest supervisor: the hot moves, without a full frame. */
/*
 * Over nine of ten traps of a Linux guest are reads and writes of MSR, SRRs, SPRGs and MAS
 * registers. They are done here with r10-r12 as the only registers in use; whatever is not in the
 * tables below, changes the guest's context or would let a pending interrupt through goes to
 * fast_slow, which puts everything back as it was and takes the common path. What a move does is
 * what emul.c and emul_spr.c do: storage in struct ppc_guest.
 *
 *   r10  struct vcpu          SPRG1  guest r10      F_GPR+48(r10)  guest r12
 *   r11  the instruction      SPRG9  guest r11      F_CR, F_CTR    guest CR, CTR
 *
 * SPRG9 and not SPRG2: a fault of the fetch goes through a vector that uses SPRG1 and SPRG2.
 */
#include "frame.h"

#define SPR_SPRG0 272
#define SPR_SPRG1 273
#define SPR_SPRG2 274
#define SPR_SPRG9 605
#define SPR_SRR0 26
#define MSR_PR 0x4000
#define MSR_EE 0x8000

/* The instruction rotated left by six: extended opcode, Rc and primary opcode side by side. */
#define KEY_MFSPR 0xa99f
#define KEY_MTSPR 0xe99f
#define KEY_MFMSR 0x299f
#define KEY_WRTEE 0x419f
#define KEY_WRTEEI 0x519f

	.section .vectors, "ax"
	.balign	64
	.globl	vec_program_fast
vec_program_fast:
	mtspr	SPR_SPRG1, %r10
	mtspr	SPR_SPRG9, %r11
	mfspr	%r11, SPR_SRR0
	.globl	fast_fetch
fast_fetch:
	.long	0x7d60583e		/* lwepx r11, 0, r11 */
	mfspr	%r10, SPR_SPRG0
	lwz	%r10, CPU_VCPU(%r10)
	stw	%r12, F_GPR + 48(%r10)
	mfcr	%r12
	stw	%r12, F_CR(%r10)
	mfctr	%r12
	stw	%r12, F_CTR(%r10)
	lwz	%r12, G_MSR(%r10)
	andi.	%r12, %r12, MSR_PR
	bne	fast_slow
	rlwinm	%r12, %r11, 6, 15, 31
	cmplwi	%r12, KEY_MFSPR
	beq	fast_mfspr
	cmplwi	%r12, KEY_MTSPR
	beq	fast_mtspr
	cmplwi	%r12, KEY_MFMSR
	beq	fast_mfmsr
	cmplwi	%r12, KEY_WRTEEI
	beq	fast_wrteei
	cmplwi	%r12, KEY_WRTEE
	beq	fast_wrtee

/* Not here: r10-r12, CR and CTR return to the guest's values, then as if from the vector. */
	.globl	fast_slow
fast_slow:
	mfspr	%r11, SPR_SPRG9
	mtspr	SPR_SPRG2, %r11
	lwz	%r11, F_CTR(%r10)
	mtctr	%r11
	lwz	%r11, F_CR(%r10)
	lwz	%r12, F_GPR + 48(%r10)
	li	%r10, 6
	b	from_guest

/* Table entry by register number (its halves swapped, times 4), plus 16 bytes a general register. */
	.macro	spr_move table
	rlwinm	%r12, %r11, 23, 20, 29
	addis	%r12, %r12, \table@ha
	lwz	%r12, \table@l(%r12)
	rlwinm	%r11, %r11, 15, 23, 27
	cmplwi	%r12, 0
	beq	fast_slow
	add	%r12, %r12, %r11
	mtctr	%r12
	bctr
	.endm

fast_mfspr:
	spr_move fast_read
fast_mtspr:
	spr_move fast_write
fast_mfmsr:
	rlwinm	%r11, %r11, 15, 23, 27
	addis	%r11, %r11, read_MSR@ha
	addi	%r11, %r11, read_MSR@l
	mtctr	%r11
	bctr
fast_wrtee:
	rlwinm	%r11, %r11, 15, 23, 27
	addis	%r11, %r11, take_EE@ha
	addi	%r11, %r11, take_EE@l
	mtctr	%r11
	bctr
/* EE of the operand is in r12: turning it on while something is pending is not for here. */
fast_wrteei:
	mr	%r12, %r11
fast_set_ee:
	andi.	%r12, %r12, MSR_EE
	lwz	%r11, G_MSR(%r10)
	rlwimi	%r11, %r12, 0, 16, 16
	beq	1f
	lwz	%r12, G_PENDING(%r10)
	cmpwi	%r12, 0
	bne	fast_slow
1:
	stw	%r11, G_MSR(%r10)

fast_done:
	lwz	%r11, V_FAST(%r10)
	addi	%r11, %r11, 1
	stw	%r11, V_FAST(%r10)
	lwz	%r12, F_CTR(%r10)
	lwz	%r11, F_CR(%r10)
	mtctr	%r12
	mtcr	%r11
	mfspr	%r11, SPR_SRR0
	lwz	%r12, F_GPR + 48(%r10)
	addi	%r11, %r11, 4
	mtspr	SPR_SRR0, %r11
	mfspr	%r11, SPR_SPRG9
	mfspr	%r10, SPR_SPRG1
	rfi

/* ---- one slot of 16 bytes for each general register ------------------------------------------- */

	.macro	read_block name, offset
	.balign	16
read_\name:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	lwz	%r\n, \offset(%r10)
	b	fast_done
	.balign	16
	.endr
	lwz	%r12, \offset(%r10)
	mtspr	SPR_SPRG1, %r12
	b	fast_done
	.balign	16
	lwz	%r12, \offset(%r10)
	mtspr	SPR_SPRG9, %r12
	b	fast_done
	.balign	16
	lwz	%r12, \offset(%r10)
	stw	%r12, F_GPR + 48(%r10)
	b	fast_done
	.irp	n, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	.balign	16
	lwz	%r\n, \offset(%r10)
	b	fast_done
	.endr
	.balign	16
	.endm

	/* Bits mb..me (they may wrap) of the source go to the offset; `then` comes after. */
	.macro	write_block name, offset, mb=0, me=31
	.balign	16
write_\name:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	rlwinm	%r12, %r\n, 0, \mb, \me
	stw	%r12, \offset(%r10)
	b	fast_done
	.balign	16
	.endr
	mfspr	%r12, SPR_SPRG1
	rlwinm	%r12, %r12, 0, \mb, \me
	stw	%r12, \offset(%r10)
	b	fast_done
	mfspr	%r12, SPR_SPRG9
	rlwinm	%r12, %r12, 0, \mb, \me
	stw	%r12, \offset(%r10)
	b	fast_done
	lwz	%r12, F_GPR + 48(%r10)
	rlwinm	%r12, %r12, 0, \mb, \me
	stw	%r12, \offset(%r10)
	b	fast_done
	.irp	n, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	rlwinm	%r12, %r\n, 0, \mb, \me
	stw	%r12, \offset(%r10)
	b	fast_done
	.balign	16
	.endr
	.endm

	.balign	16
take_EE:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	mr	%r12, %r\n
	b	fast_set_ee
	.balign	16
	.endr
	mfspr	%r12, SPR_SPRG1
	b	fast_set_ee
	.balign	16
	mfspr	%r12, SPR_SPRG9
	b	fast_set_ee
	.balign	16
	lwz	%r12, F_GPR + 48(%r10)
	b	fast_set_ee
	.irp	n, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	.balign	16
	mr	%r12, %r\n
	b	fast_set_ee
	.endr

	read_block MSR, G_MSR
	read_block SRR0, G_SRR0
	read_block SRR1, G_SRR1
	read_block SPRG0, G_SPRG0
	read_block SPRG1, G_SPRG1
	read_block SPRG3, G_SPRG3
	read_block DEAR, G_DEAR
	read_block ESR, G_ESR
	read_block MAS0, G_MAS0
	read_block MAS1, G_MAS1
	read_block MAS2, G_MAS2
	read_block MAS6, G_MAS6
	write_block SRR0, G_SRR0, 0, 29
	write_block SRR1, G_SRR1
	write_block SPRG0, G_SPRG0
	write_block SPRG1, G_SPRG1
	write_block MAS1, G_MAS1
	write_block MAS2, G_MAS2
	write_block MAS3, G_MAS3
	write_block MAS7, G_MAS7
	write_block BUCSR, G_BUCSR, 23, 21	/* all but BBFI, which completes at once */

/* ---- block by register number, its two halves swapped; 0: not here ------------------------------ */

	.macro	entry table, number, block
	.org	\table + 4 * ((\number & 31) << 5 | \number >> 5)
	.long	\block
	.endm

	.section .rodata.fast, "a"
	.balign	4
fast_read:
	entry	fast_read, 272, read_SPRG0
	entry	fast_read, 624, read_MAS0
	entry	fast_read, 273, read_SPRG1
	entry	fast_read, 625, read_MAS1
	entry	fast_read, 626, read_MAS2
	entry	fast_read, 275, read_SPRG3
	entry	fast_read, 630, read_MAS6
	entry	fast_read, 26, read_SRR0
	entry	fast_read, 27, read_SRR1
	entry	fast_read, 61, read_DEAR
	entry	fast_read, 62, read_ESR
	.org	fast_read + 4096
fast_write:
	entry	fast_write, 272, write_SPRG0
	entry	fast_write, 944, write_MAS7
	entry	fast_write, 273, write_SPRG1
	entry	fast_write, 625, write_MAS1
	entry	fast_write, 626, write_MAS2
	entry	fast_write, 627, write_MAS3
	entry	fast_write, 1013, write_BUCSR
	entry	fast_write, 26, write_SRR0
	entry	fast_write, 27, write_SRR1
	.org	fast_write + 4096
