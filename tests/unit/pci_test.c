/* SPDX-License-Identifier: BSD-3-Clause */
/* PCI functions at boot, at a start and at an end, on a fake bus that decodes and resets. */
/* see pci_fake.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/pci_fake.h"

static struct plan plan;
static struct plan_dev plan_dev = {.driver = PLAN_DRV_PCI_ECAM};
static struct plan_pci_host plan_host = {.bus_first = 0, .bus_last = 1};
static struct plan_pci_fn plan_fns[4];
static struct plan_bar plan_bars[8];
static struct plan_vpci plan_vpci;
static struct plan_part plan_part = {.name = "a"};
static struct part part = {.plan = &plan_part};

const struct plan *the_plan = &plan;

/* ---- the plan ---- */

static void grant_bar(struct plan_pci_fn *f, uint8_t number, uint8_t space, uint64_t size,
		      uint64_t at)
{
	plan_bars[plan.bar_count++] =
	    (struct plan_bar){.number = number, .space = space, .size = size, .bus = at,
			      .hpa = hpa(at)};
	f->bar_count++;
}

static struct plan_pci_fn *grant(const char *path, uint16_t rid, uint8_t pin, uint16_t vectors)
{
	struct plan_pci_fn *f = &plan_fns[plan.pci_fn_count++];

	*f = (struct plan_pci_fn){.path = path,
				  .rid = rid,
				  .bar_first = plan.bar_count,
				  .pin = pin,
				  .irq = NONE,
				  .stream = NONE,
				  .vectors = vectors};
	return f;
}

static void plan_init(void)
{
	plan = (struct plan){.pci_hosts = &plan_host,
			     .pci_host_count = 1,
			     .devs = &plan_dev,
			     .dev_count = 1,
			     .pci_fns = plan_fns,
			     .bars = plan_bars,
			     .vpcis = &plan_vpci,
			     .vpci_count = 1};
	part.vdevs.count = 0;
	part.starts = 0;
	pci_fn_count = 0;
	log_text[0] = 0;
	deaf_us = 0;
}

static void grant_nvme(void)
{
	struct plan_pci_fn *f = grant("/a/nvme", RID_NVME, 1, 5);

	grant_bar(f, 0, PLAN_PCI_MEM64, 0x4000, UINT64_C(0x8000004000));
	grant_bar(f, 5, PLAN_PCI_MEM32, 0x1000, 0x10000000);
}

static int fresh(void **state)
{
	(void)state;
	bus_init();
	plan_init();
	return 0;
}

static void boot_fails(const char *text)
{
	const char *what = NULL;

	assert_int_equal(pci_init(&plan), OK);
	assert_int_not_equal(pci_part_init(&part, &what), OK);
	if (strcmp(what, text) != 0) {
		fail_msg("%s", what);
	}
	bus_init();
	plan_init();
}

static void boot(void)
{
	const char *what = NULL;

	assert_int_equal(pci_init(&plan), OK);
	if (pci_part_init(&part, &what) != OK) {
		fail_msg("%s", what);
	}
}

/* ---- tests ---- */

static void test_quiet(void **state)
{
	static const uint16_t found[] = {RID_HOST,   RID_NVME,	RID_MULTI,  RID_SOUND,
					 RID_PORT,   RID_LOST,	RID_SLEEPY, RID_ALIAS - 1,
					 RID_VIRTIO, RID_BEHIND};

	(void)state;
	assert_int_equal(pci_init(&plan), OK);
	assert_int_equal(pci_fn_count, ARRAY_SIZE(found));
	for (unsigned int i = 0; i < pci_fn_count; i++) {
		assert_int_equal(pci_fns[i].rid, found[i]);
		assert_int_equal(peek(found[i], PCI_COMMAND, 2), i == 0 ? 0x0007 : 0x0400);
		assert_int_equal(pci_fns[i].was_master, i != 0);
	}
	/* Not a function of its own: what it aliases has been dealt with. */
	assert_int_equal(peek(RID_ALIAS, PCI_COMMAND, 2), 0x0007);
}

