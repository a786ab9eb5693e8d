/* SPDX-License-Identifier: BSD-3-Clause */
/* DMA of partitions: one table for each, opened after its memory is loaded, cut before it is touched. */
/* any CPU */
#include <string.h>

#include "hv/dma.h"
#include "drivers/table.h"
#include "hv/cpu.h"
#include "hv/fmt.h"
#include "hv/log.h"
#include "hv/part.h"
#include "hv/pool.h"

enum {
	DMA_IOMMUS = 4,
	DMA_MAPS = 128, /* pieces of memory of one partition */
};

/* What some streams of a partition reach through one IOMMU: all its memory, or a window. */
struct dma_space {
	const struct iommu *iommu;
	uint16_t part, window;
	bool has_msi;
	struct iommu_space space;
};

struct dma_stream *dma_streams;

static struct iommu dma_iommus[DMA_IOMMUS];
static unsigned int dma_iommu_count;
static struct dma_space *dma_spaces;
static unsigned int dma_space_count;
static struct lock dma_lock = LOCK_INIT(LOCK_DMA, "dma");

/* ---- boot --------------------------------------------------------------------------------- */

struct iommu *dma_iommu(unsigned int n)
{
	return n < dma_iommu_count ? &dma_iommus[n] : NULL;
}

static struct iommu *dma_iommu_of(unsigned int dev)
{
	for (unsigned int i = 0; i < dma_iommu_count; i++) {
		if (dma_iommus[i].dev == &the_plan->devs[dev]) {
			return &dma_iommus[i];
		}
	}
	return NULL;
}

static enum err dma_iommu_init(const struct plan *plan, unsigned int dev,
			       const struct iommu_ops *ops)
{
	struct iommu *m = &dma_iommus[dma_iommu_count];
	enum err e;

	if (dma_iommu_count == DMA_IOMMUS) {
		return ERR_FULL;
	}
	*m = (struct iommu){.ops = ops, .dev = &plan->devs[dev]};
	e = ops->init(m, plan);
	if (e == OK) {
		dma_iommu_count++;
	}
	return e;
}

enum err dma_init(const struct plan *plan)
{
	enum err worst = OK;

	if (plan->stream_count > 0) {
		dma_streams = pool_alloc(plan->stream_count * sizeof(*dma_streams));
		dma_spaces = pool_alloc(plan->stream_count * sizeof(*dma_spaces));
		if (dma_streams == NULL || dma_spaces == NULL) {
			return ERR_SIZE;
		}
	}
	for (unsigned int i = 0; i < plan->dev_count; i++) {
		const struct plan_dev *d = &plan->devs[i];
		const struct iommu_ops *ops = driver_iommu(d->driver);
		enum err e;

		if (d->owner != OWNER_HV || ops == NULL) {
			continue;
		}
		e = dma_iommu_init(plan, i, ops);
		if (e != OK) {
			log_print(LOG_ERROR, "%s: the IOMMU cannot be used%s", d->path,
				  e == ERR_SIZE	     ? ": no boot memory is left for its tables"
				  : e == ERR_TIMEOUT ? ": it does not answer"
						     : "");
			worst = e;
		}
	}
	return worst;
}

/* ---- spaces ------------------------------------------------------------------------------- */

struct dma_maps {
	unsigned int count;
	struct iommu_map rows[DMA_MAPS];
};

/* Pieces that continue each other become one: fewer tables, larger blocks. */
static enum err dma_map_add(struct dma_maps *maps, gpa_t at, hpa_t host, uint64_t size,
			    uint32_t flags)
{
	struct iommu_map *last = &maps->rows[maps->count - (maps->count > 0)];

	if (maps->count > 0 && last->flags == flags &&
	    gpa_raw(last->gpa) + last->size == gpa_raw(at) &&
	    hpa_raw(last->hpa) + last->size == hpa_raw(host)) {
		last->size += size;
		return OK;
	}
	if (maps->count == DMA_MAPS) {
		return ERR_SIZE;
	}
	maps->rows[maps->count++] = (struct iommu_map){at, host, size, flags};
	return OK;
}

