/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Kernel images as U-Boot's bootm takes them: ELF, legacy uImage, FIT; plain or gzip.
 */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "load.h"

#define UIMAGE_MAGIC 0x27051956u
#define UIMAGE_HEADER 64
#define UNPACK_MAX (UINT64_C(256) << 20)

static bool load_fail(const char *what)
{
	fprintf(stderr, "facet-p4080: %s\n", what);
	return false;
}

/* Unpack gzip into memory the caller frees. */
static uint8_t *load_gunzip(const uint8_t *data, size_t size, size_t *out_size)
{
	uint8_t *out = malloc(UNPACK_MAX);
	z_stream z = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)size,
		      .next_out = out, .avail_out = (uInt)UNPACK_MAX};
	int err = out ? inflateInit2(&z, 16 + MAX_WBITS) : Z_MEM_ERROR;

	if (err == Z_OK) {
		err = inflate(&z, Z_FINISH);
		inflateEnd(&z);
	}
	if (err != Z_STREAM_END) {
		free(out);
		return NULL;
	}
	*out_size = z.total_out;
	return out;
}

/* Place one component, unpacking it first. */
static bool load_component(struct machine *m, const uint8_t *data, size_t size, bool gzip,
			   uint64_t load, struct load_result *r)
{
	uint8_t *unpacked = NULL;
	bool ok;

	if (gzip) {
		unpacked = load_gunzip(data, size, &size);
		if (!unpacked)
			return load_fail("damaged gzip data");
		data = unpacked;
	}
	ok = load + size <= m->bus.ram.size && bus_poke(&m->bus, load, data, size);
	free(unpacked);
	if (!ok)
		return load_fail("a component does not fit into memory");
	if (load + size > r->end)
		r->end = load + size;
	return true;
}

static bool load_uimage(struct machine *m, const uint8_t *img, size_t size, struct load_result *r)
{
	uint32_t len = be32_get(img + 12);

	if (len > size - UIMAGE_HEADER || img[31] > 1)
		return load_fail("bad uImage");
	r->entry = be32_get(img + 20);
	return load_component(m, img + UIMAGE_HEADER, len, img[31] == 1, be32_get(img + 16), r);
}

/* --- FIT --- */

static uint32_t fit_u32(const void *fit, int node, const char *name, uint32_t otherwise)
{
	int len;
	const uint8_t *p = fdt_getprop(fit, node, name, &len);

	return p && len >= 4 ? be32_get(p + len - 4) : otherwise;
}

/* The image node a configuration names in its property, entry n of the list; < 0 when none. */
static int fit_image(const void *fit, int conf, const char *prop, int n)
{
	const char *name = fdt_stringlist_get(fit, conf, prop, n, NULL);
	int images = fdt_path_offset(fit, "/images");

	return name && images >= 0 ? fdt_subnode_offset(fit, images, name) : -1;
}

static const uint8_t *fit_data(const void *fit, int node, size_t *size, bool *gzip)
{
	const char *comp = fdt_getprop(fit, node, "compression", NULL);
	int len;
	const uint8_t *p = fdt_getprop(fit, node, "data", &len);

	*gzip = comp && !strcmp(comp, "gzip");
	*size = p ? (size_t)len : 0;
	return p;
}

static bool fit_place(struct machine *m, const void *fit, int node, struct load_result *r)
{
	size_t size;
	bool gzip;
	const uint8_t *data = fit_data(fit, node, &size, &gzip);

	if (!data)
		return load_fail("FIT image without data");
	return load_component(m, data, size, gzip, fit_u32(fit, node, "load", 0), r);
}

static int fit_configuration(const void *fit)
{
	int confs = fdt_path_offset(fit, "/configurations");
	const char *name;

	if (confs < 0)
		return confs;
	name = fdt_getprop(fit, confs, "default", NULL);
	return name ? fdt_subnode_offset(fit, confs, name) : fdt_first_subnode(fit, confs);
}

static bool load_fit(struct machine *m, const uint8_t *fit, size_t size, struct load_result *r)
{
	int conf, kernel, node;
	bool gzip;

	if (fdt_check_full(fit, size))
		return load_fail("damaged FIT");
	conf = fit_configuration(fit);
	kernel = conf < 0 ? conf : fit_image(fit, conf, "kernel", 0);
	if (kernel < 0)
		return load_fail("FIT without a kernel");
	if (!fit_place(m, fit, kernel, r))
		return false;
	r->entry = fit_u32(fit, kernel, "entry", fit_u32(fit, kernel, "load", 0));
	for (int n = 0; (node = fit_image(fit, conf, "loadables", n)) >= 0; n++) {
		if (!fit_place(m, fit, node, r))
			return false;
	}
	node = fit_image(fit, conf, "ramdisk", 0);
	if (node >= 0)
		r->ramdisk = fit_data(fit, node, &r->ramdisk_size, &gzip);
	node = fit_image(fit, conf, "fdt", 0);
	if (node >= 0)
		r->tree = fit_data(fit, node, &r->tree_size, &gzip);
	return true;
}

bool load_image(struct machine *m, const uint8_t *img, size_t size, struct load_result *r)
{
	*r = (struct load_result){0};
	if (size > UIMAGE_HEADER && be32_get(img) == UIMAGE_MAGIC)
		return load_uimage(m, img, size, r);
	if (size > 40 && be32_get(img) == FDT_MAGIC)
		return load_fit(m, img, size, r);
	return load_elf(m, img, size, r);
}
