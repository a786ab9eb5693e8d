/* SPDX-License-Identifier: BSD-3-Clause */
/* A PCI bus that decodes, resets and goes deaf, and what the core gives to code that uses it. */
/* see pci_fake.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "hv/pool.h"
#include "tests/unit/pci_fake.h"

struct bus_fn bus[RIDS];
uint64_t fake_now;
unsigned int deaf_us;
char log_text[256];
static uint8_t pool[256 * 1024] __attribute__((aligned(64)));
static size_t pool_end;

/* ---- what the core and the driver would give ---- */

void *pool_alloc(size_t n)
{
	n = (n + 63) & ~(size_t)63;
	assert_true(n <= sizeof(pool) - pool_end);
	pool_end += n;
	return memset(pool + pool_end - n, 0, n);
}

enum err vdev_add(struct vdev_table *t, const struct vdev *row)
{
	t->rows[t->count++] = *row;
	return OK;
}

uint64_t arch_time_now(void)
{
	return fake_now += 5;
}

uint64_t arch_time_hz(void)
{
	return 1000000;
}

void log_print(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	(void)level;
	va_start(ap, fmt);
	vsnprintf(log_text, sizeof(log_text), fmt, ap);
	va_end(ap);
}

enum err pci_ecam_init(struct pci_ecam *e, const struct plan_pci_host *host)
{
	e->bus_first = host->bus_first;
	e->bus_last = host->bus_last;
	return OK;
}

enum err pci_ecam_map(struct pci_ecam *e, unsigned int b)
{
	return b < e->bus_first || b > e->bus_last ? ERR_RANGE : OK;
}

uint32_t nvme_table[65][4];

volatile void *arch_hmem_device(hpa_t at, uint64_t size)
{
	assert_int_equal(hpa_raw(at), NVME_AT + 0x2000);
	assert_int_equal(size, sizeof(nvme_table));
	return nvme_table;
}

uint64_t fake_mmio_rd(const volatile void *regs, uint64_t off, unsigned int bits)
{
	(void)regs;
	fail_msg("read of %u bits at %#llx", bits, (unsigned long long)off);
	return 0;
}

void fake_mmio_wr(volatile void *regs, uint64_t off, unsigned int bits, uint64_t x)
{
	assert_ptr_equal(regs, nvme_table);
	assert_true(bits == 32 && off < sizeof(nvme_table) && off % 4 == 0);
	assert_int_equal(peek(RID_NVME, PCI_COMMAND, 2) & 7, PCI_COMMAND_MEMORY);
	assert_int_equal(peek(RID_NVME, PCI_BAR0, 4) & ~15u, (uint32_t)NVME_AT);
	nvme_table[off / 16][off / 4 % 4] = (uint32_t)x;
}

static uint32_t get(const uint8_t *bytes, unsigned int size)
{
	uint32_t x = 0;

	for (unsigned int i = 0; i < size; i++) {
		x |= (uint32_t)bytes[i] << 8 * i;
	}
	return x;
}

void put(uint8_t *bytes, unsigned int size, uint32_t x)
{
	for (unsigned int i = 0; i < size; i++) {
		bytes[i] = (uint8_t)(x >> 8 * i);
	}
}

uint32_t peek(unsigned int rid, unsigned int at, unsigned int size)
{
	return get(bus[rid].space + at, size);
}

uint32_t pci_ecam_read(const struct pci_ecam *e, unsigned int rid, unsigned int at,
		       unsigned int size)
{
	(void)e;
	assert_true(rid < RIDS && at % size == 0 && at + size <= PCI_SPACE);
	if (!bus[rid].is_there || fake_now < bus[rid].deaf_until) {
		return UINT32_MAX >> (32 - 8 * size);
	}
	/* Without a length the window is shut (4.1.4.7.1). */
	if (bus[rid].window != 0 && at == bus[rid].window + 16u && peek(rid, at - 4, 4) != 0) {
		assert_int_equal(peek(rid, PCI_COMMAND, 2) & 7, PCI_COMMAND_MEMORY);
		if (peek(rid, at - 8, 4) == 0x1014) {
			assert_true(size == 1 && peek(rid, at - 4, 4) == 1);
			return bus[rid].status;
		}
		assert_true(size == 4 && peek(rid, at - 12, 1) == 4 && peek(rid, at - 4, 4) == 4 &&
			    peek(rid, at - 8, 4) == 0x1004);
		return bus[rid].select == 1 ? bus[rid].features : 0x30006e54;
	}
	return peek(rid, at, size);
}

static void bus_reset(struct bus_fn *f)
{
	memcpy(f->space, f->first, PCI_SPACE);
	f->resets++;
	f->deaf_until = fake_now + deaf_us;
}

void pci_ecam_write(const struct pci_ecam *e, unsigned int rid, unsigned int at, unsigned int size,
		    uint32_t x)
{
	struct bus_fn *f = &bus[rid];
	uint32_t power = f->pm != 0 ? get(f->space + f->pm + 4, 2) & 3 : 0;

	(void)e;
	assert_true(rid < RIDS && at % size == 0 && at + size <= PCI_SPACE);
	if (!f->is_there || fake_now < f->deaf_until) {
		return;
	}
	for (unsigned int i = 0; i < size; i++) {
		uint8_t byte = (uint8_t)(x >> 8 * i);
		uint8_t *old = &f->space[at + i];

		*old = (uint8_t)((*old & ~f->rw[at + i]) | (byte & f->rw[at + i]));
		*old &= (uint8_t) ~(byte & f->clear[at + i]);
	}
	if (f->window != 0 && at == f->window + 16u) {
		bool is_status = peek(rid, at - 8, 4) == 0x1014;

		assert_int_equal(peek(rid, PCI_COMMAND, 2) & 7, PCI_COMMAND_MEMORY);
		assert_true(peek(rid, at - 12, 1) == 4 && peek(rid, at - 4, 4) == size);
		assert_true(is_status ? size == 1 && x == 0
				      : size == 4 && peek(rid, at - 8, 4) == 0x1000);
		if (!is_status) {
			f->select = x;
		} else if (!f->is_stuck) {
			f->status = 0;
		}
	}
	if ((f->express != 0 && at == f->express + 8u && (x & 0x8000)) ||
	    (f->af != 0 && at == f->af + 4u && (x & 1)) ||
	    (f->pm != 0 && power == 3 && (get(f->space + f->pm + 4, 2) & 3) == 0)) {
		bus_reset(f);
	}
}

