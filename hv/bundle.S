/* SPDX-License-Identifier: BSD-3-Clause */
/* A bundle linked into the image: `make hv BUNDLE=file.itb`. boot.c finds it by these two symbols. */

	.section .rodata.bundle, "a"
	.global bundle_start, bundle_end
	.balign 8
bundle_start:
	.incbin BUNDLE
	.balign 8
bundle_end:
