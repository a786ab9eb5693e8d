/* SPDX-License-Identifier: BSD-3-Clause */
/* The test protocol's lines. */
/* boot CPU */
#include "facet/test.h"

#include <stdarg.h>

static unsigned int reported;

void test_pass(const char *name)
{
	reported++;
	printf("PASS %s\n", name);
}

void test_fail(const char *name, const char *why, ...)
{
	char text[160];
	va_list args;

	va_start(args, why);
	vsniprintf(text, sizeof(text), why, args);
	va_end(args);
	reported++;
	printf("FAIL %s: %s\n", name, text);
}

void test_skip(const char *name, const char *why)
{
	reported++;
	printf("SKIP %s: %s\n", name, why);
}

void test_done(void)
{
	printf("DONE %u\n", reported);
	reported = 0;
}
