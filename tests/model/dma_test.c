/* SPDX-License-Identifier: BSD-3-Clause */
/* DMA over a partition's life: never while its memory is prepared, always while it runs. */
#include <string.h>

#include "fake.h"
#include "hv/dma.h"
#include "hv/errq.h"

static struct part *const a = &parts[FAKE_A];

/* fake_iommu_touch() and fake_iommu_enter() look on during all of this. */

static bool is_open(unsigned int stream)
{
	return fake_iommu.open[the_plan->streams[stream].id] != NULL;
}

/* The streams that come and go with A, all of them. */
static void expect(bool on)
{
	assert_int_equal(is_open(FAKE_S_ALL), on);
	assert_int_equal(is_open(FAKE_S_WINDOW), on);
	assert_true(is_open(FAKE_S_KEEP));
	assert_false(fake_iommu.is_stale);
}

static int setup_running(void **state)
{
	(void)state;
	fake_time_pass(100000); /* timers of earlier stops would wake a deaf CPU */
	fake_start(FAKE_A);
	return 0;
}

static int stop_a(void **state)
{
	(void)state;
	(void)part_end_now(a, PART_BY_SHELL, "test", false);
	fake_run();
	assert_int_equal(a->state, PART_STOPPED);
	return 0;
}

static void tables_hold_what_the_plan_says(void **state)
{
	const struct fake_space *all = dma_streams[FAKE_S_ALL].space->priv;
	const struct fake_space *window = dma_streams[FAKE_S_WINDOW].space->priv;

	(void)state;
	assert_int_equal(fake_iommu.space_count, 3);
	assert_ptr_equal(dma_streams[FAKE_S_KEEP].space->priv, all);
	assert_ptr_not_equal(dma_streams[FAKE_S_B].space->priv, all);
	assert_null(dma_streams[FAKE_S_RANGE].space);
	assert_int_equal(all->count, a->plan->mem_count);
	for (unsigned int i = 0; i < all->count; i++) {
		const struct plan_mem *m = &a->plan->mems[i];

		assert_int_equal(gpa_raw(all->maps[i].gpa), gpa_raw(m->gpa));
		assert_int_equal(hpa_raw(all->maps[i].hpa), hpa_raw(m->hpa));
		assert_int_equal(all->maps[i].size, m->size);
		assert_int_equal(all->maps[i].flags, m->flags & PLAN_MEM_W ? IOMMU_W : 0);
	}
	assert_int_equal(window->count, 1);
	assert_int_equal(gpa_raw(window->maps[0].gpa), FAKE_WINDOW);
	assert_int_equal(window->maps[0].size, FAKE_WINDOW_SIZE);
	assert_int_equal(hpa_raw(window->maps[0].hpa), FAKE_RAM_BASE + MIB(2) + 0x40000);
}

static void closed_from_boot_on(void **state)
{
	(void)state;
	expect(false);
	assert_false(is_open(FAKE_S_B));
	for (unsigned int id = 5; id < FAKE_STREAMS; id++) {
		assert_null(fake_iommu.open[id]);
	}
}

static void open_while_it_runs(void **state)
{
	(void)state;
	expect(true);
	assert_false(is_open(FAKE_S_B));
	assert_int_equal(part_pause(a), OK);
	fake_run();
	expect(true);
	stop_a(NULL);
	expect(false);
}

static void cut_at_every_restart(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 50; i++) {
		unsigned int flushes = fake_iommu.flushes;

		assert_int_equal(part_restart(a, PART_BY_SHELL, "test"), OK);
		fake_run();
		assert_int_equal(a->state, PART_RUNNING);
		assert_true(fake_iommu.flushes > flushes);
		expect(true);
	}
}

static enum trap fail_op(struct vcpu *v, void *arg)
{
	(void)arg;
	return part_fail(v, "did something silly");
}

static void cut_when_it_fails(void **state)
{
	(void)state;
	fake_trap(&a->vcpus[0], fail_op, NULL);
	assert_int_equal(a->state, PART_STOPPED);
	expect(false);
}

static void open_without_load(void **state)
{
	(void)state;
	assert_int_equal(part_start(a, false, FAKE_GPA + 0x2000), OK);
	fake_run();
	assert_int_equal(a->state, PART_RUNNING);
	expect(true);
}

static void closed_after_a_start_that_fails(void **state)
{
	struct plan_image *image = &a->plan->images[0];
	uint64_t size = image->size;

	(void)state;
	assert_int_equal(part_start(a, false, 0x1000), OK);
	fake_run();
	assert_int_equal(a->state, PART_STOPPED);
	expect(false);
	image->size = 0;
	assert_int_equal(part_start(a, true, 0), OK);
	fake_run();
	image->size = size;
	assert_int_equal(a->state, PART_STOPPED);
	expect(false);
}

