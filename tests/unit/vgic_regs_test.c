/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtual GIC's registers: every one at every width, and whose bits it touches. */
#include "tests/unit/vgic_fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

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
static struct vgic_answer quick_read(struct vgic_cpu *c, uint64_t g_at)
{
	struct vgic_place place;

	if (!vgic_locate(c, g_at, &place)) {
		return (struct vgic_answer){ 0, false };
	}
	return vgic_quick(c, place.of, place.map, (uint32_t)place.offset, false, 0);
}

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

		quick = quick_read(c, DIST_AT + offset);
		peek = vgic_peek(c, offset);
		assert_int_equal(quick.ok, ok);
		assert_true(!ok || quick.value == x);
		assert_true(!peek.ok || (ok && peek.value == x));
	}
	for (offset = 0; version == 3 && offset < 2 * FRAME; offset += 4) {
		assert_true(fake_access(true, offset, 4, false, &x));
		quick = quick_read(c, REDIST_AT + offset);
		assert_true(quick.ok && quick.value == x);
	}
	assert_false(quick_read(c, REDIST_AT + 2 * FRAME).ok);
	assert_false(quick_read(c, DIST_AT - 4).ok);
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

/* Only what changes reaches the hardware. */
static void test_economy(void **state)
{
	unsigned int before;

	(void)state;
	fake_start(3, 2, true);
	fake_wr(0, V3_ON);
	fake_enable(LINE_UART);
	before = fake.writes;
	fake_enable(LINE_UART);
	fake_wr(ICENABLER + 8, 0xffffffff);
	fake_wr(ISENABLER + 4, 0);
	fake_wr(0, V3_ON);
	(void)fake_rd(ISENABLER + 4);
	assert_int_equal(fake.writes, before);
	fake_wr(ISENABLER + 8, 0xffffffff);
	assert_int_equal(fake.writes, before + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_storm_v3_virtual),
		cmocka_unit_test(test_storm_v3_direct),
		cmocka_unit_test(test_storm_v2),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_quick),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_economy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
