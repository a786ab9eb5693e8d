/* SPDX-License-Identifier: BSD-3-Clause */
/* The guest-physical space of every partition: memory, assigned registers, emulated devices. */
/* pure */
#include "hv/plan/ctx.h"
#include "hv/plan/geom.h"

#define GPA_BITS_ARM64 40
#define GPA_BITS_PPC 36
#define GICR_FRAME KIB(128) /* RD and SGI frame of one CPU */
#define MPIC_SIZE 0x40000u
#define GICD_SIZE KIB(64)
#define GICV2_CPUS 8u

/* The space of one partition while it is put together. */
struct space {
	struct ctx *c;
	struct plan_part *part;
	unsigned index;
	struct plan_mem *list;
	unsigned count, room;
};

static struct range mem_range(const struct plan_mem *m)
{
	return (struct range){gpa_raw(m->gpa), m->size};
}

static void space_add(struct space *s, struct plan_mem m)
{
	unsigned bits = plan_is_ppc(s->c->plan) ? GPA_BITS_PPC : GPA_BITS_ARM64;

	if (!range_covers((struct range){0, BIT(bits)}, gpa_raw(m.gpa), m.size)) {
		diag_path(s->c, CHECK_GUEST_SPACE, s->index,
			  m.flags & PLAN_MEM_DEVICE ? s->part->path : m.path,
			  m.flags & PLAN_MEM_DEVICE ? NULL : "guest-addr", NULL,
			  "%s at guest address 0x%llx, 0x%llx bytes, lies outside the %u-bit guest "
			  "space",
			  m.path, (unsigned long long)gpa_raw(m.gpa), (unsigned long long)m.size,
			  bits);
		return;
	}
	if (s->count < s->room) {
		s->list[s->count++] = m;
	}
}

static void space_areas(struct space *s)
{
	const struct plan *p = s->c->plan;

	for (unsigned i = 0; i < s->c->gma_count; i++) {
		const struct gma *g = &s->c->gmas[i];
		const struct plan_pma *pma;
		struct plan_mem m;

		if (g->part != s->index || g->pma == NONE) {
			continue;
		}
		pma = &p->pmas[g->pma];
		m = (struct plan_mem){gpa(g->gpa), pma->base, pma->size, 0, ctx_path(s->c, g->cfg)};
		m.flags = g->is_dma_only ? PLAN_MEM_W | PLAN_MEM_DMA_ONLY : PLAN_MEM_W | PLAN_MEM_X;
		m.flags |= pma->user_count > 1 ? PLAN_MEM_SHARED : 0;
		m.flags |= pma->zero ? PLAN_MEM_ZERO : 0;
		if (s->c->pma_no_law[g->pma]) {
			m.flags = (m.flags & ~(uint32_t)PLAN_MEM_X) | PLAN_MEM_DEVICE;
		}
		space_add(s, m);
	}
}

/* device-ranges = <host(2) guest(2) size(2)>...: where the registers at r are seen. */
static bool device_to_guest(const struct space *s, struct range r, uint64_t *g_at)
{
	const struct tree_prop *p = tree_prop(&s->c->cfg, s->part->cfg_index, "device-ranges");

	*g_at = r.base;
	if (!p || p->len == 0 || p->len % 24 != 0) {
		return true;
	}
	for (unsigned i = 0; i < p->len / 4; i += 6) {
		struct range from = {tree_cells(p, i, 2), tree_cells(p, i + 4, 2)};

		if (range_valid(from) && range_covers(from, r.base, r.size)) {
			*g_at = tree_cells(p, i + 2, 2) + (r.base - from.base);
			return is_aligned(*g_at - r.base, PAGE_SIZE);
		}
	}
	return false;
}

static void device_ranges_check(struct space *s)
{
	const struct tree_prop *p = tree_prop(&s->c->cfg, s->part->cfg_index, "device-ranges");

	if (p && (p->len == 0 || p->len % 24 != 0)) {
		diag_add(s->c, CHECK_DEVICE_RANGES, s->index, s->part->cfg_index, "device-ranges",
			 NULL, "%u bytes are no list of <host(2) guest(2) size(2)>", p->len);
	}
}

static const struct grant *grant_of(const struct ctx *c, unsigned dev, unsigned part)
{
	for (unsigned i = 0; i < c->grant_count; i++) {
		if (c->grants[i].dev == dev && c->grants[i].owner == part &&
		    !c->grants[i].is_refused) {
			return &c->grants[i];
		}
	}
	return NULL;
}

