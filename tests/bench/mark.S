/* SPDX-License-Identifier: BSD-3-Clause */
/* A Linux program that tells the counting plugin that something begins (no argument) or ends (any). */
	.globl	_start
_start:
	ldr	x0, [sp]                /* argc */
	cmp	x0, #1
	b.hi	1f
	hint	#0x70
	b	2f
1:	hint	#0x71
2:	mov	x0, #0
	mov	x8, #93                 /* exit */
	svc	#0
