/* SPDX-License-Identifier: BSD-3-Clause */
/* Guest tree: PCI hosts whose DMA window has an MSI subwindow, and the MSI banks they ring. */
/* pure; ppc. Properties as Topaz: fsl,msi, msi-address-64, fsl,vmpic-msi */
#include "hv/plan/live.h"

static const struct plan_subwindow *msi_slot(const struct plan *p, const struct plan_dev *dev)
{
	for (unsigned i = 0; i < dev->stream_count; i++) {
		const struct plan_stream *s = &p->streams[dev->stream_first + i];
		const struct plan_window *w = s->window != NONE ? &p->windows[s->window] : NULL;

		for (unsigned k = 0; w && k < w->sub_count; k++) {
			if (p->subwindows[w->sub_first + k].kind == PLAN_SUB_MSI) {
				return &p->subwindows[w->sub_first + k];
			}
		}
	}
	return NULL;
}

static bool is_bank(const struct live *l, const struct lnode *n)
{
	return n && n->hw != NONE &&
	       (tree_is_compatible(&l->c->hw, n->hw, "fsl,mpic-msi") ||
		tree_is_compatible(&l->c->hw, n->hw, "fsl,mpic-msi-v4.3"));
}

/* The bank that node-update-phandle { fsl,msi = <&bank>; } names, else the partition's first one.
 */
static struct lnode *bank_of(struct live *l, const struct lnode *host)
{
	const struct tree *t = &l->c->cfg;
	struct lnode *n;

	for (unsigned k = host->cfg != NONE ? t->nodes[host->cfg].child : NONE; k != NONE;
	     k = t->nodes[k].next) {
		const struct tree_prop *p = tree_prop(t, k, "fsl,msi");
		unsigned bank = p && p->len == 4 ? tree_by_phandle(t, tree_cell(p, 0)) : NONE;

		n = bank != NONE ? live_by_cfg(l, bank) : NULL;
		if (is_bank(l, n)) {
			return n;
		}
	}
	for (n = l->root; n; n = live_walk(l->root, n)) {
		if (is_bank(l, n)) {
			return n;
		}
	}
	return NULL;
}

static void host_edit(struct live *l, struct lnode *host, const struct plan_subwindow *slot)
{
	struct lnode *bank = bank_of(l, host);
	const struct plan_dev *dev;
	const struct plan_reg *reg;
	uint32_t cells[2];
	uint64_t at;

	live_remove(host, "fsl,msi");
	if (!bank) {
		return; /* reading the window said so */
	}
	dev = &l->c->plan->devs[l->c->dev_of[bank->hw]];
	reg = &l->c->plan->regs[dev->reg_first];
	at = dev->reg_count > 1 ? hpa_raw(reg[1].base) : hpa_raw(reg[0].base) + MSIIR_OFFSET;
	live_u32(l, host, "fsl,msi", live_phandle(l, bank));
	live_put(cells, gpa_raw(slot->gpa) + at % PAGE_SIZE, l->c->plan->board.addr_cells);
	live_cells(l, host, "msi-address-64", cells, l->c->plan->board.addr_cells);
	live_str(l, bank, "compatible",
		 tree_is_compatible(&l->c->hw, bank->hw, "fsl,mpic-msi-v4.3") ? "fsl,vmpic-msi-v4.3"
									      : "fsl,vmpic-msi");
	live_remove(bank, "reg");
}

void gtmsi_add(struct live *l)
{
	for (struct lnode *n = l->root; n; n = live_walk(l->root, n)) {
		unsigned d = n->hw != NONE ? l->c->dev_of[n->hw] : NONE;
		const struct plan_subwindow *slot;

		if (d == NONE || l->c->plan->devs[d].owner != l->index) {
			continue;
		}
		slot = msi_slot(l->c->plan, &l->c->plan->devs[d]);
		if (slot) {
			host_edit(l, n, slot);
		}
	}
}
