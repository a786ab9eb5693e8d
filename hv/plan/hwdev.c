/* SPDX-License-Identifier: BSD-3-Clause */
/* Hardware tree: every node that could be given to somebody, and its registers. */
/* pure */
#include <string.h>

#include "hv/plan/ctx.h"
#include "hv/plan/geom.h"

/* What a compatible string tells the planner. */
struct kind {
	const char *compatible;
	uint16_t driver;    /* enum plan_driver */
	bool is_dma_master; /* reads or writes memory by itself */
};

/* Sorted by name, as strcmp orders. */
static const struct kind kinds[] = {
    {"arm,cortex-a15-gic", PLAN_DRV_GICV2, false},
    {"arm,cortex-a7-gic", PLAN_DRV_GICV2, false},
    {"arm,gic-400", PLAN_DRV_GICV2, false},
    {"arm,gic-v3", PLAN_DRV_GICV3, false},
    {"arm,gic-v3-its", PLAN_DRV_GIC_ITS, false},
    {"arm,pl011", PLAN_DRV_UART_PL011, false},
    {"arm,pl080", PLAN_DRV_NONE, true},
    {"arm,pl081", PLAN_DRV_NONE, true},
    {"arm,pl111", PLAN_DRV_NONE, true},
    {"arm,pl330", PLAN_DRV_NONE, true},
    {"arm,sbsa-uart", PLAN_DRV_UART_PL011, false},
    {"arm,smmu-v3", PLAN_DRV_SMMUV3, true},
    {"cdns,gem", PLAN_DRV_NONE, true},
    {"chrp,open-pic", PLAN_DRV_MPIC, false},
    {"fsl,b4420-corenet-cf", PLAN_DRV_OTHER, false},
    {"fsl,b4860-corenet-cf", PLAN_DRV_OTHER, false},
    {"fsl,bman", PLAN_DRV_NONE, true},
    {"fsl,corenet-cf", PLAN_DRV_OTHER, false},
    {"fsl,corenet-law", PLAN_DRV_OTHER, false},
    {"fsl,corenet2-cf", PLAN_DRV_OTHER, false},
    {"fsl,elo-dma", PLAN_DRV_NONE, true},
    {"fsl,eloplus-dma", PLAN_DRV_NONE, true},
    {"fsl,esdhc", PLAN_DRV_NONE, true},
    {"fsl,etsec2", PLAN_DRV_NONE, true},
    {"fsl,fman", PLAN_DRV_NONE, true},
    {"fsl,mpc8540-pci", PLAN_DRV_NONE, true},
    {"fsl,mpc8544-guts", PLAN_DRV_GUTS, false},
    {"fsl,mpc8548-pcie", PLAN_DRV_NONE, true},
    {"fsl,mpic", PLAN_DRV_MPIC, false},
    {"fsl,p2020-guts", PLAN_DRV_GUTS, false},
    {"fsl,p4080-l3-cache-controller", PLAN_DRV_OTHER, false},
    {"fsl,p4080-memory-controller", PLAN_DRV_OTHER, false},
    {"fsl,p4080-pamu", PLAN_DRV_PAMU, true},
    {"fsl,p4080-pcie", PLAN_DRV_NONE, true},
    {"fsl,pamu", PLAN_DRV_PAMU, true},
    {"fsl,pme", PLAN_DRV_NONE, true},
    {"fsl,pq-sata", PLAN_DRV_NONE, true},
    {"fsl,pq-sata-v2", PLAN_DRV_NONE, true},
    {"fsl,qman", PLAN_DRV_NONE, true},
    {"fsl,qoriq-device-config-1.0", PLAN_DRV_GUTS, false},
    {"fsl,qoriq-device-config-2.0", PLAN_DRV_GUTS, false},
    {"fsl,qoriq-memory-controller", PLAN_DRV_OTHER, false},
    {"fsl,qoriq-rcpm-1.0", PLAN_DRV_OTHER, false},
    {"fsl,qoriq-rcpm-2.0", PLAN_DRV_OTHER, false},
    {"fsl,sec-v4.0", PLAN_DRV_NONE, true},
    {"fsl,soc-sram-error", PLAN_DRV_OTHER, false},
    {"fsl,srio", PLAN_DRV_NONE, true},
    {"fsl,t4240-l3-cache-controller", PLAN_DRV_OTHER, false},
    {"fsl-usb2-dr", PLAN_DRV_NONE, true},
    {"fsl-usb2-mph", PLAN_DRV_NONE, true},
    {"generic-ahci", PLAN_DRV_NONE, true},
    {"generic-ehci", PLAN_DRV_NONE, true},
    {"generic-ohci", PLAN_DRV_NONE, true},
    {"generic-xhci", PLAN_DRV_NONE, true},
    {"gianfar", PLAN_DRV_NONE, true},
    {"ns16550", PLAN_DRV_UART_NS16550, false},
    {"ns16550a", PLAN_DRV_UART_NS16550, false},
    {"pci-host-cam-generic", PLAN_DRV_NONE, true},
    {"pci-host-ecam-generic", PLAN_DRV_PCI_ECAM, true},
    {"qemu,fw-cfg-mmio", PLAN_DRV_FW_CFG, true},
    {"snps,dw-mshc", PLAN_DRV_NONE, true},
    {"snps,dwc3", PLAN_DRV_NONE, true},
    {"snps,dwmac", PLAN_DRV_NONE, true},
    {"virtio,mmio", PLAN_DRV_NONE, true},
};

