/* SPDX-License-Identifier: BSD-3-Clause */
/* A hypercall or firmware call with every register given and every register seen afterwards. */
/* EL1, own CPU; used as: void call_hvc(uint64_t x[29]), void call_smc(uint64_t x[29]) */
#include "kit/arm64/regs.inc"

	.text
	.macro	call name, insn
	.globl	\name
\name:
	callee_save
	mov	x30, x0
	regs_x2_x27 ldp, x30
	ldr	x28, [x30, #224]
	ldp	x0, x1, [x30]
	\insn	#0
	stp	x0, x1, [x30]
	regs_x2_x27 stp, x30
	str	x28, [x30, #224]
	callee_restore
	ret
	.endm

	call	call_hvc, hvc
	call	call_smc, smc

/* void survive_call(fn, arg): call; a fetch fault (see survive()) lands at survive_back. */
	.globl	survive_call
survive_call:
	callee_save
	adrp	x3, exec_sp
	mov	x2, sp
	str	x2, [x3, :lo12:exec_sp]
	mov	x16, x0
	mov	x0, x1
	blr	x16
	.globl	survive_back
survive_back:
	adrp	x1, exec_sp
	ldr	x2, [x1, :lo12:exec_sp]
	mov	sp, x2
	callee_restore
	ret

	.section .bss.exec, "aw", %nobits
	.balign	8
exec_sp: .skip 8
