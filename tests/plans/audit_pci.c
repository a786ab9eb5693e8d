/* SPDX-License-Identifier: BSD-3-Clause */
/* A second opinion on PCI functions: registers, streams, lines and messages have one owner each. */
/* host; plain loops over all pairs, so that it is seen to be right */
#include "tests/plans/audit.h"

#include <inttypes.h>

#define MEBI UINT64_C(0x100000)
#define SPI_FIRST 32u
#define SPI_LAST 1019u

static uint64_t whole_pages(uint64_t size)
{
	return (size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
}

static bool runs(const struct plan *p, unsigned part)
{
	return part < p->part_count && p->parts[part].is_valid;
}

/* ---------------------------------------------------------------- BARs */

static const char *audit_bar(const struct plan *p, const struct plan_pci_fn *fn,
			     const struct plan_bar *b)
{
	const struct plan_pci_window *w = &p->pci_hosts[fn->host].windows[b->space];
	uint64_t unit = b->size < PAGE_SIZE ? PAGE_SIZE : b->size;
	const struct plan_part *part = &p->parts[fn->owner];
	bool is_mapped = false;

	if (b->space >= PLAN_PCI_SPACES || b->number > 5 || b->size < 4 || (b->size & (b->size - 1))) {
		return audit_wrong("BAR %u of %s is none", b->number, fn->path);
	}
	if (b->bus % unit || b->bus == 0 || !audit_inside(b->bus, unit, w->bus, w->size) ||
	    hpa_raw(b->hpa) - hpa_raw(w->hpa) != b->bus - w->bus ||
	    (b->space != PLAN_PCI_MEM64 && b->bus + (unit - 1) > UINT32_MAX)) {
		return audit_wrong("BAR %u of %s is not in its window", b->number, fn->path);
	}
	for (unsigned m = 0; m < part->mem_count; m++) {
		const struct plan_mem *x = &part->mems[m];

		is_mapped |= gpa_raw(x->gpa) == gpa_raw(b->gpa) && hpa_raw(x->hpa) == hpa_raw(b->hpa) &&
			     x->size == whole_pages(b->size) && (x->flags & PLAN_MEM_DEVICE);
	}
	return is_mapped ? NULL : audit_wrong("BAR %u of %s is not mapped", b->number, fn->path);
}

/* No other BAR, memory or register of the board has its pages. */
static const char *audit_alone(const struct plan *p, const struct plan_pci_fn *fn,
			       const struct plan_bar *b)
{
	uint64_t base = hpa_raw(b->hpa), size = whole_pages(b->size);

	for (unsigned i = 0; i < p->bar_count; i++) {
		if (&p->bars[i] != b && p->bars[i].size &&
		    audit_meets(base, size, hpa_raw(p->bars[i].hpa), whole_pages(p->bars[i].size))) {
			return audit_wrong("BAR %u of %s overlaps another", b->number, fn->path);
		}
	}
	for (unsigned i = 0; i < p->ram_count; i++) {
		if (audit_meets(base, size, p->ram[i].base, p->ram[i].size)) {
			return audit_wrong("BAR %u of %s covers memory", b->number, fn->path);
		}
	}
	for (unsigned i = 0; i < p->reg_count; i++) {
		if (audit_meets(base, size, hpa_raw(p->regs[i].base), p->regs[i].size)) {
			return audit_wrong("BAR %u of %s covers registers", b->number, fn->path);
		}
	}
	return NULL;
}

static const char *audit_bars(const struct plan *p)
{
	const char *e = NULL;

	for (unsigned i = 0; !e && i < p->pci_fn_count; i++) {
		const struct plan_pci_fn *fn = &p->pci_fns[i];

		for (unsigned k = 0; !e && runs(p, fn->owner) && k < fn->bar_count; k++) {
			e = audit_bar(p, fn, &p->bars[fn->bar_first + k]);
			e = e ? e : audit_alone(p, fn, &p->bars[fn->bar_first + k]);
		}
	}
	return e;
}

static bool is_own_bar(const struct plan *p, unsigned part, const struct plan_mem *x)
{
	for (unsigned i = 0; i < p->pci_fn_count; i++) {
		const struct plan_pci_fn *fn = &p->pci_fns[i];

		for (unsigned k = 0; fn->owner == part && k < fn->bar_count; k++) {
			const struct plan_bar *b = &p->bars[fn->bar_first + k];

			if (b->size && hpa_raw(x->hpa) == hpa_raw(b->hpa) &&
			    x->size == whole_pages(b->size)) {
				return true;
			}
		}
	}
	return false;
}

/* Registers that the board's tree puts into a window are their owner's; no BAR is placed on them. */
static bool is_own_register(const struct plan *p, unsigned part, const struct plan_mem *x)
{
	bool is_own = false;

	for (unsigned d = 0; d < p->dev_count; d++) {
		for (unsigned r = 0; r < p->devs[d].reg_count; r++) {
			const struct plan_reg *reg = &p->regs[p->devs[d].reg_first + r];

			is_own |= p->devs[d].owner == part && audit_meets(hpa_raw(x->hpa), x->size,
									  hpa_raw(reg->base), reg->size);
		}
	}
	for (unsigned i = 0; i < p->bar_count; i++) {
		is_own &= !audit_meets(hpa_raw(x->hpa), x->size, hpa_raw(p->bars[i].hpa),
				       whole_pages(p->bars[i].size));
	}
	return is_own;
}

/* In the windows of a bridge a partition reaches its own BARs and nothing else; in an ECAM nothing. */
static const char *audit_windows(const struct plan *p, unsigned part)
{
	const struct plan_part *a = &p->parts[part];

	for (unsigned m = 0; m < a->mem_count; m++) {
		const struct plan_mem *x = &a->mems[m];

		for (unsigned i = 0; i < p->pci_host_count; i++) {
			const struct plan_pci_host *h = &p->pci_hosts[i];

			for (unsigned s = 0; s < PLAN_PCI_SPACES; s++) {
				if (audit_meets(hpa_raw(x->hpa), x->size, hpa_raw(h->windows[s].hpa),
						h->windows[s].size) &&
				    !is_own_bar(p, part, x) && !is_own_register(p, part, x)) {
					return audit_wrong("%s of %s is in a PCI window", x->path, a->name);
				}
			}
			if (audit_meets(hpa_raw(x->hpa), x->size, hpa_raw(h->ecam),
					(h->bus_last - h->bus_first + 1u) * MEBI)) {
				return audit_wrong("%s of %s is in an ECAM", x->path, a->name);
			}
		}
	}
	return NULL;
}

/* ---------------------------------------------------------------- functions */

/* A piece of guest space is memory of the partition, and in host space where the window says. */
static bool is_own_memory(const struct plan_part *part, uint64_t at, uint64_t left, uint64_t host)
{
	while (left) {
		uint64_t step = 0;

		for (unsigned m = 0; m < part->mem_count; m++) {
			const struct plan_mem *x = &part->mems[m];
			uint64_t off = at - gpa_raw(x->gpa);

			if (off < x->size && (x->flags & PLAN_MEM_W) && !(x->flags & PLAN_MEM_DEVICE) &&
			    hpa_raw(x->hpa) + off == host) {
				step = x->size - off;
			}
		}
		if (!step) {
			return false;
		}
		step = step < left ? step : left;
		at += step;
		host += step;
		left -= step;
	}
	return true;
}

static const char *audit_dma_window(const struct plan *p, const struct plan_window *w)
{
	const struct plan_part *part = &p->parts[w->part];
	bool ok = w->subwindow_count ||
		  is_own_memory(part, gpa_raw(w->gpa), w->size, hpa_raw(w->hpa));

	for (unsigned i = 0; i < w->sub_count; i++) {
		const struct plan_subwindow *s = &p->subwindows[w->sub_first + i];

		ok &= is_own_memory(part, gpa_raw(s->gpa), s->size, hpa_raw(s->hpa));
	}
	return ok ? NULL : audit_wrong("%s leads out of the memory of %s", w->path, part->name);
}

static const char *audit_function(const struct plan *p, const struct plan_pci_fn *fn)
{
	const struct plan_pci_host *h = &p->pci_hosts[fn->host];
	const struct plan_stream *s = fn->stream != NONE ? &p->streams[fn->stream] : NULL;
	const struct plan_window *w = s && s->window != NONE ? &p->windows[s->window] : NULL;
	bool is_seen = false;

	if (fn->host >= p->pci_host_count || p->devs[h->dev].owner != OWNER_HV ||
	    fn->rid >> 8 != h->bus_first) {
		return audit_wrong("%s is not on the first bus of a bridge of the hypervisor", fn->path);
	}
	if (s ? s->owner != fn->owner || s->count != 1 || s->iommu == NONE ||
			p->devs[s->iommu].driver != PLAN_DRV_SMMUV3
	      : !fn->is_dma_trusted) {
		return audit_wrong("nothing confines the DMA of %s", fn->path);
	}
	if (w && w->part != fn->owner) {
		return audit_wrong("%s reaches a window of somebody else", fn->path);
	}
	if (fn->irq != NONE && p->irqs[fn->irq].owner != fn->owner) {
		return audit_wrong("the line of %s is somebody else's", fn->path);
	}
	for (unsigned i = 0; i < p->vpci_count; i++) {
		is_seen |= p->vpcis[i].part == fn->owner && p->vpcis[i].host == fn->host;
	}
	return is_seen ? NULL : audit_wrong("%s is in no ECAM of its owner", fn->path);
}

static const char *audit_functions(const struct plan *p)
{
	const char *e = NULL;

	for (unsigned i = 0; !e && i < p->pci_fn_count; i++) {
		const struct plan_pci_fn *a = &p->pci_fns[i];

		if (!runs(p, a->owner)) {
			continue;
		}
		e = audit_function(p, a);
		for (unsigned k = 0; !e && k < i; k++) {
			const struct plan_pci_fn *b = &p->pci_fns[k];

			if (!runs(p, b->owner)) {
				continue;
			}
			if (a->host == b->host && a->rid == b->rid) {
				e = audit_wrong("%s and %s are one function", a->path, b->path);
			} else if (a->vectors && b->vectors && a->msi_device == b->msi_device) {
				e = audit_wrong("%s and %s send messages as one", a->path, b->path);
			}
		}
	}
	return e;
}

/* ---------------------------------------------------------------- messages */

static const char *audit_lpis(const struct plan *p)
{
	for (unsigned i = 0; i < p->pci_fn_count; i++) {
		const struct plan_pci_fn *a = &p->pci_fns[i];
		uint32_t count = runs(p, a->owner) ? p->parts[a->owner].msi.count : 0;

		if (!a->vectors || !count) {
			continue;
		}
		if (a->lpi_first < LPI_FIRST || a->lpi_first + count > p->board.lpi_end) {
			return audit_wrong("the LPIs of %s are not those of the plan", a->path);
		}
		for (unsigned k = 0; k < i; k++) {
			const struct plan_pci_fn *b = &p->pci_fns[k];

			if (b->vectors && runs(p, b->owner) &&
			    audit_meets(a->lpi_first, count, b->lpi_first,
					p->parts[b->owner].msi.count)) {
				return audit_wrong("%s and %s have an LPI in common", a->path, b->path);
			}
		}
	}
	return NULL;
}

/* The numbers of messages are nothing else's in the guest, and the frame covers nothing. */
static const char *audit_messages(const struct plan *p, unsigned part)
{
	const struct plan_part *a = &p->parts[part];
	uint32_t first = a->msi.first, count = a->msi.count;

	if (!count) {
		return NULL;
	}
	if (first < SPI_FIRST || first + count - 1 > SPI_LAST || first + count > a->gic.spi_end ||
	    a->irq_mode != PLAN_IRQ_VIRTUAL || p->board.its == NONE) {
		return audit_wrong("the messages of %s cannot arrive", a->name);
	}
	for (unsigned i = 0; i < a->virq_count; i++) {
		if (a->virqs[i].g_irq - first < count) {
			return audit_wrong("a message of %s is a virtual interrupt too", a->name);
		}
	}
	for (unsigned i = 0; i < p->irq_count; i++) {
		if (p->irqs[i].owner == part && p->irqs[i].irq - first < count) {
			return audit_wrong("a message of %s is a line of a device too", a->name);
		}
	}
	for (unsigned m = 0; m < a->mem_count; m++) {
		if (audit_meets(gpa_raw(a->msi.frame), PAGE_SIZE, gpa_raw(a->mems[m].gpa),
				a->mems[m].size)) {
			return audit_wrong("%s is where the frame of %s is", a->mems[m].path, a->name);
		}
	}
	return NULL;
}

const char *audit_pci(const struct plan *p)
{
	const char *e = audit_functions(p);

	for (unsigned i = 0; !e && p->arch == PLAN_ARM64 && i < p->stream_count; i++) {
		const struct plan_stream *s = &p->streams[i];

		if (s->window != NONE && runs(p, s->owner)) {
			e = audit_dma_window(p, &p->windows[s->window]);
		}
	}
	e = e ? e : audit_bars(p);
	e = e ? e : audit_lpis(p);
	for (unsigned i = 0; !e && i < p->part_count; i++) {
		if (p->parts[i].is_valid) {
			e = audit_windows(p, i);
			e = e ? e : audit_messages(p, i);
		}
	}
	return e;
}
