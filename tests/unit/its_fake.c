/* SPDX-License-Identifier: BSD-3-Clause */
/* The model behind the ITS driver's tests: see its_fake.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "drivers/gic_its_cmd.h"
#include "drivers/gic_its_regs.h"
#include "drivers/gicv3.h"
#include "drivers/gicv3_regs.h"
#include "hv/cpu.h"
#include "hv/msi_hw.h"
#include "hv/part.h"
#include "hv/pool.h"
#include "tests/unit/its_fake.h"

static char its_regs, dist_regs, redist_regs[CPUS];

/* ---- the machine ---- */

struct its_fake its_fake;

struct plan its_fake_plan;
struct plan_part its_fake_parts[2];
static struct plan_dev dev;
static struct plan_reg reg;
struct plan_pci_fn its_fake_fns[FNS];
static uint16_t part_cpus[2] = { 1, 3 };
static void *pool[64];
unsigned int its_fake_blocks;
uint64_t its_fake_now;
static struct cpu self;

const struct msi_hw *msi_hw;

struct cpu *cpu_self(void)
{
	return &self;
}

uint64_t arch_time_now(void)
{
	return its_fake_now += 10;
}

uint64_t arch_time_hz(void)
{
	return 1000000;
}

void log_print(enum log_level level, const char *fmt, ...)
{
	(void)level;
	(void)fmt;
}

void *pool_align(size_t n, size_t align)
{
	assert_true(its_fake_blocks < ARRAY_SIZE(pool));
	pool[its_fake_blocks] = aligned_alloc(align, align_up(n, align));
	memset(pool[its_fake_blocks], 0, n);
	return pool[its_fake_blocks++];
}

hpa_t arch_hmem_address(const void *p)
{
	return hpa((uintptr_t)p);
}

volatile void *arch_hmem_device(hpa_t at, uint64_t size)
{
	assert_int_equal(hpa_raw(at), 0x8080000);
	assert_int_equal(size, 0x20000);
	return &its_regs;
}

void arch_cache_sync(const void *p, uint64_t n)
{
	(void)p;
	its_fake.cleaned += n;
}

volatile void *gicv3_dist(void)
{
	return &dist_regs;
}

volatile void *gicv3_redist(unsigned int cpu)
{
	return cpu < CPUS ? &redist_regs[cpu] : NULL;
}

uint64_t gicv3_redist_at(unsigned int cpu)
{
	return UINT64_C(0x1080a0000) + cpu * 0x20000;
}

/* ---- the ITS ---- */

static uint64_t target_of(unsigned int cpu)
{
	return its_fake.typer & GITS_TYPER_PTA ? gicv3_redist_at(cpu) : (uint64_t)(cpu + 5) << 16;
}

/* A redistributor whose collection is mapped: no other need answer. */
static bool is_known_target(uint64_t x)
{
	for (unsigned int i = 0; i < CPUS; i++) {
		if (x == target_of(i) && its_fake.is_target[i]) {
			return true;
		}
	}
	return false;
}

int its_fake_find(uint32_t id)
{
	for (unsigned int i = 0; i < its_fake.device_count; i++) {
		if (its_fake.device[i].device == id) {
			return (int)i;
		}
	}
	return -1;
}

static unsigned int page_shift_of(uint64_t baser)
{
	return 12 + 2 * (unsigned int)field_get(GITS_BASER_PAGE, baser);
}

static uint64_t table_address(uint64_t baser)
{
	return baser & (page_shift_of(baser) == 16 ? MASK(47, 16) : MASK(47, 12));
}

