/* SPDX-License-Identifier: BSD-3-Clause */
/* The emulated configuration space against tests/unit/vpci_golden.txt, every byte, width and bit.
 */
/* functions are bytes in memory that take writes as hardware takes what reaches it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/part.h"
#include "hv/pool.h"
#include "hv/vpci.h"

#define GOLDEN "tests/unit/vpci_golden.txt"
#define FNS_MAX 12
#define ECAM UINT64_C(0x4010000000)

/* One function of the file: what it is, and what a guest is to see. */
struct golden {
	char name[32];
	uint8_t hw[PCI_SPACE];
	uint8_t read[PCI_SPACE], live[PCI_SPACE], write[PCI_SPACE], clear[PCI_SPACE],
	    keep[PCI_SPACE], sizing[PCI_SPACE];
	uint8_t beyond;
	unsigned int rows;
};

static struct golden goldens[FNS_MAX];
static uint8_t spaces[FNS_MAX][PCI_SPACE]; /* of the functions now */
static unsigned int store_count;	   /* writes that reached hardware, and the last of them */
static struct {
	unsigned int fn, at, size;
	uint32_t value;
} store;

struct pci_fn *pci_fns;
unsigned int pci_fn_count;
const struct plan *the_plan;
static struct plan plan;
static struct plan_pci_fn plan_fns[FNS_MAX];
static struct plan_bar plan_bars[FNS_MAX * PCI_BARS];
static struct plan_vpci plan_vpci = {.part = 0, .host = 0, .bus_first = 0, .bus_last = 0};
static struct pci_fn fns[FNS_MAX];
static struct part part;
static struct vdev dev;

/* ---- what the core and the driver would give ---- */

/* pci_test looks at what it does. */
void pci_fn_settle(const struct pci_fn *f, const struct plan *p)
{
	assert_non_null(f->plan);
	assert_ptr_equal(p, &plan);
}

void *pool_alloc(size_t n)
{
	static uint8_t pool[64 * 1024] __attribute__((aligned(64)));
	static size_t used;

	used += (n + 63) & ~(size_t)63;
	assert_true(used <= sizeof(pool));
	return pool + used - ((n + 63) & ~(size_t)63);
}

enum err vdev_add(struct vdev_table *t, const struct vdev *row)
{
	(void)t;
	dev = *row;
	return OK;
}

static uint32_t bytes_get(const uint8_t *bytes, unsigned int size)
{
	uint32_t x = 0;

	for (unsigned int i = 0; i < size; i++) {
		x |= (uint32_t)bytes[i] << 8 * i;
	}
	return x;
}

static void bytes_put(uint8_t *bytes, unsigned int size, uint32_t x)
{
	for (unsigned int i = 0; i < size; i++) {
		bytes[i] = (uint8_t)(x >> 8 * i);
	}
}

static unsigned int fn_of(unsigned int rid)
{
	for (unsigned int i = 0; i < pci_fn_count; i++) {
		if (fns[i].rid == rid) {
			return i;
		}
	}
	fail();
	return 0;
}

uint32_t pci_ecam_read(const struct pci_ecam *e, unsigned int rid, unsigned int at,
		       unsigned int size)
{
	(void)e;
	assert_true(at % size == 0 && at + size <= PCI_SPACE);
	return bytes_get(spaces[fn_of(rid)] + at, size);
}

void pci_ecam_write(const struct pci_ecam *e, unsigned int rid, unsigned int at, unsigned int size,
		    uint32_t x)
{
	unsigned int fn = fn_of(rid);

	(void)e;
	assert_true(at % size == 0 && at + size <= PCI_SPACE);
	assert_true(size == 4 || x >> 8 * size == 0);
	store_count++;
	store.fn = fn;
	store.at = at;
	store.size = size;
	store.value = x;
	for (unsigned int i = 0; i < size; i++) {
		uint8_t byte = (uint8_t)(x >> 8 * i);
		uint8_t clear = goldens[fn].clear[at + i];

		spaces[fn][at + i] =
		    (uint8_t)((byte & ~clear) | (spaces[fn][at + i] & clear & ~byte));
	}
}

/* ---- the file ---- */

