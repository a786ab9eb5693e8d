/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupt vectors of a guest program: save everything, call C, restore. */
/* own CPU; frame on the interrupted stack, laid out as struct trap_frame */
#define FRAME 176			/* back chain and LR save word, then the frame */
#define F(n) ((n) + 16)

	.macro	vector n, srr0, srr1
	.balign	64
	stwu	%r1, -FRAME(%r1)
	stw	%r3, F(12)(%r1)
	mfspr	%r3, \srr0
	stw	%r3, F(144)(%r1)
	mfspr	%r3, \srr1
	stw	%r3, F(148)(%r1)
	li	%r3, \n
	b	trap_common
	.endm

	.section .vectors, "ax"
	.balign	65536
	.globl	vectors
vectors:
	vector	0, 58, 59
	vector	1, 570, 571
	vector	2, 26, 27
	vector	3, 26, 27
	vector	4, 26, 27
	vector	5, 26, 27
	vector	6, 26, 27
	vector	7, 26, 27
	vector	8, 26, 27
	vector	9, 26, 27
	vector	10, 26, 27
	vector	11, 26, 27
	vector	12, 58, 59
	vector	13, 26, 27
	vector	14, 26, 27
	vector	15, 58, 59
	vector	36, 26, 27
	vector	37, 58, 59
	vector	32, 26, 27

trap_common:
	stw	%r0, F(0)(%r1)
	stw	%r2, F(8)(%r1)
	stw	%r4, F(16)(%r1)
	stw	%r5, F(20)(%r1)
	stw	%r6, F(24)(%r1)
	stw	%r7, F(28)(%r1)
	stw	%r8, F(32)(%r1)
	stw	%r9, F(36)(%r1)
	stw	%r10, F(40)(%r1)
	stw	%r11, F(44)(%r1)
	stmw	%r12, F(48)(%r1)
	addi	%r4, %r1, FRAME
	stw	%r4, F(4)(%r1)
	mfcr	%r4
	mflr	%r5
	mfctr	%r6
	mfxer	%r7
	stw	%r4, F(128)(%r1)
	stw	%r5, F(132)(%r1)
	stw	%r6, F(136)(%r1)
	stw	%r7, F(140)(%r1)
	mr	%r4, %r3
	addi	%r3, %r1, F(0)
	bl	trap_entry
	lwz	%r4, F(128)(%r1)
	lwz	%r5, F(132)(%r1)
	lwz	%r6, F(136)(%r1)
	lwz	%r7, F(140)(%r1)
	mtcr	%r4
	mtlr	%r5
	mtctr	%r6
	mtxer	%r7
	/* C returns in SRR0/1 form whatever the class was: interrupts stay masked until the rfi. */
	lwz	%r4, F(144)(%r1)
	lwz	%r5, F(148)(%r1)
	mtspr	26, %r4
	mtspr	27, %r5
	lmw	%r12, F(48)(%r1)
	lwz	%r0, F(0)(%r1)
	lwz	%r2, F(8)(%r1)
	lwz	%r3, F(12)(%r1)
	lwz	%r4, F(16)(%r1)
	lwz	%r5, F(20)(%r1)
	lwz	%r6, F(24)(%r1)
	lwz	%r7, F(28)(%r1)
	lwz	%r8, F(32)(%r1)
	lwz	%r9, F(36)(%r1)
	lwz	%r10, F(40)(%r1)
	lwz	%r11, F(44)(%r1)
	addi	%r1, %r1, FRAME
	rfi

	.text
/*
 * void sleep_until_interrupt(uint32_t msr, bool has_wait): with `wait`, or as e500v2 does with MSR[WE]
 * and HID0[DOZE]. The interrupt ends the sleep, wherever between the labels it came (end_sleep()).
 */
	.globl	sleep_until_interrupt, sleep_begin, sleep_end
sleep_until_interrupt:
	cmpwi	%r4, 0
	beq	1f
	wrteei	1
sleep_begin:
	.long	0x7c00007c		/* wait */
	b	sleep_end
1:	mfspr	%r4, 1008
	oris	%r4, %r4, 0x0080	/* HID0[DOZE] */
	mtspr	1008, %r4
	isync
	ori	%r5, %r3, 0x8000	/* EE */
	oris	%r5, %r5, 0x0004	/* WE */
	msync
	mtmsr	%r5
	isync
2:	b	2b
sleep_end:
	wrtee	%r3
	blr

/* void sc1(uint32_t r3_to_r11[9]) */
	.globl	sc1
sc1:
	stwu	%r1, -16(%r1)
	stw	%r31, 12(%r1)
	mr	%r31, %r3
	lwz	%r4, 4(%r31)
	lwz	%r5, 8(%r31)
	lwz	%r6, 12(%r31)
	lwz	%r7, 16(%r31)
	lwz	%r8, 20(%r31)
	lwz	%r9, 24(%r31)
	lwz	%r10, 28(%r31)
	lwz	%r11, 32(%r31)
	lwz	%r3, 0(%r31)
	.long	0x44000022		/* sc 1 */
	stw	%r3, 0(%r31)
	stw	%r4, 4(%r31)
	stw	%r5, 8(%r31)
	stw	%r6, 12(%r31)
	stw	%r7, 16(%r31)
	stw	%r8, 20(%r31)
	stw	%r9, 24(%r31)
	stw	%r10, 28(%r31)
	stw	%r11, 32(%r31)
	lwz	%r31, 12(%r1)
	addi	%r1, %r1, 16
	blr
