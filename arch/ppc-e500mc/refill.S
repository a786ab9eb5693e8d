/* SPDX-License-Identifier: BSD-3-Clause */
/* TLB misses of a guest whose own TLB0 has the page, in plain memory: shadowed without a frame. */
/*
 * This is mmu_miss(), install() and shadow_install() for the one case that is hot: a page of 4 KiB. What
 * is looked up was prepared by context_load() and by the first refill that took the long way (struct
 * ppc_refill); everything that does not fit goes that way again, with all registers as they were.
 * A miss means that the hardware has no entry for the page in this context, so none is looked for.
 *
 *   r3  effective address       r5  entry of the guest's TLB0, then set of shadow tags
 *   r4  permissions needed      r7  EPN      r8  permissions given      r10  struct vcpu, r11  its row of Q_
 */
#include "frame.h"
#include "vectors.h"
#include "enter.inc"

#define DEAR 61
#define ESR 62
#define MAS0 624
#define MAS1 625
#define MAS2 626
#define MAS3 627
#define MAS7 944

	.macro	MISS name, number, from_hv
	.balign	64
	.globl	vec_\name
vec_\name:
	ENTER	\number, \from_hv
	stmw	%r2, F_GPR + 8(%r10)
	.endm

	.section .vectors, "ax"
	MISS	dtlb, 13, fixup
	mfspr	%r4, ESR
	mfspr	%r3, DEAR
	rlwinm	%r4, %r4, 12, 28, 28		/* ST: UW */
	li	%r2, 13
	ori	%r4, %r4, 2			/* UR */
	b	refill

	MISS	itlb, 14, fatal
	mfspr	%r3, SRR0
	li	%r2, 14
	li	%r4, 0x20			/* UX */

refill:
	rlwinm	%r5, %r3, 26, 19, 25		/* 64 bytes a set */
	add	%r5, %r5, %r10
	addi	%r5, %r5, T_TLB0 + 4 - 16
	rlwinm	%r7, %r3, 0, 0, 19
	lwz	%r11, G_MSR(%r10)
	rlwinm	%r11, %r11, 22, 27, 27		/* PR: 16 bytes on */
	add	%r11, %r11, %r10
	lwz	%r8, Q_MATCH_PID(%r11)
	lwz	%r9, Q_MATCH_ALL(%r11)
	.rept	4
	lwzu	%r6, 16(%r5)			/* MAS2 */
	rlwinm	%r6, %r6, 0, 0, 19
	cmpw	%r6, %r7
	bne	1f
	lwz	%r6, -4(%r5)			/* MAS1 */
	cmpw	%r6, %r8
	cmpw	%cr1, %r6, %r9
	beq	found
	beq	%cr1, found
1:
	.endr

/* The long way: as if from the vector. */
slow:
	mtspr	SCRATCH, %r2
	mr	%r2, %r10
	lmw	%r3, F_GPR + 12(%r2)
	mfspr	%r10, SPRG8
	lwz	%r2, F_GPR + 8(%r10)
	mfspr	%r11, SCRATCH
	b	from_guest

found:
	lwz	%r6, 4(%r5)			/* MAS3 */
	lwz	%r8, Q_SHIFT(%r11)
	lwz	%r9, Q_PERM(%r10)
	rlwnm	%r8, %r6, %r8, 26, 31
	and	%r8, %r8, %r9
	andc.	%r9, %r4, %r8
	bne	slow
	lwz	%r4, 8(%r5)			/* MAS7 */
	lwz	%r9, Q_FIRST(%r10)
	srwi	%r6, %r6, 12
	rlwimi	%r6, %r4, 20, 8, 11		/* guest-physical page number */
	subf	%r6, %r9, %r6
	lwz	%r9, Q_COUNT(%r10)
	cmplw	%r6, %r9
	lwz	%r9, Q_REVOKED(%r10)
	bge	slow
	lwz	%r9, 0(%r9)
	lwz	%r4, Q_HOST(%r10)
	cmpwi	%r9, 0
	add	%r6, %r6, %r4			/* host page number */
	bne	slow
	lwz	%r12, 0(%r5)			/* MAS2 */

	rlwinm	%r5, %r3, 24, 21, 27		/* 16 bytes a set: a free way, or the next one in turn */
	add	%r5, %r5, %r10
	li	%r4, 0
	lwzu	%r9, S_SMALL(%r5)
	cmpwi	%r9, 0
	beq	2f
	lwz	%r9, 4(%r5)
	li	%r4, 1
	cmpwi	%r9, 0
	beq	2f
	lwz	%r9, 8(%r5)
	li	%r4, 2
	cmpwi	%r9, 0
	beq	2f
	lwz	%r9, 12(%r5)
	li	%r4, 3
	cmpwi	%r9, 0
	beq	2f
	lbz	%r4, S_WAY(%r10)
	addi	%r9, %r4, 1
	rlwinm	%r9, %r9, 0, 30, 31
	stb	%r9, S_WAY(%r10)
2:
	lwz	%r9, Q_MAS1(%r11)
	slwi	%r11, %r4, 2
	rlwinm	%r3, %r9, 16, 24, 31
	or	%r3, %r3, %r7			/* EPN and process id: the tag */
	stwx	%r3, %r5, %r11
	slwi	%r4, %r4, 16
	rlwimi	%r7, %r12, 0, 27, 31		/* WIMGE */
	rlwimi	%r8, %r6, 12, 0, 19
	srwi	%r6, %r6, 20
	mtspr	MAS0, %r4
	mtspr	MAS1, %r9
	mtspr	MAS2, %r7
	mtspr	MAS3, %r8
	mtspr	MAS7, %r6
	isync
	tlbwe
	lwz	%r9, Q_DONE(%r10)
	lwz	%r11, F_CR(%r10)
	addi	%r9, %r9, 1
	stw	%r9, Q_DONE(%r10)
	mtcr	%r11
	mr	%r2, %r10
	lmw	%r3, F_GPR + 12(%r2)
	mfspr	%r10, SPRG1
	mfspr	%r11, SPRG2
	lwz	%r2, F_GPR + 8(%r2)
	rfi
