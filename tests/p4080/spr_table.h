/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one table of special-purpose registers: class, redirection in guest state, behaviour.
 */
#ifndef P4080_SPR_TABLE_H
#define P4080_SPR_TABLE_H

#include "core.h"

enum spr_class {
	SPR_CLASS_NONE, /* not implemented */
	SPR_CLASS_USER,
	SPR_CLASS_SUPER, /* guest supervisor has direct access */
	SPR_CLASS_HV,	 /* traps in guest state */
};

struct spr_row {
	uint16_t first, last; /* numbers covered by the row */
	uint8_t read;	      /* enum spr_class of reading */
	uint8_t write;	      /* SPR_CLASS_NONE: read-only */
	uint16_t guest;	      /* number of the guest copy of `first`, 0 = not redirected */
	uint32_t mask;	      /* bits that exist, for plain registers */
	uint32_t (*get)(struct core *c, unsigned n);
	void (*set)(struct core *c, unsigned n, uint32_t val);
	const char *name;
	const char *source; /* where the rule comes from */
};

extern const struct spr_row spr_rows[];
extern const unsigned spr_row_count;

/* Row of a number, NULL when it is not implemented. */
const struct spr_row *spr_find(unsigned n);
void spr_reset(struct core *c);

#endif
