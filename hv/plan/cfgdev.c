/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout: device nodes, and from them the owner of every device, register and interrupt. */
/* pure */
#include <string.h>

#include "hv/plan/ctx.h"
#include "hv/plan/geom.h"

/* The closest alias or node name to what was written, or NULL. */
static const char *did_you_mean(struct ctx *c, const char *wanted)
{
	unsigned aliases = tree_child(&c->hw, TREE_ROOT, "aliases"), best = 3, d;
	const char *found = NULL;

	for (unsigned i = 0; aliases != NONE && i < c->hw.nodes[aliases].prop_count; i++) {
		d = text_distance(wanted, c->hw.nodes[aliases].props[i].name, 2);
		if (d < best) {
			best = d;
			found = c->hw.nodes[aliases].props[i].name;
		}
	}
	while (*wanted == '/') {
		wanted++;
	}
	for (unsigned i = 0; i < c->plan->dev_count; i++) {
		d = text_distance(wanted, c->plan->devs[i].path + 1, 2);
		if (d < best) {
			best = d;
			found = c->plan->devs[i].path;
		}
	}
	return found;
}

static void unknown_device(struct ctx *c, unsigned part, unsigned node, const char *name)
{
	const char *hint = did_you_mean(c, name);

	diag_add(c, CHECK_DEVICE_UNKNOWN, part, node, "device", NULL,
		 "the board has no alias or node \"%s\"%s%s%s", name,
		 hint ? "; did you mean \"" : "", hint ? hint : "", hint ? "\"?" : "");
}

/* Node of the hardware tree that a `device` property names, or NONE with a finding. */
unsigned cfgdev_resolve(struct ctx *c, unsigned part, unsigned node)
{
	const char *name = tree_str(&c->cfg, node, "device");
	unsigned hw;

	if (!name || *name == 0) {
		diag_add(c, CHECK_DEVICE_NAME, part, node, "device", NULL,
			 "device must be one string, an alias or a path of the hardware tree");
		return NONE;
	}
	hw = tree_by_name(&c->hw, name);
	if (hw == TREE_ROOT) {
		diag_add(c, CHECK_DEVICE_NAME, part, node, "device", NULL,
			 "the root of the hardware tree cannot be given to anybody");
		return NONE;
	}
	if (hw == NONE || c->dev_of[hw] == NONE) {
		unknown_device(c, part, node, name);
		return NONE;
	}
	return hw;
}

static uint8_t claim_read(struct ctx *c, unsigned part, unsigned node)
{
	const char *s = tree_str(&c->cfg, node, "claimable");

	if (!tree_has(&c->cfg, node, "claimable")) {
		return CLAIM_NO;
	}
	if (part >= MAX_PARTS) {
		diag_add(c, CHECK_CLAIMABLE, NONE, node, "claimable", NULL,
			 "the hypervisor's own devices cannot be claimable");
	} else if (s && strcmp(s, "active") == 0) {
		return CLAIM_ACTIVE;
	} else if (s && strcmp(s, "standby") == 0) {
		return CLAIM_STANDBY;
	} else {
		diag_add(c, CHECK_CLAIMABLE, part, node, "claimable", NULL,
			 "\"%s\" is neither \"active\" nor \"standby\"", s ? s : "");
	}
	return CLAIM_NO;
}

static void grant_add(struct ctx *c, unsigned node, unsigned owner)
{
	unsigned part = owner < MAX_PARTS ? owner : NONE;
	unsigned hw = cfgdev_resolve(c, part, node);
	struct grant *g;

	if (hw == NONE || (owner != OWNER_HV && cfgpci_take(c, owner, node, hw))) {
		return;
	}
	g = &c->grants[c->grant_count++];
	*g = (struct grant){
	    .cfg = (uint16_t)node,
	    .hw = (uint16_t)hw,
	    .dev = c->dev_of[hw],
	    .owner = (uint16_t)owner,
	    .claim = claim_read(c, part, node),
	    .path = ctx_path(c, node),
	};
}

