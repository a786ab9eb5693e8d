/* SPDX-License-Identifier: BSD-3-Clause */
/* What a test program prints, so that the driver on the host can judge it line by line. */
/* boot CPU */
#ifndef FACET_TEST_H
#define FACET_TEST_H

#include "facet/facet.h"

/* `PASS name`, or `FAIL name: why`. */
void test_pass(const char *name);
void test_fail(const char *name, const char *why, ...) __attribute__((format(printf, 2, 3)));
/* `SKIP name: why`: this machine or layout has not got what the test needs. */
void test_skip(const char *name, const char *why);
/* `DONE n`: n tests have reported; the driver knows a short list from a complete one. */
void test_done(void);

#define TEST(name, cond, ...)                                                                      \
	do {                                                                                       \
		if (cond) {                                                                        \
			test_pass(name);                                                           \
		} else {                                                                           \
			test_fail(name, __VA_ARGS__);                                              \
		}                                                                                  \
	} while (0)

#endif
