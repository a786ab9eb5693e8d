/* SPDX-License-Identifier: BSD-3-Clause */
/* What a plan decides: who owns what, interrupts, handles and channels. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan_case.h"

/* ---------------------------------------------------------------- ownership */

static void cpus_are_given_once(void **state)
{
	void *b = kit_layout();
	struct plan *p;

	(void)state;
	kit_part(b, "a", 0, 3, PH_A);
	kit_end(b);
	kit_part(b, "b", 2, 2, PH_B);
	kit_end(b);
	p = planned(b, 3);
	assert_int_equal(p->parts[0].cpu_count, 3);
	assert_true(p->parts[0].is_valid);
	assert_int_equal(p->cpus[2].owner, 0);
	assert_int_equal(kit_count(p, CHECK_CPU_TAKEN), 1);
	assert_false(p->parts[1].is_valid);
	assert_false(p->is_fatal);
	kit_free(&k);
}

static void a_bad_partition_leaves_the_others(void **state)
{
	void *b = kit_layout();
	struct plan *p;

	(void)state;
	kit_part(b, "a", 7, 1, PH_A);
	kit_end(b);
	kit_part(b, "b", 1, 1, PH_B);
	kit_end(b);
	p = planned(b, 3);
	assert_int_equal(kit_count(p, CHECK_CPU_UNKNOWN), 1);
	assert_false(p->parts[0].is_valid);
	assert_true(p->parts[1].is_valid);
	kit_free(&k);
}

static void shared_memory_is_marked(void **state)
{
	void *b = kit_layout();
	struct plan *p;

	(void)state;
	kit_area(b, "shm", PH_FREE, 0x70000000, 0x1000);
	for (unsigned i = 0; i < 2; i++) {
		kit_part(b, i ? "b" : "a", i, 1, i ? PH_B : PH_A);
		kit_is(b, "shm", "guest-phys-mem-area");
		kit_cells(b, "phys-mem", 1, PH_FREE);
		kit_cells(b, "guest-addr", 2, 0, 0x90000000);
		kit_end(b);
		kit_end(b);
	}
	p = planned(b, 3);
	assert_int_equal(errors(p), 0);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(p->parts[i].mem_count, 2);
		assert_false(p->parts[i].mems[0].flags & PLAN_MEM_SHARED);
		assert_true(p->parts[i].mems[1].flags & PLAN_MEM_SHARED);
		assert_int_equal(hpa_raw(p->parts[i].mems[1].hpa), 0x70000000);
	}
	kit_free(&k);
}

/* Two devices of one owner on one page are one mapping; an interrupt line of two owners is refused.
 */
static void device_pages_and_lines(void **state)
{
	void *b = kit_layout();
	struct plan *p;

	(void)state;
	kit_part(b, "a", 0, 1, PH_A);
	kit_node(b, "clock");
	kit_str(b, "device", "clock");
	kit_end(b);
	kit_node(b, "pins");
	kit_str(b, "device", "/gpio@9010800");
	kit_end(b);
	kit_end(b);
	kit_part(b, "b", 1, 1, PH_B);
	kit_node(b, "dog");
	kit_str(b, "device", "wdt");
	kit_end(b);
	kit_end(b);
	p = planned(b, 3);
	assert_int_equal(p->parts[0].mem_count, 2);
	assert_int_equal(gpa_raw(p->parts[0].mems[0].gpa), 0x9010000);
	assert_int_equal(p->parts[0].mems[0].size, 0x1000);
	assert_true(p->parts[0].mems[0].flags & PLAN_MEM_DEVICE);
	assert_true(p->parts[0].is_valid);
	assert_int_equal(kit_count(p, CHECK_IRQ_SHARED), 1);
	assert_false(p->parts[1].is_valid);
	kit_free(&k);
}

static void dma_needs_trust(void **state)
{
	(void)state;
	for (unsigned trusted = 0; trusted < 2; trusted++) {
		void *b = kit_layout();
		struct plan *p;

		kit_part(b, "a", 0, 1, PH_A);
		kit_node(b, "dma");
		kit_str(b, "device", "/dma@9020000");
		if (trusted)
			kit_flag(b, "allow-unprotected-dma");
		kit_end(b);
		kit_end(b);
		p = planned(b, 3);
		assert_int_equal(kit_count(p, CHECK_DMA_UNPROTECTED), !trusted);
		assert_int_equal(kit_count(p, CHECK_DMA_TRUSTED), trusted);
		assert_int_equal(p->parts[0].is_valid, trusted);
		kit_free(&k);
	}
}

