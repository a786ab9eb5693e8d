/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout: the hv-config node, the list of partitions, and typed access to properties. */
/* pure; docs/binding.md */
#include <string.h>

#include "hv/plan/ctx.h"

const struct tree_prop *cfg_cells(struct ctx *c, unsigned node, const char *name, unsigned cells,
				  enum plan_check_id check, unsigned part)
{
	const struct tree_prop *p = tree_prop(&c->cfg, node, name);

	if (p && p->len != 4 * cells) {
		diag_add(c, check, part, node, name, NULL, "%s has %u bytes, it must be %u cell%s",
			 name, p->len, cells, cells == 1 ? "" : "s");
		return NULL;
	}
	return p;
}

unsigned cfg_count(const struct ctx *c, uint32_t kinds)
{
	unsigned n = 0;

	for (unsigned i = 1; i < c->cfg.node_count; i++) {
		n += cfg_is(c, i, kinds);
	}
	return n;
}

unsigned cfg_ref(struct ctx *c, unsigned node, const char *name, enum plan_check_id check,
		 const char *right, unsigned part)
{
	const struct tree_prop *p = tree_prop(&c->cfg, node, name);
	unsigned target;

	if (!p) {
		diag_add(c, check, part, node, NULL, NULL, "%s is missing: %s", name, right);
		return NONE;
	}
	if (p->len != 4) {
		diag_add(c, check, part, node, name, NULL, "%s must be one phandle", name);
		return NONE;
	}
	target = tree_by_phandle(&c->cfg, tree_cell(p, 0));
	if (target == NONE) {
		diag_add(c, plan_checks[check].severity == DIAG_FATAL ? check : CHECK_PHANDLE, part,
			 node, name, NULL, "%s = <0x%x> is a phandle that no node has: %s", name,
			 tree_cell(p, 0), right);
	}
	return target;
}

static const struct {
	const char *compatible;
	uint32_t kind;
} kinds[] = {
    {"hv-config", KIND_HV_CONFIG},	 {"hv-memory", KIND_HV_MEMORY},
    {"phys-mem-area", KIND_AREA},	 {"guest-phys-mem-area", KIND_GUEST_AREA},
    {"partition", KIND_PARTITION},	 {"byte-channel", KIND_CHANNEL},
    {"virtual-uart", KIND_VUART},	 {"byte-channel-mux", KIND_MUX},
    {"doorbell", KIND_DOORBELL},	 {"fast-doorbell", KIND_FAST_DOORBELL},
    {"send-doorbell", KIND_SEND},	 {"receive-doorbell", KIND_RECEIVE},
    {"managed-partition", KIND_MANAGED}, {"error-manager", KIND_ERROR_MANAGER},
    {"debug-stub", KIND_STUB},		 {"dma-window", KIND_DMA_WINDOW},
    {"error-config", KIND_ERROR_CONFIG},
};

static uint32_t kind_of(const struct tree_prop *p)
{
	uint32_t set = 0;

	for (uint32_t at = 0; p && p->len && p->val[p->len - 1] == 0 && at < p->len;) {
		const char *s = (const char *)p->val + at;

		for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++) {
			if (kinds[i].compatible[0] == s[0] && strcmp(kinds[i].compatible, s) == 0) {
				set |= kinds[i].kind;
			}
		}
		at += (uint32_t)strlen(s) + 1;
	}
	return set;
}

const char *cfg_closest_kind(const char *compatible)
{
	const char *found = NULL;
	unsigned best = 3;

	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++) {
		unsigned d = text_distance(compatible, kinds[i].compatible, 2);

		if (d != 0 && d < best) {
			best = d;
			found = kinds[i].compatible;
		}
	}
	return found;
}

/* These are known by their name too. */
static bool is_error_config(const char *name)
{
	static const char what[] = "error-config";
	size_t n = sizeof(what) - 1;

	return name[0] == what[0] && strncmp(name, what, n) == 0 &&
	       (name[n] == 0 || name[n] == '@');
}

static unsigned find_kind(const struct ctx *c, uint32_t kind)
{
	for (unsigned i = 1; i < c->cfg.node_count; i++) {
		if (cfg_is(c, i, kind)) {
			return i;
		}
	}
	return NONE;
}

