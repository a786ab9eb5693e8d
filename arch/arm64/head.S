/* SPDX-License-Identifier: BSD-3-Clause */
/* Image header, and the first instructions of every CPU up to C with the MMU on. */
/*
 * Entered by the Linux arm64 boot protocol (kernel documentation arm64/booting): x0 = device tree,
 * MMU off, the image at any multiple of 2 MiB. Interrupt and trap state of EL2 is not trusted.
 */
#include "frame.h"

#define SCTLR_EL2_OFF 0x30c50830

	.section .head, "ax"
	.global _start
_start:
	b	boot_entry
	.long	0
	.quad	0                       /* text_offset */
	/* image_size: hv.lds.S puts it here, as the assembler cannot without a relocation */

	.section .head.rest, "ax"
	.quad	0xa                     /* little endian, 4 KiB pages, anywhere in memory */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

boot_entry:
	msr	daifset, #0xf
	mov	x20, x0
	mrs	x21, currentel
	lsr	x21, x21, #2
	cmp	x21, #2
	b.ne	2f
	mov	x9, #0x80000000         /* HCR_EL2.RW only: E2H and all traps off */
	msr	hcr_el2, x9
	isb
	mrs	x9, sctlr_el2
	tbz	x9, #2, 1f              /* SCTLR.C clear: nothing of ours is in a cache */
	adrp	x10, _image_begin
	adrp	x11, _image_end
	bl	cache_clean
1:	ldr	w9, =SCTLR_EL2_OFF
	msr	sctlr_el2, x9
	isb
2:	bl	relocate
	adrp	x0, _bss_begin
	adrp	x2, _bss_end
	sub	x2, x2, x0
	mov	w1, wzr
	bl	memset

	/* A fresh canary; its low byte stays 0, which stops string functions. */
	mrs	x9, cntpct_el0
	ror	x10, x9, #27
	eor	x9, x9, x10
	eor	x9, x9, x20, lsl #20
	lsl	x9, x9, #8
	adrp	x10, __stack_chk_guard
	str	x9, [x10, :lo12:__stack_chk_guard]

	adrp	x9, stacks + STACK_GUARD + STACK_BYTES
	mov	sp, x9
	adrp	x22, cpus
	add	x22, x22, :lo12:cpus
	str	x9, [x22, #CPU_STACK_TOP]
	mov	x29, xzr
	mov	x30, xzr
	mov	x0, x20
	mov	x1, x21
	bl	early_main              /* refuses other levels than EL2 and does not return then */

	/* What was written with caches off must not be shadowed by stale lines. */
	adrp	x10, _relro_begin
	adrp	x11, _noinit_begin
	bl	cache_clean
	adrp	x10, hmem_tables
	adrp	x11, hmem_tables_end
	ldr	x11, [x11, :lo12:hmem_tables_end]
	bl	cache_clean
	adrp	x10, stacks
	adrp	x11, stacks + STACK_GUARD + STACK_BYTES
	bl	cache_clean
	msr	tpidr_el2, x22
	bl	mmu_on
	mov	x0, x20
	bl	arch_main
	b	.

/* Apply the image's own relocations: all are R_AARCH64_RELATIVE, *(base + offset) = base + addend. */
relocate:
	adrp	x9, _image_begin
	adrp	x10, _rela_begin
	add	x10, x10, :lo12:_rela_begin
	adrp	x11, _rela_end
	add	x11, x11, :lo12:_rela_end
1:	ldp	x12, x13, [x10], #16    /* x13: R_AARCH64_RELATIVE; lint image refuses others */
	ldr	x14, [x10], #8
	add	x14, x14, x9
	str	x14, [x9, x12]
	cmp	x10, x11
	b.lo	1b
	ret

/* Clean and invalidate [x10, x11) by line of the smallest size there is. Clobbers x9, x12. */
cache_clean:
	mrs	x9, ctr_el0
	ubfx	x9, x9, #16, #4
	mov	x12, #4
	lsl	x12, x12, x9
1:	dc	civac, x10
	add	x10, x10, x12
	dc	civac, x10              /* ranges are whole pages */
	add	x10, x10, x12
	cmp	x10, x11
	b.lo	1b
	dsb	sy
	ret

/* EL2 stage 1 on, with the registers hmem.c has prepared. */
mmu_on:
	adrp	x9, mmu_regs
	add	x9, x9, :lo12:mmu_regs
	ldp	x10, x11, [x9, #MMU_TTBR]
	ldp	x12, x13, [x9, #MMU_MAIR]
	msr	ttbr0_el2, x10
	msr	tcr_el2, x11
	msr	mair_el2, x12
	adrp	x9, vectors
	add	x9, x9, :lo12:vectors
	msr	vbar_el2, x9
	isb
	tlbi	alle2
	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el2, x13
	isb
	ret

/* PSCI CPU_ON of another CPU: x0 = its struct cpu, cleaned to memory by arch_cpu_start(). */
	.global secondary_entry
secondary_entry:
	msr	daifset, #0xf
	mov	x20, x0
	mrs	x9, currentel
	cmp	x9, #8
	b.ne	1f
	mov	x9, #0x80000000
	msr	hcr_el2, x9
	isb
	ldr	w9, =SCTLR_EL2_OFF
	msr	sctlr_el2, x9
	isb
	bl	mmu_on
	msr	tpidr_el2, x20
	ldr	x9, [x20, #CPU_STACK_TOP]
	mov	sp, x9
	mov	x29, xzr
	mov	x30, xzr
	mov	x0, x20
	bl	hv_secondary
1:	wfi
	b	1b

/* noreturn void restack(void (*fn)(void), void *stack_top) */
	.section .text.restack, "ax"
	.global restack
restack:
	mov	sp, x1
	mov	x29, xzr
	mov	x30, xzr
	br	x0

	.section .noinit.stacks, "aw", %nobits
	.balign	4096
	.global stacks
stacks:
	.skip	(STACK_GUARD + STACK_BYTES) * 24
	.global stacks_end
stacks_end:
