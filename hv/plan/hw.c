/* SPDX-License-Identifier: BSD-3-Clause */
/* Hardware tree: CPUs, memory and the facts about the board. */
/* pure */
#include <string.h>

#include "hv/plan/ctx.h"
#include "hv/plan/geom.h"

/* A CPU that the hypervisor numbers must be below this on ppc (PIR), as Topaz. */
#define PIR_END 24u

static uint64_t wide_u64(const struct tree_prop *p)
{
	return p->len >= 8 ? tree_cells(p, 0, 2) : p->len >= 4 ? tree_cell(p, 0) : 0;
}

static bool is_cpu(const struct tree *t, unsigned node)
{
	const char *type = tree_str(t, node, "device_type");

	return type && strcmp(type, "cpu") == 0;
}

static uint8_t cpu_start(const struct ctx *c, unsigned node, struct plan_cpu *cpu)
{
	const struct tree_prop *method = tree_prop(&c->hw, node, "enable-method");
	const struct tree_prop *release = tree_prop(&c->hw, node, "cpu-release-addr");
	const char *status = tree_str(&c->hw, node, "status");

	if (cpu->hw_id == c->in->boot_cpu) {
		cpu->is_boot = true;
		return PLAN_START_BOOT;
	}
	if (!plan_is_ppc(c->plan) && status && strncmp(status, "ok", 2) != 0) {
		return PLAN_START_NEVER;
	}
	if (tree_list_has(method, "psci")) {
		return PLAN_START_PSCI;
	}
	if (tree_list_has(method, "spin-table") && release && release->len >= 4) {
		cpu->release_addr = hpa(wide_u64(release));
		return PLAN_START_SPIN;
	}
	return PLAN_START_NEVER;
}

static void cpu_add(struct ctx *c, unsigned node, uint64_t id)
{
	struct plan *p = c->plan;
	struct plan_cpu *cpu = &p->cpus[p->cpu_count];

	if (p->cpu_count == MAX_CPUS || (plan_is_ppc(c->plan) && id >= PIR_END)) {
		diag_hw(c, CHECK_BOARD_NODE, NONE, node, "reg",
			"CPU 0x%llx is left alone: at most %u CPUs, ppc numbers below %u",
			(unsigned long long)id, MAX_CPUS, PIR_END);
		return;
	}
	cpu->path = tree_path(&c->hw, node, c->arena, "");
	cpu->hw_id = id;
	cpu->owner = OWNER_NOBODY;
	cpu->vcpu = NONE;
	cpu->node = (int)c->hw.nodes[node].off;
	c->cpu_node[p->cpu_count] = (uint16_t)node;
	cpu->start = cpu_start(c, node, cpu);
	p->cpu_count++;
}

/* ppc: each cell of `reg` is a hardware thread. arm64: `reg` is one MPIDR of one or two cells. */
static void cpu_node_scan(struct ctx *c, unsigned node)
{
	const struct tree_prop *reg = tree_prop(&c->hw, node, "reg");
	const struct tree_prop *timebase = tree_prop(&c->hw, node, "timebase-frequency");
	unsigned cells = reg ? reg->len / 4 : 0;

	if (cells == 0 || reg->len % 4 != 0) {
		diag_hw(c, CHECK_BOARD_NODE, NONE, node, "reg", "a CPU node without a proper reg");
		return;
	}
	if (timebase && c->plan->board.timebase_hz == 0) {
		c->plan->board.timebase_hz = wide_u64(timebase);
	}
	if (!plan_is_ppc(c->plan)) {
		cpu_add(c, node, tree_cells(reg, 0, cells > 1 ? 2 : 1));
		return;
	}
	for (unsigned i = 0; i < cells; i++) {
		cpu_add(c, node, tree_cell(reg, i));
	}
}

static enum err cpus_scan(struct ctx *c)
{
	unsigned top = tree_child(&c->hw, TREE_ROOT, "cpus");

	c->plan->cpus = arena_keep(c->arena, MAX_CPUS * sizeof(*c->plan->cpus));
	if (!c->plan->cpus) {
		return ERR_SIZE;
	}
	for (unsigned n = top; n != NONE; n = tree_walk(&c->hw, top, n)) {
		if (is_cpu(&c->hw, n)) {
			cpu_node_scan(c, n);
		}
	}
	if (c->plan->cpu_count == 0) {
		diag_hw(c, CHECK_BOARD_CPU, NONE, TREE_ROOT, NULL,
			"no node of device_type \"cpu\" with a reg below /cpus");
	}
	return OK;
}