static const struct kind unknown_kind;

static const struct kind *kind_named(const char *s)
{
	unsigned lo = 0, hi = ARRAY_SIZE(kinds);

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;
		int order = strcmp(s, kinds[mid].compatible);

		if (order == 0) {
			return &kinds[mid];
		}
		if (order < 0) {
			hi = mid;
		} else {
			lo = mid + 1;
		}
	}
	return NULL;
}

static const struct kind *kind_of(const struct tree_prop *compat)
{
	const struct kind *k = NULL;
	size_t at = 0;

	if (!compat || compat->len == 0 || compat->val[compat->len - 1] != 0) {
		return &unknown_kind;
	}
	while (at < compat->len && !k) {
		k = kind_named((const char *)compat->val + at);
		at += strlen((const char *)compat->val + at) + 1;
	}
	return k ? k : &unknown_kind;
}

/* Top-level nodes that describe the machine instead of being a part of it. */
static bool is_device_top(const struct tree *t, unsigned node)
{
	static const char not_devices[][16] = {
	    "cpus",  "chosen", "aliases",    "memory",	 "reserved-memory", "psci",
	    "timer", "pmu",    "hypervisor", "firmware", "options",	    "__symbols__",
	};
	const char *name = t->nodes[node].name;

	for (unsigned i = 0; i < ARRAY_SIZE(not_devices); i++) {
		if (not_devices[i][0] == name[0] && tree_name_is(name, not_devices[i])) {
			return false;
		}
	}
	return true;
}

static void dev_regs(struct ctx *c, struct plan_dev *dev, unsigned node)
{
	struct plan *p = c->plan;
	struct range r;
	enum err e;

	dev->reg_first = p->reg_count;
	for (unsigned i = 0, n = tree_reg_count(&c->hw, node); i < n; i++) {
		e = tree_reg(&c->hw, node, i, &r);
		if (e == ERR_FORMAT) {
			diag_hw(c, CHECK_BOARD_NODE, NONE, node, "reg",
				"entry %u of reg is malformed", i);
		}
		if (e != OK) {
			break;
		}
		p->regs[p->reg_count++] = (struct plan_reg){hpa(r.base), r.size, gpa(r.base)};
	}
	dev->reg_count = (uint16_t)(p->reg_count - dev->reg_first);
}

static bool dma_by_property(const struct tree *t, unsigned node)
{
	return tree_has(t, node, "dma-coherent") || tree_has(t, node, "iommus") ||
	       tree_has(t, node, "iommu-map") || tree_has(t, node, "fsl,liodn");
}

static void dev_add(struct ctx *c, unsigned node, const struct kind *kind,
		    const struct tree_prop *compat)
{
	struct plan *p = c->plan;
	struct plan_dev *dev = &p->devs[p->dev_count];

	*dev = (struct plan_dev){
	    .path = tree_path(&c->hw, node, c->arena, ""),
	    .compatible = compat && compat->len && compat->val[compat->len - 1] == 0
			      ? (const char *)compat->val
			      : NULL,
	    .node = (int)c->hw.nodes[node].off,
	    .cfg_node = -1,
	    .owner = OWNER_NOBODY,
	    .standby = NONE,
	    .driver = kind->driver,
	    .is_dma_master = kind->is_dma_master || dma_by_property(&c->hw, node),
	};
	dev_regs(c, dev, node);
	c->node_of[p->dev_count] = (uint16_t)node;
	c->dev_of[node] = p->dev_count++;
}

