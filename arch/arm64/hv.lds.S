/* SPDX-License-Identifier: BSD-3-Clause */
/* The image: linked at 0, position independent. Page-aligned parts get their own rights (hmem.c). */
OUTPUT_ARCH(aarch64)
ENTRY(_start)

SECTIONS
{
	. = 0;
	_image_begin = .;
	.text : {
		KEEP(*(.head))
		QUAD(_image_end - _image_begin)
		KEEP(*(.head.rest))
		*(.vectors)
		*(.text .text.*)
	}
	. = ALIGN(4096);
	_text_end = .;
	.rodata : { *(.rodata .rodata.*) }
	.rela.dyn : {
		_rela_begin = .;
		*(.rela .rela.* .rela.dyn)
		_rela_end = .;
	}
	.dynamic : { *(.dynamic) }
	.dynsym : { *(.dynsym) }
	.dynstr : { *(.dynstr) }
	.hash : { *(.hash .gnu.hash .gnu.version .gnu.version_d .gnu.version_r) }
	.plt : { *(.plt .iplt) }
	. = ALIGN(4096);
	_relro_begin = .;
	.data.rel.ro : { *(.data.rel.ro .data.rel.ro.*) *(.got .got.plt) }
	. = ALIGN(4096);
	_rodata_end = .;
	.data : { *(.data .data.*) }
	. = ALIGN(4096);
	_bss_begin = .;
	.bss (NOLOAD) : {
		*(.bss .bss.* .dynbss)
		*(COMMON)
	}
	. = ALIGN(4096);
	_bss_end = .;
	_noinit_begin = .;
	/* Neither loaded nor cleared at entry. The arena and the pool fill blocks of their own. */
	.noinit (NOLOAD) : {
		*(.noinit.stacks)
		EXCLUDE_FILE(*hv/boot.o *hv/pool.o) *(.noinit .noinit.*)
		. = ALIGN(0x200000);
		*(.noinit.boot_arena_memory)
		*(.noinit.pool_memory)
		*(.noinit.*)
	}
	. = ALIGN(4096);
	_image_end = .;

	.comment 0 : { *(.comment) }
	.debug_info 0 : { *(.debug_info) }
	.debug_abbrev 0 : { *(.debug_abbrev) }
	.debug_aranges 0 : { *(.debug_aranges) }
	.debug_line 0 : { *(.debug_line) }
	.debug_line_str 0 : { *(.debug_line_str) }
	.debug_str 0 : { *(.debug_str) }
	.debug_loclists 0 : { *(.debug_loclists) }
	.debug_rnglists 0 : { *(.debug_rnglists) }
	.debug_frame 0 : { *(.debug_frame) }
	.debug_callgraph 0 : { *(.callgraph) }
	/DISCARD/ : { *(.interp) *(.note .note.*) *(.eh_frame*) }

	ASSERT(SIZEOF(.plt) == 0, "nothing is bound at run time")
	ASSERT(_image_end - _image_begin < 0x1000000, "image larger than 16 MiB")
}
