/* SPDX-License-Identifier: BSD-3-Clause */
/* The ITS driver against a model of an ITS that reads its tables and takes its commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/gic_its_cmd.h"
#include "drivers/gic_its_regs.h"
#include "drivers/gicv3.h"
#include "hv/msi_hw.h"
#include "tests/unit/its_fake.h"

static void check_lpis(void)
{
	uint64_t bits = field_get(GICR_PROPBASER_ID_BITS, its_fake.propbaser[1]) + 1;
	const uint8_t *config = (const void *)(its_fake.propbaser[1] & MASK(51, 12));

	assert_int_equal(bits, 14);
	assert_int_equal(its_fake.propbaser[1], its_fake.propbaser[3]);
	for (unsigned int i = 0; i < (1u << bits) - LPI_FIRST; i++) {
		assert_int_equal(config[i], i < FNS * COUNT ? 0xa1 : 0);
	}
	assert_true(its_fake.pendbaser[1] & GICR_PENDBASER_ZERO);
	assert_true((its_fake.pendbaser[1] & MASK(51, 16)) != (its_fake.pendbaser[3] & MASK(51, 16)));
	memset((void *)(its_fake.pendbaser[1] & MASK(51, 16)), 0, (size_t)1 << bits >> 3);
}

static void test_kinds(void **state)
{
	(void)state;
	for (unsigned int kind = 0; kind < 64; kind++) {
		its_fake_machine();
		its_fake.page = kind & 3;
		its_fake.can_indirect = kind & 4;
		its_fake.is_coherent = !(kind & 8);
		its_fake.lazy = kind & 16 ? 1 : 0;
		if (kind & 32) {
			its_fake.typer |= GITS_TYPER_PTA;
			its_fake.has_collections = false;
			its_fake.typer |= field_put(GITS_TYPER_HCC, CPUS);
			its_fake.entry = 16;
		}
		/* A high number: two levels where they exist. */
		its_fake_fns[2].msi_device = 0x1ff8;
		its_fake_use();
		assert_int_equal(!!(its_fake.baser[0] & GITS_BASER_INDIRECT), its_fake.can_indirect);
		assert_int_equal(its_fake.baser[1] & GITS_VALID, 0);
		assert_int_equal(its_fake.cleaned != 0, !its_fake.is_coherent);
		check_lpis();
	}
}

/* More commands than the queue holds, an ITS that is slow to take them, all of them in order. */
static void test_many(void **state)
{
	(void)state;
	its_fake_machine();
	its_fake.lazy = 1;
	its_fake_use();
	for (unsigned int round = 0; round < 50; round++) {
		unsigned int before = its_fake.commands;

		msi_hw->begin();
		for (unsigned int k = 0; k < 40 * COUNT; k++) {
			msi_hw->clear(8, FIRST + k % COUNT);
			msi_hw->move(8, FIRST + k % COUNT, (k + round) % 2 ? 1 : 3);
		}
		assert_int_equal(msi_hw->end(1 << 1 | 1 << 3), OK);
		assert_int_equal(its_fake.commands - before, 80 * COUNT + 2);
		assert_int_equal(its_fake.device[0].collection[FIRST], round % 2 ? 1 : 3);
		assert_int_equal(its_fake.device[0].clears[FIRST], 40 * (round + 1));
	}
}

/* A command that is refused costs only itself, and is reported. */
static void test_refused(void **state)
{
	static const uint32_t ops[] = { ITS_CLEAR, ITS_MOVI, ITS_MAPTI, ITS_SYNC };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(ops); i++) {
		unsigned int before;

		its_fake_machine();
		its_fake_use();
		before = its_fake.commands;
		its_fake.bad_op = ops[i];
		its_fake.bad_count = 1;
		msi_hw->begin();
		msi_hw->clear(8, FIRST);
		msi_hw->move(8, FIRST, 3);
		msi_hw->map(8, FIRST + 1, LPI_FIRST + 1, 3);
		msi_hw->clear(24, FIRST);
		assert_int_equal(msi_hw->end(1 << 1), ERR_STATE);
		assert_int_equal(its_fake.bad_count, 0);
		assert_int_equal(its_fake.retries, 1);
		assert_int_equal(its_fake.commands - before, 5);
		assert_int_equal(its_fake.device[0].clears[FIRST], ops[i] != ITS_CLEAR);
		assert_int_equal(its_fake.device[1].clears[FIRST], 1);
		assert_int_equal(its_fake.device[0].collection[FIRST + 1], ops[i] == ITS_MAPTI ? 1 : 3);
		msi_hw->begin();
		msi_hw->clear(24, FIRST);
		assert_int_equal(msi_hw->end(1 << 1), OK);
	}
}

