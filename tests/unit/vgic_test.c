/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtual GIC: every register at every width, whose bits it touches, and no interrupt lost. */
#include "tests/unit/vgic_fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

enum {
	GROUPR = 0x80,
	ISENABLER = 0x100,
	ICENABLER = 0x180,
	ISPENDR = 0x200,
	ICPENDR = 0x280,
	ISACTIVER = 0x300,
	ICACTIVER = 0x380,
	IPRIORITYR = 0x400,
	ITARGETSR = 0x800,
	ICFGR = 0xc00,
	SGIR = 0xf00,
	CPENDSGIR = 0xf10,
	SPENDSGIR = 0xf20,
	IROUTER = 0x6000,
	SGI_PAGE = 0x10000,
	FRAME = 0x20000,
	NONE_PENDING = 1023,
	V3_ON = 2,
	V2_ON = 1,
};

static uint32_t bit_of(uint32_t irq)
{
	return 1u << irq % 32;
}

static uint32_t word_of(uint32_t irq)
{
	return irq / 32 * 4;
}

/* ---- golden: which widths answer where ---- */

static char text[8192];
static size_t text_used;

/* Runs of offsets with the same answer, one a line: first-last, register, widths that exist. */
static void describe(bool redist, uint64_t page, const struct vgic_map *map)
{
	char now[64], last[64] = "";
	unsigned int offset, first = 0, size;

	text_used = 0;
	for (offset = 0; offset <= 0x10000; offset += 4) {
		const struct vgic_row *row = offset < 0x10000 ? vgic_map_find(map, offset) : NULL;
		int n = snprintf(now, sizeof(now), "%s", row ? row->name : "-");

		for (size = 1; size <= 8 && offset < 0x10000; size *= 2) {
			uint64_t x = 0;

			if (offset % size == 0 && fake_access(redist, page + offset, size, false, &x)) {
				n += snprintf(now + n, sizeof(now) - (size_t)n, " %u", size);
			}
		}
		/* the upper halves of 64-bit registers do not take 64-bit accesses */
		if (row && row->shift == 3 && offset % 8 == 4) {
			snprintf(now + n, sizeof(now) - (size_t)n, " 8");
		}
		if (strcmp(now, last) != 0 || offset == 0x10000) {
			if (offset) {
				text_used += (size_t)snprintf(text + text_used, sizeof(text) - text_used,
							      "%04x-%04x %s\n", first, offset - 1, last);
			}
			first = offset;
			strcpy(last, now);
		}
	}
}

static const char golden_dist3[] =
	"0000-0003 GICD_CTLR 4\n"
	"0004-0007 GICD_TYPER 4\n"
	"0008-000b GICD_IIDR 4\n"
	"000c-000f GICD_TYPER2 4\n"
	"0010-0083 - 4\n"
	"0084-00ff GICD_IGROUPR 4\n"
	"0100-0103 - 4\n"
	"0104-017f GICD_ISENABLER 4\n"
	"0180-0183 - 4\n"
	"0184-01ff GICD_ICENABLER 4\n"
	"0200-0203 - 4\n"
	"0204-027f GICD_ISPENDR 4\n"
	"0280-0283 - 4\n"
	"0284-02ff GICD_ICPENDR 4\n"
	"0300-0303 - 4\n"
	"0304-037f GICD_ISACTIVER 4\n"
	"0380-0383 - 4\n"
	"0384-03ff GICD_ICACTIVER 4\n"
	"0400-041f - 4\n"
	"0420-07fb GICD_IPRIORITYR 1 4\n"
	"07fc-0c07 - 4\n"
	"0c08-0cff GICD_ICFGR 4\n"
	"0d00-0d03 - 4\n"
	"0d04-0d7f GICD_IGRPMODR 4\n"
	"0d80-60ff - 4\n"
	"6100-7fdf GICD_IROUTER 4 8\n"
	"7fe0-ffe7 - 4\n"
	"ffe8-ffeb GICD_PIDR2 4\n"
	"ffec-ffff - 4\n";

static const char golden_redist[] =
	"0000-0003 GICR_CTLR 4\n"
	"0004-0007 GICR_IIDR 4\n"
	"0008-000f GICR_TYPER 4 8\n"
	"0010-0013 - 4\n"
	"0014-0017 GICR_WAKER 4\n"
	"0018-006f - 4\n"
	"0070-0077 GICR_PROPBASER 4 8\n"
	"0078-007f GICR_PENDBASER 4 8\n"
	"0080-ffe7 - 4\n"
	"ffe8-ffeb GICR_PIDR2 4\n"
	"ffec-ffff - 4\n";

static const char golden_sgi[] =
	"0000-007f - 4\n"
	"0080-0083 GICR_IGROUPR0 4\n"
	"0084-00ff - 4\n"
	"0100-0103 GICR_ISENABLER0 4\n"
	"0104-017f - 4\n"
	"0180-0183 GICR_ICENABLER0 4\n"
	"0184-01ff - 4\n"
	"0200-0203 GICR_ISPENDR0 4\n"
	"0204-027f - 4\n"
	"0280-0283 GICR_ICPENDR0 4\n"
	"0284-02ff - 4\n"
	"0300-0303 GICR_ISACTIVER0 4\n"
	"0304-037f - 4\n"
	"0380-0383 GICR_ICACTIVER0 4\n"
	"0384-03ff - 4\n"
	"0400-041f GICR_IPRIORITYR 1 4\n"
	"0420-0bff - 4\n"
	"0c00-0c07 GICR_ICFGR 4\n"
	"0c08-0cff - 4\n"
	"0d00-0d03 GICR_IGRPMODR0 4\n"
	"0d04-ffff - 4\n";

