/* SPDX-License-Identifier: BSD-3-Clause */
/* The physical ITS: the hypervisor's alone; it maps what the plan gives out and nothing else. */
/*
 * Every command is made here from numbers of the plan, none from what a guest says. So none should
 * be refused; one that is gets replaced by a harmless one, for the queue must go on for the others.
 */
#include "arch/mmio.h"
#include "drivers/gic_its_cmd.h"
#include "drivers/gic_its_regs.h"
#include "drivers/gicv3.h"
#include "drivers/gicv3_regs.h"
#include "hv/cpu.h"
#include "hv/lock.h"
#include "hv/log.h"
#include "hv/msi_hw.h"
#include "hv/pool.h"

enum {
	SETTLE_US = 10000,       /* bound of every wait for the ITS */
	QUEUE = 128,             /* commands: one page of 4 KiB */
	ITT_ALIGN = 256,
	TABLE_FLAT_MAX = 0x4000, /* bytes; above that, two levels */
	PIDR2_REV_SHIFT = 4,
};

static volatile void *regs;
static struct its_limits limits;
static struct its_cmd *queue;             /* NULL: no ITS in use */
static unsigned int queue_next;           /* where the next command goes */
static bool is_queue_coherent, is_table_coherent;
static bool is_refused, is_late;          /* in the batch under way */
static bool is_dead;                      /* it did not answer last time: no more waiting */
static uint32_t planned_cpus;             /* that LPIs go to */
static uint64_t targets[MAX_CPUS];        /* what commands call their redistributors */
static uint32_t mapped_cpus;              /* whose collection is known to the ITS */
static struct its_table devices;
static uint64_t *device_pages;            /* first level of that table, if it has two */
static struct lock its_lock = LOCK_INIT(LOCK_IRQC, "its");

/* ---- command queue ------------------------------------------------------------------------ */

static void queue_write(unsigned int at, struct its_cmd cmd)
{
	queue[at] = cmd;
	if (!is_queue_coherent) {
		arch_cache_sync(&queue[at], sizeof(cmd));
	}
}

/* Commands written so far are the ITS's to take. */
static void queue_publish(uint64_t flags)
{
	dev_mb();
	mmio_wr64(regs, GITS_CWRITER, queue_next * sizeof(struct its_cmd) | flags);
}

/*
 * The command that the ITS will take next. One that stalls it makes way for a SYNC with a target
 * that exists.
 */
static unsigned int queue_read(void)
{
	uint64_t x = mmio_rd64(regs, GITS_CREADR);
	unsigned int at = (unsigned int)((x & GITS_QUEUE_OFFSET) / sizeof(struct its_cmd)) % QUEUE;

	if (unlikely(x & GITS_CREADR_STALLED)) {
		is_refused = true;
		queue_write(at, its_sync(targets[__builtin_ctz(mapped_cpus ? mapped_cpus
									    : planned_cpus)]));
		queue_publish(GITS_CWRITER_RETRY);
	}
	return at;
}

static bool queue_has_room(void)
{
	return (queue_next + 1) % QUEUE != queue_read();
}

static bool queue_is_empty(void)
{
	return queue_next == queue_read();
}

static void queue_put(struct its_cmd cmd)
{
	if (is_late) {
		return;
	}
	if (!queue_has_room()) {
		queue_publish(0);
		if (is_dead || !cpu_wait_until(queue_has_room(), SETTLE_US)) {
			is_late = true;
			return;
		}
	}
	queue_write(queue_next, cmd);
	queue_next = (queue_next + 1) % QUEUE;
}

static void its_begin(void)
{
	lock_take(&its_lock);
	is_refused = false;
	is_late = false;
}

/*
 * A redistributor that is not in use yet may be asleep and never answer a SYNC: when its CPU comes, it
 * finds all that has been mapped.
 */
static enum err its_end(uint32_t to)
{
	enum err err = OK;

	for (to &= mapped_cpus; to != 0; to &= to - 1) {
		queue_put(its_sync(targets[__builtin_ctz(to)]));
	}
	queue_publish(0);
	if (is_late || is_dead) {
		is_late = !queue_is_empty();
	} else {
		is_late = !cpu_wait_until(queue_is_empty(), (uint64_t)SETTLE_US);
	}
	is_dead = is_late;
	if (is_late) {
		err = ERR_TIMEOUT;
	} else if (is_refused) {
		err = ERR_STATE;
	}
	lock_drop(&its_lock);
	if (err != OK) {
		log_print(LOG_ERROR, "ITS: %s",
			  err == ERR_TIMEOUT ? "it does not answer" : "it has refused a command");
	}
	return err;
}

/* ---- what the core asks for --------------------------------------------------------------- */

/* Where the device table has two levels, its second one is there for devices of the plan only. */
static enum err device_page(uint32_t device)
{
	uint64_t *entry, size = UINT64_C(1) << devices.page_shift;
	void *page;

