/* SPDX-License-Identifier: BSD-3-Clause */
/* EL2 stage 1: identity map, write xor execute, RAM from the hardware tree, devices on request. */
/* boot CPU only, until sealed */
#include "hmem.h"

#include "arch/barrier.h"
#include "arch/sysreg.h"
#include "dtscan.h"
#include "frame.h"
#include "hv/arch.h"
#include "hv/panic.h"
#include "hv/plan/tree.h"
#include "main.h"
#include "pgtable.h"

#include <string.h>

/* Stage 1 descriptor bits of the EL2 regime (D8.3.2); AP[1] is RES1 there. */
enum {
	S1_NORMAL = 0 << 2, /* MAIR index 0: write-back */
	S1_DEVICE = 1 << 2, /* MAIR index 1: Device-nGnRE */
	S1_RW = 1 << 6,
	S1_RO = 3 << 6,
	S1_AP2 = 1 << 7,
	S1_INNER = 3 << 8,
	S1_AF = 1 << 10,
};
#define S1_XN BIT(54)
#define S1_MEM (S1_NORMAL | S1_INNER | S1_AF)
#define MAIR_VALUE 0x04ffu

enum {
	RAM_RANGES = 16,
	HOLES = 16,
};

uint64_t hmem_tables[HMEM_TABLES * 512] __attribute__((section(".noinit"), aligned(4096)));
uint64_t hmem_tables_end;
static struct pgt_pool pool;
static struct pgt hmem;
struct mmu_regs mmu_regs;

/*
 * RAM of the hardware tree, and until that is read only the place of the tree; the parts of it that
 * are mapped otherwise or not at all.
 */
static struct range ram[RAM_RANGES];
static unsigned int ram_count;
static struct range holes[HOLES];
static unsigned int hole_count;

unsigned int hmem_pa_bits(void)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48 };
	unsigned int range = sysreg_rd(id_aa64mmfr0_el1) & 15;

	return range < ARRAY_SIZE(bits) ? bits[range] : 48;
}

/* Errors before there is a console stop the CPU here, where a debugger finds it. */
static void map(uint64_t at, uint64_t end, uint64_t attrs)
{
	if (end > at && pgt_map(&hmem, at, at, end - at, attrs) != OK) {
		early_stop();
	}
}

static void hole_add(uint64_t base, uint64_t size)
{
	if (hole_count < HOLES && size != 0) {
		holes[hole_count++] = (struct range){ base, size };
	}
}

/* The arena and the pool are whole blocks (hv.lds.S); what is before them has pages. */
static void map_image(void)
{
	struct pgt_leaf leaf;

	map((uint64_t)_image_begin, (uint64_t)_text_end, S1_MEM | S1_RO);
	map((uint64_t)_text_end, (uint64_t)_rodata_end, S1_MEM | S1_RO | S1_XN);
	map((uint64_t)_rodata_end, (uint64_t)_image_end, S1_MEM | S1_RW | S1_XN);
	for (char *guard = stacks; guard < stacks_end; guard += STACK_GUARD + STACK_BYTES) {
		if (pgt_walk(&hmem, (uint64_t)guard, &leaf) != OK || leaf.size != STACK_GUARD) {
			early_stop();
		}
		*leaf.entry = 0;
	}
	hole_add((uint64_t)_image_begin, (uint64_t)(_image_end - _image_begin));
}

void hmem_early(uint64_t tree)
{
	unsigned int bits = hmem_pa_bits();
	unsigned int level = bits > 39 ? 0 : 1;
	struct pgt_geom geom = { .page_shift = 12, .index_bits = 9, .start_level = (uint8_t)level,
				 .block_levels = BIT(1) | BIT(2),
				 .root_bits = (uint8_t)(bits - (level == 0 ? 39 : 30)) };
	struct dtscan s;
	uint64_t size = dtscan_open(&s, (const void *)tree, DTSCAN_MAX);

	pool = (struct pgt_pool){ .tables = hmem_tables, .at = (uint64_t)hmem_tables,
				  .pages = HMEM_TABLES };
	if (pgt_init(&hmem, &geom, &pool) != OK) {
		early_stop();
	}
	map_image();
	if (size != 0) {
		uint64_t first = align_down(tree, PAGE_SIZE);

		size = align_up(tree + size, PAGE_SIZE) - first;
		map(first, first + size, S1_MEM | S1_RO | S1_XN);
		hole_add(first, size);
		ram[ram_count++] = (struct range){ first, size };
	}
	hmem_tables_end = pool.at + (uint64_t)pool.used * PAGE_SIZE;
	mmu_regs.ttbr = hmem.root_at;
	/* TCR_EL2 (D19.2.140): RES1, PS, inner shareable, write-back walks, T0SZ. */
	mmu_regs.tcr = BIT(31) | BIT(23) |
		       field_put(MASK(18, 16), bits == 48 ? 5 : sysreg_rd(id_aa64mmfr0_el1) & 15) |
		       field_put(MASK(13, 12), 3) | field_put(MASK(11, 8), 5) | (64 - bits);
	mmu_regs.mair = MAIR_VALUE;
	mmu_regs.sctlr = SCTLR_EL2_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I | SCTLR_WXN;
}