/* ---- the bus ---- */

static struct bus_fn *add(unsigned int rid, uint32_t id, uint32_t class, uint8_t header)
{
	struct bus_fn *f = &bus[rid];

	memset(f, 0, sizeof(*f));
	f->is_there = true;
	put(f->space + PCI_VENDOR, 4, id);
	put(f->space + PCI_REVISION, 4, class << 8);
	f->space[PCI_HEADER] = header;
	put(f->rw + PCI_COMMAND, 2, 0x07ff);
	put(f->clear + PCI_STATUS, 2, 0xf900);
	f->rw[PCI_CACHE_LINE] = 0xff;
	return f;
}

static void add_bar(struct bus_fn *f, unsigned int n, uint32_t flags, uint32_t size)
{
	put(f->space + PCI_BAR0 + 4 * n, 4, flags);
	put(f->rw + PCI_BAR0 + 4 * n, 4, ~(size - 1) & ~UINT32_C(1));
}

/* Capability of so many bytes with everything behind the first two writable, chained in front. */
static void add_cap(struct bus_fn *f, unsigned int at, uint8_t id, const char *hex,
		    unsigned int writable)
{
	unsigned int n = 2;

	f->space[at] = id;
	f->space[at + 1] = f->space[PCI_CAPS];
	f->space[PCI_CAPS] = (uint8_t)at;
	f->space[PCI_STATUS] |= PCI_STATUS_CAPS;
	for (; *hex != 0; hex += 2, n++) {
		unsigned int byte;

		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		f->space[at + n] = (uint8_t)byte;
	}
	for (unsigned int i = writable; i < n; i++) {
		f->rw[at + i] = 0xff;
	}
}

/* Firmware has used everything: all decoders and bus masters are on. */
void bus_init(void)
{
	struct bus_fn *f;

	memset(bus, 0, sizeof(bus));
	(void)add(RID_HOST, 0x00081b36, 0x060000, 0);
	f = add(RID_NVME, 0x00101b36, 0x010802, 0);
	f->space[PCI_PIN] = 1;
	add_bar(f, 0, 0x4, 0x4000);
	put(f->rw + PCI_BAR0 + 4, 4, UINT32_MAX);
	add_bar(f, 2, 0x1, 0x20);
	add_bar(f, 5, 0x8, 0x1000);
	add_cap(f, 0x40, PCI_CAP_MSIX, "40000020000005300000", 10);
	f->rw[0x43] = 0xc0;
	add_cap(f, 0x80, PCI_CAP_EXPRESS, "92000080001010280000", 12);
	put(f->rw + 0x88, 2, 0x7fff);
	f->express = 0x80;
	f = add(RID_MULTI, 0x1b8410de, 0x030000, 0x80);
	f->space[PCI_PIN] = 1;
	add_bar(f, 1, 0x0, 0x100000);
	add_cap(f, 0x50, PCI_CAP_MSI, "8801000000000000000000000000000000000000", 4);
	f->rw[0x52] = 0x71;
	add_cap(f, 0x70, PCI_CAP_AF, "06030000", 6);
	f->af = 0x70;
	f = add(RID_SOUND, 0x10f010de, 0x040300, 0x80);
	f->space[PCI_PIN] = 2;
	add_bar(f, 0, 0x0, 0x4000);
	f = add(RID_PORT, 0x000c1b36, 0x060400, 1);
	f->space[PCI_BRIDGE_SECONDARY] = 1;
	(void)add(RID_BEHIND, 0x100e8086, 0x020000, 0);
	(void)add(RID_LOST, 0x000c1b36, 0x060400, 1);
	f = add(RID_SLEEPY, 0x10d38086, 0x020000, 0);
	add_bar(f, 0, 0x0, 0x20000);
	add_cap(f, 0xc8, PCI_CAP_PM, "22c800000000", 8);
	put(f->rw + 0xcc, 2, 0x0103);
	f->pm = 0xc8;
	f = add(RID_VIRTIO, 0x10421af4, 0x010000, 0);
	f->space[PCI_PIN] = 1;
	add_bar(f, 4, 0x4, 0x4000);
	put(f->rw + PCI_BAR0 + 20, 4, UINT32_MAX);
	add_cap(f, 0x40, PCI_CAP_VENDOR, "1001040000000010000000100000", 16);
	add_cap(f, 0x50, PCI_CAP_VENDOR,
		"1405000000000000000000000000"
		"00000000",
		4);
	f->window = 0x50;
	f->features = 0x00000003;
	(void)add(RID_ALIAS - 1, 0x11e81234, 0xff0000, 0);
	(void)add(RID_ALIAS, 0x11e81234, 0xff0000, 0);
	for (unsigned int rid = 0; rid < RIDS; rid++) {
		memcpy(bus[rid].first, bus[rid].space, PCI_SPACE);
		bus[rid].space[PCI_COMMAND] = 0x07;
	}
}