	if (!devices.is_indirect) {
		return OK;
	}
	entry = &device_pages[device / devices.leaf_count];
	if (*entry != 0) {
		return OK;
	}
	page = pool_align((size_t)size, (size_t)size);
	if (page == NULL) {
		return ERR_FULL;
	}
	*entry = hpa_raw(arch_hmem_address(page)) | GITS_VALID;
	if (!is_table_coherent) {
		arch_cache_sync(page, size);
		arch_cache_sync(entry, sizeof(*entry));
	}
	return OK;
}

static enum err its_device(uint32_t device, uint32_t event_last)
{
	unsigned int bits = its_event_bits(event_last);
	uint64_t size = its_itt_size(&limits, bits);
	enum err err;
	void *itt;

	if (bits > limits.event_bits || (uint64_t)device >> limits.device_bits != 0) {
		return ERR_RANGE;
	}
	err = device_page(device);
	if (err != OK) {
		return err;
	}
	itt = pool_align((size_t)size, ITT_ALIGN);
	if (itt == NULL) {
		return ERR_FULL;
	}
	if (!is_table_coherent) {
		arch_cache_sync(itt, size);
	}
	queue_put(its_mapd(device, hpa_raw(arch_hmem_address(itt)), bits));
	return OK;
}

/* The collection of a CPU has the CPU's number. */
static void its_map(uint32_t device, uint32_t event, uint32_t lpi, unsigned int cpu)
{
	queue_put(its_mapti(device, event, lpi, (uint16_t)cpu));
}

static void its_move(uint32_t device, uint32_t event, unsigned int cpu)
{
	queue_put(its_movi(device, event, (uint16_t)cpu));
}

static void its_clear(uint32_t device, uint32_t event)
{
	queue_put(its_event(ITS_CLEAR, device, event));
}

static const struct msi_hw its_hw = {
	.device = its_device,
	.begin = its_begin,
	.map = its_map,
	.move = its_move,
	.clear = its_clear,
	.end = its_end,
};

/* ---- taking it over ----------------------------------------------------------------------- */

/* Page size field of a BASER: the smallest that it takes. */
static unsigned int page_probe(uint64_t reg)
{
	for (unsigned int n = 0; n < 2; n++) {
		mmio_wr64(regs, reg, field_put(GITS_BASER_PAGE, n));
		if (field_get(GITS_BASER_PAGE, mmio_rd64(regs, reg)) == n) {
			return n;
		}
	}
	return 2;
}

static bool indirect_probe(uint64_t reg)
{
	mmio_wr64(regs, reg, GITS_BASER_INDIRECT);
	return mmio_rd64(regs, reg) & GITS_BASER_INDIRECT;
}

/* With pages of 64 KiB, address bits [51:48] are in [15:12]. */
static uint64_t base_address(const void *table, unsigned int page_shift)
{
	uint64_t at = hpa_raw(arch_hmem_address(table));

	return page_shift == 16 ? (at & MASK(47, 16)) | field_put(MASK(15, 12), at >> 48) : at;
}

/* Write a base register, cacheable. False: the ITS does not look into caches; memory was cleaned. */
static bool base_set(uint64_t reg, uint64_t x, const void *memory, uint64_t size)
{
	x |= GITS_VALID;
	mmio_wr64(regs, reg, x | field_put(GITS_INNER, GITS_INNER_WB) |
				     field_put(GITS_SHARE, GITS_SHARE_INNER));
	if (field_get(GITS_SHARE, mmio_rd64(regs, reg)) == GITS_SHARE_INNER) {
		return true;
	}
	mmio_wr64(regs, reg, x | field_put(GITS_INNER, GITS_INNER_NC));
	arch_cache_sync(memory, size);
	return false;
}

/* Memory for one of the tables. */
static enum err table_make(uint64_t reg, uint64_t count, struct its_table *t, uint64_t **memory)
{
	unsigned int entry = (unsigned int)field_get(GITS_BASER_ENTRY, mmio_rd64(regs, reg)) + 1;
	unsigned int page = page_probe(reg);
	bool can_indirect = indirect_probe(reg);
	uint64_t size, x;
	enum err err;

	err = its_table_size(t, count, entry, 12 + 2 * page, can_indirect, TABLE_FLAT_MAX);
	if (err != OK) {
		return err;
	}
	size = (uint64_t)t->pages << t->page_shift;
	*memory = pool_align((size_t)size, (size_t)1 << t->page_shift);
	if (*memory == NULL) {
		return ERR_FULL;
	}
	x = base_address(*memory, t->page_shift) | field_put(GITS_BASER_PAGE, page) |
	    field_put(GITS_BASER_PAGES, t->pages - 1u) | (t->is_indirect ? GITS_BASER_INDIRECT : 0);
	is_table_coherent = base_set(reg, x, *memory, size) && is_table_coherent;
	return OK;
}

/* Every kind of table that the ITS wants and the plan needs; the rest stays invalid. */
static enum err tables_make(uint64_t device_count, uint64_t collection_count)
{
	struct its_table collections;
	bool has_devices = false, has_collections = limits.builtin_count >= collection_count;
	uint64_t *memory;
	enum err err = OK;

