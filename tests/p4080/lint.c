/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Log lines and lints; both go to standard error, the guest's console to standard output.
 */
#include "lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "machine.h"
#include "trace.h"

int log_level = 1;

static struct {
	const char *name;
	bool fatal;
	unsigned long count;
} lint_rows[LINT_COUNT] = {
	[LINT_TLB_MULTI_HIT] = {"tlb-multi-hit", true, 0},
	[LINT_CCSR_CACHEABLE] = {"ccsr-cacheable", true, 0},
	[LINT_SPR_UNKNOWN] = {"spr-unknown", true, 0},
	[LINT_RFI_RESERVED] = {"rfi-reserved", false, 0},
	[LINT_STALE_CODE] = {"stale-code", false, 0},
	[LINT_STWCX_ALONE] = {"stwcx-alone", false, 0},
	[LINT_ISOLATION] = {"isolation", true, 0},
	[LINT_DMA_HYPERVISOR] = {"dma-hypervisor", true, 0},
};

void log_print(int level, const char *fmt, ...)
{
	va_list ap;

	if (level > log_level)
		return;
	fflush(stdout);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void lint_report(struct core *c, enum lint kind, const char *fmt, ...)
{
	bool fatal = lint_rows[kind].fatal;
	va_list ap;

	/* Everything is counted; a repeated harmless lint is printed ten times only. */
	if (++lint_rows[kind].count > 10 && !fatal)
		return;
	if (!fatal && log_level < 1)
		return;
	fflush(stdout);
	fprintf(stderr, "lint %s: ", lint_rows[kind].name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	if (c)
		fprintf(stderr, " [core %u pc %08x msr %08x]", c->index, c->pc, c->msr);
	fputc('\n', stderr);
	if (!fatal)
		return;
	if (c)
		trace_dump(c, stderr);
	exit(EXIT_LINT);
}

unsigned long lint_count(enum lint kind)
{
	return lint_rows[kind].count;
}

const char *lint_name(enum lint kind)
{
	return lint_rows[kind].name;
}

bool lint_set_fatal(const char *name, bool fatal)
{
	for (unsigned i = 0; i < LINT_COUNT; i++) {
		if (!strcmp(lint_rows[i].name, name)) {
			lint_rows[i].fatal = fatal;
			return true;
		}
	}
	return false;
}
