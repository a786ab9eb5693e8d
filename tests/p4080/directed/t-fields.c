/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * popcntb: the reference emulator's e500mc does not have it.
 */
#include "kit.h"

void test(void)
{
	uint32_t r;

	__asm__(".machine push; .machine power5; popcntb %0,%1; .machine pop"
		: "=r"(r)
		: "r"(0xff010380));
	CHECK(r, 0x08010201);
}
