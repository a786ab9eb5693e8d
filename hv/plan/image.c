/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout: the images of a partition, from the bundle or by address, and where they go. */
/* pure; Linux Documentation/arm64/booting.rst for the Image header */
#include <string.h>

#include "hv/plan/bundle.h"
#include "hv/plan/ctx.h"

#define ARM64_MAGIC 0x644d5241u /* "ARM\x64", little endian, at byte 56 */
#define ARM64_BASE MIB(2)	/* text_offset counts from a multiple of this */
#define ROOTFS_ALIGN KIB(64)
#define ENTRIES_MAX 32u /* images of one partition */

/* A partition's images while they are read. */
struct build {
	struct ctx *c;
	struct plan_part *part;
	unsigned index;
	struct plan_image list[ENTRIES_MAX];
	uint64_t extent[ENTRIES_MAX]; /* guest memory it takes from dest, 0: unknown */
	unsigned count;
};

static uint64_t le64(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--) {
		v = v << 8 | p[i];
	}
	return v;
}

/* Behind a name, cells are not aligned. */
static uint64_t be_bytes(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < n; i++) {
		v = v << 8 | p[i];
	}
	return v;
}

static bool is_arm64_image(const uint8_t *data, size_t len)
{
	return len >= 64 && (uint32_t)le64(data + 56) == ARM64_MAGIC;
}

static bool places_itself(const uint8_t *data, size_t len)
{
	return len >= 4 &&
	       (memcmp(data, "\177ELF", 4) == 0 || memcmp(data, "\x27\x05\x19\x56", 4) == 0);
}

static void malformed(struct build *b, const char *prop, const char *why)
{
	diag_add(b->c, CHECK_IMAGE_MALFORMED, b->index, b->part->cfg_index, prop, NULL, "%s: %s",
		 why, plan_right_IMAGE_MALFORMED);
}

static struct plan_image *entry_add(struct build *b, const char *prop, struct plan_image img)
{
	if (b->count == ENTRIES_MAX) {
		malformed(b, prop, "more than 32 images");
		return NULL;
	}
	b->extent[b->count] = img.size;
	b->list[b->count] = img;
	return &b->list[b->count++];
}

static void missing(struct build *b, const char *prop, const char *name)
{
	const struct tree *fit = &b->c->fit;
	unsigned images = tree_child(fit, TREE_ROOT, "images"), best = 3;
	const char *hint = NULL;

	for (unsigned n = images != NONE ? fit->nodes[images].child : NONE; n != NONE;
	     n = fit->nodes[n].next) {
		unsigned d = text_distance(name, fit->nodes[n].name, 2);

		if (d < best) {
			best = d;
			hint = fit->nodes[n].name;
		}
	}
	diag_add(b->c, CHECK_IMAGE_MISSING, b->index, b->part->cfg_index, prop, NULL,
		 "the bundle has no image \"%s\"%s%s%s", name, hint ? "; did you mean \"" : "",
		 hint ? hint : "", hint ? "\"?" : "");
}

/* Find the bytes. False: a finding was made, or the desk cannot know. */
static bool name_resolve(struct build *b, const char *prop, const char *name, const uint8_t **data,
			 size_t *len)
{
	struct ctx *c = b->c;
	const char *why = NULL;
	enum err e;

	if (!c->has_fit) {
		diag_add(c,
			 c->in->image.size || c->in->bundle ? CHECK_IMAGE_NO_BUNDLE
							    : CHECK_IMAGE_UNCHECKED,
			 b->index, b->part->cfg_index, prop, NULL,
			 "image \"%s\" cannot be looked up: there is no bundle", name);
		return false;
	}
	e = bundle_image(&c->fit, c->fit_size, name, data, len, &why);
	if (e == ERR_NONE) {
		missing(b, prop, name);
	} else if (e != OK) {
		diag_add(c, CHECK_IMAGE_FORMAT, b->index, b->part->cfg_index, prop, NULL,
			 "image \"%s\" cannot be used: %s", name, why);
	}
	return e == OK;
}

static const struct plan_mem *first_ram(const struct build *b)
{
	/* "first" is the order of the layout, not of addresses */
	for (unsigned i = 0; i < b->c->gma_count; i++) {
		const struct gma *g = &b->c->gmas[i];

		if (g->part == b->index && g->pma != NONE && !g->is_dma_only) {
			return guestmem_ram(b->part, (struct range){g->gpa, 1});
		}
	}
	return NULL;
}

/* Where an image without destination goes, and how much room it takes when it runs. */
static void place_default(struct build *b, struct plan_image *img, const uint8_t *data)
{
	const struct plan_mem *ram = first_ram(b);
	uint64_t base = ram ? gpa_raw(ram->gpa) : 0;

	img->dest = gpa(IMAGE_AUTO);
	if (img->role != PLAN_IMAGE_GUEST || places_itself(data, img->size)) {
		return;
	}
	if (is_arm64_image(data, img->size)) {
		img->dest = gpa(align_up(base, ARM64_BASE) + le64(data + 8));
	} else {
		img->dest = gpa(base);
	}
}