static const char golden_dist2[] =
	"0000-0003 GICD_CTLR 4\n"
	"0004-0007 GICD_TYPER 4\n"
	"0008-000b GICD_IIDR 4\n"
	"000c-00ff - 4\n"
	"0100-017f GICD_ISENABLER 4\n"
	"0180-01ff GICD_ICENABLER 4\n"
	"0200-027f GICD_ISPENDR 4\n"
	"0280-02ff GICD_ICPENDR 4\n"
	"0300-037f GICD_ISACTIVER 4\n"
	"0380-03ff GICD_ICACTIVER 4\n"
	"0400-07fb GICD_IPRIORITYR 1 4\n"
	"07fc-07ff - 4\n"
	"0800-0bfb GICD_ITARGETSR 1 4\n"
	"0bfc-0bff - 4\n"
	"0c00-0cff GICD_ICFGR 4\n"
	"0d00-0eff - 4\n"
	"0f00-0f03 GICD_SGIR 4\n"
	"0f04-0f0f - 4\n"
	"0f10-0f1f GICD_CPENDSGIR 1 4\n"
	"0f20-0f2f GICD_SPENDSGIR 1 4\n"
	"0f30-0fe7 - 4\n"
	"0fe8-0feb GICD_ICPIDR2 4\n"
	"0fec-ffff - 4\n";

static void test_golden(void **state)
{
	(void)state;
	fake_start(3, 2, false);
	describe(false, 0, &vgic_dist3_map);
	assert_string_equal(text, golden_dist3);
	describe(true, 0, &vgic_redist_map);
	assert_string_equal(text, golden_redist);
	describe(true, FRAME + SGI_PAGE, &vgic_sgi_map);
	assert_string_equal(text, golden_sgi);
	fake_start(2, 2, false);
	describe(false, 0, &vgic_dist2_map);
	assert_string_equal(text, golden_dist2);
}

/* ---- every register x pattern: values, own bits, nothing foreign ---- */

static const uint32_t fixed_patterns[] = { 0, 0xffffffff, 0x55555555, 0xaaaaaaaa };

static uint32_t pattern(unsigned int n)
{
	return n < 4 ? fixed_patterns[n] : 1u << (n - 4);
}

enum { PATTERNS = 36 };

/* Foreign lines have bits set that must survive whatever the guest writes. */
static void canary_set(uint32_t (*copy)[FAKE_CPUS][FAKE_WORDS])
{
	unsigned int bank, cpu, word;

	for (bank = 0; bank < 3; bank++) {
		for (cpu = 0; cpu < FAKE_CPUS; cpu++) {
			for (word = 0; word < FAKE_WORDS; word++) {
				fake.bank[bank][cpu][word] |=
					~(word < SPI_END / 32 ? fake_own(word) : 0);
			}
		}
	}
	memcpy(copy, fake.bank, sizeof(fake.bank));
}

static void canary_check(uint32_t (*copy)[FAKE_CPUS][FAKE_WORDS])
{
	unsigned int bank, cpu, word;

	for (bank = 0; bank < 3; bank++) {
		for (cpu = 0; cpu < FAKE_CPUS; cpu++) {
			for (word = 0; word < FAKE_WORDS; word++) {
				uint32_t own = word < SPI_END / 32 ? fake_own(word) : 0;

				assert_int_equal(fake.bank[bank][cpu][word] & ~own,
						 copy[bank][cpu][word] & ~own);
			}
		}
	}
}

/* Everything a guest can store to, at every offset, width and pattern; the fake asserts ownership. */
static void storm(unsigned int version, bool direct)
{
	static uint32_t copy[3][FAKE_CPUS][FAKE_WORDS];
	unsigned int offset, size, n;
	uint64_t x;

	fake_start(version, 3, direct);
	canary_set(copy);
	/* unaligned accesses are refused before the table is asked: one offset in five is enough */
	for (offset = 0; offset < 0x8000; offset++) {
		if (offset % 4 && offset % 5) {
			continue;
		}
		for (size = 1; size <= 8; size *= 2) {
			for (n = 0; n < PATTERNS; n++) {
				x = pattern(n) | (uint64_t)pattern(n) << 32;
				fake_access(false, offset, size, true, &x);
				fake_access(false, offset, size, false, &x);
			}
		}
		if (offset >= 0x1000 && offset < 0x6000) {
			offset += 0xff;
		}
	}
	for (offset = 0; version == 3 && offset < 3 * FRAME; offset++) {
		if (offset % 4 && offset % 5) {
			continue;
		}
		for (size = 1; size <= 8; size *= 2) {
			for (n = 0; n < PATTERNS; n++) {
				x = pattern(n) | (uint64_t)pattern(n) << 32;
				fake_access(true, offset, size, true, &x);
				fake_access(true, offset, size, false, &x);
			}
		}
		if ((offset & 0xffff) >= 0x1000) {
			offset |= 0xff;
		}
	}
	fake_check();
	canary_check(copy);
}