static void parse_function(const char *line)
{
	struct golden *g = &goldens[pci_fn_count];
	struct plan_pci_fn *f = &plan_fns[pci_fn_count];
	unsigned int rid, pin, vectors;

	assert_true(pci_fn_count < FNS_MAX);
	assert_int_equal(
	    sscanf(line, "function %31s %x pin %x vectors %x", g->name, &rid, &pin, &vectors), 4);
	f->rid = (uint16_t)rid;
	f->pin = (uint8_t)pin;
	f->vectors = (uint16_t)vectors;
	f->bar_first = plan.bar_count;
	fns[pci_fn_count].rid = (uint16_t)rid;
	fns[pci_fn_count].plan = f;
	pci_fn_count++;
}

static void parse_hw(struct golden *g, const char *line)
{
	char *end;
	unsigned long at = strtoul(line + 2, &end, 16);

	while (*end == ' ') {
		unsigned long byte = strtoul(end, &end, 16);

		assert_true(at < PCI_SPACE && byte < 256);
		g->hw[at++] = (uint8_t)byte;
	}
	assert_true(*end == '\n');
}

/* An upper half has no entry in the plan: it belongs to the register below. */
static void parse_bar(struct golden *g, const char *line)
{
	struct pci_fn *f = &fns[pci_fn_count - 1];
	unsigned int at, value, sizing, n;

	assert_int_equal(sscanf(line, "bar %x %x %x", &at, &value, &sizing), 3);
	n = (at - PCI_BAR0) / 4;
	f->sizing[n] = sizing;
	bytes_put(g->read + at, 4, value);
	bytes_put(g->sizing + at, 4, sizing);
	if (n > 0 && f->bars[n - 1].is_64) {
		return;
	}
	f->bars[n].is_io = value & 1;
	f->bars[n].is_64 = (value & 7) == 4;
	plan_bars[plan.bar_count++].number = (uint8_t)n;
	plan_fns[pci_fn_count - 1].bar_count++;
}

static void parse_row(struct golden *g, const char *line)
{
	unsigned int at, size, read, live, write, clear, keep;

	assert_int_equal(
	    sscanf(line, "%x %x %x %x %x %x %x", &at, &size, &read, &live, &write, &clear, &keep),
	    7);
	bytes_put(g->read + at, size, read);
	bytes_put(g->live + at, size, live);
	bytes_put(g->write + at, size, write);
	bytes_put(g->clear + at, size, clear);
	bytes_put(g->keep + at, size, keep);
	g->rows++;
}

static int parse(void **state)
{
	FILE *f = fopen(GOLDEN, "r");
	char line[256];

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		struct golden *g = &goldens[pci_fn_count > 0 ? pci_fn_count - 1 : 0];

		if (line[0] == '#' || line[0] == '\n') {
			continue;
		} else if (strncmp(line, "function", 8) == 0) {
			parse_function(line);
		} else if (strncmp(line, "hw", 2) == 0) {
			parse_hw(g, line);
		} else if (strncmp(line, "bar", 3) == 0) {
			parse_bar(g, line);
		} else if (strncmp(line, "beyond", 6) == 0) {
			g->beyond = (uint8_t)strtoul(line + 6, NULL, 16);
		} else {
			parse_row(g, line);
		}
	}
	fclose(f);
	pci_fns = fns;
	plan_vpci.ecam = gpa(ECAM);
	plan.vpcis = &plan_vpci;
	plan.vpci_count = 1;
	plan.bars = plan_bars;
	the_plan = &plan;
	for (unsigned int i = 0; i < pci_fn_count; i++) {
		memcpy(spaces[i], goldens[i].hw, PCI_SPACE);
	}
	assert_int_equal(vpci_part_init(&part), OK);
	assert_int_equal(store_count, 0);
	vpci_part_open(&part, true);
	return 0;
}

/* ---- the guest ---- */

static bool guest(unsigned int rid, unsigned int at, unsigned int size, bool is_write, uint64_t *x)
{
	struct mmio acc = {.addr = gpa(ECAM + (rid << 12) + at),
			   .value = *x,
			   .size = (uint8_t)size,
			   .is_write = is_write};
	bool is_answered = dev.access(NULL, dev.dev, ((uint64_t)rid << 12) + at, &acc);

	*x = acc.value;
	return is_answered;
}

static uint32_t guest_read(unsigned int rid, unsigned int at, unsigned int size)
{
	uint64_t x = UINT64_C(0xa5a5a5a5a5a5a5a5);

	assert_true(guest(rid, at, size, false, &x));
	assert_true(x >> 8 * size == 0);
	return (uint32_t)x;
}

