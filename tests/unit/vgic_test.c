/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtual GIC at work: states of lines, routes, SGIs; nothing lost or invented. */
#include "tests/unit/vgic_fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

/* ---- routes ---- */

static void test_router(void **state)
{
	uint64_t x;

	(void)state;
	fake_start(3, 3, false);
	fake_wr(0, V3_ON);
	fake_wr(ISENABLER + word_of(LINE_BLK), bit_of(LINE_BLK));
	fake_wr(IROUTER + 8 * LINE_BLK, 2);
	assert_int_equal(fake.route[LINE_BLK], 3);
	fake_fire(LINE_BLK);
	assert_int_equal(fake_ack(2), LINE_BLK);
	fake_eoi(2, LINE_BLK);
	/* a CPU that is not there: kept, delivered to nobody, found again when routed back */
	x = UINT64_C(0x100000005);
	assert_true(fake_access(false, IROUTER + 8 * LINE_BLK, 8, true, &x));
	assert_true(fake_access(false, IROUTER + 8 * LINE_BLK, 8, false, &x));
	assert_int_equal(x, 5);
	fake_fire(LINE_BLK);
	assert_int_equal(fake.bank[GIC_ENABLE][0][LINE_BLK / 32] & bit_of(LINE_BLK), 0);
	fake_wr(IROUTER + 8 * LINE_BLK, 1);
	assert_int_equal(fake_ack(1), LINE_BLK);
	fake_eoi(1, LINE_BLK);
	/* neither any-CPU routing nor higher affinities exist */
	fake_wr(IROUTER + 8 * LINE_BLK, 0x80000000);
	assert_int_equal(fake_rd(IROUTER + 8 * LINE_BLK), 0);
	assert_int_equal(fake.route[LINE_BLK], 1);
	fake_wr(IROUTER + 8 * LINE_BLK, 0x00010000);
	assert_int_equal(fake_rd(IROUTER + 8 * LINE_BLK), 0xffff);
	/* not its line */
	fake_wr(IROUTER + 8 * (LINE_UART + 1), 2);
	assert_int_equal(fake_rd(IROUTER + 8 * (LINE_UART + 1)), 0);
	fake_check();
}

/* Nobody waits for the lock with something in list registers: its holder may be waiting for that. */
static void test_contended(void **state)
{
	(void)state;
	for (unsigned int version = 2; version <= 3; version++) {
		fake_start_on(version, 3);
		fake_enable(LINE_BLK);
		fake_enable(LINE_BELL);
		fake_fire(LINE_BLK);
		vic_raise(&fake_part, LINE_BELL);
		fake_settle();
		assert_int_equal(fake_ack(0), LINE_BLK);
		fake_is_contended = true;
		fake_enable(LINE_NET);
		fake_wr(ICENABLER + word_of(LINE_NET), bit_of(LINE_NET));
		fake_wr(ICFGR + LINE_NET / 16 * 4, 2u << LINE_NET % 16 * 2);
		fake_wr(version == 2 ? ITARGETSR + LINE_NET / 4 * 4 : IROUTER + 8 * LINE_NET, 1);
		fake_wr(0, 0);
		fake_wr(0, version == 2 ? V2_ON : V3_ON);
		fake_settle();
		fake_is_contended = false;
		fake_eoi(0, LINE_BLK);
		assert_int_equal(fake_ack(0), LINE_BELL);
		fake_eoi(0, LINE_BELL);
		fake_check();
	}
}

