/* SPDX-License-Identifier: BSD-3-Clause */
/* Entry of the boot CPU (ePAPR client, U-Boot) and of secondaries (spin table). */
/*
 * r3: boot CPU: device tree (effective = mapped address); secondary: its struct cpu, at the linked
 * address. Nothing else is believed: the entry's own TLB1 mapping tells where the image lies in
 * physical memory, and everything firmware left in the TLBs is dropped. While the hypervisor's
 * entries are written, the code runs in address space 1 on one temporary entry.
 */
#include "map.h"
#include "frame.h"

#define MAS0 624
#define MAS1 625
#define MAS2 626
#define MAS3 627
#define MAS6 630
#define MAS7 944
#define TLB1CFG 689
#define MMUCSR0 1012
#define TLB1_SELECT 0x1000
#define MAS1_VALID_IPROT 0xc000
#define MAS1_SIZE_1M 0x0500
#define MAS1_SIZE_4M 0x0600
#define MAS1_TS 0x1000

	.section .text.start, "ax"
	.globl _start
_start:
	li	%r31, 0
	b	enter_common

	.globl secondary_start
secondary_start:
	li	%r31, 1

enter_common:
	mr	%r30, %r3
	wrteei	0
	li	%r0, 0
	mtspr	340, %r0		/* TCR: U-Boot leaves DIE on */
	mtspr	308, %r0		/* DBCR0 */
	lis	%r4, 0xffff
	ori	%r4, %r4, 0xffff
	mtspr	336, %r4		/* TSR: and a tick pending */
	mtspr	304, %r4		/* DBSR */
	mtspr	MAS6, %r0
	mtspr	48, %r0			/* PID */
	bl	here
here:
	mflr	%r20
	mr	%r3, %r20
	bl	find_physical
	mr	%r28, %r5		/* entry that maps us */
	rlwinm	%r24, %r4, 0, 0, 7	/* physical base of the image's 16 MiB, low word */
	mr	%r25, %r6		/* and bits 32-35 */
	rlwinm	%r23, %r4, 0, 0, 11	/* our own mebibyte */
	li	%r21, 0
	li	%r22, 0
	cmpwi	%r31, 0
	bne	1f
	mr	%r3, %r30
	bl	find_physical
	mr	%r22, %r4		/* physical address of the device tree */
	mr	%r21, %r6
1:
	/* A temporary view of our own mebibyte in address space 1, in an entry that is not ours. */
	mfspr	%r27, TLB1CFG
	rlwinm	%r27, %r27, 0, 20, 31	/* entries */
	addi	%r26, %r27, -1
	cmpw	%r26, %r28
	bne	2f
	addi	%r26, %r26, -1
2:
	rlwinm	%r4, %r26, 16, 4, 15
	oris	%r4, %r4, TLB1_SELECT
	mtspr	MAS0, %r4
	lis	%r4, MAS1_VALID_IPROT
	ori	%r4, %r4, MAS1_TS | MAS1_SIZE_1M
	mtspr	MAS1, %r4
	rlwinm	%r4, %r20, 0, 0, 11
	ori	%r4, %r4, 0x4		/* M */
	mtspr	MAS2, %r4
	ori	%r4, %r23, 0x15		/* SX SW SR */
	mtspr	MAS3, %r4
	mtspr	MAS7, %r25
	isync
	tlbwe
	isync
	msync
	/* Continue there. */
	addi	%r4, %r20, in_space_1 - here
	mtspr	26, %r4
	li	%r4, 0x30		/* IS, DS */
	mtspr	27, %r4
	rfi

in_space_1:
	/* Drop everything else of TLB1, then TLB0. */
	li	%r5, 0
3:
	cmpw	%r5, %r26
	beq	4f
	rlwinm	%r4, %r5, 16, 4, 15
	oris	%r4, %r4, TLB1_SELECT
	mtspr	MAS0, %r4
	li	%r4, 0
	mtspr	MAS1, %r4
	mtspr	MAS2, %r4
	mtspr	MAS3, %r4
	isync
	tlbwe
