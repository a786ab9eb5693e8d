/* SPDX-License-Identifier: BSD-3-Clause */
/* Guest trees: put together live, edited as the layout says, flattened into the plan. */
/* pure; docs/binding.md "What a guest sees" */
#include <string.h>

#include "hv/plan/live.h"

#define HV_CALL_PPC 0x44000022u /* sc 1 */
#define VERSION_MAJOR 1u	/* Topaz API that is offered */
#define VERSION_MINOR 3u
#define API_CURRENT 3u
#define API_OLDEST 2u
#define GIC_EDGE_RISING 1u
#define GIC_LEVEL_HIGH 4u
#define SPI_FIRST 32u
#define MPIC_LEVEL_HIGH 2u /* sense cell of an MPIC; hv-pic wants 0 for what is virtual */
#define SLACK 512u	   /* for properties the hypervisor adds at a start */

unsigned gt_virq(const struct live *l, unsigned virq, uint32_t *out)
{
	const struct plan_virq *v = &l->part->virqs[virq];

	if (plan_is_ppc(l->c->plan)) {
		out[0] = v->g_irq;
		out[1] = l->part->flags & PLAN_PART_MPIC && v->is_level ? MPIC_LEVEL_HIGH : 0;
		return 2;
	}
	out[0] = 0;
	out[1] = v->g_irq - SPI_FIRST;
	out[2] = v->is_level ? GIC_LEVEL_HIGH : GIC_EDGE_RISING;
	return 3;
}

/* Every string of the hardware root's compatible with "-hv" behind it. */
static void root_compatible(struct live *l)
{
	const struct tree_prop *p = tree_prop(&l->c->hw, TREE_ROOT, "compatible");
	uint32_t count = 0, at = 0;
	char *out;

	if (!p || p->len == 0 || p->val[p->len - 1] != 0) {
		return;
	}
	for (uint32_t i = 0; i < p->len; i++) {
		count += p->val[i] == 0;
	}
	out = live_room(l, p->len + 3 * count);
	if (!out) {
		return;
	}
	for (uint32_t i = 0; i < p->len; i++) {
		if (p->val[i] == 0) {
			memcpy(out + at, "-hv", 3);
			at += 3;
		}
		out[at++] = (char)p->val[i];
	}
	live_set(l, l->root, "compatible", out, at);
}

static void root(struct live *l)
{
	const struct plan_board *b = &l->c->plan->board;

	live_str(l, l->root, "label", l->part->name);
	live_u32(l, l->root, "#address-cells", b->addr_cells);
	live_u32(l, l->root, "#size-cells", b->size_cells);
	root_compatible(l);
	live_str(l, l->root, "epapr-version", "ePAPR-1.0");
	if (!plan_is_ppc(l->c->plan)) {
		live_str(l, l->root, "model", l->part->name);
	}
}

static bool has_pamu(const struct plan *p)
{
	for (unsigned i = 0; i < p->dev_count; i++) {
		if (p->devs[i].driver == PLAN_DRV_PAMU) {
			return true;
		}
	}
	return false;
}

static void hypervisor(struct live *l)
{
	static const char ppc[] = "fsl,embedded-hypervisor-v1.3\0epapr,hypervisor-1";
	static const char arm[] = "facet,hypervisor\0epapr,hypervisor-1";
	static const uint32_t version[] = {VERSION_MAJOR, VERSION_MINOR, API_CURRENT, API_OLDEST};
	struct lnode *n = live_node(l, l->root, "hypervisor");

	l->hypervisor = n;
	live_u32(l, n, "guest-id", l->part->guest_id);
	live_str(l, n, "guest-name", l->part->name);
	live_cells(l, n, "fsl,hv-version", version, ARRAY_SIZE(version));
	if (!plan_is_ppc(l->c->plan)) {
		live_set(l, n, "compatible", arm, sizeof(arm));
		live_str(l, n, "method", "hvc");
	} else {
		live_set(l, n, "compatible", ppc, sizeof(ppc));
		live_u32(l, n, "hcall-instructions", HV_CALL_PPC);
		if (has_pamu(l->c->plan)) {
			live_flag(l, n, "fsl,has-stash-attr-hcall");
		}
	}
	if (l->part->flags & PLAN_PART_NO_CACHE_LOCK) {
		live_flag(l, n, "fsl,hv-guest-cache-lock-disable");
	}
	if (l->part->flags & PLAN_PART_NO_DEBUG) {
		live_flag(l, n, "fsl,hv-guest-debug-disable");
	}
}

static void memories(struct live *l)
{
	for (unsigned i = 0; i < l->c->gma_count; i++) {
		const struct gma *g = &l->c->gmas[i];
		struct lnode *n;

		if (g->part != l->index || g->pma == NONE || g->is_dma_only ||
		    l->c->pma_no_law[g->pma]) {
			continue;
		}
		n = live_node(l, l->root, live_text(l, "memory@%llx", (unsigned long long)g->gpa));
		n->cfg = g->cfg;
		live_str(l, n, "device_type", "memory");
		live_reg(l, n, "reg", g->gpa, l->c->plan->pmas[g->pma].size);
		live_phandle(l, n);
		update_apply(l, g->cfg, n);
	}
}

