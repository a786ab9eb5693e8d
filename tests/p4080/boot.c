/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Placing the images and starting core 0.
 */
#include "boot.h"

#include <stdio.h>
#include <stdlib.h>

#include "load.h"
#include "nor.h"

#define MB (UINT64_C(1) << 20)

static bool boot_place(struct machine *m, uint64_t pa, const uint8_t *data, size_t size,
		       const char *what)
{
	if (pa + size <= m->bus.ram.size && bus_poke(&m->bus, pa, data, size))
		return true;
	fprintf(stderr, "facet-p4080: no room for the %s\n", what);
	return false;
}

static bool boot_initrd(struct machine *m, const struct boot_config *cfg,
			const struct load_result *r, struct boot_layout *lay)
{
	uint8_t *file = NULL;
	const uint8_t *data = r->ramdisk;
	size_t size = r->ramdisk_size;
	bool ok;

	if (cfg->initrd) {
		file = load_file(cfg->initrd, &size);
		if (!file)
			return false;
		data = file;
	}
	if (!data)
		return true;
	lay->initrd = 64 * MB;
	lay->initrd_size = size;
	ok = boot_place(m, lay->initrd, data, size, "initrd");
	free(file);
	return ok;
}

/* The tree: --dtb, or the one in the FIT. */
static bool boot_place_tree(struct machine *m, const struct boot_config *cfg,
			    const struct load_result *r, const struct boot_layout *lay)
{
	uint8_t *file = NULL;
	const uint8_t *board = r->tree;
	size_t board_size = r->tree_size;
	uint8_t *fdt;
	size_t size;
	bool ok;

	if (cfg->dtb) {
		file = load_file(cfg->dtb, &board_size);
		if (!file)
			return false;
		board = file;
	}
	fdt = boot_tree(m, cfg, lay, board, board_size, &size);
	ok = fdt && boot_place(m, lay->dtb, fdt, size, "device tree");
	free(fdt);
	free(file);
	return ok;
}

static bool boot_flash(struct machine *m, const struct boot_config *cfg)
{
	for (unsigned n = 0; n < cfg->flash_count; n++) {
		size_t size;
		uint8_t *data = load_file(cfg->flash[n].path, &size);
		bool ok = data && nor_program(m, cfg->flash[n].off, data, size);

		free(data);
		if (!ok) {
			fprintf(stderr, "facet-p4080: cannot put %s into the flash\n",
				cfg->flash[n].path);
			return false;
		}
	}
	return true;
}

static void boot_register(struct machine *m, uint32_t off, uint32_t val)
{
	struct bus_req req = {CCSR_BASE + off, 4, 0, 0, BUS_STORE};

	bus_write(&m->bus, &req, val);
}

/* Registers U-Boot has set: LIODNs of the DMA engines as the tree says; then the user's. */
static void boot_registers(struct machine *m, const struct boot_config *cfg)
{
	boot_register(m, 0xe0580, 193);
	boot_register(m, 0xe0584, 194);
	for (unsigned n = 0; n < cfg->poke_count; n++)
		boot_register(m, cfg->poke[n].off, cfg->poke[n].val);
}

/* Without a spin table a core out of reset begins where all began. */
static void boot_restart(void *arg, struct core *c)
{
	load_start(c, *(const uint64_t *)arg, 0);
}

bool boot_machine(struct machine *m, const struct boot_config *cfg)
{
	/* The tree and the spin table sit at the end of the 64 MB core 0 has mapped. */
	struct boot_layout lay = {.dtb = 62 * MB, .spin = 63 * MB};
	static uint64_t entry; /* of this process's one machine */
	struct load_result r;
	uint8_t *img;
	size_t size;
	bool tree;
	bool ok;

	img = load_file(cfg->image, &size);
	if (!img)
		return false;
	ok = load_image(m, img, size, &r) && boot_initrd(m, cfg, &r, &lay) && boot_flash(m, cfg);
	tree = cfg->dtb || r.tree;
	if (ok && tree && r.end > lay.dtb) {
		fprintf(stderr, "facet-p4080: the image reaches over the device tree\n");
		ok = false;
	}
	if (ok && tree)
		ok = spin_init(m, lay.spin) && boot_place_tree(m, cfg, &r, &lay);
	free(img);
	if (!ok)
		return false;
	boot_registers(m, cfg);
	entry = r.entry;
	if (!tree) {
		m->firmware = boot_restart;
		m->firmware_arg = &entry;
	}
	for (unsigned n = 0; n < (cfg->start_all ? m->cfg.cores : 1); n++)
		load_start(m->core[n], r.entry, tree ? (uint32_t)lay.dtb : 0);
	return true;
}