/* The pairs of address and size in the reg of a node below the root. */
static void ram_add(const struct tree *hw, unsigned int node, unsigned int ac, unsigned int sc)
{
	const struct tree_prop *p = tree_prop(hw, node, "reg");

	for (unsigned int i = 0; p && 4 * (i + ac + sc) <= p->len && ram_count < RAM_RANGES; i += ac + sc) {
		ram[ram_count++] = (struct range){ tree_cells(p, i, ac), tree_cells(p, i + ac, sc) };
	}
}

/* Collect /memory and the static no-map children of /reserved-memory. */
static void scan_memory(const struct tree *hw)
{
	unsigned int ac = tree_addr_cells(hw, TREE_ROOT), sc = tree_size_cells(hw, TREE_ROOT);
	unsigned int node = tree_child(hw, TREE_ROOT, "reserved-memory");

	if (ac - 1 > 1 || sc - 1 > 1) {
		return;
	}
	for (node = node != NONE ? hw->nodes[node].child : NONE; node != NONE; node = hw->nodes[node].next) {
		const struct tree_prop *p = tree_prop(hw, node, "reg");

		if (p && p->len >= 4 * (ac + sc) && tree_has(hw, node, "no-map")) {
			hole_add(tree_cells(p, 0, ac), tree_cells(p, ac, sc));
		}
	}
	for (node = hw->nodes[TREE_ROOT].child; node != NONE; node = hw->nodes[node].next) {
		if (tree_is_named(hw, node, "memory")) {
			ram_add(hw, node, ac, sc);
		}
	}
}

/* The end of r, cut at the first hole above at; skips the hole when at is inside one. */
static uint64_t piece_end(uint64_t *at, uint64_t end)
{
	for (bool moved = true; moved;) {
		moved = false;
		for (unsigned int i = 0; i < hole_count; i++) {
			if (range_has(holes[i], *at)) {
				*at = holes[i].base + holes[i].size;
				moved = true;
			}
		}
	}
	for (unsigned int i = 0; i < hole_count; i++) {
		if (holes[i].base > *at && holes[i].base < end) {
			end = holes[i].base;
		}
	}
	return end;
}

void arch_hmem_ram(const struct tree *hw)
{
	uint64_t limit = UINT64_C(1) << hmem_pa_bits();

	ram_count = 0;
	scan_memory(hw);
	for (unsigned int i = 0; i < ram_count; i++) {
		uint64_t at = align_up(ram[i].base, PAGE_SIZE);
		uint64_t end;

		if (!range_valid(ram[i]) || range_last(ram[i]) >= limit) {
			ram[i].size = 0;
			continue;
		}
		end = align_down(ram[i].base + ram[i].size, PAGE_SIZE);
		while (at < end) {
			uint64_t stop = align_down(piece_end(&at, end), PAGE_SIZE);

			map(at, stop, S1_MEM | S1_RW | S1_XN);
			at = at < stop ? align_up(stop, PAGE_SIZE) : at + PAGE_SIZE;
		}
	}
	dev_mb();
	isb();
}

void *arch_hmem(hpa_t at, uint64_t *size)
{
	uint64_t pa = hpa_raw(at);

	for (unsigned int i = 0; i < ram_count; i++) {
		uint64_t room = ram[i].size - (pa - ram[i].base);

		if (range_has(ram[i], pa)) {
			*size = *size < room ? *size : room;
			return (void *)pa;
		}
	}
	*size = 0;
	return NULL;
}

hpa_t arch_hmem_address(const void *p)
{
	return hpa((uint64_t)p);
}

volatile void *arch_hmem_device(hpa_t at, uint64_t size)
{
	uint64_t page = align_down(hpa_raw(at), PAGE_SIZE);
	uint64_t end = align_up(hpa_raw(at) + size, PAGE_SIZE);
	uint64_t attrs = S1_DEVICE | S1_AF | S1_RW | S1_XN;
	struct pgt_leaf leaf;

	/* Devices that share a page: mapped once is enough, if it was as a device. */
	while (page < end && pgt_walk(&hmem, page, &leaf) == OK) {
		if ((leaf.desc & MASK(4, 2)) != S1_DEVICE) {
			return NULL;
		}
		page += PAGE_SIZE;
	}
	if (page < end && pgt_map(&hmem, page, page, end - page, attrs) != OK) {
		return NULL;
	}
	dev_mb();
	isb();
	return (volatile void *)hpa_raw(at);
}

void arch_hmem_seal(const struct plan *plan, struct range arena)
{
	uint64_t at = arena.base;
	struct pgt_leaf leaf;

	(void)plan;
	/* The arena's leaves hold nothing else: a change of AP needs no break-before-make (D8.16.1). */
	for (; at < arena.base + arena.size; at += leaf.size) {
		ASSERT(pgt_walk(&hmem, at, &leaf) == OK && range_covers(arena, at, leaf.size));
		*leaf.entry |= S1_AP2;
	}
	dev_mb();
	__asm__ volatile("tlbi alle2is" ::: "memory");
	dev_mb();
	isb();
}

void arch_cache_sync(const void *p, uint64_t n)
{
	uint64_t line = 4ull << field_get(MASK(19, 16), sysreg_rd(ctr_el0));
	uint64_t end = (uint64_t)p + n;

	for (uint64_t at = align_down((uint64_t)p, line); at < end; at += line) {
		__asm__ volatile("dc civac, %0" ::"r"(at) : "memory");
	}
	dev_mb();
	__asm__ volatile("ic ialluis" ::: "memory");
	dev_mb();
	isb();
}