static void standby_owner_of_a_claimable_device(void **state)
{
	void *b = kit_layout();
	struct plan *p;
	struct tree t;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		kit_part(b, i ? "b" : "a", i, 1, i ? PH_B : PH_A);
		kit_node(b, "clock");
		kit_str(b, "device", "/gpio@9010800");
		kit_str(b, "claimable", i ? "active" : "standby");
		kit_end(b);
		kit_end(b);
	}
	p = planned(b, 3);
	assert_int_equal(kit_count(p, CHECK_CLAIMABLE), 0);
	for (unsigned i = 0; i < p->dev_count; i++)
		if (strcmp(p->devs[i].path, "/gpio@9010800") == 0) {
			assert_int_equal(p->devs[i].owner, 1);
			assert_int_equal(p->devs[i].standby, 0);
		}
	t = guest(&p->parts[0]);
	assert_string_equal(tree_str(&t, at(&t, "/devices/clock"), "status"), "disabled");
	t = guest(&p->parts[1]);
	assert_null(tree_str(&t, at(&t, "/devices/clock"), "status"));
	assert_string_equal(tree_str(&t, at(&t, "/devices/clock"), "fsl,hv-claimable"), "active");
	kit_free(&k);
}

/* ---------------------------------------------------------------- interrupts, handles, channels */

static void direct_mode_carriers(void **state)
{
	void *b = kit_layout();
	struct plan *p;
	uint64_t seen = 0;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		kit_part(b, i ? "b" : "a", i, 1, i ? PH_B : PH_A);
		kit_vuart(b, "uart0", i + 1);
		kit_end(b);
	}
	p = planned(b, 3);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(p->parts[i].irq_mode, PLAN_IRQ_DIRECT);
		for (unsigned v = 0; v < p->parts[i].virq_count; v++) {
			uint32_t n = p->parts[i].virqs[v].g_irq;

			assert_int_equal(n, p->parts[i].virqs[v].carrier);
			assert_true(n < 64 && !(seen >> n & 1) && (n < 33 || n > 36));
			assert_false(p->parts[i].virqs[v].is_level);
			seen |= UINT64_C(1) << n;
		}
	}
	kit_free(&k);
}

/* The board's own UART interrupt cannot carry, but a virtual one may have its number. */
static void a_number_of_the_board_means_virtual_mode(void **state)
{
	(void)state;
	for (unsigned insist = 0; insist < 2; insist++) {
		void *b = kit_layout();
		struct plan *p;

		kit_is(b, "a", "partition");
		kit_cells(b, "cpus", 2, 0, 1);
		if (insist)
			kit_str(b, "interrupt-mode", "direct");
		kit_is(b, "memory", "guest-phys-mem-area");
		kit_cells(b, "phys-mem", 1, PH_A);
		kit_cells(b, "guest-addr", 2, 0, 0x40000000);
		kit_end(b);
		kit_is(b, "uart0", "virtual-uart");
		kit_cells(b, "guest-addr", 2, 0, 0x9000000);
		kit_cells(b, "guest-interrupt", 1, 33);
		kit_cells(b, "endpoint", 1, PH_MUX);
		kit_cells(b, "mux-channel", 1, 1);
		kit_end(b);
		kit_end(b);
		p = planned(b, 3);
		if (insist) {
			assert_int_equal(kit_count(p, CHECK_IRQ_DIRECT), 1);
			assert_false(p->parts[0].is_valid);
		} else {
			assert_int_equal(p->parts[0].irq_mode, PLAN_IRQ_VIRTUAL);
			assert_int_equal(p->parts[0].virqs[1].g_irq, 33);
			assert_int_equal(p->parts[0].virqs[1].carrier, 0);
			assert_true(p->parts[0].virqs[1].is_level);
			assert_int_equal(errors(p), 0);
		}
		kit_free(&k);
	}
}

