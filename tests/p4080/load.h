/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Images into memory.
 */
#ifndef P4080_LOAD_H
#define P4080_LOAD_H

#include "machine.h"

struct load_result {
	uint64_t entry;
	uint64_t end; /* first address after the image */
	/* parts of a FIT, inside the file's memory; NULL when it has none */
	const uint8_t *ramdisk;
	size_t ramdisk_size;
	const uint8_t *tree;
	size_t tree_size;
};

/* Whole file into memory the caller frees; NULL with a message on error. */
uint8_t *load_file(const char *path, size_t *size);
/* 32-bit big-endian ELF by physical addresses. False with a message. */
bool load_elf(struct machine *m, const uint8_t *img, size_t size, struct load_result *r);
/* ELF, uImage or FIT. */
bool load_image(struct machine *m, const uint8_t *img, size_t size, struct load_result *r);
/* Let a core run from entry as U-Boot would leave core 0 (spec 9): 64 MB map, r3 = device tree. */
void load_start(struct core *c, uint64_t entry, uint32_t r3);

#endif
