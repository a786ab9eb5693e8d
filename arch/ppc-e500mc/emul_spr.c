/* SPDX-License-Identifier: BSD-3-Clause */
/* Every special purpose register a Book E supervisor can name: one row says what becomes of it. */
/*
 * Trap context: own CPU. Registers that problem state reads natively (XER, LR, CTR, TB, USPRG0,
 * SPRG3-7 by their user numbers, SPEFSCR, L1CFG0/1) never trap as such, yet a row exists for those
 * that can be reached through an emulated path. A number without a row does not exist: program
 * interrupt, illegal (reflected), or the partition's relax flag.
 */
#include "emul.h"

#include "hv/part.h"
#include "tlb.h"

/* ---- reads that are computed ----------------------------------------------------------------- */

static uint32_t read_pvr(struct vcpu *v)
{
	(void)v;
	return tlb_core()->pvr;
}

static uint32_t read_svr(struct vcpu *v)
{
	(void)v;
	return tlb_core()->svr;
}

static uint32_t read_l1cfg0(struct vcpu *v)
{
	(void)v;
	return tlb_core()->l1cfg[0];
}

static uint32_t read_l1cfg1(struct vcpu *v)
{
	(void)v;
	return tlb_core()->l1cfg[1];
}

/* Without LPIDSIZE: the guest has no category E.HV. */
static uint32_t read_mmucfg(struct vcpu *v)
{
	(void)v;
	return tlb_core()->mmucfg & ~MMUCFG_LPIDSIZE;
}

static uint32_t read_tlb0cfg(struct vcpu *v)
{
	(void)v;
	return GTLB0_CFG;
}

static uint32_t read_tlb1cfg(struct vcpu *v)
{
	(void)v;
	return GTLB1_CFG;
}

static uint32_t read_zero(struct vcpu *v)
{
	(void)v;
	return 0;
}

static uint32_t read_dec(struct vcpu *v)
{
	return timer_get_dec(v);
}

static uint32_t read_tsr(struct vcpu *v)
{
	return timer_get_tsr(v);
}

/* ---- writes with an effect --------------------------------------------------------------------- */

static void write_dec(struct vcpu *v, uint32_t x)
{
	timer_set_dec(v, x);
}

static void write_tcr(struct vcpu *v, uint32_t x)
{
	timer_set_tcr(v, x);
}

static void write_tsr(struct vcpu *v, uint32_t x)
{
	timer_clear_tsr(v, x);
}

/* The hardware register follows: problem state can read SPRG3-7 under their user numbers. */
static void write_sprg3(struct vcpu *v, uint32_t x)
{
	v->arch.g.sprg[3] = x;
	tlb_load_user_sprgs(&v->arch.g.sprg[3]);
}

static void write_sprg4(struct vcpu *v, uint32_t x)
{
	v->arch.g.sprg[4] = x;
	tlb_load_user_sprgs(&v->arch.g.sprg[3]);
}

static void write_sprg5(struct vcpu *v, uint32_t x)
{
	v->arch.g.sprg[5] = x;
	tlb_load_user_sprgs(&v->arch.g.sprg[3]);
}

static void write_sprg6(struct vcpu *v, uint32_t x)
{
	v->arch.g.sprg[6] = x;
	tlb_load_user_sprgs(&v->arch.g.sprg[3]);
}

static void write_sprg7(struct vcpu *v, uint32_t x)
{
	v->arch.g.sprg[7] = x;
	tlb_load_user_sprgs(&v->arch.g.sprg[3]);
}

static void write_pid(struct vcpu *v, uint32_t x)
{
	v->arch.g.pid = x & 0xff;
	v->arch.g.context_stale = CONTEXT_ALL;
}

static void write_mmucsr0(struct vcpu *v, uint32_t x)
{
	if ((x & MMUCSR0_TLB0_FI) != 0) {
		mmu_flush_array(v, 0);
	}
	if ((x & MMUCSR0_TLB1_FI) != 0) {
		mmu_flush_array(v, 1);
	}
}

/* Invalidate, lock-clear and reset bits complete at once and read back as 0 (EREF 5.6.2). */
#define L1CSR_DONE 0x00000902u /* CLFC, CLFR, CFI */
#define BUCSR_BBFI 0x00000200u

static void write_l1csr0(struct vcpu *v, uint32_t x)
{
	v->arch.g.l1csr[0] = x & ~L1CSR_DONE;
}

static void write_l1csr1(struct vcpu *v, uint32_t x)
{
	v->arch.g.l1csr[1] = x & ~L1CSR_DONE;
}

/* L2CSR0: L2FI, L2LFC, L2FL complete at once. */
static void write_l2csr0(struct vcpu *v, uint32_t x)
{
	v->arch.g.l2csr0 = x & ~0x00200c00u;
}

static void write_bucsr(struct vcpu *v, uint32_t x)
{
	v->arch.g.bucsr = x & ~BUCSR_BBFI;
}

/* RST would reset the core or the board (QEMU page, item 15): never stored, never reaches it. */
static void write_dbcr0(struct vcpu *v, uint32_t x)
{
	v->arch.g.dbcr[0] = x & ~0x30000000u;
	v->arch.g.context_stale = CONTEXT_ALL;
}

