/* SPDX-License-Identifier: BSD-3-Clause */
/* Every opcode and every register of a Book E supervisor has one decided outcome; interrupts; timers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "emul.h"
#include "hv/cpu.h"
#include "hv/part.h"
#include "insn.h"
#include "loadstore.h"
#include "pic.h"
#include "tlb.h"

/* ---- the rest of the hypervisor, as far as these files need it -------------------------------------- */

static struct tlb_core core = { .pvr = 0x80230020, .svr = 0x82000010, .mmucfg = 0x064809c4, .is_e500mc = true };
static struct plan plan;
static struct plan_part plan_part;
static struct part part = { .plan = &plan_part };
static struct cpu cpu;
static struct vcpu vcpu = { .part = &part, .cpu = &cpu };
static uint64_t now, armed;
static uint32_t flushed_line;
static unsigned int watchdogs, failures, flushed_arrays;
const struct plan *the_plan = &plan;

const struct tlb_core *tlb_core(void)
{
	return &core;
}
void tlb_load_user_sprgs(const uint32_t sprg3_to_7[5])
{
	(void)sprg3_to_7;
}
bool guest_is_e500mc(const struct vcpu *v)
{
	(void)v;
	return core.is_e500mc;
}
void guest_set_msr(struct vcpu *v, uint32_t msr)
{
	v->arch.g.msr = msr & (core.is_e500mc ? GUEST_MSR_E500MC : GUEST_MSR_E500V2);
}
uint64_t arch_time_now(void)
{
	return now;
}
void timer_hw_arm(uint64_t when)
{
	armed = when;
}
void part_watchdog(struct vcpu *v)
{
	(void)v;
	watchdogs++;
}
enum trap part_fail(struct vcpu *v, const char *fmt, ...)
{
	(void)v;
	(void)fmt;
	failures++;
	return TRAP_STOP;
}
void pic_taken(struct vcpu *v)
{
	unpend(v, PPC_PEND_EXTERNAL);
	v->arch.g.epr = 77;
}
uint64_t pic_timer_due(const struct vcpu *v)
{
	(void)v;
	return UINT64_MAX;
}
void pic_timer_tick(struct vcpu *v, uint64_t at)
{
	(void)v;
	(void)at;
}
void mmu_write(struct vcpu *v, enum gtlb_result *res)
{
	(void)v;
	*res = GTLB_OK;
}
void mmu_flush_all(struct vcpu *v)
{
	(void)v;
}
void mmu_flush_pid(struct vcpu *v, uint32_t pid)
{
	(void)v;
	(void)pid;
}
void mmu_flush_va(struct vcpu *v, uint32_t ea, uint32_t pid)
{
	(void)v;
	(void)ea;
	(void)pid;
}
void mmu_flush_array(struct vcpu *v, unsigned int array)
{
	(void)v;
	flushed_arrays |= 1u << array;
}
enum trap mmu_flush_line(struct vcpu *v, uint32_t ea)
{
	(void)v;
	flushed_line = ea;
	return TRAP_SKIP;
}
void mmu_broadcast(struct vcpu *v, uint32_t ea)
{
	(void)v;
	(void)ea;
}
void message_send(struct vcpu *v, uint32_t message)
{
	(void)v;
	(void)message;
}
void message_clear(struct vcpu *v, uint32_t message)
{
	(void)v;
	(void)message;
}

static int setup(void **state)
{
	(void)state;
	memset(&vcpu.arch, 0, sizeof(vcpu.arch));
	vcpu.part = &part;
	vcpu.cpu = &cpu;
	cpu.arch.timer_when = UINT64_MAX;
	emul_init();
	core.is_e500mc = true;
	plan_part.flags = 0;
	plan.legacy_interrupts = false;
	now = 1000000;
	watchdogs = failures = flushed_arrays = 0;
	timer_reset(&vcpu);
	return 0;
}

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

			setup(NULL);
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

		setup(NULL);
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

			setup(NULL);
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
			setup(NULL);
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

/* ---- interrupts -------------------------------------------------------------------------------------- */