static void test_probe(void **state)
{
	const struct pci_fn *f;

	(void)state;
	put(bus[RID_SLEEPY].space + 0xcc, 2, 3);
	assert_int_equal(pci_init(&plan), OK);
	f = &pci_fns[1];
	assert_true(f->bars[0].size == 0x4000 && f->bars[0].is_64 && !f->bars[0].is_prefetch);
	assert_true(f->bars[1].size == 0 && f->bars[1].is_upper);
	assert_true(f->bars[2].size == 0x20 && f->bars[2].is_io);
	assert_true(f->bars[5].size == 0x1000 && f->bars[5].is_prefetch && !f->bars[5].is_64);
	assert_true(f->msix == 65 && f->msi == 0 && f->msix_bars == (1 << 0 | 1 << 5));
	assert_true(f->pin == 1 && f->cap_express == 0x80 && f->exp_control == 0x2810);
	assert_true(pci_fns[2].msi == 16 && pci_fns[2].cap_af == 0x70);
	assert_int_equal(peek(RID_SLEEPY, 0xcc, 2), 0);
	for (unsigned int at = PCI_BAR0; at < PCI_CARDBUS; at += 4) {
		assert_true((peek(RID_NVME, at, 4) & ~15u) == 0);
	}
}

static void test_mismatches(void **state)
{
	struct plan_pci_fn *f;

	(void)state;
	(void)grant("/a/none", 0x00f8, 0, 0);
	boot_fails("/a/none: there is no function 00:1f.0; the shell's word pci lists them all");
	(void)grant("/a/host", RID_HOST, 0, 0);
	boot_fails("/a/host: 1b36:0008 is a bridge, which no guest can have");
	(void)grant("/a/port", RID_PORT, 0, 0);
	boot_fails("/a/port: 1b36:000c is a bridge, which no guest can have");
	(void)grant("/a/far", RID_BEHIND, 0, 0);
	boot_fails("/a/far: 8086:100e is behind a bridge; only functions of bus 0 can be had");
	grant_nvme();
	plan_bars[0].size = 0x8000;
	boot_fails("/a/nvme: 1b36:0010 has other BARs; write "
		   "pci-bars = <0 0 0x4000>, <5 0 0x1000>;");
	grant_nvme();
	plan_fns[0].bar_count = 1;
	boot_fails("/a/nvme: 1b36:0010 has other BARs; write "
		   "pci-bars = <0 0 0x4000>, <5 0 0x1000>;");
	grant_nvme();
	grant_bar(&plan_fns[0], 3, PLAN_PCI_MEM32, 0x1000, 0x10001000);
	boot_fails("/a/nvme: 1b36:0010 has other BARs; write "
		   "pci-bars = <0 0 0x4000>, <5 0 0x1000>;");
	grant_nvme();
	grant_bar(&plan_fns[0], 2, PLAN_PCI_IO, 0x40, 0x1000);
	boot_fails("/a/nvme: 1b36:0010 has other I/O BARs; leave them all out or write "
		   "pci-io-bars = <2 0 0x20>;");
	grant_nvme();
	plan_bars[1].bus = UINT64_C(0x8000000000);
	boot_fails("/a/nvme: 1b36:0010 BAR 5 has 32 bits and cannot be at 0x8000000000");
	grant_nvme();
	plan_fns[0].pin = 2;
	boot_fails("/a/nvme: 1b36:0010 has another interrupt pin; write pci-intx = <1>;");
	f = grant("/a/net", RID_SLEEPY, 1, 0);
	grant_bar(f, 0, PLAN_PCI_MEM32, 0x20000, 0x10020000);
	boot_fails("/a/net: 8086:10d3 has no interrupt pin; leave pci-intx out");
	grant_nvme();
	plan_fns[0].vectors = 66;
	boot_fails("/a/nvme: 1b36:0010 sends fewer messages; write pci-msi-vectors = <65>;");
}

