/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the BARs of all assigned PCI functions are: planned once, in whole pages, never moved. */
/* pure */
#include "hv/plan/bars.h"
#include "hv/plan/ctx.h"
#include "hv/plan/geom.h"

/* The BARs of one function while they are placed, and everything that stands in a window. */
struct placing {
	struct ctx *c;
	struct range *busy; /* host addresses, whole pages */
	unsigned busy_count;
	uint16_t *order; /* indices in plan.bars, largest first */
	uint16_t *fn_of; /* by index in plan.bars */
};

uint64_t bars_find(const struct plan_pci_window *w, const struct range *busy, unsigned n,
		   uint64_t size)
{
	uint64_t unit = size > PAGE_SIZE ? size : PAGE_SIZE;
	uint64_t at = align_up(w->bus ? w->bus : PAGE_SIZE, unit);
	unsigned i = 0;

	while (at >= w->bus && range_covers((struct range){w->bus, w->size}, at, unit)) {
		struct range cpu = {hpa_raw(w->hpa) + (at - w->bus), unit};

		for (i = 0; i < n && !range_overlaps(busy[i], cpu); i++) {
		}
		if (i == n) {
			return at;
		}
		if (range_last(busy[i]) - hpa_raw(w->hpa) >= w->size) {
			break; /* it goes on behind the window's end */
		}
		at = align_up(w->bus + (range_last(busy[i]) - hpa_raw(w->hpa)) + 1, unit);
	}
	return BARS_NOWHERE;
}

static void busy_add(struct placing *pl, struct range r)
{
	struct range pages = geom_pages(r, PAGE_SIZE), window;
	uint16_t dev;

	if (hwpci_hits(pl->c->plan, pages, &window, &dev)) {
		pl->busy[pl->busy_count++] = pages;
	}
}

/* Memory and registers of the board that a tree puts inside a window: nothing is placed on them. */
static void busy_collect(struct placing *pl)
{
	const struct plan *p = pl->c->plan;

	for (unsigned i = 0; i < p->reg_count; i++) {
		busy_add(pl, (struct range){hpa_raw(p->regs[i].base), p->regs[i].size});
	}
	for (unsigned i = 0; i < p->ram_count; i++) {
		busy_add(pl, p->ram[i]);
	}
	for (unsigned i = 0; i < pl->c->resv_count; i++) {
		busy_add(pl, pl->c->resv[i]);
	}
}

/* plan.bars function by function, and the order of placing. */
static void bars_collect(struct placing *pl)
{
	struct plan *p = pl->c->plan;

	for (unsigned i = 0; i < p->pci_fn_count; i++) {
		const struct function *f = &pl->c->functions[i];

		p->pci_fns[i].bar_first = p->bar_count;
		p->pci_fns[i].bar_count = f->bar_count;
		for (unsigned k = 0; k < f->bar_count; k++) {
			unsigned at = p->bar_count;

			p->bars[at] =
			    (struct plan_bar){.number = f->bars[k].number, .size = f->bars[k].size};
			pl->fn_of[at] = (uint16_t)i;
			for (; at > 0 && p->bars[pl->order[at - 1]].size < f->bars[k].size; at--) {
				pl->order[at] = pl->order[at - 1];
			}
			pl->order[at] = p->bar_count++;
		}
	}
}

/* Its upper half is there to be written: BAR 5 has none, and nobody wants it for something else. */
static bool may_be_wide(const struct function *f, unsigned k)
{
	return f->bars[k].number + 1u < BARS_MAX && !f->bars[k].is_narrow &&
	       (k + 1u == f->bar_count || f->bars[k + 1].number != f->bars[k].number + 1);
}

static bool bar_place(struct placing *pl, struct plan_bar *b, const struct plan_pci_host *h,
		      unsigned space)
{
	const struct plan_pci_window *w = &h->windows[space];
	uint64_t at = bars_find(w, pl->busy, pl->busy_count, b->size);

	if (at == BARS_NOWHERE) {
		return false;
	}
	b->space = (uint8_t)space;
	b->bus = at;
	b->hpa = hpa(hpa_raw(w->hpa) + (at - w->bus));
	b->gpa = gpa(hpa_raw(b->hpa));
	pl->busy[pl->busy_count++] =
	    geom_pages((struct range){hpa_raw(b->hpa), b->size}, PAGE_SIZE);
	return true;
}

static void bar_choose(struct placing *pl, unsigned bar)
{
	struct plan *p = pl->c->plan;
	struct plan_bar *b = &p->bars[bar];
	const struct plan_pci_fn *fn = &p->pci_fns[pl->fn_of[bar]];
	const struct function *f = &pl->c->functions[pl->fn_of[bar]];
	unsigned k = bar - fn->bar_first;
	const struct plan_pci_host *h = &p->pci_hosts[fn->host];

	if (f->bars[k].is_io ? bar_place(pl, b, h, PLAN_PCI_IO)
			     : bar_place(pl, b, h, PLAN_PCI_MEM32) ||
				   (may_be_wide(f, k) && bar_place(pl, b, h, PLAN_PCI_MEM64))) {
		return;
	}
	diag_add(pl->c, CHECK_PCI_WINDOW, f->part, f->cfg,
		 f->bars[k].is_io			     ? "pci-io-bars"
		 : tree_has(&pl->c->cfg, f->cfg, "pci-bars") ? "pci-bars"
							     : "device",
		 ctx_hw_path(pl->c, pl->c->node_of[h->dev]),
		 "no room for BAR %u, 0x%llx bytes, in the %s of %s%s", b->number,
		 (unsigned long long)b->size, f->bars[k].is_io ? "I/O window" : "memory windows",
		 p->devs[h->dev].path, f->bars[k].is_io || may_be_wide(f, k) ? "" : " below 4 GiB");
	b->size = 0;
}

enum err bars_place(struct ctx *c)
{
	struct plan *p = c->plan;
	size_t mark = c->arena->size;
	unsigned bars = p->pci_fn_count * BARS_MAX + 1u;
	struct placing pl = {
	    .c = c,
	    .busy = arena_scratch_raw(
		c->arena, (bars + p->reg_count + p->ram_count + c->resv_count) * sizeof(*pl.busy)),
	    .order = arena_scratch_raw(c->arena, bars * sizeof(*pl.order)),
	    .fn_of = arena_scratch_raw(c->arena, bars * sizeof(*pl.fn_of)),
	};

	if (!pl.busy || !pl.order || !pl.fn_of) {
		return ERR_SIZE;
	}
	busy_collect(&pl);
	bars_collect(&pl);
	for (unsigned i = 0; i < p->bar_count; i++) {
		bar_choose(&pl, pl.order[i]);
	}
	c->arena->size = mark;
	return OK;
}
