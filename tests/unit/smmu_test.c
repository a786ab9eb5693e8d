/* SPDX-License-Identifier: BSD-3-Clause */
/* The SMMUv3 driver against a model: what devices reach, errors of the queues, and no answer at all. */
#include "smmu_model.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Streams 1 and 0x105 are given; the bus's own range is not, though it covers everything. */
static struct plan_stream streams[] = {
	{.id = 1, .count = 1, .iommu = 0, .owner = 0, .fn = NONE, .window = NONE},
	{.id = 0x105, .count = 2, .iommu = 0, .owner = 1, .fn = NONE, .window = NONE},
	{.id = 0, .count = 0x10000, .iommu = 0, .owner = OWNER_NOBODY, .fn = NONE, .window = NONE},
};
static struct plan_reg regs[] = {{.base = {0x9050000}, .size = 0x20000}};
static struct plan_dev devs[] = {
	{.path = "/smmu", .driver = PLAN_DRV_SMMUV3, .owner = OWNER_HV, .reg_count = 1}};
static const struct plan plan = {.devs = devs, .dev_count = 1, .regs = regs, .reg_count = 1,
				 .streams = streams, .stream_count = ARRAY_SIZE(streams)};

#define BIG GIB(4)
static const struct iommu_map maps[] = {
	{{0x40000000}, {0x50000000}, 0x02003000, IOMMU_W}, /* 2 MiB blocks and three pages */
	{{0x80000000}, {0x60001000}, 0x5000, 0},	   /* read only, by pages */
	{{0x8090000}, {0x8090000}, 0x1000, IOMMU_W | IOMMU_DEVICE},
	{{BIG}, {BIG}, GIB(2), IOMMU_W}, /* 1 GiB blocks */
};
static struct iommu_space space, other;

static const struct smmu_model_kind kinds[] = {
	{.s1 = true, .two_level = true, .sid_bits = 16, .oas = 4, .cmdq_bits = 19, .eventq_bits = 19},
	{.s1 = true, .sid_bits = 16, .oas = 4, .cmdq_bits = 4, .eventq_bits = 3, .has_gbpa = true},
	{.s2 = true, .two_level = true, .sid_bits = 16, .oas = 4, .cmdq_bits = 8, .eventq_bits = 5,
	 .has_gbpa = true, .has_ats = true, .was_on = true},
	{.s1 = true, .s2 = true, .sid_bits = 20, .oas = 2, .cmdq_bits = 2, .eventq_bits = 2},
};

static const struct iommu_ops *const ops = &iommu_smmuv3_ops;

static void start(const struct smmu_model_kind *kind)
{
	space = other = (struct iommu_space){.priv = NULL};
	assert_int_equal(model_start(kind, &plan), OK);
	assert_int_equal(ops->space_init(&model_iommu, &space, maps, ARRAY_SIZE(maps)), OK);
	assert_int_equal(ops->space_init(&model_iommu, &other, maps + 1, 1), OK);
}

/* What the maps say, by definition. */
static bool allowed(uint64_t at, bool is_write, uint64_t *out)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(maps); i++) {
		if (at - gpa_raw(maps[i].gpa) < maps[i].size) {
			*out = at - gpa_raw(maps[i].gpa) + hpa_raw(maps[i].hpa);
			return !is_write || (maps[i].flags & IOMMU_W);
		}
	}
	return false;
}

static bool reaches(uint32_t stream, uint64_t at)
{
	uint64_t out;

	return model_dma(stream, at, false, &out);
}

static void everything_is_blocked(void)
{
	static const uint32_t ids[] = {0, 1, 2, 63, 64, 0x104, 0x105, 0x106, 0x107, 0x1ff, 0xffff};

	for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++) {
		assert_false(reaches(ids[i], 0x40000000));
		assert_false(reaches(ids[i], 0));
	}
}

/* Each edge of each area from both sides, and bits above. */
static void edges(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(maps); i++) {
		uint64_t base = gpa_raw(maps[i].gpa), end = base + maps[i].size;
		const uint64_t at[] = {base - 1, base, base + 0x1fffff, base + 0x200000, end - 1, end,
				       base | UINT64_C(1) << 40, base | UINT64_C(1) << 63};

		for (unsigned int k = 0; k < 2 * ARRAY_SIZE(at); k++) {
			uint64_t want = 0, got = 0;
			bool is_write = k & 1;
			bool is_ok = allowed(at[k / 2], is_write, &want);

			assert_int_equal(model_dma(1, at[k / 2], is_write, &got), is_ok);
			assert_true(!is_ok || got == want);
			while (ops->poll(&model_iommu, 64)) {
			}
		}
	}
}

