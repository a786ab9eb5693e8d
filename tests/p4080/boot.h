/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What U-Boot leaves behind: images in memory, a fixed-up device tree, the spin table, core 0 at
 * the entry (spec 9).
 */
#ifndef P4080_BOOT_H
#define P4080_BOOT_H

#include "machine.h"

/* Clocks the device tree tells: one virtual cycle is one core clock. */
#define BOOT_TB_HZ 37500000u

/* Registers written before the image starts. */
#define BOOT_POKES 16

struct boot_config {
	const char *image;
	const char *dtb;    /* NULL: none is handed over */
	const char *initrd; /* may be NULL */
	const char *append; /* kernel command line, may be NULL */
	bool start_all;	    /* every core at the entry, no spin table */
	struct {
		uint32_t off, val;
	} poke[BOOT_POKES];
	unsigned poke_count;
	/* files programmed into the flash */
	struct {
		uint32_t off;
		const char *path;
	} flash[BOOT_POKES];
	unsigned flash_count;
};

/* Where things go, for the tree. */
struct boot_layout {
	uint64_t dtb;
	uint64_t spin;
	uint64_t initrd;
	uint64_t initrd_size;
};

bool boot_machine(struct machine *m, const struct boot_config *cfg);

/*
 * Make the tree to hand over from the board's: returns it in memory the caller frees, or NULL with
 * a message.
 */
uint8_t *boot_tree(struct machine *m, const struct boot_config *cfg, const struct boot_layout *lay,
		   const uint8_t *board, size_t board_size, size_t *size);

/* --- spin table (boot_spin.c) --- */
/* Entries for cores 1.. at pa; polled at round boundaries. */
bool spin_init(struct machine *m, uint64_t pa);

#endif
