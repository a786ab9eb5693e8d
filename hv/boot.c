/* SPDX-License-Identifier: BSD-3-Clause */
/* From what firmware left in memory to a plan. */
/* boot CPU only */
#include <libfdt.h>
#include <string.h>

#include "hv/boot.h"
#include "hv/console.h"
#include "hv/fmt.h"
#include "hv/log.h"
#include "hv/part.h"
#include "hv/plan/bundle.h"
#include "hv/plan/tree.h"

#define BOOT_ARENA MIB(2)
#define BOOT_HW_TREE KIB(128)
#define BOOT_CFG_TREE KIB(256)
/* Longest device tree blob that is looked at, before the padding is cut. */
#define BOOT_TREE_MAX MIB(16)

/* A bundle linked into the image: a linker symbol pair that most images do not have. */
extern const uint8_t bundle_start[] __attribute__((weak));
extern const uint8_t bundle_end[] __attribute__((weak));

static uint8_t boot_arena_memory[BOOT_ARENA] __attribute__((noinit)) aligned_to(PAGE_SIZE);
static uint8_t boot_hw[BOOT_HW_TREE] __attribute__((noinit)) aligned_to(8);
static uint8_t boot_cfg[BOOT_CFG_TREE] __attribute__((noinit)) aligned_to(8);

static struct arena boot_arena;
static const struct plan *boot_sealed;
static struct plan_input boot_in;
static struct tree boot_tree;    /* index of the hardware tree, at the arena's far end */
static size_t boot_arena_size;   /* of what the index leaves */
static struct range boot_bundle; /* host-physical; size 0: none, or the one linked in */

static void boot_arena_reset(void)
{
	boot_arena.base = boot_arena_memory;
	boot_arena.size = boot_arena_size;
	boot_arena.used = 0;
}

/* A blob in host memory, copied to an aligned place without its padding. Returns its size, 0:
 * unusable. */
static size_t boot_copy_tree(hpa_t at, uint8_t *to, size_t room)
{
	uint64_t n = BOOT_TREE_MAX;
	const void *blob;

	if (hpa_raw(at) == 0) {
		return 0;
	}
	blob = arch_hmem(at, &n);
	return blob == NULL ? 0 : tree_copy(to, room, blob, (size_t)n);
}

bool boot_hardware(const struct boot_info *boot)
{
	boot_in.arch = ARCH_PLAN;
	boot_in.image = boot->image;
	boot_in.boot_cpu = boot->cpu;
	boot_in.hw = boot_hw;
	boot_in.hw_size = boot_copy_tree(boot->hw_tree, boot_hw, sizeof(boot_hw));
	if (boot_in.hw_size == 0) {
		log_print(LOG_ERROR,
			  "no device tree of the board at %#" PRIx64 ", or longer than %u KiB",
			  hpa_raw(boot->hw_tree), (unsigned int)(BOOT_HW_TREE / 1024));
		return false;
	}
	boot_arena_size = sizeof(boot_arena_memory);
	boot_arena_reset();
	if (tree_index(&boot_tree, boot_hw, boot_in.hw_size, &boot_arena) != OK) {
		log_print(LOG_ERROR, "the board's device tree is damaged: %s", boot_tree.problem);
		return false;
	}
	boot_arena_size = boot_arena.size;
	boot_in.hw_index = &boot_tree;
	arch_hmem_ram(&boot_tree);
	console_early(&boot_tree);
	return true;
}

/* One or two cells. */
static uint64_t boot_number(const struct tree *hw, unsigned int node, const char *name)
{
	const struct tree_prop *p = tree_prop(hw, node, name);

	return p == NULL || (p->len != 4 && p->len != 8) ? 0 : tree_cells(p, 0, p->len / 4);
}

/* "config-addr=0x..." in the boot arguments, as Topaz takes it. */
static uint64_t boot_config_addr(const struct tree *hw, unsigned int chosen)
{
	const char *args = tree_str(hw, chosen, "bootargs");
	const char *at = args == NULL ? NULL : strstr(args, "config-addr=");
	char word[24];
	uint64_t addr;
	size_t n;

	if (at == NULL) {
		return 0;
	}
	at += strlen("config-addr=");
	n = strcspn(at, " ");
	if (n >= sizeof(word)) {
		return 0;
	}
	memcpy(word, at, n);
	word[n] = 0;
	return fmt_number(word, &addr) ? addr : 0;
}

