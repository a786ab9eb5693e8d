/* SPDX-License-Identifier: BSD-3-Clause */
/* Broken input: every bit of a layout and of a board flipped, every length cut, every arena size.
 * The outcome is a finding or a plan that an independent look at it accepts; never a crash.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan_kit.h"

/* Under qemu-user and big-endian only every n-th case runs. */
#if defined(__powerpc__)
#define STEP 13
#else
#define STEP 1
#endif

static uint8_t arena_memory[KIT_ARENA] __attribute__((aligned(16)));
static uint8_t scratch[1 << 17] __attribute__((aligned(16)));

static struct plan *plan_of(const void *hw, size_t hw_size, const void *cfg, size_t cfg_size)
{
	struct arena a = {.base = arena_memory, .size = sizeof(arena_memory)};
	struct plan_input in = {
	    .arch = PLAN_ARM64, .hw = hw, .hw_size = hw_size, .cfg = cfg, .cfg_size = cfg_size};

	return plan_build(&in, &a);
}

static bool meet(uint64_t a, uint64_t an, uint64_t b, uint64_t bn)
{
	return a < b ? b - a < an : a - b < bn;
}

static bool runs(const struct plan *p, unsigned i)
{
	return !p->is_fatal && p->parts[i].is_valid;
}

static void memory_is_disjoint(const struct plan *p, unsigned a, unsigned b)
{
	for (unsigned i = 0; i < p->parts[a].mem_count; i++)
		for (unsigned k = 0; k < p->parts[b].mem_count; k++) {
			const struct plan_mem *x = &p->parts[a].mems[i], *y = &p->parts[b].mems[k];

			if ((x->flags & y->flags & PLAN_MEM_SHARED) &&
			    hpa_raw(x->hpa) == hpa_raw(y->hpa))
				continue;
			assert_false(meet(hpa_raw(x->hpa), x->size, hpa_raw(y->hpa), y->size));
		}
}

/* Memory of a partition is RAM of the board, and never the hypervisor's. */
static void memory_is_ram(const struct plan *p, const struct plan_part *part)
{
	for (unsigned i = 0; i < part->mem_count; i++) {
		const struct plan_mem *m = &part->mems[i];
		bool found = (m->flags & PLAN_MEM_DEVICE) != 0;

		assert_true(m->size != 0 && m->size % PAGE_SIZE == 0);
		assert_true(i == 0 || gpa_raw(m->gpa) - gpa_raw(m[-1].gpa) >= m[-1].size);
		for (unsigned k = 0; k < p->ram_count; k++)
			found =
			    found || (hpa_raw(m->hpa) >= p->ram[k].base &&
				      hpa_raw(m->hpa) - p->ram[k].base <= p->ram[k].size - m->size);
		assert_true(found);
		for (unsigned k = 0; k < p->hvmem_count; k++)
			assert_false(
			    meet(hpa_raw(m->hpa), m->size, p->hvmem[k].base, p->hvmem[k].size));
	}
}

static void numbers_are_sound(const struct plan *p, const struct plan_part *part)
{
	for (unsigned i = 0; i < part->virq_count; i++) {
		assert_true(part->virqs[i].g_irq >= 32 && part->virqs[i].g_irq < part->gic.spi_end);
		for (unsigned k = 0; k < i; k++)
			assert_int_not_equal(part->virqs[i].g_irq, part->virqs[k].g_irq);
		for (unsigned k = 0; k < p->irq_count; k++)
			if (part->virqs[i].carrier)
				assert_int_not_equal(part->virqs[i].carrier, p->irqs[k].irq);
	}
	for (unsigned i = 0; i < p->irq_count; i++)
		for (unsigned k = 0; k < i; k++)
			if (p->irqs[i].irq == p->irqs[k].irq && p->irqs[i].irq != PLAN_IRQ_NONE &&
			    p->irqs[i].irq >= 32 && p->irqs[i].owner < p->part_count &&
			    p->irqs[k].owner < p->part_count && runs(p, p->irqs[i].owner) &&
			    runs(p, p->irqs[k].owner))
				assert_int_equal(p->irqs[i].owner, p->irqs[k].owner);
}

static void guest_tree_is_sound(const struct plan_part *part)
{
	struct arena a = {.base = scratch, .size = sizeof(scratch)};
	struct tree t;

	assert_non_null(part->gtree);
	assert_true(part->gtree_size <= part->dtb_window.size);
	assert_int_equal(tree_index(&t, part->gtree, part->gtree_size, &a), OK);
	assert_int_not_equal(tree_by_path(&t, "/hypervisor/handles", 19), NONE);
	assert_int_not_equal(tree_by_path(&t, "/cpus/cpu@0", 11), NONE);
}

/* What a plan must never say, looked at without the planner's own helpers. */
static void oracle(const struct plan *p)
{
	assert_non_null(p);
	assert_true(p->is_fatal || p->part_count == 0 || p->cpu_count != 0);
	for (unsigned i = 0; i < p->part_count; i++) {
		const struct plan_part *part = &p->parts[i];

		if (!runs(p, i)) {
			assert_true(p->diag_count != 0);
			continue;
		}
		assert_true(part->cpu_count != 0);
		for (unsigned v = 0; v < part->cpu_count; v++) {
			assert_true(part->cpus[v] < p->cpu_count);
			assert_int_equal(p->cpus[part->cpus[v]].owner, i);
			assert_int_equal(p->cpus[part->cpus[v]].vcpu, v);
		}
		memory_is_ram(p, part);
		numbers_are_sound(p, part);
		guest_tree_is_sound(part);
		for (unsigned k = 0; k < i; k++)
			if (runs(p, k))
				memory_is_disjoint(p, i, k);
	}
	for (unsigned i = 0; i < p->chan_count; i++)
		for (unsigned e = 0; e < 2; e++)
			if (p->chans[i].end[e].kind == PLAN_END_PART)
				assert_true(p->chans[i].end[e].index < p->part_count);
}