static void guest_write(unsigned int rid, unsigned int at, unsigned int size, uint32_t value)
{
	uint64_t x = value;

	assert_true(guest(rid, at, size, true, &x));
}

static void start_over(unsigned int fn)
{
	memcpy(spaces[fn], goldens[fn].hw, PCI_SPACE);
	vpci_part_open(&part, true);
	store_count = 0;
}

/* What the guest sees of a function is `want`, in bytes. */
static void check_seen(unsigned int fn, const uint8_t *want, const char *when, unsigned int at,
		       unsigned int size, uint32_t value)
{
	for (unsigned int i = 0; i < PCI_SPACE; i += 4) {
		uint32_t x = guest_read(fns[fn].rid, i, 4);

		if (x != bytes_get(want + i, 4)) {
			fail_msg("%s: %s %#x/%u %#x: %#x reads %#x, not %#x", goldens[fn].name,
				 when, at, size, value, i, x, bytes_get(want + i, 4));
		}
	}
}

/* ---- tests ---- */

static void test_file(void **state)
{
	(void)state;
	assert_int_equal(pci_fn_count, 9);
	assert_int_equal(dev.at.base, ECAM);
	assert_int_equal(dev.at.size, MIB(1));
	for (unsigned int i = 0; i < pci_fn_count; i++) {
		assert_true(goldens[i].rows >= 9);
	}
}

static void test_reads(void **state)
{
	(void)state;
	for (unsigned int fn = 0; fn < pci_fn_count; fn++) {
		const struct golden *g = &goldens[fn];

		start_over(fn);
		check_seen(fn, g->read, "first", 0, 0, 0);
		for (unsigned int size = 1; size <= 4; size *= 2) {
			for (unsigned int at = 0; at < PCI_SPACE; at += size) {
				assert_int_equal(guest_read(fns[fn].rid, at, size),
						 bytes_get(g->read + at, size));
			}
			for (unsigned int at = PCI_SPACE; at < PCI_SPACE_FULL; at += size) {
				assert_int_equal(guest_read(fns[fn].rid, at, size),
						 (g->beyond * UINT32_C(0x01010101)) >>
						     (32 - 8 * size));
			}
		}
		assert_int_equal(store_count, 0);
	}
}

/* Bits that follow hardware do, all others do not. */
static void test_live(void **state)
{
	(void)state;
	for (unsigned int fn = 0; fn < pci_fn_count; fn++) {
		const struct golden *g = &goldens[fn];
		uint8_t want[PCI_SPACE];

		start_over(fn);
		for (unsigned int i = 0; i < PCI_SPACE; i++) {
			spaces[fn][i] ^= 0xff;
			want[i] =
			    (uint8_t)((g->read[i] & ~g->live[i]) | (spaces[fn][i] & g->live[i]));
		}
		check_seen(fn, want, "hardware inverted", 0, 0, 0);
	}
}

/* One write from first-boot state: what reaches hardware, and what everything reads then. */
static void check_write(unsigned int fn, unsigned int at, unsigned int size, uint32_t value)
{
	const struct golden *g = &goldens[fn];
	uint32_t clear = bytes_get(g->clear + at, size);
	uint32_t mine = bytes_get(g->write + at, size) | clear;
	uint32_t old = bytes_get(g->hw + at, size);
	uint8_t want[PCI_SPACE];

	start_over(fn);
	guest_write(fns[fn].rid, at, size, value);
	memcpy(want, g->read, PCI_SPACE);
	for (unsigned int i = 0; i < size; i++) {
		uint8_t byte = (uint8_t)(value >> 8 * i);
		uint8_t free = g->write[at + i] | g->keep[at + i];

		want[at + i] = (uint8_t)((want[at + i] & ~free) | (byte & free));
		want[at + i] &= (uint8_t) ~(byte & g->clear[at + i]);
		if (g->sizing[at + i] != 0 && byte == 0xff) {
			want[at + i] = g->sizing[at + i];
		}
	}
	if (store_count != (mine != 0) ||
	    (mine != 0 && (store.fn != fn || store.at != at || store.size != size ||
			   store.value != ((old & ~mine) | (value & mine))))) {
		fail_msg("%s: %#x/%u %#x: %u stores, last %#x/%u %#x", g->name, at, size, value,
			 store_count, store.at, store.size, store.value);
	}
	check_seen(fn, want, "written", at, size, value);
}

