/* SPDX-License-Identifier: BSD-3-Clause */
/* memcpy, memmove and memset with general registers only, 64 or 128 bytes a turn. */
/* any CPU; with the MMU off (alignment faults) only on operands aligned to 8 */

	.text
	.section .text.memmove, "ax"
	.global memmove
memmove:
	sub	x3, x0, x1
	cmp	x3, x2
	b.lo	move_down               /* destination inside the source: from the end */
	b	memcpy

	.section .text.memcpy, "ax"
	.global memcpy
memcpy:
	mov	x3, x0
	subs	x2, x2, #64
	b.lo	2f
1:	ldp	x6, x7, [x1, #16]
	ldp	x8, x9, [x1, #32]
	ldp	x10, x11, [x1, #48]
	ldp	x4, x5, [x1], #64
	stp	x6, x7, [x3, #16]
	stp	x8, x9, [x3, #32]
	stp	x10, x11, [x3, #48]
	stp	x4, x5, [x3], #64
	subs	x2, x2, #64
	b.hs	1b
2:	adds	x2, x2, #56             /* 0..63 bytes are left: x2 = left - 8 */
	b.mi	4f
3:	ldr	x4, [x1], #8
	str	x4, [x3], #8
	subs	x2, x2, #8
	b.pl	3b
4:	adds	x2, x2, #8
	b.eq	6f
5:	ldrb	w4, [x1], #1
	strb	w4, [x3], #1
	subs	x2, x2, #1
	b.ne	5b
6:	ret

	.section .text.move_down, "ax"
move_down:
	add	x1, x1, x2
	add	x3, x0, x2
	subs	x2, x2, #64
	b.lo	2f
1:	ldp	x4, x5, [x1, #-16]
	ldp	x6, x7, [x1, #-32]
	ldp	x8, x9, [x1, #-48]
	ldp	x10, x11, [x1, #-64]
	sub	x1, x1, #64
	stp	x4, x5, [x3, #-16]
	stp	x6, x7, [x3, #-32]
	stp	x8, x9, [x3, #-48]
	stp	x10, x11, [x3, #-64]
	sub	x3, x3, #64
	subs	x2, x2, #64
	b.hs	1b
2:	adds	x2, x2, #64
	b.eq	4f
3:	ldrb	w4, [x1, #-1]!
	strb	w4, [x3, #-1]!
	subs	x2, x2, #1
	b.ne	3b
4:	ret

	.section .text.memset, "ax"
	.global memset
memset:
	mov	x3, x0
	and	w1, w1, #0xff
	orr	w1, w1, w1, lsl #8
	orr	w1, w1, w1, lsl #16
	orr	x1, x1, x1, lsl #32
	subs	x2, x2, #128
	b.lo	2f
1:	stp	x1, x1, [x3, #16]
	stp	x1, x1, [x3, #32]
	stp	x1, x1, [x3, #48]
	stp	x1, x1, [x3, #64]
	stp	x1, x1, [x3, #80]
	stp	x1, x1, [x3, #96]
	stp	x1, x1, [x3, #112]
	stp	x1, x1, [x3], #128
	subs	x2, x2, #128
	b.hs	1b
2:	adds	x2, x2, #120            /* 0..127 bytes are left: x2 = left - 8 */
	b.mi	4f
3:	str	x1, [x3], #8
	subs	x2, x2, #8
	b.pl	3b
4:	adds	x2, x2, #8
	b.eq	6f
5:	strb	w1, [x3], #1
	subs	x2, x2, #1
	b.ne	5b
6:	ret