static enum err dma_map_memory(struct dma_maps *maps, const struct plan_part *part)
{
	enum err e = OK;

	for (unsigned int i = 0; e == OK && i < part->mem_count; i++) {
		const struct plan_mem *m = &part->mems[i];

		if (!(m->flags & PLAN_MEM_DEVICE)) {
			e = dma_map_add(maps, m->gpa, m->hpa, m->size,
					m->flags & PLAN_MEM_W ? IOMMU_W : 0);
		}
	}
	return e;
}

static enum err dma_map_window(struct dma_maps *maps, const struct plan_window *w)
{
	enum err e = OK;

	if (w->subwindow_count == 0) {
		return dma_map_add(maps, w->gpa, w->hpa, w->size, IOMMU_W);
	}
	for (unsigned int i = 0; e == OK && i < w->sub_count; i++) {
		const struct plan_subwindow *sub = &the_plan->subwindows[w->sub_first + i];

		if (sub->kind == PLAN_SUB_MEMORY) {
			e = dma_map_add(maps, sub->gpa, sub->hpa, sub->size, IOMMU_W);
		}
	}
	return e;
}

static enum err dma_space_fill(struct iommu *m, struct dma_space *s)
{
	static struct dma_maps maps;
	const struct plan_part *part = &the_plan->parts[s->part];
	enum err e;

	maps.count = 0;
	e = s->window == NONE ? dma_map_memory(&maps, part)
			      : dma_map_window(&maps, &the_plan->windows[s->window]);
	if (e == OK && s->has_msi) {
		e = dma_map_add(&maps, gpa(align_down(gpa_raw(part->msi.frame), PAGE_SIZE)),
				the_plan->board.msi_page, PAGE_SIZE, IOMMU_W | IOMMU_DEVICE);
	}
	return e == OK ? m->ops->space_init(m, &s->space, maps.rows, maps.count) : e;
}

/* Some function behind the stream sends messages. */
static bool dma_has_messages(const struct plan_stream *st)
{
	for (unsigned int i = 0; i < the_plan->pci_fn_count; i++) {
		const struct plan_pci_fn *fn = &the_plan->pci_fns[i];

		if (fn->stream != NONE && &the_plan->streams[fn->stream] == st &&
		    fn->vectors > 0) {
			return true;
		}
	}
	return false;
}

/* A stream without a window shares the table of its partition. */
static enum err dma_space_get(struct iommu *m, const struct plan_stream *st,
			      const struct iommu_space **space)
{
	const struct plan_part *part = &the_plan->parts[st->owner];
	bool has_msi = part->msi.count > 0 && (st->window == NONE || dma_has_messages(st));
	struct dma_space *s;
	enum err e;

	for (unsigned int i = 0; i < dma_space_count; i++) {
		s = &dma_spaces[i];
		if (s->iommu == m && s->part == st->owner && s->window == st->window &&
		    s->has_msi == has_msi) {
			*space = &s->space;
			return OK;
		}
	}
	s = &dma_spaces[dma_space_count];
	*s = (struct dma_space){
	    .iommu = m, .part = st->owner, .window = st->window, .has_msi = has_msi};
	e = dma_space_fill(m, s);
	if (e == OK) {
		dma_space_count++;
		*space = &s->space;
	}
	return e;
}

/* ---- streams ------------------------------------------------------------------------------ */

/* All ids of a stream: open or blocked. The first error wins, but all are tried. */
static enum err dma_switch(unsigned int i, bool on)
{
	const struct plan_stream *st = &the_plan->streams[i];
	struct dma_stream *d = &dma_streams[i];
	const struct iommu_ops *ops = d->iommu->ops;
	enum err worst = OK;

