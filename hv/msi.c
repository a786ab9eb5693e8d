/* SPDX-License-Identifier: BSD-3-Clause */
/* Which LPI is which line of which partition; LPIs follow what the guest does with the line. */
/*
 * A function's message k has the EventID msi.first + k, which is the INTID in the guest's GIC too,
 * and the LPI fn->lpi_first + k. It goes to the CPU that the guest routed that INTID to, so that it
 * is taken where it will be handled. What the guest masks waits in its virtual GIC.
 */
#include "hv/bits.h"
#include "hv/log.h"
#include "hv/msi.h"
#include "hv/pool.h"
#include "hv/vgic.h"

/* One partition's. */
struct msi {
	uint8_t *cpu;       /* by message: where the hardware sends it */
	uint32_t lpi_count; /* of its range, when what comes is listened to */
};

const struct msi_hw *msi_hw;
uint32_t msi_strays;

static unsigned int boot_cpu_of(const struct part *p)
{
	return p->plan->cpus[0];
}

/* The next function of a partition that may send messages, from index *i on; NULL: no more. */
static const struct plan_pci_fn *fn_next(const struct part *p, unsigned int *i)
{
	while (*i < the_plan->pci_fn_count) {
		const struct plan_pci_fn *fn = &the_plan->pci_fns[(*i)++];

		if (fn->owner == p->index && fn->vectors != 0) {
			return fn;
		}
	}
	return NULL;
}

/* Functions behind one DeviceID are one sender. */
static bool is_mapped(const struct part *p, const struct plan_pci_fn *fn)
{
	const struct plan_pci_fn *other;
	unsigned int i = 0;

	while ((other = fn_next(p, &i)) != fn) {
		if (other->msi_device == fn->msi_device) {
			return true;
		}
	}
	return false;
}

static enum err fn_map(const struct part *p, const struct plan_pci_fn *fn)
{
	uint32_t first = p->plan->msi.first, count = p->plan->msi.count;
	enum err err, end;

	msi_hw->begin();
	err = msi_hw->device(fn->msi_device, first + count - 1);
	for (uint32_t k = 0; k < count && err == OK; k++) {
		msi_hw->map(fn->msi_device, first + k, fn->lpi_first + k, boot_cpu_of(p));
	}
	end = msi_hw->end(UINT32_C(1) << boot_cpu_of(p));
	return err != OK ? err : end;
}

/* INTIDs by LPI, for the CPUs that take them. */
static enum err table_make(struct part *p, struct msi *m)
{
	struct vgic *g = p->vic;
	uint32_t first = UINT32_MAX, end = 0, count = p->plan->msi.count;
	const struct plan_pci_fn *fn;
	uint16_t *irqs;
	unsigned int i;

	for (i = 0; (fn = fn_next(p, &i)) != NULL;) {
		first = fn->lpi_first < first ? fn->lpi_first : first;
		end = fn->lpi_first + count > end ? fn->lpi_first + count : end;
	}
	if (first < LPI_FIRST || end > the_plan->board.lpi_end) {
		return ERR_RANGE;
	}
	irqs = pool_alloc((end - first) * sizeof(*irqs));
	if (irqs == NULL) {
		return ERR_FULL;
	}
	for (i = 0; (fn = fn_next(p, &i)) != NULL;) {
		for (uint32_t k = 0; k < count; k++) {
			irqs[fn->lpi_first - first + k] = (uint16_t)(p->plan->msi.first + k);
		}
	}
	m->lpi_count = end - first;
	for (i = 0; i < g->cpu_count; i++) {
		g->cpus[i].lpi_first = first;
		g->cpus[i].lpi_count = m->lpi_count;
		g->cpus[i].lpi_irq = irqs;
	}
	return OK;
}

enum err msi_part_init(struct part *p)
{
	const struct plan_pci_fn *fn;
	struct msi *m;
	unsigned int i = 0;
	enum err err;