/* The table has room for this identifier: touching it is what ASan checks. */
static void table_touch(unsigned int n, uint64_t id)
{
	uint64_t baser = its_fake.baser[n], at = table_address(baser);
	uint64_t size = (field_get(GITS_BASER_PAGES, baser) + 1) << page_shift_of(baser);
	uint64_t page = UINT64_C(1) << page_shift_of(baser);

	assert_true(baser & GITS_VALID);
	assert_true(is_aligned(at, page));
	if (baser & GITS_BASER_INDIRECT) {
		uint64_t leaf = id / (page / its_fake.entry), l2;

		assert_true(8 * leaf + 8 <= size);
		l2 = ((uint64_t *)at)[leaf];
		assert_true(l2 & GITS_VALID);
		at = l2 & MASK(51, 12);
		assert_true(is_aligned(at, page));
		id %= page / its_fake.entry;
	}
	assert_true((id + 1) * its_fake.entry <= size || baser & GITS_BASER_INDIRECT);
	((volatile uint8_t *)at)[id * its_fake.entry] |= 1;
	((volatile uint8_t *)at)[id * its_fake.entry + its_fake.entry - 1] |= 1;
}

static void take_mapd(const struct its_cmd *c, uint32_t id)
{
	unsigned int bits = (unsigned int)(c->dw[1] & 31) + 1;
	uint64_t itt = c->dw[2] & MASK(51, 8);

	assert_true(c->dw[2] & BIT(63));
	assert_int_equal(its_fake_find(id), -1);
	assert_true(bits <= field_get(GITS_TYPER_ID_BITS, its_fake.typer) + 1);
	table_touch(0, id);
	memset((void *)itt, 0xff, (size_t)(field_get(GITS_TYPER_ITT_ENTRY, its_fake.typer) + 1) << bits);
	its_fake.device[its_fake.device_count].bits = bits;
	its_fake.device[its_fake.device_count++].device = id;
}

/* True: done. False: refused. */
static bool take(const struct its_cmd *c)
{
	uint32_t op = c->dw[0] & 0xff, id = c->dw[0] >> 32, event = (uint32_t)c->dw[1];
	uint16_t collection = (uint16_t)c->dw[2];
	int d = its_fake_find(id);

	assert_int_equal(c->dw[0] & 0xffffff00, 0);
	assert_int_equal(c->dw[3], 0);
	if (op == its_fake.bad_op && its_fake.bad_count > 0) {
		its_fake.bad_count--;
		return false;
	}
	its_fake.commands++;
	switch (op) {
	case ITS_MAPD:
		take_mapd(c, id);
		return true;
	case ITS_MAPC:
		assert_true(c->dw[2] & BIT(63));
		assert_int_equal(c->dw[2] & MASK(51, 16), target_of(collection));
		if (its_fake.has_collections) {
			table_touch(2, collection);
		}
		its_fake.is_target[collection] = true;
		return true;
	case ITS_SYNC:
		assert_true(is_known_target(c->dw[2]));
		its_fake.syncs++;
		return true;
	default:
		break;
	}
	assert_true(d >= 0);
	assert_true(event < 1u << its_fake.device[d].bits);
	switch (op) {
	case ITS_MAPTI:
		its_fake.device[d].lpi[event] = c->dw[1] >> 32;
		its_fake.device[d].collection[event] = collection;
		return true;
	case ITS_MOVI:
		assert_true(its_fake.device[d].lpi[event] != 0 && its_fake.is_target[collection]);
		its_fake.device[d].collection[event] = collection;
		return true;
	case ITS_CLEAR:
		assert_true(its_fake.device[d].lpi[event] != 0);
		assert_true(its_fake.is_target[its_fake.device[d].collection[event]]);
		its_fake.device[d].clears[event]++;
		return true;
	default:
		fail_msg("command %#x", op);
		return false;
	}
}

static void work(unsigned int most)
{
	const struct its_cmd *queue = (const void *)(its_fake.cbaser & MASK(51, 12));

	while (!its_fake.is_dead && its_fake.ctlr & 1 && !(its_fake.creadr & 1) &&
	       its_fake.creadr != its_fake.cwriter && most-- > 0) {
		if (!take(&queue[its_fake.creadr / sizeof(*queue)])) {
			its_fake.creadr |= GITS_CREADR_STALLED;
			return;
		}
		its_fake.creadr = (its_fake.creadr + sizeof(*queue)) % 4096;
	}
}

