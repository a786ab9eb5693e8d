/* SPDX-License-Identifier: BSD-3-Clause */
/* Image loading: bounds, the simple formats, and the order of a partition's images. */
/* boot vcpu's CPU, partition starting */
#include <string.h>

#include "hv/load.h"
#include "hv/fmt.h"
#include "hv/load_fmt.h"

#define UIMAGE_MAGIC 0x27051956u
#define UIMAGE_HEADER 64u
#define UIMAGE_RAW 0
#define UIMAGE_GZIP 1
#define UIMAGE_KERNEL 2
#define IMAGE64_MAGIC 0x644d5241u
#define IMAGE64_HEADER 64u
#define IMAGE64_ALIGN MIB(2)

enum err load_bad(struct load *l, const char *fmt, ...)
{
	const char *name = l->image->name;
	size_t n = fmt_print(l->why, l->why_size, "image %s: ", name != NULL ? name : "in memory");
	va_list ap;

	va_start(ap, fmt);
	fmt_vprint(l->why + n, l->why_size - n, fmt, ap);
	va_end(ap);
	return ERR_FORMAT;
}

static struct range load_source(const struct load *l)
{
	return (struct range){0, l->image->size};
}

enum err load_read(struct load *l, uint64_t off, void *to, uint64_t n)
{
	if (!range_covers(load_source(l), off, n)) {
		return load_bad(
		    l, "it is cut short: %" PRIu64 " bytes at %#" PRIx64 " are not there", n, off);
	}
	return hmem_read(hpa(hpa_raw(l->image->src) + off), to, n);
}

enum err load_room(struct load *l, uint64_t at, uint64_t n)
{
	struct range window = {gpa_raw(l->image->dest), l->image->window};
	struct range dtb = l->part->plan->dtb_window;
	struct range place = {at, n};

	if (n == 0) {
		return OK;
	}
	if (!range_valid(place)) {
		return load_bad(l, "it would wrap around the top of the address space");
	}
	if (window.base != IMAGE_AUTO && window.size > 0 && !range_covers(window, at, n)) {
		return load_bad(
		    l, "%#" PRIx64 "..%#" PRIx64 " is outside its window of %#" PRIx64 " bytes", at,
		    at + n - 1, window.size);
	}
	if (dtb.size > 0 && range_overlaps(place, dtb)) {
		return load_bad(l, "%#" PRIx64 "..%#" PRIx64 " would cover the dtb-window", at,
				at + n - 1);
	}
	while (n > 0) {
		uint64_t some;
		hpa_t host;

		if (gmem_lookup(l->part, gpa(at), &host, &some) != OK) {
			return load_bad(l, "guest address %#" PRIx64 " is not memory", at);
		}
		some = some < n ? some : n;
		at += some;
		n -= some;
	}
	return OK;
}

enum err load_copy(struct load *l, uint64_t off, uint64_t at, uint64_t n)
{
	if (n == 0) {
		return OK;
	}
	if (!range_covers(load_source(l), off, n) ||
	    gmem_load(l->part, gpa(at), hpa(hpa_raw(l->image->src) + off), n) != OK) {
		return load_bad(l, "copying it failed");
	}
	return OK;
}

static uint32_t load_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t load_le64(const uint8_t *p)
{
	uint64_t x = 0;

	for (unsigned int i = 8; i > 0; i--) {
		x = x << 8 | p[i - 1];
	}
	return x;
}

/* Payload [off, off+n) of the image to l->at, entered at l->at + entry. */
static enum err load_flat(struct load *l, uint64_t off, uint64_t n, uint64_t memory, uint64_t entry)
{
	if (entry >= n) {
		return load_bad(l, "its entry point lies outside of it");
	}
	if (load_room(l, l->at, memory > n ? memory : n) != OK ||
	    load_copy(l, off, l->at, n) != OK) {
		return ERR_FORMAT;
	}
	l->len = n;
	l->entry = l->at + entry;
	l->has_entry = true;
	return OK;
}

/* U-Boot's legacy image: a 64-byte big-endian header, then the payload. */
enum err load_uimage(struct load *l)
{
	uint8_t h[UIMAGE_HEADER];
	uint32_t size, base, entry;

