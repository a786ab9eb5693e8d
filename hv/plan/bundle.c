/* SPDX-License-Identifier: BSD-3-Clause */
/* Lookups in a bundle. */
/* pure; U-Boot's FIT source file format: /images/<name> with data, data-offset or data-position */
#include "hv/plan/bundle.h"

#include <libfdt.h>
#include <string.h>

static uint32_t total_size(const void *blob)
{
	uint32_t v;

	memcpy(&v, (const uint8_t *)blob + offsetof(struct fdt_header, totalsize), sizeof(v));
	return fdt32_to_cpu(v);
}

/* data-offset counts from the end of the tree, rounded up to 4; data-position from its start. */
static enum err external_data(const struct tree *fit, size_t fit_size, unsigned node,
			      const uint8_t **data, size_t *len)
{
	const struct tree_prop *offset = tree_prop(fit, node, "data-offset");
	const struct tree_prop *position = tree_prop(fit, node, "data-position");
	const struct tree_prop *size = tree_prop(fit, node, "data-size");
	uint64_t at;

	if (!size || size->len != 4 ||
	    !((offset && offset->len == 4) || (position && position->len == 4))) {
		return ERR_FORMAT;
	}
	at = position && position->len == 4
		 ? tree_cell(position, 0)
		 : (((uint64_t)total_size(fit->blob) + 3) & ~UINT64_C(3)) + tree_cell(offset, 0);
	if (!range_covers((struct range){0, fit_size}, at, tree_cell(size, 0))) {
		return ERR_FORMAT;
	}
	*data = fit->blob + at;
	*len = tree_cell(size, 0);
	return OK;
}

enum err bundle_image(const struct tree *fit, size_t fit_size, const char *name,
		      const uint8_t **data, size_t *len, const char **why)
{
	unsigned images = tree_child(fit, TREE_ROOT, "images");
	unsigned node = images != NONE ? tree_child(fit, images, name) : NONE;
	const struct tree_prop *p;
	const char *compression;

	if (node == NONE) {
		return ERR_NONE;
	}
	compression = tree_str(fit, node, "compression");
	if (compression && strcmp(compression, "none") != 0) {
		*why = "it is compressed by the bundle; store it with compression \"none\"";
		return ERR_FORMAT;
	}
	*why = "it has no data, or its data lies outside the bundle";
	p = tree_prop(fit, node, "data");
	if (!p) {
		return external_data(fit, fit_size, node, data, len);
	}
	*data = p->val;
	*len = p->len;
	return p->len ? OK : ERR_FORMAT;
}

enum err bundle_find(const void *fit, size_t size, struct arena *scratch, const char *name,
		     const uint8_t **data, size_t *len)
{
	struct tree t;
	const char *why;
	const uint8_t *inner;
	size_t inner_len;
	enum err e = tree_index(&t, fit, size, scratch);

	if (e == OK) {
		e = bundle_image(&t, size, name, data, len, &why);
	}
	if (e != ERR_NONE || bundle_image(&t, size, "bundle", &inner, &inner_len, &why) != OK ||
	    ((uintptr_t)inner & 7) != 0) {
		return e;
	}
	e = tree_index(&t, inner, inner_len, scratch);
	return e == OK ? bundle_image(&t, inner_len, name, data, len, &why) : e;
}