static void the_pair_itself(void **state)
{
	size_t hw_size, cfg_size;
	void *hw = kit_board(3, &hw_size), *cfg = kit_pair(&cfg_size);
	struct plan *p = plan_of(hw, hw_size, cfg, cfg_size);

	(void)state;
	oracle(p);
	for (unsigned i = 0; i < p->diag_count; i++)
		if (p->diags[i].severity != DIAG_WARNING)
			fprintf(stderr, "%s: %s\n", p->diags[i].path, p->diags[i].text);
	assert_false(p->is_fatal);
	assert_int_equal(p->part_count, 2);
	assert_true(p->parts[0].is_valid && p->parts[1].is_valid);
	free(hw);
	free(cfg);
}

static void flips(uint8_t *blob, size_t size, const void *hw, size_t hw_size, const void *cfg,
		  size_t cfg_size)
{
	for (size_t bit = 0; bit < size * 8; bit += STEP) {
		blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
		oracle(plan_of(hw, hw_size, cfg, cfg_size));
		blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void layout_bit_flips(void **state)
{
	size_t hw_size, cfg_size;
	void *hw = kit_board(3, &hw_size), *cfg = kit_pair(&cfg_size);

	(void)state;
	flips(cfg, cfg_size, hw, hw_size, cfg, cfg_size);
	free(hw);
	free(cfg);
}

static void board_bit_flips(void **state)
{
	size_t hw_size, cfg_size;
	void *hw = kit_board(2, &hw_size), *cfg = kit_pair(&cfg_size);

	(void)state;
	flips(hw, hw_size, hw, hw_size, cfg, cfg_size);
	free(hw);
	free(cfg);
}

static void truncations(void **state)
{
	size_t hw_size, cfg_size;
	void *hw = kit_board(3, &hw_size), *cfg = kit_pair(&cfg_size);

	(void)state;
	for (size_t n = 0; n < cfg_size; n += STEP) {
		void *cut = malloc(n ? n : 1);
		struct plan *p;

		memcpy(cut, cfg, n);
		p = plan_of(hw, hw_size, cut, n);
		oracle(p);
		assert_true(p->is_fatal);
		assert_int_equal(kit_count(p, CHECK_CFG_TREE), 1);
		assert_int_not_equal(p->board.console, NONE);
		free(cut);
	}
	for (size_t n = 0; n < hw_size; n += STEP) {
		void *cut = malloc(n ? n : 1);
		struct plan *p;

		memcpy(cut, hw, n);
		p = plan_of(cut, n, cfg, cfg_size);
		oracle(p);
		assert_int_equal(kit_count(p, CHECK_HW_TREE), 1);
		free(cut);
	}
	free(hw);
	free(cfg);
}

/* Too little memory for plans: no plan, or a whole one; and the arena's size is as before. */
static void arena_sizes(void **state)
{
	size_t hw_size, cfg_size, enough = 0;
	void *hw = kit_board(3, &hw_size), *cfg = kit_pair(&cfg_size);

	(void)state;
	for (size_t size = 0; size < 200000; size += 40 * STEP) {
		uint8_t *memory = malloc(size ? size : 1);
		struct arena a = {.base = memory, .size = size};
		struct plan_input in = {.arch = PLAN_ARM64,
					.hw = hw,
					.hw_size = hw_size,
					.cfg = cfg,
					.cfg_size = cfg_size};
		struct plan *p = plan_build(&in, &a);

		assert_int_equal(a.size, size);
		if (p) {
			oracle(p);
			enough = enough ? enough : size;
		}
		free(memory);
	}
	assert_true(enough != 0);
	free(hw);
	free(cfg);
}

static void sealing(void **state)
{
	size_t hw_size, cfg_size;
	struct kit k;
	void *hw = kit_board(3, &hw_size), *cfg = kit_pair(&cfg_size);
	struct plan *p = kit_plan(&k, hw, hw_size, cfg, cfg_size);

	(void)state;
	plan_seal(p, &k.arena);
	assert_int_equal(plan_sum(p, &k.arena), p->checksum);
	for (size_t at = 0; at + 4 <= k.arena.used; at += 97) {
		k.arena.base[at] ^= 0x10;
		if (k.arena.base + at < (uint8_t *)&p->checksum ||
		    k.arena.base + at >= (uint8_t *)&p->checksum + 4)
			assert_int_not_equal(plan_sum(p, &k.arena), p->checksum);
		k.arena.base[at] ^= 0x10;
	}
	kit_free(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_pair_itself), cmocka_unit_test(layout_bit_flips),
	    cmocka_unit_test(board_bit_flips), cmocka_unit_test(truncations),
	    cmocka_unit_test(arena_sizes),     cmocka_unit_test(sealing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
