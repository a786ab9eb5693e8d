/* SPDX-License-Identifier: BSD-3-Clause */
/* Who owns what, as text. */
/* host */
#include "tools/facet-check/map.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/facet-check/mem.h"
#include "tools/facet-check/names.h"
#include "tools/facet-check/table.h"

#define FREE_COLS 96
#define HEADS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* ---------------------------------------------------------------- memory */

static int by_base(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return (x->base > y->base) - (x->base < y->base);
}

/* Add what is left of [base, base+size) between the areas, which are sorted. */
static size_t add_gaps(struct piece *list, size_t n, size_t areas, struct range r)
{
	uint64_t at = r.base, left = r.size;

	for (size_t i = 0; i < areas && left; i++) {
		uint64_t skip, end = list[i].base + list[i].size;

		if (!range_overlaps((struct range){at, left},
				    (struct range){list[i].base, list[i].size})) {
			continue;
		}
		if (list[i].base > at) {
			list[n++] = (struct piece){at, list[i].base - at, OWNER_NOBODY, NONE};
		}
		skip = end - at;
		if (skip >= left) {
			return n;
		}
		at += skip;
		left -= skip;
	}
	if (left) {
		list[n++] = (struct piece){at, left, OWNER_NOBODY, NONE};
	}
	return n;
}

size_t map_pieces(const struct plan *plan, struct piece **out)
{
	size_t room = 2u * plan->pma_count + plan->ram_count + 1u, n = 0, areas;
	struct piece *list = mem_take(room * (plan->ram_count + 1u) * sizeof(*list));

	for (unsigned i = 0; i < plan->pma_count; i++) {
		const struct plan_pma *a = &plan->pmas[i];

		if (a->size) {
			list[n++] = (struct piece){hpa_raw(a->base), a->size, a->owner, (uint16_t)i};
		}
	}
	areas = n;
	qsort(list, areas, sizeof(*list), by_base);
	for (unsigned i = 0; i < plan->ram_count; i++) {
		n = add_gaps(list, n, areas, plan->ram[i]);
	}
	qsort(list, n, sizeof(*list), by_base);
	*out = list;
	return n;
}

const char *map_users(const struct plan *plan, const struct plan_pma *pma)
{
	const char *list = "";

	for (unsigned i = 0; i < plan->part_count; i++) {
		const struct plan_part *part = &plan->parts[i];

		for (unsigned m = 0; m < part->mem_count; m++) {
			const struct plan_mem *mem = &part->mems[m];

			if (!(mem->flags & PLAN_MEM_DEVICE) && hpa_raw(mem->hpa) == hpa_raw(pma->base)) {
				list = mem_format("%s%s%s @ %#" PRIx64, list, list[0] ? ", " : "",
						  part->name, gpa_raw(mem->gpa));
			}
		}
	}
	return list;
}

static void print_memory(const struct plan *plan, FILE *out)
{
	struct table *t = table_new(HEADS("memory", ">size", "owner", "area", "seen by guests"));
	struct piece *list;
	size_t n = map_pieces(plan, &list);

	for (size_t i = 0; i < n; i++) {
		const struct plan_pma *a = list[i].pma == NONE ? NULL : &plan->pmas[list[i].pma];

		table_cell(t, name_range(list[i].base, list[i].size));
		table_cell(t, name_size(list[i].size));
		table_cell(t, a && a->user_count > 1 ? "shared" : name_owner(plan, list[i].owner));
		table_cell(t, a ? a->path : NULL);
		table_cell(t, a ? map_users(plan, a) : NULL);
	}
	table_print(t, out);
}

/* ---------------------------------------------------------------- partitions and CPUs */

static const char *state_of(const struct plan *plan, const struct plan_part *part)
{
	if (plan->is_fatal || !part->is_valid) {
		return "does not start";
	}
	return part->flags & PLAN_PART_NO_AUTO_START ? "waits for a start" : "starts at boot";
}

