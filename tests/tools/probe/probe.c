/* SPDX-License-Identifier: BSD-3-Clause */
/* A kernel that tells what U-Boot handed over: the ramdisk, by magic, size and sum of its bytes. */
/* arm64, EL2 or EL1, MMU off, PL011 of QEMU virt */
#include <stdint.h>

#define UART_DR ((volatile uint32_t *)0x09000000)
#define PSCI_SYSTEM_OFF 0x84000008u

static void put(const char *s)
{
	while (*s != 0) {
		*UART_DR = (uint8_t)*s++;
	}
}

static void put_hex(uint64_t x)
{
	for (int shift = 60; shift >= 0; shift -= 4) {
		*UART_DR = (uint8_t)"0123456789abcdef"[(x >> shift) & 15];
	}
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int same(const uint8_t *a, const char *b)
{
	while (*a == (uint8_t)*b) {
		if (*b == 0) {
			return 1;
		}
		a++;
		b++;
	}
	return 0;
}

/* The value of the first property of that name, 4 or 8 bytes wide; 0 when there is none. */
static uint64_t prop(const uint8_t *fdt, const char *name)
{
	const uint8_t *p = fdt + be32(fdt + 8);
	const uint8_t *strings = fdt + be32(fdt + 12);

	for (;;) {
		uint32_t token = be32(p);

		p += 4;
		if (token == 9) {
			return 0;
		} else if (token == 1) {
			while (*p != 0) {
				p++;
			}
			p = (const uint8_t *)(((uintptr_t)p + 4) & ~(uintptr_t)3);
		} else if (token == 3) {
			uint32_t len = be32(p);

			if (same(strings + be32(p + 4), name)) {
				uint64_t high = len == 8 ? be32(p + 8) : 0;

				return high << 32 | be32(p + 4 + len);
			}
			p += 8 + ((len + 3) & ~3u);
		}
	}
}

__attribute__((noreturn)) void probe(const uint8_t *fdt)
{
	uint64_t start = prop(fdt, "linux,initrd-start");
	uint64_t end = prop(fdt, "linux,initrd-end");
	uint64_t sum = 0;

	put("probe: ramdisk magic ");
	put_hex(start != 0 ? be32((const uint8_t *)start) : 0);
	put(" size ");
	put_hex(end - start);
	for (const uint8_t *p = (const uint8_t *)start; start != 0 && p < (const uint8_t *)end; p++) {
		sum += *p;
	}
	put(" sum ");
	put_hex(sum);
	put("\r\n");
	register uint64_t x0 __asm__("x0") = PSCI_SYSTEM_OFF;
	uint64_t el;
	__asm__ volatile("mrs %0, CurrentEL" : "=r"(el));
	if (el == 8) {
		__asm__ volatile("smc #0" : "+r"(x0));
	} else {
		__asm__ volatile("hvc #0" : "+r"(x0));
	}
	for (;;) {
	}
}
