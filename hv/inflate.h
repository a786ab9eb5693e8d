/* SPDX-License-Identifier: BSD-3-Clause */
/* Unpacking gzip members (RFC 1951, RFC 1952), in bounded memory and without trusting a byte of them. */
/* pure */
#ifndef HV_INFLATE_H
#define HV_INFLATE_H

#include "hv/err.h"
#include "hv/types.h"

#define INFLATE_IN 512u
#define INFLATE_OUT 2048u

/* Where bytes come from and go to. */
struct inflate_io {
	/* Up to *n more bytes; *n becomes how many there were, 0 at the end. */
	enum err (*in)(void *ctx, uint8_t *bytes, uint32_t *n);
	/* The next bytes of the result. */
	enum err (*out)(void *ctx, const uint8_t *bytes, uint32_t n);
	/* n bytes of the result that out() has taken, from `distance` before its present end. */
	enum err (*back)(void *ctx, uint64_t distance, uint8_t *bytes, uint32_t n);
};

/* A canonical Huffman code: how many codes of each length, and the symbols in code order. */
struct inflate_code {
	uint16_t count[16];
	uint16_t symbol[288];
};

/* Working memory; the caller provides it, nothing needs to be set. */
struct inflate {
	const struct inflate_io *io;
	void *ctx;
	enum err err;          /* the first thing that went wrong; everything after is void */
	uint32_t bits;         /* bits read ahead, and how many */
	uint32_t bit_count;
	uint32_t in_at, in_n;
	uint32_t out_n;
	uint32_t crc;
	uint64_t total;        /* bytes given to out() */
	struct inflate_code literals, distances;
	uint8_t lengths[320];
	uint8_t in[INFLATE_IN];
	uint8_t out[INFLATE_OUT];
};

/*
 * One gzip member; *total becomes the bytes unpacked. ERR_FORMAT: it is damaged, cut short or not
 * gzip; other errors are those of io.
 */
must_check enum err inflate_gzip(struct inflate *z, const struct inflate_io *io, void *ctx,
				 uint64_t *total);

#endif
