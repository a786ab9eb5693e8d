/* SPDX-License-Identifier: BSD-3-Clause */
/* Pages of TLB0 in several processes, privileges and permissions: every access against a model. */
/*
 * boot CPU. More entries than a set of the hardware holds, so that shadows are pushed out and refilled
 * all the time. Each physical page holds its number; the model is the list of entries that were written.
 * Some entries name pages right behind the partition's memory, which belong to somebody else.
 */
#include "hostile.h"

enum { FRAMES = 32, FOREIGN = 8, EAS = 24, PIDS = 3, WAYS = 4, SETS = 3 };
#define PAGES_EA 0x70000000u
#define STRIDE 0x80000u /* the same set again */

static uint32_t frames[FRAMES][1024] __attribute__((aligned(4096)));

static struct entry {
	uint32_t ea, frame, perm, pid;
	bool is_valid;
} model[SETS][WAYS];

static bool is_foreign(const struct entry *e)
{
	return e->frame >= FRAMES;
}

static uint32_t address_of(const struct entry *e)
{
	return is_foreign(e) ? (uint32_t)ram_size + (e->frame - FRAMES) * 4096 :
			       (uint32_t)(uintptr_t)frames[e->frame];
}

static uint32_t ea_of(unsigned int n)
{
	return PAGES_EA + n / SETS * STRIDE + n % SETS * 4096;
}

/* tlbwe refuses what would match twice; so does the model. */
static bool entry_write(unsigned int set, unsigned int way, const struct entry *e)
{
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		const struct entry *other = &model[set][i];

		if (i != way && e->is_valid && other->is_valid && other->ea == e->ea &&
		    (other->pid == e->pid || other->pid == 0 || e->pid == 0)) {
			return false;
		}
	}
	spr_write(624, way << 16);
	spr_write(625, (e->is_valid ? 0x80000000u : 0) | e->pid << 16 | 2 << 7);
	spr_write(626, e->ea | 4);
	spr_write(627, address_of(e) | e->perm);
	spr_write(944, 0);
	__asm__ volatile("tlbwe" : : : "memory");
	model[set][way] = *e;
	return true;
}

static const struct entry *entry_find(uint32_t ea, uint32_t pid)
{
	unsigned int i, set = ea / 4096 % 128;

	for (i = 0; i < WAYS; i++) {
		const struct entry *e = &model[set][i];

		if (e->is_valid && e->ea == ea && (e->pid == 0 || e->pid == pid)) {
			return e;
		}
	}
	return NULL;
}

/* One load or store in one process and privilege; true when it ends as the model says. */
static bool access_check(struct rng *r, uint32_t ea, uint32_t pid)
{
	bool is_user = rng_below(r, 2), is_store = rng_below(r, 3) == 0;
	const struct entry *e = entry_find(ea, pid);
	uint32_t need = (is_store ? 8u : 2u) >> !is_user, value = rng_word(r), at = rng_below(r, 1023) * 4 + 4;
	uint32_t wanted = e == NULL ? 13 : !(e->perm & need) ? 2 : is_foreign(e) ? 1 : EXEC_DONE;
	struct exec x;

	spr_write(48, pid);
	if (is_store) {
		exec_regs(&x, 36u << 26 | 4u << 21 | 6u << 16, is_user, value, 0, ea + at);
	} else {
		exec_regs(&x, 32u << 26 | 4u << 21 | 6u << 16, is_user, 0, 0, ea);
	}
	spr_write(48, 0);
	if (x.vector != wanted || wanted == 1) {
		return x.vector == wanted;
	}
	if (wanted != EXEC_DONE) {
		return x.dear == ea + (is_store ? at : 0) && (x.esr & 0x00800000) == (is_store ? 0x00800000u : 0);
	}
	return is_store ? frames[e->frame][at / 4] == value : x.gpr[4] == e->frame;
}

/*
 * After an invalidation of everything no context finds a page of before, though the hardware still has
 * its shadow, also when the hypervisor has run out of process ids for it and begins anew.
 */
static void pages_forgotten(void)
{
	const uint32_t ea = PAGES_EA + SETS * 4096;
	uint32_t step, found = 0;
	struct exec x;

	spr_write(624, 0);
	spr_write(625, 0x80000000u | 2 << 7);
	spr_write(626, ea | 4);
	spr_write(627, (uint32_t)(uintptr_t)frames[1] | PERM_ALL);
	spr_write(944, 0);
	__asm__ volatile("tlbwe" : : : "memory");
	exec_regs(&x, 32u << 26 | 4u << 21 | 6u << 16, false, 0, 0, ea);
	TEST("page to forget", x.vector == EXEC_DONE && x.gpr[4] == 1, "vector %lu", (unsigned long)x.vector);
	for (step = 0; step < 600; step++) {
		spr_write(1012, 4);
		exec_regs(&x, 32u << 26 | 4u << 21 | 6u << 16, false, 0, 0, ea);
		found += x.vector != 13;
	}
	TEST("page forgotten", found == 0, "found %lu times", (unsigned long)found);
}

void pages_run(const char *arg, uint64_t steps, uint64_t seed)
{
	struct rng r = {seed};
	uint32_t step, wrong = 0, hits = 0;
	unsigned int i;

	(void)arg;
	irq_mask();
	spr_write(1012, 4);
	memset(model, 0, sizeof(model));
	for (i = 0; i < FRAMES; i++) {
		frames[i][0] = i;
	}
	pages_forgotten();
	for (step = 0; step < steps; step++) {
		unsigned int n = rng_below(&r, EAS);
		uint32_t pid = rng_below(&r, PIDS);

		progress("pages", seed, step);
		if (rng_below(&r, 4) == 0) {
			struct entry e = {ea_of(n), rng_below(&r, FRAMES + FOREIGN), rng_below(&r, 64), pid,
					  rng_below(&r, 8) != 0};

			entry_write(ea_of(n) / 4096 % 128, rng_below(&r, WAYS), &e);
		} else if (rng_below(&r, 200) == 0) {
			spr_write(1012, 4);
			memset(model, 0, sizeof(model));
		} else {
			hits += entry_find(ea_of(n), pid) != NULL;
			wrong += !access_check(&r, ea_of(n), pid);
		}
	}
	spr_write(1012, 4);
	irq_unmask();
	TEST("pages", wrong == 0, "%lu of %lu accesses", (unsigned long)wrong, (unsigned long)steps);
	TEST("pages are hit", hits > steps / 20, "only %lu", (unsigned long)hits);
}
