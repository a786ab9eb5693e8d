/* SPDX-License-Identifier: BSD-3-Clause */
/* The PCI functions of partitions in the plan: their streams, lines, messages and ECAMs. */
/* pure; docs/binding.md "PCI functions" */
#include <string.h>

#include "hv/plan/bars.h"
#include "hv/plan/ctx.h"

#define MSI_MAX 32u    /* messages of a function without MSI-X */
#define LPI_END 65536u /* with the 16 bits of interrupt number that any ITS has */

/* "00:04.0": bus, device and function. */
const char *pcifn_name(struct ctx *c, uint16_t rid)
{
	return text_keep(c->arena, "%x%x:%x%x.%x", rid >> 12, rid >> 8 & 15, rid >> 7 & 1,
			 rid >> 3 & 15, rid & 7);
}

static void taken_check(struct ctx *c)
{
	for (unsigned i = 0; i < c->function_count; i++) {
		struct function *f = &c->functions[i];

		for (unsigned k = 0; k < i && !f->is_refused; k++) {
			const struct function *first = &c->functions[k];

			if (first->is_refused || first->host != f->host || first->rid != f->rid) {
				continue;
			}
			f->is_refused = true;
			diag_add(c, CHECK_DEVICE_TAKEN, f->part, f->cfg,
				 tree_has(&c->cfg, f->cfg, "pci-function") ? "pci-function"
									   : "device",
				 first->path, "%s is already given to %s", pcifn_name(c, f->rid),
				 ctx_part_name(c, first->part));
		}
	}
}

static bool is_before(const struct function *a, const struct function *b)
{
	if (a->is_refused != b->is_refused) {
		return b->is_refused;
	}
	if (a->part != b->part) {
		return a->part < b->part;
	}
	return a->host != b->host ? a->host < b->host : a->rid < b->rid;
}

/* By owner, host and requester id, those that are refused last. Returns how many are not. */
static unsigned functions_sort(struct ctx *c)
{
	unsigned good = 0;

	for (unsigned i = 0; i < c->function_count; i++) {
		struct function f = c->functions[i];
		unsigned at = i;

		for (; at > 0 && is_before(&f, &c->functions[at - 1]); at--) {
			c->functions[at] = c->functions[at - 1];
		}
		c->functions[at] = f;
		good += !f.is_refused;
	}
	return good;
}

static void line_find(struct ctx *c, const struct function *f, struct plan_pci_fn *fn)
{
	struct plan *p = c->plan;
	const struct plan_dev *dev = &p->devs[p->pci_hosts[f->host].dev];
	uint32_t line = f->pin ? hwirq_pci(c, c->node_of[p->pci_hosts[f->host].dev], f->rid, f->pin)
			       : PLAN_IRQ_NONE;
	unsigned other = 0;

	for (unsigned i = 0; line != PLAN_IRQ_NONE && i < dev->irq_count; i++) {
		if (p->irqs[dev->irq_first + i].irq == line) {
			fn->irq = (uint16_t)(dev->irq_first + i);
		}
	}
	if (f->pin && fn->irq == NONE) {
		diag_add(c, CHECK_PCI_INTX, f->part, f->cfg, "pci-intx",
			 text_keep(c->arena, "hw:%s", dev->path),
			 "the interrupt-map of %s leads pin %u of %s nowhere", dev->path, f->pin,
			 pcifn_name(c, f->rid));
	}
	if (fn->irq == NONE) {
		return;
	}
	if (p->irqs[fn->irq].owner == OWNER_NOBODY) {
		p->irqs[fn->irq].owner = f->part;
	}
	if (p->irqs[fn->irq].owner == f->part) {
		return;
	}
	while (p->pci_fns[other].irq != fn->irq) {
		other++;
	}
	diag_add(c, CHECK_IRQ_SHARED, f->part, f->cfg, "pci-intx", p->pci_fns[other].path,
		 "interrupt %u behind pin %u is also that of %s, which belongs to %s", line, f->pin,
		 pcifn_name(c, p->pci_fns[other].rid), ctx_part_name(c, p->pci_fns[other].owner));
}

static void unprotected_finding(struct ctx *c, const struct function *f,
				const struct plan_pci_fn *fn)
{
	if (fn->is_dma_trusted) {
		diag_add(c, CHECK_DMA_TRUSTED, f->part, f->cfg, "allow-unprotected-dma", NULL,
			 "%s is trusted: %sits DMA can reach all memory of the machine",
			 pcifn_name(c, f->rid),
			 fn->stream == NONE ? "" : "where it bypasses its IOMMU, ");
	} else if (fn->stream == NONE) {
		diag_add(c, CHECK_DMA_UNPROTECTED, f->part, f->cfg, "device", NULL,
			 "no IOMMU confines %s: it could reach all memory; "
			 "allow-unprotected-dma would trust it",
			 pcifn_name(c, f->rid));
	}
}