	if (p->plan->msi.count == 0) {
		return OK;
	}
	if (msi_hw == NULL) {
		return ERR_STATE;
	}
	m = pool_alloc(sizeof(*m));
	if (m != NULL) {
		m->cpu = pool_alloc(p->plan->msi.count);
	}
	if (m == NULL || m->cpu == NULL) {
		return ERR_FULL;
	}
	for (uint32_t k = 0; k < p->plan->msi.count; k++) {
		m->cpu[k] = (uint8_t)boot_cpu_of(p);
	}
	err = table_make(p, m);
	while (err == OK && (fn = fn_next(p, &i)) != NULL) {
		err = is_mapped(p, fn) ? OK : fn_map(p, fn);
		if (err == ERR_RANGE) {
			log_print(LOG_ERROR, "%s: the ITS does not know that many devices or events",
				  fn->path);
		}
	}
	if (err == OK) {
		p->msi = m;
		err = vmsi_init(p);
	}
	return err == OK || err == ERR_FULL ? err : ERR_STATE;
}

/* In batches of one function, so that others who change a route get their turn. */
static enum err fn_reset(const struct part *p, const struct msi *m, const struct plan_pci_fn *fn)
{
	uint32_t first = p->plan->msi.first, to = UINT32_C(1) << boot_cpu_of(p);

	msi_hw->begin();
	for (uint32_t k = 0; k < p->plan->msi.count; k++) {
		to |= UINT32_C(1) << m->cpu[k];
		msi_hw->clear(fn->msi_device, first + k);
		if (m->cpu[k] != boot_cpu_of(p)) {
			msi_hw->move(fn->msi_device, first + k, boot_cpu_of(p));
		}
	}
	return msi_hw->end(to);
}

void msi_part_reset(struct part *p)
{
	struct msi *m = p->msi;
	struct vgic *g = p->vic;
	const struct plan_pci_fn *fn;
	unsigned int i = 0;
	bool is_done = true;

	/* Before the first start nothing was sent, and the CPUs it goes to are not up yet. */
	if (m == NULL || p->starts == 0) {
		return;
	}
	while ((fn = fn_next(p, &i)) != NULL) {
		is_done = fn_reset(p, m, fn) == OK && is_done;
	}
	for (uint32_t k = 0; k < p->plan->msi.count && is_done; k++) {
		m->cpu[k] = (uint8_t)boot_cpu_of(p);
	}
	for (i = 0; i < g->cpu_count; i++) {
		g->cpus[i].lpi_count = is_done ? m->lpi_count : 0;
	}
	if (!is_done) {
		log_print(LOG_ERROR, "%s: messages of its devices may be stale and are dropped",
			  p->plan->name);
	}
}

void msi_route(struct part *p, uint32_t irq, unsigned int cpu)
{
	struct msi *m = p->msi;
	uint32_t k = irq - p->plan->msi.first;
	const struct plan_pci_fn *fn;
	unsigned int i = 0;

	if (m == NULL || k >= p->plan->msi.count || m->cpu[k] == cpu) {
		return;
	}
	msi_hw->begin();
	while ((fn = fn_next(p, &i)) != NULL) {
		msi_hw->move(fn->msi_device, irq, cpu);
	}
	/* If it fails, messages keep coming to the old CPU, which passes them on. */
	if (msi_hw->end(UINT32_C(1) << m->cpu[k] | UINT32_C(1) << cpu) == OK) {
		m->cpu[k] = (uint8_t)cpu;
	}
}

bool msi_is_heard(const struct part *p)
{
	return p->state != PART_STOPPED && p->state != PART_STARTING;
}

/* Said at the first, the second, the fourth, ... */
static void stray(uint32_t lpi)
{
	uint32_t count = __atomic_add_fetch(&msi_strays, 1, __ATOMIC_RELAXED);

	if (is_pow2(count)) {
		log_print(LOG_WARN, "LPI %u came to a CPU that must not get it, and was dropped (%u so far)",
			  (unsigned int)lpi, (unsigned int)count);
	}
}

void msi_arrive(struct vgic_cpu *c, uint32_t lpi)
{
	uint32_t n = c != NULL ? lpi - c->lpi_first : 0;
	uint32_t irq = c != NULL && n < c->lpi_count ? c->lpi_irq[n] : 0;

	if (irq == 0) {
		stray(lpi);
		return;
	}
	vgic_message(c, irq);
}
