/* SPDX-License-Identifier: BSD-3-Clause */
/* memcpy, memmove and memset of the hypervisor: every alignment, length and overlap against bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Under other names, beside the host's. */
#define memcpy hv_memcpy
#define memmove hv_memmove
#define memset hv_memset
void *hv_memcpy(void *to, const void *from, size_t n);
void *hv_memmove(void *to, const void *from, size_t n);
void *hv_memset(void *to, int c, size_t n);
#include "hv/mem.c"
#undef memcpy
#undef memmove
#undef memset

enum { ROOM = 256, MIDDLE = 96, LONGEST = 80 };

static uint8_t bytes[ROOM] __attribute__((aligned(16))), wanted[ROOM];

static void fill(void)
{
	for (unsigned int i = 0; i < ROOM; i++) {
		bytes[i] = wanted[i] = (uint8_t)(i * 7 + 1);
	}
}

static void compare(const void *got, const uint8_t *to, unsigned int at, unsigned int from, size_t n)
{
	assert_ptr_equal(got, to);
	for (unsigned int i = 0; i < ROOM; i++) {
		if (bytes[i] != wanted[i]) {
			fail_msg("byte %u after %u bytes from %u to %u", i, (unsigned int)n, from, at);
		}
	}
}

/* Targets from 40 bytes below the source to 40 above, sources at every offset in a doubleword. */
static void moves(void **state)
{
	(void)state;
	for (unsigned int from = MIDDLE; from < MIDDLE + 8; from++) {
		for (unsigned int at = from - 40; at <= from + 40; at++) {
			for (size_t n = 0; n <= LONGEST; n++) {
				fill();
				for (size_t i = 0; i < n; i++) {
					wanted[at + i] = (uint8_t)((from + i) * 7 + 1);
				}
				compare(hv_memmove(bytes + at, bytes + from, n), bytes + at, at, from, n);
			}
		}
	}
}

static void copies(void **state)
{
	(void)state;
	for (unsigned int from = 0; from < 8; from++) {
		for (unsigned int at = MIDDLE; at < MIDDLE + 8; at++) {
			for (size_t n = 0; n <= LONGEST; n++) {
				fill();
				for (size_t i = 0; i < n; i++) {
					wanted[at + i] = bytes[from + i];
				}
				compare(hv_memcpy(bytes + at, bytes + from, n), bytes + at, at, from, n);
			}
		}
	}
}

static void sets(void **state)
{
	(void)state;
	for (unsigned int at = MIDDLE; at < MIDDLE + 8; at++) {
		for (size_t n = 0; n <= LONGEST; n++) {
			fill();
			for (size_t i = 0; i < n; i++) {
				wanted[at + i] = 0xa5;
			}
			compare(hv_memset(bytes + at, 0x7a5, n), bytes + at, at, at, n);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves),
		cmocka_unit_test(copies),
		cmocka_unit_test(sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