static void test_life(void **state)
{
	struct vdev *dev;
	struct mmio acc = {.size = 2, .is_write = true, .value = 0x0006};

	(void)state;
	grant_nvme();
	boot();
	assert_int_equal(bus[RID_NVME].resets, 1); /* firmware had used it */
	assert_int_equal(peek(RID_NVME, PCI_COMMAND, 2), 0x0400);
	assert_int_equal(peek(RID_NVME, PCI_BAR0, 4), 0x00004004);
	assert_int_equal(peek(RID_NVME, PCI_BAR0 + 4, 4), 0x80);
	assert_int_equal(peek(RID_NVME, PCI_BAR0 + 8, 4), 0x1);
	assert_int_equal(peek(RID_NVME, PCI_BAR0 + 20, 4), 0x10000008);
	pci_part_open(&part);
	assert_int_equal(peek(RID_NVME, PCI_COMMAND, 2), 0x0002);
	assert_int_equal(part.vdevs.count, 1);
	dev = &part.vdevs.rows[0];
	assert_true(dev->access(NULL, dev->dev, (RID_NVME << 12) + PCI_COMMAND, &acc));
	assert_int_equal(peek(RID_NVME, PCI_COMMAND, 2), 0x0006);
	nvme_table[0][0] = nvme_table[64][1] = nvme_table[64][2] = 0xfee;
	nvme_table[64][3] = 0;
	put(bus[RID_NVME].space + 0x42, 2, 0x8040);	  /* MSI-X on, */
	put(bus[RID_NVME].space + 0x88, 2, 0x5810);	  /* larger read requests, */
	put(bus[RID_NVME].space + PCI_STATUS, 2, 0x2010); /* and a master abort */
	pci_part_cut(&part);
	assert_int_equal(peek(RID_NVME, PCI_COMMAND, 2), 0x0402);
	assert_true(dev->access(NULL, dev->dev, (RID_NVME << 12) + PCI_COMMAND, &acc));
	assert_int_equal(peek(RID_NVME, PCI_COMMAND, 2) & 4, 0);
	pci_part_reset(&part);
	assert_int_equal(bus[RID_NVME].resets, 2);
	assert_int_equal(peek(RID_NVME, PCI_COMMAND, 2), 0x0400);
	assert_int_equal(peek(RID_NVME, PCI_BAR0, 4), 0x00004004);
	assert_int_equal(peek(RID_NVME, PCI_STATUS, 2), 0x0010);
	assert_int_equal(peek(RID_NVME, 0x42, 2), 0x0040);
	assert_int_equal(peek(RID_NVME, 0x88, 2), 0x2810);
	for (unsigned int i = 0; i < 65; i++) {
		assert_int_equal(nvme_table[i][0] | nvme_table[i][1] | nvme_table[i][2], 0);
		assert_int_equal(nvme_table[i][3], 1);
	}
	pci_part_open(&part);
	assert_int_equal(peek(RID_NVME, PCI_COMMAND, 2), 0x0002);
	assert_string_equal(log_text, "");
}

