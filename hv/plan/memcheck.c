/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory areas against the board, the hypervisor, devices and each other. */
/* pure */
#include "hv/plan/ctx.h"
#include "hv/plan/geom.h"

#define LAW_MIN KIB(4)
#define LAW_MAX GIB(64)

static struct range area_range(const struct plan_pma *pma)
{
	return (struct range){hpa_raw(pma->base), pma->size};
}

/* One finding for each partition that uses the area; for the hypervisor's memory it is fatal. */
static void area_finding(struct ctx *c, unsigned area, enum plan_check_id check, const char *prop,
			 const char *other, const char *fmt, ...) printf_like(6, 7);

static void area_finding(struct ctx *c, unsigned area, enum plan_check_id check, const char *prop,
			 const char *other, const char *fmt, ...)
{
	const struct plan_pma *pma = &c->plan->pmas[area];
	unsigned node = 0;
	const char *text;
	uint32_t told = 0;
	va_list ap;

	va_start(ap, fmt);
	text = text_vkeep(c->arena, fmt, ap);
	va_end(ap);
	while (c->pma_of[node] != area) {
		node++;
	}
	if (pma->owner == OWNER_HV) {
		diag_add(c, CHECK_HV_MEMORY, NONE, node, prop, other, "%s", text);
		return;
	}
	for (unsigned i = 0; i < c->gma_count; i++) {
		unsigned part = c->gmas[i].part;

		if (c->gmas[i].pma == area && (told >> part & 1) == 0) {
			diag_add(c, check, part, node, prop, other, "%s", text);
			told |= UINT32_C(1) << part;
		}
	}
	if (!told) {
		diag_add(c, check, NONE, node, prop, other, "%s", text);
	}
}

static void area_shape(struct ctx *c, unsigned i)
{
	const struct plan_pma *pma = &c->plan->pmas[i];
	uint64_t base = hpa_raw(pma->base), unit = PAGE_SIZE;

	if (plan_is_ppc(c->plan)) {
		if (!is_pow2(pma->size) || pma->size < PAGE_SIZE) {
			area_finding(c, i, CHECK_AREA_SIZE, "size", NULL,
				     "size 0x%llx is not a power of two from 4 KiB on",
				     (unsigned long long)pma->size);
			return;
		}
		if (!c->pma_no_law[i] && (pma->size < LAW_MIN || pma->size > LAW_MAX)) {
			area_finding(c, i, CHECK_LAW_SIZE, "size", NULL,
				     "size 0x%llx is not possible for a local access window: "
				     "4 KiB to 64 GiB, or use-no-law",
				     (unsigned long long)pma->size);
		}
		unit = pma->size;
	} else if (!is_aligned(pma->size, PAGE_SIZE)) {
		area_finding(c, i, CHECK_AREA_SIZE, "size", NULL,
			     "size 0x%llx is not a multiple of 4 KiB",
			     (unsigned long long)pma->size);
	}
	if (!is_aligned(base, unit)) {
		area_finding(c, i, CHECK_AREA_ALIGN, "addr", NULL,
			     "addr 0x%llx is not a multiple of 0x%llx; 0x%llx would be",
			     (unsigned long long)base, (unsigned long long)unit,
			     (unsigned long long)align_down(base, unit));
	}
}

static void area_on_board(struct ctx *c, unsigned i)
{
	const struct plan *p = c->plan;
	struct range r = area_range(&p->pmas[i]);
	unsigned hit = geom_hit(c->resv, c->resv_count, r);

	if (c->pma_no_law[i]) {
		return;
	}
	if (hit < c->resv_count) {
		area_finding(
		    c, i, CHECK_AREA_RESERVED, "addr", NULL,
		    "0x%llx..0x%llx covers 0x%llx..0x%llx, which the hardware tree reserves",
		    (unsigned long long)r.base, (unsigned long long)range_last(r),
		    (unsigned long long)c->resv[hit].base,
		    (unsigned long long)range_last(c->resv[hit]));
		return;
	}
	if (!geom_covers(p->ram, p->ram_count, r)) {
		const struct range *ram = p->ram_count ? &p->ram[p->ram_count - 1] : NULL;

		area_finding(
		    c, i, CHECK_AREA_RAM, "addr", NULL,
		    "0x%llx..0x%llx is not RAM of this board, whose last area is 0x%llx..0x%llx",
		    (unsigned long long)r.base, (unsigned long long)range_last(r),
		    (unsigned long long)(ram ? ram->base : 0),
		    (unsigned long long)(ram ? range_last(*ram) : 0));
	}
}