/* Register blocks of one node appended to a list of ranges. */
static unsigned regs_append(struct ctx *c, unsigned node, struct range *list, unsigned n,
			    unsigned room)
{
	struct range r;
	enum err e;

	for (unsigned i = 0, count = tree_reg_count(&c->hw, node); n < room && i < count; i++) {
		e = tree_reg(&c->hw, node, i, &r);
		if (e == ERR_FORMAT) {
			diag_hw(c, CHECK_BOARD_NODE, NONE, node, "reg",
				"entry %u of reg is malformed", i);
		}
		if (e != OK) {
			return n;
		}
		list[n++] = r;
	}
	return n;
}

static bool is_memory(const struct tree *t, unsigned node)
{
	const char *type = tree_str(t, node, "device_type");

	return type && strcmp(type, "memory") == 0;
}

/* Entries that all `reg` properties below a node can have at most. */
static unsigned reg_bound(const struct tree *t, unsigned top)
{
	unsigned n = 0;

	for (unsigned i = top; i != NONE; i = tree_walk(t, top, i)) {
		const struct tree_prop *reg = tree_prop(t, i, "reg");

		n += reg ? reg->len / 8 : 0;
	}
	return n;
}

static enum err reserved_collect(struct ctx *c)
{
	unsigned top = tree_child(&c->hw, TREE_ROOT, "reserved-memory");
	unsigned room = c->hw.reserved_count + (top != NONE ? reg_bound(&c->hw, top) : 0), n = 0;

	c->resv = arena_scratch(c->arena, (room + 1) * sizeof(*c->resv));
	if (!c->resv) {
		return ERR_SIZE;
	}
	for (unsigned i = 0; i < c->hw.reserved_count; i++) {
		if (range_valid(c->hw.reserved[i])) {
			c->resv[n++] = c->hw.reserved[i];
		}
	}
	for (unsigned i = top; i != NONE; i = tree_walk(&c->hw, top, i)) {
		n = i == top ? n : regs_append(c, i, c->resv, n, room);
	}
	geom_sort(c->resv, n);
	c->resv_count = (uint16_t)geom_join(c->resv, n);
	return OK;
}

static enum err memory_scan(struct ctx *c)
{
	struct plan *p = c->plan;
	unsigned room = 0, n = 0;

	for (unsigned i = c->hw.nodes[0].child; i != NONE; i = c->hw.nodes[i].next) {
		room += is_memory(&c->hw, i) ? reg_bound(&c->hw, i) : 0;
	}
	p->ram = arena_keep(c->arena, (room + c->resv_count + 1) * sizeof(*p->ram));
	if (!p->ram) {
		return ERR_SIZE;
	}
	for (unsigned i = c->hw.nodes[0].child; i != NONE; i = c->hw.nodes[i].next) {
		n = is_memory(&c->hw, i) ? regs_append(c, i, p->ram, n, room) : n;
	}
	geom_sort(p->ram, n);
	n = geom_join(p->ram, n);
	if (n == 0) {
		diag_hw(c, CHECK_BOARD_MEMORY, NONE, TREE_ROOT, NULL,
			"no node of device_type \"memory\" with a reg below the root");
	}
	for (unsigned i = 0; i < c->resv_count; i++) {
		n = geom_cut(p->ram, n, c->resv[i]);
	}
	p->ram_count = (uint16_t)n;
	return OK;
}

static void board_facts(struct ctx *c)
{
	struct plan_board *b = &c->plan->board;
	const struct tree_prop *compat = tree_prop(&c->hw, TREE_ROOT, "compatible");
	unsigned psci = tree_child(&c->hw, TREE_ROOT, "psci");
	const char *method = psci != NONE ? tree_str(&c->hw, psci, "method") : NULL;

	b->model = tree_str(&c->hw, TREE_ROOT, "model");
	if (!b->model) {
		b->model = compat && compat->len && compat->val[compat->len - 1] == 0
			       ? (const char *)compat->val
			       : "unknown board";
	}
	b->addr_cells = (uint8_t)tree_addr_cells(&c->hw, TREE_ROOT);
	b->size_cells = (uint8_t)tree_size_cells(&c->hw, TREE_ROOT);
	if (b->addr_cells < 1 || b->addr_cells > 2 || b->size_cells < 1 || b->size_cells > 2) {
		diag_hw(c, CHECK_BOARD_NODE, NONE, TREE_ROOT, "#address-cells",
			"the root's address and size cells must be 1 or 2; 2 is used");
		b->addr_cells = b->size_cells = 2;
	}
	b->psci_smc = method && strcmp(method, "smc") == 0;
	b->irqc = NONE;
	b->console = NONE;
}

enum err hw_scan(struct ctx *c)
{
	enum err e;

	board_facts(c);
	e = cpus_scan(c);
	if (e == OK) {
		e = reserved_collect(c);
	}
	return e == OK ? memory_scan(c) : e;
}
