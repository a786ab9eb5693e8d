/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs instructions with every register given, and comes back from whatever becomes of them. */
/*
 * Boot CPU, guest supervisor, interrupts masked. Enters by rfci; returns by an exception, whose vectors
 * use SPRG0, SPRG1 and the words at the end only, because the code may have ruined every register.
 * Offsets: struct exec (hostile.h).
 */
	.text
/* void exec_run(struct exec *e) */
	.globl	exec_run
exec_run:
	mfmsr	%r4
	stw	%r4, 268(%r3)
	mflr	%r4
	stw	%r4, 260(%r3)
	mfcr	%r4
	stw	%r4, 264(%r3)
	stw	%r1, 176(%r3)
	stw	%r2, 180(%r3)
	stmw	%r13, 184(%r3)
	lis	%r4, exec_now@ha
	stw	%r3, exec_now@l(%r4)
	lwz	%r4, 144(%r3)
	mtspr	58, %r4
	lwz	%r4, 148(%r3)
	mtspr	59, %r4
	lwz	%r4, 128(%r3)
	mtcr	%r4
	lwz	%r4, 132(%r3)
	mtlr	%r4
	lwz	%r4, 136(%r3)
	mtctr	%r4
	lwz	%r4, 140(%r3)
	mtxer	%r4
	lwz	%r0, 0(%r3)
	lwz	%r1, 4(%r3)
	lwz	%r2, 8(%r3)
	lmw	%r4, 16(%r3)
	lwz	%r3, 12(%r3)
	rfci

	.macro	exec_vector n
	.balign	16
	mtspr	272, %r3
	mtspr	273, %r4
	li	%r3, \n
	b	exec_back
	.endm

	.section .head, "ax"
	.balign	16
	.globl	exec_vectors
exec_vectors:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	exec_vector \n
	.endr
	.irp	n, 32, 33, 34, 35, 36, 37
	exec_vector \n
	.endr

exec_back:
	lis	%r4, exec_number@ha
	stw	%r3, exec_number@l(%r4)
	mfcr	%r3			/* before anything is compared here */
	lis	%r4, exec_cr@ha
	stw	%r3, exec_cr@l(%r4)
	lis	%r4, exec_number@ha
	lwz	%r3, exec_number@l(%r4)
	lis	%r4, exec_now@ha
	lwz	%r4, exec_now@l(%r4)
	cmpwi	%r4, 0
	beq	exec_stranger
	stw	%r3, 152(%r4)
	mfspr	%r3, 272
	stw	%r3, 12(%r4)
	mfspr	%r3, 273
	stw	%r3, 16(%r4)
	stw	%r0, 0(%r4)
	stw	%r1, 4(%r4)
	stw	%r2, 8(%r4)
	stmw	%r5, 20(%r4)
	lis	%r3, exec_cr@ha
	lwz	%r3, exec_cr@l(%r3)
	stw	%r3, 128(%r4)
	mflr	%r3
	stw	%r3, 132(%r4)
	mfctr	%r3
	stw	%r3, 136(%r4)
	mfxer	%r3
	stw	%r3, 140(%r4)
	mfspr	%r3, 62
	stw	%r3, 156(%r4)
	mfspr	%r3, 61
	stw	%r3, 160(%r4)
	mfspr	%r3, 572
	stw	%r3, 164(%r4)
	mtspr	572, %r3
	lwz	%r0, 152(%r4)
	cmpwi	%r0, 1			/* machine check: MCSRR */
	bne	1f
	mfspr	%r5, 570
	mfspr	%r6, 571
	b	3f
1:	cmpwi	%r0, 0			/* critical: CSRR */
	beq	2f
	cmpwi	%r0, 12
	beq	2f
	cmpwi	%r0, 37
	beq	2f
	mfspr	%r5, 26
	mfspr	%r6, 27
	b	3f
2:	mfspr	%r5, 58
	mfspr	%r6, 59
3:	stw	%r5, 168(%r4)
	stw	%r6, 172(%r4)
	lis	%r3, exec_now@ha
	li	%r0, 0
	stw	%r0, exec_now@l(%r3)
	mr	%r3, %r4
	lwz	%r1, 176(%r3)
	lwz	%r2, 180(%r3)
	lmw	%r13, 184(%r3)
	lwz	%r4, 264(%r3)
	mtcr	%r4
	lwz	%r4, 260(%r3)
	mtlr	%r4
	lwz	%r4, 268(%r3)
	mtmsr	%r4
	isync
	blr

/* An exception while nothing was being tried: the kit reports it (as 15 what it has no vector for). */
exec_stranger:
	lis	%r4, vectors@h
	cmplwi	%r3, 15
	ble	4f
	li	%r3, 15
4:	slwi	%r3, %r3, 6
	add	%r4, %r4, %r3
	mtctr	%r4
	mfspr	%r3, 272
	mfspr	%r4, 273
	bctr

	.section .bss.exec, "aw", %nobits
	.balign	4
exec_now: .skip 4
exec_number: .skip 4
exec_cr: .skip 4
