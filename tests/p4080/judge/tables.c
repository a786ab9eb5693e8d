/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The opcode and SPR tables are free of overlap; every fault has its own name.
 */
#include <stdio.h>

#include "../fault.h"
#include "../insn.h"
#include "../spr_table.h"

static unsigned bad;

/* Two rows overlap when some word satisfies both. */
static void check_opcodes(void)
{
	unsigned count = 0;

	for (unsigned t = 0; t < insn_table_count; t++) {
		for (const struct insn_row *r = insn_tables[t]; r->name; r++) {
			count++;
			if (r->match & ~r->mask) {
				printf("  %s: match outside mask\n", r->name);
				bad++;
			}
			for (unsigned u = t; u < insn_table_count; u++) {
				const struct insn_row *s = u == t ? r + 1 : insn_tables[u];

				for (; s->name; s++) {
					if ((r->match ^ s->match) & r->mask & s->mask)
						continue;
					printf("  %s overlaps %s\n", r->name, s->name);
					bad++;
				}
			}
		}
	}
	printf("%s p4080-tables: %u opcode rows\n", bad ? "FAIL" : "PASS", count);
}

static void check_sprs(void)
{
	unsigned char used[SPR_COUNT] = {0};
	unsigned before = bad;
	unsigned numbers = 0;

	for (unsigned n = 0; n < spr_row_count; n++) {
		const struct spr_row *r = &spr_rows[n];

		for (unsigned k = r->first; k <= r->last; k++) {
			numbers++;
			if (used[k]++) {
				printf("  %s: number %u twice\n", r->name, k);
				bad++;
			}
		}
		if (!r->source || !*r->source) {
			printf("  %s: no source\n", r->name);
			bad++;
		}
		if (r->last < r->first || r->read == SPR_CLASS_NONE) {
			printf("  %s: bad row\n", r->name);
			bad++;
		}
		if (r->guest && (!spr_find(r->guest) || spr_find(r->guest)->guest)) {
			printf("  %s: guest copy is not a plain register\n", r->name);
			bad++;
		}
	}
	printf("%s p4080-tables: %u SPR numbers in %u rows\n", bad > before ? "FAIL" : "PASS", numbers,
	       spr_row_count);
}

int main(void)
{
	check_opcodes();
	check_sprs();
	return bad != 0;
}
