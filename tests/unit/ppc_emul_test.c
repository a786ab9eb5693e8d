/* SPDX-License-Identifier: BSD-3-Clause */
/* Every opcode and every register of a Book E supervisor has one decided outcome; loads and stores. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "insn.h"
#include "loadstore.h"
#include "ppc_fake.h"

static uint32_t mtspr_insn(unsigned int spr, unsigned int rs)
{
	return 31u << 26 | rs << 21 | (spr & 0x1f) << 16 | (spr >> 5) << 11 | 467 << 1;
}

static uint32_t mfspr_insn(unsigned int spr, unsigned int rt)
{
	return 31u << 26 | rt << 21 | (spr & 0x1f) << 16 | (spr >> 5) << 11 | 339 << 1;
}

/* ---- instructions ---------------------------------------------------------------------------------- */

static void rows_are_sorted_and_unique(void **state)
{
	(void)state;
	for (unsigned int i = 1; i < emul_row_count; i++) {
		unsigned int a = (unsigned int)emul_rows[i - 1].opcode << 10 | emul_rows[i - 1].extended;
		unsigned int b = (unsigned int)emul_rows[i].opcode << 10 | emul_rows[i].extended;

		assert_true(a < b);
	}
	for (unsigned int i = 1; i < spr_count; i++) {
		assert_true(spr_table[i - 1].number < spr_table[i].number);
	}
}

/* Whatever is not in the table ends in an illegal-instruction program interrupt, and nowhere else. */
static void every_extended_opcode_is_decided(void **state)
{
	static const unsigned int opcodes[] = { 19, 31 };
	unsigned int emulated = 0;

	(void)state;
	for (unsigned int o = 0; o < 2; o++) {
		for (unsigned int x = 0; x < 1024; x++) {
			uint32_t insn = opcodes[o] << 26 | x << 1;
			enum trap verdict;

			ppc_setup(NULL);
			vcpu.arch.f.pc = 0x4000;
			vcpu.arch.g.ivpr = 0xc0000000;
			vcpu.arch.g.ivor[IVOR_PROGRAM] = 0x700;
			verdict = emul_insn(&vcpu, insn);
			if (emul_find(insn, true) != NULL) {
				emulated++;
				assert_true(verdict == TRAP_SKIP || verdict == TRAP_RETRY ||
					    (opcodes[o] == 31 && (x == 339 || x == 467)));
			} else {
				assert_int_equal(verdict, TRAP_INJECT);
				assert_int_equal(vcpu.arch.g.esr, ESR_PIL);
				assert_int_equal(vcpu.arch.f.pc, 0xc0000700);
				assert_int_equal(vcpu.arch.g.srr[0], 0x4000);
			}
		}
	}
	assert_int_equal(emulated, emul_row_count);
}

static void e500mc_instructions_are_illegal_on_e500v2(void **state)
{
	static const uint32_t insns[] = {
		19u << 26 | 39 << 1, 31u << 26 | 18 << 1, 31u << 26 | 206 << 1,
		31u << 26 | 238 << 1,
	};

	(void)state;
	core.is_e500mc = false;
	for (unsigned int i = 0; i < ARRAY_SIZE(insns); i++) {
		assert_int_equal(emul_insn(&vcpu, insns[i]), TRAP_INJECT);
		assert_int_equal(vcpu.arch.g.esr, ESR_PIL);
	}
}

static void msr_moves(void **state)
{
	(void)state;
	vcpu.arch.f.gpr[5] = 0xffffffff;
	assert_int_equal(emul_insn(&vcpu, 31u << 26 | 5u << 21 | 146 << 1), TRAP_SKIP);
	assert_int_equal(vcpu.arch.g.msr, GUEST_MSR_E500MC);
	vcpu.arch.f.gpr[6] = 0;
	emul_insn(&vcpu, 31u << 26 | 6u << 21 | 131 << 1);
	assert_int_equal(vcpu.arch.g.msr, GUEST_MSR_E500MC & ~MSR_EE);
	emul_insn(&vcpu, 31u << 26 | 0x8000 | 163 << 1);
	assert_int_equal(vcpu.arch.g.msr, GUEST_MSR_E500MC);
	emul_insn(&vcpu, 31u << 26 | 163 << 1);
	emul_insn(&vcpu, 31u << 26 | 9u << 21 | 83 << 1);
	assert_int_equal(vcpu.arch.f.gpr[9], GUEST_MSR_E500MC & ~MSR_EE);
}

