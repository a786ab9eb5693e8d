/* SPDX-License-Identifier: BSD-3-Clause */
/* Locks where one thread plays all CPUs: a lock that is taken must have been free. */
/* host tests only; lock_test has the real ones */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hv/lock.h"

void lock_take(struct lock *l)
{
	assert_int_equal(l->state, 0);
	l->state = 1;
}

void lock_drop(struct lock *l)
{
	assert_int_equal(l->state, 1);
	l->state = 0;
}