/* The first controller of a supported kind that is no child of another one. */
static void irqc_choose(struct ctx *c)
{
	struct plan *p = c->plan;

	for (unsigned i = 0; i < p->dev_count && p->board.irqc == NONE; i++) {
		uint16_t d = p->devs[i].driver;

		if (plan_is_ppc(p) ? d == PLAN_DRV_MPIC
				   : d == PLAN_DRV_GICV2 || d == PLAN_DRV_GICV3) {
			p->board.irqc = (uint16_t)i;
		}
	}
	if (p->board.irqc == NONE) {
		diag_hw(c, CHECK_BOARD_IRQC, NONE, TREE_ROOT, NULL,
			"no interrupt controller that is supported: arm,gic-v3, arm,gic-400, "
			"arm,cortex-a15-gic, fsl,mpic or chrp,open-pic");
	}
}

/* Controllers, IOMMUs, PCI bridges and the way into the emulator are the hypervisor's whether the
 * layout lists them or not. */
static void hv_devices_claim(struct ctx *c)
{
	struct plan *p = c->plan;

	c->its = NONE;
	for (unsigned i = 0; i < p->dev_count; i++) {
		switch (p->devs[i].driver) {
		case PLAN_DRV_GICV2:
		case PLAN_DRV_GICV3:
		case PLAN_DRV_MPIC:
		case PLAN_DRV_SMMUV3:
		case PLAN_DRV_PAMU:
		case PLAN_DRV_FW_CFG:
			p->devs[i].owner = OWNER_HV;
			break;
		case PLAN_DRV_GIC_ITS:
			c->its = c->its == NONE ? (uint16_t)i : c->its;
			p->devs[i].owner = OWNER_HV;
			break;
		case PLAN_DRV_PCI_ECAM:
			c->ecam_first = c->ecam_count++ ? c->ecam_first : (uint16_t)i;
			p->devs[i].owner = OWNER_HV;
			break;
		default:
			break;
		}
	}
}

enum err hwdev_scan(struct ctx *c)
{
	struct plan *p = c->plan;
	const struct tree_prop *last = NULL;
	const struct kind *kind = &unknown_kind;
	unsigned regs = 0;

	for (unsigned i = 1; i < c->hw.node_count; i++) {
		const struct tree_prop *reg = tree_prop(&c->hw, i, "reg");

		regs += reg ? reg->len / 8 + 1 : 0;
	}
	p->devs = arena_keep_raw(c->arena, c->hw.node_count * sizeof(*p->devs));
	p->regs = arena_keep_raw(c->arena, (regs + 1) * sizeof(*p->regs));
	c->dev_of = arena_scratch_raw(c->arena, c->hw.node_count * sizeof(*c->dev_of));
	c->node_of = arena_scratch_raw(c->arena, c->hw.node_count * sizeof(*c->node_of));
	if (!p->devs || !p->regs || !c->dev_of || !c->node_of) {
		return ERR_SIZE;
	}
	memset(c->dev_of, 0xff, c->hw.node_count * sizeof(*c->dev_of));
	for (unsigned top = c->hw.nodes[0].child; top != NONE; top = c->hw.nodes[top].next) {
		if (!is_device_top(&c->hw, top)) {
			continue;
		}
		for (unsigned n = top; n != NONE; n = tree_walk(&c->hw, top, n)) {
			const struct tree_prop *now = tree_prop(&c->hw, n, "compatible");

			/* long runs of equal devices are common: look up once */
			if (!now || !last || now->len != last->len ||
			    memcmp(now->val, last->val, now->len) != 0) {
				kind = kind_of(now);
			}
			last = now;
			dev_add(c, n, kind, now);
		}
	}
	arena_trim(c->arena, p->regs, (regs + 1) * sizeof(*p->regs),
		   (p->reg_count + 1u) * sizeof(*p->regs));
	irqc_choose(c);
	hv_devices_claim(c);
	return OK;
}