static void life(const struct smmu_model_kind *kind)
{
	start(kind);
	everything_is_blocked();
	assert_int_equal(ops->open(&model_iommu, 1, &space), OK);
	edges();
	assert_false(reaches(0x105, 0x40000000));
	assert_int_equal(ops->open(&model_iommu, 0x106, &other), OK);
	assert_true(reaches(0x106, 0x80000000));
	assert_false(reaches(0x106, 0x40000000));
	assert_false(reaches(0x105, 0x80000000));
	/* Cached entries and translations of one do not survive, those of the other do. */
	assert_int_equal(ops->block(&model_iommu, 1), OK);
	assert_int_equal(ops->flush(&model_iommu, &space), OK);
	assert_int_equal(model_tlb_count(), 1);
	assert_false(reaches(1, 0x40000000));
	assert_true(reaches(0x106, 0x80000000));
	assert_int_equal(ops->open(&model_iommu, 1, &space), OK);
	edges();
	assert_int_equal(ops->open(&model_iommu, 0xffff, &space), ERR_NONE);
}

/* The pool cannot be emptied: every test that starts a driver runs in a process of its own. */
static void apart(void (*fn)(const struct smmu_model_kind *kind), const struct smmu_model_kind *kind)
{
	int status = 1;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		fn(kind);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Each kind with the CPUs' caches in sight, and without. */
static void for_each(void (*fn)(const struct smmu_model_kind *kind))
{
	for (unsigned int i = 0; i < 2 * ARRAY_SIZE(kinds); i++) {
		struct smmu_model_kind kind = kinds[i / 2];

		kind.is_apart = i & 1;
		apart(fn, &kind);
	}
}

static void test_life(void **state)
{
	(void)state;
	for_each(life);
}

/* ---- reports ------------------------------------------------------------------------------ */

static void reasons(const struct smmu_model_kind *kind)
{
	static const struct {
		uint32_t stream;
		uint64_t at;
		uint8_t reason;
	} rows[] = {
		{1, 0x723456780, IOMMU_UNMAPPED}, {1, 0x80000010, IOMMU_READONLY},
		{0x105, 0x40000000, IOMMU_BLOCKED}, {0x8000, 0x40000000, IOMMU_UNKNOWN},
	};
	uint64_t out;

	start(kind);
	assert_int_equal(ops->open(&model_iommu, 1, &space), OK);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct iommu_fault *f = &model_faults[0];

		model_fault_count = 0;
		assert_false(model_dma(rows[i].stream, rows[i].at, true, &out));
		assert_false(ops->poll(&model_iommu, 8));
		assert_int_equal(model_fault_count, 1);
		assert_int_equal(f->stream, rows[i].stream);
		assert_int_equal(f->reason, rows[i].reason);
		assert_int_equal(f->has_addr, rows[i].reason <= IOMMU_READONLY);
		assert_true(!f->has_addr || (gpa_raw(f->at) == rows[i].at && f->is_write));
	}
	assert_int_equal(model_iommu.events, ARRAY_SIZE(rows));
}

static void overflow(const struct smmu_model_kind *kind)
{
	unsigned int room = kind->eventq_bits < 12 ? 1u << kind->eventq_bits : 4096;

	start(kind);
	for (unsigned int turn = 1; turn < 4; turn++) {
		model_fault_count = 0;
		for (unsigned int i = 0; i < room + 7; i++) {
			assert_false(reaches(1, i));
		}
		/* In batches; then room again. */
		assert_int_equal(ops->poll(&model_iommu, room - 1), true);
		assert_int_equal(model_fault_count, room - 1);
		assert_int_equal(ops->poll(&model_iommu, room), false);
		assert_int_equal(model_fault_count, room);
		assert_int_equal(model_iommu.overflows, turn);
		assert_false(reaches(1, 0));
		assert_false(ops->poll(&model_iommu, 1));
		assert_int_equal(model_fault_count, room + 1);
		assert_int_equal(model_iommu.overflows, turn);
	}
}

static void test_reports(void **state)
{
	(void)state;
	for_each(reasons);
	for_each(overflow);
}

/* ---- errors ------------------------------------------------------------------------------- */