static void grants_collect(struct ctx *c, unsigned top, unsigned owner)
{
	for (unsigned n = top != NONE ? c->cfg.nodes[top].child : NONE; n != NONE;
	     n = c->cfg.nodes[n].next) {
		if (tree_has(&c->cfg, n, "device")) {
			grant_add(c, n, owner);
		}
	}
}

static bool has_resources(const struct plan_dev *d)
{
	return d->reg_count || d->irq_count || d->stream_count;
}

/* A second grant of a device that has an owner: fine only between claimable ones. */
static void grant_second(struct ctx *c, struct grant *g, struct grant *first)
{
	struct plan_dev *dev = &c->plan->devs[g->dev];

	if (g->claim && first->claim && g->owner != first->owner &&
	    (g->claim == CLAIM_STANDBY || first->claim == CLAIM_STANDBY)) {
		bool is_active = g->claim == CLAIM_ACTIVE;

		dev->standby = is_active ? first->owner : g->owner;
		dev->is_claimable = true;
		if (is_active) {
			dev->owner = g->owner;
		}
		return;
	}
	if (!has_resources(dev) && g->owner != first->owner && g->owner < MAX_PARTS &&
	    first->owner < MAX_PARTS) {
		return; /* a bare description: nothing to quarrel about */
	}
	g->is_refused = true;
	diag_add(c, g->claim || first->claim ? CHECK_CLAIMABLE : CHECK_DEVICE_TAKEN,
		 g->owner < MAX_PARTS ? g->owner : first->owner, g->cfg, "device", first->path,
		 "%s is already given to %s%s", dev->path, ctx_part_name(c, first->owner),
		 g->claim == CLAIM_ACTIVE && first->claim == CLAIM_ACTIVE
		     ? "; only one of the owners can be \"active\""
		     : "");
}

static bool is_hv_only(const struct plan_dev *d)
{
	return d->owner == OWNER_HV && d->driver >= PLAN_DRV_GICV2 && d->driver <= PLAN_DRV_FW_CFG;
}

/* A node that switches the board off or resets it through this GPIO controller. */
static bool is_switch_of(const struct tree *hw, unsigned node, unsigned gpio)
{
	const struct tree_prop *p = tree_prop(hw, node, "gpios");

	return p != NULL && p->len >= 4 &&
	       (tree_is_compatible(hw, node, "gpio-poweroff") ||
		tree_is_compatible(hw, node, "gpio-restart")) &&
	       tree_by_phandle(hw, tree_cell(p, 0)) == gpio;
}

/* Registers that end every partition at once: a reset request register, or pins wired to the power. */
static bool is_power_switch(const struct tree *hw, unsigned node)
{
	unsigned n = 0;

	while (n < hw->node_count && !is_switch_of(hw, n, node)) {
		n++;
	}
	return n < hw->node_count || tree_has(hw, node, "fsl,has-rstcr");
}

/* vcpu = <n>: the CPU whose node cpu-handle shall name. Counted from the layout: CPUs are given
 * later. */
static void vcpu_check(struct ctx *c, const struct grant *g)
{
	const struct tree_prop *v = cfg_cells(c, g->cfg, "vcpu", 1, CHECK_DEVICE_VCPU, g->owner);
	const struct tree_prop *cpus =
	    tree_prop(&c->cfg, c->plan->parts[g->owner].cfg_index, "cpus");
	uint32_t count = 0;

	for (unsigned i = 1; cpus && i < cpus->len / 4 && count < MAX_CPUS; i += 2) {
		count += tree_cell(cpus, i) < MAX_CPUS ? tree_cell(cpus, i) : MAX_CPUS;
	}
	if (v && tree_cell(v, 0) >= count) {
		diag_add(c, CHECK_DEVICE_VCPU, g->owner, g->cfg, "vcpu", NULL,
			 "vcpu %u is not one of the %u of %s: cpu-handle stays as it is",
			 tree_cell(v, 0), count, ctx_part_name(c, g->owner));
	}
}