static void test_storm_v3_virtual(void **state)
{
	(void)state;
	storm(3, false);
}

static void test_storm_v3_direct(void **state)
{
	(void)state;
	storm(3, true);
}

static void test_storm_v2(void **state)
{
	(void)state;
	storm(2, false);
}

/* Set/clear pairs against a two-line model: own bits follow, the rest reads as zero. */
static void pairs(unsigned int version, bool direct, uint64_t set, uint64_t clear)
{
	uint32_t word, own, model;
	unsigned int n;

	fake_start(version, 2, direct);
	for (word = 0; word < FAKE_WORDS; word++) {
		own = word < SPI_END / 32 && !(version == 3 && word == 0) ? fake_own(word) : 0;
		fake_wr(clear + word * 4, 0xffffffff);
		model = 0;
		for (n = 0; n < 2 * PATTERNS; n++) {
			fake_wr((n & 1 ? clear : set) + word * 4, pattern(n / 2));
			model = n & 1 ? model & ~pattern(n / 2) : model | (pattern(n / 2) & own);
			assert_int_equal(fake_rd(set + word * 4), model);
			assert_int_equal(fake_rd(clear + word * 4), model);
		}
	}
	fake_check();
}

static void test_pairs(void **state)
{
	unsigned int direct;

	(void)state;
	for (direct = 0; direct < 2; direct++) {
		pairs(3, direct, ISENABLER, ICENABLER);
		pairs(3, direct, ISPENDR, ICPENDR);
		pairs(3, direct, ISACTIVER, ICACTIVER);
	}
	pairs(2, false, ISENABLER, ICENABLER);
	pairs(2, false, ISACTIVER, ICACTIVER);
}

/* The short ways answer as the tables do. */
static void quick_same(unsigned int version)
{
	struct vgic_answer quick, peek;
	struct vgic_cpu *c;
	uint64_t offset, x;

	fake_start(version, 2, false);
	c = &fake_vgic()->cpus[1];
	fake_run_on(1);
	for (offset = 0; offset < SPI_END / 8; offset += 4) {
		fake_wr(ISENABLER + offset, 0x5a5aa5a5);
	}
	for (offset = 0; offset < fake_vgic()->dist_size; offset++) {
		bool ok = fake_access(false, offset, 4, false, &x);

		quick = vgic_quick(c, DIST_AT + offset, false, 0);
		peek = vgic_peek(c, offset);
		assert_int_equal(quick.ok, ok);
		assert_true(!ok || quick.value == x);
		assert_true(!peek.ok || (ok && peek.value == x));
	}
	for (offset = 0; version == 3 && offset < 2 * FRAME; offset += 4) {
		assert_true(fake_access(true, offset, 4, false, &x));
		quick = vgic_quick(c, REDIST_AT + offset, false, 0);
		assert_true(quick.ok && quick.value == x);
	}
	assert_false(vgic_quick(c, REDIST_AT + 2 * FRAME, false, 0).ok);
	assert_false(vgic_quick(c, DIST_AT - 4, false, 0).ok);
	assert_false(vgic_peek(c, (uint64_t)-4).ok);
}

static void test_quick(void **state)
{
	(void)state;
	quick_same(2);
	quick_same(3);
}

static void test_values(void **state)
{
	uint64_t x = 0;

	(void)state;
	fake_start(3, 2, true);
	assert_int_equal(fake_rd(0), 0x50);
	fake_wr(0, 0xffffffff);
	assert_int_equal(fake_rd(0), 0x52);
	assert_int_equal(fake_rd(4), (SPI_END / 32 - 1) | 9 << 19 | 1 << 25);
	assert_int_equal(fake_rd(0xffe8) & 0xf0, 0x30);
	assert_int_equal(fake_rd(GROUPR + 4), fake_own(1));
	fake_wr(GROUPR + 4, 0);
	assert_int_equal(fake_rd(GROUPR + 4), fake_own(1));
	fake_wr(IPRIORITYR + LINE_UART / 4 * 4, 0x01020304);
	assert_int_equal(fake_rd(IPRIORITYR + LINE_UART / 4 * 4), 0);
	fake_wr(IPRIORITYR + LINE_UART / 4 * 4, 0xffffffff);
	assert_int_equal(fake_rd(IPRIORITYR + LINE_UART / 4 * 4), 0xf8u << 8 * (LINE_UART % 4));
	assert_int_equal(fake.prio[0][LINE_UART], 0xf8);
	x = 0x18;
	assert_true(fake_access(false, IPRIORITYR + LINE_UART, 1, true, &x));
	assert_true(fake_access(false, IPRIORITYR + LINE_UART, 1, false, &x));
	assert_int_equal(x, 0x18);
	assert_int_equal(fake.prio[0][LINE_UART], GIC_GUEST_PRIO);
	assert_true(fake_access(true, FRAME + 8, 8, false, &x));
	assert_true(x == (UINT64_C(1) << 32 | 1 << 8 | 1 << 4));
	assert_int_equal(fake_redist_rd(8), 0);
	assert_int_equal(fake_redist_rd(FRAME + 12), 1);
	assert_int_equal(fake_redist_rd(0x14), 6);
	fake_redist_wr(0x14, 0);
	assert_int_equal(fake_redist_rd(0x14), 0);
	assert_int_equal(fake_redist_rd(FRAME + 0x14), 6);
	fake_wr(ICFGR + LINE_NET / 16 * 4, 0xffffffff);
	assert_true(fake.edge[LINE_NET]);
	assert_int_equal(fake_rd(ICFGR + LINE_NET / 16 * 4), 2u << LINE_NET % 16 * 2);
	fake_wr(ICFGR + LINE_VUART / 16 * 4, 0);
	assert_true(fake.edge[LINE_VUART]);
	assert_int_equal(fake_redist_rd(SGI_PAGE + ICFGR), 0xaaaaaaaa);
}

