/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtual GIC in the life of a partition: reset, CPU off and on, pause, carried interrupts. */
#include "tests/unit/vgic_fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* ---- life cycle ---- */

static void test_reset(void **state)
{
	static struct fake_gic first;
	unsigned int direct, i;

	(void)state;
	for (direct = 0; direct < 2; direct++) {
		fake_start(3, 2, direct);
		first = fake;
		fake_wr(0, V3_ON);
		for (i = 1; i < SPI_END / 32; i++) {
			fake_wr(ISENABLER + 4 * i, 0xffffffff);
		}
		fake_wr(IPRIORITYR + LINE_UART / 4 * 4, 0xc0c0c0c0);
		fake_wr(ICFGR + LINE_NET / 16 * 4, 0xffffffff);
		fake_wr(IROUTER + 8 * LINE_BLK, 1);
		fake_redist_wr(SGI_PAGE + ISENABLER, 0xffffffff);
		fake_fire(LINE_UART);
		fake_fire(LINE_BLK);
		vic_raise(&fake_part, LINE_BELL);
		vic_level(&fake_part, LINE_VUART, true);
		fake_settle();
		fake_ack(0);
		vic_reset(&fake_part);
		for (i = 0; i < 2; i++) {
			fake_run_on(i);
			vic_vcpu_reset(&fake_part.vcpus[i]);
		}
		fake_settle();
		assert_memory_equal(first.bank, fake.bank, sizeof(fake.bank));
		assert_memory_equal(first.prio, fake.prio, sizeof(fake.prio));
		assert_memory_equal(first.edge, fake.edge, sizeof(fake.edge));
		assert_memory_equal(first.route, fake.route, sizeof(fake.route));
		assert_memory_equal(first.lr, fake.lr, sizeof(fake.lr));
		fake_run_on(0);
		assert_int_equal(fake_rd(0), 0x50);
		assert_int_equal(fake_rd(ISENABLER + 4), 0);
		assert_int_equal(fake_redist_rd(0x14), 6);
		fake_wr(0, V3_ON);
		for (i = 1; i < SPI_END / 32; i++) {
			fake_wr(ISENABLER + 4 * i, 0xffffffff);
		}
		assert_int_equal(fake_ack(0), NONE_PENDING);
		assert_int_equal(fake_ack(1), NONE_PENDING);
	}
}

/* A tree may name CPUs the machine has not: the partition is refused, and nothing is touched. */
static void test_absent(void **state)
{
	(void)state;
	fake_absent = 2;
	fake_start(3, 2, false);
	assert_int_equal(fake.writes, 0);
	fake_absent = FAKE_CPUS;
	fake_start(3, 2, false);
}

/* CPU_OFF and CPU_ON: pending stays, active goes, physical lines are usable again. */
static void test_cpu_on(void **state)
{
	(void)state;
	fake_start_on(3, 2);
	fake_enable(LINE_UART);
	fake_enable(LINE_BLK);
	fake_fire(LINE_UART);
	fake_fire(LINE_BLK);
	assert_int_equal(fake_ack(0), LINE_UART);
	vic_vcpu_reset(&fake_part.vcpus[0]);
	fake_settle();
	assert_int_equal(fake_ack(0), LINE_BLK);
	fake_eoi(0, LINE_BLK);
	fake_fire(LINE_UART);
	assert_int_equal(fake_ack(0), LINE_UART);
	fake_check();
}

/* A line that comes to a vCPU that is not on waits for it, and brings nothing of the last life along. */
static void test_off(void **state)
{
	(void)state;
	fake_start_on(3, 2);
	fake_enable(LINE_NET);
	fake_wr(IROUTER + 8 * LINE_NET, 1);
	fake_fire(LINE_NET);                /* in a list register of vCPU 1, and stays there */
	fake_part.vcpus[0].state = VCPU_OFF;
	fake_part.vcpus[1].state = VCPU_OFF;
	vic_reset(&fake_part);
	fake_part.vcpus[0].state = VCPU_ON;
	fake_run_on(0);
	vic_vcpu_reset(&fake_part.vcpus[0]);
	fake_wr(0, V3_ON);
	fake_enable(LINE_NET);
	fake_enable(LINE_BLK);
	fake_wr(IROUTER + 8 * LINE_NET, 1);
	fake_wr(IROUTER + 8 * LINE_BLK, 1);
	fake_fire(LINE_BLK);
	fake_part.vcpus[1].state = VCPU_ON;
	fake_run_on(1);
	vic_vcpu_reset(&fake_part.vcpus[1]);
	assert_int_equal(fake_ack(1), LINE_BLK);
	fake_eoi(1, LINE_BLK);
	assert_int_equal(fake_ack(1), NONE_PENDING);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_fire(LINE_BLK);
	assert_int_equal(fake_ack(1), LINE_BLK);
	fake_check();
}

static void test_pause(void **state)
{
	unsigned int direct;

	(void)state;
	for (direct = 0; direct < 2; direct++) {
		fake_start(3, 2, direct);
		fake_wr(0, V3_ON);
		fake_enable(LINE_UART);
		vic_pause(&fake_part, true);
		assert_int_equal(fake.bank[GIC_ENABLE][0][1], 0);
		fake_fire(LINE_UART);
		vic_pause(&fake_part, false);
		fake_settle();
		assert_int_equal(fake.bank[GIC_ENABLE][0][1], bit_of(LINE_UART));
		assert_int_equal(fake_ack(0), direct ? NONE_PENDING : LINE_UART);
		assert_int_equal(fake.bank[GIC_PEND][0][1], direct ? bit_of(LINE_UART) : 0);
	}
}

/* Direct mode: a carrier is set pending once for each event, and for each access while level. */
static void test_carrier(void **state)
{
	(void)state;
	fake_start(3, 2, true);
	vic_raise(&fake_part, LINE_BELL);
	assert_true(fake.bank[GIC_PEND][0][3] & bit_of(LINE_BELL));
	vic_level(&fake_part, LINE_VUART, true);
	assert_true(fake.bank[GIC_PEND][0][3] & bit_of(LINE_VUART));
	fake.bank[GIC_PEND][0][3] = 0; /* the guest acknowledged both */
	vic_level(&fake_part, LINE_VUART, true);
	assert_int_equal(fake.bank[GIC_PEND][0][3], bit_of(LINE_VUART));
	vic_level(&fake_part, LINE_VUART, false);
	assert_int_equal(fake.bank[GIC_PEND][0][3], 0);
	fake_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_cpu_on),
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_carrier),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
