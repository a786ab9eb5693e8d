/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Floating-point loads and stores (Power ISA Book I 4.6.2, 4.6.3; external-PID forms Book III-E).
 */
#include "fpu.h"
#include "op.h"

#define RA(i) c->gpr[(i)->a]
#define EA_D (i->a ? c->gpr[i->a] : 0) + (uint32_t)i->imm
#define EA_DU c->gpr[i->a] + (uint32_t)i->imm
#define EA_X op_ea_x(c, i)
#define EA_XU c->gpr[i->a] + c->gpr[i->b]

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

#define FP_FORMS(name)                                                                             \
	FP_MEM(name, EA_D, false, fpmem_##name)                                                    \
	FP_MEM(name##u, EA_DU, true, fpmem_##name)                                                 \
	FP_MEM(name##x, EA_X, false, fpmem_##name)                                                 \
	FP_MEM(name##ux, EA_XU, true, fpmem_##name)

FP_FORMS(lfs)
FP_FORMS(lfd)
FP_FORMS(stfs)
FP_FORMS(stfd)
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
	ROW_D(48, "lfs", FORM_DS, op_lfs),
	ROW_D(49, "lfsu", FORM_DS, op_lfsu),
	ROW_X0(31, 535, "lfsx", FORM_X, op_lfsx),
	ROW_X0(31, 567, "lfsux", FORM_X, op_lfsux),
	ROW_D(50, "lfd", FORM_DS, op_lfd),
	ROW_D(51, "lfdu", FORM_DS, op_lfdu),
	ROW_X0(31, 599, "lfdx", FORM_X, op_lfdx),
	ROW_X0(31, 631, "lfdux", FORM_X, op_lfdux),
	ROW_D(52, "stfs", FORM_DS, op_stfs),
	ROW_D(53, "stfsu", FORM_DS, op_stfsu),
	ROW_X0(31, 663, "stfsx", FORM_X, op_stfsx),
	ROW_X0(31, 695, "stfsux", FORM_X, op_stfsux),
	ROW_D(54, "stfd", FORM_DS, op_stfd),
	ROW_D(55, "stfdu", FORM_DS, op_stfdu),
	ROW_X0(31, 727, "stfdx", FORM_X, op_stfdx),
	ROW_X0(31, 759, "stfdux", FORM_X, op_stfdux),
	ROW_X0(31, 983, "stfiwx", FORM_X, op_stfiwx),
	ROW_X0(31, 607, "lfdepx", FORM_X, op_lfdepx),
	ROW_X0(31, 735, "stfdepx", FORM_X, op_stfdepx),
	ROW_END,
};
