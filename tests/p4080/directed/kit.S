/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry, vectors and run() of the directed programs.
 * SPRG8 holds the running context, 0 while the program itself executes.
 */
#include "kit_regs.h"

	.section .text.start, "ax"
	.globl	_start
_start:
	/* The same registers wherever the program runs. */
	.irp	r, 0,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	li	\r, 0
	.endr
	mtcr	0
	mtctr	0
	mtxer	0
	/* One stack a core, 8 KB apart. */
	mfspr	3, S_PIR
	slwi	4, 3, 13
	lis	1, stack_top@ha
	addi	1, 1, stack_top@l
	sub	1, 1, 4
	addi	1, 1, -16
	li	0, 0
	mtspr	S_SPRG8, 0
	lis	3, vectors@h
	mtspr	63, 3
	/* Map the device registers: TLB1[1], 16 MB at 0xfe000000, guarded, inhibited. */
	lis	3, 0x1001
	mtspr	S_MAS0, 3
	lis	3, 0xc000
	ori	3, 3, 14 << 7
	mtspr	S_MAS1, 3
	lis	3, 0xfe00
	ori	3, 3, 0x000a
	mtspr	S_MAS2, 3
	lis	3, KIT_CCSR@h
	ori	3, 3, P_SRW
	mtspr	S_MAS3, 3
	li	3, 0xf
	mtspr	S_MAS7, 3
	KIT_HV(mtspr S_MAS8, 0)
	tlbwe
	isync
	bl	ivors
	mfmsr	3
	ori	3, 3, M_FP
	mtmsr	3
	mfspr	3, S_PIR
	cmpwi	3, 0
	bne	secondary
	bl	test
	lis	3, failures@ha
	lwz	3, failures@l(3)
	b	stop

/* Other cores call what core 0 puts into kit_call[core], once. */
secondary:
	lis	30, kit_call@ha
	addi	30, 30, kit_call@l
	slwi	3, 3, 2
	add	30, 30, 3
1:	lwz	4, 0(30)
	cmpwi	4, 0
	beq	1b
	mtctr	4
	bctrl
	li	4, 0
	stw	4, 0(30)
	b	1b

	.globl	stop
stop:
	xoris	16, 16, 0
	/* Elsewhere than on the model: reset through RSTCR. */
	lis	4, 0xfe0e
	li	5, 2
	stw	5, 0xb0(4)
	b	stop

	.macro	ivor spr, n
	li	3, \n * 0x40
	mtspr	\spr, 3
	.endm
ivors:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	ivor	400 + \n, \n
	.endr
	KIT_HV(ivor 531 35; ivor 532 36; ivor 533 37; ivor 432 38)
	KIT_HV(ivor 433 39; ivor 434 40; ivor 435 41)
	blr

/* Save what run() reports; \n is the IVOR number, \srr the save pair of the class. */
	.macro	vector n, srr
	.org	vectors + \n * 0x40
	mtspr	272, 3
	mfcr	3
	mtspr	274, 3
	mfspr	3, S_SPRG8
	cmpwi	3, 0
	beq	unexpected
	stw	4, 16(3)
	mfspr	4, \srr
	stw	4, CTX_PC(3)
	mfspr	4, \srr + 1
	stw	4, CTX_PC + 4(3)
	li	4, \n
	stw	4, CTX_VECTOR(3)
	b	common
	.endm

	.balign	65536
vectors:
	vector	0, 58
	vector	1, 570
	.irp	n, 2,3,4,5,6,7,8,9,10,11
	vector	\n, 26
	.endr
	vector	12, 58
	vector	13, 26
	vector	14, 26
	vector	15, 574
	vector	35, 26
	vector	36, 26
	vector	37, 58
	KIT_HV(vector 38 S_GSRR0; vector 39 58; vector 40 26; vector 41 26)

	.org	vectors + 42 * 0x40
common:
	mfspr	4, 274
	stw	4, CTX_PC + 8(3)
	stw	0, 0(3)
	stw	1, 4(3)
	stw	2, 8(3)
	mfspr	4, 272
	stw	4, 12(3)
	stmw	5, 20(3)
	mflr	4
	stw	4, CTX_PC + 12(3)
	mfctr	4
	stw	4, CTX_PC + 16(3)
	mfxer	4
	stw	4, CTX_PC + 20(3)
	mfmsr	4
	stw	4, CTX_VECTOR + 4(3)
	.set	off, CTX_SRR0
	.irp	spr, 26,27,58,59,570,571,574,575
	mfspr	4, \spr
	stw	4, off(3)
	.set	off, off + 4
	.endr
	KIT_HV(mfspr 4, S_GSRR0; stw 4, CTX_SRR0 + 32(3))
	KIT_HV(mfspr 4, S_GSRR1; stw 4, CTX_SRR0 + 36(3))
	mfspr	4, 62
	stw	4, CTX_ESR(3)
	mfspr	4, 61
	stw	4, CTX_ESR + 4(3)
	/* The program itself runs with every interrupt disabled. */
	li	4, M_FP
	mtmsr	4
	isync
	li	4, 0
	mtspr	S_SPRG8, 4
	mfspr	1, 273
	lwz	0, 4(1)
	mtlr	0
	lwz	0, 8(1)
	mtcr	0
	lwz	2, 12(1)
	lmw	13, 16(1)
	addi	1, 1, 96
	blr

unexpected:
	mflr	5
	mfspr	3, 26
	mfspr	4, 62
	b	panic

/* void run(struct ctx *x) */
	.globl	run
run:
	stwu	1, -96(1)
	mflr	0
	stw	0, 4(1)
	mfcr	0
	stw	0, 8(1)
	stw	2, 12(1)
	stmw	13, 16(1)
	mtspr	273, 1
	mtspr	S_SPRG8, 3
	lwz	4, CTX_PC(3)
	mtspr	26, 4
	lwz	4, CTX_PC + 4(3)
	mtspr	27, 4
	lwz	4, CTX_PC + 8(3)
	mtcr	4
	lwz	4, CTX_PC + 12(3)
	mtlr	4
	lwz	4, CTX_PC + 16(3)
	mtctr	4
	lwz	4, CTX_PC + 20(3)
	mtxer	4
	lwz	0, 0(3)
	lwz	1, 4(3)
	lwz	2, 8(3)
	lwz	4, 16(3)
	lmw	5, 20(3)
	lwz	3, 12(3)
	rfi

	.bss
	.balign	16
	.space	8 * 8192
stack_top:
