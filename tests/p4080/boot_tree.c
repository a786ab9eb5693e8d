/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fix-ups U-Boot makes to the board's device tree: memory, clocks, cores, LIODNs, /chosen.
 */
#include "boot.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

#include "virtio.h"

#define TREE_ROOM 8192
#define CCB_HZ 800000000u

/* First error of a chain of edits; later edits are skipped. */
static int tree_error;

static void tree_check(int err, const char *what)
{
	if (err < 0 && !tree_error) {
		tree_error = err;
		fprintf(stderr, "facet-p4080: device tree: %s: %s\n", what, fdt_strerror(err));
	}
}

static void tree_u32(void *fdt, int node, const char *name, uint32_t val)
{
	tree_check(fdt_setprop_u32(fdt, node, name, val), name);
}

static void tree_string(void *fdt, int node, const char *name, const char *val)
{
	tree_check(fdt_setprop_string(fdt, node, name, val), name);
}

static void tree_memory(void *fdt, const struct machine *m)
{
	int node = fdt_path_offset(fdt, "/memory");
	uint8_t reg[16];

	be64_put(reg, 0);
	be64_put(reg + 8, m->bus.ram.size);
	tree_check(node < 0 ? node : fdt_setprop(fdt, node, "reg", reg, sizeof(reg)), "memory");
}

static void tree_cpu(void *fdt, int node, const struct machine *m, const struct boot_layout *lay,
		     uint32_t n)
{
	tree_u32(fdt, node, "timebase-frequency", BOOT_TB_HZ);
	tree_u32(fdt, node, "clock-frequency", BOOT_TB_HZ * m->cfg.tbdiv);
	tree_u32(fdt, node, "bus-frequency", CCB_HZ);
	tree_u32(fdt, node, "cache-stash-id", 32 + n * 4);
	tree_string(fdt, node, "status", n ? "disabled" : "okay");
	if (!n)
		return;
	tree_string(fdt, node, "enable-method", "spin-table");
	tree_check(fdt_setprop_u64(fdt, node, "cpu-release-addr", lay->spin + 64 * n),
		   "cpu-release-addr");
}

static void tree_cpus(void *fdt, const struct machine *m, const struct boot_layout *lay)
{
	int cpus = fdt_path_offset(fdt, "/cpus");
	char name[32];

	for (uint32_t n = 0; n < MACHINE_CORES && cpus >= 0; n++) {
		int node;

		snprintf(name, sizeof(name), "/cpus/PowerPC,e500mc@%u", n);
		node = fdt_path_offset(fdt, name);
		if (node < 0)
			tree_check(node, name);
		else if (n >= m->cfg.cores)
			tree_check(fdt_del_node(fdt, node), name);
		else
			tree_cpu(fdt, node, m, lay, n);
	}
	tree_check(cpus, "/cpus");
}

/* Every node of a compatible: one property. */
static void tree_each(void *fdt, const char *compatible, const char *name, uint32_t val)
{
	int node = -1;

	while ((node = fdt_node_offset_by_compatible(fdt, node, compatible)) >= 0)
		tree_u32(fdt, node, name, val);
}

static void tree_soc(void *fdt)
{
	int soc = fdt_path_offset(fdt, "/soc@ffe000000");
	int node = -1;
	uint32_t liodn = 193;

	tree_check(soc, "/soc");
	if (soc >= 0)
		tree_u32(fdt, soc, "bus-frequency", CCB_HZ);
	tree_each(fdt, "ns16550", "clock-frequency", CCB_HZ / 2);
	tree_each(fdt, "fsl,p4080-l3-cache-controller", "cache-stash-id", 56);
	while ((node = fdt_node_offset_by_compatible(fdt, node, "fsl,eloplus-dma")) >= 0)
		tree_u32(fdt, node, "fsl,liodn", liodn++);
	/* No PCI Express card is in any slot: U-Boot disables ports without a link. */
	node = -1;
	while ((node = fdt_node_offset_by_compatible(fdt, node, "fsl,p4080-pcie")) >= 0)
		tree_string(fdt, node, "status", "disabled");
}

/* The block device that is not on the chip: as mainline's virtio-mmio driver wants it. */
static void tree_virtio(void *fdt)
{
	int soc = fdt_path_offset(fdt, "/soc@ffe000000");
	int node = soc < 0 ? soc : fdt_add_subnode(fdt, soc, "virtio@1f0000");
	uint8_t cells[16];

	tree_check(node, "virtio");
	if (node < 0)
		return;
	tree_string(fdt, node, "compatible", "virtio,mmio");
	be32_put(cells, VIRTIO_CCSR);
	be32_put(cells + 4, 0x200);
	tree_check(fdt_setprop(fdt, node, "reg", cells, 8), "reg");
	be32_put(cells, VIRTIO_IRQ);
	be32_put(cells + 4, 2);
	be64_put(cells + 8, 0);
	tree_check(fdt_setprop(fdt, node, "interrupts", cells, 16), "interrupts");
	tree_u32(fdt, node, "fsl,liodn", VIRTIO_LIODN);
}

static void tree_chosen(void *fdt, const struct boot_config *cfg, const struct boot_layout *lay)
{
	int node = fdt_path_offset(fdt, "/chosen");

	if (node < 0)
		node = fdt_add_subnode(fdt, 0, "chosen");
	tree_check(node, "/chosen");
	if (node < 0)
		return;
	if (cfg->append)
		tree_string(fdt, node, "bootargs", cfg->append);
	tree_string(fdt, node, "linux,stdout-path", "/soc@ffe000000/serial@11c500");
	tree_string(fdt, node, "stdout-path", "/soc@ffe000000/serial@11c500");
	if (!lay->initrd_size)
		return;
	tree_check(fdt_setprop_u64(fdt, node, "linux,initrd-start", lay->initrd), "initrd");
	tree_check(fdt_setprop_u64(fdt, node, "linux,initrd-end", lay->initrd + lay->initrd_size),
		   "initrd");
}

uint8_t *boot_tree(struct machine *m, const struct boot_config *cfg, const struct boot_layout *lay,
		   const uint8_t *board, size_t board_size, size_t *size)
{
	uint8_t *fdt = malloc(board_size + TREE_ROOM);

	tree_error = 0;
	tree_check(fdt_check_full(board, board_size) ? -FDT_ERR_BADSTRUCTURE : 0, "check");
	if (fdt && !tree_error)
		tree_check(fdt_open_into(board, fdt, (int)(board_size + TREE_ROOM)), "open");
	if (!fdt || tree_error) {
		free(fdt);
		return NULL;
	}
	tree_memory(fdt, m);
	tree_cpus(fdt, m, lay);
	tree_soc(fdt);
	tree_virtio(fdt);
	tree_chosen(fdt, cfg, lay);
	tree_check(fdt_add_mem_rsv(fdt, lay->spin, BUS_PAGE_SIZE), "memreserve");
	tree_check(fdt_pack(fdt), "pack");
	if (tree_error) {
		free(fdt);
		return NULL;
	}
	*size = fdt_totalsize(fdt);
	return fdt;
}
