/* SPDX-License-Identifier: BSD-3-Clause */
/* The ePAPR spin table of a partition: an emulated page through which its vcpus are released. */
/*
 * ePAPR 1.1 section 5.5.2; layout as Topaz: one page, an entry of 64 bytes for each vcpu. Stores
 * trap, so nobody polls: the store of the low address word with bit 0 clear starts the vcpu.
 */
#include "emul.h"

#include "hv/cpu.h"
#include "hv/part.h"
#include "hv/pool.h"

enum {
	ENTRY_SIZE = 64,
	WORD_ADDR_HIGH = 0,
	WORD_ADDR_LOW = 1,
	WORD_R3_HIGH = 2,
	WORD_R3_LOW = 3,
	WORD_PIR = 5,
	WORDS = 6,
};

struct spintable {
	uint32_t word[MAX_CPUS][WORDS];
	uint32_t starts; /* generation of the partition the words belong to */
};

static void reset(struct spintable *t, const struct part *p)
{
	for (unsigned int i = 0; i < p->plan->cpu_count; i++) {
		t->word[i][WORD_ADDR_HIGH] = 0;
		t->word[i][WORD_ADDR_LOW] = 1;
		t->word[i][WORD_R3_HIGH] = 0;
		t->word[i][WORD_R3_LOW] = i;
		t->word[i][4] = 0;
		t->word[i][WORD_PIR] = i;
	}
	t->starts = p->starts;
}

static void release(struct vcpu *v, const uint32_t *word, unsigned int target)
{
	uint64_t pc = (uint64_t)word[WORD_ADDR_HIGH] << 32 | word[WORD_ADDR_LOW];
	int status;

	/* A vcpu that is already on stays as it is; the guest's tables told it so. */
	(void)part_vcpu_on(v, target, pc, word[WORD_R3_LOW], &status);
}

static bool access(struct vcpu *v, void *dev, uint64_t offset, struct mmio *acc)
{
	struct spintable *t = dev;
	unsigned int target = (unsigned int)(offset / ENTRY_SIZE);
	unsigned int at = offset % ENTRY_SIZE / 4;

	if (target >= v->part->plan->cpu_count || acc->size != 4 || offset % 4 != 0) {
		return false;
	}
	if (t->starts != v->part->starts) {
		reset(t, v->part);
	}
	if (at >= WORDS) {
		acc->value = 0; /* reserved part of the entry: reads as zero, keeps nothing */
		return true;
	}
	if (!acc->is_write) {
		acc->value = t->word[target][at];
		return true;
	}
	t->word[target][at] = (uint32_t)acc->value;
	if (at == WORD_ADDR_LOW && (acc->value & 1) == 0 && target != v->index) {
		release(v, t->word[target], target);
	}
	return true;
}

/* The page of the guest tree's cpu-release-addr: above all memory, at least the last below 4 GiB. */
enum err spintable_init(struct part *p)
{
	struct spintable *t;
	struct vdev row;

	if (p->plan->cpu_count < 2) {
		return OK;
	}
	t = pool_alloc(sizeof(*t));
	if (t == NULL) {
		return ERR_FULL;
	}
	reset(t, p);
	row = (struct vdev){
		.at = { gpa_raw(p->plan->spin_table), PAGE_SIZE },
		.access = access,
		.dev = t,
		.name = "spin table",
		.exit_class = EXIT_MMIO,
	};
	return vdev_add(&p->vdevs, &row);
}
