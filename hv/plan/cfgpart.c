/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout: what a partition node says about itself: CPUs, tree window, flags, policies. */
/* pure */
#include <string.h>

#include "hv/plan/ctx.h"
#include "hv/plan/geom.h"

/* A boolean property of a partition. */
struct flag {
	const char *name;
	uint32_t bit;
	bool is_ppc_only;
};

static const struct flag flags[] = {
    {"no-auto-start", PLAN_PART_NO_AUTO_START, false},
    {"privileged", PLAN_PART_PRIVILEGED, false},
    {"no-dma-disable", PLAN_PART_NO_DMA_DISABLE, false},
    {"defer-dma-disable", PLAN_PART_DEFER_DMA_DISABLE, false},
    {"mpic-direct-eoi", PLAN_PART_DIRECT_EOI, true},
    {"guest-cache-lock-disable", PLAN_PART_NO_CACHE_LOCK, true},
    {"guest-debug-disable", PLAN_PART_NO_DEBUG, false},
    {"direct-guest-tlb-management", PLAN_PART_DIRECT_TLB_MGMT, true},
    {"direct-guest-tlb-miss", PLAN_PART_DIRECT_TLB_MISS, true},
    {"relaxed-sprs", PLAN_PART_RELAXED_SPRS, true},
    {"virtual-mpic", PLAN_PART_MPIC, true},
};

static void flags_read(struct ctx *c, struct plan_part *part, unsigned index)
{
	for (unsigned i = 0; i < ARRAY_SIZE(flags); i++) {
		if (!cfg_flag(c, part->cfg_index, flags[i].name)) {
			continue;
		}
		if (flags[i].is_ppc_only && !plan_is_ppc(c->plan)) {
			diag_add(c, CHECK_PROP_ARCH, index, part->cfg_index, flags[i].name, NULL,
				 "%s has no meaning on arm64", flags[i].name);
			continue;
		}
		part->flags |= flags[i].bit;
	}
	if ((part->flags & PLAN_PART_NO_DMA_DISABLE) &&
	    (part->flags & PLAN_PART_DEFER_DMA_DISABLE)) {
		diag_add(
		    c, CHECK_DMA_FLAGS, index, part->cfg_index, "defer-dma-disable", NULL,
		    "no-dma-disable never disables DMA, so defer-dma-disable has nothing to defer");
		part->flags &= ~(uint32_t)PLAN_PART_DEFER_DMA_DISABLE;
	}
}

/* arm64: position among the cpu nodes; ppc: value of `reg` (PIR). */
static unsigned cpu_find(const struct ctx *c, uint32_t number)
{
	const struct plan *p = c->plan;

	if (!plan_is_ppc(c->plan)) {
		return number < p->cpu_count ? number : NONE;
	}
	for (unsigned i = 0; i < p->cpu_count; i++) {
		if (p->cpus[i].hw_id == number) {
			return i;
		}
	}
	return NONE;
}

static void cpu_give(struct ctx *c, struct plan_part *part, unsigned index, uint32_t number)
{
	unsigned i = cpu_find(c, number);
	struct plan_cpu *cpu;

	if (i == NONE) {
		diag_add(c, CHECK_CPU_UNKNOWN, index, part->cfg_index, "cpus", NULL,
			 "this board has no CPU %u; it has %u CPU%s", number, c->plan->cpu_count,
			 c->plan->cpu_count == 1 ? "" : "s");
		return;
	}
	cpu = &c->plan->cpus[i];
	if (cpu->owner != OWNER_NOBODY) {
		diag_add(c, CHECK_CPU_TAKEN, index, part->cfg_index, "cpus",
			 c->plan->parts[cpu->owner].path, "CPU %u is already given to %s", number,
			 ctx_part_name(c, cpu->owner));
		return;
	}
	if (cpu->start == PLAN_START_NEVER) {
		diag_add(c, CHECK_CPU_UNUSABLE, index, part->cfg_index, "cpus",
			 text_keep(c->arena, "hw:%s", cpu->path),
			 "CPU %u (%s) cannot be started: %s", number, cpu->path,
			 plan_right_CPU_UNUSABLE);
	}
	cpu->owner = (uint16_t)index;
	cpu->vcpu = part->cpu_count;
	part->cpus[part->cpu_count++] = (uint16_t)i;
}