static void returns_use_their_own_pairs(void **state)
{
	static const struct {
		uint16_t extended;
		size_t pair;
	} rows[] = {
		{ 50, offsetof(struct ppc_guest, srr) },
		{ 51, offsetof(struct ppc_guest, csrr) },
		{ 39, offsetof(struct ppc_guest, dsrr) },
		{ 38, offsetof(struct ppc_guest, mcsrr) },
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t *pair;

		ppc_setup(NULL);
		pair = (uint32_t *)((char *)&vcpu.arch.g + rows[i].pair);
		pair[0] = 0x1237;
		pair[1] = MSR_EE | MSR_PR | MSR_GS;
		assert_int_equal(emul_insn(&vcpu, 19u << 26 | (uint32_t)rows[i].extended << 1), TRAP_RETRY);
		assert_int_equal(vcpu.arch.f.pc, 0x1234);
		assert_int_equal(vcpu.arch.g.msr, MSR_EE | MSR_PR);
	}
}

/* ---- registers ------------------------------------------------------------------------------------- */

static void every_spr_is_decided(void **state)
{
	(void)state;
	for (unsigned int mc = 0; mc < 2; mc++) {
		for (unsigned int n = 0; n < 1024; n++) {
			const struct spr *s = spr_find(n, mc);

			ppc_setup(NULL);
			core.is_e500mc = mc;
			vcpu.arch.f.gpr[3] = 0xa5a5a5a5;
			if (s != NULL && (s->flags & SPR_READ) != 0) {
				assert_int_equal(emul_insn(&vcpu, mfspr_insn(n, 3)), TRAP_SKIP);
				assert_int_not_equal(vcpu.arch.f.gpr[3], 0xa5a5a5a5);
			} else {
				assert_int_equal(emul_insn(&vcpu, mfspr_insn(n, 3)), TRAP_INJECT);
				assert_int_equal(vcpu.arch.g.esr, ESR_PIL);
				assert_int_equal(vcpu.arch.f.gpr[3], 0xa5a5a5a5);
			}
			ppc_setup(NULL);
			core.is_e500mc = mc;
			if (s != NULL && (s->flags & SPR_WRITE) != 0) {
				assert_int_equal(emul_insn(&vcpu, mtspr_insn(n, 3)), TRAP_SKIP);
			} else {
				assert_int_equal(emul_insn(&vcpu, mtspr_insn(n, 3)), TRAP_INJECT);
				assert_int_equal(vcpu.arch.g.esr, ESR_PIL);
			}
		}
	}
}

/* The registers of the e500 manuals that a guest supervisor has, once more: 1 e500v2, 2 e500mc, 4 no write. */
static void the_registers_are_those_of_the_manual(void **state)
{
	static const uint16_t rows[][3] = {
		{ 22, 22, 3 },	 { 26, 27, 3 },	  { 48, 48, 3 },   { 54, 54, 3 },     { 58, 59, 3 },   { 61, 63, 3 },
		{ 272, 279, 3 }, { 286, 287, 7 }, { 304, 304, 3 }, { 308, 310, 3 },   { 312, 313, 3 }, { 316, 317, 3 },
		{ 336, 336, 3 }, { 340, 340, 3 }, { 400, 415, 3 }, { 515, 516, 7 },   { 528, 530, 1 }, { 531, 531, 3 },
		{ 532, 533, 2 }, { 569, 569, 7 }, { 570, 572, 3 }, { 573, 573, 7 },   { 574, 575, 2 }, { 604, 605, 2 },
		{ 624, 628, 3 }, { 630, 630, 3 }, { 688, 689, 7 }, { 702, 702, 7 }, { 944, 944, 3 }, { 1008, 1013, 3 },
		{ 1015, 1015, 7 }, { 1017, 1017, 2 }, { 1023, 1023, 7 },
	};
	uint16_t wanted[1024] = { 0 };

	(void)state;
	for (unsigned int i = 0, n; i < ARRAY_SIZE(rows); i++) {
		for (n = rows[i][0]; n <= rows[i][1]; wanted[n++] = rows[i][2]) {
		}
	}
	for (unsigned int n = 0; n < 1024; n++) {
		for (unsigned int mc = 0; mc < 2; mc++) {
			const struct spr *s = spr_find(n, mc);

			assert_int_equal(s != NULL, wanted[n] >> mc & 1);
			if (s != NULL) { /* bit 4 of the number makes it privileged; the open ones never trap */
				assert_int_equal((s->flags & SPR_WRITE) == 0, wanted[n] >> 2);
				assert_int_equal((s->flags & SPR_READ) == 0, n == 54); /* DECAR */
				assert_true((n & 0x10) != 0 || n == 515 || n == 516);
			}
		}
	}
}

