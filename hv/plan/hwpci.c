/* SPDX-License-Identifier: BSD-3-Clause */
/* Hardware tree: PCI host bridges with an ECAM, and how their functions meet IOMMU and ITS. */
/* pure; generic ECAM host, PCI-IOMMU and PCI-MSI bindings */
#include "hv/plan/ctx.h"
#include "hv/plan/geom.h"

#define ECAM_BUS MIB(1)
#define ADDR_CELLS 3u
#define SIZE_CELLS 2u
#define TRANSLATER_FRAME KIB(64) /* GITS_TRANSLATER is in the second frame of an ITS */

/* phys.hi of a PCI address (IEEE 1275 PCI binding): bits 25:24 are the space. */
static unsigned space_of(uint32_t hi, struct range bus)
{
	static const uint8_t spaces[4] = {PLAN_PCI_SPACES, PLAN_PCI_IO, PLAN_PCI_MEM32,
					  PLAN_PCI_MEM64};
	unsigned space = spaces[hi >> 24 & 3];

	if (space != PLAN_PCI_SPACES && space != PLAN_PCI_MEM64 && range_last(bus) > UINT32_MAX) {
		return space == PLAN_PCI_IO ? PLAN_PCI_SPACES : PLAN_PCI_MEM64;
	}
	return space;
}

/* The largest window of each space is used. */
static void windows_read(struct ctx *c, struct plan_pci_host *h, unsigned node)
{
	const struct tree_prop *p = tree_prop(&c->hw, node, "ranges");
	unsigned row = ADDR_CELLS + tree_addr_cells(&c->hw, c->hw.nodes[node].parent) + SIZE_CELLS;
	struct range cpu;

	for (unsigned i = 0; p && tree_window(&c->hw, node, i, &cpu) == OK; i++) {
		struct range bus = {tree_cells(p, i * row + 1, 2), cpu.size};
		unsigned space =
		    range_valid(bus) ? space_of(tree_cell(p, i * row), bus) : PLAN_PCI_SPACES;

		if (cpu.size == 0 || space == PLAN_PCI_SPACES || !is_aligned(cpu.base, PAGE_SIZE) ||
		    !is_aligned(bus.base, PAGE_SIZE)) {
			diag_hw(c, CHECK_BOARD_NODE, NONE, node, "ranges",
				"window %u leads nowhere, or is not at a multiple of 4 KiB", i);
		} else if (cpu.size > h->windows[space].size) {
			h->windows[space] =
			    (struct plan_pci_window){hpa(cpu.base), bus.base, cpu.size};
		}
	}
}

/* Buses that bus-range says and the ECAM has room for. */
static bool buses_read(struct ctx *c, struct plan_pci_host *h, unsigned node, uint64_t ecam_size)
{
	const struct tree_prop *p = tree_prop(&c->hw, node, "bus-range");
	uint32_t first = p && p->len == 8 ? tree_cell(p, 0) : 0;
	uint32_t last = p && p->len == 8 ? tree_cell(p, 1) : 255;
	uint64_t room = ecam_size / ECAM_BUS;

	if (first > last || last > 255 || room == 0) {
		return false;
	}
	h->bus_first = (uint8_t)first;
	h->bus_last = (uint8_t)(last - first < room ? last : first + room - 1);
	return true;
}

static void host_add(struct ctx *c, unsigned dev)
{
	struct plan *p = c->plan;
	struct plan_pci_host *h = &p->pci_hosts[p->pci_host_count];
	const struct plan_reg *reg = &p->regs[p->devs[dev].reg_first];
	unsigned node = c->node_of[dev];

	*h = (struct plan_pci_host){.dev = (uint16_t)dev};
	if (p->devs[dev].reg_count == 0 || !is_aligned(hpa_raw(reg->base), ECAM_BUS) ||
	    tree_addr_cells(&c->hw, node) != ADDR_CELLS ||
	    tree_size_cells(&c->hw, node) != SIZE_CELLS || !buses_read(c, h, node, reg->size)) {
		diag_hw(c, CHECK_BOARD_NODE, NONE, node, "reg",
			"no ECAM of whole buses (1 MiB each), or not 3 address and 2 size cells: "
			"nobody gets functions of this bridge");
		return;
	}
	h->ecam = reg->base;
	windows_read(c, h, node);
	p->pci_host_count++;
}

