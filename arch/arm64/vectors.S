/* SPDX-License-Identifier: BSD-3-Clause */
/* Vectors of EL2, the way in and out of a trap, and the way into a guest. */
/*
 * While a guest runs, SP_EL2 points at struct vcpu, whose first member is the register frame:
 *
 *   VCPU_X(0)..VCPU_X(30)   x0..x30 of the guest
 *   VCPU_STACK              top of this CPU's stack
 *
 * A trap saves what C may clobber (x0-x18, x30; AAPCS64 6.1.1). x20-x29 are saved only when C has to
 * see or change them: on aborts and register traps that trap_quick() does not know, whose syndrome
 * may name any register, and before trap_slow(), which may leave the guest for good. The C handlers do everything else,
 * including accounting; they return 0, or the argument for trap_slow().
 */
#include "frame.h"

.macro save_lower
	stp	x0, x1, [sp, #VCPU_X(0)]
	stp	x2, x3, [sp, #VCPU_X(2)]
	stp	x4, x5, [sp, #VCPU_X(4)]
	stp	x6, x7, [sp, #VCPU_X(6)]
	stp	x8, x9, [sp, #VCPU_X(8)]
	stp	x10, x11, [sp, #VCPU_X(10)]
	stp	x12, x13, [sp, #VCPU_X(12)]
	stp	x14, x15, [sp, #VCPU_X(14)]
	stp	x16, x17, [sp, #VCPU_X(16)]
	stp	x18, x19, [sp, #VCPU_X(18)]
	str	x30, [sp, #VCPU_X(30)]
	mov	x0, sp
	ldr	x2, [sp, #VCPU_STACK]
	mov	x19, sp                 /* the vcpu, across C */
	mov	sp, x2
.endm

.macro save_upper
	stp	x20, x21, [x0, #VCPU_X(20)]
	stp	x22, x23, [x0, #VCPU_X(22)]
	stp	x24, x25, [x0, #VCPU_X(24)]
	stp	x26, x27, [x0, #VCPU_X(26)]
	stp	x28, x29, [x0, #VCPU_X(28)]
.endm

.macro load_upper
	ldp	x20, x21, [x19, #VCPU_X(20)]
	ldp	x22, x23, [x19, #VCPU_X(22)]
	ldp	x24, x25, [x19, #VCPU_X(24)]
	ldp	x26, x27, [x19, #VCPU_X(26)]
	ldp	x28, x29, [x19, #VCPU_X(28)]
.endm

.macro vector label
	.balign	0x80
	b	\label
.endm

	.section .vectors, "ax"
	.balign	0x800
	.global vectors
vectors:
	vector	el2_fault               /* from EL2 with SP_EL0: never used */
	vector	el2_fault
	vector	el2_fault
	vector	el2_fault
	vector	el2_fault               /* from EL2: the hypervisor's own mistake */
	vector	el2_fault
	vector	el2_fault
	vector	el2_fault
	.balign	0x80
	save_lower                      /* synchronous, guest in AArch64 */
	mrs	x1, esr_el2
	ubfx	x2, x1, #26, #6
	cmp	x2, #0x16               /* HVC: its convention has x0-x17 only */
	b.ne	lower_sync
	bl	trap_hvc
	b	guest_return
	.balign	0x80
	b	lower_irq
	.balign	0x80
	b	lower_fiq
	.balign	0x80
	b	lower_serror
	.balign	0x80
	save_lower                      /* synchronous, guest's EL0 in AArch32 */
	mrs	x1, esr_el2
	orr	x1, x1, #(1 << 63)      /* ESR_AARCH32 */
	b	lower_full
	.balign	0x80
	b	lower_irq
	.balign	0x80
	b	lower_fiq
	.balign	0x80
	b	lower_serror
	.balign	0x80

lower_sync:                             /* x0 vcpu, x1 ESR, x2 exception class */
	bl	trap_quick
	cmp	w0, #0x80               /* TRAP_FULL; 0x81 is TRAP_UPPER, less is done */
	b.lo	guest_return
	mov	x0, x19
	mrs	x1, esr_el2
	b.eq	lower_full
	save_upper
	bl	trap_upper
	load_upper
	cmp	w0, #0x80
	b.lo	guest_return
	mov	x0, x19
	mrs	x1, esr_el2
lower_full:
	save_upper
	bl	trap_sync
	load_upper
	b	guest_return

lower_irq:
	save_lower
	bl	trap_irq_taken
	b	guest_return

lower_fiq:
	save_lower
	bl	trap_fiq_taken
	b	guest_return

lower_serror:
	save_lower
	save_upper
	mrs	x1, esr_el2
	bl	trap_serror
	load_upper

guest_return:
	cbnz	w0, guest_slow
guest_resume:
	mov	sp, x19
	ldp	x0, x1, [sp, #VCPU_X(0)]
	ldp	x2, x3, [sp, #VCPU_X(2)]
	ldp	x4, x5, [sp, #VCPU_X(4)]
	ldp	x6, x7, [sp, #VCPU_X(6)]
	ldp	x8, x9, [sp, #VCPU_X(8)]
	ldp	x10, x11, [sp, #VCPU_X(10)]
	ldp	x12, x13, [sp, #VCPU_X(12)]
	ldp	x14, x15, [sp, #VCPU_X(14)]
	ldp	x16, x17, [sp, #VCPU_X(16)]
	ldp	x18, x19, [sp, #VCPU_X(18)]
	ldr	x30, [sp, #VCPU_X(30)]
	eret
	dsb	nsh                     /* no speculation past ERET */
	isb

guest_slow:
	mov	w1, w0
	mov	x0, x19
	save_upper
	bl	trap_slow
	load_upper
	b	guest_resume

/* noreturn void vcpu_run(struct vcpu *v): ELR_EL2, SPSR_EL2 and the frame are ready. */
	.global vcpu_run
vcpu_run:
	mov	x19, x0
	load_upper
	b	guest_resume

/*
 * An exception at EL2. The stack may be what broke, so a stack of its own; the first CPU to come
 * here gets it, any other waits for the panic of the first to stop it. x16 and x17 are lost.
 */
el2_fault:
	adrp	x16, fault_claim
	add	x16, x16, :lo12:fault_claim
1:	ldaxr	w17, [x16]
	cbnz	w17, 3f
	stxr	w17, w16, [x16]         /* any value but 0 claims it */
	cbnz	w17, 1b
	adrp	x16, fault_stack_top
	add	x16, x16, :lo12:fault_stack_top
	mov	x17, sp
	mov	sp, x16
	sub	sp, sp, #272
	stp	x0, x1, [sp, #VCPU_X(0)]
	stp	x2, x3, [sp, #VCPU_X(2)]
	stp	x4, x5, [sp, #VCPU_X(4)]
	stp	x6, x7, [sp, #VCPU_X(6)]
	stp	x8, x9, [sp, #VCPU_X(8)]
	stp	x10, x11, [sp, #VCPU_X(10)]
	stp	x12, x13, [sp, #VCPU_X(12)]
	stp	x14, x15, [sp, #VCPU_X(14)]
	stp	xzr, xzr, [sp, #VCPU_X(16)]
	stp	x18, x19, [sp, #VCPU_X(18)]
	stp	x20, x21, [sp, #VCPU_X(20)]
	stp	x22, x23, [sp, #VCPU_X(22)]
	stp	x24, x25, [sp, #VCPU_X(24)]
	stp	x26, x27, [sp, #VCPU_X(26)]
	stp	x28, x29, [sp, #VCPU_X(28)]
	stp	x30, x17, [sp, #VCPU_X(30)]
	mov	x0, sp
	bl	trap_el2
3:	wfe
	b	3b

	.section .bss.fault, "aw", %nobits
	.balign	16
fault_stack:
	.skip	0x2000
fault_stack_top:
fault_claim:
	.skip	16