/* The debug interrupt is pending while any event is recorded (Power ISA 2.06 III-E 10.5.1). */
static void write_dbsr(struct vcpu *v, uint32_t x)
{
	v->arch.g.dbsr &= ~x;
	if (v->arch.g.dbsr == 0) {
		unpend(v, PPC_PEND_DEBUG);
	}
}

/* ---- the table ----------------------------------------------------------------------------------- */

#define FIELD(name) offsetof(struct ppc_guest, name)
#define RW (SPR_READ | SPR_WRITE)
#define ALL_BITS 0xffffffffu
#define IVOR_BITS 0x0000fff0u
#define PC_BITS 0xfffffffcu

#define STORE(num, field, bits, text) { num, RW, FIELD(field), bits, NULL, NULL, text }
#define DEBUG(num, field, bits, text) { num, RW | SPR_DEBUG, FIELD(field), bits, NULL, NULL, text }
#define IVOR(num, n) { num, RW, FIELD(ivor[n]), IVOR_BITS, NULL, NULL, "IVOR" #n }
#define CONST(num, fn, text) { num, SPR_READ, 0, 0, fn, NULL, text }

/* Sorted by number (tests/unit/ppc_emul_test.c). */
const struct spr spr_table[] = {
	{ 22, RW, 0, 0, read_dec, write_dec, "DEC" },
	STORE(26, srr[0], PC_BITS, "SRR0"),
	STORE(27, srr[1], ALL_BITS, "SRR1"),
	{ 48, RW, FIELD(pid), 0xff, NULL, write_pid, "PID" },
	{ 54, SPR_WRITE, FIELD(decar), ALL_BITS, NULL, NULL, "DECAR" },
	STORE(58, csrr[0], PC_BITS, "CSRR0"),
	STORE(59, csrr[1], ALL_BITS, "CSRR1"),
	STORE(61, dear, ALL_BITS, "DEAR"),
	STORE(62, esr, ALL_BITS, "ESR"),
	STORE(63, ivpr, 0xffff0000u, "IVPR"),
	STORE(272, sprg[0], ALL_BITS, "SPRG0"),
	STORE(273, sprg[1], ALL_BITS, "SPRG1"),
	STORE(274, sprg[2], ALL_BITS, "SPRG2"),
	{ 275, RW, FIELD(sprg[3]), ALL_BITS, NULL, write_sprg3, "SPRG3" },
	{ 276, RW, FIELD(sprg[4]), ALL_BITS, NULL, write_sprg4, "SPRG4" },
	{ 277, RW, FIELD(sprg[5]), ALL_BITS, NULL, write_sprg5, "SPRG5" },
	{ 278, RW, FIELD(sprg[6]), ALL_BITS, NULL, write_sprg6, "SPRG6" },
	{ 279, RW, FIELD(sprg[7]), ALL_BITS, NULL, write_sprg7, "SPRG7" },
	{ 286, SPR_READ, FIELD(pir), 0, NULL, NULL, "PIR" },
	CONST(287, read_pvr, "PVR"),
	{ 304, RW | SPR_DEBUG, FIELD(dbsr), 0, NULL, write_dbsr, "DBSR" },
	{ 308, RW | SPR_DEBUG, FIELD(dbcr[0]), ALL_BITS, NULL, write_dbcr0, "DBCR0" },
	DEBUG(309, dbcr[1], ALL_BITS, "DBCR1"),
	DEBUG(310, dbcr[2], ALL_BITS, "DBCR2"),
	DEBUG(312, iac[0], PC_BITS, "IAC1"),
	DEBUG(313, iac[1], PC_BITS, "IAC2"),
	DEBUG(316, dac[0], ALL_BITS, "DAC1"),
	DEBUG(317, dac[1], ALL_BITS, "DAC2"),
	{ 336, RW, FIELD(tsr), 0, read_tsr, write_tsr, "TSR" },
	{ 340, RW, FIELD(tcr), 0, NULL, write_tcr, "TCR" },
	IVOR(400, 0),
	IVOR(401, 1),
	IVOR(402, 2),
	IVOR(403, 3),
	IVOR(404, 4),
	IVOR(405, 5),
	IVOR(406, 6),
	IVOR(407, 7),
	IVOR(408, 8),
	IVOR(409, 9),
	IVOR(410, 10),
	IVOR(411, 11),
	IVOR(412, 12),
	IVOR(413, 13),
	IVOR(414, 14),
	IVOR(415, 15),
	CONST(515, read_l1cfg0, "L1CFG0"),
	CONST(516, read_l1cfg1, "L1CFG1"),
	{ 528, RW | SPR_E500V2, FIELD(ivor[32]), IVOR_BITS, NULL, NULL, "IVOR32" },
	{ 529, RW | SPR_E500V2, FIELD(ivor[33]), IVOR_BITS, NULL, NULL, "IVOR33" },
	{ 530, RW | SPR_E500V2, FIELD(ivor[34]), IVOR_BITS, NULL, NULL, "IVOR34" },
	IVOR(531, 35),
	{ 532, RW | SPR_E500MC, FIELD(ivor[36]), IVOR_BITS, NULL, NULL, "IVOR36" },
	{ 533, RW | SPR_E500MC, FIELD(ivor[37]), IVOR_BITS, NULL, NULL, "IVOR37" },
	{ 569, SPR_READ, FIELD(mcaru), 0, NULL, NULL, "MCARU" },
	STORE(570, mcsrr[0], PC_BITS, "MCSRR0"),
	STORE(571, mcsrr[1], ALL_BITS, "MCSRR1"),
	{ 572, RW | SPR_W1C, FIELD(mcsr), ALL_BITS, NULL, NULL, "MCSR" },
	{ 573, SPR_READ, FIELD(mcar), 0, NULL, NULL, "MCAR" },
	{ 574, RW | SPR_E500MC, FIELD(dsrr[0]), PC_BITS, NULL, NULL, "DSRR0" },
	{ 575, RW | SPR_E500MC, FIELD(dsrr[1]), ALL_BITS, NULL, NULL, "DSRR1" },
	{ 604, RW | SPR_E500MC, FIELD(sprg[8]), ALL_BITS, NULL, NULL, "SPRG8" },
	{ 605, RW | SPR_E500MC, FIELD(sprg[9]), ALL_BITS, NULL, NULL, "SPRG9" },
	STORE(624, mas.mas0, MAS0_TLBSEL | MAS0_ESEL | MAS0_NV, "MAS0"),
	STORE(625, mas.mas1, ALL_BITS, "MAS1"),
	STORE(626, mas.mas2, ALL_BITS, "MAS2"),
	STORE(627, mas.mas3, ALL_BITS, "MAS3"),
	STORE(628, mas.mas4, ALL_BITS, "MAS4"),
	STORE(630, mas.mas6, MAS6_SPID | MAS6_SAS, "MAS6"),
	CONST(688, read_tlb0cfg, "TLB0CFG"),
	CONST(689, read_tlb1cfg, "TLB1CFG"),
	{ 702, SPR_READ, FIELD(epr), 0, NULL, NULL, "EPR" },
	STORE(944, mas.mas7, ALL_BITS, "MAS7"),
	STORE(1008, hid[0], ALL_BITS, "HID0"),
	STORE(1009, hid[1], ALL_BITS, "HID1"),
	{ 1010, RW, FIELD(l1csr[0]), 0, NULL, write_l1csr0, "L1CSR0" },
	{ 1011, RW, FIELD(l1csr[1]), 0, NULL, write_l1csr1, "L1CSR1" },
	{ 1012, RW, 0, 0, read_zero, write_mmucsr0, "MMUCSR0" },
	{ 1013, RW, FIELD(bucsr), 0, NULL, write_bucsr, "BUCSR" },
	CONST(1015, read_mmucfg, "MMUCFG"),
	{ 1017, RW | SPR_E500MC, FIELD(l2csr0), 0, NULL, write_l2csr0, "L2CSR0" },
	CONST(1023, read_svr, "SVR"),
};
const unsigned int spr_count = ARRAY_SIZE(spr_table);