/* A guest that does not leave loses its devices together with its memory. */
static void cut_at_eviction(void **state)
{
	(void)state;
	fake_deaf(&a->vcpus[0], true);
	assert_int_equal(part_stop(a, PART_BY_SHELL, "test"), OK);
	fake_run();
	assert_int_equal(a->state, PART_STOPPING);
	expect(true);
	fake_time_pass(100000);
	assert_true(a->is_evicted);
	assert_int_equal(a->state, PART_STOPPED);
	expect(false);
	fake_deaf(&a->vcpus[0], false);
	fake_start(FAKE_A);
	expect(true);
}

static void paused_by_eviction_it_keeps_its_dma(void **state)
{
	(void)state;
	fake_deaf(&a->vcpus[0], true);
	assert_int_equal(part_pause(a), OK);
	fake_time_pass(100000);
	assert_int_equal(a->state, PART_PAUSED);
	expect(true);
	fake_deaf(&a->vcpus[0], false);
	assert_int_equal(part_resume(a), OK);
	fake_run();
	expect(true);
}

static void deferred_until_a_manager_says_so(void **state)
{
	(void)state;
	the_plan->parts[FAKE_A].flags |= PLAN_PART_DEFER_DMA_DISABLE;
	fake_start(FAKE_M);
	assert_int_equal(fake_hcall(FAKE_M, HCALL_TOKEN(2, FH_PARTITION_STOP_DMA), 1, UINT64_C(1)),
			 HC_INVALID_STATE);
	stop_a(NULL);
	expect(true);
	assert_int_equal(fake_hcall(FAKE_M, HCALL_TOKEN(2, FH_PARTITION_STOP_DMA), 1, UINT64_C(1)),
			 HC_OK);
	expect(false);
	fake_start(FAKE_A);
	expect(true);
	stop_a(NULL);
	expect(true);
	fake_start(FAKE_A); /* touches memory: cut before */
	expect(true);
	the_plan->parts[FAKE_A].flags &= ~(uint32_t)PLAN_PART_DEFER_DMA_DISABLE;
}

static void guest_switches_its_own(void **state)
{
	uint32_t off = HCALL_TOKEN(2, FH_DMA_DISABLE), on = HCALL_TOKEN(2, FH_DMA_ENABLE);
	uint64_t bad[] = {0, 1, FAKE_H_AB, FAKE_HANDLES, UINT64_MAX};

	(void)state;
	fake_start(FAKE_B);
	assert_int_equal(fake_hcall(FAKE_A, off, 1, (uint64_t)FAKE_H_DMA), HC_OK);
	assert_false(is_open(FAKE_S_ALL));
	assert_true(is_open(FAKE_S_WINDOW));
	assert_false(fake_iommu.is_stale);
	assert_int_equal(fake_hcall(FAKE_A, off, 1, (uint64_t)FAKE_H_DMA), HC_OK);
	assert_int_equal(fake_hcall(FAKE_B, on, 1, (uint64_t)FAKE_H_DMA), HC_INVALID_STATE);
	assert_false(is_open(FAKE_S_ALL));
	assert_int_equal(fake_hcall(FAKE_A, on, 1, (uint64_t)FAKE_H_DMA), HC_OK);
	expect(true);
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(fake_hcall(FAKE_A, off, 1, bad[i]), HC_EINVAL);
	}
	expect(true);
}

/* Its devices might still write: better no partition than one that is not alone in its memory. */
static void a_dead_iommu_costs_its_partition(void **state)
{
	(void)state;
	fake_iommu.is_dead = true;
	assert_int_equal(part_restart(a, PART_BY_SHELL, "test"), OK);
	fake_run();
	assert_int_equal(a->state, PART_STOPPED);
	assert_false(a->is_usable);
	assert_non_null(strstr(a->stop_text, "IOMMU"));
	assert_int_equal(part_start(a, true, 0), ERR_PERM);
	fake_iommu.is_dead = false;
	a->is_usable = true;
}

/* ---- refused accesses --------------------------------------------------------------------- */

