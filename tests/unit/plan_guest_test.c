/* SPDX-License-Identifier: BSD-3-Clause */
/* What a guest gets: its images from a bundle, its memory map and its tree with the layout's edits.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/plan/bundle.h"
#include "plan_case.h"

/* ---------------------------------------------------------------- bundle and images */

static void *fit_of(size_t *size, const void *data, size_t len)
{
	void *b = kit_begin();

	kit_node(b, "images");
	kit_node(b, "kernel");
	kit_bytes(b, "data", data, len);
	kit_end(b);
	kit_node(b, "packed");
	kit_str(b, "compression", "gzip");
	kit_bytes(b, "data", data, len);
	kit_end(b);
	kit_node(b, "outside");
	kit_cells(b, "data-offset", 1, 4);
	kit_cells(b, "data-size", 1, 8);
	kit_end(b);
	kit_end(b);
	return kit_finish(b, size);
}

static void bundle_lookups(void **state)
{
	static const char data[] = "kernel bytes";
	size_t size, len;
	uint8_t *fit = fit_of(&size, data, sizeof(data)), *big = calloc(1, size + 64);
	const uint8_t *found;
	struct arena a = {.base = scratch, .size = sizeof(scratch)};

	(void)state;
	memcpy(big, fit, size);
	strcpy((char *)big + ((size + 3) & ~(size_t)3) + 4, "outside");
	assert_int_equal(bundle_find(big, size + 64, &a, "kernel", &found, &len), OK);
	assert_int_equal(len, sizeof(data));
	assert_memory_equal(found, data, len);
	assert_int_equal(bundle_find(big, size + 64, &a, "packed", &found, &len), ERR_FORMAT);
	assert_int_equal(bundle_find(big, size + 64, &a, "nothing", &found, &len), ERR_NONE);
	assert_int_equal(bundle_find(big, size + 64, &a, "outside", &found, &len), OK);
	assert_string_equal((const char *)found, "outside");
	/* the same image with its data behind the end of what is there */
	assert_int_equal(bundle_find(big, size + 4, &a, "outside", &found, &len), ERR_FORMAT);
	free(fit);
	free(big);
}

/* Cut to any length: found inside, or refused; the sanitizer watches the reads. */
static void bundle_truncations(void **state)
{
	static const char data[] = "kernel bytes";
	size_t size, len;
	uint8_t *fit = fit_of(&size, data, sizeof(data));
	const uint8_t *found;

	(void)state;
	for (size_t n = 0; n < size; n++) {
		uint8_t *cut = malloc(n ? n : 1);
		struct arena a = {.base = scratch, .size = sizeof(scratch)};

		memcpy(cut, fit, n);
		assert_int_equal(bundle_find(cut, n, &a, "kernel", &found, &len), ERR_FORMAT);
		free(cut);
	}
	free(fit);
}

/* A kernel by name goes to the first area at its text_offset, the initrd to the top below the tree.
 */