/* By AF, by a visit to D3hot, and not at all: then by hand what can be reached. */
static void test_resets(void **state)
{
	struct plan_pci_fn *f;

	(void)state;
	f = grant("/a/vga", RID_MULTI, 0, 4);
	grant_bar(f, 1, PLAN_PCI_MEM32, 0x100000, 0x10100000);
	f = grant("/a/sound", RID_SOUND, 2, 0);
	grant_bar(f, 0, PLAN_PCI_MEM32, 0x4000, 0x10004000);
	f = grant("/a/net", RID_SLEEPY, 0, 0);
	grant_bar(f, 0, PLAN_PCI_MEM32, 0x20000, 0x10020000);
	for (unsigned int rid = 0; rid < RIDS; rid++) {
		bus[rid].space[PCI_COMMAND] = 0x03; /* no bus master: nothing to reset at boot */
	}
	boot();
	pci_part_open(&part);
	assert_int_equal(bus[RID_MULTI].resets + bus[RID_SLEEPY].resets, 0);
	assert_int_equal(peek(RID_MULTI, PCI_COMMAND, 2), 0x0402);
	assert_int_equal(peek(RID_SOUND, PCI_COMMAND, 2), 0x0002);
	bus[RID_SOUND].space[PCI_CACHE_LINE] = 0x10;
	pci_part_cut(&part);
	pci_part_reset(&part);
	assert_int_equal(bus[RID_MULTI].resets, 1);
	assert_int_equal(bus[RID_SLEEPY].resets, 1);
	assert_int_equal(bus[RID_SOUND].resets, 0);
	assert_int_equal(peek(RID_SOUND, PCI_CACHE_LINE, 1), 0);
	assert_int_equal(peek(RID_SLEEPY, PCI_BAR0, 4), 0x10020000);
	assert_int_equal(peek(RID_MULTI, PCI_BAR0 + 4, 4), 0x10100000);
	/* With neither, what a guest wrote for messages is forgotten by hand. */
	bus[RID_MULTI].af = 0;
	bus[RID_MULTI].space[0x73] = 0;
	memset(bus[RID_MULTI].space + 0x54, 0xee, 16);
	bus[RID_MULTI].space[0x52] = 0x99;
	pci_part_cut(&part);
	pci_part_reset(&part);
	assert_int_equal(bus[RID_MULTI].resets, 1);
	assert_int_equal(peek(RID_MULTI, 0x52, 2), 0x0188);
	for (unsigned int at = 0x54; at < 0x64; at += 4) {
		assert_int_equal(peek(RID_MULTI, at, 4), 0);
	}
	assert_string_equal(log_text, "");
}

static void grant_virtio(void)
{
	struct plan_pci_fn *f = grant("/a/disk", RID_VIRTIO, 1, 0);

	grant_bar(f, 4, PLAN_PCI_MEM64, 0x4000, 0x10008000);
}

/* Virtio that does not promise to keep to the IOMMU goes past it: only to whom it is trusted. */
static void test_virtio(void **state)
{
	(void)state;
	grant_virtio();
	boot();
	assert_int_equal(peek(RID_VIRTIO, PCI_COMMAND, 2), 0x0400);
	assert_int_equal(bus[RID_VIRTIO].select, 0);
	assert_int_equal(peek(RID_VIRTIO, 0x54, 1) | peek(RID_VIRTIO, 0x58, 4), 0);
	(void)fresh(state);
	bus[RID_VIRTIO].features = 0x00000001;
	grant_virtio();
	boot_fails("/a/disk: its DMA goes past the IOMMU (no VIRTIO_F_ACCESS_PLATFORM); "
		   "write allow-unprotected-dma;");
	bus[RID_VIRTIO].features = 0x00000001;
	grant_virtio();
	plan_fns[0].is_dma_trusted = true;
	boot();
	(void)fresh(state);
	bus[RID_VIRTIO].space[0x51] = 0; /* a list without the common registers: before 1.0 */
	grant_virtio();
	boot_fails("/a/disk: its DMA goes past the IOMMU (no VIRTIO_F_ACCESS_PLATFORM); "
		   "write allow-unprotected-dma;");
}

