/* SPDX-License-Identifier: BSD-3-Clause */
/* LPIs of the physical GICv3: their configuration and pending tables, and switching them on. */
/*
 * The configuration never changes after boot: which LPI interrupts whom is decided at the ITS, and
 * whether a guest hears it by its virtual GIC.
 */
#include "arch/mmio.h"
#include "drivers/gic_its_cmd.h"
#include "drivers/gic_its_regs.h"
#include "drivers/gicv3.h"
#include "drivers/gicv3_regs.h"
#include "hv/cpu.h"
#include "hv/msi_hw.h"
#include "hv/pool.h"

enum {
	SETTLE_US = 10000,
	ID_BITS_LEAST = 14,      /* of INTIDs, when there are LPIs (IHI 0069, 12.11: PROPBASER) */
	LPI_PRIO = 0xa0,         /* acknowledged and ended at once; the guest's priority is virtual */
	PEND_ALIGN = 0x10000,
};

static uint8_t *config;          /* a byte for each LPI from LPI_FIRST on */
static void *pending[MAX_CPUS];
static unsigned int id_bits;

enum err gic_lpi_init(const struct plan *plan, uint32_t cpu_set)
{
	uint32_t typer = mmio_rd32(gicv3_dist(), GICD_TYPER);
	unsigned int bits = its_event_bits(plan->board.lpi_end - 1);
	uint64_t count;

	bits = bits < ID_BITS_LEAST ? ID_BITS_LEAST : bits;
	if (!(typer & GICD_TYPER_LPIS) || bits > field_get(GICD_TYPER_ID_BITS, typer) + 1) {
		return ERR_UNSUPPORTED;
	}
	for (unsigned int i = 0; i < plan->cpu_count; i++) {
		if (cpu_set >> i & 1) {
			pending[i] = pool_align((size_t)(UINT64_C(1) << bits) / 8, PEND_ALIGN);
			if (pending[i] == NULL) {
				return ERR_FULL;
			}
		}
	}
	count = (UINT64_C(1) << bits) - LPI_FIRST;
	config = pool_align((size_t)count, PAGE_SIZE);
	if (config == NULL) {
		return ERR_FULL;
	}
	for (uint32_t lpi = LPI_FIRST; lpi < plan->board.lpi_end; lpi++) {
		config[lpi - LPI_FIRST] = LPI_PRIO | LPI_ENABLED;
	}
	id_bits = bits;
	return OK;
}

/* A table's base with cacheable attributes, or without where the redistributor takes none. */
static void base_set(volatile void *frame, uint64_t reg, const void *table, uint64_t size,
		     uint64_t rest)
{
	uint64_t x = hpa_raw(arch_hmem_address(table)) | rest;

	mmio_wr64(frame, reg, x | field_put(GICR_INNER, GITS_INNER_WB) |
				      field_put(GITS_SHARE, GITS_SHARE_INNER));
	if (field_get(GITS_SHARE, mmio_rd64(frame, reg)) != GITS_SHARE_INNER) {
		mmio_wr64(frame, reg, x | field_put(GICR_INNER, GITS_INNER_NC));
		arch_cache_sync(table, size);
	}
}

static bool lpis_settled(volatile void *frame)
{
	return cpu_wait_until(!(mmio_rd32(frame, GICR_CTLR) & GICR_CTLR_RWP), SETTLE_US);
}

enum err gic_lpi_cpu_init(unsigned int cpu)
{
	volatile void *frame = gicv3_redist(cpu);
	uint64_t ids = UINT64_C(1) << id_bits;
	uint32_t ctlr;

	if (pending[cpu] == NULL || config == NULL) {
		return OK;
	}
	if (!(mmio_rd64(frame, GICR_TYPER) & GICR_TYPER_PLPIS)) {
		return ERR_UNSUPPORTED;
	}
	ctlr = mmio_rd32(frame, GICR_CTLR);
	if (ctlr & GICR_CTLR_LPIS) {
		/* Whether it can be taken back is the implementation's choice. */
		mmio_wr32(frame, GICR_CTLR, ctlr & ~(uint32_t)GICR_CTLR_LPIS);
		if (!lpis_settled(frame) || mmio_rd32(frame, GICR_CTLR) & GICR_CTLR_LPIS) {
			return ERR_STATE;
		}
	}
	base_set(frame, GICR_PROPBASER, config, ids - LPI_FIRST,
		 field_put(GICR_PROPBASER_ID_BITS, id_bits - 1));
	base_set(frame, GICR_PENDBASER, pending[cpu], ids / 8, GICR_PENDBASER_ZERO);
	dev_mb();
	mmio_wr32(frame, GICR_CTLR, mmio_rd32(frame, GICR_CTLR) | (uint32_t)GICR_CTLR_LPIS);
	return lpis_settled(frame) ? OK : ERR_TIMEOUT;
}
