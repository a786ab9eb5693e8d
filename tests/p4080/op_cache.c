/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cache instructions. There is no cache to manage: what remains is translation, permission,
 * zeroing, and telling the decoded-code cache about icbi.
 */
#include "op.h"
#include "reserve.h"

#define CACHE_LINE 64u
#define L1CSR_DCBZ32 0x8u
#define ATTR_W 0x10u
#define ATTR_I 0x8u

/* dcbt, dcbtst, icbt, dcba: never fault; an allocation hint has nothing to allocate. */
OP(hint)
{
	(void)c;
	NEXT;
}

static const struct insn *cache_touch(struct core *c, const struct insn *i, enum bus_kind kind)
{
	struct mmu_result r;

	if (!mem_translate(c, i, op_ea_x(c, i), kind, &r))
		return NULL;
	NEXT;
}

/* dcbf, dcbst: load permission; reported like loads. */
OP(dcbf)
{
	return cache_touch(c, i, BUS_LOAD);
}

OP(dcbi)
{
	if (op_is_user(c))
		return op_privileged(c, i);
	if (op_is_guest(c)) {
		insn_set_pc(c, i);
		c->stats.insn_trap[16]++;
		excp_ehpriv(c);
		return NULL;
	}
	return cache_touch(c, i, BUS_STORE);
}

OP(icbi)
{
	struct mmu_result r;

	if (!mem_translate(c, i, op_ea_x(c, i), BUS_LOAD, &r))
		return NULL;
	code_page_icbi(&c->machine->bus, r.pa);
	NEXT;
}

static const struct insn *cache_zero(struct core *c, const struct insn *i, struct mmu_access *a,
				     unsigned line)
{
	struct mmu_result r;

	insn_set_pc(c, i);
	if (!mmu_translate(c, a, &r))
		return NULL;
	/* A line that cannot be in the cache cannot be zeroed there (Book II 4.3.2). */
	if (r.attr & (ATTR_I | ATTR_W)) {
		excp_align(c, a->ea, true);
		return NULL;
	}
	for (unsigned n = 0; n < line; n += 8) {
		if (!mem_phys_write(c, (r.pa & ~(uint64_t)(line - 1)) + n, 8, 0))
			return NULL;
	}
	NEXT;
}

/* dcbz obeys L1CSR0[DCBZ32]; dcbzl (bit 10) always means the whole line. */
OP(dcbz)
{
	struct mmu_access a = {.kind = BUS_STORE, .sp = mmu_space_data(c)};
	bool half = (c->spr[SPR_L1CSR0] & L1CSR_DCBZ32) && !(i->d & 1);
	unsigned line = half || fault_on(FAULT_DCBZ_32) ? 32 : CACHE_LINE;
	uint8_t *fast;

	a.ea = op_ea_x(c, i);
	fast = mem_fast_store(c, a.ea & ~(line - 1), line);
	if (fast && !c->dac) {
		memset(fast, 0, line);
		NEXT;
	}
	return cache_zero(c, i, &a, line);
}

OP(dcbzep)
{
	struct mmu_access a = {.kind = BUS_STORE, .epid = true};

	if (op_is_user(c))
		return op_privileged(c, i);
	a.sp = mem_space_epid(c, true);
	a.ea = op_ea_x(c, i);
	return cache_zero(c, i, &a, CACHE_LINE);
}

/* dcbfep, dcbstep, icbiep: as loads under EPLC. */
OP(touch_epid)
{
	struct mmu_access a = {.kind = BUS_LOAD, .epid = true};
	struct mmu_result r;

	if (op_is_user(c))
		return op_privileged(c, i);
	a.sp = mem_space_epid(c, false);
	a.ea = op_ea_x(c, i);
	insn_set_pc(c, i);
	if (!mmu_translate(c, &a, &r))
		return NULL;
	if ((i->op >> 1 & 0x3ff) == 991)
		code_page_icbi(&c->machine->bus, r.pa);
	NEXT;
}

OP(hint_epid)
{
	if (op_is_user(c))
		return op_privileged(c, i);
	NEXT;
}

/*
 * Cache locking: in user mode MSR[UCLE] permits it, else DSI with the lock syndrome; in guest
 * supervisor state MSRP[UCLEP] traps it.
 */
static const struct insn *cache_lock(struct core *c, const struct insn *i, enum bus_kind kind,
				     uint32_t esr)
{
	insn_set_pc(c, i);
	if (op_is_user(c) && !(c->msr & MSR_UCLE)) {
		excp_lock(c, op_ea_x(c, i), esr);
		return NULL;
	}
	if (!op_is_user(c) && op_is_guest(c) && (c->spr[SPR_MSRP] & MSRP_UCLEP) &&
	    !fault_on(FAULT_MSRP_IGNORED)) {
		c->stats.insn_trap[17]++;
		excp_ehpriv(c);
		return NULL;
	}
	return cache_touch(c, i, kind);
}

OP(dcbtls)
{
	return cache_lock(c, i, BUS_LOAD, ESR_DLK);
}

OP(dcbtstls)
{
	return cache_lock(c, i, BUS_STORE, ESR_DLK | ESR_ST);
}

OP(icbtls)
{
	return cache_lock(c, i, BUS_LOAD, ESR_ILK);
}

const struct insn_row insn_rows_cache[] = {
	ROW_X0(31, 86, "dcbf", FORM_X, op_dcbf),
	ROW_X0(31, 54, "dcbst", FORM_X, op_dcbf),
	ROW_X0(31, 278, "dcbt", FORM_X, op_hint),
	ROW_X0(31, 246, "dcbtst", FORM_X, op_hint),
	ROW_X0(31, 22, "icbt", FORM_X, op_hint),
	ROW_X0(31, 758, "dcba", FORM_X, op_hint),
	ROW_X0(31, 1014, "dcbz", FORM_X, op_dcbz),
	ROW_X0(31, 470, "dcbi", FORM_X, op_dcbi),
	ROW_X0(31, 982, "icbi", FORM_X, op_icbi),
	ROW_X0(31, 166, "dcbtls", FORM_X, op_dcbtls),
	ROW_X0(31, 134, "dcbtstls", FORM_X, op_dcbtstls),
	ROW_X0(31, 390, "dcblc", FORM_X, op_dcbtls),
	ROW_X0(31, 486, "icbtls", FORM_X, op_icbtls),
	ROW_X0(31, 230, "icblc", FORM_X, op_icbtls),
	ROW_X0(31, 127, "dcbfep", FORM_X, op_touch_epid),
	ROW_X0(31, 63, "dcbstep", FORM_X, op_touch_epid),
	ROW_X0(31, 991, "icbiep", FORM_X, op_touch_epid),
	ROW_X0(31, 319, "dcbtep", FORM_X, op_hint_epid),
	ROW_X0(31, 255, "dcbtstep", FORM_X, op_hint_epid),
	ROW_X0(31, 1023, "dcbzep", FORM_X, op_dcbzep),
	ROW_END,
};
