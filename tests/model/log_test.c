/* SPDX-License-Identifier: BSD-3-Clause */
/* The log: lines of guests are limited, the ring keeps the newest, stray accesses cost little. */
#include <string.h>

#include "fake.h"
#include "hv/fmt.h"
#include "hv/log.h"

static char text[32768];

static unsigned int count(const char *what)
{
	uint64_t cursor = log_begin();
	unsigned int n = log_read(&cursor, text, sizeof(text) - 1);
	unsigned int found = 0;

	text[n] = 0;
	for (const char *at = text; (at = strstr(at, what)) != NULL; at++) {
		found++;
	}
	return found;
}

static void limiter(void **state)
{
	struct log_limit l = {0};
	unsigned int shown = 0;

	(void)state;
	for (unsigned int i = 0; i < 50; i++) {
		shown += log_limit_ok(&l, 1000 + i, 1000);
	}
	assert_int_equal(shown, 10);
	for (unsigned int s = 2; s < 100; s++) {
		for (unsigned int i = 0; i < 50; i++) {
			shown += log_limit_ok(&l, 1000 * s + i, 1000);
		}
	}
	assert_int_equal(shown, 100);
	assert_int_equal(l.hidden_all, 99 * 50 - 100);
}

static void strays(void **state)
{
	struct vcpu *v = &parts[FAKE_A].vcpus[0];

	(void)state;
	fake_start(FAKE_A);
	for (unsigned int i = 0; i < 5000; i++) {
		(void)fake_load(v, 0x123450, 4);
	}
	assert_int_equal(v->arch.faults, 5000);
	assert_int_equal(parts[FAKE_A].stray_count, 5000);
	assert_in_range(count("load of 0x123450"), 1, 100);
	fake_time_pass(2000000);
	(void)fake_load(v, 0x123450, 4);
	assert_int_equal(count("similar lines were not shown"), 1);
}

static void ring(void **state)
{
	char line[64];

	(void)state;
	for (unsigned int i = 0; i < 2000; i++) {
		log_print(LOG_INFO, "line number %u.", i);
	}
	assert_int_equal(count("line number 1999."), 1);
	assert_int_equal(count("line number 0."), 0);
	assert_true(strlen(text) <= 16384);
	log_print(LOG_DEBUG, "not at this level");
	assert_int_equal(count("not at this level"), 0);
	fmt_print(line, 8, "%s", "cut to fit");
	assert_string_equal(line, "cut to ");
}

static void numbers(void **state)
{
	uint64_t x;

	(void)state;
	assert_true(fmt_number("0", &x) && x == 0);
	assert_true(fmt_number("18446744073709551615", &x) && x == UINT64_MAX);
	assert_false(fmt_number("18446744073709551616", &x));
	assert_true(fmt_number("0xFFffFFffFFffFFff", &x) && x == UINT64_MAX);
	assert_false(fmt_number("0x10000000000000000", &x));
	assert_false(fmt_number("", &x) || fmt_number("0x", &x) || fmt_number("12a", &x) ||
		     fmt_number("-1", &x));
}

static int boot(void **state)
{
	(void)state;
	fake_boot();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(limiter),
	    cmocka_unit_test(strays),
	    cmocka_unit_test(ring),
	    cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests_name("log", tests, boot, NULL);
}