/* What the last driver made of a virtio device is forgotten, by its own reset if there is no other. */
static void test_virtio_reset(void **state)
{
	uint64_t began;

	(void)state;
	grant_virtio();
	bus[RID_VIRTIO].status = 0x0f; /* firmware's driver */
	boot();
	assert_int_equal(bus[RID_VIRTIO].status, 0);
	pci_part_open(&part);
	bus[RID_VIRTIO].status = 0x0f;
	put(bus[RID_VIRTIO].space + 0x54, 4, 4); /* the guest's use of the window */
	put(bus[RID_VIRTIO].space + 0x58, 4, 0x3000);
	put(bus[RID_VIRTIO].space + 0x5c, 4, 2);
	pci_part_cut(&part);
	pci_part_reset(&part);
	assert_int_equal(bus[RID_VIRTIO].status, 0);
	assert_int_equal(peek(RID_VIRTIO, PCI_COMMAND, 2), 0x0400);
	assert_int_equal(peek(RID_VIRTIO, 0x54, 1) | peek(RID_VIRTIO, 0x58, 4) |
			     peek(RID_VIRTIO, 0x5c, 4),
			 0);
	assert_string_equal(log_text, "");
	bus[RID_VIRTIO].status = 0x0f;
	bus[RID_VIRTIO].is_stuck = true;
	began = fake_now;
	pci_part_reset(&part);
	assert_in_range(fake_now - began, 100000, 120000);
	assert_non_null(strstr(log_text, "/a/disk does not answer after its reset"));
	assert_int_equal(peek(RID_VIRTIO, PCI_COMMAND, 2), 0x0400);
}

/* A line that a function without reset still asserts is kept off the next life until it asks. */
static void test_asserted(void **state)
{
	struct vdev *dev;
	struct mmio acc = {.size = 4};
	uint64_t at = (RID_VIRTIO << 12) + PCI_COMMAND;

	(void)state;
	grant_virtio();
	boot();
	dev = &part.vdevs.rows[0];
	pci_part_open(&part);
	assert_int_equal(peek(RID_VIRTIO, PCI_COMMAND, 2), 0x0002);
	bus[RID_VIRTIO].space[PCI_STATUS] |= PCI_STATUS_INTX;
	pci_part_cut(&part);
	pci_part_reset(&part);
	pci_part_open(&part);
	assert_int_equal(peek(RID_VIRTIO, PCI_COMMAND, 2), 0x0402);
	assert_true(dev->access(NULL, dev->dev, at, &acc));
	assert_int_equal(acc.value, 0x00180002);
	acc.size = 1;
	assert_true(dev->access(NULL, dev->dev, at + 1, &acc));
	assert_int_equal(acc.value, 0);
	acc.is_write = true;
	acc.value = 0x06;
	assert_true(dev->access(NULL, dev->dev, at, &acc));
	assert_int_equal(peek(RID_VIRTIO, PCI_COMMAND, 2), 0x0406);
	acc.size = 2;
	acc.value = 0x0006;
	assert_true(dev->access(NULL, dev->dev, at, &acc));
	assert_int_equal(peek(RID_VIRTIO, PCI_COMMAND, 2), 0x0006);
	acc.value = 0x0406;
	assert_true(dev->access(NULL, dev->dev, at, &acc));
	acc.is_write = false;
	assert_true(dev->access(NULL, dev->dev, at, &acc));
	assert_int_equal(acc.value, 0x0406);
}

/* A function that its guest resets by its registers decodes nothing but what the plan says. */
static void test_resets_itself(void **state)
{
	struct mmio acc = {.size = 1, .is_write = true, .value = 0x06};
	uint64_t at = (RID_NVME << 12) + PCI_COMMAND;
	struct vdev *dev;

	(void)state;
	grant_nvme();
	plan_fns[0].pin = 0;
	boot();
	dev = &part.vdevs.rows[0];
	pci_part_open(&part);
	assert_int_equal(peek(RID_NVME, PCI_COMMAND, 2), 0x0402);
	memcpy(bus[RID_NVME].space, bus[RID_NVME].first, PCI_SPACE);
	assert_true(dev->access(NULL, dev->dev, at, &acc));
	assert_int_equal(peek(RID_NVME, PCI_COMMAND, 2), 0x0406);
	assert_int_equal(peek(RID_NVME, PCI_BAR0, 4), 0x00004004);
	assert_int_equal(peek(RID_NVME, PCI_BAR0 + 4, 4), 0x80);
	assert_int_equal(peek(RID_NVME, PCI_BAR0 + 20, 4), 0x10000008);
	/* One that decodes is left alone: its registers are not to vanish for a moment. */
	put(bus[RID_NVME].space + PCI_BAR0 + 20, 4, 0x20000008);
	assert_true(dev->access(NULL, dev->dev, at, &acc));
	assert_int_equal(peek(RID_NVME, PCI_BAR0 + 20, 4), 0x20000008);
}