static void space_window(struct space *s, struct range r, const struct plan_dev *dev, gpa_t *guest)
{
	struct range pages = geom_pages(r, PAGE_SIZE);
	uint64_t g_at;

	if (!device_to_guest(s, r, &g_at)) {
		diag_add(s->c, CHECK_DEVICE_UNMAPPED, s->index, s->part->cfg_index, "device-ranges",
			 text_keep(s->c->arena, "hw:%s", dev->path),
			 "registers of %s at 0x%llx are in none of the device-ranges, or not at "
			 "the same "
			 "page offset",
			 dev->path, (unsigned long long)r.base);
		return;
	}
	*guest = gpa(g_at);
	space_add(s, (struct plan_mem){gpa(align_down(g_at, PAGE_SIZE)), hpa(pages.base),
				       pages.size, PLAN_MEM_W | PLAN_MEM_DEVICE, dev->path});
}

/* map-ranges: the windows of a bus node too (PCI, local bus), where they are in host space. */
static void space_bus_windows(struct space *s, const struct plan_dev *dev, unsigned node)
{
	struct range r;
	gpa_t at;

	for (unsigned i = 0; tree_window(&s->c->hw, node, i, &r) != ERR_NONE; i++) {
		if (r.size) {
			space_window(s, r, dev, &at);
		}
	}
}

static void space_devices(struct space *s)
{
	struct plan *p = s->c->plan;

	for (unsigned d = 0; d < p->dev_count; d++) {
		struct plan_dev *dev = &p->devs[d];
		const struct grant *g;

		if (dev->owner != s->index) {
			continue;
		}
		g = grant_of(s->c, d, s->index);
		if (g && update_deletes(s->c, g->cfg, "reg")) {
			continue;
		}
		for (unsigned i = 0; i < dev->reg_count; i++) {
			struct plan_reg *reg = &p->regs[dev->reg_first + i];

			space_window(s, (struct range){hpa_raw(reg->base), reg->size}, dev,
				     &reg->guest);
		}
		if (g && cfg_flag(s->c, g->cfg, "map-ranges")) {
			space_bus_windows(s, dev, s->c->node_of[d]);
		}
	}
}

/* BARs of its PCI functions, where the plan put them: the same addresses on both sides. */
static void space_bars(struct space *s)
{
	const struct plan *p = s->c->plan;

	for (unsigned i = 0; i < p->pci_fn_count; i++) {
		const struct plan_pci_fn *fn = &p->pci_fns[i];

		for (unsigned k = 0; fn->owner == s->index && k < fn->bar_count; k++) {
			const struct plan_bar *b = &p->bars[fn->bar_first + k];

			if (b->size) {
				space_add(s, (struct plan_mem){
						 b->gpa, b->hpa, align_up(b->size, PAGE_SIZE),
						 PLAN_MEM_W | PLAN_MEM_DEVICE, fn->path});
			}
		}
	}
}

/* arm64: the guest's interrupt controller is where the board's is. */
static void space_gic(struct space *s)
{
	struct plan *p = s->c->plan;
	const struct plan_dev *gic = p->board.irqc != NONE ? &p->devs[p->board.irqc] : NULL;
	const struct plan_reg *regs;

	if (plan_is_ppc(s->c->plan) || !gic || gic->reg_count < 2) {
		return;
	}
	regs = &p->regs[gic->reg_first];
	s->part->gic.version = gic->driver == PLAN_DRV_GICV3 ? 3 : 2;
	s->part->gic.dist = regs[0].guest;
	if (s->part->gic.version == 3) {
		s->part->gic.redist = regs[1].guest;
		return;
	}
	s->part->gic.cpu = regs[1].guest;
	if (s->part->cpu_count > GICV2_CPUS) {
		diag_add(s->c, CHECK_CPU_COUNT, s->index, s->part->cfg_index, "cpus", NULL,
			 "%s has %u CPUs, a guest with GICv2 can have %u", s->part->name,
			 s->part->cpu_count, GICV2_CPUS);
	}
	if (gic->reg_count >= 4) {
		struct range view = {hpa_raw(regs[3].base), regs[3].size};

		/* every CPU sees its own interface there, so all partitions may have it */
		view = geom_pages(view, PAGE_SIZE);
		s->part->gic.cpu = gpa(align_down(gpa_raw(regs[1].guest), PAGE_SIZE));
		space_add(s, (struct plan_mem){s->part->gic.cpu, hpa(view.base), view.size,
					       PLAN_MEM_W | PLAN_MEM_DEVICE | PLAN_MEM_SHARED,
					       gic->path});
	}
}

