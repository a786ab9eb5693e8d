/* SPDX-License-Identifier: BSD-3-Clause */
/* Hardware tree: which device masters the bus under which stream, and what confines it. */
/* pure; generic IOMMU and PCI-IOMMU bindings, fsl,liodn */
#include "hv/plan/ctx.h"

static void stream_add(struct ctx *c, struct plan_dev *dev, uint32_t id, uint32_t count,
		       uint32_t rid, uint16_t iommu)
{
	struct plan *p = c->plan;

	p->streams[p->stream_count++] = (struct plan_stream){
	    .id = id,
	    .count = count,
	    .rid = rid,
	    .iommu = iommu,
	    .dev = (uint16_t)(dev - p->devs),
	    .owner = OWNER_NOBODY,
	    .fn = NONE,
	    .window = NONE,
	    .op_mapping = 0xff,
	};
	dev->stream_count++;
}

static uint16_t iommu_at(const struct ctx *c, uint32_t phandle, unsigned *node)
{
	*node = tree_by_phandle(&c->hw, phandle);
	return *node != NONE ? c->dev_of[*node] : NONE;
}

/* One that the hypervisor cannot drive confines nobody. */
static uint16_t driven(const struct ctx *c, uint16_t iommu)
{
	uint16_t driver = c->plan->devs[iommu].driver;

	return (driver == PLAN_DRV_SMMUV3 || driver == PLAN_DRV_PAMU) &&
		       tree_is_enabled(&c->hw, c->node_of[iommu])
		   ? iommu
		   : NONE;
}

/* iommus = <&iommu id...>, repeated. */
static void iommus_scan(struct ctx *c, struct plan_dev *dev, unsigned node,
			const struct tree_prop *p)
{
	unsigned at = 0, n = p->len / 4, target;

	while (at < n) {
		uint16_t iommu = iommu_at(c, tree_cell(p, at++), &target);
		unsigned cells = target != NONE ? tree_u32(&c->hw, target, "#iommu-cells", 1) : n;

		if (iommu == NONE || cells > n - at || cells > 2) {
			diag_hw(c, CHECK_BOARD_NODE, NONE, node, "iommus",
				"the entry at cell %u does not fit an IOMMU", at - 1);
			return;
		}
		stream_add(c, dev, cells ? tree_cell(p, at) : 0, 1, 0, driven(c, iommu));
		at += cells;
	}
}

/* iommu-map = <rid-base &iommu id-base length>, repeated. */
static void iommu_map_scan(struct ctx *c, struct plan_dev *dev, unsigned node,
			   const struct tree_prop *p)
{
	unsigned target;

	for (unsigned at = 0; at + 4 <= p->len / 4; at += 4) {
		uint16_t iommu = iommu_at(c, tree_cell(p, at + 1), &target);

		if (iommu == NONE) {
			diag_hw(c, CHECK_BOARD_NODE, NONE, node, "iommu-map",
				"the entry at cell %u names no IOMMU", at);
			return;
		}
		stream_add(c, dev, tree_cell(p, at + 2), tree_cell(p, at + 3), tree_cell(p, at),
			   driven(c, iommu));
	}
}

static uint16_t pamu_dev(const struct plan *p)
{
	for (unsigned i = 0; i < p->dev_count; i++) {
		if (p->devs[i].driver == PLAN_DRV_PAMU) {
			return (uint16_t)i;
		}
	}
	return NONE;
}

static unsigned stream_bound(const struct tree *t)
{
	unsigned n = 1;

	for (unsigned i = 0; i < t->node_count; i++) {
		const struct tree_prop *a = tree_prop(t, i, "iommus"),
				       *b = tree_prop(t, i, "iommu-map");
		const struct tree_prop *l = tree_prop(t, i, "fsl,liodn");

		n += (a ? a->len / 4 : 0) + (b ? b->len / 16 : 0) + (l ? l->len / 4 : 0);
	}
	return n;
}

enum err hwdma_scan(struct ctx *c)
{
	struct plan *p = c->plan;
	uint16_t pamu = pamu_dev(p);

	p->streams = arena_keep_raw(c->arena, stream_bound(&c->hw) * sizeof(*p->streams));
	if (!p->streams) {
		return ERR_SIZE;
	}
	for (unsigned i = 1; i < c->hw.node_count; i++) {
		struct plan_dev *dev = c->dev_of[i] != NONE ? &p->devs[c->dev_of[i]] : NULL;
		const struct tree_prop *a, *b, *l;

		if (!dev || !dev->is_dma_master || hwpci_below(c, i)) {
			continue;
		}
		dev->stream_first = p->stream_count;
		a = tree_prop(&c->hw, i, "iommus");
		b = tree_prop(&c->hw, i, "iommu-map");
		l = tree_prop(&c->hw, i, "fsl,liodn");
		if (a) {
			iommus_scan(c, dev, i, a);
		}
		if (b) {
			iommu_map_scan(c, dev, i, b);
		}
		for (unsigned k = 0; l && k < l->len / 4; k++) {
			stream_add(c, dev, tree_cell(l, k), 1, 0, pamu);
		}
	}
	return OK;
}
