/* SPDX-License-Identifier: BSD-3-Clause */
/* A manager: watches, stops, starts, restarts, reads and writes the partition it manages. */
/*
 * boot CPU; the layout names the managed-partition node `managed`; the other side runs victim with
 * stay=1 (ends its work, then sleeps). Parameter peek= (address in the managed partition's memory).
 */
#include "facet/test.h"

#include "facet/hcall.h"

#include <libfdt.h>
#include <string.h>

enum { STOPPED = 0, RUNNING = 1 };
enum { ENOENT_ = 2, EFAULT_ = 6, EINVAL_ = 8, INVALID_STATE = 11, OVERFLOW = 13 };

static uint32_t managed;
static volatile uint32_t changes;

static bool state_becomes(uint32_t wanted)
{
	uint32_t state = 99;

	return POLL_WAIT(part_status(managed, &state) == 0 && state == wanted, 5000);
}

static void test_handles(int node)
{
	int child = fdt_subnode_offset(fdt, node, "state-change");
	uint32_t irq = child < 0 ? 0 : fdt_node_irq(child, 0);

	managed = fdt_node_u32(node, "hv-handle", 0);
	TEST("handle", managed != 0, "none");
	TEST("label", fdt_getprop(fdt, node, "label", NULL) != NULL, "none");
	TEST("state-change doorbell", irq != 0, "none");
	if (irq) {
		irq_on(irq, irq_count, (void *)&changes);
	}
}

static void test_life(void)
{
	uint32_t before;

	TEST("runs", state_becomes(RUNNING), "not running");
	TEST("start refused while running", part_start(managed, 0, true) == INVALID_STATE,
	     "accepted");
	before = changes;
	TEST("stop", part_stop(managed) == 0 && state_becomes(STOPPED), "not stopped");
	TEST("rung when stopped", POLL_WAIT(changes != before, 5000), "no doorbell");
	TEST("stop refused when stopped", part_stop(managed) == INVALID_STATE, "accepted");
	TEST("restart refused when stopped", part_restart(managed) == INVALID_STATE, "accepted");
	before = changes;
	TEST("start with load", part_start(managed, 0, true) == 0 && state_becomes(RUNNING),
	     "not running");
	TEST("rung when started", POLL_WAIT(changes != before, 5000), "no doorbell");
	TEST("restart", part_restart(managed) == 0 && state_becomes(RUNNING), "not running");
}

static void test_copy(void)
{
	static char here[256] __attribute__((aligned(32)));
	static char back[256] __attribute__((aligned(32)));
	uint64_t there = arg_u64("peek", 0);
	struct part_copy copy = {(uintptr_t)here, there, sizeof(here), 0};
	unsigned int i;

	for (i = 0; i < sizeof(here); i++) {
		here[i] = (char)(i * 3 + 1);
	}
	TEST("copy there", part_memcpy(PART_SELF, managed, &copy, 1) == 0, "refused");
	copy = (struct part_copy){there, (uintptr_t)back, sizeof(back), 0};
	TEST("copy back",
	     part_memcpy(managed, PART_SELF, &copy, 1) == 0 && memcmp(here, back, 256) == 0,
	     "refused or different");
	copy.from = 0x3f000000;
	TEST("copy from nowhere", part_memcpy(managed, PART_SELF, &copy, 1) == EFAULT_, "accepted");
	copy = (struct part_copy){(uintptr_t)here, UINT64_MAX - 10, 256, 0};
	TEST("copy past the end", part_memcpy(PART_SELF, managed, &copy, 1) == EFAULT_, "accepted");
	TEST("copy to a stranger", part_memcpy(PART_SELF, 999, &copy, 1) == EINVAL_, "accepted");
}

static void test_properties(void)
{
	char value[32] = "x";
	uint32_t n = sizeof(value);

	TEST("read a property",
	     part_getprop(managed, "/hypervisor", "guest-name", value, &n) == 0 &&
		 strcmp(value, "victim") == 0,
	     "'%s'", value);
	n = 2;
	TEST("too small",
	     part_getprop(managed, "/hypervisor", "guest-name", value, &n) == OVERFLOW && n == 7,
	     "length %u", (unsigned int)n);
	n = sizeof(value);
	TEST("no such node", part_getprop(managed, "/nowhere", "x", value, &n) == ENOENT_, "found");
	TEST("write a property", part_setprop(managed, "/chosen", "from-manager", "hello", 6) == 0,
	     "refused");
	n = sizeof(value);
	TEST("read it back",
	     part_getprop(managed, "/chosen", "from-manager", value, &n) == 0 && n == 6 &&
		 strcmp(value, "hello") == 0,
	     "'%s'", value);
}

int main(void)
{
	int node = hv_node("managed");

	if (node < 0) {
		test_fail("manager", "no managed partition in this layout");
	} else {
		test_handles(node);
		test_life();
		test_copy();
		test_properties();
	}
	test_done();
	IRQ_WAIT(false);
	return 0;
}