/* Functions that the bridge's iommu-map gives one stream are one unit: they have one owner. */
static void stream_find(struct ctx *c, const struct function *f, struct plan_pci_fn *fn)
{
	struct plan *p = c->plan;
	const struct plan_part *part = &p->parts[f->part];
	struct plan_stream s;

	if (!hwpci_stream(c, f->host, f->rid, &s)) {
		return;
	}
	for (unsigned i = 0; i < p->pci_fn_count; i++) {
		const struct plan_pci_fn *o = &p->pci_fns[i];

		if (o->stream == NONE || p->streams[o->stream].iommu != s.iommu ||
		    p->streams[o->stream].id != s.id) {
			continue;
		}
		fn->stream = o->stream;
		if (o->owner != f->part) {
			diag_add(c, CHECK_DMA_STREAM, f->part, f->cfg, "device", o->path,
				 "stream 0x%x of %s is also that of %s, which "
				 "belongs to %s: the IOMMU cannot tell them apart",
				 s.id, pcifn_name(c, f->rid), pcifn_name(c, o->rid),
				 ctx_part_name(c, o->owner));
		}
		return;
	}
	s.owner = f->part;
	s.fn = p->pci_fn_count;
	s.no_dma_disable =
	    (part->flags & PLAN_PART_NO_DMA_DISABLE) || cfg_flag(c, f->cfg, "no-dma-disable");
	fn->stream = p->stream_count;
	p->streams[p->stream_count++] = s;
}

static void message_find(struct ctx *c, const struct function *f, struct plan_pci_fn *fn)
{
	if (f->vectors == 0) {
		return;
	}
	if (hwpci_message(c, f->host, f->rid, &fn->msi_device)) {
		fn->vectors = f->vectors;
		return;
	}
	if (c->plan->board.its == NONE) {
		diag_add(c, CHECK_PCI_MSI, f->part, f->cfg, "pci-msi-vectors", NULL,
			 "this board has no ITS: without one a message could raise any interrupt");
		return;
	}
	diag_add(c, CHECK_PCI_MSI, f->part, f->cfg, "pci-msi-vectors",
		 ctx_hw_path(c, c->node_of[c->plan->pci_hosts[f->host].dev]),
		 "no entry of msi-map leads %s to the ITS", pcifn_name(c, f->rid));
}

/* Functions that the bridge's msi-map gives one DeviceID could send each other's messages. */
static void messages_check(struct ctx *c)
{
	const struct plan *p = c->plan;
	uint32_t mine, other;

	for (unsigned i = 0; i < p->pci_fn_count; i++) {
		const struct plan_pci_fn *fn = &p->pci_fns[i];

		for (unsigned k = 0; hwpci_message(c, fn->host, fn->rid, &mine) && k < i; k++) {
			const struct plan_pci_fn *o = &p->pci_fns[k];

			if (!hwpci_message(c, o->host, o->rid, &other) || mine != other ||
			    (o->owner == fn->owner ? !o->vectors || !fn->vectors
						   : !o->vectors && !fn->vectors)) {
				continue;
			}
			diag_add(c, CHECK_PCI_MSI, fn->owner, c->functions[i].cfg, "device",
				 o->path,
				 "device 0x%x of the ITS is %s and also %s, which belongs to %s",
				 mine, pcifn_name(c, fn->rid), pcifn_name(c, o->rid),
				 ctx_part_name(c, o->owner));
			break;
		}
	}
}

static void function_0_check(struct ctx *c)
{
	const struct plan *p = c->plan;

	for (unsigned i = 0; i < p->pci_fn_count; i++) {
		const struct plan_pci_fn *fn = &p->pci_fns[i];
		unsigned k = 0;

		while (k < p->pci_fn_count &&
		       (p->pci_fns[k].owner != fn->owner || p->pci_fns[k].host != fn->host ||
			p->pci_fns[k].rid != (fn->rid & ~7u))) {
			k++;
		}
		if (k == p->pci_fn_count) {
			diag_add(c, CHECK_PCI_FUNCTION_0, fn->owner, c->functions[i].cfg, "device",
				 NULL, "%s has %s without function 0: %s",
				 ctx_part_name(c, fn->owner), pcifn_name(c, fn->rid),
				 plan_right_PCI_FUNCTION_0);
		}
	}
}

/*
 * Functions of one device need not go through the root complex, and so not through the IOMMU, to reach
 * each other (PCI Express Base 4.0, 6.12: access control services, which are not used here).
 */
static void siblings_check(struct ctx *c)
{
	const struct plan *p = c->plan;

	for (unsigned i = 0; i < p->pci_fn_count; i++) {
		const struct plan_pci_fn *fn = &p->pci_fns[i];

		for (unsigned k = 0; k < p->pci_fn_count && !fn->is_dma_trusted; k++) {
			const struct plan_pci_fn *o = &p->pci_fns[k];

			if (o->owner == fn->owner || o->host != fn->host || (o->rid ^ fn->rid) >> 3) {
				continue;
			}
			diag_add(c, CHECK_DMA_UNPROTECTED, fn->owner, c->functions[i].cfg, "device",
				 o->path,
				 "%s and %s, which belongs to %s, are one device: its functions can "
				 "reach each other past the IOMMU; allow-unprotected-dma would trust it",
				 pcifn_name(c, fn->rid), pcifn_name(c, o->rid),
				 ctx_part_name(c, o->owner));
			break;
		}
	}
}