static void refused_access_goes_to_its_owner(void **state)
{
	uint32_t before = dma_streams[FAKE_S_WINDOW].refused[IOMMU_UNMAPPED];
	unsigned int strangers = dma_stranger_count;
	uint8_t wire[ERRQ_WIRE_SIZE];
	uint64_t at;
	uint32_t x;

	(void)state;
	errq_clear(a->errq);
	errq_clear(errq_global);
	fake_iommu_refuse(FAKE_S_WINDOW + 1, IOMMU_UNMAPPED, 0x12345678);
	fake_time_pass(10000);
	assert_int_equal(dma_streams[FAKE_S_WINDOW].refused[IOMMU_UNMAPPED], before + 1);
	assert_int_equal(errq_get(a->errq, false, wire), OK);
	assert_string_equal((char *)wire, "smmu");
	assert_string_equal((char *)wire + 32, "access violation");
	assert_string_equal((char *)wire + 160, "/bus");
	memcpy(&x, wire + 672, 4);
	assert_int_equal(x, a->plan->guest_id);
	memcpy(&at, wire + 680, 8);
	assert_int_equal(at, 0x12345678);
	memcpy(&x, wire + 688, 4);
	assert_int_equal(x, IOMMU_UNMAPPED);
	memcpy(&x, wire + 692, 4);
	assert_int_equal(x, 3);
	memcpy(&x, wire + 696, 4);
	assert_int_equal(x, FAKE_S_WINDOW + 1);
	assert_int_equal(errq_count(errq_global), 0);
	assert_int_equal(dma_stranger_count, strangers);
}

/* Ids in a range of the bus, and ids that the plan does not have at all. */
static void stranger_goes_to_the_global_queue(void **state)
{
	unsigned int strangers = dma_stranger_count;

	(void)state;
	errq_clear(a->errq);
	errq_clear(errq_global);
	fake_iommu_refuse(FAKE_S_RANGE + 2, IOMMU_BLOCKED, 0);
	fake_iommu_refuse(9999, IOMMU_UNKNOWN, 0);
	fake_time_pass(10000);
	assert_int_equal(dma_stranger_count, strangers + 2);
	assert_int_equal(dma_stranger_last, 9999);
	assert_int_equal(errq_count(errq_global), 2);
	assert_int_equal(errq_count(a->errq), 0);
	errq_clear(errq_global);
}

/* One interrupt, then batches by the clock, and every one of them counted. */
static void a_storm_is_drained_in_steps(void **state)
{
	uint32_t before = dma_streams[FAKE_S_ALL].refused[IOMMU_READONLY];
	unsigned int polls = fake_iommu.polls;
	unsigned int lost;

	(void)state;
	errq_clear(a->errq);
	lost = errq_lost(a->errq);
	for (unsigned int i = 0; i < 1000; i++) {
		fake_iommu_refuse(FAKE_S_ALL + 1, IOMMU_READONLY, i);
	}
	assert_false(fake_iommu.is_irq_on);
	assert_int_equal(fake_iommu.polls, polls + 1);
	fake_time_pass(500);
	assert_int_equal(fake_iommu.polls, polls + 1);
	for (unsigned int i = 2; i < 18; i++) {
		fake_time_pass(1001);
		assert_true(fake_iommu.polls <= polls + i + 1);
	}
	assert_int_equal(fake_iommu.fault_count, 0);
	assert_true(fake_iommu.is_irq_on);
	assert_int_equal(dma_streams[FAKE_S_ALL].refused[IOMMU_READONLY], before + 1000);
	assert_int_equal(errq_count(a->errq) + errq_lost(a->errq) - lost, 1000);
	/* And the next is heard of again. */
	fake_iommu_refuse(FAKE_S_ALL + 1, IOMMU_READONLY, 0);
	fake_time_pass(20000);
	assert_int_equal(dma_streams[FAKE_S_ALL].refused[IOMMU_READONLY], before + 1001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(closed_from_boot_on),
	    cmocka_unit_test(tables_hold_what_the_plan_says),
	    cmocka_unit_test_setup_teardown(open_while_it_runs, setup_running, NULL),
	    cmocka_unit_test_setup_teardown(cut_at_every_restart, setup_running, stop_a),
	    cmocka_unit_test_setup_teardown(cut_when_it_fails, setup_running, NULL),
	    cmocka_unit_test_setup_teardown(open_without_load, NULL, stop_a),
	    cmocka_unit_test(closed_after_a_start_that_fails),
	    cmocka_unit_test_setup_teardown(cut_at_eviction, setup_running, stop_a),
	    cmocka_unit_test_setup_teardown(paused_by_eviction_it_keeps_its_dma, setup_running,
					    stop_a),
	    cmocka_unit_test_setup_teardown(deferred_until_a_manager_says_so, setup_running,
					    stop_a),
	    cmocka_unit_test_setup_teardown(guest_switches_its_own, setup_running, stop_a),
	    cmocka_unit_test_setup_teardown(refused_access_goes_to_its_owner, setup_running,
					    stop_a),
	    cmocka_unit_test(stranger_goes_to_the_global_queue),
	    cmocka_unit_test_setup_teardown(a_storm_is_drained_in_steps, setup_running, stop_a),
	    cmocka_unit_test_setup_teardown(a_dead_iommu_costs_its_partition, setup_running, NULL),
	};

	fake_boot();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