static uint64_t extent_of(const struct plan_image *img, const uint8_t *data)
{
	uint64_t run = is_arm64_image(data, img->size) ? le64(data + 16) : 0;

	return run > img->size ? run : img->size;
}

static void named_entry(struct build *b, uint8_t role, const char *prop, const char *name,
			const uint8_t *tail)
{
	struct plan_image img = {.role = role, .name = name, .dest = gpa(IMAGE_AUTO)};
	const uint8_t *data = NULL;
	size_t len = 0;
	bool found = name_resolve(b, prop, name, &data, &len);
	struct plan_image *entry;

	if (found) {
		img.size = len;
		img.src = hpa(hpa_raw(b->c->in->bundle_at) +
			      (uint64_t)(data - (const uint8_t *)b->c->in->bundle));
	}
	if (tail) {
		img.dest = gpa(be_bytes(tail, 8));
		img.window = be_bytes(tail + 8, 8);
	} else if (found) {
		place_default(b, &img, data);
	}
	entry = entry_add(b, prop, img);
	if (entry && found) {
		b->extent[b->count - 1] = extent_of(&img, data);
	}
}

static void address_entry(struct build *b, uint8_t role, const char *prop, const uint8_t *val)
{
	const struct plan_board *board = &b->c->plan->board;
	unsigned na = board->addr_cells, ns = board->size_cells;
	struct plan_image img = {.role = role};

	img.src = hpa(be_bytes(val, 4 * na));
	img.dest = gpa(be_bytes(val + 4 * na, 4 * na));
	if (na == 1 && gpa_raw(img.dest) == UINT32_MAX) {
		img.dest = gpa(IMAGE_AUTO);
	}
	img.size = img.window = be_bytes(val + 8 * na, 4 * ns);
	if (img.size == 0) {
		diag_add(b->c, CHECK_IMAGE_EMPTY, b->index, b->part->cfg_index, prop, NULL,
			 "the image has size 0: nothing is loaded");
		return;
	}
	entry_add(b, prop, img);
}

/* The first byte tells: an address has its highest byte 0, a name does not. */
static void property_read(struct build *b, uint8_t role, const char *prop)
{
	const struct tree_prop *p = tree_prop(&b->c->cfg, b->part->cfg_index, prop);
	const struct plan_board *board = &b->c->plan->board;
	uint32_t row = 4u * (2 * board->addr_cells + board->size_cells), at = 0, n;

	while (p && at < p->len) {
		const uint8_t *v = p->val + at;

		if (at && role != PLAN_IMAGE_EXTRA) {
			diag_add(b->c, CHECK_PROP_LENGTH, b->index, b->part->cfg_index, prop, NULL,
				 "%s has %u bytes behind the first image: they are ignored", prop,
				 p->len - at);
			return;
		}
		if (*v == 0) {
			if (p->len - at < row) {
				malformed(b, prop, "the entry is too short");
				return;
			}
			address_entry(b, role, prop, v);
			at += row;
			continue;
		}
		n = (uint32_t)strnlen((const char *)v, p->len - at) + 1;
		if (n > p->len - at) {
			malformed(b, prop, "the name does not end");
			return;
		}
		at += n;
		if (at < p->len && p->val[at] == 0 && p->len - at < 16) {
			malformed(b, prop, "a name is followed by less than four cells");
			return;
		}
		named_entry(b, role, prop, (const char *)v,
			    at < p->len && p->val[at] == 0 ? p->val + at : NULL);
		at += at < p->len && p->val[at] == 0 ? 16 : 0;
	}
	if (p && p->len == 0) {
		malformed(b, prop, "it is empty");
	}
}

/* ---------------------------------------------------------------- placing and checking */

static const char *const role_prop[] = {
    [PLAN_IMAGE_EXTRA] = "load-image-table",
    [PLAN_IMAGE_ROOTFS] = "linux-rootfs",
    [PLAN_IMAGE_GUEST] = "guest-image",
};

static bool is_placed(const struct build *b, unsigned i)
{
	return gpa_raw(b->list[i].dest) != IMAGE_AUTO && b->extent[i] != 0;
}

static struct range extent(const struct build *b, unsigned i)
{
	return (struct range){gpa_raw(b->list[i].dest), b->extent[i]};
}

/* A root file system without destination: at the top of the first area, below the tree window. */
static void rootfs_place(struct build *b, struct plan_image *img)
{
	const struct plan_mem *ram = first_ram(b);
	struct range window = b->part->dtb_window, area;
	uint64_t room;

	if (!ram || img->size == 0) {
		return;
	}
	area = (struct range){gpa_raw(ram->gpa), ram->size};
	room = window.size && range_has(area, window.base) ? window.base - area.base : area.size;
	if (img->size > room) {
		diag_add(
		    b->c, CHECK_IMAGE_SIZE, b->index, b->part->cfg_index, "linux-rootfs", ram->path,
		    "\"%s\" of 0x%llx bytes does not fit in the 0x%llx bytes of %s below the tree "
		    "window",
		    img->name, (unsigned long long)img->size, (unsigned long long)room, ram->path);
		return;
	}
	img->dest = gpa(area.base + align_down(room - img->size, ROOTFS_ALIGN));
}

