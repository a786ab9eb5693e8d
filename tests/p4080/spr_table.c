/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Special-purpose registers of the e500mc: numbers, classes, guest copies, side effects (spec 5).
 */
#include "spr_table.h"

#include "debug.h"
#include "excp.h"
#include "insn.h"
#include "machine.h"
#include "mmu.h"
#include "timer.h"

#define PVR_E500MC 0x80230020u
#define SVR_P4080 0x82080020u

/* --- registers with behaviour --- */

static uint32_t get_lr(struct core *c, unsigned n)
{
	(void)n;
	return c->lr;
}

static void set_lr(struct core *c, unsigned n, uint32_t val)
{
	(void)n;
	c->lr = val;
}

static uint32_t get_ctr(struct core *c, unsigned n)
{
	(void)n;
	return c->ctr;
}

static void set_ctr(struct core *c, unsigned n, uint32_t val)
{
	(void)n;
	c->ctr = val;
}

static uint32_t get_xer(struct core *c, unsigned n)
{
	(void)n;
	return core_xer_get(c);
}

static void set_xer(struct core *c, unsigned n, uint32_t val)
{
	(void)n;
	core_xer_set(c, val);
}

static uint64_t spr_tb(const struct core *c)
{
	return timer_tb(c);
}

static uint32_t get_tbl(struct core *c, unsigned n)
{
	(void)n;
	return (uint32_t)spr_tb(c);
}

static uint32_t get_tbu(struct core *c, unsigned n)
{
	(void)n;
	return (uint32_t)(spr_tb(c) >> 32);
}

/* TBWL and TBWU: every core has its own count of the SoC's clock. */
static void set_tb(struct core *c, unsigned n, uint32_t val)
{
	uint64_t tb = spr_tb(c);
	uint64_t want;

	if (n == SPR_TBWL)
		want = (tb & ~UINT64_C(0xffffffff)) | val;
	else
		want = (tb & UINT64_C(0xffffffff)) | (uint64_t)val << 32;
	timer_tb_write(c, want);
}

/* User read-only names of SPRG3 to SPRG7. */
static uint32_t get_usprg(struct core *c, unsigned n)
{
	return c->spr[n - SPR_USPRG4 + SPR_SPRG4];
}

static uint32_t get_usprg3(struct core *c, unsigned n)
{
	(void)n;
	return c->spr[(c->msr & MSR_GS) ? SPR_GSPRG3 : SPR_SPRG3];
}

static uint32_t get_dec(struct core *c, unsigned n)
{
	(void)n;
	return timer_dec_read(c);
}

static void set_dec(struct core *c, unsigned n, uint32_t val)
{
	(void)n;
	timer_dec_write(c, val);
}

static uint32_t get_tsr(struct core *c, unsigned n)
{
	timer_update(c);
	return c->spr[n];
}

static void set_tsr(struct core *c, unsigned n, uint32_t val)
{
	(void)n;
	timer_tsr_clear(c, val);
}

static void set_tcr(struct core *c, unsigned n, uint32_t val)
{
	(void)n;
	timer_tcr_write(c, val);
}

/* Registers that are part of the translation or debug context. */
static void set_context(struct core *c, unsigned n, uint32_t val)
{
	c->spr[n] = val;
	core_context_changed(c);
	c->attention = true;
}

static void set_clear(struct core *c, unsigned n, uint32_t val)
{
	c->spr[n] &= ~val;
	c->attention = true;
}

static void set_dbsrwr(struct core *c, unsigned n, uint32_t val)
{
	(void)n;
	c->spr[SPR_DBSR] = val;
	c->attention = true;
}

static void set_dbcr0(struct core *c, unsigned n, uint32_t val)
{
	(void)n;
	debug_dbcr0_write(c, val);
}

/* Guest writes of EPLC and EPSC leave EGS and ELPID alone. */
static void set_epc(struct core *c, unsigned n, uint32_t val)
{
	uint32_t keep = EPC_EGS | EPC_ELPID_MASK;

	if ((c->msr & MSR_GS) && !fault_on(FAULT_EPID_REGS_WRITABLE))
		val = (val & ~keep) | (c->spr[n] & keep);
	c->spr[n] = val & (EPC_EPR | EPC_EAS | EPC_EGS | EPC_ELPID_MASK | EPC_EPID_MASK);
}