	for (uint32_t k = 0; k < st->count; k++) {
		enum err e = on ? ops->open(d->iommu, st->id + k, d->space)
				: ops->block(d->iommu, st->id + k);

		worst = worst == OK ? e : worst;
	}
	return worst;
}

static enum err dma_stream_init(unsigned int i)
{
	const struct plan_stream *st = &the_plan->streams[i];
	struct dma_stream *d = &dma_streams[i];
	struct iommu *m = dma_iommu_of(st->iommu);
	enum err e;

	if (m == NULL) {
		return ERR_UNSUPPORTED;
	}
	e = dma_space_get(m, st, &d->space);
	if (e != OK) {
		return e;
	}
	d->iommu = m;
	/* It is blocked already. This tells whether the IOMMU knows such a stream. */
	e = dma_switch(i, false);
	if (e == OK && st->no_dma_disable) {
		e = dma_switch(i, true);
		d->is_open = e == OK;
	}
	return e == ERR_NONE ? ERR_RANGE : e;
}

static bool dma_is_of(const struct part *p, unsigned int stream)
{
	return the_plan->streams[stream].owner == p->index &&
	       the_plan->streams[stream].iommu != NONE;
}

enum err dma_part_init(struct part *p)
{
	enum err e = OK;

	for (unsigned int i = 0; e == OK && i < the_plan->stream_count; i++) {
		if (dma_is_of(p, i)) {
			e = dma_streams != NULL ? dma_stream_init(i) : ERR_SIZE;
		}
	}
	return e;
}

/* Lock held. */
static void dma_stream_open(const struct part *p, unsigned int i)
{
	struct dma_stream *d = &dma_streams[i];

	if (d->iommu == NULL || d->is_open) {
		return;
	}
	d->is_open = true;
	if (dma_switch(i, true) != OK) {
		log_print(LOG_ERROR, "%s: the IOMMU does not open stream %#x", p->plan->name,
			  (unsigned int)the_plan->streams[i].id);
	}
}

void dma_part_open(struct part *p)
{
	lock_take(&dma_lock);
	for (unsigned int i = 0; i < the_plan->stream_count; i++) {
		if (dma_is_of(p, i)) {
			dma_stream_open(p, i);
		}
	}
	lock_drop(&dma_lock);
}

/* Lock held. */
static enum err dma_stream_cut(unsigned int i)
{
	struct dma_stream *d = &dma_streams[i];
	enum err e;

	if (d->iommu == NULL || !d->is_open) {
		return OK;
	}
	e = dma_switch(i, false);
	if (e == OK) {
		e = d->iommu->ops->flush(d->iommu, d->space);
	}
	d->is_open = e != OK;
	return e;
}

void dma_part_cut(struct part *p)
{
	enum err worst = OK;

	lock_take(&dma_lock);
	for (unsigned int i = 0; i < the_plan->stream_count; i++) {
		enum err e = dma_is_of(p, i) && !the_plan->streams[i].no_dma_disable
				 ? dma_stream_cut(i)
				 : OK;

		worst = worst == OK ? e : worst;
	}
	lock_drop(&dma_lock);
	if (worst != OK && p->is_usable) {
		p->is_usable = false;
		fmt_print(p->stop_text, sizeof(p->stop_text),
			  "its IOMMU does not answer: its devices may still write its memory");
		log_print(LOG_ERROR, "%s: %s", p->plan->name, p->stop_text);
	}
}

enum err dma_stream_set(struct part *p, unsigned int stream, bool on)
{
	enum err e = OK;

	if (the_plan->streams[stream].owner != p->index) {
		return ERR_PERM;
	}
	if (dma_streams[stream].iommu == NULL) {
		return ERR_NONE;
	}
	lock_take(&dma_lock);
	if (on) {
		dma_stream_open(p, stream);
	} else {
		e = dma_stream_cut(stream);
	}
	lock_drop(&dma_lock);
	return e;
}
