/* SPDX-License-Identifier: BSD-3-Clause */
/* Exception vectors of a guest program: save all, call C, restore. */
/* EL1 with SP_EL1; the layout of the frame is struct trap_frame in trap.c */

#include "regs.inc"

	.macro	slot name
	.balign	0x80
	b	\name
	.endm

	.macro	save
	sub	sp, sp, #272
	regs_x0_x29 stp, sp
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
	regs_x0_x29 ldp, sp
	add	sp, sp, #272
	eret

/* uint64_t el0_call(entry, stack, arg): run code at EL0 until it executes SVC; result = its x0. */
	.globl	el0_call
el0_call:
	callee_save
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
	callee_restore
	msr	daifclr, #2
	ret

	.section .bss.el0, "aw", %nobits
	.balign	8
el0_stack: .skip 8
