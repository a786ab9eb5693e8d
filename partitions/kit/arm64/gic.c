/* SPDX-License-Identifier: BSD-3-Clause */
/* GICv2 and GICv3 as a guest drives them: Group 1, one priority, shared lines to CPU 0. */
/* any CPU; distributor bits are set/clear registers, so CPUs need no lock */
#include "kit/arm64/arm64.h"

#include <libfdt.h>

enum {
	GICD_CTLR = 0x0,
	GICD_TYPER = 0x4,
	GICD_IGROUPR = 0x80,
	GICD_ISENABLER = 0x100,
	GICD_ICENABLER = 0x180,
	GICD_ICACTIVER = 0x380,
	GICD_IPRIORITYR = 0x400,
	GICD_ITARGETSR = 0x800,
	GICD_ICFGR = 0xc00,
	GICD_SGIR = 0xf00,
	GICD_IROUTER = 0x6000,
	GICR_TYPER = 0x8,
	GICR_WAKER = 0x14,
	GICR_SGI = 0x10000,
	GICC_CTLR = 0x0,
	GICC_PMR = 0x4,
	GICC_IAR = 0xc,
	GICC_EOIR = 0x10,
	SPURIOUS = 1020,
	PRIORITY = 0xa0,
};

struct gic gic;
static uint64_t redists[KIT_CPUS];
static uint8_t masks[KIT_CPUS]; /* v2: GICD's target bit of each CPU */

void trap_irq(void);

static void gic_find(void)
{
	uint64_t size;
	int node = fdt_node_compatible_n("arm,gic-v3", 0);
	static const char *const v2[] = {"arm,cortex-a15-gic", "arm,gic-400"};
	unsigned int i;

	if (node >= 0) {
		gic.version = 3;
		fdt_node_reg(node, 0, &gic.dist, &size);
		fdt_node_reg(node, 1, &gic.redist, &gic.redist_size);
		return;
	}
	for (i = 0; i < 2 && node < 0; i++) {
		node = fdt_node_compatible_n(v2[i], 0);
	}
	if (node >= 0) {
		gic.version = 2;
		fdt_node_reg(node, 0, &gic.dist, &size);
		fdt_node_reg(node, 1, &gic.cpu, &size);
	}
}

static void gic_dist_wait(void)
{
	while (gic.version == 3 && mmio_read32(gic.dist + GICD_CTLR) & (1u << 31)) {
		cpu_relax();
	}
}

void irq_init(void)
{
	uint32_t lines, i;

	gic_find();
	if (gic.version == 0) {
		return;
	}
	lines = 32 * ((mmio_read32(gic.dist + GICD_TYPER) & 0x1f) + 1);
	mmio_write32(gic.dist + GICD_CTLR, 0);
	gic_dist_wait();
	for (i = 32; i < lines; i += 32) {
		mmio_write32(gic.dist + GICD_ICENABLER + i / 8, ~0u);
		mmio_write32(gic.dist + GICD_ICACTIVER + i / 8, ~0u);
		if (gic.version == 3) {
			mmio_write32(gic.dist + GICD_IGROUPR + i / 8, ~0u);
		}
	}
	for (i = 32; i < lines; i += 4) {
		mmio_write32(gic.dist + GICD_IPRIORITYR + i, PRIORITY * 0x01010101u);
	}
	gic_dist_wait();
	/* v3: affinity routing and Group 1; v2: the one enable bit there is. */
	mmio_write32(gic.dist + GICD_CTLR, gic.version == 3 ? 0x12 : 1);
	gic_dist_wait();
}

static uint64_t gic_redist_find(void)
{
	uint64_t mine = sysreg_read(mpidr_el1);
	uint64_t aff = (mine >> 8 & 0xff000000) | (mine & 0xffffff);
	uint64_t at, typer;

	for (at = gic.redist; at - gic.redist < gic.redist_size; at += 0x20000) {
		typer = mmio_read64(at + GICR_TYPER);
		if (typer >> 32 == aff) {
			return at;
		}
		if (typer & 1 << 4) {
			break;
		}
	}
	return gic.redist;
}

uint64_t gic_redist(void)
{
	return redists[cpu_index()];
}

static void gic3_cpu_init(void)
{
	uint64_t redist = gic_redist_find();
	uint64_t sgi = redist + GICR_SGI;
	unsigned int i;

	redists[cpu_index()] = redist;
	mmio_write32(redist + GICR_WAKER, mmio_read32(redist + GICR_WAKER) & ~2u);
	while (mmio_read32(redist + GICR_WAKER) & 4) {
		cpu_relax();
	}
	mmio_write32(sgi + GICD_IGROUPR, ~0u);
	mmio_write32(sgi + GICD_ICENABLER, ~0u);
	mmio_write32(sgi + GICD_ICACTIVER, ~0u);
	for (i = 0; i < 32; i += 4) {
		mmio_write32(sgi + GICD_IPRIORITYR + i, PRIORITY * 0x01010101u);
	}
	mmio_write32(sgi + GICD_ISENABLER, 0xff); /* inter-processor interrupts */
	sysreg_write(S3_0_C12_C12_5, sysreg_read(S3_0_C12_C12_5) | 1); /* ICC_SRE_EL1 */
	isb();
	sysreg_write(S3_0_C4_C6_0, 0xf8); /* ICC_PMR_EL1 */
	sysreg_write(S3_0_C12_C12_4, 0);  /* ICC_CTLR_EL1: EOI ends and deactivates */
	sysreg_write(S3_0_C12_C12_7, 1);  /* ICC_IGRPEN1_EL1 */
	isb();
}