4:
	addi	%r5, %r5, 1
	cmpw	%r5, %r27
	blt	3b
	li	%r4, 4
	mtspr	MMUCSR0, %r4
	isync
	msync
	/* The image at its linked address: text and constants, then data. */
	lis	%r4, TLB1_SELECT + TLB1_TEXT
	mtspr	MAS0, %r4
	lis	%r4, MAS1_VALID_IPROT
	ori	%r4, %r4, MAS1_SIZE_1M
	mtspr	MAS1, %r4
	lis	%r4, (MAP_IMAGE + MAP_TEXT_OFFSET)@h
	ori	%r4, %r4, 0x4
	mtspr	MAS2, %r4
	addis	%r4, %r24, MAP_TEXT_OFFSET >> 16
	ori	%r4, %r4, 0x11		/* SX SR */
	mtspr	MAS3, %r4
	mtspr	MAS7, %r25
	isync
	tlbwe
	lis	%r4, TLB1_SELECT + TLB1_DATA
	mtspr	MAS0, %r4
	lis	%r4, MAS1_VALID_IPROT
	ori	%r4, %r4, MAS1_SIZE_4M
	mtspr	MAS1, %r4
	lis	%r4, (MAP_IMAGE + MAP_DATA_OFFSET)@h
	ori	%r4, %r4, 0x4
	mtspr	MAS2, %r4
	addis	%r4, %r24, MAP_DATA_OFFSET >> 16
	ori	%r4, %r4, 0x05		/* SW SR */
	mtspr	MAS3, %r4
	isync
	tlbwe
	lis	%r4, TLB1_SELECT + TLB1_DATA_UPPER
	mtspr	MAS0, %r4
	lis	%r4, (MAP_IMAGE + MAP_DATA_OFFSET + MAP_DATA_SIZE / 2)@h
	ori	%r4, %r4, 0x4
	mtspr	MAS2, %r4
	addis	%r4, %r24, (MAP_DATA_OFFSET + MAP_DATA_SIZE / 2) >> 16
	ori	%r4, %r4, 0x05
	mtspr	MAS3, %r4
	isync
	tlbwe
	isync
	msync
	/* To the linked address, with machine checks enabled: only rfi can set MSR[ME] everywhere. */
	lis	%r4, linked@h
	ori	%r4, %r4, linked@l
	mtspr	26, %r4
	li	%r4, 0x1000		/* ME */
	mtspr	27, %r4
	rfi

/*
 * In: r3 effective address. Out: r4 physical low word, r6 bits 32-35, r5 the entry that maps it.
 * Clobbers r7-r10. TLB1 entry assumed, as ePAPR guarantees for both addresses (5.4.3).
 */
find_physical:
	tlbsx	0, %r3
	mfspr	%r4, MAS3
	rlwinm	%r4, %r4, 0, 0, 19
	mfspr	%r5, MAS0
	rlwinm	%r5, %r5, 16, 20, 31
	mfspr	%r6, MAS7
	mfspr	%r7, MAS1
	rlwinm	%r7, %r7, 25, 27, 31	/* TSIZE */
	li	%r8, 1024
	slw	%r8, %r8, %r7
	addi	%r8, %r8, -1		/* offset mask; 4 GiB: all ones */
	and	%r8, %r3, %r8
	or	%r4, %r4, %r8
	blr

	.section .text.linked, "ax"
linked:
	rlwinm	%r4, %r26, 16, 4, 15
	oris	%r4, %r4, TLB1_SELECT
	mtspr	MAS0, %r4
	li	%r4, 0
	mtspr	MAS1, %r4
	mtspr	MAS2, %r4
	mtspr	MAS3, %r4
	isync
	tlbwe
	isync
	/* Interrupt vectors: IVORn holds the offset of entry n in vectors.S. */
	lis	%r4, vectors@h
	mtspr	63, %r4
	lis	%r5, vector_offsets@h
	ori	%r5, %r5, vector_offsets@l
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	lhz	%r4, 2 * \n(%r5)
	mtspr	400 + \n, %r4
	.endr
	cmpwi	%r31, 0
	bne	start_secondary

	/* Boot CPU: clear .bss, take cpus[0], its stack, and go. */
	lis	%r4, __bss_start@h
	ori	%r4, %r4, __bss_start@l
	lis	%r5, __bss_end@h
	ori	%r5, %r5, __bss_end@l
	li	%r0, 0
5:
	cmplw	%r4, %r5
	bge	6f
	stw	%r0, 0(%r4)
	addi	%r4, %r4, 4
	b	5b
6:
	lis	%r4, cpus@h
	ori	%r4, %r4, cpus@l
	mtspr	272, %r4		/* SPRG0: struct cpu */
	lis	%r1, boot_stack_top@h
	ori	%r1, %r1, boot_stack_top@l
	stw	%r1, CPU_STACK_TOP(%r4)
	li	%r0, 0
	stwu	%r0, -16(%r1)
	mr	%r3, %r21		/* device tree, high and low */
	mr	%r4, %r22
	mr	%r5, %r25		/* image, high and low */
	mr	%r6, %r24
	bl	ppc_start
	trap

start_secondary:
	mtspr	272, %r30
	lwz	%r1, CPU_STACK_TOP(%r30)
	li	%r0, 0
	stwu	%r0, -16(%r1)
	bl	ppc_start_secondary
	trap
