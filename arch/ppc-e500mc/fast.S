/* SPDX-License-Identifier: BSD-3-Clause */
/* The hot privileged instructions of a de-privileged guest supervisor, without a frame. */
/*
 * Over nine of ten traps of a Linux guest are moves of MSR, SRRs, SPRGs and MAS registers, returns from
 * interrupt and system calls. They are done here with r10-r12 as the only registers in use; whatever
 * is not in the table below, changes more than the privilege of the guest or would let a pending
 * interrupt through goes to fast_slow, which puts everything back as it was and takes the common
 * path. What is done is what emul.c, emul_spr.c and reflect.c do: storage in struct ppc_guest. The
 * hostile campaign `moves` runs the same instructions both ways and compares (tests/hostile/ppc).
 *
 *   r10  free, or struct vcpu      SPRG1  guest r10      SRR0  already the next instruction
 *   r11  guest CR, later CTR       SPRG9  guest r11      SPRG8 struct vcpu
 *   r12  the instruction           SPRG2  guest r12
 *
 * Program interrupts come here only while the guest is in supervisor state (V_IVOR6). A fault of the
 * fetch goes through a vector that uses SPRG1 and SPRG2: r10 and r12 are still the guest's then.
 */
#include "frame.h"
#include "vectors.h"

/* The instruction rotated left by six: extended opcode, Rc and primary opcode side by side. */
#define KEY_MTMSR 0x491f
#define KEY_RFI 0x1913
#define KEY_WRTEE 0x419f
#define KEY_WRTEEI 0x519f
/* The lower seven bits of it are the same for mfspr, mtspr and mfmsr; the table tells them apart. */
#define KEY_MOVE 0x299f

/* What the guest's MSR may hold in a system call that is taken here: CE, EE, PR, ME, RI. */
#define MSR_PLAIN_HI 0x0002
#define MSR_PLAIN_LO 0xd002

	.section .vectors, "ax"
	.balign	64
	.globl	vec_program_fast
vec_program_fast:
	mtspr	SPRG1, %r10
	mtspr	SPRG9, %r11
	mtspr	SPRG2, %r12
	mfspr	%r11, SRR0
	.globl	fast_fetch
fast_fetch:
	.long	0x7d80583e		/* lwepx r12, 0, r11 */
	addi	%r11, %r11, 4
	mtspr	SRR0, %r11
	mfcr	%r11
	rlwinm	%r10, %r12, 6, 18, 31
	cmplwi	%r10, KEY_MOVE
	bne	fast_other
	mtcr	%r11
	rlwinm	%r10, %r12, 25, 18, 30	/* SPR and upper bits of the extended opcode: halfword index */
	addis	%r10, %r10, fast_table@ha
	lhz	%r10, fast_table@l(%r10)
	rlwimi	%r10, %r12, 15, 23, 27	/* 16 bytes a general register */
	oris	%r10, %r10, vectors@h
	mfctr	%r11
	mtctr	%r10
	mfspr	%r10, SPRG8
	bctr

fast_done:
	mtctr	%r11
fast_leave:
	mfspr	%r12, SPRG2
	mfspr	%r11, SPRG9
	mfspr	%r10, SPRG1
	rfi

	.globl	slow_move
/* Not here: all registers return to the guest's values, then as if from the vector. */
slow_move:
	mtctr	%r11
	mfcr	%r11
/* Nothing has been tried yet: the instruction is still known. */
fast_not_here:
	mfspr	%r10, SPRG8
	stw	%r11, F_CR(%r10)
	stw	%r12, F_INSN(%r10)
	mfspr	%r11, SRR0
	mfspr	%r12, SPRG2
	addi	%r11, %r11, -4
	mtspr	SRR0, %r11
	b	emul_from_guest

fast_slow:
	mfspr	%r10, SPRG8
	stw	%r11, F_CR(%r10)
fast_slow_saved:
	mfspr	%r11, SRR0
	mfspr	%r12, SPRG2
	addi	%r11, %r11, -4
	mtspr	SRR0, %r11
	mfspr	%r11, SPRG9
	mtspr	SPRG2, %r11
	li	%r11, 6
	b	from_guest