/* One that has died holds nobody up for long, twice not at all, and may come back. */
static void test_dead(void **state)
{
	uint64_t before;

	(void)state;
	its_fake_machine();
	its_fake_use();
	its_fake.is_dead = true;
	before = its_fake_now;
	msi_hw->begin();
	for (unsigned int k = 0; k < 1000; k++) {
		msi_hw->clear(8, FIRST);
	}
	assert_int_equal(msi_hw->end(1 << 1), ERR_TIMEOUT);
	assert_true(its_fake_now - before < 25000);
	before = its_fake_now;
	msi_hw->begin();
	for (unsigned int k = 0; k < 1000; k++) {
		msi_hw->clear(8, FIRST);
	}
	assert_int_equal(msi_hw->end(1 << 1), ERR_TIMEOUT);
	assert_true(its_fake_now - before < 1000);
	its_fake.is_dead = false;
	msi_hw->begin();
	assert_int_equal(msi_hw->end(1 << 1), OK);
	msi_hw->begin();
	msi_hw->move(8, FIRST + 7, 3);
	assert_int_equal(msi_hw->end(1 << 1 | 1 << 3), OK);
	assert_int_equal(its_fake.device[0].collection[FIRST + 7], 3);
}

static void test_limits(void **state)
{
	(void)state;
	/* Without messages nothing is touched. */
	its_fake_machine();
	for (unsigned int i = 0; i < FNS; i++) {
		its_fake_fns[i].vectors = 0;
	}
	assert_int_equal(gic_its_init(&its_fake_plan), OK);
	assert_null(msi_hw);
	assert_int_equal(gic_its_cpu_init(1), OK);
	assert_int_equal(its_fake_blocks, 0);
	/* A partition that does not run needs none. */
	its_fake_machine();
	its_fake_parts[0].is_valid = false;
	assert_int_equal(gic_its_init(&its_fake_plan), OK);
	assert_null(msi_hw);
	its_fake_machine();
	its_fake_plan.board.its = NONE;
	assert_int_equal(gic_its_init(&its_fake_plan), OK);
	assert_null(msi_hw);
	/* More DeviceIDs, EventIDs or LPIs than there are. */
	its_fake_machine();
	its_fake_fns[2].msi_device = 0x10000;
	assert_int_equal(gic_its_init(&its_fake_plan), ERR_RANGE);
	its_fake_machine();
	its_fake_plan.board.lpi_end = 0x10001;
	assert_int_equal(gic_its_init(&its_fake_plan), ERR_UNSUPPORTED);
	its_fake_machine();
	its_fake.typer &= ~GITS_TYPER_PHYSICAL;
	assert_int_equal(gic_its_init(&its_fake_plan), ERR_UNSUPPORTED);
	assert_null(msi_hw);
	its_fake_machine();
	its_fake.typer = (its_fake.typer & ~GITS_TYPER_ID_BITS) | field_put(GITS_TYPER_ID_BITS, 5);
	assert_int_equal(gic_its_init(&its_fake_plan), OK);
	assert_int_equal(gic_its_cpu_init(1), OK);
	assert_int_equal(its_fake_map(&its_fake_fns[0]), ERR_RANGE);
	assert_int_equal(its_fake.device_count, 0);
	/* An earlier stage left LPIs on: taken back where that is possible. */
	its_fake_machine();
	its_fake.gicr_ctlr[1] = 1;
	its_fake_use();
	its_fake_machine();
	its_fake.gicr_ctlr[1] = 1;
	its_fake.lpis_stuck = true;
	assert_int_equal(gic_its_init(&its_fake_plan), OK);
	assert_int_equal(gic_its_cpu_init(1), ERR_STATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_dead),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
