/* SPDX-License-Identifier: BSD-3-Clause */
/* The arm64 Image header (Linux: Documentation/arch/arm64/booting.rst), then C on a small stack. */
	.section .head, "ax"
	b	1f
	nop
	.quad	0
	.quad	image_size
	.quad	0xa
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.word	0
1:	adr	x1, stack_top
	mov	sp, x1
	b	probe
