/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Instructions no reference emulator of this core has: popcntb, and FPSCR bits kept exactly.
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
