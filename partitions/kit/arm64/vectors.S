/* SPDX-License-Identifier: BSD-3-Clause */
/* Exception vectors of a guest program: save all, call C, restore. */
/* EL1 with SP_EL1; the layout of the frame is struct trap_frame in trap.c */

	.macro	slot name
	.balign	0x80
	b	\name
	.endm

	.macro	save
	sub	sp, sp, #272
	stp	x0, x1, [sp, #0]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	mrs	x1, elr_el1
	stp	x30, x1, [sp, #240]
	mrs	x1, spsr_el1
	str	x1, [sp, #256]
	mov	x0, sp
	.endm

	.text
	.balign	0x800
	.globl	vectors
vectors:
	slot	trap_sync_entry         /* current EL, SP_EL0: not used, a fault all the same */
	slot	trap_irq_entry
	slot	trap_odd_entry
	slot	trap_odd_entry
	slot	trap_sync_entry         /* current EL, SP_EL1 */
	slot	trap_irq_entry
	slot	trap_odd_entry
	slot	trap_odd_entry
	slot	trap_lower_entry        /* EL0 */
	slot	trap_irq_entry
	slot	trap_odd_entry
	slot	trap_odd_entry
	slot	trap_odd_entry          /* EL0, AArch32 */
	slot	trap_odd_entry
	slot	trap_odd_entry
	slot	trap_odd_entry
	.balign	0x80

trap_sync_entry:
	save
	bl	trap_sync
	b	trap_return
trap_irq_entry:
	save
	bl	trap_irq
	b	trap_return
trap_lower_entry:
	save
	bl	trap_lower
	b	trap_return
trap_odd_entry:
	save
	bl	trap_odd
	b	trap_return

trap_return:
	ldp	x30, x1, [sp, #240]
	msr	elr_el1, x1
	ldr	x1, [sp, #256]
	msr	spsr_el1, x1
	ldp	x0, x1, [sp, #0]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldp	x28, x29, [sp, #224]
	add	sp, sp, #272
	eret

/* uint64_t el0_call(entry, stack, arg): run code at EL0 until it executes SVC; result = its x0. */
	.globl	el0_call
el0_call:
	stp	x29, x30, [sp, #-96]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	msr	daifset, #2
	adrp	x9, el0_stack
	mov	x10, sp
	str	x10, [x9, :lo12:el0_stack]
	msr	elr_el1, x0
	msr	sp_el0, x1
	mov	x9, #0x80               /* EL0t, interrupts masked */
	msr	spsr_el1, x9
	mov	x0, x2
	eret

/* x0 = value: from trap_lower(), leaves EL0 for good. */
	.globl	el0_return
el0_return:
	adrp	x9, el0_stack
	ldr	x10, [x9, :lo12:el0_stack]
	mov	sp, x10
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #96
	msr	daifclr, #2
	ret

	.section .bss.el0, "aw", %nobits
	.balign	8
el0_stack: .skip 8