/* Row + 1 by number; made once from the table. */
static uint8_t row_of[1024];
BUILD_ASSERT(ARRAY_SIZE(spr_table) < 255);

void spr_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(spr_table); i++) {
		row_of[spr_table[i].number] = (uint8_t)(i + 1);
	}
}

const struct spr *spr_find(unsigned int number, bool is_e500mc)
{
	unsigned int n = number < ARRAY_SIZE(row_of) ? row_of[number] : 0;
	unsigned int other = is_e500mc ? SPR_E500V2 : SPR_E500MC;

	return n != 0 && (spr_table[n - 1].flags & other) == 0 ? &spr_table[n - 1] : NULL;
}

static uint32_t *storage(struct vcpu *v, const struct spr *s)
{
	return (uint32_t *)((char *)&v->arch.g + s->offset);
}

/*
 * guest-debug-disable: as under an external debugger (EREF 2.13.1): DBCR0[EDM] says so, the others read
 * as they came out of reset, and what software writes is not done.
 */
static bool is_withheld(const struct vcpu *v, const struct spr *s)
{
	return (s->flags & SPR_DEBUG) != 0 && (v->part->plan->flags & PLAN_PART_NO_DEBUG) != 0;
}

uint32_t spr_read(struct vcpu *v, const struct spr *s)
{
	if (is_withheld(v, s)) {
		return s->offset == FIELD(dbcr[0]) ? DBCR0_EDM : 0;
	}
	return s->read != NULL ? s->read(v) : *storage(v, s);
}

void spr_write(struct vcpu *v, const struct spr *s, uint32_t x)
{
	if (is_withheld(v, s)) {
		return;
	}
	if (s->write != NULL) {
		s->write(v, x);
	} else if ((s->flags & SPR_W1C) != 0) {
		*storage(v, s) &= ~(x & s->mask);
	} else {
		*storage(v, s) = x & s->mask;
	}
}