static void grant_apply(struct ctx *c, struct grant *g)
{
	struct plan_dev *dev = &c->plan->devs[g->dev];
	const char *status = tree_str(&c->hw, g->hw, "status");
	struct grant *first = c->grants;

	if (is_hv_only(dev) && g->owner != OWNER_HV) {
		g->is_refused = true;
		diag_add(c, CHECK_DEVICE_HV_ONLY, g->owner, g->cfg, "device", NULL,
			 "%s can only be the hypervisor's: %s", dev->path,
			 dev->driver == PLAN_DRV_PCI_ECAM
			     ? "name one of its functions with pci-function"
			     : plan_right_DEVICE_HV_ONLY);
		return;
	}
	if (g->owner != OWNER_HV && is_power_switch(&c->hw, g->hw)) {
		g->is_refused = true;
		diag_add(c, CHECK_DEVICE_HV_ONLY, g->owner, g->cfg, "device", NULL,
			 "%s can only be the hypervisor's: it resets the board or switches it off",
			 dev->path);
		return;
	}
	while (first != g && (first->dev != g->dev || first->is_refused)) {
		first++;
	}
	if (first != g) {
		grant_second(c, g, first);
		return;
	}
	dev->owner = g->owner;
	dev->cfg_node = (int)c->cfg.nodes[g->cfg].off;
	dev->is_claimable = g->claim != CLAIM_NO;
	dev->is_dma_trusted = cfg_flag(c, g->cfg, "allow-unprotected-dma");
	if (g->owner == OWNER_HV && dev->driver == PLAN_DRV_NONE) {
		diag_add(c, CHECK_HV_DEVICE_DRIVER, NONE, g->cfg, "device", NULL,
			 "the hypervisor has no driver for %s (%s): nobody can use it", dev->path,
			 dev->compatible ? dev->compatible : "no compatible");
	}
	if (g->owner != OWNER_HV) {
		vcpu_check(c, g);
	}
	if (g->owner != OWNER_HV && status && strncmp(status, "ok", 2) != 0) {
		diag_add(c, CHECK_DEVICE_DISABLED, g->owner, g->cfg, "device", NULL,
			 "%s has status \"%s\" in the hardware tree", dev->path, status);
	}
}

static bool is_bus(const struct ctx *c, unsigned hw)
{
	return hw == TREE_ROOT || tree_is_compatible(&c->hw, hw, "simple-bus") ||
	       tree_is_compatible(&c->hw, hw, "fsl,dpaa") ||
	       tree_is_compatible(&c->hw, hw, "fsl,qoriq-immr") ||
	       tree_is_compatible(&c->hw, hw, "fsl,mpc8544-immr");
}

/* A device on its own must sit on a bus whose addresses are the CPU's; below another owned one all
 * goes. */
static void grant_bus(struct ctx *c, struct grant *g)
{
	unsigned parent = c->hw.nodes[g->hw].parent;

	if (g->owner == OWNER_HV || g->is_refused || is_bus(c, parent)) {
		return;
	}
	if (c->dev_of[parent] != NONE && c->plan->devs[c->dev_of[parent]].owner == g->owner) {
		return;
	}
	diag_add(
	    c, CHECK_DEVICE_BUS, g->owner, g->cfg, "device",
	    text_keep(c->arena, "hw:%s", tree_path(&c->hw, parent, c->arena, "")),
	    "%s is on %s, which is neither the root nor a simple-bus nor assigned: assign the bus "
	    "itself",
	    c->plan->devs[g->dev].path, c->hw.nodes[parent].name);
}

/* Subtrees go with their top, unless a node in them has an owner of its own. */
static void owners_inherit(struct ctx *c)
{
	struct plan *p = c->plan;

	for (unsigned n = 1; n < c->hw.node_count; n++) {
		struct plan_dev *dev = c->dev_of[n] != NONE ? &p->devs[c->dev_of[n]] : NULL;
		unsigned up = c->hw.nodes[n].parent;
		const struct plan_dev *top = c->dev_of[up] != NONE ? &p->devs[c->dev_of[up]] : NULL;

		if (dev && top && dev->owner == OWNER_NOBODY && top->owner != OWNER_NOBODY) {
			dev->owner = top->owner;
			dev->is_dma_trusted = top->is_dma_trusted;
			dev->is_claimable = top->is_claimable;
			dev->standby = top->standby;
		}
	}
}

