/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout: nodes that name a PCI function: which one, and what of it the guest gets. */
/* pure; docs/binding.md "PCI functions" */
#include "hv/plan/ctx.h"

#define VECTORS_MAX 2048u /* of MSI-X */

/* Index of the host bridge that a hardware node is or is below, or NONE. */
static unsigned host_of(const struct ctx *c, unsigned hw)
{
	for (; !plan_is_ppc(c->plan) && hw != TREE_ROOT; hw = c->hw.nodes[hw].parent) {
		for (unsigned i = 0; i < c->plan->pci_host_count; i++) {
			if (c->node_of[c->plan->pci_hosts[i].dev] == hw) {
				return i;
			}
		}
	}
	return NONE;
}

static void function_finding(struct ctx *c, const struct function *f, const char *prop,
			     const char *why)
{
	diag_add(c, CHECK_PCI_FUNCTION, f->part, f->cfg, prop, NULL, "%s: %s", why,
		 plan_right_PCI_FUNCTION);
}

/* ---------------------------------------------------------------- which function */

/* pci-function = <bus device function>. */
static bool number_read(struct ctx *c, struct function *f, const struct tree_prop *p)
{
	uint32_t bus, dev, fn;

	if (p->len != 12) {
		function_finding(c, f, "pci-function", "this is not three cells");
		return false;
	}
	bus = tree_cell(p, 0);
	dev = tree_cell(p, 1);
	fn = tree_cell(p, 2);
	if (bus > 255 || dev > 31 || fn > 7) {
		function_finding(c, f, "pci-function",
				 "a bus is at most 255, a device 31, a function 7");
		return false;
	}
	f->rid = (uint16_t)(bus << 8 | dev << 3 | fn);
	return true;
}

static bool place_read(struct ctx *c, struct function *f)
{
	const struct plan_pci_host *h = &c->plan->pci_hosts[f->host];
	const struct tree_prop *p = tree_prop(&c->cfg, f->cfg, "pci-function");
	const struct tree_prop *reg = f->hw != NONE ? tree_prop(&c->hw, f->hw, "reg") : NULL;
	uint16_t by_reg = reg && reg->len >= 20 ? (uint16_t)(tree_cell(reg, 0) >> 8) : 0;

	if (f->hw != NONE && (!reg || reg->len < 20 || reg->len % 20 != 0)) {
		function_finding(c, f, "device", "the node has no reg of a PCI function");
		return false;
	}
	f->rid = by_reg;
	if (p && !number_read(c, f, p)) {
		return false;
	}
	if (reg && f->rid != by_reg) {
		function_finding(c, f, "pci-function",
				 "the node that device names has another number");
		return false;
	}
	if (f->rid >> 8 < h->bus_first || f->rid >> 8 > h->bus_last) {
		diag_add(c, CHECK_PCI_FUNCTION, f->part, f->cfg, p ? "pci-function" : "device",
			 ctx_hw_path(c, c->node_of[h->dev]), "%s has the buses %u to %u, not %u",
			 c->plan->devs[h->dev].path, h->bus_first, h->bus_last, f->rid >> 8);
		return false;
	}
	if (f->rid >> 8 != h->bus_first ||
	    (f->hw != NONE && c->hw.nodes[f->hw].parent != c->node_of[h->dev])) {
		diag_add(c, CHECK_PCI_BRIDGE, f->part, f->cfg, p ? "pci-function" : "device",
			 ctx_hw_path(c, c->node_of[h->dev]),
			 "%s is behind another bridge, which is not carried out: only "
			 "functions of bus %u can be given",
			 pcifn_name(c, f->rid), h->bus_first);
		return false;
	}
	return true;
}

/* ---------------------------------------------------------------- BARs */

static void bar_finding(struct ctx *c, struct function *f, const char *prop, uint32_t number,
			const char *why)
{
	f->is_refused = true;
	diag_add(c, CHECK_PCI_BAR, f->part, f->cfg, prop, NULL, "BAR %u %s: %s", number, why,
		 plan_right_PCI_BAR);
}

static void bar_add(struct ctx *c, struct function *f, const char *prop, struct bar_want b,
		    uint32_t number)
{
	unsigned at = f->bar_count;

	if (number >= BARS_MAX) {
		bar_finding(c, f, prop, number, "does not exist");
		return;
	}
	if (!is_pow2(b.size) || b.size < (b.is_io ? 4 : 16) ||
	    b.size > (b.is_io ? KIB(64) : BIT(62))) {
		bar_finding(c, f, prop, number, "cannot have this size");
		return;
	}
	b.number = (uint8_t)number;
	b.is_wide |= b.size > GIB(2);
	for (unsigned i = 0; i < f->bar_count; i++) {
		if (f->bars[i].number == number) {
			bar_finding(c, f, prop, number, "is listed twice");
			return;
		}
	}
	for (; at > 0 && f->bars[at - 1].number > number; at--) {
		f->bars[at] = f->bars[at - 1];
	}
	f->bars[at] = b;
	f->bar_count++;
}

