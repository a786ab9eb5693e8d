/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts into a Book E guest, by class; decrementer, fixed-interval timer and watchdog. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ppc_fake.h"

/* ---- interrupts -------------------------------------------------------------------------------------- */

static void interrupts_wait_for_their_enable(void **state)
{
	(void)state;
	vcpu.arch.g.ivpr = 0xc0000000;
	for (unsigned int i = 0; i < IVOR_COUNT; i++) {
		vcpu.arch.g.ivor[i] = i << 4;
	}
	vcpu.arch.f.pc = 0x100;
	pend(&vcpu, PPC_PEND_EXTERNAL);
	pend(&vcpu, PPC_PEND_DBELL);
	pend(&vcpu, PPC_PEND_CDBELL);
	deliver(&vcpu);
	assert_int_equal(vcpu.arch.f.pc, 0x100);
	guest_set_msr(&vcpu, MSR_EE | MSR_CE | MSR_ME | MSR_PR | MSR_FP | MSR_RI);
	deliver(&vcpu);
	/* Critical first; it leaves EE clear, so the base-class ones stay pending. */
	assert_int_equal(vcpu.arch.f.pc, 0xc0000000 | IVOR_CDBELL << 4);
	assert_int_equal(vcpu.arch.g.csrr[0], 0x100);
	assert_int_equal(vcpu.arch.g.csrr[1], MSR_EE | MSR_CE | MSR_ME | MSR_PR | MSR_FP | MSR_RI);
	assert_int_equal(vcpu.arch.g.msr, MSR_ME | MSR_RI);
	guest_set_msr(&vcpu, MSR_EE | MSR_CE);
	deliver(&vcpu);
	assert_int_equal(vcpu.arch.f.pc, 0xc0000000 | IVOR_EXTERNAL << 4);
	assert_int_equal(vcpu.arch.g.epr, 77);
	assert_int_equal(vcpu.arch.g.msr, MSR_CE);
	guest_set_msr(&vcpu, MSR_EE);
	deliver(&vcpu);
	assert_int_equal(vcpu.arch.f.pc, 0xc0000000 | IVOR_DBELL << 4);
	guest_set_msr(&vcpu, MSR_EE);
	vcpu.arch.f.pc = 0x200;
	deliver(&vcpu);
	assert_int_equal(vcpu.arch.f.pc, 0x200);
}

/* Critical input saves in CSRR; MSR[DE] survives where debug interrupts have a pair of their own. */
static void critical_and_debug_classes(void **state)
{
	(void)state;
	for (unsigned int mc = 0; mc < 2; mc++) {
		const struct ppc_guest *g = &vcpu.arch.g;

		ppc_setup(NULL);
		core.is_e500mc = mc;
		vcpu.arch.g.ivor[IVOR_CRITICAL] = 0x100;
		vcpu.arch.g.ivor[IVOR_DEBUG] = 0xf00;
		vcpu.arch.f.pc = 0x44;
		guest_set_msr(&vcpu, MSR_CE | MSR_DE | MSR_ME | MSR_EE | MSR_PR);
		pend(&vcpu, PPC_PEND_CRITICAL);
		deliver(&vcpu);
		assert_int_equal(vcpu.arch.f.pc, 0x100);
		assert_int_equal(g->msr, mc ? MSR_ME | MSR_DE : MSR_ME);
		assert_true(g->csrr[0] == 0x44 && g->csrr[1] == (MSR_CE | MSR_DE | MSR_ME | MSR_EE | MSR_PR));
		unpend(&vcpu, PPC_PEND_CRITICAL);
		guest_set_msr(&vcpu, MSR_DE | MSR_ME | MSR_CE);
		pend(&vcpu, PPC_PEND_DEBUG);
		deliver(&vcpu);
		assert_int_equal(vcpu.arch.f.pc, 0xf00);
		assert_int_equal((mc ? g->dsrr : g->csrr)[0], 0x100);
		assert_int_equal((mc ? g->dsrr : g->csrr)[1], MSR_DE | MSR_ME | MSR_CE);
		assert_int_equal(g->msr & (MSR_DE | MSR_ME | MSR_EE), MSR_ME);
	}
}

/* What a fetch does not set must not be left of a store before it. */
static void a_fetch_clears_esr(void **state)
{
	(void)state;
	vcpu.arch.g.esr = ESR_ST;
	vcpu.arch.g.dear = 0x1234;
	assert_int_equal(reflect_fetch(&vcpu, IVOR_ISI), TRAP_INJECT);
	assert_true(vcpu.arch.g.esr == 0 && vcpu.arch.g.dear == 0x1234);
}

