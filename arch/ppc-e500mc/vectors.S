/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupt vectors: save the guest, call ppc_trap(), restore and resume. */
/*
 * From the guest (SRR1[PR] = 1: it always runs in problem state) every general register is saved in
 * the frame at the start of struct vcpu. From the hypervisor itself only three things happen: an
 * asynchronous interrupt ends arch_cpu_wait(), a load of a guest's instruction is fixed up, anything
 * else is fatal. Base class only; the hypervisor runs with CE = DE = 0 and takes no critical
 * interrupts.
 *
 *   SPRG0  struct cpu      SPRG8  struct vcpu that runs here      SPRG1, 2, 9  r10, r11, see fast.S
 */
#include "frame.h"
#include "vectors.h"
#include "enter.inc"

	.macro	VECTOR name, number, from_hv
	.balign	16
vec_\name:
	ENTER	\number, \from_hv
	li	%r11, \number
	b	from_guest
	.endm

	/* Critical, machine check and debug: other save registers, C decides whose fault it was. */
	.macro	LEVEL name, number, srr0, srr1
	.balign	16
vec_\name:
	mtspr	SPRG1, %r10
	mfspr	%r10, \srr0
	mtspr	SRR0, %r10
	mfspr	%r10, \srr1
	mtspr	SRR1, %r10
	mfspr	%r10, SPRG1
	ENTER	\number, fatal
	li	%r11, \number
	b	from_guest
	.endm

	.section .vectors, "ax"
	.balign	65536
	.globl	vectors
vectors:
not_here:				/* the block of moves that fast.S does not do */
	.rept	32
	b	slow_move
	.balign	16
	.endr
	LEVEL	critical, 0, 58, 59
	LEVEL	mcheck, 1, 570, 571
	VECTOR	dsi, 2, fixup
	VECTOR	isi, 3, fatal
	VECTOR	external, 4, end_wait
	VECTOR	alignment, 5, fatal
	VECTOR	program, 6, probe_fixup
	VECTOR	fp, 7, fatal
	VECTOR	ap, 9, fatal
	VECTOR	decrementer, 10, end_wait
	VECTOR	fit, 11, fatal
	VECTOR	watchdog, 12, fatal
	LEVEL	debug, 15, 58, 59
	LEVEL	debug_ed, 15, 574, 575
	VECTOR	spe, 32, fatal
	VECTOR	spe_data, 33, fatal
	VECTOR	spe_round, 34, fatal
	VECTOR	perfmon, 35, fatal
	VECTOR	doorbell, 36, end_wait
	VECTOR	critical_doorbell, 37, fatal

/*
 * r10: struct vcpu, r11: vector; CR is in the frame, r10 and r11 of the guest in SPRGs.
 * stmw also stores r10 and r11, which are put right behind it; XER, LR, CTR and PC follow CR.
 */
	.macro	SAVE_GUEST r11_in
	stmw	%r0, F_GPR(%r10)
	mfspr	%r3, SPRG1
	mfspr	%r4, \r11_in
	stw	%r3, F_GPR + 40(%r10)
	stw	%r4, F_GPR + 44(%r10)
	mfxer	%r28
	mflr	%r29
	mfctr	%r30
	mfspr	%r31, SRR0
	stmw	%r28, F_XER(%r10)
	mr	%r3, %r10
	mr	%r31, %r10
	lwz	%r1, V_STACK(%r10)
	li	%r5, vec_program@l	/* a program interrupt from here on is the hypervisor's own */
	mtspr	IVOR6, %r5
	.endm

	.globl	from_guest
from_guest:
	SAVE_GUEST SPRG2
	mr	%r4, %r11
	bl	ppc_trap
	b	resume

/* From fast.S, where r11 of the guest is in SPRG9; F_INSN is the instruction. */
	.globl	emul_from_guest
emul_from_guest:
	SAVE_GUEST SPRG9
	lwz	%r4, F_INSN(%r3)
	bl	ppc_emulate
	b	resume

/* From fast.S, where r11 and r12 of the guest are in SPRG9 and SPRG2. */
	.globl	hcall_from_guest
hcall_from_guest:
	mfspr	%r12, SPRG2
	SAVE_GUEST SPRG9
	bl	ppc_hcall

/* r31: struct vcpu. Everything the guest sees comes from the frame. */
resume:
	mr	%r1, %r31
	lwz	%r3, V_IVOR6(%r1)
	lwz	%r0, V_HW_MSR(%r1)
	mtspr	IVOR6, %r3
	lmw	%r27, F_CR(%r1)
	mtcr	%r27
	mtxer	%r28
	mtlr	%r29
	mtctr	%r30
	mtspr	SRR0, %r31
	mtspr	SRR1, %r0
	lmw	%r2, F_GPR + 8(%r1)
	lwz	%r0, F_GPR + 0(%r1)
	lwz	%r1, F_GPR + 4(%r1)
	rfi

	.globl	ppc_resume
ppc_resume:
	mtspr	SPRG8, %r3
	mr	%r31, %r3
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
 * A load of a guest's instruction faulted. In tlb_fetch(): continue at its fix-up. In the fast paths:
 * the guest's PC was in r11, so it is in SPRG2 now, r10 was still the guest's and r11 of the guest is
 * in SPRG9; take the common path for the first interrupt. ESR tells of the second only.
 */
	.globl	fixup
fixup:
	mtspr	SCRATCH, %r11
	mfspr	%r10, SRR0
	lis	%r11, fetch_insn@h
	ori	%r11, %r11, fetch_insn@l
	cmpw	%cr7, %r10, %r11
	beq	%cr7, 3f
	lis	%r11, fast_fetch@h
	ori	%r11, %r11, fast_fetch@l
	cmpw	%cr7, %r10, %r11
	lis	%r11, call_fetch@h
	ori	%r11, %r11, call_fetch@l
	cmpw	%cr6, %r10, %r11
	cror	30, 30, 26		/* either: in cr7 */
	li	%r10, 13
	bne	%cr7, fatal
	mfspr	%r10, SPRG8
	mfspr	%r11, SCRATCH
	stw	%r11, F_CR(%r10)
	mfspr	%r11, SPRG2
	bne	%cr6, 1f
	addi	%r11, %r11, 4		/* SRR0 of a system call is the next instruction */
	mtspr	SRR0, %r11
	li	%r11, 8
	b	2f
1:	mtspr	SRR0, %r11
	li	%r11, 6
2:	mtspr	SCRATCH, %r11
	mfspr	%r11, SPRG9
	mtspr	SPRG2, %r11
	mfspr	%r11, SCRATCH
	b	from_guest
3:	addi	%r10, %r10, fetch_failed - fetch_insn
	mtspr	SRR0, %r10
	mfspr	%r10, SCRATCH
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

	.globl	fatal
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
	.globl	vec_program
	.globl	vector_offsets
vector_offsets:
	.irp	name, critical, mcheck, dsi, isi, external, alignment, program, fp, syscall, ap, \
		decrementer, fit, watchdog, dtlb, itlb, debug
	.short	vec_\name@l
	.endr
	.globl	vector_offset_debug_ed
vector_offset_debug_ed:
	.short	vec_debug_ed - vectors
	.globl	vector_offsets_more
vector_offsets_more:
	.irp	name, spe, spe_data, spe_round, perfmon, doorbell, critical_doorbell
	.short	vec_\name - vectors
	.endr
