/* SPDX-License-Identifier: BSD-3-Clause */
/* gzip: header, deflate blocks, checksum. Every loop consumes input or output, or ends by an error.
 */
/* pure */
#include <string.h>

#include "hv/inflate.h"

#define GZIP_HCRC 2
#define GZIP_EXTRA 4
#define GZIP_NAME 8
#define GZIP_COMMENT 16
#define GZIP_RESERVED 0xe0

#define CODE_END 256u
#define CODE_BITS 15u

static void inflate_fail(struct inflate *z, enum err err)
{
	if (z->err == OK) {
		z->err = err;
	}
}

static uint8_t inflate_byte(struct inflate *z)
{
	if (z->in_at == z->in_n && z->err == OK) {
		z->in_at = 0;
		z->in_n = INFLATE_IN;
		inflate_fail(z, z->io->in(z->ctx, z->in, &z->in_n));
		if (z->in_n == 0) {
			inflate_fail(z, ERR_FORMAT);
		}
	}
	return z->err == OK ? z->in[z->in_at++] : 0;
}

/* The next n <= 16 bits, least significant first; 0 after an error. */
static uint32_t inflate_bits(struct inflate *z, unsigned int n)
{
	uint32_t x;

	while (z->bit_count < n) {
		z->bits |= (uint32_t)inflate_byte(z) << z->bit_count;
		z->bit_count += 8;
	}
	x = z->bits & ((UINT32_C(1) << n) - 1);
	z->bits >>= n;
	z->bit_count -= n;
	return z->err == OK ? x : 0;
}

