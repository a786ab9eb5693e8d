/* SPDX-License-Identifier: BSD-3-Clause */
/* What the binding does not know, or what is not carried out: properties and nodes of the layout.
 */
/* pure; this table is the list of all properties */
#include <string.h>

#include "hv/plan/ctx.h"

/* Places besides enum cfg_kind where properties stand. */
#define AT_HV_DEVICE (1u << 20)
#define AT_DEVICE (1u << 21)
#define AT_DMA                                                                                     \
	(1u << 22) /* settings of one stream: child of a device node, entry of portal-devices */
#define AT_SUBWINDOW (1u << 23)
#define AT_FUNCTION (1u << 24) /* an AT_DEVICE that names a PCI function */
#define AT_ANY UINT32_MAX

enum effect {
	DONE,
	NOT_HARMLESS, /* not carried out: the partition must not run */
	NOT_HINT,     /* not carried out, nothing depends on it */
};

struct known {
	const char *name;
	uint32_t at;
	uint8_t ppc; /* enum effect */
};

static const struct known table[] = {
    {"compatible", AT_ANY, DONE},
    {"phandle", AT_ANY, DONE},
    {"linux,phandle", AT_ANY, DONE},
    {"#address-cells", AT_ANY, DONE},
    {"#size-cells", AT_ANY, DONE},
    {"stdout", KIND_HV_CONFIG, DONE},
    {"legacy-interrupts", KIND_HV_CONFIG, DONE},
    {"sysreset-on-partition-stop", KIND_HV_CONFIG, DONE},
    {"watchdog-enable", KIND_HV_CONFIG, NOT_HINT},
    {"phys-mem", KIND_HV_MEMORY | KIND_GUEST_AREA, DONE},
    {"hv-persistent-data", KIND_HV_MEMORY, NOT_HINT},
    {"addr", KIND_AREA, DONE},
    {"size", KIND_AREA | KIND_DMA_WINDOW | AT_SUBWINDOW, DONE},
    {"use-no-law", KIND_AREA, DONE},
    {"zero-pma", KIND_AREA, DONE},
    {"allocate-cpc-ways", KIND_AREA, DONE},
    {"guest-addr", KIND_GUEST_AREA | KIND_VUART | KIND_DMA_WINDOW | AT_SUBWINDOW, DONE},
    {"dma-only", KIND_GUEST_AREA, DONE},
    {"endpoint", KIND_MUX | KIND_CHANNEL | KIND_VUART | KIND_STUB, DONE},
    {"mux-channel", KIND_CHANNEL | KIND_VUART | KIND_STUB, DONE},
    {"model", KIND_VUART, DONE},
    {"guest-interrupt", KIND_VUART, DONE},
    {"cpus", KIND_PARTITION, DONE},
    {"label", KIND_PARTITION, DONE},
    {"dtb-window", KIND_PARTITION, DONE},
    {"guest-image", KIND_PARTITION, DONE},
    {"load-image-table", KIND_PARTITION, DONE},
    {"linux-rootfs", KIND_PARTITION, DONE},
    {"no-auto-start", KIND_PARTITION, DONE},
    {"init-map-size", KIND_PARTITION, DONE},
    {"init-map-paddr", KIND_PARTITION, DONE},
    {"init-map-vaddr", KIND_PARTITION, DONE},
    {"privileged", KIND_PARTITION, DONE},
    {"guest-cache-lock-disable", KIND_PARTITION, DONE},
    {"guest-debug-disable", KIND_PARTITION, NOT_HINT},
    {"mpic-direct-eoi", KIND_PARTITION, NOT_HARMLESS},
    {"direct-guest-tlb-management", KIND_PARTITION, NOT_HINT},
    {"direct-guest-tlb-miss", KIND_PARTITION, NOT_HINT},
    {"device-ranges", KIND_PARTITION, DONE},
    {"no-dma-disable", KIND_PARTITION | AT_DEVICE | AT_DMA, DONE},
    {"defer-dma-disable", KIND_PARTITION, DONE},
    {"watchdog-timeout", KIND_PARTITION, DONE},
    {"watchdog-autostart-period", KIND_PARTITION, DONE},
    {"interrupt-mode", KIND_PARTITION, DONE},
    {"relaxed-sprs", KIND_PARTITION, DONE},
    {"virtual-mpic", KIND_PARTITION, DONE},
    {"global-doorbell", KIND_SEND | KIND_RECEIVE, DONE},
    {"partition", KIND_MANAGED, DONE},
    {"vcpu", KIND_ERROR_MANAGER | AT_DEVICE | AT_DMA, DONE},
    {"claimable", KIND_ERROR_MANAGER | AT_DEVICE, DONE},
    {"debug-cpus", KIND_STUB, DONE},
    {"gdb-wait-at-start", KIND_STUB, DONE},
    {"device", AT_HV_DEVICE | AT_DEVICE | AT_DMA, DONE},
    {"baud", AT_HV_DEVICE, DONE},
    {"map-ranges", AT_DEVICE, DONE},
    {"dma-window", AT_DEVICE | AT_DMA, DONE},
    {"operation-mapping", AT_DEVICE | AT_DMA, DONE},
    {"stash-dest", AT_DEVICE | AT_DMA, DONE},
    {"snoop-cpu-only", AT_DEVICE | AT_DMA, DONE},
    {"liodn-index", AT_DMA, DONE},
    {"pci-function", AT_DEVICE, DONE},
    {"pci-bars", AT_FUNCTION, DONE},
    {"pci-io-bars", AT_FUNCTION, DONE},
    {"pci-intx", AT_FUNCTION, DONE},
    {"pci-msi-vectors", AT_FUNCTION, DONE},
    {"allow-unprotected-dma", AT_DEVICE, DONE},
    {"atmu-guest-physical", AT_DEVICE, NOT_HARMLESS},
    {"subwindow-count", KIND_DMA_WINDOW, DONE},
    {"pcie-msi-subwindow", AT_SUBWINDOW, DONE},
    {"srio-ccsr-subwindow", AT_SUBWINDOW, DONE},
    {"domain", KIND_ERROR_CONFIG, DONE},
    {"error", KIND_ERROR_CONFIG, DONE},
    {"policy", KIND_ERROR_CONFIG, DONE},
    {"single-bit-ecc-threshold", KIND_ERROR_CONFIG, DONE},
};

