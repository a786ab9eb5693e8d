/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupt vectors: save the guest, call ppc_trap(), restore and resume. */
/*
 * From the guest (SRR1[PR] = 1: it always runs in problem state) every general register is saved in
 * the frame at the start of struct vcpu. From the hypervisor itself only three things happen: an
 * asynchronous interrupt ends arch_cpu_wait(), a fault of tlb_fetch() is fixed up, anything else is
 * fatal. Base class only; the hypervisor runs with CE = DE = 0 and takes no critical interrupts.
 */
#include "frame.h"

#define SPRG0 272
#define SPRG1 273
#define SPRG2 274
#define SPRG8 604
#define SPRG9 605
#define SRR0 26
#define SRR1 27
#define MSR_PR 0x4000
#define MSR_EE 0x8000

	.macro	VECTOR name, number, from_hv
	.balign	16
vec_\name:
	mtspr	SPRG1, %r10
	mtspr	SPRG2, %r11
	mfcr	%r11
	mfspr	%r10, SRR1
	andi.	%r10, %r10, MSR_PR
	li	%r10, \number
	bne	from_guest
	b	\from_hv
	.endm

	/* Critical, machine check and debug: other save registers, C decides whose fault it was. */
	.macro	LEVEL name, number, srr0, srr1
	.balign	16
vec_\name:
	mtspr	SPRG1, %r10
	mtspr	SPRG2, %r11
	mfspr	%r10, \srr0
	mtspr	SRR0, %r10
	mfspr	%r10, \srr1
	mtspr	SRR1, %r10
	mfcr	%r11
	andi.	%r10, %r10, MSR_PR
	li	%r10, \number
	bne	from_guest
	b	fatal
	.endm

	.section .vectors, "ax"
	.balign	65536
	.globl	vectors
vectors:
	LEVEL	critical, 0, 58, 59
	LEVEL	mcheck, 1, 570, 571
	VECTOR	dsi, 2, fixup
	VECTOR	isi, 3, fatal
	VECTOR	external, 4, end_wait
	VECTOR	alignment, 5, fatal
	VECTOR	program, 6, probe_fixup
	VECTOR	fp, 7, fatal
	VECTOR	syscall, 8, fatal
	VECTOR	ap, 9, fatal
	VECTOR	decrementer, 10, end_wait
	VECTOR	fit, 11, fatal
	VECTOR	watchdog, 12, fatal
	VECTOR	dtlb, 13, fixup
	VECTOR	itlb, 14, fatal
	LEVEL	debug, 15, 58, 59
	LEVEL	debug_ed, 15, 574, 575
	VECTOR	spe, 32, fatal
	VECTOR	spe_data, 33, fatal
	VECTOR	spe_round, 34, fatal
	VECTOR	perfmon, 35, fatal
	VECTOR	doorbell, 36, end_wait
	VECTOR	critical_doorbell, 37, fatal

	.globl	from_guest
/* r10: vector, r11: CR, r10/r11 of the guest in SPRG1/2 */
from_guest:
	mtspr	SPRG8, %r10
	mfspr	%r10, SPRG0
	lwz	%r10, CPU_VCPU(%r10)
	stw	%r11, F_CR(%r10)
	mfspr	%r11, SPRG1
	stw	%r11, F_GPR + 40(%r10)
	mfspr	%r11, SPRG2
	stw	%r11, F_GPR + 44(%r10)
	stw	%r0, F_GPR + 0(%r10)
	stw	%r1, F_GPR + 4(%r10)
	stw	%r2, F_GPR + 8(%r10)
	stw	%r3, F_GPR + 12(%r10)
	stw	%r4, F_GPR + 16(%r10)
	stw	%r5, F_GPR + 20(%r10)
	stw	%r6, F_GPR + 24(%r10)
	stw	%r7, F_GPR + 28(%r10)
	stw	%r8, F_GPR + 32(%r10)
	stw	%r9, F_GPR + 36(%r10)
	stmw	%r12, F_GPR + 48(%r10)
	mflr	%r0
	mfctr	%r5
	mfxer	%r6
	mfspr	%r7, SRR0
	stw	%r0, F_LR(%r10)
	stw	%r5, F_CTR(%r10)
	stw	%r6, F_XER(%r10)
	stw	%r7, F_PC(%r10)
	mfspr	%r8, SPRG0
	mr	%r3, %r10
	mfspr	%r4, SPRG8
	lwz	%r1, CPU_STACK_TOP(%r8)
	li	%r0, 0
	stwu	%r0, -16(%r1)
	bl	ppc_trap
	mfspr	%r10, SPRG0
	lwz	%r10, CPU_VCPU(%r10)

/* r10: struct vcpu. Everything the guest sees comes from the frame. */
resume:
	lwz	%r0, F_LR(%r10)
	lwz	%r5, F_CTR(%r10)
	lwz	%r6, F_XER(%r10)
	lwz	%r7, F_PC(%r10)
	lwz	%r8, V_HW_MSR(%r10)
	lwz	%r9, F_CR(%r10)
	mtlr	%r0
	mtctr	%r5
	mtxer	%r6
	mtspr	SRR0, %r7
	mtspr	SRR1, %r8
	mtcr	%r9
	lmw	%r12, F_GPR + 48(%r10)
	lwz	%r0, F_GPR + 0(%r10)
	lwz	%r1, F_GPR + 4(%r10)
	lwz	%r2, F_GPR + 8(%r10)
	lwz	%r3, F_GPR + 12(%r10)
	lwz	%r4, F_GPR + 16(%r10)
	lwz	%r5, F_GPR + 20(%r10)
	lwz	%r6, F_GPR + 24(%r10)
	lwz	%r7, F_GPR + 28(%r10)
	lwz	%r8, F_GPR + 32(%r10)
	lwz	%r9, F_GPR + 36(%r10)
	lwz	%r11, F_GPR + 44(%r10)
	lwz	%r10, F_GPR + 40(%r10)
	rfi

	.globl	ppc_resume