static void area_hits(struct ctx *c, unsigned i, enum plan_check_id check, struct range what,
		      const char *name)
{
	struct range r = area_range(&c->plan->pmas[i]);

	if (c->plan->pmas[i].owner == OWNER_HV || !range_valid(what) || !range_overlaps(r, what)) {
		return;
	}
	area_finding(c, i, check, "addr", NULL, "0x%llx..0x%llx covers %s at 0x%llx..0x%llx",
		     (unsigned long long)r.base, (unsigned long long)range_last(r), name,
		     (unsigned long long)what.base, (unsigned long long)range_last(what));
}

static void area_against_hypervisor(struct ctx *c, unsigned i)
{
	const struct plan_input *in = c->in;

	area_hits(c, i, CHECK_AREA_HYPERVISOR, in->image, "the hypervisor");
	area_hits(c, i, CHECK_AREA_HYPERVISOR, in->hw_at, "the hardware tree");
	area_hits(c, i, CHECK_AREA_HYPERVISOR, in->cfg_at, "the layout");
	if (in->image.size && in->bundle) {
		area_hits(c, i, CHECK_AREA_BUNDLE,
			  (struct range){hpa_raw(in->bundle_at), in->bundle_size}, "the bundle");
	}
}

/* Flash and other device space (use-no-law) may be given as an area, but not somebody else's
 * device. */
static bool dev_may_be_covered(const struct ctx *c, unsigned area, const struct plan_dev *dev)
{
	if (!c->pma_no_law[area] || dev->is_dma_master || dev->owner == OWNER_HV) {
		return false;
	}
	return dev->owner == OWNER_NOBODY || dev->owner == c->plan->pmas[area].owner;
}

static void area_against_devices(struct ctx *c, unsigned i)
{
	struct plan *p = c->plan;
	struct range r = area_range(&p->pmas[i]);

	for (unsigned d = 0; d < p->dev_count; d++) {
		const struct plan_dev *dev = &p->devs[d];

		for (unsigned k = 0; k < dev->reg_count; k++) {
			const struct plan_reg *reg = &p->regs[dev->reg_first + k];
			struct range b = {hpa_raw(reg->base), reg->size};

			if (range_overlaps(r, b) && !dev_may_be_covered(c, i, dev)) {
				area_finding(c, i, CHECK_AREA_DEVICE, "addr",
					     text_keep(c->arena, "hw:%s", dev->path),
					     "0x%llx..0x%llx covers registers of %s at 0x%llx",
					     (unsigned long long)r.base,
					     (unsigned long long)range_last(r), dev->path,
					     (unsigned long long)b.base);
				return;
			}
		}
	}
}

/* Nor a window in which other partitions' BARs may be. */
static void area_against_windows(struct ctx *c, unsigned i)
{
	struct range r = area_range(&c->plan->pmas[i]), window;
	uint16_t dev;

	if (hwpci_hits(c->plan, r, &window, &dev)) {
		area_finding(c, i, CHECK_AREA_DEVICE, "addr", ctx_hw_path(c, c->node_of[dev]),
			     "0x%llx..0x%llx covers the window of %s at 0x%llx",
			     (unsigned long long)r.base, (unsigned long long)range_last(r),
			     c->plan->devs[dev].path, (unsigned long long)window.base);
	}
}

static void areas_pairwise(struct ctx *c, unsigned i)
{
	struct plan *p = c->plan;

	for (unsigned k = 0; k < i; k++) {
		struct range a = area_range(&p->pmas[k]), b = area_range(&p->pmas[i]);
		/* the later one is told, unless only the earlier one has users that can be stopped
		 */
		bool swap = p->pmas[i].owner == OWNER_HV ||
			    (p->pmas[i].user_count == 0 && p->pmas[k].user_count != 0);
		unsigned me = swap ? k : i, it = swap ? i : k;
		struct range common;

		if (c->pma_bad[k] || !range_overlaps(a, b)) {
			continue;
		}
		common = geom_common(a, b);
		area_finding(c, me, CHECK_AREA_OVERLAP, "addr", p->pmas[it].path,
			     "0x%llx..0x%llx overlaps %s by 0x%llx bytes from 0x%llx on",
			     (unsigned long long)(swap ? a.base : b.base),
			     (unsigned long long)range_last(swap ? a : b), p->pmas[it].path,
			     (unsigned long long)common.size, (unsigned long long)common.base);
	}
}

void cfgmem_check(struct ctx *c)
{
	for (unsigned i = 0; i < c->plan->pma_count; i++) {
		if (c->pma_bad[i]) {
			continue;
		}
		area_shape(c, i);
		area_on_board(c, i);
		area_against_hypervisor(c, i);
		area_against_devices(c, i);
		area_against_windows(c, i);
		areas_pairwise(c, i);
	}
}
