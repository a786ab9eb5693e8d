/* SPDX-License-Identifier: BSD-3-Clause */
/* The part of cmocka's interface that the unit tests use, for targets Debian has no cmocka for.
 * On the host the tests run with the real library; with this they also run big-endian.
 */
#ifndef TESTS_UNIT_BE_CMOCKA_H
#define TESTS_UNIT_BE_CMOCKA_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void (*CMUnitTestFunction)(void **state);
typedef int (*CMFixtureFunction)(void **state);

struct CMUnitTest {
	const char *name;
	CMUnitTestFunction test_func;
	CMFixtureFunction setup_func;
	CMFixtureFunction teardown_func;
	void *initial_state;
};

#define cmocka_unit_test(f) { #f, f, NULL, NULL, NULL }
#define cmocka_unit_test_setup(f, s) { #f, f, s, NULL, NULL }
#define cmocka_unit_test_setup_teardown(f, s, t) { #f, f, s, t, NULL }
#define cmocka_unit_test_prestate(f, state) { #f, f, NULL, NULL, state }

static jmp_buf be_escape;

__attribute__((noreturn)) static inline void be_leave(int outcome)
{
	longjmp(be_escape, outcome);
}

__attribute__((noreturn)) static inline void be_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, what);
	be_leave(1);
}

static inline void be_equal(uint64_t a, uint64_t b, int want, const char *file, int line,
			    const char *what)
{
	if ((a == b) == want)
		return;
	fprintf(stderr, "%#" PRIx64 " %s %#" PRIx64 "\n", a, want ? "!=" : "==", b);
	be_fail(file, line, what);
}

#define BE_CHECK(c, what) ((c) ? (void)0 : be_fail(__FILE__, __LINE__, what))
#define assert_true(c) BE_CHECK(c, #c)
#define assert_false(c) BE_CHECK(!(c), "not " #c)
#define assert_null(p) BE_CHECK((p) == NULL, #p " is not NULL")
#define assert_non_null(p) BE_CHECK((p) != NULL, #p " is NULL")
#define assert_ptr_equal(a, b) BE_CHECK((const void *)(a) == (const void *)(b), #a " != " #b)
#define assert_ptr_not_equal(a, b) BE_CHECK((const void *)(a) != (const void *)(b), #a " == " #b)
#define assert_int_equal(a, b) \
	be_equal((uint64_t)(a), (uint64_t)(b), 1, __FILE__, __LINE__, #a " != " #b)
#define assert_int_not_equal(a, b) \
	be_equal((uint64_t)(a), (uint64_t)(b), 0, __FILE__, __LINE__, #a " == " #b)
#define assert_in_range(v, lo, hi) \
	BE_CHECK((uint64_t)(v) >= (uint64_t)(lo) && (uint64_t)(v) <= (uint64_t)(hi), \
		 #v " out of range")
#define assert_string_equal(a, b) BE_CHECK(strcmp((a), (b)) == 0, #a " differs from " #b)
#define assert_string_not_equal(a, b) BE_CHECK(strcmp((a), (b)) != 0, #a " equals " #b)
#define assert_memory_equal(a, b, n) BE_CHECK(memcmp((a), (b), (n)) == 0, #a " differs from " #b)
#define assert_memory_not_equal(a, b, n) BE_CHECK(memcmp((a), (b), (n)) != 0, #a " equals " #b)
#define assert_return_code(rc, error) BE_CHECK((rc) >= 0, #rc " is an error")
#define fail() be_fail(__FILE__, __LINE__, "failed")
#define fail_msg(...) (fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), fail())
#define print_message(...) printf(__VA_ARGS__)
#define print_error(...) fprintf(stderr, __VA_ARGS__)
#define skip() be_leave(2)

/* 0 passed, 1 failed, 2 skipped. */
static inline int be_run(const struct CMUnitTest *t, void **state)
{
	int outcome = setjmp(be_escape);

	if (outcome)
		return outcome;
	if (t->setup_func && t->setup_func(state))
		return 1;
	t->test_func(state);
	if (t->teardown_func && t->teardown_func(state))
		return 1;
	return 0;
}

static inline int be_run_group(const struct CMUnitTest *tests, size_t n, CMFixtureFunction setup,
			       CMFixtureFunction teardown)
{
	void *state = NULL;
	int failed = 0;

	printf("1..%zu\n", n);
	if (setup && setup(&state))
		return (int)n;
	for (size_t i = 0; i < n; i++) {
		void *own = tests[i].initial_state ? tests[i].initial_state : state;
		int outcome = be_run(&tests[i], &own);

		printf("%sok %zu - %s%s\n", outcome == 1 ? "not " : "", i + 1, tests[i].name,
		       outcome == 2 ? " # SKIP" : "");
		failed += outcome == 1;
	}
	if (teardown && teardown(&state))
		failed++;
	return failed;
}

#define cmocka_run_group_tests(tests, setup, teardown) \
	be_run_group(tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)
#define cmocka_run_group_tests_name(name, tests, setup, teardown) \
	cmocka_run_group_tests(tests, setup, teardown)

#endif