/* The ITS that takes the messages of PCI functions: the first one. */
static void its_check(struct ctx *c)
{
	struct plan *p = c->plan;
	const struct plan_dev *its = c->its != NONE ? &p->devs[c->its] : NULL;
	const struct plan_reg *reg = its && its->reg_count ? &p->regs[its->reg_first] : NULL;

	if (reg && reg->size >= 2 * TRANSLATER_FRAME &&
	    tree_is_enabled(&c->hw, c->node_of[c->its]) && p->board.irqc != NONE &&
	    p->devs[p->board.irqc].driver == PLAN_DRV_GICV3) {
		p->board.its = c->its;
		p->board.msi_page = hpa(hpa_raw(reg->base) + TRANSLATER_FRAME);
	}
}

enum err hwpci_scan(struct ctx *c)
{
	struct plan *p = c->plan;
	unsigned left = c->ecam_count;

	if (left == 0 || plan_is_ppc(p)) {
		return OK;
	}
	p->pci_hosts = arena_keep(c->arena, left * sizeof(*p->pci_hosts));
	if (!p->pci_hosts) {
		return ERR_SIZE;
	}
	for (unsigned d = c->ecam_first; left > 0; d++) {
		if (p->devs[d].driver != PLAN_DRV_PCI_ECAM) {
			continue;
		}
		left--;
		if (tree_is_enabled(&c->hw, c->node_of[d])) {
			host_add(c, d);
		}
	}
	its_check(c);
	return OK;
}

bool hwpci_under(const struct ctx *c, unsigned node)
{
	while (node != TREE_ROOT && (c->dev_of[node] == NONE ||
				     c->plan->devs[c->dev_of[node]].driver != PLAN_DRV_PCI_ECAM)) {
		node = c->hw.nodes[node].parent;
	}
	return node != TREE_ROOT;
}

bool hwpci_hits(const struct plan *p, struct range r, struct range *window, uint16_t *dev)
{
	for (unsigned i = 0; !plan_is_ppc(p) && i < p->pci_host_count; i++) {
		for (unsigned s = 0; s < PLAN_PCI_SPACES; s++) {
			const struct plan_pci_window *w = &p->pci_hosts[i].windows[s];

			*window = (struct range){hpa_raw(w->hpa), w->size};
			*dev = p->pci_hosts[i].dev;
			if (w->size && range_overlaps(r, *window)) {
				return true;
			}
		}
	}
	return false;
}

/* ---------------------------------------------------------------- who a requester id is */

static uint32_t masked(const struct ctx *c, unsigned node, const char *mask, uint32_t rid)
{
	return rid & tree_u32(&c->hw, node, mask, 0xffff);
}

bool hwpci_stream(const struct ctx *c, unsigned host, uint16_t rid, struct plan_stream *out)
{
	const struct plan *p = c->plan;
	const struct plan_dev *dev = &p->devs[p->pci_hosts[host].dev];
	uint32_t id = masked(c, c->node_of[p->pci_hosts[host].dev], "iommu-map-mask", rid);

	for (unsigned i = 0; i < dev->stream_count; i++) {
		const struct plan_stream *s = &p->streams[dev->stream_first + i];

		if (s->iommu != NONE && id - s->rid < s->count) {
			*out = *s;
			out->id = s->id + (id - s->rid);
			out->rid = rid;
			out->count = 1;
			return true;
		}
	}
	return false;
}

/* msi-map = <rid-base &controller device-base length>, repeated; or msi-parent: the rid itself. */
bool hwpci_message(const struct ctx *c, unsigned host, uint16_t rid, uint32_t *device)
{
	const struct plan *p = c->plan;
	unsigned node = c->node_of[p->pci_hosts[host].dev];
	const struct tree_prop *map = tree_prop(&c->hw, node, "msi-map");
	const struct tree_prop *parent = tree_prop(&c->hw, node, "msi-parent");
	unsigned its = p->board.its != NONE ? c->node_of[p->board.its] : NONE;
	uint32_t id = masked(c, node, "msi-map-mask", rid);

	*device = rid;
	if (its == NONE) {
		return false;
	}
	if (!map) {
		return parent && parent->len >= 4 &&
		       tree_by_phandle(&c->hw, tree_cell(parent, 0)) == its;
	}
	for (unsigned at = 0; at + 4 <= map->len / 4; at += 4) {
		uint32_t off = id - tree_cell(map, at);

		if (off < tree_cell(map, at + 3)) {
			*device = tree_cell(map, at + 2) + off;
			return tree_by_phandle(&c->hw, tree_cell(map, at + 1)) == its;
		}
	}
	return false;
}
