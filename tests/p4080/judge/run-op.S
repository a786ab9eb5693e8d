/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * void run_op(fn, struct state *): load the state, call, store the state. r2, r13..r26 are kept.
 */
#define S_CR 128
#define S_XER 132
#define S_CTR 136
#define S_FPSCR 140
#define S_FPR 144

	.machine "e500mc"
	.text
	.globl	run_op
run_op:
	stwu	1, -64(1)
	mflr	0
	stw	0, 68(1)
	stmw	26, 8(1)
	mr	26, 4
	mtlr	3
	/* Targets of the rows that branch through LR or CTR. */
	addi	11, 3, 16
	addi	12, 3, 12
	lfd	0, S_FPSCR - 4(26)
	mtfsf	0xff, 0
	lfd	1, S_FPR + 8(26)
	lfd	2, S_FPR + 16(26)
	lfd	3, S_FPR + 24(26)
	lfd	4, S_FPR + 32(26)
	lwz	0, S_CR(26)
	mtcr	0
	lwz	0, S_XER(26)
	mtxer	0
	lwz	0, S_CTR(26)
	mtctr	0
	lmw	27, 108(26)
	lwz	3, 12(26)
	lwz	4, 16(26)
	lwz	5, 20(26)
	lwz	6, 24(26)
	lwz	7, 28(26)
	lwz	8, 32(26)
	lwz	9, 36(26)
	lwz	10, 40(26)
	blrl
	stw	3, 12(26)
	stw	4, 16(26)
	stw	5, 20(26)
	stw	6, 24(26)
	stw	7, 28(26)
	mfcr	0
	stw	0, S_CR(26)
	mfxer	0
	stw	0, S_XER(26)
	mfctr	0
	stw	0, S_CTR(26)
	stfd	1, S_FPR + 8(26)
	mffs	0
	stfd	0, 56(1)
	lwz	0, 60(1)
	stw	0, S_FPSCR(26)
	lwz	0, 68(1)
	mtlr	0
	lmw	26, 8(1)
	addi	1, 1, 64
	blr
