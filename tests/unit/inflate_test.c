/* SPDX-License-Identifier: BSD-3-Clause */
/* gzip unpacking against gzip itself: all levels and kinds of data, cut and damaged everywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/inflate.h"

#define MOST 400000u

static uint8_t plain[MOST], packed[MOST + 4096], got[MOST + 4096];
static struct inflate z;

struct stream {
	const uint8_t *in;
	uint32_t at, n;
	uint32_t step; /* bytes given at a time */
	uint32_t out, room;
};

static enum err stream_in(void *ctx, uint8_t *bytes, uint32_t *n)
{
	struct stream *s = ctx;

	*n = *n < s->step ? *n : s->step;
	*n = *n < s->n - s->at ? *n : s->n - s->at;
	memcpy(bytes, s->in + s->at, *n);
	s->at += *n;
	return OK;
}

static enum err stream_out(void *ctx, const uint8_t *bytes, uint32_t n)
{
	struct stream *s = ctx;

	if (n > s->room - s->out) {
		return ERR_SIZE;
	}
	memcpy(got + s->out, bytes, n);
	s->out += n;
	return OK;
}

static enum err stream_back(void *ctx, uint64_t distance, uint8_t *bytes, uint32_t n)
{
	struct stream *s = ctx;

	assert_true(distance <= s->out && n <= distance);
	memcpy(bytes, got + s->out - distance, n);
	return OK;
}

static const struct inflate_io io = {stream_in, stream_out, stream_back};

static enum err unpack(uint32_t n, uint32_t step, uint32_t room, uint64_t *total)
{
	struct stream s = {.in = packed, .n = n, .step = step, .room = room};

	memset(got, 0, sizeof(got));
	return inflate_gzip(&z, &io, &s, total);
}

/* Pack plain[0..n) with the system's gzip. */
static uint32_t pack(uint32_t n, const char *options)
{
	char in[] = "/tmp/inflate-in-XXXXXX", command[200];
	int fd = mkstemp(in);
	FILE *f = fdopen(fd, "wb");
	uint32_t size;

	assert_non_null(f);
	assert_int_equal(fwrite(plain, 1, n, f), n);
	fclose(f);
	snprintf(command, sizeof(command), "gzip %s -c %s", options, in);
	f = popen(command, "r");
	assert_non_null(f);
	size = (uint32_t)fread(packed, 1, sizeof(packed), f);
	assert_int_equal(pclose(f), 0);
	remove(in);
	return size;
}

static uint32_t seed = 1;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

enum { ZEROS, NOISE, WORDS, FAR, KINDS };

static void fill(unsigned int kind, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		switch (kind) {
		case ZEROS:
			plain[i] = 0;
			break;
		case NOISE:
			plain[i] = (uint8_t)rnd(256);
			break;
		case WORDS:
			plain[i] = (uint8_t)("the quick brown fox "[(i + rnd(2)) % 20]);
			break;
		default: /* repeats from the far end of the window */
			plain[i] = i < 32000 ? (uint8_t)rnd(256) : plain[i - 32000];
		}
	}
}

static void round_trips(void **state)
{
	static const char *const options[] = {"-1", "-6", "-9 -n", "-6 -N"};
	static const uint32_t sizes[] = {0, 1, 2, 300, 2047, 2048, 2049, 65535, 65536, MOST};

	(void)state;
	for (unsigned int kind = 0; kind < KINDS; kind++) {
		for (unsigned int i = 0; i < 10; i++) {
			for (unsigned int o = 0; o < 4; o++) {
				uint32_t n;
				uint64_t total = 0;

				fill(kind, sizes[i]);
				n = pack(sizes[i], options[o]);
				assert_int_equal(unpack(n, o == 0 ? 7 : 100000, MOST, &total), OK);
				assert_int_equal(total, sizes[i]);
				assert_memory_equal(got, plain, sizes[i]);
			}
		}
	}
}

static void cut_short(void **state)
{
	uint64_t total;
	uint32_t n;

	(void)state;
	fill(WORDS, 5000);
	n = pack(5000, "-9");
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(unpack(i, 100000, MOST, &total), ERR_FORMAT);
	}
	assert_int_equal(unpack(n, 100000, 4999, &total), ERR_SIZE);
	assert_int_equal(unpack(n, 100000, 5000, &total), OK);
}

/* Whatever is changed: an error, or (in bits without meaning) the very same result. */
static void damaged(void **state)
{
	uint64_t total;
	uint32_t n;

	(void)state;
	for (unsigned int kind = 0; kind < KINDS; kind++) {
		fill(kind, 3000);
		n = pack(3000, "-6");
		for (uint32_t i = 0; i < 4000; i++) {
			uint32_t at = rnd(n), bit = rnd(8);

			packed[at] ^= (uint8_t)(1u << bit);
			if (unpack(n, 100000, MOST, &total) == OK) {
				assert_int_equal(total, 3000);
				assert_memory_equal(got, plain, 3000);
			}
			packed[at] ^= (uint8_t)(1u << bit);
		}
	}
	for (uint32_t i = 0; i < 20000; i++) {
		for (uint32_t k = 10; k < 200; k++) {
			packed[k] = (uint8_t)rnd(256);
		}
		assert_int_not_equal(unpack(200, 100000, MOST, &total), OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(round_trips),
	    cmocka_unit_test(cut_short),
	    cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests_name("inflate", tests, NULL, NULL);
}
