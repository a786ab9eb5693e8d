/* SPDX-License-Identifier: BSD-3-Clause */
/* PCI functions of partitions: quiet at boot, checked against the plan, reset at every end. */
/* boot CPU; later the partition's own */
#include "hv/pci.h"
#include "hv/cpu.h"
#include "hv/fmt.h"
#include "hv/log.h"
#include "hv/part.h"
#include "hv/pool.h"
#include "hv/vpci.h"

#define PCI_PENDING_US 100000 /* for transactions under way to complete */
#define PCI_READY_US 1000000 /* after a reset, until a function must answer (6.6.1) */

struct pci_fn *pci_fns;
unsigned int pci_fn_count;

static char pci_text[240]; /* the one line of pci_part_init() */

static const struct plan_pci_fn *pci_plan_of(const struct plan *plan, unsigned int host,
					     uint16_t rid)
{
	for (unsigned int i = 0; i < plan->pci_fn_count; i++) {
		if (plan->pci_fns[i].host == host && plan->pci_fns[i].rid == rid) {
			return &plan->pci_fns[i];
		}
	}
	return NULL;
}

/* All are made quiet before any is looked at closer. */
static enum err pci_find(const struct plan *plan, struct pci_ecam *hosts)
{
	unsigned int n = 0;
	bool is_short = false;
	struct pci_scan scan;
	uint16_t rid;

	for (unsigned int i = 0; i < plan->pci_host_count; i++) {
		pci_scan_init(&scan, &hosts[i]);
		while (pci_scan_next(&scan, &rid)) {
			pci_fn_count++;
		}
		is_short = is_short || scan.is_short;
	}
	pci_fns = pool_alloc(pci_fn_count * sizeof(*pci_fns));
	for (unsigned int i = 0; i < plan->pci_host_count; i++) {
		pci_scan_init(&scan, &hosts[i]);
		while (pci_scan_next(&scan, &rid)) {
			bool was_master = pci_fn_quiet(&hosts[i], rid);

			if (pci_fns != NULL && n < pci_fn_count) {
				pci_fns[n++] = (struct pci_fn){.host = &hosts[i],
							       .host_index = (uint16_t)i,
							       .rid = rid,
							       .was_master = was_master,
							       .plan = pci_plan_of(plan, i, rid)};
			}
		}
	}
	pci_fn_count = n;
	return pci_fns == NULL || is_short ? ERR_FULL : OK;
}

enum err pci_init(const struct plan *plan)
{
	struct pci_ecam *hosts;
	enum err e = OK;

	if (plan->pci_host_count == 0) {
		return OK;
	}
	hosts = pool_alloc(plan->pci_host_count * sizeof(*hosts));
	if (hosts == NULL) {
		return ERR_FULL;
	}
	for (unsigned int i = 0; i < plan->pci_host_count; i++) {
		if (plan->devs[plan->pci_hosts[i].dev].driver != PLAN_DRV_PCI_ECAM) {
			return ERR_UNSUPPORTED;
		}
		e = pci_ecam_init(&hosts[i], &plan->pci_hosts[i]);
		if (e != OK) {
			return e;
		}
	}
	e = pci_find(plan, hosts);
	for (unsigned int i = 0; i < pci_fn_count; i++) {
		pci_fn_probe(&pci_fns[i]);
	}
	return e;
}

/* no-dma-disable: once its guest has had it, the hypervisor does not stop it any more. */
static bool pci_is_kept(const struct pci_fn *f, const struct part *p)
{
	return p->starts > 0 && f->plan->stream != NONE &&
	       the_plan->streams[f->plan->stream].no_dma_disable;
}

static bool pci_is_of(const struct pci_fn *f, const struct part *p)
{
	return f->plan != NULL && f->plan->owner == p->index && !pci_is_kept(f, p);
}

static void pci_wait(unsigned int ms)
{
	if (ms != 0) {
		(void)cpu_wait_until(false, (uint64_t)ms * 1000);
	}
}

static bool pci_are_idle(const struct part *p)
{
	for (unsigned int i = 0; i < pci_fn_count; i++) {
		if (pci_is_of(&pci_fns[i], p) && !pci_fn_is_idle(&pci_fns[i])) {
			return false;
		}
	}
	return true;
}

/* All functions of the partition at once, so that the waits are not added up. */
static void pci_reset(const struct part *p, bool is_used_only)
{
	unsigned int ms = 0;

	(void)cpu_wait_until(pci_are_idle(p), (uint64_t)PCI_PENDING_US);

	for (unsigned int i = 0; i < pci_fn_count; i++) {
		const struct pci_fn *f = &pci_fns[i];
		unsigned int n = 0;

		if (pci_is_of(f, p) && (f->was_master || !is_used_only)) {
			n = pci_fn_reset_begin(f);
		}
		ms = n > ms ? n : ms;
	}
	pci_wait(ms);
	ms = 0;
	for (unsigned int i = 0; i < pci_fn_count; i++) {
		unsigned int n = pci_is_of(&pci_fns[i], p) ? pci_fn_reset_end(&pci_fns[i]) : 0;

		ms = n > ms ? n : ms;
	}
	pci_wait(ms);
}