	if (l->image->size < sizeof(h) || load_read(l, 0, h, sizeof(h)) != OK ||
	    load_be32(h) != UIMAGE_MAGIC) {
		return ERR_NONE;
	}
	size = load_be32(h + 12);
	base = load_be32(h + 16);
	entry = load_be32(h + 20);
	if (size > l->image->size - sizeof(h)) {
		return load_bad(l, "uImage payload of %u bytes, but only %" PRIu64 " are there",
				(unsigned int)size, l->image->size - sizeof(h));
	}
	if (l->at == IMAGE_AUTO) {
		l->at = base;
	}
	if (h[30] == UIMAGE_KERNEL && h[31] == UIMAGE_GZIP) {
		return load_packed(l, sizeof(h), size, (uint64_t)entry - base);
	}
	if (h[31] != UIMAGE_RAW && h[30] == UIMAGE_KERNEL) {
		return load_bad(l, "uImage compression %u is not supported; use gzip or none", h[31]);
	}
	return load_flat(l, sizeof(h), size, size,
			 l->image->role == PLAN_IMAGE_GUEST ? (uint64_t)entry - base : 0);
}

/* First 2 MiB boundary in the partition's memory. */
static uint64_t load_auto_base(const struct part *p)
{
	for (unsigned int i = 0; i < p->plan->mem_count; i++) {
		const struct plan_mem *m = &p->plan->mems[i];
		uint64_t base = align_up(gpa_raw(m->gpa), IMAGE64_ALIGN);

		if (!(m->flags & (PLAN_MEM_DEVICE | PLAN_MEM_DMA_ONLY | PLAN_MEM_SHARED)) &&
		    base - gpa_raw(m->gpa) < m->size) {
			return base;
		}
	}
	return 0;
}

/* The Linux arm64 boot image (Documentation/arch/arm64/booting.rst, section 4). */
enum err load_image64(struct load *l)
{
	uint8_t h[IMAGE64_HEADER];
	uint64_t offset, memory;

	if (ARCH_PLAN != PLAN_ARM64 || l->image->size < sizeof(h) ||
	    load_read(l, 0, h, sizeof(h)) != OK || (uint32_t)load_le64(h + 56) != IMAGE64_MAGIC) {
		return ERR_NONE;
	}
	offset = load_le64(h + 8);
	memory = load_le64(h + 16);
	if (l->at == IMAGE_AUTO) {
		l->at = load_auto_base(l->part) + offset;
	}
	if (!is_aligned(l->at - offset, IMAGE64_ALIGN)) {
		return load_bad(
		    l, "an arm64 Image goes %#" PRIx64 " past a 2 MiB boundary, not to %#" PRIx64,
		    offset, l->at);
	}
	return load_flat(l, 0, l->image->size, memory, 0);
}

enum err load_raw(struct load *l)
{
	if (l->at == IMAGE_AUTO) {
		return load_bad(l, "a raw image needs a destination");
	}
	return load_flat(l, 0, l->image->size, l->image->size, 0);
}

static enum err load_one(struct load *l)
{
	enum err e;

	if (l->image->size == 0) {
		return load_bad(l, "it is empty or missing");
	}
	e = load_elf(l);
	if (e == ERR_NONE) {
		e = load_uimage(l);
	}
	if (e == ERR_NONE) {
		e = load_image64(l);
	}
	return e == ERR_NONE ? load_raw(l) : e;
}

enum err load_images(struct part *p, uint64_t *entry, char *why, size_t why_size)
{
	bool has_guest = false;

	for (unsigned int i = 0; i < p->plan->image_count; i++) {
		const struct plan_image *image = &p->plan->images[i];
		struct load l = {.part = p, .image = image, .why = why, .why_size = why_size};

		l.at = gpa_raw(image->dest);
		if (load_one(&l) != OK) {
			return ERR_FORMAT;
		}
		if (image->role == PLAN_IMAGE_ROOTFS) {
			p->initrd_size = l.len;
		} else if (image->role == PLAN_IMAGE_GUEST && l.has_entry) {
			*entry = l.entry;
			has_guest = true;
		}
	}
	if (!has_guest) {
		fmt_print(why, why_size, "it has no guest-image");
		return ERR_NONE;
	}
	return OK;
}