/* ---- routes ---- */

static void test_router(void **state)
{
	uint64_t x;

	(void)state;
	fake_start(3, 3, false);
	fake_wr(0, V3_ON);
	fake_wr(ISENABLER + word_of(LINE_BLK), bit_of(LINE_BLK));
	fake_wr(IROUTER + 8 * LINE_BLK, 2);
	assert_int_equal(fake.route[LINE_BLK], 3);
	fake_fire(LINE_BLK);
	assert_int_equal(fake_ack(2), LINE_BLK);
	fake_eoi(2, LINE_BLK);
	/* a CPU that is not there: kept, delivered to nobody, found again when routed back */
	x = UINT64_C(0x100000005);
	assert_true(fake_access(false, IROUTER + 8 * LINE_BLK, 8, true, &x));
	assert_true(fake_access(false, IROUTER + 8 * LINE_BLK, 8, false, &x));
	assert_int_equal(x, 5);
	fake_fire(LINE_BLK);
	assert_int_equal(fake.bank[GIC_ENABLE][0][LINE_BLK / 32] & bit_of(LINE_BLK), 0);
	fake_wr(IROUTER + 8 * LINE_BLK, 1);
	assert_int_equal(fake_ack(1), LINE_BLK);
	fake_eoi(1, LINE_BLK);
	/* neither any-CPU routing nor higher affinities exist */
	fake_wr(IROUTER + 8 * LINE_BLK, 0x80000000);
	assert_int_equal(fake_rd(IROUTER + 8 * LINE_BLK), 0);
	assert_int_equal(fake.route[LINE_BLK], 1);
	fake_wr(IROUTER + 8 * LINE_BLK, 0x00010000);
	assert_int_equal(fake_rd(IROUTER + 8 * LINE_BLK), 0xffff);
	/* not its line */
	fake_wr(IROUTER + 8 * (LINE_UART + 1), 2);
	assert_int_equal(fake_rd(IROUTER + 8 * (LINE_UART + 1)), 0);
	fake_check();
}

static void test_targets(void **state)
{
	(void)state;
	fake_start(2, 3, false);
	fake_run_on(1);
	assert_int_equal(fake_rd(ITARGETSR), 0x02020202);
	fake_wr(0, V2_ON);
	fake_wr(ISENABLER + word_of(LINE_NET), bit_of(LINE_NET));
	vic_raise(&fake_part, LINE_BELL);
	fake_wr(ISENABLER + word_of(LINE_BELL), bit_of(LINE_BELL));
	fake_settle();
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_wr(ITARGETSR + LINE_BELL, 0xff00000c);
	assert_int_equal(fake_rd(ITARGETSR + LINE_BELL), 0x04);
	assert_int_equal(fake_ack(2), LINE_BELL);
	fake_eoi(2, LINE_BELL);
	fake_wr(ITARGETSR + LINE_NET, 0x06);
	assert_int_equal(fake.route[LINE_NET], 2);
	fake_fire(LINE_NET);
	assert_int_equal(fake_ack(1), LINE_NET);
	fake_eoi(1, LINE_NET);
	fake_start(2, 1, false);
	assert_int_equal(fake_rd(ITARGETSR), 0x01010101);
	fake_wr(ITARGETSR + LINE_NET, 3);
	assert_int_equal(fake_rd(ITARGETSR + LINE_NET), 1);
	fake_wr(0, V2_ON);
	fake_wr(ISENABLER + word_of(LINE_NET), bit_of(LINE_NET));
	fake_fire(LINE_NET);
	assert_int_equal(fake_ack(0), LINE_NET);
	fake_check();
}

/* ---- states of a line ---- */

static void enable(uint32_t irq)
{
	fake_wr(ISENABLER + word_of(irq), bit_of(irq));
}

static bool reads(uint64_t reg, uint32_t irq)
{
	return fake_rd(reg + word_of(irq)) & bit_of(irq);
}

static void start_on(unsigned int version, unsigned int count)
{
	unsigned int irq;

	fake_start(version, count, false);
	fake_wr(0, version == 3 ? V3_ON : V2_ON);
	for (irq = 32; version == 2 && irq < SPI_END; irq += 4) {
		fake_wr(ITARGETSR + irq, 0x01010101);
	}
}

