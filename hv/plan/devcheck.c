/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices against each other: shared pages, shared interrupt lines, streams, DMA without IOMMU. */
/* pure */
#include "hv/plan/ctx.h"
#include "hv/plan/geom.h"

/* A page-rounded register block and whose it is. */
struct block {
	struct range pages;
	uint16_t dev;
};

static const char *hw_name(struct ctx *c, const struct plan_dev *dev)
{
	return text_keep(c->arena, "hw:%s", dev->path);
}

/* The layout node that assigned a device, or the partition's. */
static unsigned grant_node(const struct ctx *c, unsigned dev, unsigned part)
{
	const struct grant *g = grant_above(c, c->node_of[dev], part);

	return g ? g->cfg : part < MAX_PARTS ? c->plan->parts[part].cfg_index : NONE;
}

/* The layout node behind a line: a PCI function's, or its device's. */
static unsigned line_node(const struct ctx *c, unsigned irq)
{
	const struct plan_irq *i = &c->plan->irqs[irq];
	unsigned node = pcifn_irq_node(c, i->owner, irq);

	return node != NONE ? node : grant_node(c, i->dev, i->owner);
}

/* The same for a stream. */
static unsigned stream_node(const struct ctx *c, const struct plan_stream *s)
{
	return s->fn != NONE ? c->functions[s->fn].cfg : grant_node(c, s->dev, s->owner);
}

static bool related(const struct ctx *c, unsigned a, unsigned b)
{
	return tree_inside(&c->hw, c->node_of[a], c->node_of[b]) ||
	       tree_inside(&c->hw, c->node_of[b], c->node_of[a]);
}

/* Partition `part` owns a and reaches b with it. */
static void page_finding(struct ctx *c, const struct block *a, const struct block *b)
{
	const struct plan_dev *da = &c->plan->devs[a->dev], *db = &c->plan->devs[b->dev];
	unsigned node = grant_node(c, a->dev, da->owner);
	struct range common = geom_common(a->pages, b->pages);

	if (db->owner != OWNER_NOBODY) {
		diag_add(c, CHECK_DEVICE_PAGE, da->owner, node, "device", hw_name(c, db),
			 "%s shares the page at 0x%llx with %s, which belongs to %s", da->path,
			 (unsigned long long)common.base, db->path, ctx_part_name(c, db->owner));
	} else if (db->is_dma_master && !da->is_dma_trusted && db->stream_count == 0) {
		diag_add(
		    c, CHECK_DMA_UNPROTECTED, da->owner, node, "device", hw_name(c, db),
		    "%s shares the page at 0x%llx with %s, a DMA master that no IOMMU confines: "
		    "allow-unprotected-dma would trust both",
		    da->path, (unsigned long long)common.base, db->path);
	} else {
		diag_add(c, CHECK_DEVICE_PAGE_FREE, da->owner, node, "device", hw_name(c, db),
			 "%s shares the page at 0x%llx with %s, which nobody owns", da->path,
			 (unsigned long long)common.base, db->path);
	}
}

static void blocks_sort(struct block *list, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		struct block b = list[i];
		unsigned j = i;

		for (; j > 0 && list[j - 1].pages.base > b.pages.base; j--) {
			list[j] = list[j - 1];
		}
		list[j] = b;
	}
}

static unsigned blocks_collect(struct ctx *c, struct block *list)
{
	struct plan *p = c->plan;
	unsigned n = 0;

	for (unsigned d = 0; d < p->dev_count; d++) {
		for (unsigned i = 0; i < p->devs[d].reg_count; i++) {
			const struct plan_reg *r = &p->regs[p->devs[d].reg_first + i];
			struct range pages = {hpa_raw(r->base), r->size};

			list[n++] = (struct block){geom_pages(pages, PAGE_SIZE), (uint16_t)d};
		}
	}
	return n;
}

/* Each device is told of the first other owner and of the first unowned neighbour on its pages. */
static enum err pages_check(struct ctx *c)
{
	struct plan *p = c->plan;
	size_t mark = c->arena->size;
	struct block *list = arena_scratch_raw(c->arena, (p->reg_count + 1u) * sizeof(*list));
	uint8_t *told = arena_scratch(c->arena, p->dev_count + 1u);
	unsigned n;

	if (!list || !told) {
		return ERR_SIZE;
	}
	n = blocks_collect(c, list);
	blocks_sort(list, n);
	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = i + 1; k < n && range_has(list[i].pages, list[k].pages.base);
		     k++) {
			for (unsigned side = 0; side < 2; side++) {
				const struct block *a = side ? &list[k] : &list[i];
				const struct block *b = side ? &list[i] : &list[k];
				uint16_t oa = p->devs[a->dev].owner, ob = p->devs[b->dev].owner;
				uint8_t bit = ob == OWNER_NOBODY ? 1 : 2;

				if (oa < MAX_PARTS && oa != ob && !related(c, a->dev, b->dev) &&
				    !(told[a->dev] & bit)) {
					told[a->dev] |= bit;
					page_finding(c, a, b);
				}
			}
		}
	}
	c->arena->size = mark;
	return OK;
}

