/* SPDX-License-Identifier: BSD-3-Clause */
/* The few questions a program asks its device tree, on top of libfdt. */
/* any CPU, read-only */
#include "kit/kit.h"

#include <libfdt.h>
#include <string.h>

static uint64_t cells_get(const fdt32_t *cells, int n)
{
	uint64_t x = 0;

	while (n-- > 0) {
		x = x << 32 | fdt32_to_cpu(*cells++);
	}
	return x;
}

bool fdt_node_reg(int node, unsigned int n, uint64_t *addr, uint64_t *size)
{
	int parent = fdt_parent_offset(fdt, node);
	int ac, sc, len;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &len);

	if (parent < 0 || !reg) {
		return false;
	}
	ac = fdt_address_cells(fdt, parent);
	sc = fdt_size_cells(fdt, parent);
	if (ac < 0 || sc < 0 || (unsigned int)len / 4 < (n + 1) * (unsigned int)(ac + sc)) {
		return false;
	}
	reg += n * (unsigned int)(ac + sc);
	*addr = cells_get(reg, ac);
	*size = cells_get(reg + ac, sc);
	return true;
}

uint32_t fdt_node_irq(int node, unsigned int n)
{
	unsigned int cells = irq_cell_count();
	int len;
	const fdt32_t *prop = fdt_getprop(fdt, node, "interrupts", &len);

	if (!prop || (unsigned int)len / 4 < (n + 1) * cells) {
		return 0;
	}
	return irq_cells(prop + n * cells, cells);
}

uint32_t fdt_node_u32(int node, const char *name, uint32_t fallback)
{
	int len;
	const fdt32_t *prop = fdt_getprop(fdt, node, name, &len);

	return prop && len == 4 ? fdt32_to_cpu(*prop) : fallback;
}

int fdt_node_compatible_n(const char *compatible, unsigned int n)
{
	int node = -1;

	do {
		node = fdt_node_offset_by_compatible(fdt, node, compatible);
	} while (node >= 0 && n-- > 0);
	return node;
}

bool fdt_ram(unsigned int n, uint64_t *addr, uint64_t *size)
{
	int node = -1;
	unsigned int i;

	for (;;) {
		node = fdt_node_offset_by_prop_value(fdt, node, "device_type", "memory", 7);
		if (node < 0) {
			return false;
		}
		for (i = 0; fdt_node_reg(node, i, addr, size); i++) {
			if (n-- == 0) {
				return true;
			}
		}
	}
}