static const char *images_of(const struct plan_part *part)
{
	const char *list = "";

	for (unsigned i = 0; i < part->image_count; i++) {
		const struct plan_image *im = &part->images[i];
		const char *name = im->name ? im->name : mem_format("@ %#" PRIx64, hpa_raw(im->src));

		list = mem_format("%s%s%s", list, i ? ", " : "", name);
	}
	return list;
}

static void print_partitions(const struct plan *plan, FILE *out)
{
	struct table *t = table_new(
		HEADS("partition", "cpus", ">memory", "interrupts", "images", ">tree", "state"));

	for (unsigned i = 0; i < plan->part_count; i++) {
		const struct plan_part *part = &plan->parts[i];
		uint64_t ram = 0;

		for (unsigned m = 0; m < part->mem_count; m++) {
			ram += part->mems[m].flags & PLAN_MEM_DEVICE ? 0 : part->mems[m].size;
		}
		table_cell(t, part->name);
		table_cell(t, name_cpus(plan, part));
		table_cell(t, name_size(ram));
		table_cell(t, name_delivery(part));
		table_cell(t, images_of(part));
		table_cell(t, part->gtree ? name_size(part->gtree_size) : "-");
		table_cell(t, state_of(plan, part));
	}
	table_print(t, out);
}

static void print_cpus(const struct plan *plan, FILE *out)
{
	static const char *const starts[] = {"boot CPU", "PSCI", "spin table", "never"};
	struct table *t = table_new(HEADS(">cpu", ">id", "owner", ">vcpu", "start", "node"));

	for (unsigned i = 0; i < plan->cpu_count; i++) {
		const struct plan_cpu *c = &plan->cpus[i];
		bool is_given = c->owner < plan->part_count;

		table_cell(t, mem_format("%" PRIu64, name_cpu(plan, i)));
		table_cell(t, mem_format("%#" PRIx64, c->hw_id));
		table_cell(t, name_owner(plan, c->owner));
		table_cell(t, is_given ? mem_format("%u", c->vcpu) : NULL);
		table_cell(t, starts[c->start <= PLAN_START_NEVER ? c->start : PLAN_START_NEVER]);
		table_cell(t, c->path);
	}
	table_print(t, out);
}

/* ---------------------------------------------------------------- devices and communication */

static const char *dma_of(const struct plan_dev *d)
{
	if (!d->is_dma_master || d->owner == OWNER_HV) {
		return NULL;
	}
	return d->is_dma_trusted ? "trusted" : d->stream_count ? "confined" : "unprotected";
}

static void print_device(const struct plan *plan, const struct plan_dev *d, struct table *t)
{
	const struct plan_reg *r = d->reg_count ? &plan->regs[d->reg_first] : NULL;

	table_cell(t, d->path);
	table_cell(t, name_owner(plan, d->owner));
	table_cell(t, r ? name_addr(hpa_raw(r->base)) : "-");
	table_cell(t, r ? name_size(r->size) : NULL);
	table_cell(t, name_irqs(plan, d));
	table_cell(t, name_streams(plan, d));
	table_cell(t, dma_of(d));
	for (unsigned k = 1; k < d->reg_count; k++) {
		r = &plan->regs[d->reg_first + k];
		table_cell(t, NULL);
		table_cell(t, NULL);
		table_cell(t, name_addr(hpa_raw(r->base)));
		table_cell(t, name_size(r->size));
		table_cell(t, NULL);
		table_cell(t, NULL);
		table_cell(t, NULL);
	}
}

/* Two devices of one kind in one place, told apart by their unit addresses only. */
static bool is_alike(const char *a, const char *b)
{
	const char *at = strrchr(a, '@');
	size_t n = at ? (size_t)(at - a) + 1 : 0;

	return n && !strchr(at, '/') && strncmp(a, b, n) == 0 && !strpbrk(b + n, "@/");
}

