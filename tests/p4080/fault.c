/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fault switches and their names.
 */
#include "fault.h"

#include <string.h>

bool fault_switch[FAULT_COUNT];

static const struct {
	const char *name;
	const char *what;
} fault_rows[FAULT_COUNT] = {
#define FAULT_ROW(id, name, what) {name, what},
	FAULT_LIST(FAULT_ROW)
#undef FAULT_ROW
};

bool fault_enable(const char *name)
{
	for (unsigned i = 0; i < FAULT_COUNT; i++) {
		if (!strcmp(fault_rows[i].name, name)) {
			fault_switch[i] = true;
			return true;
		}
	}
	return false;
}

void fault_list(FILE *out)
{
	for (unsigned i = 0; i < FAULT_COUNT; i++)
		fprintf(out, "%s: %s\n", fault_rows[i].name, fault_rows[i].what);
}
