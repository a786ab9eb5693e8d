/* SPDX-License-Identifier: BSD-3-Clause */
/* A second opinion on a plan: is everything owned once, and nothing reachable by two? */
/* host; plain loops over all pairs, so that it is seen to be right */
#include "tests/plans/audit.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static char text[256];

const char *audit_wrong(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return text;
}

bool audit_meets(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a_size != 0 && b_size != 0 && (b - a < a_size || a - b < b_size);
}

bool audit_inside(uint64_t x, uint64_t x_size, uint64_t base, uint64_t size)
{
	return x - base < size && x_size <= size - (x - base);
}

static bool starts(const struct plan *p, unsigned part)
{
	return part < p->part_count && p->parts[part].is_valid;
}

/* ---------------------------------------------------------------- CPUs */

static const char *audit_cpus(const struct plan *p, unsigned i)
{
	const struct plan_part *a = &p->parts[i];

	if (a->cpu_count == 0) {
		return audit_wrong("%s starts without a CPU", a->name);
	}
	for (unsigned k = 0; k < a->cpu_count; k++) {
		if (a->cpus[k] >= p->cpu_count || p->cpus[a->cpus[k]].owner != i ||
		    p->cpus[a->cpus[k]].vcpu != k) {
			return audit_wrong("vcpu %u of %s is not its CPU", k, a->name);
		}
		for (unsigned j = 0; j < p->part_count; j++) {
			const struct plan_part *b = &p->parts[j];

			for (unsigned m = 0; b->is_valid && m < b->cpu_count; m++) {
				if (b->cpus[m] == a->cpus[k] && (j != i || m != k)) {
					return audit_wrong("CPU %u is %s's and %s's", a->cpus[k], a->name, b->name);
				}
			}
		}
	}
	return NULL;
}

/* ---------------------------------------------------------------- memory */

/* An area of the layout, not the hypervisor's, that holds both pieces. */
static bool share_area(const struct plan *p, const struct plan_mem *x, const struct plan_mem *y)
{
	for (unsigned i = 0; i < p->pma_count; i++) {
		uint64_t base = hpa_raw(p->pmas[i].base), size = p->pmas[i].size;

		if (p->pmas[i].owner != OWNER_HV && audit_inside(hpa_raw(x->hpa), x->size, base, size) &&
		    audit_inside(hpa_raw(y->hpa), y->size, base, size)) {
			return true;
		}
	}
	return false;
}

static const char *audit_shape(const struct plan_part *a, unsigned m)
{
	const struct plan_mem *x = &a->mems[m];
	uint64_t h = hpa_raw(x->hpa), g = gpa_raw(x->gpa);

	if (x->size == 0 || ((h | g | x->size) & (PAGE_SIZE - 1)) != 0 || x->size - 1 > UINT64_MAX - h ||
	    x->size - 1 > UINT64_MAX - g) {
		return audit_wrong("%s of %s is no run of pages", x->path, a->name);
	}
	if (m > 0 && (gpa_raw(a->mems[m - 1].gpa) >= g || g - gpa_raw(a->mems[m - 1].gpa) < a->mems[m - 1].size)) {
		return audit_wrong("%s of %s overlaps the one before in guest space", x->path, a->name);
	}
	return NULL;
}

/* The GICv2 virtual CPU interface is made to be mapped into guests, one bank a CPU. */
static bool is_gicv(const struct plan *p, unsigned dev)
{
	return p->devs[dev].driver == PLAN_DRV_GICV2;
}

/* Registers that a piece of memory reaches although they are somebody else's. */
static const char *audit_registers(const struct plan *p, unsigned i, const struct plan_mem *x)
{
	for (unsigned d = 0; d < p->dev_count; d++) {
		const struct plan_dev *dev = &p->devs[d];
		bool is_foreign = dev->owner == OWNER_HV || (dev->owner != i && starts(p, dev->owner));

		for (unsigned r = 0; is_foreign && !dev->is_claimable && r < dev->reg_count; r++) {
			const struct plan_reg *reg = &p->regs[dev->reg_first + r];

			if (audit_meets(hpa_raw(x->hpa), x->size, hpa_raw(reg->base), reg->size) && !is_gicv(p, d)) {
				return audit_wrong("%s reaches %s through %s", p->parts[i].name, dev->path, x->path);
			}
		}
	}
	return NULL;
}

static const char *audit_neighbours(const struct plan *p, unsigned i, const struct plan_mem *x)
{
	for (unsigned j = 0; j < p->part_count; j++) {
		const struct plan_part *b = &p->parts[j];

		for (unsigned k = 0; j != i && b->is_valid && k < b->mem_count; k++) {
			const struct plan_mem *y = &b->mems[k];

			if (!((x->flags | y->flags) & PLAN_MEM_DEVICE) &&
			    audit_meets(hpa_raw(x->hpa), x->size, hpa_raw(y->hpa), y->size) &&
			    !share_area(p, x, y)) {
				return audit_wrong("%s and %s overlap", x->path, y->path);
			}
		}
	}
	return NULL;
}