/* no-dma-disable: from its first start on it is left alone. */
static void test_kept(void **state)
{
	static struct plan_stream stream = {.no_dma_disable = true};

	(void)state;
	grant_nvme();
	plan.streams = &stream;
	plan_fns[0].stream = 0;
	boot();
	assert_int_equal(bus[RID_NVME].resets, 1);
	pci_part_open(&part);
	assert_int_equal(peek(RID_NVME, PCI_COMMAND, 2), 0x0002);
	part.starts = 1;
	bus[RID_NVME].space[PCI_COMMAND] = 0x06;
	pci_part_cut(&part);
	pci_part_reset(&part);
	pci_part_open(&part);
	assert_int_equal(peek(RID_NVME, PCI_COMMAND, 2), 0x0006);
	assert_int_equal(bus[RID_NVME].resets, 1);
}

static void grant_sleepy(void)
{
	grant_bar(grant("/a/net", RID_SLEEPY, 0, 0), 0, PLAN_PCI_MEM32, 0x20000, 0x10020000);
}

/* A function that comes back late is waited for; one that does not costs its partition only. */
static void test_deaf(void **state)
{
	uint64_t began;

	(void)state;
	grant_nvme();
	grant_sleepy();
	deaf_us = 600000;
	boot();
	assert_int_equal(peek(RID_NVME, PCI_BAR0, 4), 0x00004004);
	deaf_us = 90000000;
	pci_part_open(&part);
	pci_part_cut(&part);
	began = fake_now;
	pci_part_reset(&part);
	assert_true(fake_now - began < 1300000);
	assert_non_null(strstr(log_text, "/a/net does not answer after its reset"));
	pci_part_open(&part);
	fake_now += deaf_us;
	assert_int_equal(peek(RID_NVME, PCI_COMMAND, 2), 0); /* it is back, with no addresses */
	pci_part_open(&part);
	assert_int_equal(peek(RID_NVME, PCI_COMMAND, 2), 0x0002);
	assert_int_equal(peek(RID_NVME, PCI_BAR0, 4), 0x00004004);
	bus_init();
	plan_init();
	grant_nvme();
	deaf_us = 90000000;
	boot_fails("one of its PCI functions does not answer");
}

/* Transactions that never complete are not waited for beyond 100 ms, of all functions together. */
static void test_pending(void **state)
{
	uint64_t began;

	(void)state;
	grant_nvme();
	grant_bar(grant("/a/vga", RID_MULTI, 0, 4), 1, PLAN_PCI_MEM32, 0x100000, 0x10100000);
	boot();
	bus[RID_NVME].space[0x8a] |= 0x20;
	bus[RID_MULTI].space[0x75] |= 1;
	began = fake_now;
	pci_part_reset(&part);
	assert_in_range(fake_now - began, 200000, 260000);
	assert_int_equal(bus[RID_NVME].resets, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_quiet, fresh),
	    cmocka_unit_test_setup(test_probe, fresh),
	    cmocka_unit_test_setup(test_mismatches, fresh),
	    cmocka_unit_test_setup(test_life, fresh),
	    cmocka_unit_test_setup(test_resets, fresh),
	    cmocka_unit_test_setup(test_virtio, fresh),
	    cmocka_unit_test_setup(test_virtio_reset, fresh),
	    cmocka_unit_test_setup(test_asserted, fresh),
	    cmocka_unit_test_setup(test_resets_itself, fresh),
	    cmocka_unit_test_setup(test_kept, fresh),
	    cmocka_unit_test_setup(test_deaf, fresh),
	    cmocka_unit_test_setup(test_pending, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
