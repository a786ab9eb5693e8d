/* SPDX-License-Identifier: BSD-3-Clause */
/* Life of a partition: every request from every state, restarts, failing starts, deaf guests. */
#include <string.h>

#include "fake.h"
#include "hv/gtree.h"

static struct part *const a = &parts[FAKE_A];

static int setup_running(void **state)
{
	(void)state;
	fake_start(FAKE_A);
	return 0;
}

static int stop_all(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < FAKE_PARTS; i++) {
		(void)part_end_now(&parts[i], PART_BY_SHELL, "test", false);
		fake_run();
		assert_int_equal(parts[i].state, PART_STOPPED);
	}
	return 0;
}

/* Bring A into a state; transient ones are held by not letting any CPU work. */
static void into(enum part_state want)
{
	switch (want) {
	case PART_STOPPED:
		return;
	case PART_STARTING:
		assert_int_equal(part_start(a, true, 0), OK);
		return;
	case PART_RUNNING:
		fake_start(FAKE_A);
		return;
	case PART_STOPPING:
		fake_start(FAKE_A);
		assert_int_equal(part_stop(a, PART_BY_SHELL, "test"), OK);
		return;
	case PART_PAUSING:
		fake_start(FAKE_A);
		assert_int_equal(part_pause(a), OK);
		return;
	case PART_PAUSED:
		into(PART_PAUSING);
		fake_run();
		return;
	case PART_RESUMING:
		into(PART_PAUSED);
		assert_int_equal(part_resume(a), OK);
		return;
	}
}

enum request { START, STOP, RESTART, PAUSE, RESUME, REQUESTS };

static enum err ask(enum request r)
{
	switch (r) {
	case START:
		return part_start(a, true, 0);
	case STOP:
		return part_stop(a, PART_BY_SHELL, "test");
	case RESTART:
		return part_restart(a, PART_BY_SHELL, "test");
	case PAUSE:
		return part_pause(a);
	default:
		return part_resume(a);
	}
}

/* Topaz hypercalls, section 4: which request is allowed from where, and where all settles. */
static void every_request_from_every_state(void **state)
{
	static const bool allowed[7][REQUESTS] = {
	    [PART_STOPPED] = {[START] = true},
	    [PART_RUNNING] = {[STOP] = true, [RESTART] = true, [PAUSE] = true},
	    [PART_PAUSED] = {[STOP] = true, [RESUME] = true},
	};
	static const enum part_state settles[7] = {
	    [PART_STOPPED] = PART_STOPPED,  [PART_RUNNING] = PART_RUNNING,
	    [PART_STARTING] = PART_RUNNING, [PART_STOPPING] = PART_STOPPED,
	    [PART_PAUSING] = PART_PAUSED,   [PART_PAUSED] = PART_PAUSED,
	    [PART_RESUMING] = PART_RUNNING,
	};
	static const enum part_state after[REQUESTS] = {PART_RUNNING, PART_STOPPED, PART_RUNNING,
							PART_PAUSED, PART_RUNNING};

	(void)state;
	for (unsigned int s = 0; s < 7; s++) {
		for (unsigned int r = 0; r < REQUESTS; r++) {
			uint32_t starts;

			into(s);
			starts = a->starts;
			assert_int_equal(a->state, s);
			assert_int_equal(ask(r), allowed[s][r] ? OK : ERR_STATE);
			fake_run();
			assert_int_equal(a->state, allowed[s][r] ? after[r] : settles[s]);
			if (r == RESTART && allowed[s][r]) {
				assert_int_equal(a->starts, starts + 1);
			}
			stop_all(NULL);
		}
	}
}

/* The guest's own ends win from every state it can act in. */
static void end_now_from_every_state(void **state)
{
	(void)state;
	for (unsigned int s = 0; s < 7; s++) {
		bool is_alive = s == PART_RUNNING || s == PART_PAUSING || s == PART_PAUSED ||
				s == PART_RESUMING;

		into(s);
		assert_int_equal(part_end_now(a, PART_BY_FAULT, "test", false), is_alive);
		fake_run();
		if (is_alive) {
			assert_int_equal(a->state, PART_STOPPED);
			assert_int_equal(a->stopped_by, PART_BY_FAULT);
		}
		stop_all(NULL);
	}
}