/* A function may be late after a reset: until then it has no vendor id, or that of nobody. */
static bool pci_restore_by(const struct pci_fn *f, uint64_t end)
{
	bool is_there;

	while (!(is_there = pci_fn_restore(f, the_plan)) && arch_time_now() < end) {
		cpu_relax();
	}
	if (!is_there || !pci_virtio_reset(f)) {
		return false;
	}
	pci_msix_forget(f);
	return true;
}

/* They are late together. */
static bool pci_restore(const struct part *p)
{
	uint64_t end = arch_time_now() + arch_time_hz() / 1000 * (PCI_READY_US / 1000);
	bool is_good = true;

	for (unsigned int i = 0; i < pci_fn_count; i++) {
		const struct pci_fn *f = &pci_fns[i];

		if (pci_is_of(f, p) && !pci_restore_by(f, end)) {
			log_print(LOG_ERROR, "%s: %s does not answer after its reset",
				  p->plan->name, f->plan->path);
			is_good = false;
		}
	}
	return is_good;
}

static const struct pci_fn *pci_find_planned(const struct plan_pci_fn *plan)
{
	for (unsigned int i = 0; i < pci_fn_count; i++) {
		if (pci_fns[i].plan == plan) {
			return &pci_fns[i];
		}
	}
	return NULL;
}

static bool pci_check(const struct plan_pci_fn *plan)
{
	const struct pci_fn *f = pci_find_planned(plan);

	if (f != NULL) {
		return pci_fn_check(f, the_plan, pci_text, sizeof(pci_text));
	}
	fmt_print(pci_text, sizeof(pci_text),
		  "%s: there is no function %02x:%02x.%u; the shell's word pci lists them all",
		  plan->path, plan->rid >> 8, plan->rid >> 3 & 31, plan->rid & 7u);
	return false;
}

enum err pci_part_init(struct part *p, const char **what)
{
	bool has_any = false;

	*what = pci_text;
	for (unsigned int i = 0; i < the_plan->pci_fn_count; i++) {
		const struct plan_pci_fn *plan = &the_plan->pci_fns[i];

		if (plan->owner != p->index) {
			continue;
		}
		has_any = true;
		if (!pci_check(plan)) {
			return ERR_UNSUPPORTED;
		}
	}
	if (!has_any) {
		return OK;
	}
	for (unsigned int i = 0; i < pci_fn_count; i++) {
		if (pci_is_of(&pci_fns[i], p) && pci_msix_map(&pci_fns[i], the_plan) != OK) {
			fmt_print(pci_text, sizeof(pci_text),
				  "no boot memory is left for its PCI functions");
			return ERR_FULL;
		}
	}
	/* What firmware has used may still be in the middle of something. */
	pci_reset(p, true);
	if (!pci_restore(p)) {
		fmt_print(pci_text, sizeof(pci_text), "one of its PCI functions does not answer");
		return ERR_TIMEOUT;
	}
	for (unsigned int i = 0; i < pci_fn_count; i++) {
		const struct pci_fn *f = &pci_fns[i];

		if (pci_is_of(f, p) && !f->plan->is_dma_trusted && !pci_virtio_is_confined(f)) {
			fmt_print(pci_text, sizeof(pci_text),
				  "%s: its DMA goes past the IOMMU (no VIRTIO_F_ACCESS_PLATFORM); "
				  "write allow-unprotected-dma;",
				  f->plan->path);
			return ERR_PERM;
		}
	}
	if (vpci_part_init(p) != OK) {
		fmt_print(pci_text, sizeof(pci_text),
			  "no boot memory is left for its PCI configuration space");
		return ERR_FULL;
	}
	return OK;
}

void pci_part_open(struct part *p)
{
	for (unsigned int i = 0; i < pci_fn_count; i++) {
		const struct pci_fn *f = &pci_fns[i];

		/* Late after its reset: decoders are never on without the planned addresses. */
		if (pci_is_of(f, p) && pci_fn_restore(f, the_plan)) {
			pci_fn_open(f, the_plan);
		}
	}
	vpci_part_open(p, true);
}

void pci_part_cut(struct part *p)
{
	vpci_part_open(p, false);
	for (unsigned int i = 0; i < pci_fn_count; i++) {
		if (pci_is_of(&pci_fns[i], p)) {
			pci_fn_cut(&pci_fns[i]);
		}
	}
}

void pci_part_reset(struct part *p)
{
	pci_reset(p, false);
	(void)pci_restore(p);
}
