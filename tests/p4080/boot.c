/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Placing the images and starting core 0.
 */
#include "boot.h"

#include <stdio.h>
#include <stdlib.h>

#include "load.h"

#define MB (UINT64_C(1) << 20)

static bool boot_place(struct machine *m, uint64_t pa, const uint8_t *data, size_t size,
		       const char *what)
{
	if (pa + size <= m->bus.ram.size && bus_poke(&m->bus, pa, data, size))
		return true;
	fprintf(stderr, "facet-p4080: no room for the %s\n", what);
	return false;
}

static bool boot_initrd(struct machine *m, const struct boot_config *cfg, struct boot_layout *lay)
{
	uint8_t *data;
	size_t size;
	bool ok;

	if (!cfg->initrd)
		return true;
	data = load_file(cfg->initrd, &size);
	if (!data)
		return false;
	lay->initrd = 64 * MB;
	lay->initrd_size = size;
	ok = boot_place(m, lay->initrd, data, size, "initrd");
	free(data);
	return ok;
}

static bool boot_place_tree(struct machine *m, const struct boot_config *cfg,
			    const struct boot_layout *lay)
{
	size_t size;
	uint8_t *fdt = boot_tree(m, cfg, lay, &size);
	bool ok = fdt && boot_place(m, lay->dtb, fdt, size, "device tree");

	free(fdt);
	return ok;
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

bool boot_machine(struct machine *m, const struct boot_config *cfg)
{
	/* The tree and the spin table sit at the end of the 64 MB core 0 has mapped. */
	struct boot_layout lay = {.dtb = 62 * MB, .spin = 63 * MB};
	struct load_result r;
	uint8_t *img;
	size_t size;
	bool ok;

	img = load_file(cfg->image, &size);
	if (!img)
		return false;
	ok = load_elf(m, img, size, &r);
	free(img);
	if (!ok || !boot_initrd(m, cfg, &lay))
		return false;
	boot_registers(m, cfg);
	if (cfg->dtb) {
		if (r.end > lay.dtb) {
			fprintf(stderr, "facet-p4080: the image reaches over the device tree\n");
			return false;
		}
		if (!spin_init(m, lay.spin) || !boot_place_tree(m, cfg, &lay))
			return false;
	}
	for (unsigned n = 0; n < (cfg->start_all ? m->cfg.cores : 1); n++)
		load_start(m->core[n], r.entry, cfg->dtb ? (uint32_t)lay.dtb : 0);
	return true;
}
