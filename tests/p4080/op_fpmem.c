/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Floating-point loads and stores (Power ISA Book I 4.6.2, 4.6.3; external-PID forms Book III-E).
 */
#include "fpu.h"
#include "op_forms.h"

static bool fpmem_off(struct core *c, const struct insn *i)
{
	if (c->msr & MSR_FP)
		return false;
	insn_set_pc(c, i);
	excp_fp_unavailable(c);
	return true;
}

#define FP_MEM(name, ea_, update, access)                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		uint32_t ea;                                                                       \
                                                                                                   \
		if (fpmem_off(c, i))                                                               \
			return NULL;                                                               \
		ea = ea_;                                                                          \
		if (!access(c, i, ea))                                                             \
			return NULL;                                                               \
		if (update)                                                                        \
			RA(i) = ea;                                                                \
		NEXT;                                                                              \
	}

static bool fpmem_lfs(struct core *c, const struct insn *i, uint32_t ea)
{
	uint32_t v;

	if (!mem_ld32(c, i, ea, &v))
		return false;
	c->fpr[i->d] = fpu_from_single(v);
	return true;
}

static bool fpmem_lfd(struct core *c, const struct insn *i, uint32_t ea)
{
	return mem_ld64(c, i, ea, &c->fpr[i->d]);
}

static bool fpmem_stfs(struct core *c, const struct insn *i, uint32_t ea)
{
	return mem_st32(c, i, ea, fpu_to_single(c->fpr[i->d]));
}

static bool fpmem_stfd(struct core *c, const struct insn *i, uint32_t ea)
{
	return mem_st64(c, i, ea, c->fpr[i->d]);
}

static bool fpmem_stfiw(struct core *c, const struct insn *i, uint32_t ea)
{
	return mem_st32(c, i, ea, (uint32_t)c->fpr[i->d]);
}

FORMS(FP_MEM, lfs, fpmem_lfs)
FORMS(FP_MEM, lfd, fpmem_lfd)
FORMS(FP_MEM, stfs, fpmem_stfs)
FORMS(FP_MEM, stfd, fpmem_stfd)
FP_MEM(stfiwx, EA_X, false, fpmem_stfiw)

OP(lfdepx)
{
	if (op_is_user(c))
		return op_privileged(c, i);
	if (fpmem_off(c, i) || !mem_load_epid(c, i, EA_X, 8, &c->fpr[i->d]))
		return NULL;
	NEXT;
}

OP(stfdepx)
{
	if (op_is_user(c))
		return op_privileged(c, i);
	if (fpmem_off(c, i) || !mem_store_epid(c, i, EA_X, 8, c->fpr[i->d]))
		return NULL;
	NEXT;
}

const struct insn_row insn_rows_fpmem[] = {
	ROWS_FORMS(48, 535, lfs),
	ROWS_FORMS(50, 599, lfd),
	ROWS_FORMS(52, 663, stfs),
	ROWS_FORMS(54, 727, stfd),
	ROW_X0(31, 983, "stfiwx", FORM_X, op_stfiwx),
	ROW_X0(31, 607, "lfdepx", FORM_X, op_lfdepx),
	ROW_X0(31, 735, "stfdepx", FORM_X, op_stfdepx),
	ROW_END,
};