fast_other:
	rlwinm	%r10, %r12, 6, 15, 31
	cmplwi	%r10, KEY_WRTEEI
	beq	fast_wrteei
	cmplwi	%r10, KEY_WRTEE
	beq	fast_wrtee
	cmplwi	%r10, KEY_RFI
	beq	fast_rfi
	cmplwi	%r10, KEY_MTMSR
	bne	fast_not_here

/* To the slot of the operand, which leaves it in r10. CTR waits in r12. */
	lis	%r10, mtmsr_operand@h
	ori	%r10, %r10, mtmsr_operand@l
	b	1f
fast_wrtee:
	lis	%r10, wrtee_operand@h
	ori	%r10, %r10, wrtee_operand@l
1:	rlwimi	%r10, %r12, 15, 23, 27
	mfctr	%r12
	mtctr	%r10
	bctr

/* r10: new MSR. Only CE and EE may change here. */
mtmsr_found:
	mtctr	%r12
	mfspr	%r12, SPRG8
	stw	%r11, F_CR(%r12)
	lwz	%r11, V_MSR_MASK(%r12)
	and	%r10, %r10, %r11
	lwz	%r11, G_MSR(%r12)
	xor	%r11, %r11, %r10
	rlwinm.	%r11, %r11, 0, 17, 13
	lwz	%r11, G_PENDING(%r12)
	cmpwi	%cr1, %r11, 0
	bne	2f
	bne	%cr1, 2f
	stw	%r10, G_MSR(%r12)
	lwz	%r11, F_CR(%r12)
	mtcr	%r11
	b	fast_leave
2:	mr	%r10, %r12
	b	fast_slow_saved

wrtee_found:
	mtctr	%r12
	mr	%r12, %r10
/* EE is the bit of r12 where the MSR has it; turning it on while something is pending is not for here. */
fast_wrteei:
	andi.	%r10, %r12, MSR_EE
	mfspr	%r10, SPRG8
	beq	3f
	lwz	%r12, G_PENDING(%r10)
	cmpwi	%r12, 0
	bne	fast_slow
	lwz	%r12, G_MSR(%r10)
	ori	%r12, %r12, MSR_EE
	stw	%r12, G_MSR(%r10)
	mtcr	%r11
	mfspr	%r12, SPRG2
	mfspr	%r11, SPRG9
	mfspr	%r10, SPRG1
	rfi
3:	lwz	%r12, G_MSR(%r10)
	rlwinm	%r12, %r12, 0, 17, 15
	stw	%r12, G_MSR(%r10)
	mtcr	%r11
	b	fast_leave

/* Return within the supervisor, or to the user in a context that has a process id. */
fast_rfi:
	mfspr	%r10, SPRG8
	stw	%r11, F_CR(%r10)
	lwz	%r11, G_SRR1(%r10)
	lwz	%r12, V_MSR_MASK(%r10)
	and	%r11, %r11, %r12
	lwz	%r12, G_MSR(%r10)
	xor	%r12, %r12, %r11
	mtcrf	0x08, %r12		/* bit 17: PR changes */
	rlwinm.	%r12, %r12, 0, 18, 13	/* anything but CE, EE and PR */
	lwz	%r12, G_PENDING(%r10)
	cmpwi	%cr1, %r12, 0
	bne	fast_slow_saved
	bne	%cr1, fast_slow_saved
	bf	17, 4f
	lwz	%r12, V_EPC_USER(%r10)
	cmpwi	%r12, 0
	beq	fast_slow_saved
	mtspr	EPLC, %r12
	mtspr	EPSC, %r12
	rlwinm	%r12, %r12, 0, 24, 31
	mtspr	PID, %r12
	li	%r12, vec_program@l
	mtspr	IVOR6, %r12
	stw	%r12, V_IVOR6(%r10)