/* A physical line through inactive, pending, active, active and pending, and back. */
static void walk_physical(unsigned int version)
{
	start_on(version, 2);
	fake_fire(LINE_UART);
	assert_true(reads(ISPENDR, LINE_UART));
	assert_int_equal(fake_ack(0), NONE_PENDING);
	enable(LINE_UART);
	assert_true(reads(ISPENDR, LINE_UART));
	assert_false(reads(ISACTIVER, LINE_UART));
	/* the other vCPU sees the same while the line is in this one's list register */
	fake_run_on(1);
	assert_true(reads(ISPENDR, LINE_UART));
	assert_false(reads(ISACTIVER, LINE_UART));
	fake_run_on(0);
	assert_int_equal(fake_ack(0), LINE_UART);
	assert_false(reads(ISPENDR, LINE_UART));
	assert_true(reads(ISACTIVER, LINE_UART));
	fake_run_on(1);
	assert_true(reads(ISACTIVER, LINE_UART));
	assert_false(reads(ISPENDR, LINE_UART));
	fake_run_on(0);
	fake_fire(LINE_UART);
	assert_true(reads(ISPENDR, LINE_UART));
	assert_true(reads(ISACTIVER, LINE_UART));
	fake_eoi(0, LINE_UART);
	assert_false(reads(ISACTIVER, LINE_UART));
	assert_int_equal(fake_ack(0), LINE_UART);
	fake_eoi(0, LINE_UART);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_int_equal(fake.bank[GIC_ACTIVE][0][1], 0);
	fake_check();
}

/* Disabling a line takes it back from the list register; clearing pending forgets it for good. */
static void walk_withdrawn(unsigned int version)
{
	start_on(version, 2);
	enable(LINE_UART);
	enable(LINE_BELL);
	fake_fire(LINE_UART);
	vic_raise(&fake_part, LINE_BELL);
	fake_settle();
	fake_run_on(1); /* from the other vCPU */
	fake_wr(ICENABLER + word_of(LINE_UART), bit_of(LINE_UART));
	fake_wr(ICENABLER + word_of(LINE_BELL), bit_of(LINE_BELL));
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_true(reads(ISPENDR, LINE_UART));
	assert_true(reads(ISPENDR, LINE_BELL));
	enable(LINE_UART);
	enable(LINE_BELL);
	assert_int_equal(fake_ack(0), LINE_UART);
	fake_eoi(0, LINE_UART);
	assert_int_equal(fake_ack(0), LINE_BELL);
	fake_eoi(0, LINE_BELL);
	fake_fire(LINE_UART);
	vic_raise(&fake_part, LINE_BELL);
	fake_settle();
	fake_wr(ICPENDR + word_of(LINE_UART), bit_of(LINE_UART));
	fake_wr(ICPENDR + word_of(LINE_BELL), bit_of(LINE_BELL));
	assert_int_equal(fake_ack(0), NONE_PENDING);
	assert_int_equal(fake.bank[GIC_ACTIVE][0][1], 0);
	fake_fire(LINE_UART);
	assert_int_equal(fake_ack(0), LINE_UART);
	/* deactivated by register instead of EOI */
	fake_wr(ICACTIVER + word_of(LINE_UART), bit_of(LINE_UART));
	assert_false(reads(ISACTIVER, LINE_UART));
	fake_fire(LINE_UART);
	assert_int_equal(fake_ack(0), LINE_UART);
	fake_eoi(0, LINE_UART);
	/* the whole distributor off and on */
	fake_wr(0, 0);
	fake_fire(LINE_UART);
	vic_raise(&fake_part, LINE_BELL);
	fake_settle();
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_wr(0, version == 3 ? V3_ON : V2_ON);
	assert_int_equal(fake_ack(0), LINE_UART);
	fake_eoi(0, LINE_UART);
	assert_int_equal(fake_ack(0), LINE_BELL);
	fake_eoi(0, LINE_BELL);
	fake_check();
}

/* An emulated device's level: again after EOI while it is up, gone when it falls. */
static void walk_level(unsigned int version)
{
	unsigned int i;

	start_on(version, 2);
	enable(LINE_VUART);
	vic_level(&fake_part, LINE_VUART, true);
	fake_settle();
	for (i = 0; i < 3; i++) {
		assert_int_equal(fake_ack(0), LINE_VUART);
		assert_int_equal(fake_ack(0), NONE_PENDING);
		vic_level(&fake_part, LINE_VUART, true);
		fake_eoi(0, LINE_VUART);
	}
	vic_level(&fake_part, LINE_VUART, false);
	fake_settle();
	assert_int_equal(fake_ack(0), NONE_PENDING);
	vic_level(&fake_part, LINE_VUART, true);
	fake_settle();
	assert_int_equal(fake_ack(0), LINE_VUART);
	vic_level(&fake_part, LINE_VUART, false);
	fake_eoi(0, LINE_VUART);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	/* an edge that comes while the last one is being handled is not lost */
	enable(LINE_BELL);
	vic_raise(&fake_part, LINE_BELL);
	fake_settle();
	assert_int_equal(fake_ack(0), LINE_BELL);
	vic_raise(&fake_part, LINE_BELL);
	fake_settle();
	fake_eoi(0, LINE_BELL);
	assert_int_equal(fake_ack(0), LINE_BELL);
	fake_eoi(0, LINE_BELL);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_check();
}

static void test_walks(void **state)
{
	unsigned int version;

	(void)state;
	for (version = 2; version <= 4; version++) {
		fake_by_hand = version == 4;
		walk_physical(version == 3 ? 3 : 2);
		walk_withdrawn(version == 3 ? 3 : 2);
		walk_level(version == 3 ? 3 : 2);
	}
	fake_by_hand = false;
}

