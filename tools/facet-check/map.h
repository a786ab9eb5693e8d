/* SPDX-License-Identifier: BSD-3-Clause */
/* Who owns what, as text. */
/* host */
#ifndef TOOLS_FACET_CHECK_MAP_H
#define TOOLS_FACET_CHECK_MAP_H

#include <stdio.h>

#include "hv/plan/plan.h"

/* A piece of host memory with one owner. */
struct piece {
	uint64_t base, size;
	uint16_t owner;
	uint16_t pma;      /* index of the area, or NONE */
};

/* RAM and areas in the order of addresses, gaps as pieces of nobody. Returns the number. */
size_t map_pieces(const struct plan *plan, struct piece **out);

/* Names of all that use an area, with where they see it: "a @ 0x40000000, b @ 0x80000000". */
const char *map_users(const struct plan *plan, const struct plan_pma *pma);

void map_print(const struct plan *plan, FILE *out);

/* A node below a PCI bridge: functions are told by the plan's list of them instead. */
bool map_is_below_bridge(const struct plan *plan, const struct plan_dev *d);

#endif