4:	stw	%r11, G_MSR(%r10)
	lwz	%r12, V_FAST(%r10)
	addi	%r12, %r12, 1
	stw	%r12, V_FAST(%r10)
	lwz	%r12, G_SRR0(%r10)
	lwz	%r11, F_CR(%r10)
	mtspr	SRR0, %r12
	mtcr	%r11
	b	fast_leave

/*
 * System call: `sc` of a guest's user enters the guest's supervisor, `sc 1` of the supervisor is a
 * hypercall. All levels arrive alike without category E.HV: the instruction before SRR0 tells.
 */
	.balign	64
	.globl	vec_syscall
vec_syscall:
	mtspr	SPRG1, %r10
	mtspr	SPRG9, %r11
	mtspr	SPRG2, %r12
	mfspr	%r11, SRR0
	addi	%r11, %r11, -4
	.globl	call_fetch
call_fetch:
	.long	0x7d80583e		/* lwepx r12, 0, r11 */
	mfcr	%r11
	mfspr	%r10, SPRG8
	stw	%r11, F_CR(%r10)
	addis	%r12, %r12, -0x4400
	lwz	%r11, G_MSR(%r10)
	cmplwi	%r12, 0x22
	mtcrf	0x08, %r11		/* bit 17: PR */
	bne	5f
	bf	17, hcall_from_guest
	b	call_slow

5:	cmplwi	%r12, 2
	bne	call_slow
	bf	17, call_slow
	lis	%r12, MSR_PLAIN_HI
	ori	%r12, %r12, MSR_PLAIN_LO
	andc.	%r12, %r11, %r12
	lwz	%r12, G_PENDING(%r10)
	cmpwi	%cr1, %r12, 0
	bne	call_slow
	bne	%cr1, call_slow
	lwz	%r12, V_EPC_SUPER(%r10)
	cmpwi	%r12, 0
	beq	call_slow
	stw	%r11, G_SRR1(%r10)
	mtspr	EPLC, %r12
	mtspr	EPSC, %r12
	rlwinm	%r12, %r12, 0, 24, 31
	mtspr	PID, %r12
	rlwinm	%r11, %r11, 0, 18, 15	/* EE and PR off, the rest stays */
	stw	%r11, G_MSR(%r10)
	li	%r12, vec_program_fast@l
	mtspr	IVOR6, %r12
	stw	%r12, V_IVOR6(%r10)
	mfspr	%r11, SRR0
	stw	%r11, G_SRR0(%r10)
	lwz	%r11, G_IVPR(%r10)
	lwz	%r12, G_IVOR8(%r10)
	or	%r11, %r11, %r12
	mtspr	SRR0, %r11
	lwz	%r12, V_FAST(%r10)
	lwz	%r11, F_CR(%r10)
	addi	%r12, %r12, 1
	stw	%r12, V_FAST(%r10)
	mtcr	%r11
	b	fast_leave

call_slow:
	mfspr	%r12, SPRG2
	mfspr	%r11, SPRG9
	mtspr	SPRG2, %r11
	li	%r11, 8
	b	from_guest

/* ---- a block of 512 bytes, aligned, with one slot of 16 bytes for each general register ------------ */

	/* One slot: a register in its place, or r10-r12 of the guest, which are in SPRGs (op_saved). */
	.macro	slot op, reg, x, y, next
	\op	\reg, \x, \y
	b	\next
	.balign	16
	.endm

	.macro	get reg, offset, y
	lwz	\reg, \offset(%r10)
	.endm
	.macro	get_saved sprg, offset, y
	lwz	%r12, \offset(%r10)
	mtspr	\sprg, %r12
	.endm
	.macro	put reg, offset, y
	stw	\reg, \offset(%r10)
	.endm
	.macro	put_saved sprg, offset, y
	mfspr	%r12, \sprg
	stw	%r12, \offset(%r10)
	.endm
	.macro	put_bits reg, offset, bits		/* only these */
	rlwinm	%r12, \reg, 0, \bits
	stw	%r12, \offset(%r10)
	.endm
	.macro	put_bits_saved sprg, offset, bits
	mfspr	%r12, \sprg
	rlwinm	%r12, %r12, 0, \bits
	stw	%r12, \offset(%r10)
	.endm
	.macro	put_both reg, offset, spr		/* and the hardware register that users can read */
	stw	\reg, \offset(%r10)
	mtspr	\spr, \reg
	.endm
	.macro	put_both_saved sprg, offset, spr
	mfspr	%r12, \sprg
	stw	%r12, \offset(%r10)
	mtspr	\spr, %r12
	.endm
	.macro	operand reg, x, y
	mr	%r10, \reg
	.endm
	.macro	operand_saved sprg, x, y
	mfspr	%r10, \sprg
	.endm

	.macro	block name, op, x=0, y=0, next=fast_done
	.balign	512