static void gicv2_is_always_virtual(void **state)
{
	void *b = kit_layout();
	struct plan *p;

	(void)state;
	kit_part(b, "a", 0, 1, PH_A);
	kit_end(b);
	p = planned(b, 2);
	assert_int_equal(p->parts[0].irq_mode, PLAN_IRQ_VIRTUAL);
	assert_int_equal(p->parts[0].gic.version, 2);
	assert_int_equal(p->parts[0].mem_count, 2);
	assert_int_equal(gpa_raw(p->parts[0].mems[0].gpa), 0x8010000);
	assert_int_equal(hpa_raw(p->parts[0].mems[0].hpa), 0x8040000);
	kit_free(&k);
}

static void handles_count_from_64(void **state)
{
	void *b = kit_layout();
	struct plan *p;
	const struct plan_part *part;
	struct tree t;

	(void)state;
	kit_part(b, "a", 0, 1, PH_A);
	kit_is(b, "ring", "send-doorbell");
	kit_cells(b, "global-doorbell", 1, PH_BELL);
	kit_end(b);
	kit_is(b, "link", "byte-channel");
	kit_cells(b, "endpoint", 1, PH_MUX);
	kit_cells(b, "mux-channel", 1, 5);
	kit_end(b);
	kit_end(b);
	p = planned(b, 3);
	part = &p->parts[0];
	assert_int_equal(part->guest_id, 1);
	assert_int_equal(part->handles[1].kind, PLAN_H_PART);
	assert_int_equal(part->handles[64].kind, PLAN_H_ERROR_QUEUE);
	assert_int_equal(part->handles[65].kind, PLAN_H_SEND_DOORBELL);
	assert_int_equal(part->handles[66].kind, PLAN_H_CHAN);
	assert_int_equal(part->handle_count, 67);
	t = guest(part);
	assert_int_equal(tree_u32(&t, at(&t, "/hypervisor/handles/ring"), "hv-handle", 0), 65);
	assert_int_equal(tree_u32(&t, at(&t, "/hypervisor/handles/link"), "hv-handle", 0), 66);
	assert_int_equal(tree_prop(&t, at(&t, "/hypervisor/handles/link"), "interrupts")->len, 24);
	kit_free(&k);
}

static void one_channel_number_one_user(void **state)
{
	void *b = kit_layout();
	struct plan *p;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		kit_part(b, i ? "b" : "a", i, 1, i ? PH_B : PH_A);
		kit_vuart(b, "uart0", 1);
		kit_end(b);
	}
	p = planned(b, 3);
	assert_int_equal(kit_count(p, CHECK_MUX_TAKEN), 1);
	assert_true(p->parts[0].is_valid);
	assert_false(p->parts[1].is_valid);
	kit_free(&k);
}

static void doorbells_fan_out(void **state)
{
	void *b = kit_layout();
	struct plan *p;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		kit_part(b, i ? "b" : "a", i, 1, i ? PH_B : PH_A);
		kit_is(b, "hear", "receive-doorbell");
		kit_cells(b, "global-doorbell", 1, PH_BELL);
		kit_end(b);
		kit_end(b);
	}
	p = planned(b, 3);
	assert_int_equal(p->doorbell_count, 1);
	assert_int_equal(p->doorbells[0].rx_count, 2);
	for (unsigned i = 0; i < 2; i++) {
		const struct plan_receiver *r = &p->receivers[i];

		assert_int_equal(r->part, i);
		assert_int_equal(p->parts[i].virqs[r->virq].kind, PLAN_VIRQ_DOORBELL);
		assert_int_equal(p->parts[i].virqs[r->virq].index, 0);
	}
	kit_free(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cpus_are_given_once),
	    cmocka_unit_test(a_bad_partition_leaves_the_others),
	    cmocka_unit_test(shared_memory_is_marked),
	    cmocka_unit_test(device_pages_and_lines),
	    cmocka_unit_test(dma_needs_trust),
	    cmocka_unit_test(standby_owner_of_a_claimable_device),
	    cmocka_unit_test(direct_mode_carriers),
	    cmocka_unit_test(a_number_of_the_board_means_virtual_mode),
	    cmocka_unit_test(gicv2_is_always_virtual),
	    cmocka_unit_test(handles_count_from_64),
	    cmocka_unit_test(one_channel_number_one_user),
	    cmocka_unit_test(doorbells_fan_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