static const char *audit_memory(const struct plan *p, unsigned i)
{
	const struct plan_part *a = &p->parts[i];
	const char *e = NULL;

	for (unsigned m = 0; !e && m < a->mem_count; m++) {
		const struct plan_mem *x = &a->mems[m];

		for (unsigned k = 0; k < p->hvmem_count; k++) {
			if (audit_meets(hpa_raw(x->hpa), x->size, p->hvmem[k].base, p->hvmem[k].size)) {
				return audit_wrong("%s of %s is the hypervisor's memory", x->path, a->name);
			}
		}
		if (!(x->flags & PLAN_MEM_DEVICE) && !share_area(p, x, x)) {
			return audit_wrong("%s of %s is in no area", x->path, a->name);
		}
		e = audit_shape(a, m);
		e = e ? e : audit_registers(p, i, x);
		e = e ? e : audit_neighbours(p, i, x);
	}
	return e;
}

/* ---------------------------------------------------------------- interrupts, DMA, channels */

static const char *audit_irqs(const struct plan *p)
{
	for (unsigned i = 0; i < p->irq_count; i++) {
		const struct plan_irq *a = &p->irqs[i];

		for (unsigned j = 0; j < i; j++) {
			const struct plan_irq *b = &p->irqs[j];

			if (a->irq == b->irq && a->irq != UINT32_MAX && a->owner != b->owner &&
			    starts(p, a->owner) && starts(p, b->owner) &&
			    !p->devs[a->dev].is_claimable) {
				return audit_wrong("interrupt %u has two owners", a->irq);
			}
		}
	}
	return NULL;
}

static const char *audit_dma(const struct plan *p)
{
	for (unsigned d = 0; d < p->dev_count; d++) {
		const struct plan_dev *dev = &p->devs[d];
		bool is_confined = dev->stream_count != 0;

		for (unsigned s = 0; s < dev->stream_count; s++) {
			const struct plan_stream *stream = &p->streams[dev->stream_first + s];

			is_confined &= stream->iommu != NONE;
			if (starts(p, dev->owner) && stream->owner != dev->owner) {
				return audit_wrong("stream %u of %s is not its owner's", stream->id, dev->path);
			}
		}
		if (dev->is_dma_master && starts(p, dev->owner) && !dev->is_dma_trusted && !is_confined) {
			return audit_wrong("nothing confines the DMA of %s", dev->path);
		}
	}
	for (unsigned i = 0; i < p->stream_count; i++) {
		const struct plan_stream *a = &p->streams[i];
		unsigned owner = a->owner;

		for (unsigned j = 0; j < i; j++) {
			const struct plan_stream *b = &p->streams[j];
			unsigned other = b->owner;

			if (a->iommu == b->iommu && a->iommu != NONE && owner != other && starts(p, owner) &&
			    starts(p, other) && audit_meets(a->id, a->count, b->id, b->count) &&
			    !p->devs[a->dev].is_claimable) {
				return audit_wrong("stream %u has two owners", a->id);
			}
		}
	}
	return NULL;
}

/* A channel of a mux and a UART have one user each. */
static const char *audit_channels(const struct plan *p)
{
	for (unsigned i = 0; i < 2u * p->chan_count; i++) {
		const struct plan_end *a = &p->chans[i / 2].end[i % 2];

		if (a->kind == PLAN_END_PART && a->index >= p->part_count) {
			return audit_wrong("a channel ends in no partition");
		}
		for (unsigned j = 0; j < i; j++) {
			const struct plan_end *b = &p->chans[j / 2].end[j % 2];

			if (a->kind == b->kind && a->index == b->index &&
			    (a->kind == PLAN_END_UART ||
			     (a->kind == PLAN_END_MUX && a->mux_channel == b->mux_channel))) {
				return audit_wrong("channels %u and %u have one end in common", i / 2, j / 2);
			}
		}
	}
	return NULL;
}

/* ---------------------------------------------------------------- what is written at start */

static bool is_ram(const struct plan_part *a, uint64_t at, uint64_t size)
{
	for (unsigned m = 0; m < a->mem_count; m++) {
		if (!(a->mems[m].flags & (PLAN_MEM_DEVICE | PLAN_MEM_DMA_ONLY)) &&
		    audit_inside(at, size, gpa_raw(a->mems[m].gpa), a->mems[m].size)) {
			return true;
		}
	}
	return false;
}

static const char *audit_start(const struct plan_part *a)
{
	if (!is_ram(a, a->dtb_window.base, a->dtb_window.size) || a->gtree == NULL ||
	    a->gtree_size > a->dtb_window.size) {
		return audit_wrong("the tree of %s has no place", a->name);
	}
	for (unsigned i = 0; i < a->image_count; i++) {
		const struct plan_image *im = &a->images[i];

		if (gpa_raw(im->dest) != IMAGE_AUTO && im->size != 0 &&
		    !is_ram(a, gpa_raw(im->dest), im->size)) {
			return audit_wrong("an image of %s is not in its memory", a->name);
		}
	}
	return NULL;
}

const char *audit(const struct plan *p)
{
	const char *e = NULL;

	if (p->is_fatal) {
		return NULL;
	}
	for (unsigned i = 0; !e && i < p->part_count; i++) {
		if (p->parts[i].is_valid) {
			e = audit_cpus(p, i);
			e = e ? e : audit_memory(p, i);
			e = e ? e : audit_start(&p->parts[i]);
		}
	}
	e = e ? e : audit_irqs(p);
	e = e ? e : audit_dma(p);
	e = e ? e : audit_pci(p);
	return e ? e : audit_channels(p);
}