/* One ECAM for each partition and bridge: its functions are all on the root bus. */
static void vpcis_make(struct plan *p)
{
	for (unsigned i = 0; i < p->pci_fn_count; i++) {
		const struct plan_pci_fn *fn = &p->pci_fns[i];
		const struct plan_pci_host *h = &p->pci_hosts[fn->host];
		const struct plan_vpci *last = p->vpci_count ? &p->vpcis[p->vpci_count - 1] : NULL;

		if (!last || last->part != fn->owner || last->host != fn->host) {
			p->vpcis[p->vpci_count++] = (struct plan_vpci){
			    fn->owner, fn->host, gpa(hpa_raw(h->ecam)), h->bus_first, h->bus_first};
		}
	}
}

/* Interrupt numbers that a function's messages may take, in a piece if there are at most 32. */
static uint32_t numbers_of(uint32_t vectors)
{
	uint32_t p = 1;

	while (p < vectors) {
		p *= 2;
	}
	return vectors > MSI_MAX ? vectors : p;
}

uint32_t pcifn_room(const struct plan_pci_fn *fns, unsigned count, unsigned owner)
{
	uint32_t room = 0, largest = 1;

	for (unsigned i = 0; i < count; i++) {
		uint32_t n =
		    fns[i].owner == owner && fns[i].vectors ? numbers_of(fns[i].vectors) : 0;

		room += n;
		largest = n > largest && n <= MSI_MAX ? n : largest;
	}
	return (uint32_t)align_up(room, largest);
}

static void messages_count(struct ctx *c)
{
	struct plan *p = c->plan;
	uint32_t lpi = LPI_FIRST;

	for (unsigned i = 0; i < p->part_count; i++) {
		struct plan_part *part = &p->parts[i];

		part->msi.count = pcifn_room(p->pci_fns, p->pci_fn_count, i);
		part->msi.frame = gpa(part->msi.count ? hpa_raw(p->board.msi_page) : 0);
	}
	for (unsigned i = 0; i < p->pci_fn_count; i++) {
		struct plan_pci_fn *fn = &p->pci_fns[i];
		uint32_t n = fn->vectors ? p->parts[fn->owner].msi.count : 0;

		if (n > LPI_END - lpi) {
			diag_add(c, CHECK_PCI_MSI, fn->owner, c->functions[i].cfg,
				 "pci-msi-vectors", NULL,
				 "the ITS has no interrupts left for these messages");
			n = 0;
		}
		fn->lpi_first = n ? lpi : 0;
		lpi += n;
	}
	p->board.lpi_end = lpi;
}

static enum err arrays_make(struct ctx *c, unsigned count)
{
	struct plan *p = c->plan;
	struct plan_stream *streams =
	    arena_keep_raw(c->arena, (p->stream_count + count) * sizeof(*streams));

	p->pci_fns = arena_keep(c->arena, count * sizeof(*p->pci_fns));
	p->bars = arena_keep(c->arena, count * BARS_MAX * sizeof(*p->bars));
	p->vpcis = arena_keep(c->arena, count * sizeof(*p->vpcis));
	if (!streams || !p->pci_fns || !p->bars || !p->vpcis) {
		return ERR_SIZE;
	}
	memcpy(streams, p->streams, p->stream_count * sizeof(*streams));
	p->streams = streams;
	return OK;
}

enum err pcifn_scan(struct ctx *c)
{
	struct plan *p = c->plan;
	unsigned count;

	if (plan_is_ppc(p) || c->function_count == 0) {
		return OK;
	}
	taken_check(c);
	count = functions_sort(c);
	if (arrays_make(c, count) != OK) {
		return ERR_SIZE;
	}
	for (unsigned i = 0; i < count; i++) {
		struct function *f = &c->functions[i];
		struct plan_pci_fn *fn = &p->pci_fns[i];

		*fn = (struct plan_pci_fn){
		    .path = f->path,
		    .owner = f->part,
		    .host = f->host,
		    .rid = f->rid,
		    .stream = NONE,
		    .is_dma_trusted = cfg_flag(c, f->cfg, "allow-unprotected-dma"),
		    .pin = f->pin,
		    .irq = NONE,
		};
		f->fn = (uint16_t)i;
		line_find(c, f, fn);
		stream_find(c, f, fn);
		unprotected_finding(c, f, fn);
		message_find(c, f, fn);
		p->pci_fn_count++;
	}
	function_0_check(c);
	siblings_check(c);
	messages_check(c);
	vpcis_make(p);
	messages_count(c);
	return bars_place(c);
}

unsigned pcifn_irq_node(const struct ctx *c, unsigned part, unsigned irq)
{
	for (unsigned i = 0; i < c->plan->pci_fn_count; i++) {
		if (c->plan->pci_fns[i].owner == part && c->plan->pci_fns[i].irq == irq) {
			return c->functions[i].cfg;
		}
	}
	return NONE;
}