/* What fails in problem state is illegal when its number is open to problem state, else privileged. */
static void open_registers_are_not_privileged(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 1024; n++) {
		assert_int_equal(emul_is_open_spr(mfspr_insn(n, 3)) + emul_is_open_spr(mtspr_insn(n, 3)),
				 (n & 0x10) == 0 ? 2 : 0);
	}
	assert_false(emul_is_open_spr(31u << 26 | 83 << 1) || emul_is_open_spr(19u << 26 | 339 << 1));
}

/* A debug interrupt stays pending exactly as long as an event is recorded. */
static void debug_interrupt_follows_dbsr(void **state)
{
	(void)state;
	vcpu.arch.g.dbsr = 0x08000000 | 0x04000000;
	pend(&vcpu, PPC_PEND_DEBUG);
	vcpu.arch.f.gpr[3] = 0x08000000; /* DBSR */
	emul_insn(&vcpu, mtspr_insn(304, 3));
	assert_true(vcpu.arch.g.pending >> PPC_PEND_DEBUG & 1);
	vcpu.arch.f.gpr[3] = 0x04000000;
	emul_insn(&vcpu, mtspr_insn(304, 3));
	assert_false(vcpu.arch.g.pending >> PPC_PEND_DEBUG & 1);
}

static void relaxed_partition_reads_zero_and_counts(void **state)
{
	(void)state;
	plan_part.flags = PLAN_PART_RELAXED_SPRS;
	vcpu.arch.f.gpr[3] = 5;
	assert_int_equal(emul_insn(&vcpu, mfspr_insn(307, 3)), TRAP_SKIP);
	assert_int_equal(vcpu.arch.f.gpr[3], 0);
	assert_int_equal(emul_insn(&vcpu, mtspr_insn(307, 3)), TRAP_SKIP);
	assert_int_equal(vcpu.arch.g.relaxed, 2);
}

/* guest-debug-disable: DBCR0[EDM], and nothing is written. */
static void debug_registers_can_be_withheld(void **state)
{
	static const uint16_t numbers[] = { 304, 308, 309, 310, 312, 313, 316, 317 };

	(void)state;
	plan_part.flags = PLAN_PART_NO_DEBUG;
	for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++) {
		vcpu.arch.f.gpr[3] = 0xffffffff;
		assert_int_equal(emul_insn(&vcpu, mtspr_insn(numbers[i], 3)), TRAP_SKIP);
		assert_int_equal(emul_insn(&vcpu, mfspr_insn(numbers[i], 4)), TRAP_SKIP);
		assert_int_equal(vcpu.arch.f.gpr[4], numbers[i] == 308 ? DBCR0_EDM : 0);
	}
	assert_true(vcpu.arch.g.dbcr[0] == 0 && vcpu.arch.g.iac[0] == 0);
}

static uint32_t write_read(unsigned int spr, uint32_t x)
{
	vcpu.arch.f.gpr[3] = x;
	assert_int_equal(emul_insn(&vcpu, mtspr_insn(spr, 3)), TRAP_SKIP);
	assert_int_equal(emul_insn(&vcpu, mfspr_insn(spr, 4)), TRAP_SKIP);
	return vcpu.arch.f.gpr[4];
}

static void registers_keep_what_they_should(void **state)
{
	(void)state;
	for (unsigned int n = 272; n <= 279; n++) {
		assert_int_equal(write_read(n, 0xdead0000 + n), 0xdead0000 + n);
	}
	assert_int_equal(write_read(63, 0xffffffff), 0xffff0000);  /* IVPR */
	assert_int_equal(write_read(400, 0xffffffff), 0x0000fff0); /* IVOR0 */
	assert_int_equal(write_read(26, 0xffffffff), 0xfffffffc);  /* SRR0 */
	assert_int_equal(write_read(48, 0x1ff), 0xff);             /* PID */
	assert_int_equal(write_read(308, 0xffffffff) & 0x30000000, 0); /* DBCR0[RST] */
	vcpu.arch.g.mcsr = 0xf0;
	assert_int_equal(write_read(572, 0x30), 0xc0);             /* MCSR: write one to clear */
	assert_int_equal(write_read(1012, 6), 0);                  /* MMUCSR0 */
	assert_int_equal(flushed_arrays, 3);
	emul_insn(&vcpu, mfspr_insn(1015, 4));
	assert_int_equal(vcpu.arch.f.gpr[4] & MMUCFG_LPIDSIZE, 0); /* no E.HV for the guest */
	assert_int_equal(write_read(1010, 0xffffffff) & 2, 0);     /* L1CSR0[CFI] is done */
	vcpu.arch.f.gpr[6] = 0x234; /* dcbi 0, r6 */
	assert_true(emul_insn(&vcpu, 31u << 26 | 6u << 11 | 470 << 1) == TRAP_SKIP && flushed_line == 0x234);
}