static void named_images_are_placed(void **state)
{
	static uint8_t image[256];
	static const uint8_t name_and_place[] = "kernel\0\0\0\0\0\x41\0\0\0\0\0\0\0\0\x10\0\0";
	size_t hw_size, cfg_size, fit_size;
	void *b = kit_layout(), *fit;
	struct plan *p;

	(void)state;
	memcpy(image + 56, "ARMd", 4);
	image[9] = 0x80;  /* text_offset 0x8000, little endian */
	image[18] = 0x20; /* image_size 0x200000 */
	fit = fit_of(&fit_size, image, sizeof(image));
	kit_is(b, "a", "partition");
	kit_cells(b, "cpus", 2, 0, 1);
	kit_str(b, "guest-image", "kernel");
	kit_str(b, "linux-rootfs", "kernel");
	kit_is(b, "memory", "guest-phys-mem-area");
	kit_cells(b, "phys-mem", 1, PH_A);
	kit_cells(b, "guest-addr", 2, 0, 0x40000000);
	kit_end(b);
	kit_end(b);
	kit_is(b, "b", "partition");
	kit_cells(b, "cpus", 2, 1, 1);
	kit_bytes(b, "guest-image", name_and_place, 7 + 16);
	kit_str(b, "linux-rootfs", "kernal");
	kit_is(b, "memory", "guest-phys-mem-area");
	kit_cells(b, "phys-mem", 1, PH_B);
	kit_cells(b, "guest-addr", 2, 0, 0x40000000);
	kit_end(b);
	kit_end(b);
	k = (struct kit){.hw = kit_board(3, &hw_size), .cfg = kit_finish(b, &cfg_size)};
	k.in = (struct plan_input){.hw = k.hw,
				   .hw_size = hw_size,
				   .cfg = k.cfg,
				   .cfg_size = cfg_size,
				   .bundle = fit,
				   .bundle_size = fit_size,
				   .bundle_at = hpa(0x48000000)};
	k.arena.size = KIT_ARENA;
	k.arena.base = malloc(k.arena.size);
	p = plan_build(&k.in, &k.arena);
	assert_int_equal(p->parts[0].image_count, 2);
	assert_int_equal(p->parts[0].images[0].role, PLAN_IMAGE_ROOTFS);
	/* 64 MiB less a tree window of 2 MiB, then down by one 64 KiB step */
	assert_int_equal(gpa_raw(p->parts[0].images[0].dest), 0x43df0000);
	assert_int_equal(gpa_raw(p->parts[0].images[1].dest), 0x40008000);
	assert_true(hpa_raw(p->parts[0].images[1].src) > 0x48000000 &&
		    hpa_raw(p->parts[0].images[1].src) < 0x48000000 + fit_size);
	assert_int_equal(gpa_raw(p->parts[1].images[1].dest), 0x41000000);
	assert_int_equal(p->parts[1].images[1].window, 0x100000);
	assert_int_equal(kit_count(p, CHECK_IMAGE_SIZE), 1); /* image_size exceeds that window */
	assert_int_equal(kit_count(p, CHECK_IMAGE_MISSING), 1);
	for (unsigned i = 0; i < p->diag_count; i++)
		if (p->diags[i].check == CHECK_IMAGE_MISSING)
			assert_non_null(strstr(p->diags[i].text, "did you mean \"kernel\"?"));
	free(fit);
	kit_free(&k);
}

/* ---------------------------------------------------------------- guest trees */

static void node_updates(void **state)
{
	static const char pairs[] = "compatible\0first\0compatible\0second";
	static const char gone[] = "interrupts\0clock-names";
	void *b = kit_layout();
	struct plan *p;
	struct tree t;
	unsigned n;

	(void)state;
	kit_part(b, "a", 0, 1, PH_A);
	kit_node(b, "clock");
	kit_str(b, "device", "clock");
	kit_node(b, "node-update");
	kit_bytes(b, "delete-prop", gone, sizeof(gone));
	kit_bytes(b, "prepend-stringlist", pairs, sizeof(pairs));
	kit_cells(b, "own", 1, 7);
	kit_node(b, "sub");
	kit_cells(b, "phandle", 1, PH_FREE);
	kit_flag(b, "here");
	kit_end(b);
	kit_end(b);
	kit_end(b);
	kit_node(b, "node-update");
	kit_str(b, "delete-node", "psci");
	kit_node(b, "chosen");
	kit_str(b, "bootargs", "quiet");
	kit_end(b);
	kit_end(b);
	kit_node(b, "node-update-phandle");
	kit_node(b, "chosen");
	kit_cells(b, "points", 1, PH_FREE);
	kit_end(b);
	kit_end(b);
	kit_end(b);
	p = planned(b, 3);
	assert_int_equal(errors(p), 0);
	t = guest(&p->parts[0]);
	n = at(&t, "/devices/clock");
	assert_null(tree_prop(&t, n, "interrupts"));
	assert_memory_equal(tree_prop(&t, n, "compatible")->val, "second\0first\0arm,pl031", 23);
	assert_int_equal(tree_u32(&t, n, "own", 0), 7);
	assert_int_equal(tree_u32(&t, n, "reg", 1), 0);
	assert_true(tree_has(&t, at(&t, "/devices/clock/sub"), "here"));
	assert_int_equal(tree_by_path(&t, "/psci", 5), NONE);
	assert_string_equal(tree_str(&t, at(&t, "/chosen"), "bootargs"), "quiet");
	assert_int_equal(tree_by_phandle(&t, tree_u32(&t, at(&t, "/chosen"), "points", 0)),
			 at(&t, "/devices/clock/sub"));
	assert_string_equal(tree_str(&t, at(&t, "/aliases"), "clock"), "/devices/clock");
	kit_free(&k);
}

