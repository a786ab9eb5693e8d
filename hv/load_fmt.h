/* SPDX-License-Identifier: BSD-3-Clause */
/* One image on its way into guest memory, shared by the format readers. */
#ifndef HV_LOAD_FMT_H
#define HV_LOAD_FMT_H

#include "hv/part.h"

struct load {
	struct part *part;
	const struct plan_image *image;
	uint64_t at;         /* where it starts in guest memory; IMAGE_AUTO: the format decides */
	uint64_t len;        /* bytes of guest memory filled, counted from at */
	uint64_t entry;      /* guest-physical */
	bool has_entry;
	char *why;           /* one line when something is wrong */
	size_t why_size;
};

/* Bytes of the image itself. ERR_FORMAT with a reason: it is shorter than that. */
must_check enum err load_read(struct load *l, uint64_t off, void *to, uint64_t n);
/* True when [at, at+n) is guest memory inside the image's window and clear of the guest tree. */
must_check enum err load_room(struct load *l, uint64_t at, uint64_t n);
/* Copy image bytes [off, off+n) to guest address at; both have been checked. */
must_check enum err load_copy(struct load *l, uint64_t off, uint64_t at, uint64_t n);
/*
 * A gzip member at [off, off+n) of the image, unpacked to l->at; entered at l->at + entry, if the
 * image is the one to enter.
 */
must_check enum err load_packed(struct load *l, uint64_t off, uint64_t n, uint64_t entry);
/* Record the reason; always ERR_FORMAT. */
must_check enum err load_bad(struct load *l, const char *fmt, ...) printf_like(2, 3);

/* One format each: ERR_NONE when the image is of another kind. */
must_check enum err load_elf(struct load *l);
must_check enum err load_uimage(struct load *l);
must_check enum err load_image64(struct load *l);
must_check enum err load_raw(struct load *l);

#endif