static enum err cpus_read(struct ctx *c, struct plan_part *part, unsigned index)
{
	const struct tree_prop *p = tree_prop(&c->cfg, part->cfg_index, "cpus");

	part->cpus = arena_keep(c->arena, MAX_CPUS * sizeof(*part->cpus));
	if (!part->cpus) {
		return ERR_SIZE;
	}
	if (!p || p->len == 0 || p->len % 8 != 0) {
		diag_add(c, CHECK_CPUS_MALFORMED, index, part->cfg_index, p ? "cpus" : NULL, NULL,
			 "cpus %s: write pairs <first count>",
			 p ? "is not made of pairs" : "is missing");
		return OK;
	}
	for (unsigned i = 0; i < p->len / 4; i += 2) {
		uint32_t first = tree_cell(p, i), count = tree_cell(p, i + 1);

		if (count == 0 || count > MAX_CPUS) {
			diag_add(c, CHECK_CPUS_MALFORMED, index, part->cfg_index, "cpus", NULL,
				 "a range of %u CPUs from %u on: the count must be from 1 to %u",
				 count, first, MAX_CPUS);
			continue;
		}
		for (uint32_t k = 0; k < count; k++) {
			cpu_give(c, part, index, first + k);
		}
	}
	return OK;
}

/* arm64 without dtb-window: the last 2 MiB of the first memory area, or its last quarter if
 * smaller. */
static void window_default(struct ctx *c, struct plan_part *part, unsigned index)
{
	for (unsigned i = 0; i < c->gma_count; i++) {
		const struct gma *g = &c->gmas[i];
		uint64_t size, window;

		if (g->part != index || g->pma == NONE || g->is_dma_only) {
			continue;
		}
		size = c->plan->pmas[g->pma].size;
		window = size / 4 > MIB(2) ? MIB(2) : align_down(size / 4, PAGE_SIZE);
		part->dtb_window = (struct range){g->gpa + (size - window), window};
		return;
	}
}

static void window_read(struct ctx *c, struct plan_part *part, unsigned index)
{
	const struct plan_board *b = &c->plan->board;
	const struct tree_prop *p = tree_prop(&c->cfg, part->cfg_index, "dtb-window");

	if (!p && !plan_is_ppc(c->plan)) {
		window_default(c, part, index);
		return;
	}
	if (!p || p->len != 4u * (b->addr_cells + b->size_cells)) {
		diag_add(c, CHECK_DTB_WINDOW, index, part->cfg_index, p ? "dtb-window" : NULL, NULL,
			 "dtb-window %s: write <guest-addr(%u) size(%u)>",
			 p ? "has the wrong length" : "is missing", b->addr_cells, b->size_cells);
		return;
	}
	part->dtb_window.base = tree_cells(p, 0, b->addr_cells);
	part->dtb_window.size = tree_cells(p, b->addr_cells, b->size_cells);
	if (!range_valid(part->dtb_window) || part->dtb_window.base % 8 != 0) {
		diag_add(c, CHECK_DTB_WINDOW, index, part->cfg_index, "dtb-window", NULL,
			 "a window of 0x%llx bytes at 0x%llx is not possible: not empty, at a "
			 "multiple of 8",
			 (unsigned long long)part->dtb_window.size,
			 (unsigned long long)part->dtb_window.base);
		part->dtb_window.size = 0;
	}
}

static uint64_t init_map_cell(struct ctx *c, const struct plan_part *part, unsigned index,
			      const char *name, uint64_t dflt)
{
	const struct tree_prop *p;

	p = cfg_cells(c, part->cfg_index, name, 2, CHECK_INIT_MAP, index);
	if (p && !plan_is_ppc(c->plan)) {
		diag_add(c, CHECK_PROP_ARCH, index, part->cfg_index, name, NULL,
			 "%s has no meaning on arm64: a guest starts without address translation",
			 name);
		return dflt;
	}
	return p ? tree_cells(p, 0, 2) : dflt;
}