/* A line that two owners' devices drive cannot be given to either of them alone. */
static void irqs_check(struct ctx *c)
{
	struct plan *p = c->plan;

	for (unsigned i = 0; i < p->irq_count; i++) {
		struct plan_irq *a = &p->irqs[i];

		if (a->owner >= MAX_PARTS || (a->flags & PLAN_IRQ_PERCPU)) {
			continue;
		}
		if (a->irq == PLAN_IRQ_NONE) {
			diag_add(c, CHECK_IRQ_UNKNOWN, a->owner, line_node(c, i), "device", NULL,
				 "an interrupt of %s does not lead to the board's controller",
				 p->devs[a->dev].path);
			continue;
		}
		for (unsigned k = 0; k < p->irq_count; k++) {
			struct plan_irq *b = &p->irqs[k];

			if (b->irq != a->irq || b->owner == a->owner || b->owner == OWNER_NOBODY ||
			    (b->owner < MAX_PARTS && k > i) || p->devs[a->dev].is_claimable) {
				continue;
			}
			diag_add(c, CHECK_IRQ_SHARED, a->owner, line_node(c, i), "device",
				 hw_name(c, &p->devs[b->dev]),
				 "interrupt %u of %s is also that of %s, which belongs to %s",
				 a->irq, p->devs[a->dev].path, p->devs[b->dev].path,
				 ctx_part_name(c, b->owner));
			break;
		}
	}
}

/* A device below one that is confined is confined with it (ports of an engine). */
static bool is_confined(const struct ctx *c, unsigned dev)
{
	const struct plan *p = c->plan;

	for (unsigned hw = c->node_of[dev]; hw != TREE_ROOT; hw = c->hw.nodes[hw].parent) {
		unsigned d = c->dev_of[hw];

		if (d == NONE) {
			return false;
		}
		for (unsigned i = 0; i < p->devs[d].stream_count; i++) {
			if (p->streams[p->devs[d].stream_first + i].iommu != NONE) {
				return true;
			}
		}
	}
	return false;
}

static void masters_check(struct ctx *c)
{
	struct plan *p = c->plan;

	for (unsigned d = 0; d < p->dev_count; d++) {
		struct plan_dev *dev = &p->devs[d];
		unsigned node;

		if (dev->owner >= MAX_PARTS || !dev->is_dma_master || is_confined(c, d)) {
			continue;
		}
		node = grant_node(c, d, dev->owner);
		if (dev->is_dma_trusted) {
			diag_add(c, CHECK_DMA_TRUSTED, dev->owner, node, "allow-unprotected-dma",
				 NULL, "%s is trusted: its DMA can reach all memory of the machine",
				 dev->path);
			continue;
		}
		diag_add(c, CHECK_DMA_UNPROTECTED, dev->owner, node, "device", hw_name(c, dev),
			 "%s is a DMA master that no IOMMU confines: it could reach all memory; "
			 "allow-unprotected-dma would trust it",
			 dev->path);
	}
}

static bool streams_meet(const struct plan_stream *a, const struct plan_stream *b)
{
	return a->iommu == b->iommu && a->iommu != NONE && a->count && b->count &&
	       range_overlaps((struct range){a->id, a->count}, (struct range){b->id, b->count});
}

static void streams_check(struct ctx *c)
{
	struct plan *p = c->plan;

	for (unsigned i = 0; i < p->stream_count; i++) {
		const struct plan_stream *a = &p->streams[i];
		const struct plan_dev *da = &p->devs[a->dev];

		for (unsigned k = 0; a->owner < MAX_PARTS && k < p->stream_count; k++) {
			const struct plan_stream *b = &p->streams[k];
			const struct plan_dev *db = &p->devs[b->dev];

			if (!streams_meet(a, b) || b->owner == a->owner ||
			    b->owner == OWNER_NOBODY || (b->owner < MAX_PARTS && k > i)) {
				continue;
			}
			diag_add(c, CHECK_DMA_STREAM, a->owner, stream_node(c, a), "device",
				 hw_name(c, db),
				 "stream 0x%x of %s is also that of %s, which belongs to %s",
				 a->id > b->id ? a->id : b->id, da->path, db->path,
				 ctx_part_name(c, b->owner));
			break;
		}
	}
}

/* A partition with no device at all cannot meet anybody. */
static bool has_assigned(const struct ctx *c)
{
	if (c->function_count) {
		return true;
	}
	for (unsigned i = 0; i < c->grant_count; i++) {
		if (c->grants[i].owner < MAX_PARTS && !c->grants[i].is_refused) {
			return true;
		}
	}
	return false;
}

enum err devcheck(struct ctx *c)
{
	enum err e;

	if (!has_assigned(c)) {
		return OK;
	}
	e = pages_check(c);

	irqs_check(c);
	masters_check(c);
	streams_check(c);
	return e;
}