ppc_resume:
	mr	%r10, %r3
	b	resume

/*
 * An interrupt ended arch_cpu_wait(): resume behind the wait with EE off. The source stays pending
 * in its controller and is looked at by the caller.
 */
end_wait:
	mtcr	%r11
	lis	%r10, wait_end@h
	ori	%r10, %r10, wait_end@l
	mtspr	SRR0, %r10
	mfspr	%r10, SRR1
	rlwinm	%r10, %r10, 0, 17, 15	/* clear EE */
	rlwinm	%r10, %r10, 0, 14, 12	/* clear WE */
	mtspr	SRR1, %r10
	mfspr	%r10, SPRG1
	mfspr	%r11, SPRG2
	rfi

	.section .text.wait, "ax"
	.globl	cpu_wait_e500mc
cpu_wait_e500mc:
	wrteei	1
	.long	0x7c00007c		/* wait */
	b	wait_end

	.globl	cpu_wait_e500v2
cpu_wait_e500v2:
	mfspr	%r3, 1008		/* HID0[DOZE] */
	oris	%r3, %r3, 0x0080
	msync
	mtspr	1008, %r3
	isync
	mfmsr	%r3
	oris	%r3, %r3, 0x0004	/* WE */
	ori	%r3, %r3, MSR_EE
1:
	msync
	mtmsr	%r3
	isync
	b	1b
wait_end:
	wrteei	0
	blr

	.section .vectors, "ax"
/*
 * A load of a guest's instruction faulted. In tlb_fetch(): continue at its fix-up. In the fast path:
 * the guest's PC was in r11, so it is in SPRG2 now; take the common path for the first interrupt.
 */
fixup:
	mtspr	SPRG8, %r11
	mfspr	%r10, SRR0
	lis	%r11, fetch_insn@h
	ori	%r11, %r11, fetch_insn@l
	cmpw	%cr7, %r10, %r11
	beq	%cr7, 1f
	lis	%r11, fast_fetch@h
	ori	%r11, %r11, fast_fetch@l
	cmpw	%cr7, %r10, %r11
	bne	%cr7, fatal
	mfspr	%r10, SPRG2
	mtspr	SRR0, %r10
	mfspr	%r10, SPRG9
	mtspr	SPRG2, %r10
	mfspr	%r11, SPRG8
	li	%r10, 6
	b	from_guest
1:
	addi	%r10, %r10, fetch_failed - fetch_insn
	mtspr	SRR0, %r10
	mfspr	%r10, SPRG8
	mtcr	%r10
	mfspr	%r10, SPRG1
	mfspr	%r11, SPRG2
	rfi

/* Program interrupt while probing for registers that may not exist: step over the instruction. */
probe_fixup:
	mtcr	%r11
	mfspr	%r10, SRR0
	lis	%r11, probe_lpidr@h
	ori	%r11, %r11, probe_lpidr@l
	subf	%r11, %r11, %r10
	cmplwi	%cr7, %r11, 8
	bge	%cr7, fatal
	addi	%r10, %r10, 4
	mtspr	SRR0, %r10
	mfspr	%r10, SPRG1
	mfspr	%r11, SPRG2
	rfi

fatal:
	mfspr	%r3, SRR0
	mfspr	%r4, SRR1
	mr	%r5, %r10
	mfspr	%r8, SPRG0
	lwz	%r1, CPU_STACK_TOP(%r8)
	addi	%r1, %r1, -512
	bl	ppc_fatal
	trap

	.section .text.fetch, "ax"
/* bool tlb_fetch(uint32_t ea, uint32_t *insn): through EPLC, that is as the guest would load it. */
	.globl	tlb_fetch
tlb_fetch:
fetch_insn:
	.long	0x7ca0183e		/* lwepx r5, 0, r3 */
	stw	%r5, 0(%r4)
	li	%r3, 1
	blr
fetch_failed:
	li	%r3, 0
	blr

/* Two reads of LPIDR with the presets in r3 and r4, returned as r3 and r4. */
	.globl	probe_lpidr
probe_lpidr:
	mfspr	%r3, 338
	mfspr	%r4, 338
	blr

	.section .rodata.vectors, "a"
	.globl	vector_offsets
vector_offsets:
	.irp	name, critical, mcheck, dsi, isi, external, alignment, program, fp, syscall, ap, \
		decrementer, fit, watchdog, dtlb, itlb, debug
	.short	vec_\name - vectors
	.endr
	.globl	vector_offset_debug_ed
vector_offset_debug_ed:
	.short	vec_debug_ed - vectors
	.globl	vector_offsets_more
vector_offsets_more:
	.irp	name, spe, spe_data, spe_round, perfmon, doorbell, critical_doorbell
	.short	vec_\name - vectors
	.endr