/* 64-bit values whatever the root's cells are: the hypervisor corrects them in place at each load.
 */
static void initrd(struct live *l)
{
	struct lnode *n = live_child(l->root, "chosen");
	uint32_t cells[2];

	for (unsigned i = 0; i < l->part->image_count; i++) {
		const struct plan_image *img = &l->part->images[i];

		if (img->role != PLAN_IMAGE_ROOTFS) {
			continue;
		}
		n = n ? n : live_node(l, l->root, "chosen");
		live_put(cells, gpa_raw(img->dest), 2);
		live_cells(l, n, "linux,initrd-start", cells, 2);
		live_put(cells, gpa_raw(img->dest) + img->size, 2);
		live_cells(l, n, "linux,initrd-end", cells, 2);
	}
}

/* Aliases of the board that lead to granted nodes, then those of the layout. */
static void aliases(struct live *l)
{
	const struct tree *hw = &l->c->hw, *cfg = &l->c->cfg;
	unsigned from = tree_child(hw, TREE_ROOT, "aliases"), own;
	struct lnode *n = NULL, *to;

	for (unsigned i = from != NONE ? hw->nodes[from].prop_count : 0; i-- > 0;) {
		const struct tree_prop *p = &hw->nodes[from].props[i];
		unsigned node =
		    p->len && p->val[p->len - 1] == 0
			? tree_by_path(hw, (const char *)p->val, strlen((const char *)p->val))
			: NONE;

		to = node != NONE && l->c->dev_of[node] != NONE ? live_by_hw(l, node) : NULL;
		if (to) {
			n = n ? n : live_node(l, l->root, "aliases");
			live_str(l, n, p->name, live_path(l, to));
		}
	}
	own = tree_child(cfg, l->part->cfg_index, "aliases");
	for (unsigned i = own != NONE ? cfg->nodes[own].prop_count : 0; i-- > 0;) {
		const struct tree_prop *p = &cfg->nodes[own].props[i];
		unsigned node = p->len == 4 ? tree_by_phandle(cfg, tree_cell(p, 0)) : NONE;

		if (strcmp(p->name, "phandle") == 0 || strcmp(p->name, "linux,phandle") == 0) {
			continue;
		}
		to = node != NONE ? live_by_cfg(l, node) : NULL;
		if (!to) {
			diag_add(l->c, CHECK_ALIAS_REF, l->index, own, p->name, NULL,
				 "%s is not one phandle of a node that the guest's tree has",
				 p->name);
			continue;
		}
		n = n ? n : live_node(l, l->root, "aliases");
		live_str(l, n, p->name, live_path(l, to));
	}
	if (own != NONE) {
		l->c->is_used[own] = true;
	}
}

static void late_phandles(struct live *l)
{
	const struct tree *t = &l->c->cfg;

	update_phandles(l, l->part->cfg_index, l->root);
	for (struct lnode *n = l->root; n; n = live_walk(l->root, n)) {
		if (n->cfg != NONE) {
			update_phandles(l, n->cfg, n);
		}
	}
	l->c->is_used[t->nodes[l->part->cfg_index].child != NONE ? l->part->cfg_index : 0] = true;
}

static void assemble(struct live *l)
{
	l->root = live_node(l, NULL, "");
	if (!l->root) {
		return;
	}
	root(l);
	hypervisor(l);
	if (!plan_is_ppc(l->c->plan)) {
		gtarm_add(l);
		memories(l);
	} else {
		l->irqc = GT_VMPIC;
		gtppc_cpus(l);
		memories(l);
		gtppc_devices(l);
	}
	gtdev_add(l);
	gtuart_add(l);
	if (plan_is_ppc(l->c->plan)) {
		gtmsi_add(l);
	} else {
		gtpci_add(l);
	}
	gthandles_add(l);
	initrd(l);
	aliases(l);
	update_apply(l, l->part->cfg_index, l->root);
	late_phandles(l);
}

static enum err store(struct live *l)
{
	struct flat flat = flat_measure(l->root);
	uint32_t need = flat.size;
	struct range w = l->part->dtb_window;
	void *blob;

	if (w.size && need + SLACK > w.size) {
		diag_add(l->c, CHECK_DTB_SMALL, l->index, l->part->cfg_index, "dtb-window", NULL,
			 "the guest tree has 0x%x bytes, and 0x%x more are kept free; the window "
			 "has 0x%llx",
			 need, SLACK, (unsigned long long)w.size);
	}
	blob = arena_keep_raw(l->c->arena, need);
	if (!blob) {
		return ERR_SIZE;
	}
	flat_write(l->root, blob, flat);
	l->part->gtree = blob;
	l->part->gtree_size = need;
	return OK;
}

enum err gtree_build(struct ctx *c)
{
	enum err e = OK;

	for (unsigned i = 0; i < c->plan->part_count && e == OK; i++) {
		size_t mark = c->arena->size;
		struct live l = {.c = c, .part = &c->plan->parts[i], .index = i};

		l.next_phandle = c->hw.max_phandle + 1;
		assemble(&l);
		e = l.is_full ? ERR_SIZE : store(&l);
		c->arena->size = mark;
	}
	return e;
}
