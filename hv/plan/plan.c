/* SPDX-License-Identifier: BSD-3-Clause */
/* From two trees to one plan: the order of the steps, and the seal. */
/* pure */
#include <string.h>

#include "hv/plan/bundle.h"
#include "hv/plan/ctx.h"

#define TREE_MAX                                                                                   \
	KIB(256) /* of a hardware tree or layout, without padding: keeps all counts in 16 bits */

static bool index_tree(struct ctx *c, struct tree *t, const void *blob, size_t size,
		       enum plan_check_id check, const char *meaning, enum err *e)
{
	*e = blob ? tree_index(t, blob, size, c->arena) : ERR_FORMAT;
	if (*e == ERR_SIZE) {
		return false;
	}
	if (*e == OK && check != CHECK_BUNDLE_TREE && t->size > TREE_MAX) {
		*e = ERR_FORMAT;
		t->problem = "it is larger than 256 KiB";
	}
	if (*e != OK) {
		diag_add(c, check, NONE, NONE, NULL, NULL, "%s, at byte 0x%x: %s", meaning,
			 blob ? t->problem_at : 0, blob ? t->problem : "there is none");
	}
	return true;
}

/* The FIT itself, or the one that U-Boot's bootm wrapped it in. */
static bool index_bundle(struct ctx *c)
{
	const uint8_t *inner;
	const char *why;
	size_t len;
	enum err e;

	if (!c->in->bundle) {
		return true;
	}
	if (!index_tree(c, &c->fit, c->in->bundle, c->in->bundle_size,
			CHECK_AND_MEANING(BUNDLE_TREE), &e)) {
		return false;
	}
	c->has_fit = e == OK;
	c->fit_size = c->in->bundle_size;
	if (c->has_fit &&
	    bundle_image(&c->fit, c->fit_size, BUNDLE_LAYOUT, &inner, &len, &why) == ERR_NONE &&
	    bundle_image(&c->fit, c->fit_size, "bundle", &inner, &len, &why) == OK &&
	    ((uintptr_t)inner & 7) == 0) {
		c->fit_size = len;
		return tree_index(&c->fit, inner, len, c->arena) != ERR_SIZE;
	}
	return true;
}

/* What the hardware tree tells. False: out of memory. */
static bool read_board(struct ctx *c)
{
	return hw_scan(c) == OK && hwdev_scan(c) == OK && hwpci_scan(c) == OK &&
	       hwirq_scan(c) == OK && hwdma_scan(c) == OK;
}

/* What the layout wants, step by step; each one reports all it finds. */
static bool read_layout(struct ctx *c)
{
	enum err e = cfg_scan(c);

	e = e == OK ? cfgmem_scan(c) : e;
	e = e == OK ? cfgdev_scan(c) : e;
	e = e == OK ? cfgpart_scan(c) : e;
	e = e == OK ? pcifn_scan(c) : e;
	e = e == OK ? cfgchan_scan(c) : e;
	if (e == OK) {
		cfgmem_check(c);
	}
	e = e == OK ? guestmem_build(c) : e;
	e = e == OK ? devcheck(c) : e;
	e = e == OK ? cfgbell_scan(c) : e;
	e = e == OK ? cfgdma_scan(c) : e;
	e = e == OK ? cfgerr_scan(c) : e;
	e = e == OK ? virq_build(c) : e;
	e = e == OK ? image_scan(c) : e;
	e = e == OK ? gtree_build(c) : e;
	e = e == OK ? lint_scan(c) : e;
	return e == OK;
}

static bool plan_fill(struct ctx *c)
{
	enum err hw, cfg;

	if (c->in->hw_index && c->in->hw_index->size <= TREE_MAX) {
		c->hw = *c->in->hw_index;
		hw = OK;
	} else if (!index_tree(c, &c->hw, c->in->hw, c->in->hw_size, CHECK_AND_MEANING(HW_TREE),
			       &hw)) {
		return false;
	}
	if (!index_tree(c, &c->cfg, c->in->cfg, c->in->cfg_size, CHECK_AND_MEANING(CFG_TREE),
			&cfg) ||
	    !index_bundle(c)) {
		return false;
	}
	if (hw != OK) {
		return true;
	}
	if (!read_board(c)) {
		return false;
	}
	if (cfg != OK) {
		cfgchan_board_console(c);
		return true;
	}
	return read_layout(c);
}

struct plan *plan_build(const struct plan_input *in, struct arena *arena)
{
	size_t whole = arena->size;
	struct plan *p = arena_keep(arena, sizeof(*p));
	struct ctx *c = arena_scratch(arena, sizeof(*c));
	bool is_ok = p && c;

	if (is_ok) {
		p->magic = PLAN_MAGIC;
		p->arch = (uint8_t)in->arch;
		p->board.irqc = p->board.console = p->board.its = NONE;
		p->board.lpi_end = LPI_FIRST;
		p->hv_chan = NONE;
		c->in = in;
		c->arena = arena;
		c->plan = p;
		is_ok = plan_fill(c);
	}
	arena->size = whole;
	return is_ok ? p : NULL;
}

/* Of 64-bit words, as digits of a number: each one counts by itself and by its place. */
static uint64_t sum_add(uint64_t sum, const void *from, const void *end)
{
	typedef uint64_t __attribute__((may_alias)) word;

	for (const word *w = from; w != end; w++) {
		sum = sum * UINT64_C(0x9e3779b97f4a7c15) + *w;
	}
	return sum;
}

/* The word that holds the checksum itself is left out. */
uint32_t plan_sum(const struct plan *plan, const struct arena *arena)
{
	size_t skip = (size_t)((const uint8_t *)&plan->checksum - arena->base) & ~(size_t)7;
	uint64_t sum = sum_add(1, arena->base, arena->base + skip);

	sum = sum_add(sum, arena->base + skip + 8, arena->base + (arena->used & ~(size_t)7));
	return (uint32_t)(sum ^ sum >> 32);
}

void plan_seal(struct plan *plan, const struct arena *arena)
{
	plan->checksum = plan_sum(plan, arena);
}
