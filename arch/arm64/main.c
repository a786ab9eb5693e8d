/* SPDX-License-Identifier: BSD-3-Clause */
/* C entry of the boot CPU: refuse wrong exception levels, set up memory, hand over to the core. */
/* boot CPU only */
#include "main.h"

#include "arch/sysreg.h"
#include "dtscan.h"
#include "hmem.h"
#include "hv/arch.h"

#include <string.h>

/* Compare the node a scan is at with an absolute path. */
static bool node_is(const struct dtscan *s, const char *path)
{
	if (s->depth == 0 || s->depth > DTSCAN_DEPTH) {
		return false;
	}
	for (unsigned int i = 1; i <= s->depth; i++) {
		size_t n = strlen(s->path[i]);

		if (*path != '/' || strncmp(path + 1, s->path[i], n) != 0) {
			return false;
		}
		path += 1 + n;
	}
	return *path == 0 || *path == ':';
}

/* The value of a string property of /chosen or /aliases, or NULL. */
static const char *string_of(const void *tree, const char *node, const char *prop, size_t n)
{
	struct dtscan s;
	enum dtscan_kind kind;

	if (dtscan_open(&s, tree, DTSCAN_MAX) == 0) {
		return NULL;
	}
	while ((kind = dtscan_next(&s)) != DTSCAN_END) {
		if (kind == DTSCAN_PROP && s.depth == 1 && strcmp(s.path[1], node) == 0 &&
		    dtscan_prop_named(&s, prop, n) && s.len != 0 && s.data[s.len - 1] == 0) {
			return (const char *)s.data;
		}
	}
	return NULL;
}

/* Registers of the PL011 under stdout-path, without translation by `ranges`; 0: none. */
static uint64_t console_find(const void *tree)
{
	const char *path = string_of(tree, "chosen", "stdout-path", 11);
	bool is_pl011 = false;
	uint64_t base = 0;
	unsigned int ac = 2;
	struct dtscan s;
	enum dtscan_kind kind;

	if (path != NULL && *path != '/') {
		path = string_of(tree, "aliases", path, strcspn(path, ":"));
	}
	if (path == NULL || dtscan_open(&s, tree, DTSCAN_MAX) == 0) {
		return 0;
	}
	while ((kind = dtscan_next(&s)) != DTSCAN_END) {
		if (kind != DTSCAN_PROP) {
			continue;
		}
		if (s.depth == 0 && dtscan_prop_is(&s, "#address-cells")) {
			ac = (unsigned int)dtscan_cells(&s, 0, 1) == 1 ? 1 : 2;
		} else if (node_is(&s, path) && dtscan_prop_is(&s, "reg")) {
			base = dtscan_cells(&s, 0, ac);
		} else if (node_is(&s, path) && dtscan_prop_is(&s, "compatible") && s.len > 9) {
			is_pl011 = memcmp(s.data, "arm,pl011", 9) == 0;
		}
	}
	return is_pl011 ? base : 0;
}

static void pl011_print(uint64_t base, const char *text)
{
	volatile uint32_t *regs = (volatile uint32_t *)base;

	for (; *text != 0; text++) {
		for (unsigned int i = 0; i < 100000 && (regs[0x18 / 4] & BIT(5)) != 0; i++) {
			cpu_relax();
		}
		regs[0] = (uint8_t)*text;
	}
}

void early_main(uint64_t tree, uint64_t el)
{
	uint64_t base;

	if (el == 2) {
		hmem_early(tree);
		return;
	}
	base = console_find((const void *)tree);
	if (base != 0) {
		pl011_print(base, el == 1 ? "facet: entered at EL1" : "facet: entered at EL3");
		pl011_print(base, ", needs EL2: firmware must start it in the hypervisor's mode "
				  "(QEMU: -M virt,virtualization=on,secure=off)\r\n");
	}
	early_stop();
}

void arch_main(uint64_t tree)
{
	struct boot_info boot = {
		.hw_tree = hpa(tree),
		.cpu = sysreg_rd(mpidr_el1) & MPIDR_AFFINITY,
		.image = { (uint64_t)_image_begin, (uint64_t)(_image_end - _image_begin) },
	};

	hv_main(&boot);
}
