/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Integer loads and stores (Power ISA Book I 3.3.2 to 3.3.5) and the reservation pair.
 * Misaligned scalars work, also across pages; lmw, stmw, lwarx and stwcx. do not.
 */
#include "op_forms.h"
#include "reserve.h"

#define RD(i) c->gpr[(i)->d]

/* Plain and update forms: rA is written only after the access succeeded. */
#define LOAD(name, ea_, update, ld, conv)                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		uint32_t ea = ea_;                                                                 \
		uint32_t v;                                                                        \
                                                                                                   \
		if (!ld(c, i, ea, &v))                                                             \
			return NULL;                                                               \
		if (update)                                                                        \
			RA(i) = ea;                                                                \
		RD(i) = conv(v);                                                                   \
		NEXT;                                                                              \
	}

#define STORE(name, ea_, update, st, conv)                                                         \
	OP(name)                                                                                   \
	{                                                                                          \
		uint32_t ea = ea_;                                                                 \
                                                                                                   \
		if (!st(c, i, ea, conv(RD(i))))                                                    \
			return NULL;                                                               \
		if (update)                                                                        \
			RA(i) = ea;                                                                \
		NEXT;                                                                              \
	}

#define SAME(v) (v)
#define SIGNED16(v) ((uint32_t)(int16_t)(v))

FORMS(LOAD, lbz, mem_ld8, SAME)
FORMS(LOAD, lhz, mem_ld16, SAME)
FORMS(LOAD, lha, mem_ld16, SIGNED16)
FORMS(LOAD, lwz, mem_ld32, SAME)
LOAD(lhbrx, EA_X, false, mem_ld16, __builtin_bswap16)
LOAD(lwbrx, EA_X, false, mem_ld32, __builtin_bswap32)
FORMS(STORE, stb, mem_st8, SAME)
FORMS(STORE, sth, mem_st16, SAME)
FORMS(STORE, stw, mem_st32, SAME)
STORE(sthbrx, EA_X, false, mem_st16, __builtin_bswap16)
STORE(stwbrx, EA_X, false, mem_st32, __builtin_bswap32)

/* Translation comes first: TLB error and DSI have priority over alignment (Book III-E 7.9). */
static const struct insn *mem_misaligned(struct core *c, const struct insn *i, uint32_t ea,
					 bool store)
{
	struct mmu_access a = {
		.ea = ea, .kind = store ? BUS_STORE : BUS_LOAD, .sp = mmu_space_data(c)};
	struct mmu_result r;

	insn_set_pc(c, i);
	if (mmu_translate(c, &a, &r))
		excp_align(c, ea, store);
	return NULL;
}

/* Restartable: rA is loaded last if it is in the range, which is an invalid form anyway. */
OP(lmw)
{
	uint32_t ea = EA_D;
	uint32_t v[32];

	if (ea & 3)
		return mem_misaligned(c, i, ea, false);
	for (unsigned r = i->d; r < 32; r++) {
		if (!mem_ld32(c, i, ea, &v[r]))
			return NULL;
		ea += 4;
	}
	memcpy(&c->gpr[i->d], &v[i->d], (32 - i->d) * sizeof(v[0]));
	NEXT;
}

OP(stmw)
{
	uint32_t ea = EA_D;

	if (ea & 3)
		return mem_misaligned(c, i, ea, true);
	for (unsigned r = i->d; r < 32; r++) {
		if (!mem_st32(c, i, ea, c->gpr[r]))
			return NULL;
		ea += 4;
	}
	NEXT;
}

/* Where a lwarx was; a loop that retries counts once. */
static void mem_note_lwarx(struct core *c, const struct insn *i)
{
	uint32_t pc = c->page_va + i->off;

	if (c->lwarx_pc[(c->lwarx_next - 1) % LWARX_RING] != pc)
		c->lwarx_pc[c->lwarx_next++ % LWARX_RING] = pc;
}

/*
 * A stwcx. that no lwarx can belong to: no reservation, and none of the last lwarx shortly before
 * it in the code. Interrupts that clear the reservation in between are not mistaken for one.
 */
static void mem_lint_stwcx(struct core *c, const struct insn *i)
{
	uint32_t pc = c->page_va + i->off;

	for (unsigned n = 0; n < LWARX_RING; n++) {
		if (c->lwarx_pc[n] && pc - c->lwarx_pc[n] < 1024)
			return;
	}
	insn_set_pc(c, i);
	if (c->stwcx_pc == pc)
		return;
	c->stwcx_pc = pc;
	lint_report(c, LINT_STWCX_ALONE, "no lwarx before it");
}

