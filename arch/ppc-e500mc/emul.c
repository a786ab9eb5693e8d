/* SPDX-License-Identifier: BSD-3-Clause */
/* Privileged and missing instructions of a guest supervisor (Power ISA 2.06 Book III-E, EREF). */
/* trap context: own CPU; never asks in which virtualisation mode it runs */
#include "emul.h"

#include "hv/part.h"
#include "insn.h"

/* ---- system linkage ---------------------------------------------------------------------- */

static enum trap return_from(struct vcpu *v, const uint32_t pair[2])
{
	v->arch.f.pc = pair[0] & ~3u;
	guest_set_msr(v, pair[1]);
	return TRAP_RETRY;
}

static enum trap do_rfi(struct vcpu *v, uint32_t insn)
{
	(void)insn;
	return return_from(v, v->arch.g.srr);
}

static enum trap do_rfci(struct vcpu *v, uint32_t insn)
{
	(void)insn;
	return return_from(v, v->arch.g.csrr);
}

static enum trap do_rfdi(struct vcpu *v, uint32_t insn)
{
	(void)insn;
	return return_from(v, v->arch.g.dsrr);
}

static enum trap do_rfmci(struct vcpu *v, uint32_t insn)
{
	(void)insn;
	return return_from(v, v->arch.g.mcsrr);
}

/* ---- machine state ------------------------------------------------------------------------ */

static enum trap do_mfmsr(struct vcpu *v, uint32_t insn)
{
	v->arch.f.gpr[insn_rt(insn)] = v->arch.g.msr;
	return TRAP_SKIP;
}

static enum trap do_mtmsr(struct vcpu *v, uint32_t insn)
{
	guest_set_msr(v, v->arch.f.gpr[insn_rt(insn)]);
	return TRAP_SKIP;
}

static enum trap do_wrtee(struct vcpu *v, uint32_t insn)
{
	guest_set_msr(v, (v->arch.g.msr & ~MSR_EE) | (v->arch.f.gpr[insn_rt(insn)] & MSR_EE));
	return TRAP_SKIP;
}

static enum trap do_wrteei(struct vcpu *v, uint32_t insn)
{
	/* The E bit of the instruction stands where EE stands in the MSR. */
	guest_set_msr(v, (v->arch.g.msr & ~MSR_EE) | (insn & MSR_EE));
	return TRAP_SKIP;
}

static enum trap no_such_spr(struct vcpu *v, uint32_t insn, bool is_write)
{
	if ((v->part->plan->flags & PLAN_PART_RELAXED_SPRS) == 0) {
		return reflect_program(v, ESR_PIL);
	}
	v->arch.g.relaxed++;
	if (!is_write) {
		v->arch.f.gpr[insn_rt(insn)] = 0;
	}
	return TRAP_SKIP;
}

static enum trap do_mfspr(struct vcpu *v, uint32_t insn)
{
	const struct spr *s = spr_find(insn_spr(insn), guest_is_e500mc(v));

	if (s == NULL || (s->flags & SPR_READ) == 0) {
		return no_such_spr(v, insn, false);
	}
	v->arch.f.gpr[insn_rt(insn)] = spr_read(v, s);
	return TRAP_SKIP;
}

static enum trap do_mtspr(struct vcpu *v, uint32_t insn)
{
	const struct spr *s = spr_find(insn_spr(insn), guest_is_e500mc(v));

	if (s == NULL || (s->flags & SPR_WRITE) == 0) {
		return no_such_spr(v, insn, true);
	}
	spr_write(v, s, v->arch.f.gpr[insn_rt(insn)]);
	return TRAP_SKIP;
}

/* ---- TLB ---------------------------------------------------------------------------------- */

static uint32_t ea_of(const struct vcpu *v, uint32_t insn)
{
	uint32_t base = insn_ra(insn) != 0 ? v->arch.f.gpr[insn_ra(insn)] : 0;

	return base + v->arch.f.gpr[insn_rb(insn)];
}

static enum trap do_tlbwe(struct vcpu *v, uint32_t insn)
{
	enum gtlb_result res;

	(void)insn;
	mmu_write(v, &res);
	return res == GTLB_OK ? TRAP_SKIP : reflect_program(v, ESR_PIL);
}

static enum trap do_tlbre(struct vcpu *v, uint32_t insn)
{
	(void)insn;
	gtlb_read(&v->arch.tlb, &v->arch.g.mas);
	return TRAP_SKIP;
}

static enum trap do_tlbsx(struct vcpu *v, uint32_t insn)
{
	gtlb_search(&v->arch.tlb, &v->arch.g.mas, ea_of(v, insn));
	return TRAP_SKIP;
}

static enum trap do_tlbilx(struct vcpu *v, uint32_t insn)
{
	uint32_t pid = (uint32_t)field_get(MAS6_SPID, v->arch.g.mas.mas6);

	switch (insn_rt(insn)) {
	case 0:
		mmu_flush_all(v);
		return TRAP_SKIP;
	case 1:
		mmu_flush_pid(v, pid);
		return TRAP_SKIP;
	case 3:
		mmu_flush_va(v, ea_of(v, insn), pid);
		return TRAP_SKIP;
	default:
		return reflect_program(v, ESR_PIL);
	}
}

static enum trap do_tlbivax(struct vcpu *v, uint32_t insn)
{
	mmu_broadcast(v, ea_of(v, insn));
	return TRAP_SKIP;
}