#define SLOTS 256u /* of the index over the table; must be larger than it */

/* The table by key, open addressing. */
struct index {
	struct ctx *c;
	uint32_t key[SLOTS];
	uint8_t row[SLOTS]; /* + 1, 0: free */
};

static unsigned slot_of(uint32_t key)
{
	return key * UINT32_C(0x9e3779b1) >> 24;
}

static void index_make(struct index *x)
{
	BUILD_ASSERT(ARRAY_SIZE(table) < SLOTS / 2);
	for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
		uint32_t key = tree_key(table[i].name);
		unsigned s = slot_of(key);

		while (x->row[s]) {
			s = (s + 1) % SLOTS;
		}
		x->key[s] = key;
		x->row[s] = (uint8_t)(i + 1);
	}
}

static const struct known *index_find(const struct index *x, const struct tree_prop *p)
{
	for (unsigned s = slot_of(p->key); x->row[s]; s = (s + 1) % SLOTS) {
		if (x->key[s] == p->key && strcmp(table[x->row[s] - 1].name, p->name) == 0) {
			return &table[x->row[s] - 1];
		}
	}
	return NULL;
}

/* The property of this place whose name is closest, or NULL. */
static const char *closest(uint32_t at, const char *name)
{
	const char *found = NULL;
	unsigned best = 3;

	for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
		unsigned d = table[i].at & at ? text_distance(name, table[i].name, 2) : 3;

		if (d < best) {
			best = d;
			found = table[i].name;
		}
	}
	return found;
}

static void unknown_prop(struct ctx *c, unsigned node, uint32_t at, const char *name)
{
	const char *hint = closest(at, name);

	diag_add(c, CHECK_PROP_UNKNOWN, c->part_of[node], node, name, NULL,
		 "%s is not a property of this node%s%s%s", name, hint ? "; did you mean " : "",
		 hint ? hint : "", hint ? "?" : "");
}

static void effect_check(struct ctx *c, unsigned node, const struct known *k)
{
	if (k->ppc == DONE || !plan_is_ppc(c->plan)) {
		return;
	}
	if (k->ppc == NOT_HARMLESS) {
		diag_add(c, CHECK_NOT_EXECUTED, c->part_of[node], node, k->name, NULL,
			 "%s is not carried out, and %s would not work without it", k->name,
			 ctx_part_name(c, c->part_of[node]));
	} else {
		diag_add(c, CHECK_NOT_EXECUTED_HINT, c->part_of[node], node, k->name, NULL,
			 "%s is understood but not carried out", k->name);
	}
}