OP(lwarx)
{
	uint32_t ea = EA_X;
	struct mmu_result r;
	const uint8_t *fast;
	uint64_t v;

	if (ea & 3)
		return mem_misaligned(c, i, ea, false);
	mem_note_lwarx(c, i);
	fast = mem_fast_load(c, ea, 4);
	if (fast && fast - c->machine->bus.ram.mem >= 0 &&
	    (uint64_t)(fast - c->machine->bus.ram.mem) < c->machine->bus.ram.size) {
		reserve_set(c, (uint64_t)(fast - c->machine->bus.ram.mem));
		RD(i) = be32_get(fast);
		NEXT;
	}
	if (!mem_translate(c, i, ea, BUS_LOAD, &r) || !mem_load_slow(c, i, ea, 4, &v))
		return NULL;
	reserve_set(c, r.pa);
	RD(i) = (uint32_t)v;
	NEXT;
}

/* The store permission is checked whether or not the reservation still exists. */
OP(stwcx)
{
	uint32_t ea = EA_X;
	struct mmu_result r;
	uint8_t *fast;
	uint64_t pa;
	bool ok;

	if (ea & 3)
		return mem_misaligned(c, i, ea, true);
	if (!c->res_valid)
		mem_lint_stwcx(c, i);
	fast = mem_fast_store(c, ea, 4);
	if (fast) {
		pa = (uint64_t)(fast - c->machine->bus.ram.mem);
	} else {
		if (!mem_translate(c, i, ea, BUS_STORE, &r))
			return NULL;
		pa = r.pa;
	}
	ok = c->res_valid && (c->res_pa == pa || fault_on(FAULT_STWCX_NO_ADDRESS));
	if (ok && fast)
		be32_put(fast, RD(i));
	else if (ok && !mem_store_slow(c, i, ea, 4, RD(i)))
		return NULL;
	reserve_clear(c);
	c->crf[0] = (uint8_t)((ok ? 2 : 0) | c->so);
	NEXT;
}

/* --- external-PID forms (E.PD): supervisor, translated under EPLC or EPSC --- */

#define LOAD_EPID(name, size)                                                                      \
	OP(name)                                                                                   \
	{                                                                                          \
		uint64_t v;                                                                        \
                                                                                                   \
		if (op_is_user(c))                                                                 \
			return op_privileged(c, i);                                                \
		if (!mem_load_epid(c, i, EA_X, size, &v))                                          \
			return NULL;                                                               \
		RD(i) = (uint32_t)v;                                                               \
		NEXT;                                                                              \
	}

#define STORE_EPID(name, size, mask)                                                               \
	OP(name)                                                                                   \
	{                                                                                          \
		if (op_is_user(c))                                                                 \
			return op_privileged(c, i);                                                \
		if (!mem_store_epid(c, i, EA_X, size, RD(i) & (mask)))                             \
			return NULL;                                                               \
		NEXT;                                                                              \
	}

LOAD_EPID(lbepx, 1)
LOAD_EPID(lhepx, 2)
LOAD_EPID(lwepx, 4)
STORE_EPID(stbepx, 1, 0xff)
STORE_EPID(sthepx, 2, 0xffff)
STORE_EPID(stwepx, 4, 0xffffffff)

const struct insn_row insn_rows_mem[] = {
	ROWS_FORMS(34, 87, lbz),
	ROWS_FORMS(40, 279, lhz),
	ROWS_FORMS(42, 343, lha),
	ROWS_FORMS(32, 23, lwz),
	ROW_X0(31, 790, "lhbrx", FORM_X, op_lhbrx),
	ROW_X0(31, 534, "lwbrx", FORM_X, op_lwbrx),
	ROW_D(46, "lmw", FORM_DS, op_lmw),
	ROW_X0(31, 20, "lwarx", FORM_X, op_lwarx),
	ROW_X1(31, 20, "lwarx hint", FORM_X, op_lwarx),
	ROWS_FORMS(38, 215, stb),
	ROWS_FORMS(44, 407, sth),
	ROWS_FORMS(36, 151, stw),
	ROW_X0(31, 918, "sthbrx", FORM_X, op_sthbrx),
	ROW_X0(31, 662, "stwbrx", FORM_X, op_stwbrx),
	ROW_D(47, "stmw", FORM_DS, op_stmw),
	ROW_X1(31, 150, "stwcx.", FORM_X, op_stwcx),
	ROW_X0(31, 95, "lbepx", FORM_X, op_lbepx),
	ROW_X0(31, 287, "lhepx", FORM_X, op_lhepx),
	ROW_X0(31, 31, "lwepx", FORM_X, op_lwepx),
	ROW_X0(31, 223, "stbepx", FORM_X, op_stbepx),
	ROW_X0(31, 415, "sthepx", FORM_X, op_sthepx),
	ROW_X0(31, 159, "stwepx", FORM_X, op_stwepx),
	ROW_END,
};
