/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The four forms of a load or store (Power ISA Book I 3.3.2): D and X, plain and with update of rA.
 */
#ifndef P4080_OP_FORMS_H
#define P4080_OP_FORMS_H

#include "op.h"

#define RA(i) c->gpr[(i)->a]
#define EA_D (i->a ? c->gpr[i->a] : 0) + (uint32_t)i->imm
#define EA_DU c->gpr[i->a] + (uint32_t)i->imm
#define EA_X op_ea_x(c, i)
#define EA_XU c->gpr[i->a] + c->gpr[i->b]

/* make(name, address, update, ...) for each form. */
#define FORMS(make, name, ...)                                                                     \
	make(name, EA_D, false, __VA_ARGS__)                                                       \
	make(name##u, EA_DU, true, __VA_ARGS__)                                                    \
	make(name##x, EA_X, false, __VA_ARGS__)                                                    \
	make(name##ux, EA_XU, true, __VA_ARGS__)

/* Their rows: the update forms are one opcode, or 32 extended opcodes, further on. */
#define ROWS_FORMS(op, xo, name)                                                                   \
	ROW_D(op, #name, FORM_DS, op_##name),                                                      \
	ROW_D((op) + 1, #name "u", FORM_DS, op_##name##u),                                         \
	ROW_X0(31, xo, #name "x", FORM_X, op_##name##x),                                           \
	ROW_X0(31, (xo) + 32, #name "ux", FORM_X, op_##name##ux)

#endif