static void start_enters_the_image(void **state)
{
	struct vcpu *v = &a->vcpus[0];

	(void)state;
	assert_int_equal(v->arch.entry_pc, FAKE_GPA + 0x1000);
	assert_int_equal(v->arch.entry_arg, FAKE_DTB);
	assert_int_equal(a->vcpus[1].state, VCPU_OFF);
	assert_int_equal(fake_ram[MIB(2) + 0x1000], fake_ram[FAKE_IMAGES - FAKE_RAM_BASE]);
	assert_memory_equal(fake_ram + MIB(2) + MIB(1), "\xd0\x0d\xfe\xed", 4);
}

static enum trap on_op(struct vcpu *v, void *arg)
{
	return part_vcpu_on(v, 1, FAKE_GPA + 0x8000, 77, arg);
}

static enum trap off_op(struct vcpu *v, void *arg)
{
	(void)arg;
	return part_vcpu_off(v);
}

/* vcpu 0 starts this one again before its CPU has looked for anything to do. */
static enum trap off_and_on_op(struct vcpu *v, void *arg)
{
	enum trap verdict = part_vcpu_off(v);

	(void)part_vcpu_on(&a->vcpus[0], v->index, FAKE_GPA + 0x9000, 78, arg);
	return verdict;
}

static void vcpu_on(void)
{
	int status = 99;

	fake_trap(&a->vcpus[0], on_op, &status);
	assert_int_equal(status, 0);
	assert_int_equal(a->vcpus[1].state, VCPU_ON);
}

static void vcpus_come_and_go(void **state)
{
	unsigned int enters;
	int status = 99;

	(void)state;
	vcpu_on();
	assert_int_equal(a->vcpus[1].arch.entry_pc, FAKE_GPA + 0x8000);
	assert_int_equal(a->vcpus[1].arch.entry_arg, 77);
	fake_trap(&a->vcpus[0], on_op, &status);
	assert_int_equal(status, -4);
	assert_int_equal(part_vcpu_status(&a->vcpus[0], 1), 0);
	assert_int_equal(part_vcpu_status(&a->vcpus[0], 2), -1);
	enters = a->vcpus[1].arch.enters;
	fake_trap(&a->vcpus[1], off_and_on_op, &status);
	assert_int_equal(status, 0);
	assert_int_equal(a->vcpus[1].state, VCPU_ON);
	assert_int_equal(a->vcpus[1].arch.enters, enters + 1);
	assert_int_equal(a->vcpus[1].arch.entry_arg, 78);
	fake_trap(&a->vcpus[1], off_op, NULL);
	assert_int_equal(a->vcpus[1].state, VCPU_OFF);
	assert_int_equal(part_vcpu_status(&a->vcpus[0], 1), 1);
	assert_int_equal(a->state, PART_RUNNING);
	vcpu_on();
	fake_trap(&a->vcpus[0], off_op, NULL);
	assert_int_equal(a->state, PART_RUNNING);
	fake_trap(&a->vcpus[1], off_op, NULL);
	assert_int_equal(a->state, PART_STOPPED);
	assert_string_equal(a->stop_text, "its last running CPU was switched off");
}

static enum trap reset_op(struct vcpu *v, void *arg)
{
	(void)arg;
	return part_guest_reset(v);
}

static enum trap fail_op(struct vcpu *v, void *arg)
{
	(void)arg;
	return part_fail(v, "did %s", "something silly");
}

static void guest_ends_itself(void **state)
{
	uint32_t starts = a->starts;

	(void)state;
	vcpu_on();
	fake_trap(&a->vcpus[1], reset_op, NULL);
	assert_int_equal(a->state, PART_RUNNING);
	assert_int_equal(a->starts, starts + 1);
	assert_int_equal(a->vcpus[1].state, VCPU_OFF);
	vcpu_on();
	fake_trap(&a->vcpus[1], fail_op, NULL);
	assert_int_equal(a->state, PART_STOPPED);
	assert_string_equal(a->stop_text, "vcpu 1 at pc 0x80008000: did something silly");
}

static void restart_is_like_the_first_boot(void **state)
{
	uint8_t *ram = fake_ram + MIB(2);
	uint8_t *shared = fake_ram + MIB(15);
	unsigned int resets;

	(void)state;
	ram[0x200] = 1;	     /* beside the image */
	ram[0x1010] ^= 0xff; /* in it */
	shared[5] = 0x5a;
	a->vcpus[0].arch.x[7] = 7;
	resets = a->arch.vic_resets;
	assert_int_equal(part_restart(a, PART_BY_SHELL, "test"), OK);
	fake_run();
	assert_int_equal(a->state, PART_RUNNING);
	assert_int_equal(ram[0x200], 0);
	assert_int_equal(ram[0x1010], fake_ram[FAKE_IMAGES - FAKE_RAM_BASE + 0x10]);
	assert_int_equal(shared[5], 0x5a);
	assert_int_equal(a->vcpus[0].arch.x[7], 0);
	assert_true(a->arch.vic_resets > resets);
}