static uint64_t attributes(uint64_t x)
{
	return its_fake.is_coherent ? x : x & ~GITS_SHARE;
}

static void its_wr(uint64_t off, uint64_t x)
{
	unsigned int n = (unsigned int)(off - GITS_BASER) / 8;

	if (off == GITS_CTLR) {
		its_fake.ctlr = (uint32_t)x & 1;
	} else if (off == GITS_CBASER) {
		assert_false(its_fake.ctlr & 1);
		its_fake.cbaser = attributes(x);
		its_fake.creadr = 0;
	} else if (off == GITS_CWRITER) {
		its_fake.cwriter = x & GITS_QUEUE_OFFSET;
		if (x & GITS_CWRITER_RETRY) {
			its_fake.retries++;
			its_fake.creadr &= ~GITS_CREADR_STALLED;
		}
		work(its_fake.lazy ? 0 : ~0u);
	} else {
		assert_true(off >= GITS_BASER && n < GITS_BASERS);
		assert_false(its_fake.ctlr & 1);
		x &= ~(GITS_BASER_TYPE | GITS_BASER_ENTRY);
		if (its_fake.page < 3) {
			x = (x & ~GITS_BASER_PAGE) | field_put(GITS_BASER_PAGE, its_fake.page);
		}
		its_fake.baser[n] = attributes(its_fake.can_indirect ? x : x & ~GITS_BASER_INDIRECT);
	}
}

static uint64_t its_rd(uint64_t off)
{
	static const unsigned int types[GITS_BASERS] = { GITS_TABLE_DEVICES, 2, GITS_TABLE_COLLECTIONS };
	unsigned int n = (unsigned int)(off - GITS_BASER) / 8;

	switch (off) {
	case GITS_CTLR:
		return its_fake.ctlr | (its_fake.ctlr & 1 ? 0 : GITS_CTLR_QUIESCENT);
	case GITS_TYPER:
		return its_fake.typer;
	case GITS_PIDR2:
		return 0x3b;
	case GITS_CBASER:
		return its_fake.cbaser;
	case GITS_CREADR:
		work(its_fake.lazy ? its_fake.lazy : ~0u);
		return its_fake.creadr;
	default:
		assert_true(off >= GITS_BASER && n < GITS_BASERS);
		return its_fake.baser[n] | field_put(GITS_BASER_ENTRY, its_fake.entry - 1) |
		       field_put(GITS_BASER_TYPE, n == 2 && !its_fake.has_collections ? 0 : types[n]);
	}
}

static void redist_wr(unsigned int cpu, uint64_t off, uint64_t x)
{
	if (off == GICR_PROPBASER || off == GICR_PENDBASER) {
		assert_false(its_fake.gicr_ctlr[cpu] & 1);
		x = attributes(x);
		*(off == GICR_PROPBASER ? &its_fake.propbaser[cpu] : &its_fake.pendbaser[cpu]) = x;
	} else {
		assert_int_equal(off, GICR_CTLR);
		its_fake.gicr_ctlr[cpu] = its_fake.lpis_stuck ? its_fake.gicr_ctlr[cpu] : (uint32_t)x;
	}
}

static uint64_t redist_rd(unsigned int cpu, uint64_t off)
{
	switch (off) {
	case GICR_TYPER:
		return GICR_TYPER_PLPIS | field_put(GICR_TYPER_NUMBER, cpu + 5);
	case GICR_CTLR:
		return its_fake.gicr_ctlr[cpu];
	default:
		return off == GICR_PROPBASER ? its_fake.propbaser[cpu] : its_fake.pendbaser[cpu];
	}
}

uint64_t fake_mmio_rd(const volatile void *regs, uint64_t off, unsigned int bits)
{
	(void)bits;
	if (regs == &its_regs) {
		return its_rd(off);
	}
	if (regs == &dist_regs) {
		assert_int_equal(off, GICD_TYPER);
		return GICD_TYPER_LPIS | field_put(GICD_TYPER_ID_BITS, 15);
	}
	return redist_rd((unsigned int)((const volatile char *)regs - redist_regs), off);
}