/* More pending than list registers, in order of priority, then of INTID. */
static void test_overflow(void **state)
{
	static const uint32_t order[] = { LINE_NET, 1, 2, 5, 9, LINE_TIMER, LINE_UART, LINE_BLK,
					  LINE_BELL };
	unsigned int i;

	(void)state;
	start_on(3, 2);
	fake_redist_wr(SGI_PAGE + ISENABLER, 0xffffffff);
	for (i = 1; i < SPI_END / 32; i++) {
		fake_wr(ISENABLER + 4 * i, 0xffffffff);
	}
	for (i = 0; i < SPI_END; i += 4) {
		fake_redist_wr(SGI_PAGE + IPRIORITYR + i % 32, 0xa0a0a0a0);
		fake_wr(IPRIORITYR + i, 0xa0a0a0a0);
	}
	fake_wr(IPRIORITYR + LINE_NET, 0x80);
	fake_fire(LINE_BLK);
	fake_fire(LINE_UART);
	vic_raise(&fake_part, LINE_BELL);
	fake_fire(LINE_TIMER);
	for (i = 0; i < 4; i++) {
		static const uint8_t sgis[] = { 9, 5, 2, 1 };

		vgic_sgi(fake_part.vcpus, (uint64_t)sgis[i] << 24 | 1);
	}
	fake_fire(LINE_NET);
	fake_settle();
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		fake_check();
		assert_int_equal(fake_ack(0), order[i]);
		fake_eoi(0, order[i]);
	}
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_check();
}

/* ---- SGIs ---- */

static void test_sgi3(void **state)
{
	unsigned int direct, i;

	(void)state;
	for (direct = 0; direct < 2; direct++) {
		fake_start(3, 3, direct);
		fake_wr(0, V3_ON);
		for (i = 0; i < 3; i++) {
			fake_redist_wr(i * FRAME + SGI_PAGE + ISENABLER, 0xffff);
		}
		fake_run_on(1);
		vgic_sgi(&fake_part.vcpus[1], UINT64_C(1) << 40 | 3 << 24);
		vgic_sgi(&fake_part.vcpus[1], 7 << 24 | 0xfffe);
		vgic_sgi(&fake_part.vcpus[1], UINT64_C(1) << 32 | 4 << 24 | 7);
		vgic_sgi(&fake_part.vcpus[1], UINT64_C(1) << 44 | 4 << 24 | 7);
		vgic_sgi(&fake_part.vcpus[1], UINT64_C(1) << 48 | 4 << 24 | 7);
		vgic_sgi(&fake_part.vcpus[1], 2 << 16 | 4 << 24 | 7);
		vgic_sgi(&fake_part.vcpus[1], 15 << 24 | 5);
		fake_settle();
		fake_check();
		if (direct) {
			assert_int_equal(fake.sgis[0], 0);
			assert_int_equal(fake.sgis[1], 1 << 3);
			assert_int_equal(fake.sgis[2], 1 << 7);
			assert_int_equal(fake.sgis[3], 1 << 3 | 1 << 7);
			continue;
		}
		assert_int_equal(fake_ack(0), 3);
		fake_eoi(0, 3);
		assert_int_equal(fake_ack(0), 15);
		fake_eoi(0, 15);
		assert_int_equal(fake_ack(0), NONE_PENDING);
		assert_int_equal(fake_ack(1), 7);
		vgic_sgi(&fake_part.vcpus[1], 7 << 24 | 2); /* again, while active */
		fake_eoi(1, 7);
		assert_int_equal(fake_ack(1), 7);
		fake_eoi(1, 7);
		assert_int_equal(fake_ack(1), NONE_PENDING);
		assert_int_equal(fake_ack(2), 3);
		fake_eoi(2, 3);
		assert_int_equal(fake_ack(2), 7);
		fake_eoi(2, 7);
		assert_int_equal(fake_ack(2), 15);
		fake_eoi(2, 15);
		assert_int_equal(fake_ack(2), NONE_PENDING);
	}
}

/* GICv2: one instance for each sender, and the sender is told. */
static void test_sgi2(void **state)
{
	unsigned int i, seen = 0;
	uint32_t irq;

	(void)state;
	fake_start(2, 3, false);
	fake_wr(0, V2_ON);
	for (i = 0; i < 3; i++) {
		fake_run_on(i);
		fake_wr(SGIR, 1u << 16 | 5);
	}
	fake_run_on(0);
	assert_int_equal(fake_rd(SPENDSGIR + 4), 0x700);
	for (i = 0; i < 3; i++) {
		unsigned int n;

		irq = fake_ack(0);
		assert_int_equal(irq, 5);
		for (n = 0; n < FAKE_LRS; n++) {
			if (fake.lr[1][n].state & GIC_LR_ACTIVE) {
				seen |= 1u << fake.lr[1][n].source;
			}
		}
		assert_int_equal(fake_ack(0), NONE_PENDING);
		fake_eoi(0, 5);
	}
	assert_int_equal(seen, 7);
	assert_int_equal(fake_ack(0), NONE_PENDING);
	fake_run_on(2);
	fake_wr(SGIR, 1u << 24 | 9);          /* all others */
	fake_wr(SGIR, 2u << 24 | 0xff0000 | 8); /* self */
	fake_wr(SGIR, 3u << 24 | 0xff0000 | 8); /* reserved */
	assert_int_equal(fake_ack(0), 9);
	assert_int_equal(fake_ack(1), 9);
	assert_int_equal(fake_ack(2), 8);
	assert_int_equal(fake_ack(2), NONE_PENDING);
	fake_eoi(2, 8);
	fake_wr(SPENDSGIR + 8, 0x00000005);
	assert_int_equal(fake_rd(CPENDSGIR + 8), 0x05);
	fake_wr(CPENDSGIR + 8, 0x01);
	assert_int_equal(fake_rd(SPENDSGIR + 8), 0x04);
	fake_wr(CPENDSGIR + 8, 0x04);
	assert_int_equal(fake_ack(2), NONE_PENDING);
	fake_check();
}