static void uart_facts(struct ctx *c, const struct grant *g)
{
	struct plan_dev *dev = &c->plan->devs[g->dev];
	const struct tree_prop *clocks = tree_prop(&c->hw, g->hw, "clocks");
	const struct tree_prop *hz = tree_prop(&c->hw, g->hw, "clock-frequency"), *baud;
	unsigned clock;

	if (dev->driver != PLAN_DRV_UART_PL011 && dev->driver != PLAN_DRV_UART_NS16550) {
		return;
	}
	clock = clocks && clocks->len >= 4 ? tree_by_phandle(&c->hw, tree_cell(clocks, 0)) : NONE;
	dev->clock_hz = clock != NONE ? tree_u32(&c->hw, clock, "clock-frequency", 0) : 0;
	if (hz && (hz->len == 4 || hz->len == 8)) {
		dev->clock_hz = tree_cell(hz, hz->len / 4 - 1);
	}
	dev->baud = tree_u32(&c->hw, g->hw, "current-speed", 0);
	baud = cfg_cells(c, g->cfg, "baud", 1, CHECK_PROP_LENGTH, NONE);
	if (baud) {
		dev->baud = tree_cell(baud, 0);
	}
}

const struct grant *grant_above(const struct ctx *c, unsigned hw, unsigned part)
{
	for (; hw != TREE_ROOT; hw = c->hw.nodes[hw].parent) {
		for (unsigned i = 0; i < c->grant_count; i++) {
			const struct grant *g = &c->grants[i];

			if (g->hw == hw && g->owner == part && !g->is_refused) {
				return g;
			}
		}
	}
	return NULL;
}

static unsigned grant_bound(const struct tree *t)
{
	unsigned n = 1;

	for (unsigned i = 1; i < t->node_count; i++) {
		n += tree_has(t, i, "device");
	}
	return n;
}

static void owners_spread(struct ctx *c)
{
	struct plan *p = c->plan;

	for (unsigned i = 0; i < p->irq_count; i++) {
		const struct plan_dev *dev = &p->devs[p->irqs[i].dev];

		/* the lines behind a PCI bridge belong to functions */
		p->irqs[i].owner = dev->driver == PLAN_DRV_PCI_ECAM ? OWNER_NOBODY : dev->owner;
	}
	for (unsigned i = 0; i < p->stream_count; i++) {
		const struct plan_dev *dev = &p->devs[p->streams[i].dev];

		p->streams[i].owner = dev->driver == PLAN_DRV_PCI_ECAM ? OWNER_NOBODY : dev->owner;
	}
}

enum err cfgdev_scan(struct ctx *c)
{
	unsigned bound = grant_bound(&c->cfg);

	c->grants = arena_scratch(c->arena, bound * sizeof(*c->grants));
	if (c->plan->pci_host_count) {
		c->functions = arena_scratch(c->arena, bound * sizeof(*c->functions));
	}
	if (!c->grants || (c->plan->pci_host_count && !c->functions)) {
		return ERR_SIZE;
	}
	grants_collect(c, c->hv_config, OWNER_HV);
	for (unsigned i = 0; i < c->plan->part_count; i++) {
		grants_collect(c, c->plan->parts[i].cfg_index, i);
	}
	for (unsigned i = 0; i < c->grant_count; i++) {
		grant_apply(c, &c->grants[i]);
	}
	owners_inherit(c);
	for (unsigned i = 0; i < c->grant_count; i++) {
		grant_bus(c, &c->grants[i]);
		if (c->grants[i].owner == OWNER_HV) {
			uart_facts(c, &c->grants[i]);
		}
	}
	owners_spread(c);
	return OK;
}