static void hv_config_read(struct ctx *c)
{
	struct plan *p = c->plan;
	const struct tree_prop *w;

	c->hv_config = (uint16_t)find_kind(c, KIND_HV_CONFIG);
	if (c->hv_config == NONE) {
		diag_add(c, CHECK_HV_CONFIG, NONE, TREE_ROOT, NULL, NULL,
			 "no node below the root has compatible \"hv-config\"");
		return;
	}
	p->sysreset_on_stop = cfg_flag(c, c->hv_config, "sysreset-on-partition-stop");
	p->legacy_interrupts = cfg_flag(c, c->hv_config, "legacy-interrupts");
	if (p->legacy_interrupts && !plan_is_ppc(p)) {
		diag_add(c, CHECK_PROP_ARCH, NONE, c->hv_config, "legacy-interrupts", NULL,
			 "legacy-interrupts is about the MPIC and has no meaning on arm64");
		p->legacy_interrupts = false;
	}
	w = cfg_cells(c, c->hv_config, "watchdog-enable", 1, CHECK_HV_WATCHDOG, NONE);
	if (w && tree_cell(w, 0) > 63) {
		diag_add(c, CHECK_HV_WATCHDOG, NONE, c->hv_config, "watchdog-enable", NULL,
			 "the period is %u, it must be from 0 to 63; the watchdog stays off",
			 tree_cell(w, 0));
	} else if (w) {
		p->hv_wdog_period = tree_cell(w, 0) + 1;
	}
}

static const char *label_read(struct ctx *c, unsigned node)
{
	const char *label = tree_str(&c->cfg, node, "label");

	if (!label && tree_has(&c->cfg, node, "label")) {
		diag_add(c, CHECK_PROP_LENGTH, NONE, node, "label", NULL,
			 "label must be one string; the path is used instead");
	}
	return label ? label : ctx_path(c, node);
}

static void part_add(struct ctx *c, unsigned node)
{
	struct plan *p = c->plan;
	struct plan_part *part = &p->parts[p->part_count];

	if (p->part_count == MAX_PARTS) {
		diag_add(c, CHECK_PART_TOO_MANY, NONE, node, NULL, NULL,
			 "this is one partition too many: %u can run, this one is ignored",
			 MAX_PARTS);
		return;
	}
	part->name = label_read(c, node);
	part->path = ctx_path(c, node);
	part->node = (int)c->cfg.nodes[node].off;
	part->cfg_index = (uint16_t)node;
	part->is_valid = true;
	part->shutdown_virq = NONE;
	part->errq_handle = NONE;
	for (unsigned n = node; n != NONE; n = tree_walk(&c->cfg, node, n)) {
		c->part_of[n] = p->part_count;
	}
	for (unsigned i = 0; i < p->part_count; i++) {
		if (strcmp(p->parts[i].name, part->name) == 0) {
			diag_add(
			    c, CHECK_LABEL_TAKEN, NONE, node, "label", p->parts[i].path,
			    "the label \"%s\" is also that of %s: commands by name reach the first",
			    part->name, p->parts[i].path);
			break;
		}
	}
	p->part_count++;
}

enum err cfg_scan(struct ctx *c)
{
	struct plan *p = c->plan;
	unsigned parts;

	c->kind = arena_scratch_raw(c->arena, c->cfg.node_count * sizeof(*c->kind));
	if (!c->kind) {
		return ERR_SIZE;
	}
	for (unsigned i = 0; i < c->cfg.node_count; i++) {
		c->kind[i] = kind_of(tree_prop(&c->cfg, i, "compatible"));
		if (is_error_config(c->cfg.nodes[i].name)) {
			c->kind[i] |= KIND_ERROR_CONFIG;
		}
	}
	parts = cfg_count(c, KIND_PARTITION);
	parts = parts < MAX_PARTS ? parts : MAX_PARTS;
	p->parts = arena_keep(c->arena, (parts + 1) * sizeof(*p->parts));
	c->part_of = arena_scratch(c->arena, c->cfg.node_count * sizeof(*c->part_of));
	c->is_used = arena_scratch(c->arena, c->cfg.node_count);
	if (!p->parts || !c->part_of || !c->is_used) {
		return ERR_SIZE;
	}
	memset(c->part_of, 0xff, c->cfg.node_count * sizeof(*c->part_of));
	hv_config_read(c);
	for (unsigned i = 1; i < c->cfg.node_count; i++) {
		if (c->part_of[i] == NONE && cfg_is(c, i, KIND_PARTITION)) {
			part_add(c, i);
		}
	}
	if (p->part_count == 0) {
		diag_add(c, CHECK_PART_NONE, NONE, TREE_ROOT, NULL, NULL,
			 "no node has compatible \"partition\": nothing will run");
	}
	return OK;
}