static void interrupts_wait_for_their_enable(void **state)
{
	(void)state;
	vcpu.arch.g.ivpr = 0xc0000000;
	for (unsigned int i = 0; i < IVOR_COUNT; i++) {
		vcpu.arch.g.ivor[i] = i << 4;
	}
	vcpu.arch.f.pc = 0x100;
	pend(&vcpu, PPC_PEND_EXTERNAL);
	pend(&vcpu, PPC_PEND_DBELL);
	pend(&vcpu, PPC_PEND_CDBELL);
	deliver(&vcpu);
	assert_int_equal(vcpu.arch.f.pc, 0x100);
	guest_set_msr(&vcpu, MSR_EE | MSR_CE | MSR_ME | MSR_PR | MSR_FP | MSR_RI);
	deliver(&vcpu);
	/* Critical first; it leaves EE clear, so the base-class ones stay pending. */
	assert_int_equal(vcpu.arch.f.pc, 0xc0000000 | IVOR_CDBELL << 4);
	assert_int_equal(vcpu.arch.g.csrr[0], 0x100);
	assert_int_equal(vcpu.arch.g.csrr[1], MSR_EE | MSR_CE | MSR_ME | MSR_PR | MSR_FP | MSR_RI);
	assert_int_equal(vcpu.arch.g.msr, MSR_ME | MSR_RI);
	guest_set_msr(&vcpu, MSR_EE | MSR_CE);
	deliver(&vcpu);
	assert_int_equal(vcpu.arch.f.pc, 0xc0000000 | IVOR_EXTERNAL << 4);
	assert_int_equal(vcpu.arch.g.epr, 77);
	assert_int_equal(vcpu.arch.g.msr, MSR_CE);
	guest_set_msr(&vcpu, MSR_EE);
	deliver(&vcpu);
	assert_int_equal(vcpu.arch.f.pc, 0xc0000000 | IVOR_DBELL << 4);
	guest_set_msr(&vcpu, MSR_EE);
	vcpu.arch.f.pc = 0x200;
	deliver(&vcpu);
	assert_int_equal(vcpu.arch.f.pc, 0x200);
}

static void machine_check_without_me_stops_the_partition(void **state)
{
	(void)state;
	assert_int_equal(reflect_mcheck(&vcpu, MCSR_MAV | MCSR_LD, 0x912345678), TRAP_STOP);
	assert_int_equal(failures, 1);
	guest_set_msr(&vcpu, MSR_ME | MSR_EE);
	assert_int_equal(reflect_mcheck(&vcpu, MCSR_MAV | MCSR_LD, 0x912345678), TRAP_INJECT);
	assert_int_equal(vcpu.arch.g.mcar, 0x12345678);
	assert_int_equal(vcpu.arch.g.mcaru, 9);
	assert_int_equal(vcpu.arch.g.msr, 0);
	assert_int_equal(vcpu.arch.g.mcsrr[1], MSR_ME | MSR_EE);
}

/* ---- timers -------------------------------------------------------------------------------------------- */

static bool is_pending(enum ppc_pending p)
{
	return vcpu.arch.g.pending >> p & 1;
}

static void decrementer_is_level_until_acknowledged(void **state)
{
	(void)state;
	timer_set_tcr(&vcpu, TCR_DIE);
	timer_set_dec(&vcpu, 500);
	assert_int_equal(armed, now + 500);
	now += 499;
	timer_tick(&vcpu);
	assert_false(is_pending(PPC_PEND_DECREMENTER));
	assert_int_equal(timer_get_dec(&vcpu), 1);
	now += 1;
	timer_tick(&vcpu);
	assert_true(is_pending(PPC_PEND_DECREMENTER));
	assert_int_equal(timer_get_dec(&vcpu), 0);
	timer_clear_tsr(&vcpu, TSR_DIS);
	assert_false(is_pending(PPC_PEND_DECREMENTER));
	now += 100000;
	timer_tick(&vcpu);
	assert_false(is_pending(PPC_PEND_DECREMENTER));
}