/* tlbsync orders tlbivax, which is complete here before it is skipped. */
static enum trap do_nothing(struct vcpu *v, uint32_t insn)
{
	(void)v;
	(void)insn;
	return TRAP_SKIP;
}

/*
 * As dcbf (EREF allows it): what a cache line of this partition would hide may be the last word of a
 * device or of another partition. Needs the right to store, as the invalidation would.
 */
static enum trap do_dcbi(struct vcpu *v, uint32_t insn)
{
	return mmu_flush_line(v, ea_of(v, insn));
}

/* ---- messages and power -------------------------------------------------------------------- */

static enum trap do_msgsnd(struct vcpu *v, uint32_t insn)
{
	message_send(v, v->arch.f.gpr[insn_rb(insn)]);
	return TRAP_SKIP;
}

static enum trap do_msgclr(struct vcpu *v, uint32_t insn)
{
	message_clear(v, v->arch.f.gpr[insn_rb(insn)]);
	return TRAP_SKIP;
}

/* ---- cache locking (category E.CL) --------------------------------------------------------- */

/*
 * No line is ever locked on behalf of a guest: L1CSR0[CUL] / L1CSR1[ICUL] say "unable to lock", as
 * the architecture provides (EREF 5.6.2), and clearing a lock that was never set does nothing.
 */
#define L1CSR_CUL 0x00000400u

static enum trap do_lock_data(struct vcpu *v, uint32_t insn)
{
	if (insn_rt(insn) == 0) { /* CT = 0: the L1 cache */
		v->arch.g.l1csr[0] |= L1CSR_CUL;
	}
	return TRAP_SKIP;
}

static enum trap do_lock_insn(struct vcpu *v, uint32_t insn)
{
	if (insn_rt(insn) == 0) {
		v->arch.g.l1csr[1] |= L1CSR_CUL;
	}
	return TRAP_SKIP;
}

/* ---- the table ------------------------------------------------------------------------------ */

/* By primary opcode (19 or 31) and extended opcode, sorted; both unique (tests/unit/ppc_emul_test.c). */
const struct emul_row emul_rows[] = {
	{ 19, 38, EMUL_ALL, do_rfmci, "rfmci" },
	{ 19, 39, EMUL_E500MC, do_rfdi, "rfdi" },
	{ 19, 50, EMUL_ALL, do_rfi, "rfi" },
	{ 19, 51, EMUL_ALL, do_rfci, "rfci" },
	{ 31, 18, EMUL_E500MC, do_tlbilx, "tlbilx" },
	{ 31, 83, EMUL_ALL, do_mfmsr, "mfmsr" },
	{ 31, 131, EMUL_ALL, do_wrtee, "wrtee" },
	{ 31, 134, EMUL_ALL, do_lock_data, "dcbtstls" },
	{ 31, 146, EMUL_ALL, do_mtmsr, "mtmsr" },
	{ 31, 163, EMUL_ALL, do_wrteei, "wrteei" },
	{ 31, 166, EMUL_ALL, do_lock_data, "dcbtls" },
	{ 31, 206, EMUL_E500MC, do_msgsnd, "msgsnd" },
	{ 31, 230, EMUL_ALL, do_nothing, "icblc" },
	{ 31, 238, EMUL_E500MC, do_msgclr, "msgclr" },
	{ 31, 339, EMUL_ALL, do_mfspr, "mfspr" },
	{ 31, 390, EMUL_ALL, do_nothing, "dcblc" },
	{ 31, 467, EMUL_ALL, do_mtspr, "mtspr" },
	{ 31, 470, EMUL_ALL, do_dcbi, "dcbi" },
	{ 31, 486, EMUL_ALL, do_lock_insn, "icbtls" },
	{ 31, 566, EMUL_ALL, do_nothing, "tlbsync" },
	{ 31, 786, EMUL_ALL, do_tlbivax, "tlbivax" },
	{ 31, 914, EMUL_ALL, do_tlbsx, "tlbsx" },
	{ 31, 946, EMUL_ALL, do_tlbre, "tlbre" },
	{ 31, 978, EMUL_ALL, do_tlbwe, "tlbwe" },
};
const unsigned int emul_row_count = ARRAY_SIZE(emul_rows);

/* Row + 1 by extended opcode, of primary opcodes 19 and 31; made once from the table. */
static uint8_t row_of[2][1024];

void emul_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(emul_rows); i++) {
		row_of[emul_rows[i].opcode == 31][emul_rows[i].extended] = (uint8_t)(i + 1);
	}
	spr_init();
}

const struct emul_row *emul_find(uint32_t insn, bool is_e500mc)
{
	unsigned int opcode = insn_opcode(insn);
	const struct emul_row *row;
	unsigned int n;

	if (opcode != 19 && opcode != 31) {
		return NULL;
	}
	n = row_of[opcode == 31][insn_extended(insn)];
	row = n != 0 ? &emul_rows[n - 1] : NULL;
	return row != NULL && (row->cores == EMUL_ALL || is_e500mc) ? row : NULL;
}

#define SPR_PRIVILEGED 0x10u /* the bit of the number that says so */

bool emul_is_open_spr(uint32_t insn)
{
	return insn_opcode(insn) == 31 && (insn_extended(insn) == 339 || insn_extended(insn) == 467) &&
	       (insn_spr(insn) & SPR_PRIVILEGED) == 0;
}

enum trap emul_insn(struct vcpu *v, uint32_t insn)
{
	const struct emul_row *row = emul_find(insn, guest_is_e500mc(v));

	return row != NULL ? row->run(v, insn) : reflect_program(v, ESR_PIL);
}