/* Without loading, memory is as the manager has prepared it. */
static void start_without_load(void **state)
{
	uint8_t *ram = fake_ram + MIB(2);

	(void)state;
	stop_all(NULL);
	ram[0x200] = 1;
	assert_int_equal(part_start(a, false, FAKE_GPA + 0x2000), OK);
	fake_run();
	assert_int_equal(a->state, PART_RUNNING);
	assert_int_equal(a->vcpus[0].arch.entry_pc, FAKE_GPA + 0x2000);
	assert_int_equal(ram[0x200], 1);
}

static void start_at_nothing(void **state)
{
	(void)state;
	assert_int_equal(part_start(a, false, 0x1000), OK);
	fake_run();
	assert_int_equal(a->state, PART_STOPPED);
	assert_string_equal(a->stop_text, "its entry point 0x1000 is not memory");
}

static void restart_1000_times(void **state)
{
	uint32_t starts = a->starts;

	(void)state;
	fake_start(FAKE_B);
	for (unsigned int i = 0; i < 1000; i++) {
		assert_int_equal(part_restart(a, PART_BY_SHELL, "test"), OK);
		fake_run();
		assert_int_equal(a->state, PART_RUNNING);
		if (i % 3 == 0) {
			vcpu_on();
		}
	}
	assert_int_equal(a->starts, starts + 1000);
	assert_int_equal(a->vcpus[0].arch.enters - a->vcpus[0].arch.leaves, 1);
	assert_int_equal(parts[FAKE_B].starts, 1);
	assert_int_equal(parts[FAKE_B].vcpus[0].arch.leaves, 0);
}

static void a_missing_cpu_costs_its_partition(void **state)
{
	(void)state;
	assert_int_equal(part_start(&parts[FAKE_X], true, 0), ERR_PERM);
	assert_string_equal(parts[FAKE_X].stop_text, "CPU 0x4 never came up");
	assert_int_equal(parts[FAKE_X].state, PART_STOPPED);
}

static void a_bad_image_never_starts(void **state)
{
	struct plan_image *image = &a->plan->images[0];
	uint64_t size = image->size;

	(void)state;
	fake_start(FAKE_M);
	(void)fake_raised(FAKE_M, FAKE_IRQ_STATE_A);
	(void)fake_raised(FAKE_M, FAKE_IRQ_RESET_A);
	image->size = 0;
	assert_int_equal(part_start(a, true, 0), OK);
	fake_run();
	image->size = size;
	assert_int_equal(fake_raised(FAKE_M, FAKE_IRQ_RESET_A), 1);
	assert_int_equal(fake_raised(FAKE_M, FAKE_IRQ_STATE_A), 1);
	assert_int_equal(a->state, PART_STOPPED);
	assert_string_equal(a->stop_text, "image guest: it is empty or missing");
}

static void a_deaf_guest_is_evicted(void **state)
{
	(void)state;
	fake_deaf(&a->vcpus[0], true);
	assert_int_equal(part_stop(a, PART_BY_SHELL, "test"), OK);
	fake_run();
	assert_int_equal(a->state, PART_STOPPING);
	assert_false(a->arch.is_revoked);
	fake_time_pass(100000);
	assert_true(a->is_evicted);
	assert_int_equal(a->state, PART_STOPPED);
	fake_deaf(&a->vcpus[0], false);
	fake_start(FAKE_A);
	assert_false(a->arch.is_revoked);
}

static void a_deaf_guest_pauses_too(void **state)
{
	(void)state;
	fake_deaf(&a->vcpus[0], true);
	assert_int_equal(part_pause(a), OK);
	fake_time_pass(100000);
	assert_int_equal(a->state, PART_PAUSED);
	assert_true(a->arch.is_vic_paused);
	fake_deaf(&a->vcpus[0], false);
	assert_int_equal(part_resume(a), OK);
	fake_run();
	assert_int_equal(a->state, PART_RUNNING);
	assert_false(a->arch.is_revoked);
	assert_false(a->arch.is_vic_paused);
}