static void auto_reload_keeps_its_phase(void **state)
{
	uint64_t start = now;

	(void)state;
	vcpu.arch.g.decar = 1000;
	timer_set_tcr(&vcpu, TCR_DIE | TCR_ARE);
	timer_set_dec(&vcpu, 1000);
	now = start + 5300;
	timer_tick(&vcpu);
	assert_true(is_pending(PPC_PEND_DECREMENTER));
	assert_int_equal(armed, start + 6000);
}

/* The fixed-interval timer rises with its timebase bit: compared with watching the bit itself. */
static void fit_follows_the_timebase_bit(void **state)
{
	unsigned int bit = 12;
	uint32_t sel = 63 - bit;

	(void)state;
	timer_set_tcr(&vcpu, TCR_FIE | (uint32_t)(field_put(TCR_FP, sel & 3) | field_put(TCR_FPEXT, sel >> 2)));
	for (unsigned int i = 0; i < 40000; i++) {
		bool before = now >> bit & 1;

		now++;
		if (!before && (now >> bit & 1) != 0) {
			assert_int_equal(armed, now);
			timer_tick(&vcpu);
			assert_true(is_pending(PPC_PEND_FIT));
			timer_clear_tsr(&vcpu, TSR_FIS);
		} else {
			assert_true(armed > now);
			assert_int_equal(timer_get_tsr(&vcpu) & TSR_FIS, 0);
		}
	}
}

static void watchdog_expires_three_times(void **state)
{
	uint32_t sel = 63 - 10;
	uint32_t tcr = TCR_WIE | 0x10000000u | (uint32_t)(field_put(TCR_WP, sel & 3) | field_put(TCR_WPEXT, sel >> 2));

	(void)state;
	timer_set_tcr(&vcpu, tcr);
	now = armed;
	timer_tick(&vcpu);
	assert_int_equal(vcpu.arch.g.tsr, TSR_ENW);
	assert_false(is_pending(PPC_PEND_WATCHDOG));
	now = armed;
	timer_tick(&vcpu);
	assert_int_equal(vcpu.arch.g.tsr, TSR_ENW | TSR_WIS);
	assert_true(is_pending(PPC_PEND_WATCHDOG));
	assert_int_equal(watchdogs, 0);
	now = armed;
	timer_tick(&vcpu);
	assert_int_equal(watchdogs, 1);
	assert_int_equal(vcpu.arch.g.tsr & TSR_WRS, 0x10000000u);
	assert_int_equal(vcpu.arch.wrs, 0x10000000u);
	/* WRC is sticky: software cannot call the dog off. */
	timer_set_tcr(&vcpu, 0);
	assert_int_equal(vcpu.arch.g.tcr & TCR_WRC, 0x10000000u);
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
		cmocka_unit_test_setup(rows_are_sorted_and_unique, setup),
		cmocka_unit_test_setup(every_extended_opcode_is_decided, setup),
		cmocka_unit_test_setup(e500mc_instructions_are_illegal_on_e500v2, setup),
		cmocka_unit_test_setup(msr_moves, setup),
		cmocka_unit_test_setup(returns_use_their_own_pairs, setup),
		cmocka_unit_test_setup(every_spr_is_decided, setup),
		cmocka_unit_test_setup(the_registers_are_those_of_the_manual, setup),
		cmocka_unit_test_setup(open_registers_are_not_privileged, setup),
		cmocka_unit_test_setup(debug_interrupt_follows_dbsr, setup),
		cmocka_unit_test_setup(relaxed_partition_reads_zero_and_counts, setup),
		cmocka_unit_test_setup(registers_keep_what_they_should, setup),
		cmocka_unit_test_setup(interrupts_wait_for_their_enable, setup),
		cmocka_unit_test_setup(machine_check_without_me_stops_the_partition, setup),
		cmocka_unit_test_setup(decrementer_is_level_until_acknowledged, setup),
		cmocka_unit_test_setup(auto_reload_keeps_its_phase, setup),
		cmocka_unit_test_setup(fit_follows_the_timebase_bit, setup),
		cmocka_unit_test_setup(watchdog_expires_three_times, setup),
		cmocka_unit_test_setup(loadstore_round_trips, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