static void test_targets(void **state)
{
	(void)state;
	fake_start(2, 3, false);
	fake_run_on(1);
	assert_int_equal(fake_rd(ITARGETSR), 0x02020202);
	fake_wr(0, V2_ON);
	fake_wr(ISENABLER + word_of(LINE_NET), bit_of(LINE_NET));
	vic_raise(&fake_part, LINE_BELL);
	fake_wr(ISENABLER + word_of(LINE_BELL), bit_of(LINE_BELL));
	fake_settle();
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_wr(ITARGETSR + LINE_BELL, 0xff00000c);
	assert_int_equal(fake_rd(ITARGETSR + LINE_BELL), 0x04);
	assert_int_equal(fake_ack(2), LINE_BELL);
	fake_eoi(2, LINE_BELL);
	fake_wr(ITARGETSR + LINE_NET, 0x06);
	assert_int_equal(fake.route[LINE_NET], 2);
	fake_fire(LINE_NET);
	assert_int_equal(fake_ack(1), LINE_NET);
	fake_eoi(1, LINE_NET);
	fake_start(2, 1, false);
	assert_int_equal(fake_rd(ITARGETSR), 0x01010101);
	fake_wr(ITARGETSR + LINE_NET, 3);
	assert_int_equal(fake_rd(ITARGETSR + LINE_NET), 1);
	fake_wr(0, V2_ON);
	fake_wr(ISENABLER + word_of(LINE_NET), bit_of(LINE_NET));
	fake_fire(LINE_NET);
	assert_int_equal(fake_ack(0), LINE_NET);
	fake_check();
}

/* ---- states of a line ---- */

static bool reads(uint64_t reg, uint32_t irq)
{
	return fake_rd(reg + word_of(irq)) & bit_of(irq);
}

/* A physical line through inactive, pending, active, active and pending, and back. */
static void walk_physical(unsigned int version)
{
	fake_start_on(version, 2);
	fake_fire(LINE_UART);
	assert_true(reads(ISPENDR, LINE_UART));
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_enable(LINE_UART);
	assert_true(reads(ISPENDR, LINE_UART));
	assert_false(reads(ISACTIVER, LINE_UART));
	/* the other vCPU sees the same while the line is in this one's list register */
	fake_run_on(1);
	assert_true(reads(ISPENDR, LINE_UART));
	assert_false(reads(ISACTIVER, LINE_UART));
	fake_run_on(0);
	assert_int_equal(fake_ack(0), LINE_UART);
	assert_false(reads(ISPENDR, LINE_UART));
	assert_true(reads(ISACTIVER, LINE_UART));
	fake_run_on(1);
	assert_true(reads(ISACTIVER, LINE_UART));
	assert_false(reads(ISPENDR, LINE_UART));
	fake_run_on(0);
	fake_fire(LINE_UART);
	assert_true(reads(ISPENDR, LINE_UART));
	assert_true(reads(ISACTIVER, LINE_UART));
	fake_eoi(0, LINE_UART);
	assert_false(reads(ISACTIVER, LINE_UART));
	assert_int_equal(fake_ack(0), LINE_UART);
	fake_eoi(0, LINE_UART);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_int_equal(fake.bank[GIC_ACTIVE][0][1], 0);
	fake_check();
}

/* Disabling a line takes it back from the list register; clearing pending forgets it for good. */
static void walk_withdrawn(unsigned int version)
{
	fake_start_on(version, 2);
	fake_enable(LINE_UART);
	fake_enable(LINE_BELL);
	fake_fire(LINE_UART);
	vic_raise(&fake_part, LINE_BELL);
	fake_settle();
	fake_run_on(1); /* from the other vCPU */
	fake_wr(ICENABLER + word_of(LINE_UART), bit_of(LINE_UART));
	fake_wr(ICENABLER + word_of(LINE_BELL), bit_of(LINE_BELL));
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_true(reads(ISPENDR, LINE_UART));
	assert_true(reads(ISPENDR, LINE_BELL));
	fake_enable(LINE_UART);
	fake_enable(LINE_BELL);
	assert_int_equal(fake_ack(0), LINE_UART);
	fake_eoi(0, LINE_UART);
	assert_int_equal(fake_ack(0), LINE_BELL);
	fake_eoi(0, LINE_BELL);
	fake_fire(LINE_UART);
	vic_raise(&fake_part, LINE_BELL);
	fake_settle();
	fake_wr(ICPENDR + word_of(LINE_UART), bit_of(LINE_UART));
	fake_wr(ICPENDR + word_of(LINE_BELL), bit_of(LINE_BELL));
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_int_equal(fake.bank[GIC_ACTIVE][0][1], 0);
	fake_fire(LINE_UART);
	assert_int_equal(fake_ack(0), LINE_UART);
	/* deactivated by register instead of EOI */
	fake_wr(ICACTIVER + word_of(LINE_UART), bit_of(LINE_UART));
	assert_false(reads(ISACTIVER, LINE_UART));
	fake_fire(LINE_UART);
	assert_int_equal(fake_ack(0), LINE_UART);
	fake_eoi(0, LINE_UART);
	/* the whole distributor off and on */
	fake_wr(0, 0);
	fake_fire(LINE_UART);
	vic_raise(&fake_part, LINE_BELL);
	fake_settle();
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_wr(0, version == 3 ? V3_ON : V2_ON);
	assert_int_equal(fake_ack(0), LINE_UART);
	fake_eoi(0, LINE_UART);
	assert_int_equal(fake_ack(0), LINE_BELL);
	fake_eoi(0, LINE_BELL);
	fake_check();
}