static void test_writes(void **state)
{
	(void)state;
	for (unsigned int fn = 0; fn < pci_fn_count; fn++) {
		for (unsigned int size = 1; size <= 4; size *= 2) {
			uint32_t ones = UINT32_MAX >> (32 - 8 * size);

			for (unsigned int at = 0; at < PCI_SPACE; at += size) {
				check_write(fn, at, size, 0);
				check_write(fn, at, size, ones);
				for (unsigned int bit = 0; bit < 8 * size; bit++) {
					check_write(fn, at, size, UINT32_C(1) << bit);
					check_write(fn, at, size, ones ^ UINT32_C(1) << bit);
				}
			}
		}
		start_over(fn);
		for (unsigned int at = PCI_SPACE; at < PCI_SPACE_FULL; at += 4) {
			guest_write(fns[fn].rid, at, 4, UINT32_MAX);
		}
		assert_int_equal(store_count, 0);
		check_seen(fn, goldens[fn].read, "beyond", 0, 0, 0);
	}
}

/* As a driver sizes: all ones, read, the address again; the planned address whatever is written. */
static void test_sizing(void **state)
{
	(void)state;
	for (unsigned int fn = 0; fn < pci_fn_count; fn++) {
		const struct golden *g = &goldens[fn];

		start_over(fn);
		for (unsigned int at = PCI_BAR0; at < PCI_CARDBUS; at += 4) {
			uint32_t first = guest_read(fns[fn].rid, at, 4);

			guest_write(fns[fn].rid, at, 4, UINT32_MAX);
			assert_int_equal(guest_read(fns[fn].rid, at, 4),
					 bytes_get(g->sizing + at, 4));
			guest_write(fns[fn].rid, at, 4, first);
			assert_int_equal(guest_read(fns[fn].rid, at, 4), first);
			guest_write(fns[fn].rid, at, 4, 0x12345678);
			assert_int_equal(guest_read(fns[fn].rid, at, 4), first);
		}
		assert_int_equal(store_count, 0);
	}
}

/* Other functions, buses and widths: ones, or a bus error. */
static void test_absent(void **state)
{
	(void)state;
	for (unsigned int rid = 0; rid < 256; rid++) {
		bool is_there = false;
		uint64_t x = 0;

		for (unsigned int i = 0; i < pci_fn_count; i++) {
			is_there = is_there || fns[i].rid == rid;
		}
		store_count = 0;
		for (unsigned int at = 0; at < PCI_SPACE_FULL && !is_there; at += 4) {
			guest_write(rid, at, 4, UINT32_MAX);
			assert_int_equal(guest_read(rid, at, 4), UINT32_MAX);
			assert_int_equal(guest_read(rid, at, 2), 0xffff);
			assert_int_equal(guest_read(rid, at, 1), 0xff);
		}
		assert_false(guest(rid, 0, 8, false, &x) || guest(rid, 0, 8, true, &x));
		assert_false(guest(rid, 1, 2, false, &x) || guest(rid, 1, 4, true, &x));
		assert_false(guest(rid, 2, 4, false, &x) || guest(rid, 3, 2, true, &x));
		assert_int_equal(store_count, 0);
	}
}

/* Bus master goes to hardware only while the partition is open. */
static void test_closed(void **state)
{
	(void)state;
	start_over(0);
	guest_write(fns[0].rid, PCI_COMMAND, 2, 0x0006);
	assert_int_equal(spaces[0][PCI_COMMAND], 0x06);
	vpci_part_open(&part, false);
	spaces[0][PCI_COMMAND] = 0x02;
	for (unsigned int size = 1; size <= 4; size *= 2) {
		guest_write(fns[0].rid, PCI_COMMAND, size, 0x0006);
		assert_int_equal(spaces[0][PCI_COMMAND], 0x02);
	}
	vpci_part_open(&part, true);
	guest_write(fns[0].rid, PCI_COMMAND, 1, 0x06);
	assert_int_equal(spaces[0][PCI_COMMAND], 0x06);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_file),   cmocka_unit_test(test_reads),
	    cmocka_unit_test(test_live),   cmocka_unit_test(test_writes),
	    cmocka_unit_test(test_sizing), cmocka_unit_test(test_absent),
	    cmocka_unit_test(test_closed),
	};

	return cmocka_run_group_tests(tests, parse, NULL);
}