/* A vcpu that is switched on while its partition is paused begins when it resumes. */
static void on_while_paused_waits(void **state)
{
	int status;

	(void)state;
	assert_int_equal(part_pause(a), OK);
	(void)part_vcpu_on(&a->vcpus[0], 1, FAKE_GPA, 0, &status);
	assert_int_equal(status, 0);
	fake_run();
	assert_int_equal(a->state, PART_PAUSED);
	assert_int_equal(a->vcpus[1].state, VCPU_OFF);
	assert_int_equal(part_vcpu_status(&a->vcpus[0], 1), 2);
	assert_int_equal(part_resume(a), OK);
	fake_run();
	assert_int_equal(a->vcpus[1].state, VCPU_ON);
	/* Asked again and stopped before it begins: forgotten. */
	fake_trap(&a->vcpus[1], off_op, NULL);
	assert_int_equal(part_pause(a), OK);
	(void)part_vcpu_on(&a->vcpus[0], 1, FAKE_GPA, 0, &status);
	fake_run();
	stop_all(NULL);
	fake_start(FAKE_A);
	assert_int_equal(a->vcpus[1].state, VCPU_OFF);
}

static void managers_are_told(void **state)
{
	(void)state;
	fake_start(FAKE_M);
	(void)fake_raised(FAKE_M, FAKE_IRQ_STATE_A);
	(void)fake_raised(FAKE_M, FAKE_IRQ_STATE_B);
	assert_int_equal(part_restart(a, PART_BY_SHELL, "test"), OK);
	fake_run();
	assert_int_equal(fake_raised(FAKE_M, FAKE_IRQ_STATE_A), 1);
	assert_int_equal(part_pause(a), OK);
	fake_run();
	assert_int_equal(fake_raised(FAKE_M, FAKE_IRQ_STATE_A), 1);
	assert_int_equal(part_resume(a), OK);
	fake_run();
	assert_int_equal(fake_raised(FAKE_M, FAKE_IRQ_STATE_A), 1);
	assert_int_equal(part_stop(a, PART_BY_SHELL, "test"), OK);
	fake_run();
	assert_int_equal(fake_raised(FAKE_M, FAKE_IRQ_STATE_A), 1);
	assert_int_equal(fake_raised(FAKE_M, FAKE_IRQ_STATE_B), 0);
}

static enum trap watchdog_op(struct vcpu *v, void *arg)
{
	(void)arg;
	part_watchdog(v);
	return TRAP_RETRY;
}

static void watchdog_restarts(void **state)
{
	uint32_t starts = a->starts;
	char text[16];
	uint32_t len = sizeof(text);

	(void)state;
	fake_trap(&a->vcpus[0], watchdog_op, NULL);
	assert_int_equal(a->state, PART_RUNNING);
	assert_int_equal(a->starts, starts + 1);
	assert_int_equal(gtree_get(a, "/hypervisor", "fsl,hv-stopped-by", text, &len), OK);
	assert_string_equal(text, "watchdog");
}

/* sysreset-on-partition-stop: when the last one has stopped, not before, and not by a restart. */
static void reset_when_all_have_stopped(void **state)
{
	(void)state;
	fake_plan()->sysreset_on_stop = true;
	fake_start(FAKE_A);
	fake_start(FAKE_B);
	assert_int_equal(part_restart(a, PART_BY_SHELL, "test"), OK);
	fake_run();
	assert_int_equal(part_stop(a, PART_BY_SHELL, "test"), OK);
	fake_run();
	assert_int_equal(fake_resets, 0);
	assert_int_equal(part_stop(&parts[FAKE_B], PART_BY_SHELL, "test"), OK);
	fake_run();
	assert_int_equal(fake_resets, 1);
	fake_plan()->sysreset_on_stop = false;
}

static uint32_t seed = 4711;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)(seed >> 8) * below) >> 24);
}

/* One thing that may happen to partitions at any moment. */
static void happen(void)
{
	struct part *p = &parts[rnd(3)];
	struct vcpu *v = &p->vcpus[rnd(p->plan->cpu_count)];
	int status;

	switch (rnd(12)) {
	case 0:
	case 1:
		(void)!part_start(p, rnd(4) != 0, FAKE_GPA);
		break;
	case 2:
		(void)!part_stop(p, PART_BY_SHELL, "random");
		break;
	case 3:
		(void)!part_restart(p, PART_BY_MANAGER, "random");
		break;
	case 4:
		(void)!part_pause(p);
		break;
	case 5:
	case 6:
		(void)!part_resume(p);
		break;
	case 7:
		fake_try(v, reset_op, NULL);
		break;
	case 8:
		fake_try(v, fail_op, NULL);
		break;
	case 9:
		fake_try(v, off_op, NULL);
		break;
	case 10:
		if (p->state == PART_RUNNING || p->state == PART_PAUSED) {
			(void)part_vcpu_on(&p->vcpus[0], rnd(3), FAKE_GPA, 0, &status);
		}
		break;
	default:
		fake_deafen(v, rnd(2));
	}
}