void fake_mmio_wr(volatile void *regs, uint64_t off, unsigned int bits, uint64_t x)
{
	(void)bits;
	if (regs == &its_regs) {
		its_wr(off, x);
	} else {
		redist_wr((unsigned int)((volatile char *)regs - redist_regs), off, x);
	}
}

/* ---- a plan ---- */

void its_fake_machine(void)
{
	while (its_fake_blocks > 0) {
		free(pool[--its_fake_blocks]);
	}
	memset(&its_fake, 0, sizeof(its_fake));
	its_fake.typer = GITS_TYPER_PHYSICAL | field_put(GITS_TYPER_ITT_ENTRY, 11) |
		  field_put(GITS_TYPER_ID_BITS, 15) | field_put(GITS_TYPER_DEV_BITS, 15);
	its_fake.page = 3;
	its_fake.can_indirect = its_fake.is_coherent = its_fake.has_collections = true;
	its_fake.entry = 8;
	reg = (struct plan_reg){ .base = hpa(0x8080000), .size = 0x20000 };
	its_fake_parts[0] = (struct plan_part){ .is_valid = true, .cpu_count = 2, .cpus = part_cpus };
	its_fake_parts[0].msi.first = FIRST;
	its_fake_parts[0].msi.count = COUNT;
	for (unsigned int i = 0; i < FNS; i++) {
		its_fake_fns[i] = (struct plan_pci_fn){ .msi_device = 8 * (i + 1),
					       .vectors = i == 1 ? 0 : 4,
					       .lpi_first = LPI_FIRST + i * COUNT };
	}
	its_fake_plan = (struct plan){ .parts = its_fake_parts, .part_count = 2,
				       .devs = &dev, .regs = &reg,
			      .pci_fns = its_fake_fns, .pci_fn_count = FNS, .cpu_count = CPUS };
	its_fake_plan.board.lpi_end = LPI_FIRST + FNS * COUNT;
	msi_hw = NULL;
}

/* What hv/msi.c does with it. */
enum err its_fake_map(const struct plan_pci_fn *fn)
{
	enum err err;

	msi_hw->begin();
	err = msi_hw->device(fn->msi_device, FIRST + COUNT - 1);
	for (unsigned int k = 0; k < COUNT && err == OK; k++) {
		msi_hw->map(fn->msi_device, FIRST + k, fn->lpi_first + k, 1);
	}
	return msi_hw->end(1 << 1) == OK ? err : ERR_STATE;
}

void its_fake_use(void)
{
	assert_int_equal(gic_its_init(&its_fake_plan), OK);
	assert_non_null(msi_hw);
	assert_int_equal(gic_its_cpu_init(0), OK);
	for (unsigned int i = 0; i < FNS; i += 2) {
		int d;

		assert_int_equal(its_fake_map(&its_fake_fns[i]), OK);
		d = its_fake_find(its_fake_fns[i].msi_device);
		assert_true(d >= 0);
		for (unsigned int e = 0; e < MAX_EVENTS; e++) {
			assert_int_equal(its_fake.device[d].lpi[e],
					 e - FIRST < COUNT ? its_fake_fns[i].lpi_first + e - FIRST : 0);
		}
	}
	assert_int_equal(its_fake.device_count, 2);
	/* The others come after that. */
	for (unsigned int cpu = 1; cpu < CPUS; cpu++) {
		assert_int_equal(gic_its_cpu_init(cpu), OK);
		/* Only where somebody has messages. */
		assert_int_equal(its_fake.gicr_ctlr[cpu] & 1, cpu == 1 || cpu == 3);
		assert_int_equal(its_fake.is_target[cpu], cpu == 1 || cpu == 3);
	}
	assert_int_equal(its_fake.syncs, 2);
}