static void machine_check_without_me_stops_the_partition(void **state)
{
	(void)state;
	assert_int_equal(reflect_mcheck(&vcpu, MCSR_MAV | MCSR_LD, 0x912345678), TRAP_STOP);
	assert_int_equal(failures, 1);
	guest_set_msr(&vcpu, MSR_ME | MSR_EE);
	assert_int_equal(reflect_mcheck(&vcpu, MCSR_MAV | MCSR_LD, 0x912345678), TRAP_INJECT);
	assert_int_equal(vcpu.arch.g.mcar, 0x12345678);
	assert_int_equal(vcpu.arch.g.mcaru, 9);
	assert_int_equal(vcpu.arch.g.msr, 0);
	assert_int_equal(vcpu.arch.g.mcsrr[1], MSR_ME | MSR_EE);
}

/* ---- timers -------------------------------------------------------------------------------------------- */

static bool is_pending(enum ppc_pending p)
{
	return vcpu.arch.g.pending >> p & 1;
}

static void decrementer_is_level_until_acknowledged(void **state)
{
	(void)state;
	timer_set_tcr(&vcpu, TCR_DIE);
	timer_set_dec(&vcpu, 500);
	assert_int_equal(armed, now + 500);
	now += 499;
	timer_tick(&vcpu);
	assert_false(is_pending(PPC_PEND_DECREMENTER));
	assert_int_equal(timer_get_dec(&vcpu), 1);
	now += 1;
	timer_tick(&vcpu);
	assert_true(is_pending(PPC_PEND_DECREMENTER));
	assert_int_equal(timer_get_dec(&vcpu), 0);
	timer_clear_tsr(&vcpu, TSR_DIS);
	assert_false(is_pending(PPC_PEND_DECREMENTER));
	now += 100000;
	timer_tick(&vcpu);
	assert_false(is_pending(PPC_PEND_DECREMENTER));
}

static void auto_reload_keeps_its_phase(void **state)
{
	uint64_t start = now;

	(void)state;
	vcpu.arch.g.decar = 1000;
	timer_set_tcr(&vcpu, TCR_DIE | TCR_ARE);
	timer_set_dec(&vcpu, 1000);
	now = start + 5300;
	timer_tick(&vcpu);
	assert_true(is_pending(PPC_PEND_DECREMENTER));
	assert_int_equal(armed, start + 6000);
}

/* The fixed-interval timer rises with its timebase bit: compared with watching the bit itself. */
static void fit_follows_the_timebase_bit(void **state)
{
	unsigned int bit = 12;
	uint32_t sel = 63 - bit;

	(void)state;
	timer_set_tcr(&vcpu, TCR_FIE | (uint32_t)(field_put(TCR_FP, sel & 3) | field_put(TCR_FPEXT, sel >> 2)));
	for (unsigned int i = 0; i < 40000; i++) {
		bool before = now >> bit & 1;

		now++;
		if (!before && (now >> bit & 1) != 0) {
			assert_int_equal(armed, now);
			timer_tick(&vcpu);
			assert_true(is_pending(PPC_PEND_FIT));
			timer_clear_tsr(&vcpu, TSR_FIS);
		} else {
			assert_true(armed > now);
			assert_int_equal(timer_get_tsr(&vcpu) & TSR_FIS, 0);
		}
	}
}

static void watchdog_expires_three_times(void **state)
{
	uint32_t sel = 63 - 10;
	uint32_t tcr = TCR_WIE | 0x10000000u | (uint32_t)(field_put(TCR_WP, sel & 3) | field_put(TCR_WPEXT, sel >> 2));

	(void)state;
	timer_set_tcr(&vcpu, tcr);
	now = armed;
	timer_tick(&vcpu);
	assert_int_equal(vcpu.arch.g.tsr, TSR_ENW);
	assert_false(is_pending(PPC_PEND_WATCHDOG));
	now = armed;
	timer_tick(&vcpu);
	assert_int_equal(vcpu.arch.g.tsr, TSR_ENW | TSR_WIS);
	assert_true(is_pending(PPC_PEND_WATCHDOG));
	assert_int_equal(watchdogs, 0);
	now = armed;
	timer_tick(&vcpu);
	assert_int_equal(watchdogs, 1);
	assert_int_equal(vcpu.arch.g.tsr & TSR_WRS, 0x10000000u);
	assert_int_equal(vcpu.arch.wrs, 0x10000000u);
	/* WRC is sticky: software cannot call the dog off. */
	timer_set_tcr(&vcpu, 0);
	assert_int_equal(vcpu.arch.g.tcr & TCR_WRC, 0x10000000u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(interrupts_wait_for_their_enable, ppc_setup),
		cmocka_unit_test_setup(critical_and_debug_classes, ppc_setup),
		cmocka_unit_test_setup(a_fetch_clears_esr, ppc_setup),
		cmocka_unit_test_setup(machine_check_without_me_stops_the_partition, ppc_setup),
		cmocka_unit_test_setup(decrementer_is_level_until_acknowledged, ppc_setup),
		cmocka_unit_test_setup(auto_reload_keeps_its_phase, ppc_setup),
		cmocka_unit_test_setup(fit_follows_the_timebase_bit, ppc_setup),
		cmocka_unit_test_setup(watchdog_expires_three_times, ppc_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
