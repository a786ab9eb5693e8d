/* SPDX-License-Identifier: BSD-3-Clause */
/* Link map: one 16 MiB chunk; text and constants in its second MiB, data from its fifth to its twelfth. */
#include "map.h"

ENTRY(_start)

SECTIONS
{
	. = MAP_IMAGE + MAP_TEXT_OFFSET;
	_image_begin = .;
	.text : AT(ADDR(.text) - MAP_IMAGE) {
		KEEP(*(.vectors))
		KEEP(*(.text.start))
		*(.text .text.*)
	}
	.rodata : AT(ADDR(.rodata) - MAP_IMAGE) {
		*(.rodata .rodata.* .sdata2 .sdata2.*)
	}
	_text_end = .;
	ASSERT(_text_end <= MAP_IMAGE + MAP_TEXT_OFFSET + 0x100000, "text and constants exceed their mapping")

	. = MAP_IMAGE + MAP_DATA_OFFSET;
	.data : AT(ADDR(.data) - MAP_IMAGE) {
		*(.data .data.* .sdata .sdata.* .got .got2 .fixup)
	}
	.bss (NOLOAD) : AT(ADDR(.bss) - MAP_IMAGE) {
		. = ALIGN(4);
		__bss_start = .;
		*(.sbss .sbss.* .bss .bss.* COMMON)
		. = ALIGN(4);
		__bss_end = .;
	}
	/* Never cleared: the plan's arena and the stacks write before they read. */
	.noload (NOLOAD) : AT(ADDR(.noload) - MAP_IMAGE) {
		. = ALIGN(16);
		. += 0x4000;
		boot_stack_top = .;
		*(.noinit .noinit.* .noload .noload.*)
	}
	_image_end = .;
	ASSERT(_image_end <= MAP_IMAGE + MAP_DATA_OFFSET + MAP_DATA_SIZE, "data exceeds its mapping")

	/DISCARD/ : { *(.comment .note.* .eh_frame .gnu.attributes .dynamic .dynsym .dynstr .hash
		      .gnu.hash .interp .plt .rela.*) }
}
