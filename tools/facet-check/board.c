/* SPDX-License-Identifier: BSD-3-Clause */
/* What the checker itself must know of a board before there is a plan. */
/* host */
#include "tools/facet-check/board.h"

#include <string.h>

#include "hv/plan/tree.h"
#include "tools/facet-check/mem.h"

#define INDEX_ROOM ((size_t)16 << 20)

static bool is_arm(const char *compatible)
{
	return strncmp(compatible, "arm,", 4) == 0 || strncmp(compatible, "apm,", 4) == 0;
}

/* The first CPU node: it boots, and the others are of its kind. */
static void cpu_read(struct board *board, const struct tree *t, unsigned node)
{
	const struct tree_prop *compatible = tree_prop(t, node, "compatible");
	const struct tree_prop *reg = tree_prop(t, node, "reg");

	/* the CPU nodes of ppc boards often have no compatible at all */
	board->arch = compatible && compatible->len && compatible->val[compatible->len - 1] == 0 &&
				      is_arm((const char *)compatible->val) ? PLAN_ARM64 : PLAN_PPC;
	if (reg && reg->len >= 4) {
		board->boot_cpu = tree_cells(reg, 0, board->arch == PLAN_ARM64 && reg->len >= 8 ? 2 : 1);
	}
}

void board_read(struct board *board, const void *blob, size_t size)
{
	struct arena arena = {.base = mem_take(INDEX_ROOM), .size = INDEX_ROOM};
	struct tree t;
	unsigned cpus;

	*board = (struct board){.arch = PLAN_ARM64};
	if (tree_index(&t, blob, size, &arena) != OK) {
		return;
	}
	cpus = tree_child(&t, TREE_ROOT, "cpus");
	for (unsigned n = cpus == NONE ? NONE : t.nodes[cpus].child; n != NONE; n = t.nodes[n].next) {
		const char *type = tree_str(&t, n, "device_type");

		if (type && strcmp(type, "cpu") == 0) {
			cpu_read(board, &t, n);
			return;
		}
	}
}
