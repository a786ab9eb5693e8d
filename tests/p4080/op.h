/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Shorthand shared by the instruction handlers.
 */
#ifndef P4080_OP_H
#define P4080_OP_H

#include "excp.h"
#include "insn.h"
#include "machine.h"
#include "mem.h"

#define OP(name) static const struct insn *op_##name(struct core *c, const struct insn *i)
#define NEXT return i + 1

/* Table row builders: primary opcode, or primary 31/19/59/63 with the extended opcode. */
#define ROW_D(op, name, form, fn) {name, (uint32_t)(op) << 26, 0xfc000000u, form, fn, NULL}
#define ROW_X(op, xo, name, form, fn)                                                              \
	{name, (uint32_t)(op) << 26 | (uint32_t)(xo) << 1, 0xfc0007feu, form, fn, NULL}
/* The same with bit 31 required to be zero. */
#define ROW_X0(op, xo, name, form, fn)                                                             \
	{name, (uint32_t)(op) << 26 | (uint32_t)(xo) << 1, 0xfc0007ffu, form, fn, NULL}
#define ROW_X1(op, xo, name, form, fn)                                                             \
	{name, (uint32_t)(op) << 26 | (uint32_t)(xo) << 1 | 1, 0xfc0007ffu, form, fn, NULL}
#define ROW_PICK(op, name, form, fn, pick)                                                          \
	{name, (uint32_t)(op) << 26, 0xfc000000u, form, fn, pick}
#define ROW_END {NULL, 0, 0, FORM_X, NULL, NULL}

/* CR0 from a result (Rc = 1). */
static inline void op_record(struct core *c, uint32_t v)
{
	c->crf[0] = (uint8_t)(((int32_t)v < 0 ? 8 : v ? 4 : 2) | c->so);
}

static inline void op_set_ov(struct core *c, bool ov)
{
	c->ov = ov;
	c->so |= ov;
}

/* Common ends of handlers that raise an interrupt for i. */
static inline const struct insn *op_illegal(struct core *c, const struct insn *i)
{
	insn_set_pc(c, i);
	excp_program(c, ESR_PIL);
	return NULL;
}

static inline const struct insn *op_privileged(struct core *c, const struct insn *i)
{
	insn_set_pc(c, i);
	excp_program(c, ESR_PPR);
	return NULL;
}

/* Supervisor-only instruction: NULL if it may go on, else what the handler must return from. */
static inline bool op_is_user(const struct core *c)
{
	return c->msr & MSR_PR;
}

static inline bool op_is_guest(const struct core *c)
{
	return c->msr & MSR_GS;
}

/* A tw/twi condition held: debug interrupt if TRAP events are armed, else program. */
void op_trap_taken(struct core *c);

/* EA of X-form: (rA|0) + rB. */
static inline uint32_t op_ea_x(const struct core *c, const struct insn *i)
{
	return (i->a ? c->gpr[i->a] : 0) + c->gpr[i->b];
}

#endif