/* How many devices of nobody from index on differ only in their addresses; two are told singly. */
static unsigned run_of(const struct plan *plan, unsigned first)
{
	unsigned n = 1;

	while (first + n < plan->dev_count && plan->devs[first + n].owner == OWNER_NOBODY &&
	       is_alike(plan->devs[first].path, plan->devs[first + n].path)) {
		n++;
	}
	return n > 2 ? n : 1;
}

/* A part of a device that is listed already; what sits on a plain bus is a device of its own. */
static bool is_part_of(const struct plan_dev *d, const struct plan_dev *top)
{
	size_t n = top ? strlen(top->path) : 0;

	return top && strncmp(d->path, top->path, n) == 0 && d->path[n] == '/' &&
	       !(top->compatible && strcmp(top->compatible, "simple-bus") == 0);
}

/* What nobody owns, in lines of words; long runs of equal devices as one. */
static void print_free_devices(const struct plan *plan, FILE *out)
{
	const struct plan_dev *top = NULL;
	size_t run, col = 0;

	for (unsigned i = 0; i < plan->dev_count; i += (unsigned)run) {
		const struct plan_dev *d = &plan->devs[i];
		const char *text;

		run = 1;
		if (d->owner != OWNER_NOBODY || !d->reg_count || is_part_of(d, top)) {
			continue;
		}
		top = d;
		run = run_of(plan, i);
		text = run == 1 ? d->path : mem_format("%s and %zu more", d->path, run - 1);
		if (col && col + strlen(text) > FREE_COLS) {
			fputs(",\n    ", out);
			col = 0;
		} else {
			fputs(col ? ", " : "  devices of nobody:\n    ", out);
		}
		fputs(mem_plain(text), out);
		col += strlen(text) + 2;
	}
	fputs(col ? "\n\n" : "", out);
}

bool map_is_below_bridge(const struct plan *plan, const struct plan_dev *d)
{
	for (unsigned i = 0; i < plan->pci_host_count; i++) {
		if (is_part_of(d, &plan->devs[plan->pci_hosts[i].dev])) {
			return true;
		}
	}
	return false;
}

static void print_devices(const struct plan *plan, FILE *out)
{
	struct table *t = table_new(
		HEADS("device", "owner", "registers", ">size", "interrupts", "streams", "dma"));

	for (unsigned i = 0; i < plan->dev_count; i++) {
		if (plan->devs[i].owner != OWNER_NOBODY && !map_is_below_bridge(plan, &plan->devs[i])) {
			print_device(plan, &plan->devs[i], t);
		}
	}
	table_print(t, out);
	print_free_devices(plan, out);
}

static void print_bar(const struct plan_bar *b, struct table *t)
{
	static const char *const spaces[] = {"I/O", "32 bit", "64 bit"};

	if (!b || b->size == 0) {
		table_cell(t, b ? mem_format("%u: no room", b->number) : "-");
		table_cell(t, NULL);
		table_cell(t, NULL);
		return;
	}
	table_cell(t, mem_format("%u: %s", b->number, spaces[b->space % PLAN_PCI_SPACES]));
	table_cell(t, name_addr(hpa_raw(b->hpa)));
	table_cell(t, name_size(b->size));
}

static void print_function(const struct plan *plan, const struct plan_pci_fn *fn, struct table *t)
{
	const struct plan_bar *bars = &plan->bars[fn->bar_first];

	table_cell(t, name_function(fn));
	table_cell(t, plan->devs[plan->pci_hosts[fn->host].dev].path);
	table_cell(t, name_owner(plan, fn->owner));
	print_bar(fn->bar_count ? bars : NULL, t);
	table_cell(t, fn->irq != NONE ? mem_format("%u", plan->irqs[fn->irq].irq) : NULL);
	table_cell(t, fn->vectors ? mem_format("%u", fn->vectors) : NULL);
	table_cell(t, fn->stream != NONE ? mem_format("%#x", plan->streams[fn->stream].id) : NULL);
	table_cell(t, name_dma(plan, fn));
	for (unsigned k = 1; k < fn->bar_count; k++) {
		for (unsigned cell = 0; cell < 3; cell++) {
			table_cell(t, NULL);
		}
		print_bar(&bars[k], t);
		for (unsigned cell = 0; cell < 4; cell++) {
			table_cell(t, NULL);
		}
	}
}