static void gic2_cpu_init(void)
{
	unsigned int i;

	masks[cpu_index()] = (uint8_t)mmio_read32(gic.dist + GICD_ITARGETSR);
	mmio_write32(gic.dist + GICD_ICENABLER, 0xffff0000);
	mmio_write32(gic.dist + GICD_ICACTIVER, ~0u);
	for (i = 0; i < 32; i += 4) {
		mmio_write32(gic.dist + GICD_IPRIORITYR + i, PRIORITY * 0x01010101u);
	}
	mmio_write32(gic.dist + GICD_ISENABLER, 0xff);
	mmio_write32(gic.cpu + GICC_PMR, 0xf8);
	mmio_write32(gic.cpu + GICC_CTLR, 1);
}

void irq_cpu_init(void)
{
	if (gic.version == 3) {
		gic3_cpu_init();
	} else if (gic.version == 2) {
		gic2_cpu_init();
	}
	irq_unmask();
}

unsigned int irq_cell_count(void)
{
	return 3;
}

/* Interrupt specifiers of the GIC binding: type (0 shared, 1 private), number, flags. */
uint32_t irq_cells(const uint32_t *cells, unsigned int n)
{
	(void)n;
	return fdt32_to_cpu(cells[1]) + (fdt32_to_cpu(cells[0]) == 0 ? 32 : 16);
}

static void gic_line_route(uint32_t irq)
{
	if (gic.version == 3) {
		mmio_write64(gic.dist + GICD_IROUTER + 8 * (uint64_t)irq, cpu_affinity(0));
	} else {
		*(volatile uint8_t *)(gic.dist + GICD_ITARGETSR + irq) = masks[0];
	}
}

void irq_line_on(uint32_t irq, bool on)
{
	uint64_t base = irq < 32 && gic.version == 3 ? gic_redist() + GICR_SGI : gic.dist;
	uint64_t at = base + (on ? GICD_ISENABLER : GICD_ICENABLER) + irq / 32 * 4;

	if (on && irq >= 32) {
		gic_line_route(irq);
	}
	mmio_write32(at, 1u << irq % 32);
}

void irq_edge(uint32_t irq)
{
	uint64_t at = gic.dist + GICD_ICFGR + irq / 16 * 4;

	mmio_write32(at, mmio_read32(at) | 2u << 2 * (irq % 16));
}

uint32_t irq_ipi(unsigned int ipi)
{
	return ipi;
}

/* ICC_SGI1R_EL1 / GICD_SGIR. */
void irq_send(unsigned int cpu, unsigned int ipi)
{
	uint64_t aff = cpu_affinity(cpu);

	dsb();
	if (gic.version == 3) {
		uint64_t v = (uint64_t)1 << (aff & 0xf) | (aff >> 4 & 0xf) << 44 |
			     (aff >> 8 & 0xff) << 16 | (aff >> 16 & 0xff) << 32 |
			     (aff >> 32 & 0xff) << 48 | (uint64_t)ipi << 24;

		sysreg_write(S3_0_C12_C11_5, v);
		isb();
	} else {
		/* To oneself by filter: with one CPU there are no target bits (IHI 0048, 4.3.12). */
		mmio_write32(gic.dist + GICD_SGIR,
			     (cpu == cpu_index() ? 2u << 24 : (uint32_t)masks[cpu] << 16) | ipi);
	}
}

void irq_mask(void)
{
	__asm__ volatile("msr daifset, #2" : : : "memory");
}

void irq_unmask(void)
{
	__asm__ volatile("msr daifclr, #2; isb" : : : "memory");
}

void trap_irq(void)
{
	for (;;) {
		uint32_t iar = gic.version == 3 ? (uint32_t)sysreg_read(S3_0_C12_C12_0)
						: mmio_read32(gic.cpu + GICC_IAR);
		uint32_t irq = iar & (gic.version == 3 ? 0xffffff : 0x3ff);

		if (irq >= SPURIOUS && irq < 1024) {
			return;
		}
		irq_dispatch(irq);
		if (gic.version == 3) {
			sysreg_write(S3_0_C12_C12_1, iar);
			isb();
		} else {
			mmio_write32(gic.cpu + GICC_EOIR, iar);
		}
	}
}
