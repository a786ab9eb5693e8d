/* SPDX-License-Identifier: BSD-3-Clause */
/* Packed images: unpacked straight into guest memory, which also serves as the window to copy from.
 */
/* boot vcpu's CPU, partition starting */
#include "hv/cpu.h"
#include "hv/inflate.h"
#include "hv/load_fmt.h"

struct load_stream {
	struct load *load;
	uint64_t off, left; /* of the image */
	uint64_t end;	    /* next guest address */
};

/* One for each CPU that may be loading. */
static struct inflate load_inflates[MAX_CPUS] __attribute__((noinit));

static enum err load_in(void *ctx, uint8_t *bytes, uint32_t *n)
{
	struct load_stream *s = ctx;
	enum err e;

	*n = *n < s->left ? *n : (uint32_t)s->left;
	e = load_read(s->load, s->off, bytes, *n);
	s->off += *n;
	s->left -= *n;
	return e;
}

static enum err load_out(void *ctx, const uint8_t *bytes, uint32_t n)
{
	struct load_stream *s = ctx;

	if (load_room(s->load, s->end, n) != OK) {
		return ERR_SIZE;
	}
	if (gmem_install(s->load->part, gpa(s->end), bytes, n) != OK) {
		return ERR_RANGE;
	}
	s->end += n;
	return OK;
}

static enum err load_back(void *ctx, uint64_t distance, uint8_t *bytes, uint32_t n)
{
	const struct load_stream *s = ctx;

	return gmem_read(s->load->part, gpa(s->end - distance), bytes, n);
}

enum err load_packed(struct load *l, uint64_t off, uint64_t n, uint64_t entry)
{
	static const struct inflate_io io = {load_in, load_out, load_back};
	struct load_stream s = {.load = l, .off = off, .left = n, .end = l->at};
	enum err e = inflate_gzip(&load_inflates[cpu_self()->index], &io, &s, &l->len);

	if (e == ERR_SIZE) {
		return ERR_FORMAT; /* load_room() has said why */
	}
	if (e != OK) {
		return load_bad(l, "the gzip data in it is damaged");
	}
	if (entry >= l->len) {
		return load_bad(l, "its entry point lies outside of it");
	}
	l->entry = l->at + entry;
	l->has_entry = true;
	return OK;
}