static void init_map_read(struct ctx *c, struct plan_part *part, unsigned index)
{
	uint64_t size = init_map_cell(c, part, index, "init-map-size", GIB(1));

	part->initmap_size = plan_is_ppc(c->plan) ? size : 0;
	part->initmap_gpa = init_map_cell(c, part, index, "init-map-paddr", 0);
	part->initmap_va = init_map_cell(c, part, index, "init-map-vaddr", 0);
	if (!is_pow2(size) || size < PAGE_SIZE || size > GIB(4)) {
		diag_add(c, CHECK_INIT_MAP, index, part->cfg_index, "init-map-size", NULL,
			 "init-map-size 0x%llx is not a power of two from 4 KiB to 4 GiB",
			 (unsigned long long)size);
		return;
	}
	if (!is_aligned(part->initmap_gpa, size) || !is_aligned(part->initmap_va, size)) {
		diag_add(c, CHECK_INIT_MAP, index, part->cfg_index,
			 is_aligned(part->initmap_gpa, size) ? "init-map-vaddr" : "init-map-paddr",
			 NULL,
			 "init-map-paddr 0x%llx and init-map-vaddr 0x%llx must be multiples of "
			 "init-map-size 0x%llx",
			 (unsigned long long)part->initmap_gpa,
			 (unsigned long long)part->initmap_va, (unsigned long long)size);
	}
}

static void watchdog_read(struct ctx *c, struct plan_part *part, unsigned index)
{
	static const char *const actions[] = {
	    [PLAN_WDOG_RESET] = "partition-reset",
	    [PLAN_WDOG_NOTIFY] = "manager-notify",
	    [PLAN_WDOG_STOP] = "partition-stop",
	};
	const char *name = tree_str(&c->cfg, part->cfg_index, "watchdog-timeout");
	const struct tree_prop *period;
	unsigned i = 0;

	while (name && i < ARRAY_SIZE(actions) && strcmp(actions[i], name) != 0) {
		i++;
	}
	if (tree_has(&c->cfg, part->cfg_index, "watchdog-timeout") &&
	    (!name || i == ARRAY_SIZE(actions))) {
		diag_add(c, CHECK_WDOG_ACTION, index, part->cfg_index, "watchdog-timeout", NULL,
			 "\"%s\" is not one of partition-reset, manager-notify, partition-stop: "
			 "partition-reset is used",
			 name ? name : "");
		i = PLAN_WDOG_RESET;
	}
	part->wdog_action = (uint8_t)i;
	period =
	    cfg_cells(c, part->cfg_index, "watchdog-autostart-period", 1, CHECK_WDOG_PERIOD, index);
	if (period && tree_cell(period, 0) > 63) {
		diag_add(c, CHECK_WDOG_PERIOD, index, part->cfg_index, "watchdog-autostart-period",
			 NULL, "the period is %u, it must be from 0 to 63; the watchdog stays off",
			 tree_cell(period, 0));
	} else if (period) {
		part->wdog_autostart = (uint8_t)(tree_cell(period, 0) + 1);
	}
}

static void irq_mode_read(struct ctx *c, struct plan_part *part, unsigned index)
{
	const char *mode = tree_str(&c->cfg, part->cfg_index, "interrupt-mode");

	part->irq_mode = PLAN_IRQ_AUTO;
	if (!tree_has(&c->cfg, part->cfg_index, "interrupt-mode")) {
		return;
	}
	if (plan_is_ppc(c->plan)) {
		diag_add(c, CHECK_PROP_ARCH, index, part->cfg_index, "interrupt-mode", NULL,
			 "interrupt-mode has no meaning on ppc");
	} else if (mode && strcmp(mode, "direct") == 0) {
		part->irq_mode = PLAN_IRQ_DIRECT;
	} else if (mode && strcmp(mode, "virtual") == 0) {
		part->irq_mode = PLAN_IRQ_VIRTUAL;
	} else {
		diag_add(c, CHECK_IRQ_MODE, index, part->cfg_index, "interrupt-mode", NULL,
			 "\"%s\" is neither \"direct\" nor \"virtual\"", mode ? mode : "");
	}
}

enum err cfgpart_scan(struct ctx *c)
{
	enum err e = OK;

	for (unsigned i = 0; i < c->plan->part_count && e == OK; i++) {
		struct plan_part *part = &c->plan->parts[i];

		e = cpus_read(c, part, i);
		flags_read(c, part, i);
		window_read(c, part, i);
		init_map_read(c, part, i);
		watchdog_read(c, part, i);
		irq_mode_read(c, part, i);
	}
	return e;
}