/* The layout of a bundle that lies at boot_in.bundle. */
static bool boot_open_bundle(void)
{
	const uint8_t *layout;
	size_t n;

	if (bundle_find(boot_in.bundle, boot_in.bundle_size, &boot_arena, BUNDLE_LAYOUT, &layout,
			&n) != OK) {
		log_print(LOG_ERROR, "the bundle is not a FIT with an image named \"%s\"",
			  BUNDLE_LAYOUT);
		return false;
	}
	if (n > sizeof(boot_cfg)) {
		log_print(LOG_ERROR, "the layout in the bundle is longer than %u KiB",
			  (unsigned int)(sizeof(boot_cfg) / 1024));
		return false;
	}
	memcpy(boot_cfg, layout, n);
	boot_in.cfg_size = n;
	return true;
}

/*
 * U-Boot can hand over a bundle where it lies inside an outer FIT, aligned to 4 bytes only, but a
 * tree is read at multiples of 8. The bytes in front are the outer FIT's, which has done its work.
 */
static bool boot_view_bundle(struct range at)
{
	uint64_t shift = at.base & 7;
	uint64_t n = at.size + shift;
	uint8_t *view = arch_hmem(hpa(at.base - shift), &n);

	if (view == NULL || n < at.size + shift) {
		log_print(LOG_ERROR, "the bundle at %#" PRIx64 " cannot be seen in one piece",
			  at.base);
		return false;
	}
	if (shift != 0) {
		memmove(view, view + shift, (size_t)at.size);
	}
	boot_bundle = (struct range){at.base - shift, at.size};
	boot_in.bundle = view;
	boot_in.bundle_size = (size_t)at.size;
	boot_in.bundle_at = hpa(boot_bundle.base);
	return true;
}

/* Bytes of the bundle inside the image; without one both symbols are 0. */
static size_t boot_linked_size(void)
{
	return (size_t)((uintptr_t)bundle_end - (uintptr_t)bundle_start);
}

/*
 * What config-addr= leads to: a layout, or a bundle at a multiple of 8. U-Boot puts a FIT's loadables
 * where they say and tells nobody, so that is how it hands over a bundle without a RAM disk.
 */
static bool boot_config(uint64_t config)
{
	uint64_t n = BOOT_TREE_MAX;
	const void *blob = (config & 7) == 0 ? arch_hmem(hpa(config), &n) : NULL;
	const uint8_t *layout;
	size_t size;

	if (blob != NULL && n >= sizeof(struct fdt_header) && fdt_magic(blob) == FDT_MAGIC &&
	    fdt_totalsize(blob) <= n &&
	    bundle_find(blob, fdt_totalsize(blob), &boot_arena, BUNDLE_LAYOUT, &layout, &size) == OK) {
		return boot_view_bundle((struct range){config, fdt_totalsize(blob)}) &&
		       boot_open_bundle();
	}
	boot_in.cfg_size = boot_copy_tree(hpa(config), boot_cfg, sizeof(boot_cfg));
	if (boot_in.cfg_size == 0) {
		log_print(LOG_ERROR, "config-addr=%#" PRIx64 ": no layout and no bundle there", config);
	}
	return boot_in.cfg_size != 0;
}

/* The layout, wherever it is: bootargs, the initrd, the image. First hit wins. */
static bool boot_layout(const struct tree *hw)
{
	unsigned int chosen = tree_by_path(hw, "/chosen", 7);
	uint64_t config = chosen == NONE ? 0 : boot_config_addr(hw, chosen);
	uint64_t start = chosen == NONE ? 0 : boot_number(hw, chosen, "linux,initrd-start");
	uint64_t end = chosen == NONE ? 0 : boot_number(hw, chosen, "linux,initrd-end");

	boot_in.cfg = boot_cfg;
	if (start != 0 && end > start && !boot_view_bundle((struct range){start, end - start})) {
		return false;
	}
	if (config != 0) {
		return boot_config(config);
	}
	if (boot_in.bundle != NULL) {
		return boot_open_bundle();
	}
	if (boot_linked_size() > 0) {
		boot_in.bundle = bundle_start;
		boot_in.bundle_size = boot_linked_size();
		boot_in.bundle_at = arch_hmem_address(bundle_start);
		return boot_open_bundle();
	}
	log_print(LOG_ERROR,
		  "no layout: neither config-addr=, nor an initrd with a bundle, nor one inside");
	return false;
}