/* An emulated device's level: again after EOI while it is up, gone when it falls. */
static void walk_level(unsigned int version)
{
	unsigned int i;

	fake_start_on(version, 2);
	fake_enable(LINE_VUART);
	vic_level(&fake_part, LINE_VUART, true);
	fake_settle();
	for (i = 0; i < 3; i++) {
		assert_int_equal(fake_ack(0), LINE_VUART);
		assert_int_equal(fake_ack(0), NONE_PENDING);
		vic_level(&fake_part, LINE_VUART, true);
		fake_eoi(0, LINE_VUART);
	}
	vic_level(&fake_part, LINE_VUART, false);
	fake_settle();
	assert_int_equal(fake_ack(0), NONE_PENDING);
	vic_level(&fake_part, LINE_VUART, true);
	fake_settle();
	assert_int_equal(fake_ack(0), LINE_VUART);
	vic_level(&fake_part, LINE_VUART, false);
	fake_eoi(0, LINE_VUART);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	/* an edge that comes while the last one is being handled is not lost */
	fake_enable(LINE_BELL);
	vic_raise(&fake_part, LINE_BELL);
	fake_settle();
	assert_int_equal(fake_ack(0), LINE_BELL);
	vic_raise(&fake_part, LINE_BELL);
	fake_settle();
	fake_eoi(0, LINE_BELL);
	assert_int_equal(fake_ack(0), LINE_BELL);
	fake_eoi(0, LINE_BELL);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_check();
}

static void test_walks(void **state)
{
	unsigned int version;

	(void)state;
	for (version = 2; version <= 4; version++) {
		fake_by_hand = version == 4;
		walk_physical(version == 3 ? 3 : 2);
		walk_withdrawn(version == 3 ? 3 : 2);
		walk_level(version == 3 ? 3 : 2);
	}
	fake_by_hand = false;
}

/* More pending than list registers, in order of priority, then of INTID. */
static void test_overflow(void **state)
{
	static const uint32_t order[] = { LINE_NET, 1, 2, 5, 9, LINE_TIMER, LINE_UART, LINE_BLK,
					  LINE_BELL };
	unsigned int i;

	(void)state;
	fake_start_on(3, 2);
	fake_redist_wr(SGI_PAGE + ISENABLER, 0xffffffff);
	for (i = 1; i < SPI_END / 32; i++) {
		fake_wr(ISENABLER + 4 * i, 0xffffffff);
	}
	for (i = 0; i < SPI_END; i += 4) {
		fake_redist_wr(SGI_PAGE + IPRIORITYR + i % 32, 0xa0a0a0a0);
		fake_wr(IPRIORITYR + i, 0xa0a0a0a0);
	}
	fake_wr(IPRIORITYR + LINE_NET, 0x80);
	fake_fire(LINE_BLK);
	fake_fire(LINE_UART);
	vic_raise(&fake_part, LINE_BELL);
	fake_fire(LINE_TIMER);
	for (i = 0; i < 4; i++) {
		static const uint8_t sgis[] = { 9, 5, 2, 1 };

		vgic_sgi(fake_part.vcpus, (uint64_t)sgis[i] << 24 | 1);
	}
	fake_fire(LINE_NET);
	fake_settle();
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		fake_check();
		assert_int_equal(fake_ack(0), order[i]);
		fake_eoi(0, order[i]);
	}
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_check();
}

/* ---- SGIs ---- */

