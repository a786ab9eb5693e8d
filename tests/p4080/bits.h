/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Small integer helpers shared by every file of the P4080 model.
 * Pure; no state. Guest memory is big-endian whatever the host is.
 */
#ifndef P4080_BITS_H
#define P4080_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bit n of a 32-bit register in the manuals' MSB-0 numbering (bit 0 is the most significant). */
#define PBIT32(n) (UINT32_C(0x80000000) >> (n))

#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))

static inline uint32_t bits_rotl32(uint32_t v, unsigned n)
{
	n &= 31;
	return n ? (v << n) | (v >> (32 - n)) : v;
}

/* Sign-extend the low n bits of v. */
static inline int32_t bits_sext(uint32_t v, unsigned n)
{
	return (int32_t)(v << (32 - n)) >> (32 - n);
}

static inline uint16_t be16_get(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap16(v);
}

static inline uint32_t be32_get(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap32(v);
}

static inline uint64_t be64_get(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap64(v);
}

static inline void be16_put(uint8_t *p, uint16_t v)
{
	v = __builtin_bswap16(v);
	memcpy(p, &v, sizeof(v));
}

static inline void be32_put(uint8_t *p, uint32_t v)
{
	v = __builtin_bswap32(v);
	memcpy(p, &v, sizeof(v));
}

static inline void be64_put(uint8_t *p, uint64_t v)
{
	v = __builtin_bswap64(v);
	memcpy(p, &v, sizeof(v));
}

#endif
