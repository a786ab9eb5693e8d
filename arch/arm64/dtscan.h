/* SPDX-License-Identifier: BSD-3-Clause */
/* One bounded pass over a flattened device tree, for the entry code: before MMU and planner. */
/* pure; never reads outside the blob, whatever is in it */
#ifndef ARM64_DTSCAN_H
#define ARM64_DTSCAN_H

#include "hv/types.h"

enum {
	DTSCAN_DEPTH = 3,       /* names are remembered for this many levels below the root */
	DTSCAN_MAX = 0x1000000, /* bytes; the boot protocol says 2 MiB, QEMU pads -dtb more */
};

enum dtscan_kind {
	DTSCAN_END,             /* of the tree, or of what can be understood of it */
	DTSCAN_NODE,
	DTSCAN_PROP,
};

struct dtscan {
	const uint8_t *blob;
	uint32_t struct_at, struct_end;
	uint32_t strings_at, strings_end;
	unsigned int depth;     /* of the current node: 0 = root */
	bool is_started;
	const char *path[DTSCAN_DEPTH + 1]; /* node names down to the current node; [0] is "" */
	/* of the property just read */
	const char *prop;       /* name: not known to end before prop_room bytes */
	uint32_t prop_room;
	const uint8_t *data;
	uint32_t len;
};

/* Total size of the blob; 0: not a tree, or larger than max. */
uint32_t dtscan_open(struct dtscan *s, const void *blob, uint32_t max);
enum dtscan_kind dtscan_next(struct dtscan *s);
/* Big-endian number of `cells` cells at cell index i of the current property; 0 past its end. */
uint64_t dtscan_cells(const struct dtscan *s, unsigned int i, unsigned int cells);
/* The current property has this name: the first n characters of prop. */
bool dtscan_prop_named(const struct dtscan *s, const char *prop, size_t n);
/* The same, all of prop. */
bool dtscan_prop_is(const struct dtscan *s, const char *prop);
/* Node name equals base, with or without a unit address. */
bool dtscan_name_is(const char *name, const char *base);

#endif