static void print_functions(const struct plan *plan, FILE *out)
{
	struct table *t = table_new(HEADS("function", "bridge", "owner", "bar", "registers", ">size",
					  "interrupt", ">messages", "stream", "dma"));

	for (unsigned i = 0; i < plan->pci_fn_count; i++) {
		print_function(plan, &plan->pci_fns[i], t);
	}
	if (plan->pci_fn_count) {
		table_print(t, out);
	}
}

/* What a dma-window or a PAMU window leads to. */
static void print_windows(const struct plan *plan, FILE *out)
{
	struct table *t = table_new(HEADS("dma window", "owner", "guest", ">size", "pieces"));

	for (unsigned i = 0; i < plan->window_count; i++) {
		const struct plan_window *w = &plan->windows[i];

		table_cell(t, w->path);
		table_cell(t, name_owner(plan, w->part));
		table_cell(t, name_addr(gpa_raw(w->gpa)));
		table_cell(t, name_size(w->size));
		table_cell(t, w->subwindow_count ? mem_format("%u", w->sub_count) : "1");
	}
	if (plan->window_count) {
		table_print(t, out);
	}
}

static void print_channels(const struct plan *plan, FILE *out)
{
	struct table *t = table_new(HEADS("channel", "one end", "other end"));

	for (unsigned i = 0; i < plan->chan_count; i++) {
		table_cell(t, mem_format("%u", i));
		table_cell(t, name_end(plan, &plan->chans[i].end[0]));
		table_cell(t, name_end(plan, &plan->chans[i].end[1]));
	}
	table_print(t, out);
}

static const char *senders_of(const struct plan *plan, unsigned bell)
{
	const char *list = "";

	for (unsigned i = 0; i < plan->part_count; i++) {
		const struct plan_part *part = &plan->parts[i];

		for (unsigned h = 0; h < part->handle_count; h++) {
			if (part->handles[h].kind == PLAN_H_SEND_DOORBELL &&
			    part->handles[h].index == bell) {
				list = mem_format("%s%s%s: handle %u", list, list[0] ? ", " : "",
						  part->name, h);
			}
		}
	}
	return list;
}

static void print_doorbells(const struct plan *plan, FILE *out)
{
	struct table *t = table_new(HEADS("doorbell", "senders", "receivers"));

	for (unsigned i = 0; i < plan->doorbell_count; i++) {
		const struct plan_doorbell *b = &plan->doorbells[i];
		const char *to = "";

		for (unsigned k = 0; k < b->rx_count; k++) {
			const struct plan_receiver *r = &plan->receivers[b->rx_first + k];
			const struct plan_part *part =
				r->part < plan->part_count ? &plan->parts[r->part] : NULL;

			if (part && r->virq < part->virq_count) {
				to = mem_format("%s%s%s: interrupt %u", to, to[0] ? ", " : "",
						part->name, part->virqs[r->virq].g_irq);
			}
		}
		table_cell(t, b->path ? b->path : "-");
		table_cell(t, senders_of(plan, i));
		table_cell(t, to);
	}
	table_print(t, out);
}

void map_print(const struct plan *plan, FILE *out)
{
	print_partitions(plan, out);
	print_cpus(plan, out);
	print_memory(plan, out);
	print_devices(plan, out);
	print_functions(plan, out);
	print_windows(plan, out);
	print_channels(plan, out);
	print_doorbells(plan, out);
}