/* pci-bars and pci-io-bars: <number size(2)>, repeated. */
static void bars_list(struct ctx *c, struct function *f, const char *name, bool is_io)
{
	const struct tree_prop *p = tree_prop(&c->cfg, f->cfg, name);

	if (p && (p->len == 0 || p->len % 12 != 0)) {
		f->is_refused = true;
		diag_add(c, CHECK_PCI_BAR, f->part, f->cfg, name, NULL,
			 "%u bytes are no list of <number size(2)>", p->len);
		return;
	}
	for (unsigned i = 0; p && i < p->len / 4; i += 3) {
		struct bar_want b = {.is_io = is_io, .size = tree_cells(p, i + 1, 2)};

		bar_add(c, f, name, b, tree_cell(p, i));
	}
}

/* Without a list in the layout: `reg` of the function's own node, after the entry of the function.
 */
static void bars_reg(struct ctx *c, struct function *f)
{
	const struct tree_prop *reg = tree_prop(&c->hw, f->hw, "reg");

	for (unsigned i = 5; i + 5 <= reg->len / 4; i += 5) {
		uint32_t hi = tree_cell(reg, i), at = hi & 0xff, space = hi >> 24 & 3;
		struct bar_want b = {
		    .is_io = space == 1,
		    .is_narrow = space == 2,
		    .is_wide = space == 3,
		    .size = tree_cells(reg, i + 3, 2),
		};

		if (at < 0x10 || at > 0x24 || at % 4 != 0 || space == 0) {
			continue; /* the expansion ROM, or something that is no BAR */
		}
		bar_add(c, f, "device", b, (at - 0x10) / 4);
	}
}

static void bars_read(struct ctx *c, struct function *f)
{
	if (f->hw != NONE && !cfg_flag(c, f->cfg, "pci-bars") &&
	    !cfg_flag(c, f->cfg, "pci-io-bars")) {
		bars_reg(c, f);
	} else {
		bars_list(c, f, "pci-bars", false);
		bars_list(c, f, "pci-io-bars", true);
	}
	for (unsigned i = 0; i < f->bar_count; i++) {
		if (f->bars[i].is_wide &&
		    (f->bars[i].number + 1u == BARS_MAX ||
		     (i + 1u < f->bar_count && f->bars[i + 1].number == f->bars[i].number + 1))) {
			bar_finding(c, f, f->hw != NONE ? "device" : "pci-bars",
				    f->bars[i].number + 1u,
				    "is the upper half of the one before it");
		}
	}
}

/* ---------------------------------------------------------------- a layout node */

static uint32_t number_in(struct ctx *c, struct function *f, const char *name, uint32_t max,
			  enum plan_check_id check, const char *right)
{
	const struct tree_prop *p = cfg_cells(c, f->cfg, name, 1, check, f->part);

	if (p && (tree_cell(p, 0) == 0 || tree_cell(p, 0) > max)) {
		diag_add(c, check, f->part, f->cfg, name, NULL, "%s is %u: %s", name,
			 tree_cell(p, 0), right);
		return 0;
	}
	return p ? tree_cell(p, 0) : 0;
}

bool cfgpci_take(struct ctx *c, unsigned part, unsigned node, unsigned hw)
{
	unsigned host = host_of(c, hw);
	bool has_number = tree_has(&c->cfg, node, "pci-function"), is_bridge;
	struct function *f;

	if (host == NONE) {
		if (has_number) {
			diag_add(c, CHECK_PCI_FUNCTION, part, node, "device", NULL,
				 "%s is no host bridge with an ECAM that can be used: %s",
				 c->plan->devs[c->dev_of[hw]].path, plan_right_PCI_FUNCTION);
		}
		return has_number;
	}
	is_bridge = c->node_of[c->plan->pci_hosts[host].dev] == hw;
	if (is_bridge && !has_number) {
		return false; /* the bridge whole: refused as all that is the hypervisor's */
	}
	f = &c->functions[c->function_count++];
	*f = (struct function){
	    .cfg = (uint16_t)node,
	    .hw = is_bridge ? NONE : (uint16_t)hw,
	    .part = (uint16_t)part,
	    .host = (uint16_t)host,
	    .fn = NONE,
	    .path = ctx_path(c, node),
	};
	f->is_refused = !place_read(c, f);
	if (!f->is_refused) {
		bars_read(c, f);
	}
	f->pin = (uint8_t)number_in(c, f, "pci-intx", 4, CHECK_AND_RIGHT(PCI_INTX));
	f->vectors =
	    (uint16_t)number_in(c, f, "pci-msi-vectors", VECTORS_MAX, CHECK_AND_RIGHT(PCI_MSI));
	if (tree_has(&c->cfg, node, "claimable")) {
		diag_add(c, CHECK_CLAIMABLE, part, node, "claimable", NULL,
			 "a PCI function cannot be claimable");
	}
	return true;
}

const struct function *cfgpci_of(const struct ctx *c, unsigned node)
{
	for (unsigned i = 0; i < c->function_count; i++) {
		if (c->functions[i].cfg == node) {
			return &c->functions[i];
		}
	}
	return NULL;
}
