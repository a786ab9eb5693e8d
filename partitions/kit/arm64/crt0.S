/* SPDX-License-Identifier: BSD-3-Clause */
/* First instructions of a guest program: arm64 Image header, relocation, MMU, stacks. */
/* EL1, MMU off, x0 = device tree (boot protocol of the Linux kernel, Documentation/arm64/booting) */

#define STACK_SHIFT 14
#define KIT_CPUS 8
#define R_AARCH64_RELATIVE 1027

/* Block descriptors of stage 1, level 1 (Arm ARM D8.3): valid, AF, inner shareable. */
#define BLOCK_NORMAL 0x701                          /* MAIR index 0, read/write at EL1 only */
#define BLOCK_NORMAL_EL0 (BLOCK_NORMAL | 1 << 6)    /* AP[1]: also at EL0 */
#define BLOCK_DEVICE_LO (0x401 | 1 << 2)            /* MAIR index 1 */

#include "regs.inc"

	/* All registers are still the loader's: remember them (entry_regs of arm64.h). */
	.macro	entry_remember
	msr	tpidr_el1, x30
	adr	x30, entry_regs
	regs_x0_x29 stp, x30
	mrs	x1, tpidr_el1
	mov	x2, sp
	stp	x1, x2, [x30, #240]
	mrs	x1, sctlr_el1
	mrs	x2, vbar_el1
	stp	x1, x2, [x30, #256]
	mrs	x1, ttbr0_el1
	mrs	x2, tcr_el1
	stp	x1, x2, [x30, #272]
	mrs	x1, mair_el1
	mrs	x2, cpacr_el1
	stp	x1, x2, [x30, #288]
	mrs	x1, tpidr_el0
	mrs	x2, daif
	stp	x1, x2, [x30, #304]
	.endm

	.section .head.start, "ax"
	.globl	_start
_start:
	b	entry
	.long	0
	.quad	0                       /* text_offset */
	/* image_size comes from the link script */
	.section .head.rest, "ax"
	.quad	0xa                     /* little endian, 4 KiB pages, anywhere in memory */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

entry:
	entry_remember
	mov	x19, x0
	adr	x20, _start             /* linked at 0: the distance to add everywhere */
	adrp	x0, _rela_start
	add	x0, x0, :lo12:_rela_start
	adrp	x1, _rela_end
	add	x1, x1, :lo12:_rela_end
1:	cmp	x0, x1
	b.hs	2f
	ldp	x2, x3, [x0], #16
	ldr	x4, [x0], #8
	cmp	w3, #R_AARCH64_RELATIVE
	b.ne	1b
	add	x4, x4, x20
	str	x4, [x2, x20]
	b	1b
2:	adrp	x0, _bss_start
	add	x0, x0, :lo12:_bss_start
	adrp	x1, _bss_end
	add	x1, x1, :lo12:_bss_end
3:	cmp	x0, x1
	b.hs	4f
	stp	xzr, xzr, [x0], #16
	b	3b
4:	bl	table_fill
	mov	x0, #0
	bl	cpu_setup
	mov	x0, x19
	bl	kit_start
	b	.

	.balign	16
	.globl	entry_regs
entry_regs:
	.skip	320

/* CPU_ON brings other CPUs here with their index in x0. */
	.globl	secondary_entry
secondary_entry:
	entry_remember
	mov	x19, x0
	bl	cpu_setup
	mov	x0, x19
	bl	kit_secondary
	b	.

/*
 * Identity map in 1 GiB blocks: the first is devices, up to 256 GiB is memory, above are devices.
 * 128 GiB..192 GiB is seen by EL0 as well and maps physical 0..64 GiB again: EL0 code lives there,
 * because memory that EL0 can write is never executable at EL1 (Arm ARM D8.4.1).
 */
table_fill:
	adrp	x0, table
	mov	x1, #0
	mov	x2, #BLOCK_DEVICE_LO
	movk	x2, #0x60, lsl #48
	mov	x3, #BLOCK_NORMAL
	mov	x4, #BLOCK_NORMAL_EL0
1:	lsl	x5, x1, #30
	cmp	x1, #1
	b.lo	5f
	cmp	x1, #256
	b.hs	5f
	cmp	x1, #128
	b.lo	2f
	cmp	x1, #192
	b.hs	2f
	and	x5, x5, #0xfffffffff    /* the same place 128 GiB lower */
	orr	x5, x5, x4
	b	6f
2:	orr	x5, x5, x3
	b	6f
5:	orr	x5, x5, x2
6:	str	x5, [x0, x1, lsl #3]
	add	x1, x1, #1
	cmp	x1, #512
	b.lo	1b
	dsb	sy
	ret

/* x0 = CPU index: vectors, translation, stack, per-CPU number. */
cpu_setup:
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	vbar_el1, x1
	mov	x1, #0x04ff             /* 0: write-back; 1: Device-nGnRE */
	msr	mair_el1, x1
	adrp	x1, table
	msr	ttbr0_el1, x1
	mrs	x2, id_aa64mmfr0_el1
	and	x2, x2, #0xf
	mov	x3, #5
	cmp	x2, x3
	csel	x2, x2, x3, lo          /* 52-bit sizes need another descriptor format */
	mov	x1, #0x3519             /* T0SZ 25, write-back walks, inner shareable, 4 KiB */
	movk	x1, #0x0080, lsl #16    /* EPD1 */
	bfi	x1, x2, #32, #3
	msr	tcr_el1, x1
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	mrs	x1, sctlr_el1
	mov	x2, #0x1005             /* I, C, M */
	orr	x1, x1, x2
	bic	x1, x1, #2              /* A: no alignment check */
	bic	x1, x1, #0x80000        /* WXN */
	msr	sctlr_el1, x1
	isb
	msr	tpidr_el1, x0
	adrp	x1, stacks
	add	x1, x1, :lo12:stacks
	add	x0, x0, #1
	add	x1, x1, x0, lsl #STACK_SHIFT
	msr	spsel, #1
	mov	sp, x1
	ret

	.section .bss.table, "aw", %nobits
	.balign	4096
table:	.skip	4096

	.section .bss.stacks, "aw", %nobits
	.balign	16
stacks:	.skip	KIT_CPUS << STACK_SHIFT