/* A refused command is replaced, and what was to be done is done again. */
static void repair(const struct smmu_model_kind *kind)
{
	start(kind);
	assert_int_equal(ops->open(&model_iommu, 1, &space), OK);
	assert_true(reaches(1, 0x40000000));
	model.refuse = 1;
	assert_int_equal(ops->block(&model_iommu, 1), OK);
	model.refuse = 2;
	assert_int_equal(ops->flush(&model_iommu, &space), OK);
	assert_int_equal(model_iommu.repairs, 3);
	assert_int_equal(model.refused, 3);
	assert_int_equal(model_tlb_count(), 0);
	assert_false(reaches(1, 0x40000000));
	/* Not for ever. */
	model.refuse = 100;
	assert_int_equal(ops->open(&model_iommu, 1, &space), ERR_FORMAT);
	assert_int_equal(ops->flush(&model_iommu, &space), ERR_FORMAT);
	model.refuse = 0;
	assert_int_equal(ops->open(&model_iommu, 1, &space), OK);
	assert_true(reaches(1, 0x40000000));
	assert_int_equal(ops->check(&model_iommu), OK);
	assert_true(reaches(1, 0x40000000));
	/* The queue wraps many times. */
	for (unsigned int i = 0; i < 2000; i++) {
		model.refuse = i % 5 == 0;
		assert_int_equal(ops->flush(&model_iommu, &space), OK);
	}
}

static void silence(const struct smmu_model_kind *kind)
{
	start(kind);
	assert_int_equal(ops->open(&model_iommu, 1, &space), OK);
	model.is_deaf = true;
	assert_int_equal(ops->block(&model_iommu, 1), ERR_TIMEOUT);
	assert_int_equal(ops->flush(&model_iommu, &space), ERR_TIMEOUT);
	assert_int_equal(ops->flush(&model_iommu, &space), ERR_TIMEOUT);
	/* It goes on where it stood. */
	model_wake();
	assert_int_equal(ops->block(&model_iommu, 1), OK);
	assert_int_equal(ops->flush(&model_iommu, &space), OK);
	assert_false(reaches(1, 0x40000000));
}

static void test_errors(void **state)
{
	(void)state;
	for_each(repair);
	for_each(silence);
}

/* ---- what does not fit -------------------------------------------------------------------- */

static void no_reach(const struct smmu_model_kind *kind)
{
	unsigned int oas = kind->oas == 2 ? 40 : 44;
	struct iommu_map m = {{0}, {UINT64_C(1) << oas}, 0x1000, IOMMU_W};
	struct iommu_space s = {.priv = NULL};

	start(kind);
	assert_int_equal(ops->space_init(&model_iommu, &s, &m, 1), ERR_RANGE);
	m.hpa = hpa((UINT64_C(1) << oas) - 0x1000);
	assert_int_equal(ops->space_init(&model_iommu, &s, &m, 1), OK);
	m.gpa = gpa(UINT64_C(1) << 48);
	assert_int_equal(ops->space_init(&model_iommu, &s, &m, 1), ERR_RANGE);
	m.gpa = gpa(0x800);
	assert_int_equal(ops->space_init(&model_iommu, &s, &m, 1), ERR_RANGE);
}

static void no_memory(const struct smmu_model_kind *kind)
{
	/* By pages, and more of them than the pool has tables for. */
	struct iommu_map m = {{0}, {0x1000}, GIB(8), IOMMU_W};
	struct iommu_space s = {.priv = NULL};

	start(kind);
	assert_int_equal(ops->space_init(&model_iommu, &s, &m, 1), ERR_SIZE);
	/* Only that one is without tables. */
	assert_int_equal(ops->open(&model_iommu, 1, &space), OK);
	assert_true(reaches(1, 0x40000000));
}

static void no_answer(const struct smmu_model_kind *kind)
{
	struct smmu_model_kind k = *kind;

	assert_int_equal(model_start(&k, &plan), OK);
	k.s1 = k.s2 = false;
	assert_int_equal(model_start(&k, &plan), ERR_UNSUPPORTED);
	assert_null(model_iommu.priv);
	k = *kind;
	k.oas = 7;
	assert_int_equal(model_start(&k, &plan), ERR_UNSUPPORTED);
}

static void test_limits(void **state)
{
	(void)state;
	for_each(no_reach);
	for_each(no_memory);
	for_each(no_answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