static void props_check(struct index *x, unsigned node, uint32_t at)
{
	const struct tree_node *n = &x->c->cfg.nodes[node];

	for (unsigned i = n->prop_count; i-- > 0;) {
		const struct known *k = index_find(x, &n->props[i]);

		if (!k || !(k->at & at)) {
			unknown_prop(x->c, node, at, n->props[i].name);
		} else {
			effect_check(x->c, node, k);
		}
	}
}

static bool is_update(const struct tree *t, unsigned node)
{
	return tree_is_named(t, node, "node-update") ||
	       tree_is_named(t, node, "node-update-phandle");
}

/* What a node is by where it stands; 0: nothing that is known. */
static uint32_t place_of(const struct ctx *c, unsigned node)
{
	const struct tree *t = &c->cfg;
	unsigned up = t->nodes[node].parent, part = c->part_of[node];
	uint32_t at = c->kind[node];

	if (tree_has(t, node, "device")) {
		if (up == c->hv_config) {
			return at | AT_HV_DEVICE;
		}
		if (part != NONE && up == c->plan->parts[part].cfg_index) {
			return at | AT_DEVICE | (cfgpci_of(c, node) ? AT_FUNCTION : 0);
		}
		return part != NONE && tree_is_named(t, up, "portal-devices") ? at | AT_DMA : at;
	}
	if (up != NONE && (c->kind[up] & KIND_DMA_WINDOW)) {
		return at | AT_SUBWINDOW;
	}
	if (part != NONE && tree_has(t, up, "device")) {
		return at | AT_DMA;
	}
	return at;
}

/* Nodes that only hold others need no compatible, and have nothing to say themselves. */
static bool is_group(const struct index *x, unsigned node)
{
	const struct tree_node *n = &x->c->cfg.nodes[node];

	for (unsigned i = 0; i < n->prop_count; i++) {
		const struct known *k = index_find(x, &n->props[i]);

		if (!k || k->at != AT_ANY || strcmp(k->name, "compatible") == 0) {
			return false;
		}
	}
	return true;
}

static void unknown_node(struct ctx *c, unsigned node)
{
	const char *compat = tree_str(&c->cfg, node, "compatible");
	const char *hint = compat ? cfg_closest_kind(compat) : NULL;

	if (!compat) {
		diag_add(c, CHECK_NODE_UNKNOWN, c->part_of[node], node, NULL, NULL,
			 "this node has no compatible: it is ignored");
		return;
	}
	diag_add(c, CHECK_NODE_UNKNOWN, c->part_of[node], node, "compatible", NULL,
		 "compatible \"%s\" means nothing here: the node is ignored%s%s%s", compat,
		 hint ? "; did you mean \"" : "", hint ? hint : "", hint ? "\"?" : "");
}

enum err lint_scan(struct ctx *c)
{
	size_t mark = c->arena->size;
	struct index *x = arena_scratch(c->arena, sizeof(*x));
	const struct tree *t = &c->cfg;
	unsigned n = TREE_ROOT;

	if (!x) {
		return ERR_SIZE;
	}
	x->c = c;
	index_make(x);
	while (n != NONE) {
		uint32_t at = n == TREE_ROOT ? 0 : place_of(c, n);
		bool is_free = n == TREE_ROOT || tree_is_named(t, n, "aliases");

		if (n != TREE_ROOT && is_update(t, n)) {
			if (!c->is_used[n]) {
				diag_add(c, CHECK_NODE_UNKNOWN, c->part_of[n], n, NULL, NULL,
					 "%s has no effect: its parent makes no node of the "
					 "guest's tree",
					 t->nodes[n].name);
			}
			is_free = true; /* whatever stands in it is the guest's */
		} else if (!is_free && at) {
			props_check(x, n, at);
		} else if (!is_free && !is_group(x, n)) {
			unknown_node(c, n);
		}
		if (is_free && n != TREE_ROOT) {
			/* skip the subtree */
			while (n != NONE && t->nodes[n].next == NONE) {
				n = t->nodes[n].parent;
			}
			n = n != NONE ? t->nodes[n].next : NONE;
		} else {
			n = tree_walk(t, TREE_ROOT, n);
		}
	}
	c->arena->size = mark;
	return OK;
}