/* What must hold between any two turns. */
static void check(const struct part *p)
{
	unsigned int on = 0, paused = 0, asked = 0, due = 0;

	for (unsigned int i = 0; i < p->plan->cpu_count; i++) {
		on += p->vcpus[i].state == VCPU_ON;
		paused += p->vcpus[i].state == VCPU_PAUSED;
		due += p->vcpus[i].want == VCPU_WANT_START;
		asked += p->vcpus[i].want != VCPU_WANT_NONE && p->vcpus[i].want != VCPU_WANT_START;
	}
	switch ((enum part_state)p->state) {
	case PART_STOPPED:
	case PART_STARTING:
		assert_int_equal(on + paused, 0);
		assert_int_equal(asked, 0);
		break;
	case PART_RUNNING:
		assert_true(on + due > 0);
		assert_int_equal(paused + asked, 0);
		break;
	case PART_PAUSED:
		assert_true(paused + due > 0);
		assert_int_equal(on + asked, 0);
		assert_true(p->arch.is_vic_paused);
		break;
	default:
		assert_int_equal(asked, p->vcpus_left);
		assert_true(p->vcpus_left > 0);
	}
}

/* Requests, guests and CPUs in any order; at the end everybody can still be stopped and started. */
static void random_lives(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 200000; i++) {
		if (rnd(3) == 0) {
			happen();
		} else {
			fake_step(rnd(FAKE_CPUS));
		}
		if (rnd(50) == 0) {
			fake_time_jump(20000);
		}
		for (unsigned int p = 0; p < 3; p++) {
			check(&parts[p]);
		}
	}
	for (unsigned int p = 0; p < 3; p++) {
		for (unsigned int v = 0; v < parts[p].plan->cpu_count; v++) {
			fake_deafen(&parts[p].vcpus[v], false);
		}
	}
	fake_run();
	for (unsigned int p = 0; p < 3; p++) {
		(void)part_end_now(&parts[p], PART_BY_SHELL, "test", false);
		fake_run();
		assert_int_equal(parts[p].state, PART_STOPPED);
		fake_start(p);
		assert_true(parts[p].starts > 100);
	}
}

static int boot(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4096; i++) {
		fake_ram[FAKE_IMAGES - FAKE_RAM_BASE + i] = (uint8_t)(i * 7 + 1);
	}
	fake_boot();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(every_request_from_every_state, stop_all),
	    cmocka_unit_test_teardown(end_now_from_every_state, stop_all),
	    cmocka_unit_test_setup_teardown(start_enters_the_image, setup_running, stop_all),
	    cmocka_unit_test_setup_teardown(vcpus_come_and_go, setup_running, stop_all),
	    cmocka_unit_test_setup_teardown(guest_ends_itself, setup_running, stop_all),
	    cmocka_unit_test_setup_teardown(restart_is_like_the_first_boot, setup_running,
					    stop_all),
	    cmocka_unit_test_setup_teardown(start_without_load, setup_running, stop_all),
	    cmocka_unit_test_teardown(start_at_nothing, stop_all),
	    cmocka_unit_test_setup_teardown(restart_1000_times, setup_running, stop_all),
	    cmocka_unit_test_teardown(a_missing_cpu_costs_its_partition, stop_all),
	    cmocka_unit_test_teardown(a_bad_image_never_starts, stop_all),
	    cmocka_unit_test_setup_teardown(a_deaf_guest_is_evicted, setup_running, stop_all),
	    cmocka_unit_test_setup_teardown(a_deaf_guest_pauses_too, setup_running, stop_all),
	    cmocka_unit_test_setup_teardown(on_while_paused_waits, setup_running, stop_all),
	    cmocka_unit_test_setup_teardown(managers_are_told, setup_running, stop_all),
	    cmocka_unit_test_setup_teardown(watchdog_restarts, setup_running, stop_all),
	    cmocka_unit_test_teardown(reset_when_all_have_stopped, stop_all),
	    cmocka_unit_test_teardown(random_lives, stop_all),
	};

	return cmocka_run_group_tests_name("life", tests, boot, NULL);
}