static void set_mmucsr0(struct core *c, unsigned n, uint32_t val)
{
	(void)n;
	mmu_flash_invalidate(c, val & 0x4, val & 0x2);
}

/* Cache and branch unit control: operations complete at once. */
static void set_l1csr(struct core *c, unsigned n, uint32_t val)
{
	if (n == SPR_L1CSR1 && (val & 0x2))
		code_page_flash_invalidate(&c->machine->bus);
	c->spr[n] = val & ~0x102u;
}

static void set_l2csr0(struct core *c, unsigned n, uint32_t val)
{
	c->spr[n] = val & ~0x00200c00u;
}

static void set_bucsr(struct core *c, unsigned n, uint32_t val)
{
	c->spr[n] = val & ~0x200u;
}

static void set_ignore(struct core *c, unsigned n, uint32_t val)
{
	(void)c;
	(void)n;
	(void)val;
}

#define U SPR_CLASS_USER
#define S SPR_CLASS_SUPER
#define H SPR_CLASS_HV
#define RO SPR_CLASS_NONE
#define ALL 0xffffffffu

/* Where number, privilege, bits and side effects come from */
#define SRC_BOOK1 "Power ISA 2.06 Book I chapters 2 and 3"
#define SRC_BOOK2 "Power ISA 2.06 Book II, alternate time base"
#define SRC_PARTITIONING "Power ISA 2.06 Book III-E chapter 2, category E.HV"
#define SRC_FIXED "Power ISA 2.06 Book III-E, fixed-point facility and external process ID"
#define SRC_STORAGE "Power ISA 2.06 Book III-E chapter 6"
#define SRC_INTERRUPTS "Power ISA 2.06 Book III-E chapter 7"
#define SRC_PROXY "Power ISA 2.06 Book III-E chapter 7, category external proxy"
#define SRC_TIMERS "Power ISA 2.06 Book III-E chapter 9"
#define SRC_DEBUG "Power ISA 2.06 Book III-E chapter 10, category E.ED"
#define SRC_LINUX "e500mc manual chapter 2; Linux reg_booke.h"
#define SRC_E500MC "e500mc manual chapter 2 (storage: no effect modelled)"
#define SRC_NEXUS "e500mc manual, Nexus registers (storage: no effect modelled)"