static void device_ranges_move_registers(void **state)
{
	void *b = kit_layout();
	struct plan *p;

	(void)state;
	kit_is(b, "a", "partition");
	kit_cells(b, "cpus", 2, 0, 1);
	kit_cells(b, "device-ranges", 6, 0, 0x9000000, 1, 0x20000000, 0, 0x20000);
	kit_is(b, "memory", "guest-phys-mem-area");
	kit_cells(b, "phys-mem", 1, PH_A);
	kit_cells(b, "guest-addr", 2, 0, 0x40000000);
	kit_end(b);
	kit_node(b, "clock");
	kit_str(b, "device", "clock");
	kit_end(b);
	kit_node(b, "dog");
	kit_str(b, "device", "wdt");
	kit_end(b);
	kit_end(b);
	p = planned(b, 3);
	assert_int_equal(kit_count(p, CHECK_DEVICE_UNMAPPED), 1);
	assert_int_equal(gpa_raw(p->parts[0].mems[1].gpa), UINT64_C(0x120010000));
	assert_int_equal(hpa_raw(p->parts[0].mems[1].hpa), 0x9010000);
	kit_free(&k);
}

static void the_window_bounds_the_tree(void **state)
{
	(void)state;
	for (unsigned size = 1024; size <= 8192; size *= 8) {
		void *b = kit_layout();
		struct plan *p;

		kit_is(b, "a", "partition");
		kit_cells(b, "cpus", 2, 0, 1);
		kit_cells(b, "dtb-window", 4, 0, 0x40000000, 0, size);
		kit_is(b, "memory", "guest-phys-mem-area");
		kit_cells(b, "phys-mem", 1, PH_A);
		kit_cells(b, "guest-addr", 2, 0, 0x40000000);
		kit_end(b);
		kit_end(b);
		p = planned(b, 3);
		assert_int_equal(kit_count(p, CHECK_DTB_SMALL), size == 1024);
		kit_free(&k);
	}
}

static void the_guest_sees_its_own_machine(void **state)
{
	void *b = kit_layout();
	struct plan *p;
	struct tree t;
	unsigned n;

	(void)state;
	kit_part(b, "a", 1, 3, PH_A);
	kit_vuart(b, "uart0", 1);
	kit_end(b);
	p = planned(b, 3);
	t = guest(&p->parts[0]);
	for (unsigned v = 0; v < 3; v++)
		assert_int_equal(tree_u32(&t,
					  at(&t, v == 0	  ? "/cpus/cpu@0"
						 : v == 1 ? "/cpus/cpu@1"
							  : "/cpus/cpu@2"),
					  "reg", 9),
				 v);
	assert_int_equal(tree_by_path(&t, "/cpus/cpu@3", 11), NONE);
	n = at(&t, "/interrupt-controller@8000000");
	assert_int_equal(tree_cell(tree_prop(&t, n, "reg"), 7), 3 * 0x20000);
	assert_string_equal(tree_str(&t, at(&t, "/psci"), "method"), "hvc");
	assert_string_equal(tree_str(&t, at(&t, "/chosen"), "stdout-path"), "/serial@9000000");
	n = at(&t, "/serial@9000000");
	assert_int_equal(tree_u32(&t, n, "clocks", 0), t.nodes[at(&t, "/vuart-clock")].phandle);
	assert_string_equal(tree_str(&t, TREE_ROOT, "compatible"), "facet,test-hv");
	kit_free(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bundle_lookups),
	    cmocka_unit_test(bundle_truncations),
	    cmocka_unit_test(named_images_are_placed),
	    cmocka_unit_test(node_updates),
	    cmocka_unit_test(device_ranges_move_registers),
	    cmocka_unit_test(the_window_bounds_the_tree),
	    cmocka_unit_test(the_guest_sees_its_own_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
