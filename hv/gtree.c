/* SPDX-License-Identifier: BSD-3-Clause */
/* Guest trees at run time. The blob is the planner's own, so libfdt may trust its structure. */
/* any CPU */
#include <libfdt.h>
#include <string.h>

#include "hv/gtree.h"
#include "hv/fmt.h"

/* For what gtree_update() writes. */
#define GTREE_RESERVE 512u

enum err gtree_open(struct part *p)
{
	return fdt_open_into(p->gtree, p->gtree, (int)p->gtree_room) == 0 ? OK : ERR_SIZE;
}

/* Full paths only: libfdt would follow an alias, and an alias of a guest's making has no end. */
static int gtree_find(const void *fdt, const char *path)
{
	return *path == '/' ? fdt_path_offset(fdt, path) : -FDT_ERR_BADPATH;
}

/* The node of a path, made with its parents where it is missing. */
static int gtree_node(void *fdt, const char *path)
{
	int node = gtree_find(fdt, path);
	const char *at = path;

	if (node != -FDT_ERR_NOTFOUND) {
		return node;
	}
	node = 0;
	while (*at == '/') {
		const char *name = at + strspn(at, "/");
		size_t n = strcspn(name, "/");
		int child;

		if (n == 0) {
			break;
		}
		child = fdt_subnode_offset_namelen(fdt, node, name, (int)n);
		if (child == -FDT_ERR_NOTFOUND) {
			child = fdt_add_subnode_namelen(fdt, node, name, (int)n);
		}
		if (child < 0) {
			return child;
		}
		node = child;
		at = name + n;
	}
	return node;
}

static uint32_t gtree_used(const void *fdt)
{
	return fdt_off_dt_strings(fdt) + fdt_size_dt_strings(fdt);
}

static int gtree_put(void *fdt, const char *path, const char *name, const void *value, uint32_t len)
{
	int node = gtree_node(fdt, path);

	return node < 0 ? node : fdt_setprop(fdt, node, name, value, (int)len);
}

static int gtree_put_u64(void *fdt, const char *path, const char *name, uint64_t x)
{
	fdt64_t be = cpu_to_fdt64(x);

	return gtree_put(fdt, path, name, &be, sizeof(be));
}

static int gtree_put_text(void *fdt, const char *path, const char *name, const char *text)
{
	return gtree_put(fdt, path, name, text, (uint32_t)strlen(text) + 1);
}

/* What changes from start to start: the initrd's length. */
static int gtree_update(struct part *p)
{
	void *fdt = p->gtree;
	int bad = 0;

	for (unsigned int i = 0; i < p->plan->image_count && p->initrd_size > 0; i++) {
		const struct plan_image *image = &p->plan->images[i];

		if (image->role == PLAN_IMAGE_ROOTFS) {
			uint64_t start = gpa_raw(image->dest);

			bad |= gtree_put_u64(fdt, "/chosen", "linux,initrd-start", start);
			bad |= gtree_put_u64(fdt, "/chosen", "linux,initrd-end",
					     start + p->initrd_size);
		}
	}
	return bad;
}

/* How the last life ended; left out when a tight dtb-window has no room for it. */
static void gtree_tell_end(struct part *p)
{
	const char *reason = p->was_restarted ? "restart" : "stop";

	if (p->stopped_by == PART_BY_WATCHDOG) {
		reason = p->stop_text;
	}
	if (p->stopped_by != PART_BY_NONE) {
		(void)gtree_put_text(p->gtree, "/hypervisor", "fsl,hv-stopped-by",
				     part_reason_name(p->stopped_by));
		(void)gtree_put_text(p->gtree, "/hypervisor", "fsl,hv-reason-stopped", reason);
	}
}

enum err gtree_install(struct part *p, char *why, size_t why_size)
{
	struct range window = p->plan->dtb_window;
	enum err e = ERR_SIZE;
	uint32_t used;

	lock_take(&p->gtree_lock);
	if (gtree_update(p) != 0) {
		fmt_print(why, why_size, "no room is left in its guest tree");
		goto out;
	}
	gtree_tell_end(p);
	used = gtree_used(p->gtree);
	if (used > window.size) {
		fmt_print(why, why_size,
			  "its guest tree of %u bytes does not fit the dtb-window of %" PRIu64,
			  (unsigned int)used, window.size);
		goto out;
	}
	fdt_set_totalsize(p->gtree, used);
	e = gmem_install(p, gpa(window.base), p->gtree, used);
	fdt_set_totalsize(p->gtree, p->gtree_room);
	if (e != OK) {
		fmt_print(why, why_size, "its dtb-window is not memory it can write");
	}
out:
	lock_drop(&p->gtree_lock);
	return e;
}

enum err gtree_get(struct part *p, const char *path, const char *name, void *value, uint32_t *len)
{
	enum err e = ERR_NONE;
	const void *val;
	int node;
	int n;

	lock_take(&p->gtree_lock);
	node = gtree_find(p->gtree, path);
	val = node < 0 ? NULL : fdt_getprop(p->gtree, node, name, &n);
	if (val != NULL) {
		e = (uint32_t)n <= *len ? OK : ERR_SIZE;
		*len = (uint32_t)n;
		if (e == OK) {
			memcpy(value, val, (size_t)n);
		}
	}
	lock_drop(&p->gtree_lock);
	return e;
}

/* What the next start itself adds always has room, whatever was set before. */
static bool gtree_has_room(const struct part *p, size_t path, size_t name, size_t len)
{
	/* A missing node costs its name and 12 bytes; a path of n characters has at most n / 2. */
	size_t need = GTREE_RESERVE + 9 * path + name + len;

	return need <= p->gtree_room - gtree_used(p->gtree);
}

enum err gtree_set(struct part *p, const char *path, const char *name, const void *value,
		   uint32_t len)
{
	int bad = -FDT_ERR_NOSPACE;

	lock_take(&p->gtree_lock);
	if (gtree_has_room(p, strlen(path), strlen(name), len)) {
		bad = gtree_put(p->gtree, path, name, value, len);
	}
	lock_drop(&p->gtree_lock);
	if (bad == -FDT_ERR_BADPATH) {
		return ERR_NONE;
	}
	return bad == 0 ? OK : ERR_FULL;
}