static void test_sgi3(void **state)
{
	unsigned int direct, i;

	(void)state;
	for (direct = 0; direct < 2; direct++) {
		fake_start(3, 3, direct);
		fake_wr(0, V3_ON);
		for (i = 0; i < 3; i++) {
			fake_redist_wr(i * FRAME + SGI_PAGE + ISENABLER, 0xffff);
		}
		fake_run_on(1);
		vgic_sgi(&fake_part.vcpus[1], UINT64_C(1) << 40 | 3 << 24);
		vgic_sgi(&fake_part.vcpus[1], 7 << 24 | 0xfffe);
		vgic_sgi(&fake_part.vcpus[1], UINT64_C(1) << 32 | 4 << 24 | 7);
		vgic_sgi(&fake_part.vcpus[1], UINT64_C(1) << 44 | 4 << 24 | 7);
		vgic_sgi(&fake_part.vcpus[1], UINT64_C(1) << 48 | 4 << 24 | 7);
		vgic_sgi(&fake_part.vcpus[1], 2 << 16 | 4 << 24 | 7);
		vgic_sgi(&fake_part.vcpus[1], 15 << 24 | 5);
		fake_settle();
		fake_check();
		if (direct) {
			assert_int_equal(fake.sgis[0], 0);
			assert_int_equal(fake.sgis[1], 1 << 3);
			assert_int_equal(fake.sgis[2], 1 << 7);
			assert_int_equal(fake.sgis[3], 1 << 3 | 1 << 7);
			continue;
		}
		assert_int_equal(fake_ack(0), 3);
		fake_eoi(0, 3);
		assert_int_equal(fake_ack(0), 15);
		fake_eoi(0, 15);
		assert_int_equal(fake_ack(0), NONE_PENDING);
		assert_int_equal(fake_ack(1), 7);
		vgic_sgi(&fake_part.vcpus[1], 7 << 24 | 2); /* again, while active */
		fake_eoi(1, 7);
		assert_int_equal(fake_ack(1), 7);
		fake_eoi(1, 7);
		assert_int_equal(fake_ack(1), NONE_PENDING);
		assert_int_equal(fake_ack(2), 3);
		fake_eoi(2, 3);
		assert_int_equal(fake_ack(2), 7);
		fake_eoi(2, 7);
		assert_int_equal(fake_ack(2), 15);
		fake_eoi(2, 15);
		assert_int_equal(fake_ack(2), NONE_PENDING);
	}
}

/* GICv2: one instance for each sender, and the sender is told. */
static void test_sgi2(void **state)
{
	unsigned int i, seen = 0;
	uint32_t irq;

	(void)state;
	fake_start(2, 3, false);
	fake_wr(0, V2_ON);
	for (i = 0; i < 3; i++) {
		fake_run_on(i);
		fake_wr(SGIR, 1u << 16 | 5);
	}
	fake_run_on(0);
	assert_int_equal(fake_rd(SPENDSGIR + 4), 0x700);
	for (i = 0; i < 3; i++) {
		unsigned int n;

		irq = fake_ack(0);
		assert_int_equal(irq, 5);
		for (n = 0; n < FAKE_LRS; n++) {
			if (fake.lr[1][n].state & GIC_LR_ACTIVE) {
				seen |= 1u << fake.lr[1][n].source;
			}
		}
		assert_int_equal(fake_ack(0), NONE_PENDING);
		fake_eoi(0, 5);
	}
	assert_int_equal(seen, 7);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_run_on(2);
	fake_wr(SGIR, 1u << 24 | 9);          /* all others */
	fake_wr(SGIR, 2u << 24 | 0xff0000 | 8); /* self */
	fake_wr(SGIR, 3u << 24 | 0xff0000 | 8); /* reserved */
	assert_int_equal(fake_ack(0), 9);
	assert_int_equal(fake_ack(1), 9);
	assert_int_equal(fake_ack(2), 8);
	assert_int_equal(fake_ack(2), NONE_PENDING);
	fake_eoi(2, 8);
	fake_wr(SPENDSGIR + 8, 0x00000005);
	assert_int_equal(fake_rd(CPENDSGIR + 8), 0x05);
	fake_wr(CPENDSGIR + 8, 0x01);
	assert_int_equal(fake_rd(SPENDSGIR + 8), 0x04);
	fake_wr(CPENDSGIR + 8, 0x04);
	assert_int_equal(fake_ack(2), NONE_PENDING);
	fake_check();
}

