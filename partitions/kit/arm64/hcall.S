/* SPDX-License-Identifier: BSD-3-Clause */
/* HVC and SMC with the register file of the SMC calling convention (Arm DEN0028). */
/* any CPU, EL1 */
	.text

/* void smccc_hvc(uint64_t r[8]), void smccc_smc(uint64_t r[8]): x0..x7 in and out. */
	.macro	smccc name, insn
	.globl	\name
\name:
	stp	x29, x30, [sp, #-32]!
	str	x19, [sp, #16]
	mov	x19, x0
	ldp	x0, x1, [x19, #0]
	ldp	x2, x3, [x19, #16]
	ldp	x4, x5, [x19, #32]
	ldp	x6, x7, [x19, #48]
	\insn	#0
	stp	x0, x1, [x19, #0]
	stp	x2, x3, [x19, #16]
	stp	x4, x5, [x19, #32]
	stp	x6, x7, [x19, #48]
	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
	.endm

	smccc	smccc_hvc, hvc
	smccc	smccc_smc, smc