static void backing_check(struct build *b, unsigned i)
{
	const struct plan_image *img = &b->list[i];
	const char *prop = role_prop[img->role], *name = img->name ? img->name : "the image";
	struct range r = extent(b, i);
	const struct plan_mem *ram;

	if (img->window && r.size > img->window) {
		diag_add(b->c, CHECK_IMAGE_SIZE, b->index, b->part->cfg_index, prop, NULL,
			 "%s takes 0x%llx bytes, its window has 0x%llx", name,
			 (unsigned long long)r.size, (unsigned long long)img->window);
		return;
	}
	ram = guestmem_ram(b->part, (struct range){r.base, 1});
	if (!ram) {
		diag_add(b->c, CHECK_IMAGE_UNBACKED, b->index, b->part->cfg_index, prop, NULL,
			 "guest address 0x%llx, where %s goes, is not memory of %s",
			 (unsigned long long)r.base, name, b->part->name);
	} else if (!guestmem_ram(b->part, r)) {
		diag_add(b->c, CHECK_IMAGE_SIZE, b->index, b->part->cfg_index, prop, ram->path,
			 "%s takes 0x%llx bytes from 0x%llx on, %s ends after 0x%llx", name,
			 (unsigned long long)r.size, (unsigned long long)r.base, ram->path,
			 (unsigned long long)(gpa_raw(ram->gpa) + ram->size - r.base));
	}
}

static void overlap_check(struct build *b, unsigned i)
{
	const char *prop = role_prop[b->list[i].role];
	struct range r = extent(b, i), w = b->part->dtb_window;

	if (!range_valid(r)) {
		return;
	}
	if (range_valid(w) && range_overlaps(r, w)) {
		diag_add(b->c, CHECK_IMAGE_OVERLAP, b->index, b->part->cfg_index, prop, NULL,
			 "the image at 0x%llx..0x%llx covers the tree window at 0x%llx",
			 (unsigned long long)r.base, (unsigned long long)range_last(r),
			 (unsigned long long)w.base);
	}
	for (unsigned k = 0; k < i; k++) {
		if (is_placed(b, k) && range_valid(extent(b, k)) &&
		    range_overlaps(r, extent(b, k))) {
			diag_add(b->c, CHECK_IMAGE_OVERLAP, b->index, b->part->cfg_index, prop,
				 NULL,
				 "the image at 0x%llx..0x%llx covers that of %s at 0x%llx..0x%llx",
				 (unsigned long long)r.base, (unsigned long long)range_last(r),
				 role_prop[b->list[k].role], (unsigned long long)extent(b, k).base,
				 (unsigned long long)range_last(extent(b, k)));
		}
	}
}

static void images_check(struct build *b)
{
	for (unsigned i = 0; i < b->count; i++) {
		struct plan_image *img = &b->list[i];

		if (img->role == PLAN_IMAGE_ROOTFS && gpa_raw(img->dest) == IMAGE_AUTO &&
		    img->name) {
			rootfs_place(b, img);
		}
		if (img->role == PLAN_IMAGE_EXTRA && gpa_raw(img->dest) == IMAGE_AUTO &&
		    img->name && img->size) {
			malformed(b, "load-image-table", "a name without destination");
		}
	}
	for (unsigned i = 0; i < b->count; i++) {
		if (is_placed(b, i)) {
			backing_check(b, i);
			overlap_check(b, i);
		}
	}
	if (!tree_has(&b->c->cfg, b->part->cfg_index, "guest-image")) {
		diag_add(b->c, CHECK_IMAGE_NONE, b->index, b->part->cfg_index, NULL, NULL,
			 "%s has no guest-image: it waits for a manager", b->part->name);
	}
}

enum err image_scan(struct ctx *c)
{
	size_t mark = c->arena->size;
	struct build *b = arena_scratch_raw(c->arena, sizeof(*b));

	if (!b) {
		return ERR_SIZE;
	}
	for (unsigned i = 0; i < c->plan->part_count; i++) {
		struct plan_part *part = &c->plan->parts[i];

		b->c = c;
		b->part = part;
		b->index = i;
		b->count = 0;
		property_read(b, PLAN_IMAGE_EXTRA, "load-image-table");
		property_read(b, PLAN_IMAGE_ROOTFS, "linux-rootfs");
		property_read(b, PLAN_IMAGE_GUEST, "guest-image");
		images_check(b);
		part->image_count = (uint16_t)b->count;
		part->images = arena_copy(c->arena, b->list, b->count * sizeof(*b->list));
		if (!part->images) {
			return ERR_SIZE;
		}
	}
	c->arena->size = mark;
	return OK;
}
