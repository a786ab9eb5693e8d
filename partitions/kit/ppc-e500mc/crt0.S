/* SPDX-License-Identifier: BSD-3-Clause */
/* First instructions of a guest program on ppc: ePAPR client entry, TLB, stacks. */
/*
 * ePAPR 1.1 5.4: r3 = device tree, r7 = bytes mapped from effective 0 (r3 and the image are inside).
 * The program is linked at 0 and stays there. Everything from 0xe0000000 is mapped one to one,
 * guarded and uncached, for device registers and the spin table.
 */
#define STACK_SHIFT 14
#define KIT_CPUS 8
#define TLB1_DEVICES 14		/* and 15: the last two entries of a guest's TLB1 */

	.section .head, "ax"
	.globl	_start
_start:
	b	boot_entry

	.globl	secondary_entry
secondary_entry:
	li	%r31, 1
	mr	%r30, %r3
	b	common

boot_entry:
	li	%r31, 0
	mr	%r30, %r3
	lis	%r4, _bss_start@h
	ori	%r4, %r4, _bss_start@l
	lis	%r5, _bss_end@h
	ori	%r5, %r5, _bss_end@l
	li	%r0, 0
1:	cmplw	%r4, %r5
	bge	common
	stw	%r0, 0(%r4)
	addi	%r4, %r4, 4
	b	1b

common:
	lis	%r4, 0x1000 | TLB1_DEVICES	/* MAS0: TLB1, entry */
	mtspr	624, %r4
	lis	%r4, 0xc000
	ori	%r4, %r4, 0x0900		/* MAS1: V, IPROT, 256 MiB */
	mtspr	625, %r4
	lis	%r4, 0xe000
	ori	%r5, %r4, 0x000a		/* MAS2: I, G */
	mtspr	626, %r5
	ori	%r5, %r4, 0x0005		/* MAS3: SW, SR */
	mtspr	627, %r5
	li	%r5, 0
	mtspr	944, %r5			/* MAS7 */
	isync
	tlbwe
	lis	%r4, 0x1000 | (TLB1_DEVICES + 1)
	mtspr	624, %r4
	lis	%r4, 0xf000
	ori	%r5, %r4, 0x000a
	mtspr	626, %r5
	ori	%r5, %r4, 0x0005
	mtspr	627, %r5
	isync
	tlbwe
	isync

	lis	%r4, vectors@h
	mtspr	63, %r4				/* IVPR */
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	li	%r4, \n * 64
	mtspr	400 + \n, %r4
	.endr
	mfspr	%r4, 287			/* doorbells on e500mc, SPE elsewhere */
	rlwinm	%r4, %r4, 16, 16, 31
	cmplwi	%r4, 0x8023
	li	%r5, 18 * 64
	bne	2f
	li	%r4, 16 * 64
	mtspr	532, %r4
	li	%r4, 17 * 64
	mtspr	533, %r4
	b	5f
2:
	mtspr	528, %r5
5:
	mfspr	%r4, 286			/* a stack for each CPU */
	addi	%r4, %r4, 1
	slwi	%r4, %r4, STACK_SHIFT
	lis	%r1, stacks@h
	ori	%r1, %r1, stacks@l
	add	%r1, %r1, %r4
	li	%r0, 0
	stwu	%r0, -16(%r1)
	lis	%r4, 0x0002
	ori	%r4, %r4, 0x9002		/* CE, EE, ME, RI */
	lis	%r5, 3f@h
	ori	%r5, %r5, 3f@l
	cmpwi	%r31, 0
	mtspr	26, %r5
	andi.	%r5, %r4, 0x7fff		/* interrupts come on when the kit is ready */
	oris	%r5, %r5, 0x0002
	mtspr	27, %r5
	cmpwi	%cr1, %r31, 0
	rfi
3:
	mr	%r3, %r30
	bne	%cr1, 4f
	bl	kit_start
	trap
4:
	mfspr	%r3, 286
	bl	kit_secondary
	trap

	.section .bss.stacks, "aw", %nobits
	.balign	16
stacks:
	.skip	KIT_CPUS << STACK_SHIFT