/* True when some area that a partition uses covers part of the bundle. */
static bool boot_is_in_the_way(const struct plan *plan)
{
	for (unsigned int i = 0; i < plan->pma_count && boot_bundle.size > 0; i++) {
		const struct plan_pma *pma = &plan->pmas[i];
		struct range r = {hpa_raw(pma->base), pma->size};

		if (pma->owner != OWNER_HV && pma->user_count > 0 && range_valid(r) &&
		    range_overlaps(r, boot_bundle)) {
			return true;
		}
	}
	return false;
}

/* Room for the bundle in the hypervisor's own memory, clear of its image and of the bundle itself.
 */
static bool boot_new_place(const struct plan *plan, struct range *place)
{
	for (unsigned int i = 0; i < plan->hvmem_count; i++) {
		struct range r = plan->hvmem[i];
		struct range image = boot_in.image;

		/* The image cuts an area in two: take what is behind it, else what is before it. */
		if (range_overlaps(r, image)) {
			uint64_t after = align_up(image.base + image.size, PAGE_SIZE);

			if (range_has(r, after) && r.size - (after - r.base) >= boot_bundle.size) {
				r.size -= after - r.base;
				r.base = after;
			} else {
				r.size = image.base > r.base ? image.base - r.base : 0;
			}
		}
		place->base = align_up(r.base, PAGE_SIZE);
		place->size = boot_bundle.size;
		if (r.size > 0 && range_covers(r, place->base, place->size) &&
		    !range_overlaps(*place, boot_bundle)) {
			return true;
		}
	}
	return false;
}

static bool boot_move_bundle(const struct plan *plan)
{
	struct range place;
	uint64_t n;
	void *to;

	if (!boot_new_place(plan, &place)) {
		log_print(LOG_ERROR,
			  "the bundle at %#" PRIx64 " lies where a partition's memory is, and "
			  "hv-memory has no %" PRIu64 " KiB to move it to",
			  boot_bundle.base, boot_bundle.size / 1024);
		return false;
	}
	n = place.size;
	to = arch_hmem(hpa(place.base), &n);
	if (to == NULL || n < place.size ||
	    hmem_read(hpa(boot_bundle.base), to, place.size) != OK) {
		log_print(LOG_ERROR, "the bundle cannot be moved to %#" PRIx64, place.base);
		return false;
	}
	log_print(LOG_DEBUG, "bundle moved from %#" PRIx64 " to %#" PRIx64, boot_bundle.base,
		  place.base);
	return boot_view_bundle(place);
}

struct plan *boot_plan(void)
{
	struct plan *plan;

	if (!boot_layout(&boot_tree)) {
		return NULL;
	}
	boot_arena_reset();
	plan = plan_build(&boot_in, &boot_arena);
	if (plan != NULL && boot_is_in_the_way(plan)) {
		if (!boot_move_bundle(plan)) {
			return NULL;
		}
		boot_arena_reset();
		plan = plan_build(&boot_in, &boot_arena);
	}
	if (plan == NULL) {
		log_print(LOG_ERROR, "the plan of this layout does not fit %u KiB",
			  (unsigned int)(BOOT_ARENA / 1024));
	}
	return plan;
}

struct range boot_seal(struct plan *plan)
{
	plan_seal(plan, &boot_arena);
	boot_sealed = plan;
	return (struct range){(uintptr_t)boot_arena.base, sizeof(boot_arena_memory)};
}

bool boot_plan_is_intact(void)
{
	return plan_sum(boot_sealed, &boot_arena) == boot_sealed->checksum;
}