const struct spr_row spr_rows[] = {
	/* first, last, read, write, guest copy, mask, get, set, name, source */
	{SPR_XER, SPR_XER, U, U, 0, ALL, get_xer, set_xer, "XER", SRC_BOOK1},
	{SPR_LR, SPR_LR, U, U, 0, ALL, get_lr, set_lr, "LR", SRC_BOOK1},
	{SPR_CTR, SPR_CTR, U, U, 0, ALL, get_ctr, set_ctr, "CTR", SRC_BOOK1},
	{SPR_DEC, SPR_DEC, H, H, 0, ALL, get_dec, set_dec, "DEC", SRC_TIMERS},
	{SPR_SRR0, SPR_SRR1, S, S, SPR_GSRR0, ALL, NULL, NULL, "SRR", SRC_INTERRUPTS},
	{SPR_PID, SPR_PID, S, S, 0, 0xff, NULL, set_context, "PID", SRC_STORAGE},
	{SPR_DECAR, SPR_DECAR, H, H, 0, ALL, NULL, NULL, "DECAR", SRC_TIMERS},
	{SPR_CSRR0, SPR_CSRR1, H, H, 0, ALL, NULL, NULL, "CSRR", SRC_INTERRUPTS},
	{SPR_DEAR, SPR_DEAR, S, S, SPR_GDEAR, ALL, NULL, NULL, "DEAR", SRC_INTERRUPTS},
	{SPR_ESR, SPR_ESR, S, S, SPR_GESR, ALL, NULL, NULL, "ESR", SRC_INTERRUPTS},
	{SPR_IVPR, SPR_IVPR, H, H, 0, 0xffff0000u, NULL, NULL, "IVPR", SRC_INTERRUPTS},
	{SPR_USPRG0, SPR_USPRG0, U, U, 0, ALL, NULL, NULL, "USPRG0", SRC_FIXED},
	{SPR_USPRG3, SPR_USPRG3, U, RO, 0, ALL, get_usprg3, NULL, "USPRG3", SRC_FIXED},
	{SPR_USPRG4, SPR_USPRG7, U, RO, 0, ALL, get_usprg, NULL, "USPRG4-7", SRC_FIXED},
	{SPR_TBL, SPR_TBL, U, RO, 0, ALL, get_tbl, NULL, "TBL", SRC_TIMERS},
	{SPR_TBU, SPR_TBU, U, RO, 0, ALL, get_tbu, NULL, "TBU", SRC_TIMERS},
	{SPR_SPRG0, SPR_SPRG3, S, S, SPR_GSPRG0, ALL, NULL, NULL, "SPRG0-3", SRC_FIXED},
	{SPR_SPRG4, SPR_SPRG7, S, S, 0, ALL, NULL, NULL, "SPRG4-7", SRC_FIXED},
	{SPR_TBWL, SPR_TBWU, H, H, 0, ALL, NULL, set_tb, "TBW", SRC_TIMERS},
	{SPR_PIR, SPR_PIR, S, H, SPR_GPIR, ALL, NULL, NULL, "PIR", SRC_FIXED},
	{SPR_PVR, SPR_PVR, S, RO, 0, ALL, NULL, NULL, "PVR", SRC_FIXED},
	{SPR_DBSR, SPR_DBSR, H, H, 0, ALL, NULL, set_clear, "DBSR", SRC_DEBUG},
	{SPR_DBSRWR, SPR_DBSRWR, H, H, 0, ALL, NULL, set_dbsrwr, "DBSRWR", SRC_DEBUG},
	{SPR_EPCR, SPR_EPCR, H, H, 0, 0xffe00000u, NULL, set_context, "EPCR", SRC_PARTITIONING},
	{SPR_DBCR0, SPR_DBCR0, H, H, 0, ALL, NULL, set_dbcr0, "DBCR0", SRC_DEBUG},
	{SPR_DBCR1, SPR_DBCR2, H, H, 0, ALL, NULL, set_context, "DBCR1-2", SRC_DEBUG},
	{SPR_MSRP, SPR_MSRP, H, H, 0, MSRP_UCLEP | MSRP_DEP | MSRP_PMMP, NULL, NULL,
	 "MSRP", SRC_PARTITIONING},
	{SPR_IAC1, SPR_IAC2, H, H, 0, ALL, NULL, set_context, "IAC", SRC_DEBUG},
	{SPR_DAC1, SPR_DAC2, H, H, 0, ALL, NULL, set_context, "DAC", SRC_DEBUG},
	{SPR_TSR, SPR_TSR, H, H, 0, ALL, get_tsr, set_tsr, "TSR", SRC_TIMERS},
	{SPR_LPIDR, SPR_LPIDR, H, H, 0, 0x3f, NULL, set_context, "LPIDR", SRC_PARTITIONING},
	{SPR_MAS5, SPR_MAS5, H, H, 0, MAS5_SGS | MAS5_SLPID_MASK, NULL, NULL, "MAS5", SRC_STORAGE},
	{SPR_TCR, SPR_TCR, H, H, 0, ALL, NULL, set_tcr, "TCR", SRC_TIMERS},
	{SPR_MAS8, SPR_MAS8, H, H, 0, MAS8_TGS | MAS8_VF | MAS8_TLPID_MASK, NULL, NULL,
	 "MAS8", SRC_STORAGE},
	{SPR_GSPRG0, SPR_GSPRG3, S, S, 0, ALL, NULL, NULL, "GSPRG", SRC_FIXED},
	{SPR_GSRR0, SPR_GSRR1, S, S, 0, ALL, NULL, NULL, "GSRR", SRC_INTERRUPTS},
	{SPR_GEPR, SPR_GEPR, S, H, 0, ALL, NULL, NULL, "GEPR", SRC_PROXY},
	{SPR_GDEAR, SPR_GDEAR, S, S, 0, ALL, NULL, NULL, "GDEAR", SRC_INTERRUPTS},
	{SPR_GPIR, SPR_GPIR, S, H, 0, ALL, NULL, NULL, "GPIR", SRC_PARTITIONING},
	{SPR_GESR, SPR_GESR, S, S, 0, ALL, NULL, NULL, "GESR", SRC_INTERRUPTS},
	{SPR_IVOR0, SPR_IVOR15, H, H, 0, 0xfff0, NULL, NULL, "IVOR0-15", SRC_INTERRUPTS},
	{SPR_IVOR38, SPR_IVOR41, H, H, 0, 0xfff0, NULL, NULL, "IVOR38-41", SRC_INTERRUPTS},
	{SPR_GIVOR2, SPR_GIVOR14, H, H, 0, 0xfff0, NULL, NULL, "GIVOR", SRC_INTERRUPTS},
	{SPR_GIVPR, SPR_GIVPR, H, H, 0, 0xffff0000u, NULL, NULL, "GIVPR", SRC_INTERRUPTS},
	{SPR_L1CFG0, SPR_L1CFG1, U, RO, 0, ALL, NULL, NULL, "L1CFG", SRC_LINUX},
	{SPR_NPIDR, SPR_NPIDR, U, U, 0, ALL, NULL, NULL, "NPIDR", SRC_NEXUS},
	{SPR_L2CFG0, SPR_L2CFG0, U, RO, 0, ALL, NULL, NULL, "L2CFG0", SRC_LINUX},
	{SPR_ATBL, SPR_ATBL, U, RO, 0, ALL, get_tbl, NULL, "ATBL", SRC_BOOK2},
	{SPR_ATBU, SPR_ATBU, U, RO, 0, ALL, get_tbu, NULL, "ATBU", SRC_BOOK2},
	{SPR_IVOR32, SPR_IVOR37, H, H, 0, 0xfff0, NULL, NULL, "IVOR32-37", SRC_INTERRUPTS},
	{SPR_DBCR4, SPR_DBCR4, H, H, 0, ALL, NULL, NULL, "DBCR4", SRC_E500MC},
	{SPR_MCARU, SPR_MCARU, H, H, 0, 0xf, NULL, NULL, "MCARU", SRC_LINUX},
	{SPR_MCSRR0, SPR_MCSRR1, H, H, 0, ALL, NULL, NULL, "MCSRR", SRC_INTERRUPTS},
	{SPR_MCSR, SPR_MCSR, H, H, 0, ALL, NULL, set_clear, "MCSR", SRC_LINUX},
	{SPR_MCAR, SPR_MCAR, H, H, 0, ALL, NULL, NULL, "MCAR", SRC_LINUX},
	{SPR_DSRR0, SPR_DSRR1, H, H, 0, ALL, NULL, NULL, "DSRR", SRC_DEBUG},
	{SPR_DDAM, SPR_DDAM, U, U, 0, ALL, NULL, set_ignore, "DDAM", SRC_NEXUS},
	{SPR_SPRG8, SPR_SPRG8, H, H, 0, ALL, NULL, NULL, "SPRG8", SRC_FIXED},
	{SPR_SPRG9, SPR_SPRG9, S, S, 0, ALL, NULL, NULL, "SPRG9", SRC_FIXED},
	{SPR_L1CSR2, SPR_L1CSR3, H, H, 0, ALL, NULL, NULL, "L1CSR2-3", SRC_LINUX},
	{SPR_MAS0, SPR_MAS0, S, S, 0, 0x3fff0fffu, NULL, NULL, "MAS0", SRC_STORAGE},
	{SPR_MAS1, SPR_MAS1, S, S, 0, 0xffff1f80u, NULL, NULL, "MAS1", SRC_STORAGE},
	{SPR_MAS2, SPR_MAS4, S, S, 0, ALL, NULL, NULL, "MAS2-4", SRC_STORAGE},
	{SPR_MAS6, SPR_MAS6, S, S, 0, 0x3fff0f81u, NULL, NULL, "MAS6", SRC_STORAGE},
	{SPR_TLB0CFG, SPR_TLB1CFG, H, RO, 0, ALL, NULL, NULL, "TLBCFG", SRC_STORAGE},
	{SPR_CDCSR0, SPR_CDCSR0, H, H, 0, ALL, NULL, NULL, "CDCSR0", SRC_E500MC},
	{SPR_EPR, SPR_EPR, S, RO, SPR_GEPR, ALL, NULL, NULL, "EPR", SRC_PROXY},
	{SPR_L2ERR0, SPR_L2ERR0 + 5, H, H, 0, ALL, NULL, NULL, "L2ERR", SRC_E500MC},
	{SPR_MAS7, SPR_MAS7, S, S, 0, MAS7_RPN_MASK, NULL, NULL, "MAS7", SRC_STORAGE},
	{SPR_EPLC, SPR_EPSC, S, S, 0, ALL, NULL, set_epc, "EPLC/EPSC", SRC_FIXED},
	{SPR_DEVENT, SPR_DEVENT, U, U, 0, ALL, NULL, NULL, "DEVENT", SRC_NEXUS},
	{SPR_HDBCR0, SPR_HDBCR0 + 6, H, H, 0, ALL, NULL, NULL, "HDBCR", SRC_E500MC},
	{SPR_NSPD, SPR_NSPC, H, H, 0, ALL, NULL, NULL, "NSP", SRC_E500MC},
	{SPR_L2ERR6, SPR_L2ERR6 + 6, H, H, 0, ALL, NULL, NULL, "L2ERR", SRC_E500MC},
	{SPR_HID0, SPR_HID0, H, H, 0, ALL, NULL, NULL, "HID0", SRC_LINUX},
	{SPR_L1CSR0, SPR_L1CSR1, H, H, 0, ALL, NULL, set_l1csr, "L1CSR0-1", SRC_LINUX},
	{SPR_MMUCSR0, SPR_MMUCSR0, H, H, 0, ALL, NULL, set_mmucsr0, "MMUCSR0", SRC_LINUX},
	{SPR_BUCSR, SPR_BUCSR, H, H, 0, ALL, NULL, set_bucsr, "BUCSR", SRC_LINUX},
	{SPR_MMUCFG, SPR_MMUCFG, H, RO, 0, ALL, NULL, NULL, "MMUCFG", SRC_STORAGE},
	{SPR_L2CSR0, SPR_L2CSR0, H, H, 0, ALL, NULL, set_l2csr0, "L2CSR0", SRC_LINUX},
	{SPR_L2CSR1, SPR_L2CSR1, H, H, 0, ALL, NULL, NULL, "L2CSR1", SRC_LINUX},
	{SPR_SVR, SPR_SVR, S, RO, 0, ALL, NULL, NULL, "SVR", SRC_LINUX},
};

const unsigned spr_row_count = ARRAY_COUNT(spr_rows);

/* Row index + 1 by number, made from the table on first use. */
static uint8_t spr_index[SPR_COUNT];

const struct spr_row *spr_find(unsigned n)
{
	if (!spr_index[SPR_XER]) {
		for (unsigned r = 0; r < spr_row_count; r++) {
			for (unsigned k = spr_rows[r].first; k <= spr_rows[r].last; k++)
				spr_index[k] = (uint8_t)(r + 1);
		}
	}
	return spr_index[n] ? &spr_rows[spr_index[n] - 1] : NULL;
}

void spr_reset(struct core *c)
{
	c->spr[SPR_PVR] = PVR_E500MC;
	c->spr[SPR_SVR] = SVR_P4080;
	c->spr[SPR_PIR] = c->index;
	c->spr[SPR_MMUCFG] = 0x064809c4;
	c->spr[SPR_TLB0CFG] = 0x04110200;
	c->spr[SPR_TLB1CFG] = 0x401bc040;
	c->spr[SPR_L1CFG0] = 0x00b83820;
	c->spr[SPR_L1CFG1] = 0x00b83820;
	c->spr[SPR_L2CFG0] = 0x00a1c002;
}