/* ---- random walks: nothing lost, nothing twice, nothing foreign ---- */

static uint32_t seed;

static uint32_t dice(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static const uint32_t all_lines[] = { LINE_UART, LINE_BLK, LINE_NET, LINE_BELL, LINE_BELL2 };

/*
 * What every line owes: raised and not acknowledged since. An edge of a device that comes while the
 * last one is in a list register is delivered on its own, so there may be as many as were raised.
 */
static bool owed[1024];
static unsigned int allowed[1024];

static void random_raise(void)
{
	uint32_t irq = all_lines[dice(ARRAY_SIZE(all_lines))];

	owed[irq] = true;
	allowed[irq]++;
	if (irq >= LINE_BELL) {
		vic_raise(&fake_part, irq);
		fake_settle();
	} else {
		fake_fire(irq);
	}
}

static uint32_t in_hand[FAKE_CPUS][16];
static unsigned int hands[FAKE_CPUS];

static void random_ack(unsigned int vcpu)
{
	uint32_t irq;

	if (hands[vcpu] == 4) {
		return;
	}
	irq = fake_ack(vcpu);
	if (irq != NONE_PENDING) {
		assert_true(allowed[irq]-- > 0);
		owed[irq] = false;
		in_hand[vcpu][hands[vcpu]++] = irq;
	}
}

static void random_eoi(unsigned int vcpu)
{
	if (hands[vcpu] > 0) {
		fake_eoi(vcpu, in_hand[vcpu][--hands[vcpu]]);
	}
}

static void random_register(unsigned int version, unsigned int count)
{
	uint32_t irq = all_lines[dice(ARRAY_SIZE(all_lines))];

	switch (dice(7)) {
	case 0:
		fake_wr(ISENABLER + word_of(irq), bit_of(irq));
		break;
	case 1:
		fake_wr(ICENABLER + word_of(irq), bit_of(irq));
		break;
	case 2:
		(void)fake_rd(ISPENDR + word_of(irq));
		break;
	case 3:
		(void)fake_rd(ISACTIVER + word_of(irq));
		break;
	case 4:
		fake_wr(IPRIORITYR + irq / 4 * 4, dice(4) * 0x40404040);
		break;
	case 5:
		if (version == 3) {
			fake_wr(IROUTER + 8 * irq, dice(count));
		} else {
			uint64_t x = 1u << dice(count);

			fake_access(false, ITARGETSR + irq, 1, true, &x);
		}
		break;
	default:
		if (owed[irq]) {
			fake_wr(ISPENDR + word_of(irq), bit_of(irq));
		}
		break;
	}
}

static void random_walk(unsigned int version, unsigned int count)
{
	unsigned int step, i, vcpu;

	fake_start_on(version, count);
	memset(owed, 0, sizeof(owed));
	memset(allowed, 0, sizeof(allowed));
	memset(hands, 0, sizeof(hands));
	for (step = 0; step < 3000; step++) {
		vcpu = dice(count);
		fake_run_on(vcpu);
		switch (dice(4)) {
		case 0:
			random_raise();
			break;
		case 1:
			random_ack(vcpu);
			break;
		case 2:
			random_eoi(vcpu);
			break;
		default:
			random_register(version, count);
			break;
		}
		fake_check();
	}
	/* in the end everything owed comes out, once */
	for (vcpu = 0; vcpu < count; vcpu++) {
		while (hands[vcpu]) {
			random_eoi(vcpu);
		}
	}
	fake_run_on(0);
	for (i = 0; i < ARRAY_SIZE(all_lines); i++) {
		fake_enable(all_lines[i]);
	}
	for (step = 0; step < 100; step++) {
		random_ack(step % count);
		random_eoi(step % count);
	}
	for (i = 0; i < ARRAY_SIZE(all_lines); i++) {
		assert_false(owed[all_lines[i]]);
	}
}

static void test_random(void **state)
{
	unsigned int n;

	(void)state;
	for (n = 0; n < 40; n++) {
		seed = n;
		fake_by_hand = n >= 20;
		random_walk(2 + n % 2, 1 + n % 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_router), cmocka_unit_test(test_contended),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_sgi3),
		cmocka_unit_test(test_sgi2),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