static uint32_t inflate_crc(uint32_t crc, const uint8_t *bytes, uint32_t n)
{
	/* Remainders of all 4-bit values by the reflected polynomial 0xedb88320. */
	static const uint32_t table[16] = {
	    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
	    0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
	    0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	for (uint32_t i = 0; i < n; i++) {
		crc ^= bytes[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return crc;
}

static void inflate_flush(struct inflate *z)
{
	if (z->err == OK && z->out_n > 0) {
		z->crc = inflate_crc(z->crc, z->out, z->out_n);
		inflate_fail(z, z->io->out(z->ctx, z->out, z->out_n));
		z->total += z->out_n;
	}
	z->out_n = 0;
}

static void inflate_put(struct inflate *z, uint8_t c)
{
	if (z->out_n == INFLATE_OUT) {
		inflate_flush(z);
	}
	z->out[z->out_n++] = c;
}

/* Repeat what came `distance` before: from the part handed over already, or from our own buffer. */
static void inflate_repeat(struct inflate *z, uint32_t distance, uint32_t n)
{
	if (distance > z->total + z->out_n) {
		inflate_fail(z, ERR_FORMAT);
	}
	while (n > 0 && z->err == OK) {
		uint32_t some;

		if (z->out_n == INFLATE_OUT) {
			inflate_flush(z);
		}
		if (distance <= z->out_n) {
			z->out[z->out_n] = z->out[z->out_n - distance];
			z->out_n++;
			n--;
			continue;
		}
		some = distance - z->out_n;
		some = some < n ? some : n;
		some = some < INFLATE_OUT - z->out_n ? some : INFLATE_OUT - z->out_n;
		inflate_fail(z, z->io->back(z->ctx, distance - z->out_n, z->out + z->out_n, some));
		z->out_n += some;
		n -= some;
	}
}

/* Make a code from the lengths of its symbols' codes. False: more codes than the lengths have room
 * for. */
static bool inflate_make(struct inflate_code *h, const uint8_t *lengths, unsigned int n)
{
	uint16_t next[CODE_BITS + 1];
	int left = 1;

	memset(h->count, 0, sizeof(h->count));
	for (unsigned int i = 0; i < n; i++) {
		h->count[lengths[i]]++;
	}
	h->count[0] = 0;
	next[0] = 0;
	for (unsigned int len = 1; len <= CODE_BITS; len++) {
		left = 2 * left - h->count[len];
		if (left < 0) {
			return false;
		}
		next[len] = (uint16_t)(next[len - 1] + h->count[len - 1]);
	}
	for (unsigned int i = 0; i < n; i++) {
		if (lengths[i] != 0) {
			h->symbol[next[lengths[i]]++] = (uint16_t)i;
		}
	}
	return true;
}

/*
 * One symbol. Codes of a length are consecutive numbers; `first` is the first one of this length
 * and `index` the place of its symbol. An unused code is an error.
 */
static unsigned int inflate_symbol(struct inflate *z, const struct inflate_code *h)
{
	unsigned int code = 0;
	unsigned int first = 0;
	unsigned int index = 0;

	for (unsigned int len = 1; len <= CODE_BITS; len++) {
		code |= inflate_bits(z, 1);
		if (code - first < h->count[len]) {
			return h->symbol[index + (code - first)];
		}
		index += h->count[len];
		first = (first + h->count[len]) << 1;
		code <<= 1;
	}
	inflate_fail(z, ERR_FORMAT);
	return CODE_END;
}

/* Length and distance symbols: base values and how many bits are added (RFC 1951, section 3.2.5).
 */
static void inflate_match(struct inflate *z, unsigned int symbol)
{
	static const uint16_t len_base[29] = {3,  4,  5,  6,   7,   8,	 9,   10,  11, 13,
					      15, 17, 19, 23,  27,  31,	 35,  43,  51, 59,
					      67, 83, 99, 115, 131, 163, 195, 227, 258};
	static const uint8_t len_bits[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
					     2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
	uint32_t n, distance, bits;

	if (symbol >= 29) {
		inflate_fail(z, ERR_FORMAT);
		return;
	}
	n = len_base[symbol] + inflate_bits(z, len_bits[symbol]);
	symbol = inflate_symbol(z, &z->distances);
	if (symbol >= 30) {
		inflate_fail(z, ERR_FORMAT);
		return;
	}
	/* Two distance symbols per number of added bits, from the third pair on. */
	bits = symbol < 2 ? 0 : symbol / 2 - 1;
	distance = symbol < 2 ? symbol + 1 : (2 + symbol % 2) * (UINT32_C(1) << bits) + 1;
	inflate_repeat(z, distance + inflate_bits(z, bits), n);
}

static void inflate_coded(struct inflate *z)
{
	while (z->err == OK) {
		unsigned int symbol = inflate_symbol(z, &z->literals);

		if (symbol == CODE_END) {
			return;
		}
		if (symbol < CODE_END) {
			inflate_put(z, (uint8_t)symbol);
		} else {
			inflate_match(z, symbol - CODE_END - 1);
		}
	}
}

static void inflate_stored(struct inflate *z)
{
	uint32_t n;

	/* From the next byte boundary on; whole bytes read ahead cannot be there. */
	z->bits = 0;
	z->bit_count = 0;
	n = inflate_bits(z, 16);
	if (n != (~inflate_bits(z, 16) & 0xffff)) {
		inflate_fail(z, ERR_FORMAT);
	}
	for (; n > 0 && z->err == OK; n--) {
		inflate_put(z, inflate_byte(z));
	}
}

static void inflate_fixed(struct inflate *z)
{
	memset(z->lengths, 8, 144);
	memset(z->lengths + 144, 9, 112);
	memset(z->lengths + 256, 7, 24);
	memset(z->lengths + 280, 8, 8);
	(void)inflate_make(&z->literals, z->lengths, 288);
	memset(z->lengths, 5, 30);
	(void)inflate_make(&z->distances, z->lengths, 30);
	inflate_coded(z);
}

/* Code lengths of both codes, themselves coded; 16 to 18 repeat. */
static void inflate_lengths(struct inflate *z, unsigned int n)
{
	unsigned int at = 0;

	while (at < n && z->err == OK) {
		unsigned int symbol = inflate_symbol(z, &z->literals);
		unsigned int times = 1;
		uint8_t len = (uint8_t)symbol;

		if (symbol == 16) {
			len = at > 0 ? z->lengths[at - 1] : 0;
			times = 3 + inflate_bits(z, 2);
		} else if (symbol > 16) {
			len = 0;
			times = symbol == 17 ? 3 + inflate_bits(z, 3) : 11 + inflate_bits(z, 7);
		}
		if ((symbol == 16 && at == 0) || times > n - at) {
			inflate_fail(z, ERR_FORMAT);
			return;
		}
		memset(z->lengths + at, len, times);
		at += times;
	}
}

static void inflate_dynamic(struct inflate *z)
{
	static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
					  11, 4,  12, 3, 13, 2, 14, 1, 15};
	unsigned int literals = 257 + inflate_bits(z, 5);
	unsigned int distances = 1 + inflate_bits(z, 5);
	unsigned int codes = 4 + inflate_bits(z, 4);

	memset(z->lengths, 0, 19);
	for (unsigned int i = 0; i < codes; i++) {
		z->lengths[order[i]] = (uint8_t)inflate_bits(z, 3);
	}
	if (literals > 286 || distances > 30 || !inflate_make(&z->literals, z->lengths, 19)) {
		inflate_fail(z, ERR_FORMAT);
		return;
	}
	inflate_lengths(z, literals + distances);
	if (z->err != OK || z->lengths[CODE_END] == 0 ||
	    !inflate_make(&z->distances, z->lengths + literals, distances) ||
	    !inflate_make(&z->literals, z->lengths, literals)) {
		inflate_fail(z, ERR_FORMAT);
		return;
	}
	inflate_coded(z);
}

static void inflate_blocks(struct inflate *z)
{
	bool is_last = false;

	while (!is_last && z->err == OK) {
		is_last = inflate_bits(z, 1) != 0;
		switch (inflate_bits(z, 2)) {
		case 0:
			inflate_stored(z);
			break;
		case 1:
			inflate_fixed(z);
			break;
		case 2:
			inflate_dynamic(z);
			break;
		default:
			inflate_fail(z, ERR_FORMAT);
		}
	}
	inflate_flush(z);
}

static void inflate_skip_text(struct inflate *z)
{
	while (z->err == OK && inflate_byte(z) != 0) {
	}
}

static void inflate_header(struct inflate *z)
{
	uint8_t head[10];

	for (unsigned int i = 0; i < sizeof(head); i++) {
		head[i] = inflate_byte(z);
	}
	if (head[0] != 0x1f || head[1] != 0x8b || head[2] != 8 || (head[3] & GZIP_RESERVED)) {
		inflate_fail(z, ERR_FORMAT);
	}
	if (head[3] & GZIP_EXTRA) {
		for (uint32_t n = inflate_bits(z, 16); n > 0 && z->err == OK; n--) {
			(void)inflate_byte(z);
		}
	}
	if (head[3] & GZIP_NAME) {
		inflate_skip_text(z);
	}
	if (head[3] & GZIP_COMMENT) {
		inflate_skip_text(z);
	}
	if (head[3] & GZIP_HCRC) {
		(void)inflate_bits(z, 16);
	}
}

static uint32_t inflate_word(struct inflate *z)
{
	uint32_t low = inflate_bits(z, 16);

	return low | inflate_bits(z, 16) << 16;
}

enum err inflate_gzip(struct inflate *z, const struct inflate_io *io, void *ctx, uint64_t *total)
{
	z->io = io;
	z->ctx = ctx;
	z->err = OK;
	z->bits = z->bit_count = 0;
	z->in_at = z->in_n = z->out_n = 0;
	z->total = 0;
	z->crc = UINT32_MAX;
	inflate_header(z);
	inflate_blocks(z);
	z->bits = z->bit_count = 0;
	if (inflate_word(z) != ~z->crc || inflate_word(z) != (uint32_t)z->total) {
		inflate_fail(z, ERR_FORMAT);
	}
	*total = z->total;
	return z->err;
}