	is_table_coherent = true;
	for (unsigned int i = 0; i < GITS_BASERS && err == OK; i++) {
		uint64_t reg = GITS_BASER + 8 * i;
		unsigned int type = (unsigned int)field_get(GITS_BASER_TYPE, mmio_rd64(regs, reg));

		if (type == GITS_TABLE_DEVICES) {
			err = table_make(reg, device_count, &devices, &device_pages);
			has_devices = true;
		} else if (type == GITS_TABLE_COLLECTIONS && !has_collections) {
			err = table_make(reg, collection_count, &collections, &memory);
			has_collections = true;
		} else {
			mmio_wr64(regs, reg, 0);
		}
	}
	if (err != OK) {
		return err;
	}
	return has_devices && has_collections ? OK : ERR_UNSUPPORTED;
}

static enum err queue_make(void)
{
	uint64_t size = QUEUE * sizeof(struct its_cmd);

	queue = pool_align((size_t)size, PAGE_SIZE);
	if (queue == NULL) {
		return ERR_FULL;
	}
	is_queue_coherent = base_set(GITS_CBASER, hpa_raw(arch_hmem_address(queue)), queue, size);
	queue_next = 0;
	mmio_wr64(regs, GITS_CWRITER, 0);
	return OK;
}

/* What the plan gives to partitions: CPUs that get messages, DeviceIDs from 0 on. */
static uint64_t plan_needs(const struct plan *plan)
{
	uint64_t device_count = 0;

	planned_cpus = 0;
	mapped_cpus = 0;
	for (unsigned int i = 0; i < plan->pci_fn_count; i++) {
		const struct plan_pci_fn *fn = &plan->pci_fns[i];
		const struct plan_part *part;

		if (fn->vectors == 0 || fn->owner >= plan->part_count) {
			continue;
		}
		part = &plan->parts[fn->owner];
		if (!part->is_valid) {
			continue;
		}
		for (unsigned int v = 0; v < part->cpu_count; v++) {
			planned_cpus |= UINT32_C(1) << part->cpus[v];
		}
		if (fn->msi_device >= device_count) {
			device_count = (uint64_t)fn->msi_device + 1;
		}
	}
	return device_count;
}

static enum err its_take(const struct plan_reg *reg)
{
	uint32_t rev;

	if (reg->size < GITS_FRAME) {
		return ERR_FORMAT;
	}
	regs = arch_hmem_device(reg->base, GITS_FRAME);
	if (regs == NULL) {
		return ERR_FULL;
	}
	rev = mmio_rd32(regs, GITS_PIDR2) >> PIDR2_REV_SHIFT & 0xf;
	limits = its_limits_of(mmio_rd64(regs, GITS_TYPER));
	if ((rev != 3 && rev != 4) || !limits.is_physical) {
		return ERR_UNSUPPORTED;
	}
	mmio_wr32(regs, GITS_CTLR, mmio_rd32(regs, GITS_CTLR) & ~(uint32_t)GITS_CTLR_ENABLED);
	return cpu_wait_until(mmio_rd32(regs, GITS_CTLR) & GITS_CTLR_QUIESCENT, SETTLE_US)
		   ? OK
		   : ERR_TIMEOUT;
}

enum err gic_its_init(const struct plan *plan)
{
	uint64_t device_count = plan_needs(plan);
	enum err err;

	if (plan->board.its == NONE || device_count == 0) {
		return OK;
	}
	err = its_take(&plan->regs[plan->devs[plan->board.its].reg_first]);
	if (err != OK) {
		return err;
	}
	if (device_count > UINT64_C(1) << limits.device_bits ||
	    plan->cpu_count > UINT64_C(1) << limits.collection_bits) {
		return ERR_RANGE;
	}
	err = gic_lpi_init(plan, planned_cpus);
	if (err == OK) {
		err = tables_make(device_count, plan->cpu_count);
	}
	if (err == OK) {
		err = queue_make();
	}
	if (err != OK) {
		return err;
	}
	for (unsigned int i = 0; i < plan->cpu_count; i++) {
		volatile void *frame = gicv3_redist(i);

		if (frame != NULL) {
			targets[i] = its_target(&limits, mmio_rd64(frame, GICR_TYPER),
						gicv3_redist_at(i));
		}
	}
	dev_mb();
	mmio_wr32(regs, GITS_CTLR, (uint32_t)GITS_CTLR_ENABLED);
	msi_hw = &its_hw;
	return OK;
}

enum err gic_its_cpu_init(unsigned int cpu)
{
	enum err err;

	if (msi_hw != &its_hw || !(planned_cpus >> cpu & 1)) {
		return OK;
	}
	err = gic_lpi_cpu_init(cpu);
	if (err != OK) {
		return err;
	}
	its_begin();
	queue_put(its_mapc((uint16_t)cpu, targets[cpu]));
	mapped_cpus |= UINT32_C(1) << cpu;
	return its_end(UINT32_C(1) << cpu);
}