static void list_sort(struct plan_mem *list, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		struct plan_mem m = list[i];
		unsigned j = i;

		for (; j > 0 && gpa_raw(list[j - 1].gpa) > gpa_raw(m.gpa); j--) {
			list[j] = list[j - 1];
		}
		list[j] = m;
	}
}

static bool same_translation(const struct plan_mem *a, const struct plan_mem *b)
{
	return (a->flags & b->flags & PLAN_MEM_DEVICE) &&
	       gpa_raw(a->gpa) - hpa_raw(a->hpa) == gpa_raw(b->gpa) - hpa_raw(b->hpa);
}

/* Memory areas are layout nodes and have a guest-addr that can be changed; registers have not. */
static bool is_area(const struct plan_mem *m)
{
	return (m->flags & (PLAN_MEM_X | PLAN_MEM_DMA_ONLY)) != 0;
}

static void overlap(struct space *s, const struct plan_mem *a, const struct plan_mem *b)
{
	const struct plan_mem *me = is_area(b) ? b : a, *it = is_area(b) ? a : b;
	struct range common = geom_common(mem_range(a), mem_range(b));

	diag_path(s->c, CHECK_GUEST_OVERLAP, s->index, is_area(me) ? me->path : s->part->path,
		  is_area(me) ? "guest-addr" : NULL, it->path,
		  "%s and %s both have guest addresses 0x%llx..0x%llx", me->path, it->path,
		  (unsigned long long)common.base, (unsigned long long)range_last(common));
}

/* Sorted list without overlaps: registers of one owner on the same page become one entry. */
static void list_merge(struct space *s)
{
	unsigned kept = 0;

	list_sort(s->list, s->count);
	for (unsigned i = 0; i < s->count; i++) {
		struct plan_mem *last = kept ? &s->list[kept - 1] : NULL, *m = &s->list[i];

		if (!last || !range_overlaps(mem_range(last), mem_range(m))) {
			s->list[kept++] = *m;
		} else if (!same_translation(last, m)) {
			overlap(s, last, m);
		} else if (range_last(mem_range(m)) > range_last(mem_range(last))) {
			last->size = range_last(mem_range(m)) - gpa_raw(last->gpa) + 1;
		}
	}
	s->count = kept;
}

/* Emulated devices occupy addresses without a mapping. */
static unsigned emulated(const struct space *s, struct plan_mem *out)
{
	const struct plan_part *part = s->part;
	unsigned n = 0;

	if (part->gic.version) {
		out[n++] =
		    (struct plan_mem){part->gic.dist, hpa(0), GICD_SIZE, 0, "interrupt controller"};
	}
	if (part->gic.version == 3 && part->cpu_count) {
		out[n++] = (struct plan_mem){part->gic.redist, hpa(0), part->cpu_count * GICR_FRAME,
					     0, "interrupt controller"};
	}
	if (part->flags & PLAN_PART_MPIC) {
		out[n++] =
		    (struct plan_mem){part->pic_addr, hpa(0), MPIC_SIZE, 0, "interrupt controller"};
	}
	if (part->msi.count) {
		out[n++] = (struct plan_mem){part->msi.frame, hpa(0), PAGE_SIZE, 0,
					     "frame that takes PCI messages"};
	}
	for (unsigned i = 0; i < s->c->plan->vpci_count; i++) {
		const struct plan_vpci *v = &s->c->plan->vpcis[i];

		if (v->part == s->index) {
			out[n++] = (struct plan_mem){v->ecam, hpa(0),
						     (v->bus_last - v->bus_first + 1u) * MIB(1), 0,
						     "PCI configuration space"};
		}
	}
	for (unsigned i = 0; i < s->c->end_count; i++) {
		const struct end_node *e = &s->c->ends[i];

		if (e->part == s->index && e->vuart && e->guest_addr) {
			out[n++] = (struct plan_mem){gpa(e->guest_addr), hpa(0), PAGE_SIZE, 0,
						     ctx_path(s->c, e->cfg)};
		}
	}
	return n;
}

static enum err emulated_check(struct space *s)
{
	struct plan_mem *em = arena_scratch(
	    s->c->arena, (s->c->end_count + s->c->plan->vpci_count + 4u) * sizeof(*em));
	unsigned n;

