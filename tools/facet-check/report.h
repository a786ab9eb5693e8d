/* SPDX-License-Identifier: BSD-3-Clause */
/* The planner's findings, each at the place in the layout it is about. */
/* host */
#ifndef TOOLS_FACET_CHECK_REPORT_H
#define TOOLS_FACET_CHECK_REPORT_H

#include "hv/plan/plan.h"
#include "tools/facet-check/say.h"
#include "tools/facet-check/source.h"

/* What a run is about. */
struct desk {
	struct source layout;
	struct source board;
	const char *bundle_path;   /* NULL: none */
	const struct plan *plan;
	bool is_strict;
};

/* A finding with its places looked up. */
struct finding {
	const struct diag *diag;
	enum say_kind kind;
	struct loc loc, other_loc;
	bool has_loc, has_other_loc;
};

/* All findings in the order of the layout. Returns the number of them. */
size_t report_collect(const struct desk *desk, struct finding **out);

/* Say them all, then what the layout leaves to nobody if the run is strict. */
void report_findings(const struct desk *desk);

/* One line that tells how it went. */
void report_summary(const struct desk *desk, FILE *out);

#endif
