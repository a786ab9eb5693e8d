/* SPDX-License-Identifier: BSD-3-Clause */
/* One plan at a time from a layout that a test writes, and the guest trees in it. */
#ifndef TESTS_UNIT_PLAN_CASE_H
#define TESTS_UNIT_PLAN_CASE_H

#include "plan_kit.h"

static struct kit k;
static uint8_t scratch[1 << 16] __attribute__((aligned(16)));

static inline struct plan *planned(void *layout, unsigned gic)
{
	size_t hw_size, cfg_size;
	void *hw = kit_board(gic, &hw_size);
	void *cfg = kit_finish(layout, &cfg_size);

	return kit_plan(&k, hw, hw_size, cfg, cfg_size);
}

static inline struct tree guest(const struct plan_part *part)
{
	struct arena a = {.base = scratch, .size = sizeof(scratch)};
	struct tree t;

	assert_int_equal(tree_index(&t, part->gtree, part->gtree_size, &a), OK);
	assert_int_equal(fdt_check_header(part->gtree), 0);
	return t;
}

static inline unsigned at(const struct tree *t, const char *path)
{
	unsigned n = tree_by_path(t, path, strlen(path));

	assert_int_not_equal(n, NONE);
	return n;
}

static inline unsigned errors(const struct plan *p)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->diag_count; i++)
		n += p->diags[i].severity != DIAG_WARNING;
	return n;
}

#endif