/* ---- life cycle ---- */

static void test_reset(void **state)
{
	static struct fake_gic first;
	unsigned int direct, i;

	(void)state;
	for (direct = 0; direct < 2; direct++) {
		fake_start(3, 2, direct);
		first = fake;
		fake_wr(0, V3_ON);
		for (i = 1; i < SPI_END / 32; i++) {
			fake_wr(ISENABLER + 4 * i, 0xffffffff);
		}
		fake_wr(IPRIORITYR + LINE_UART / 4 * 4, 0xc0c0c0c0);
		fake_wr(ICFGR + LINE_NET / 16 * 4, 0xffffffff);
		fake_wr(IROUTER + 8 * LINE_BLK, 1);
		fake_redist_wr(SGI_PAGE + ISENABLER, 0xffffffff);
		fake_fire(LINE_UART);
		fake_fire(LINE_BLK);
		vic_raise(&fake_part, LINE_BELL);
		vic_level(&fake_part, LINE_VUART, true);
		fake_settle();
		fake_ack(0);
		vic_reset(&fake_part);
		for (i = 0; i < 2; i++) {
			fake_run_on(i);
			vic_vcpu_reset(&fake_part.vcpus[i]);
		}
		fake_settle();
		assert_memory_equal(first.bank, fake.bank, sizeof(fake.bank));
		assert_memory_equal(first.prio, fake.prio, sizeof(fake.prio));
		assert_memory_equal(first.edge, fake.edge, sizeof(fake.edge));
		assert_memory_equal(first.route, fake.route, sizeof(fake.route));
		assert_memory_equal(first.lr, fake.lr, sizeof(fake.lr));
		fake_run_on(0);
		assert_int_equal(fake_rd(0), 0x50);
		assert_int_equal(fake_rd(ISENABLER + 4), 0);
		assert_int_equal(fake_redist_rd(0x14), 6);
		fake_wr(0, V3_ON);
		for (i = 1; i < SPI_END / 32; i++) {
			fake_wr(ISENABLER + 4 * i, 0xffffffff);
		}
		assert_int_equal(fake_ack(0), NONE_PENDING);
		assert_int_equal(fake_ack(1), NONE_PENDING);
	}
}

/* CPU_OFF and CPU_ON: pending stays, active goes, physical lines are usable again. */
static void test_cpu_on(void **state)
{
	(void)state;
	start_on(3, 2);
	enable(LINE_UART);
	enable(LINE_BLK);
	fake_fire(LINE_UART);
	fake_fire(LINE_BLK);
	assert_int_equal(fake_ack(0), LINE_UART);
	vic_vcpu_reset(&fake_part.vcpus[0]);
	fake_settle();
	assert_int_equal(fake_ack(0), LINE_BLK);
	fake_eoi(0, LINE_BLK);
	fake_fire(LINE_UART);
	assert_int_equal(fake_ack(0), LINE_UART);
	fake_check();
}

static void test_pause(void **state)
{
	unsigned int direct;

	(void)state;
	for (direct = 0; direct < 2; direct++) {
		fake_start(3, 2, direct);
		fake_wr(0, V3_ON);
		enable(LINE_UART);
		vic_pause(&fake_part, true);
		assert_int_equal(fake.bank[GIC_ENABLE][0][1], 0);
		fake_fire(LINE_UART);
		vic_pause(&fake_part, false);
		fake_settle();
		assert_int_equal(fake.bank[GIC_ENABLE][0][1], bit_of(LINE_UART));
		assert_int_equal(fake_ack(0), direct ? NONE_PENDING : LINE_UART);
		assert_int_equal(fake.bank[GIC_PEND][0][1], direct ? bit_of(LINE_UART) : 0);
	}
}

/* Direct mode: a carrier is set pending once for each event, and for each access while level. */
static void test_carrier(void **state)
{
	(void)state;
	fake_start(3, 2, true);
	vic_raise(&fake_part, LINE_BELL);
	assert_true(fake.bank[GIC_PEND][0][3] & bit_of(LINE_BELL));
	vic_level(&fake_part, LINE_VUART, true);
	assert_true(fake.bank[GIC_PEND][0][3] & bit_of(LINE_VUART));
	fake.bank[GIC_PEND][0][3] = 0; /* the guest acknowledged both */
	vic_level(&fake_part, LINE_VUART, true);
	assert_int_equal(fake.bank[GIC_PEND][0][3], bit_of(LINE_VUART));
	vic_level(&fake_part, LINE_VUART, false);
	assert_int_equal(fake.bank[GIC_PEND][0][3], 0);
	fake_check();
}