\name:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	slot	\op, %r\n, \x, \y, \next
	.endr
	slot	\op\()_saved, SPRG1, \x, \y, \next
	slot	\op\()_saved, SPRG9, \x, \y, \next
	slot	\op\()_saved, SPRG2, \x, \y, \next
	.irp	n, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	slot	\op, %r\n, \x, \y, \next
	.endr
	.endm

	block	wrtee_operand, operand, next=wrtee_found
	block	mtmsr_operand, operand, next=mtmsr_found
	block	read_MSR, get, G_MSR
	block	read_SRR0, get, G_SRR0
	block	read_SRR1, get, G_SRR1
	block	read_SPRG0, get, G_SPRG0
	block	read_SPRG1, get, G_SPRG1
	block	read_SPRG3, get, G_SPRG3
	block	read_DEAR, get, G_DEAR
	block	read_ESR, get, G_ESR
	block	read_MAS0, get, G_MAS0
	block	read_MAS1, get, G_MAS1
	block	read_MAS2, get, G_MAS2
	block	read_MAS6, get, G_MAS6
	block	write_SRR0, put_bits, G_SRR0, 0xfffffffc
	block	write_SRR1, put, G_SRR1
	block	write_SPRG0, put, G_SPRG0
	block	write_SPRG1, put, G_SPRG1
	block	write_SPRG3, put_both, G_SPRG3, 275
	block	write_MAS1, put, G_MAS1
	block	write_MAS2, put, G_MAS2
	block	write_MAS3, put, G_MAS3
	block	write_MAS7, put, G_MAS7
	block	write_BUCSR, put_bits, G_BUCSR, 0xfffffdff	/* all but BBFI, which completes at once */

/*
 * Where a move is done: offset of its block in the 64 KiB of the vectors, by register number (its
 * halves swapped, as the instruction has it) and the upper three bits of the extended opcode. 0 is
 * the block not_here.
 */
#define MFMSR 0
#define MFSPR 2
#define MTSPR 3
	.macro	entry number, opcode, block
	.org	fast_table + 2 * (((\number & 31) << 5 | \number >> 5) << 3 | \opcode)
	.short	\block@l
	.endm

	.section .rodata.fast, "a"
	.balign	4
fast_table:
	entry	0, MFMSR, read_MSR
	entry	272, MFSPR, read_SPRG0
	entry	272, MTSPR, write_SPRG0
	entry	624, MFSPR, read_MAS0
	entry	944, MTSPR, write_MAS7
	entry	273, MFSPR, read_SPRG1
	entry	273, MTSPR, write_SPRG1
	entry	625, MFSPR, read_MAS1
	entry	625, MTSPR, write_MAS1
	entry	626, MFSPR, read_MAS2
	entry	626, MTSPR, write_MAS2
	entry	275, MFSPR, read_SPRG3
	entry	275, MTSPR, write_SPRG3
	entry	627, MTSPR, write_MAS3
	entry	1013, MTSPR, write_BUCSR
	entry	630, MFSPR, read_MAS6
	entry	26, MFSPR, read_SRR0
	entry	26, MTSPR, write_SRR0
	entry	27, MFSPR, read_SRR1
	entry	27, MTSPR, write_SRR1
	entry	61, MFSPR, read_DEAR
	entry	62, MFSPR, read_ESR
	.org	fast_table + 16384