/* ---- loads and stores ------------------------------------------------------------------------------------ */

static void loadstore_round_trips(void **state)
{
	static const struct {
		uint32_t insn;
		bool ok;
		struct loadstore ls;
	} rows[] = {
		{ 0x80a30010, true, { .size = 4, .rt = 5, .ra = 3, .rb = 0, .d = 16 } },        /* lwz */
		{ 0x8ca3ffff, true, { .size = 1, .is_update = true, .rt = 5, .ra = 3, .rb = 31, .d = -1 } },
		{ 0xa8a30002, true, { .size = 2, .is_signed = true, .rt = 5, .ra = 3, .d = 2 } }, /* lha */
		{ 0x7ca3252c, true, { .size = 4, .is_write = true, .is_reversed = true, .is_indexed = true,
				      .rt = 5, .ra = 3, .rb = 4, .d = 0x252c } },               /* stwbrx */
		{ 0xb8a30000, false, { 0 } },                                                  /* lmw */
		{ 0x7ca02028, false, { 0 } },                                                  /* lwarx */
		{ 0xc8230000, false, { 0 } },                                                  /* lfd */
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		struct loadstore ls;

		assert_int_equal(loadstore_decode(rows[i].insn, &ls), rows[i].ok);
		if (rows[i].ok) {
			assert_int_equal(ls.size, rows[i].ls.size);
			assert_int_equal(ls.is_write, rows[i].ls.is_write);
			assert_int_equal(ls.is_signed, rows[i].ls.is_signed);
			assert_int_equal(ls.is_reversed, rows[i].ls.is_reversed);
			assert_int_equal(ls.is_update, rows[i].ls.is_update);
			assert_int_equal(ls.is_indexed, rows[i].ls.is_indexed);
			assert_int_equal(ls.rt, rows[i].ls.rt);
			assert_int_equal(ls.ra, rows[i].ls.ra);
			assert_int_equal(ls.d, rows[i].ls.d);
		}
	}
	assert_int_equal(loadstore_to_reg(&(struct loadstore){ .size = 2, .is_signed = true }, 0x8001), 0xffff8001);
	assert_int_equal(loadstore_to_reg(&(struct loadstore){ .size = 2, .is_reversed = true }, 0x1234), 0x3412);
	assert_int_equal(loadstore_to_device(&(struct loadstore){ .size = 1 }, 0x12345678), 0x78);
	assert_int_equal(loadstore_to_device(&(struct loadstore){ .size = 4, .is_reversed = true }, 0x12345678),
			 0x78563412);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(rows_are_sorted_and_unique, ppc_setup),
		cmocka_unit_test_setup(every_extended_opcode_is_decided, ppc_setup),
		cmocka_unit_test_setup(e500mc_instructions_are_illegal_on_e500v2, ppc_setup),
		cmocka_unit_test_setup(msr_moves, ppc_setup),
		cmocka_unit_test_setup(returns_use_their_own_pairs, ppc_setup),
		cmocka_unit_test_setup(every_spr_is_decided, ppc_setup),
		cmocka_unit_test_setup(the_registers_are_those_of_the_manual, ppc_setup),
		cmocka_unit_test_setup(open_registers_are_not_privileged, ppc_setup),
		cmocka_unit_test_setup(debug_interrupt_follows_dbsr, ppc_setup),
		cmocka_unit_test_setup(relaxed_partition_reads_zero_and_counts, ppc_setup),
		cmocka_unit_test_setup(debug_registers_can_be_withheld, ppc_setup),
		cmocka_unit_test_setup(registers_keep_what_they_should, ppc_setup),
		cmocka_unit_test_setup(loadstore_round_trips, ppc_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