	if (!em) {
		return ERR_SIZE;
	}
	n = emulated(s, em);
	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < s->count; k++) {
			if (range_overlaps(mem_range(&em[i]), mem_range(&s->list[k]))) {
				overlap(s, &em[i], &s->list[k]);
			}
		}
		for (unsigned k = 0; k < i; k++) {
			if (range_overlaps(mem_range(&em[i]), mem_range(&em[k]))) {
				overlap(s, &em[i], &em[k]);
			}
		}
	}
	return OK;
}

const struct plan_mem *guestmem_ram(const struct plan_part *part, struct range r)
{
	for (unsigned i = 0; i < part->mem_count; i++) {
		const struct plan_mem *m = &part->mems[i];

		if ((m->flags & (PLAN_MEM_DEVICE | PLAN_MEM_DMA_ONLY)) == 0 &&
		    range_covers(mem_range(m), r.base, r.size)) {
			return m;
		}
	}
	return NULL;
}

static void window_check(struct space *s)
{
	struct range w = s->part->dtb_window;
	const struct plan_mem *ram = w.size ? guestmem_ram(s->part, w) : NULL;

	if (s->part->mem_count == 0) {
		diag_add(s->c, CHECK_NO_MEMORY, s->index, s->part->cfg_index, NULL, NULL,
			 "%s has no memory: %s", s->part->name, plan_right_NO_MEMORY);
	} else if (ram && (ram->flags & PLAN_MEM_SHARED)) {
		diag_path(
		    s->c, CHECK_AREA_SHARED, s->index, ram->path, "phys-mem", NULL,
		    "the memory %s starts from (its tree is there) is shared: the other users of "
		    "the area can change what it runs",
		    s->part->name);
	} else if (w.size && !ram) {
		diag_add(s->c, CHECK_DTB_UNBACKED, s->index, s->part->cfg_index, "dtb-window", NULL,
			 "guest addresses 0x%llx..0x%llx are not inside one memory area of %s",
			 (unsigned long long)w.base, (unsigned long long)range_last(w),
			 s->part->name);
	}
}

static bool spin_table_hits(const struct space *s, struct range page, uint64_t *end)
{
	for (unsigned i = 0; i < s->count; i++) {
		if (range_overlaps(mem_range(&s->list[i]), page)) {
			*end = range_last(mem_range(&s->list[i])) + 1;
			return true;
		}
	}
	for (unsigned i = 0; i < s->c->end_count; i++) {
		const struct end_node *e = &s->c->ends[i];

		if (e->part == s->index && e->vuart && e->guest_addr == page.base) {
			*end = e->guest_addr + PAGE_SIZE;
			return true;
		}
	}
	return false;
}

/* The emulated MPIC stands where the board's own is. */
static void mpic_place(struct space *s)
{
	const struct plan *p = s->c->plan;

	if (p->board.irqc != NONE && p->devs[p->board.irqc].reg_count) {
		s->part->pic_addr = gpa(hpa_raw(p->regs[p->devs[p->board.irqc].reg_first].base));
	}
}

/* The spin table's page: the last one below 4 GiB, or the first free one above it. */
static void spin_table_place(struct space *s)
{
	struct range page = {UINT64_C(0xfffff000), PAGE_SIZE};

	while (spin_table_hits(s, page, &page.base)) {
		page.base = align_up(page.base, PAGE_SIZE);
	}
	s->part->spin_table = gpa(page.base);
}

static enum err space_build(struct ctx *c, unsigned index)
{
	struct space s = {.c = c, .part = &c->plan->parts[index], .index = index};
	size_t mark = c->arena->size;
	enum err e;

	s.room = c->gma_count + c->plan->reg_count + tree_windows_bound(&c->hw) + 1u +
		 c->plan->bar_count;
	s.list = arena_scratch_raw(c->arena, s.room * sizeof(*s.list));
	if (!s.list) {
		return ERR_SIZE;
	}
	device_ranges_check(&s);
	space_areas(&s);
	space_devices(&s);
	space_bars(&s);
	space_gic(&s);
	list_merge(&s);
	mpic_place(&s);
	e = emulated_check(&s);
	spin_table_place(&s);
	s.part->mems = arena_copy(c->arena, s.list, s.count * sizeof(*s.list));
	s.part->mem_count = (uint16_t)s.count;
	c->arena->size = mark;
	if (e != OK || !s.part->mems) {
		return ERR_SIZE;
	}
	window_check(&s);
	return OK;
}

enum err guestmem_build(struct ctx *c)
{
	enum err e = OK;

	for (unsigned i = 0; i < c->plan->part_count && e == OK; i++) {
		e = space_build(c, i);
	}
	return e;
}