/* Only what changes reaches the hardware. */
static void test_economy(void **state)
{
	unsigned int before;

	(void)state;
	fake_start(3, 2, true);
	fake_wr(0, V3_ON);
	enable(LINE_UART);
	before = fake.writes;
	enable(LINE_UART);
	fake_wr(ICENABLER + 8, 0xffffffff);
	fake_wr(ISENABLER + 4, 0);
	fake_wr(0, V3_ON);
	(void)fake_rd(ISENABLER + 4);
	assert_int_equal(fake.writes, before);
	fake_wr(ISENABLER + 8, 0xffffffff);
	assert_int_equal(fake.writes, before + 1);
}

/* ---- random walks: nothing lost, nothing twice, nothing foreign ---- */

static uint32_t seed;

static uint32_t dice(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static const uint32_t all_lines[] = { LINE_UART, LINE_BLK, LINE_NET, LINE_BELL, LINE_BELL2 };

/*
 * What every line owes: raised and not acknowledged since. An edge of a device that comes while the
 * last one is in a list register is delivered on its own, so there may be as many as were raised.
 */
static bool owed[1024];
static unsigned int allowed[1024];

static void random_raise(void)
{
	uint32_t irq = all_lines[dice(ARRAY_SIZE(all_lines))];

	owed[irq] = true;
	allowed[irq]++;
	if (irq >= LINE_BELL) {
		vic_raise(&fake_part, irq);
		fake_settle();
	} else {
		fake_fire(irq);
	}
}

static uint32_t in_hand[FAKE_CPUS][16];
static unsigned int hands[FAKE_CPUS];

static void random_ack(unsigned int vcpu)
{
	uint32_t irq;

	if (hands[vcpu] == 4) {
		return;
	}
	irq = fake_ack(vcpu);
	if (irq != NONE_PENDING) {
		assert_true(allowed[irq]-- > 0);
		owed[irq] = false;
		in_hand[vcpu][hands[vcpu]++] = irq;
	}
}

static void random_eoi(unsigned int vcpu)
{
	if (hands[vcpu] > 0) {
		fake_eoi(vcpu, in_hand[vcpu][--hands[vcpu]]);
	}
}

static void random_register(unsigned int version, unsigned int count)
{
	uint32_t irq = all_lines[dice(ARRAY_SIZE(all_lines))];

	switch (dice(7)) {
	case 0:
		fake_wr(ISENABLER + word_of(irq), bit_of(irq));
		break;
	case 1:
		fake_wr(ICENABLER + word_of(irq), bit_of(irq));
		break;
	case 2:
		(void)fake_rd(ISPENDR + word_of(irq));
		break;
	case 3:
		(void)fake_rd(ISACTIVER + word_of(irq));
		break;
	case 4:
		fake_wr(IPRIORITYR + irq / 4 * 4, dice(4) * 0x40404040);
		break;
	case 5:
		if (version == 3) {
			fake_wr(IROUTER + 8 * irq, dice(count));
		} else {
			uint64_t x = 1u << dice(count);

			fake_access(false, ITARGETSR + irq, 1, true, &x);
		}
		break;
	default:
		if (owed[irq]) {
			fake_wr(ISPENDR + word_of(irq), bit_of(irq));
		}
		break;
	}
}

static void random_walk(unsigned int version, unsigned int count)
{
	unsigned int step, i, vcpu;

	start_on(version, count);
	memset(owed, 0, sizeof(owed));
	memset(allowed, 0, sizeof(allowed));
	memset(hands, 0, sizeof(hands));
	for (step = 0; step < 3000; step++) {
		vcpu = dice(count);
		fake_run_on(vcpu);
		switch (dice(4)) {
		case 0:
			random_raise();
			break;
		case 1:
			random_ack(vcpu);
			break;
		case 2:
			random_eoi(vcpu);
			break;
		default:
			random_register(version, count);
			break;
		}
		fake_check();
	}
	/* in the end everything owed comes out, once */
	for (vcpu = 0; vcpu < count; vcpu++) {
		while (hands[vcpu]) {
			random_eoi(vcpu);
		}
	}
	fake_run_on(0);
	for (i = 0; i < ARRAY_SIZE(all_lines); i++) {
		enable(all_lines[i]);
	}
	for (step = 0; step < 100; step++) {
		random_ack(step % count);
		random_eoi(step % count);
	}
	for (i = 0; i < ARRAY_SIZE(all_lines); i++) {
		assert_false(owed[all_lines[i]]);
	}
}

static void test_random(void **state)
{
	unsigned int n;

	(void)state;
	for (n = 0; n < 40; n++) {
		seed = n;
		fake_by_hand = n >= 20;
		random_walk(2 + n % 2, 1 + n % 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_quick),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_storm_v3_virtual),
		cmocka_unit_test(test_storm_v3_direct),
		cmocka_unit_test(test_storm_v2),
		cmocka_unit_test(test_router),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_sgi3),
		cmocka_unit_test(test_sgi2),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_cpu_on),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_carrier),
		cmocka_unit_test(test_economy),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
