/* SPDX-License-Identifier: BSD-3-Clause */
/* Findings and ownership for other programs. */
/* host */
#include "tools/facet-check/json.h"

#include <inttypes.h>
#include <string.h>

#include "hv/plan/check.h"
#include "tools/facet-check/map.h"
#include "tools/facet-check/names.h"

/* Where the next member goes; `sep` is what to write before it. */
struct json {
	FILE *out;
	const char *sep;
};

static void put_text(struct json *j, const char *s)
{
	fputc('"', j->out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\') {
			fprintf(j->out, "\\%c", *s);
		} else if ((unsigned char)*s < 0x20) {
			fprintf(j->out, "\\u%04x", (unsigned char)*s);
		} else {
			fputc(*s, j->out);
		}
	}
	fputc('"', j->out);
}

static void key(struct json *j, const char *name)
{
	fputs(j->sep, j->out);
	j->sep = ", ";
	if (name) {
		put_text(j, name);
		fputs(": ", j->out);
	}
}

static void open_with(struct json *j, const char *name, const char *bracket)
{
	key(j, name);
	fputs(bracket, j->out);
	j->sep = "";
}

static void close_with(struct json *j, const char *bracket)
{
	fputs(bracket, j->out);
	j->sep = ", ";
}

static void text(struct json *j, const char *name, const char *value)
{
	if (value) {
		key(j, name);
		put_text(j, value);
	}
}

static void number(struct json *j, const char *name, uint64_t value)
{
	key(j, name);
	fprintf(j->out, "%" PRIu64, value);
}

static void flag(struct json *j, const char *name, bool value)
{
	key(j, name);
	fputs(value ? "true" : "false", j->out);
}

static void owner(struct json *j, const struct plan *p, unsigned o)
{
	if (o != OWNER_NOBODY) {
		text(j, "owner", name_owner(p, o));
	}
}

static void place(struct json *j, const struct loc *loc)
{
	text(j, "file", loc->file);
	number(j, "line", loc->line);
	number(j, "column", loc->col);
}

static void findings(struct json *j, const struct desk *desk)
{
	static const char *const severities[] = {"warning", "partition", "fatal"};
	struct finding *list;
	size_t count = report_collect(desk, &list);

	open_with(j, "findings", "[");
	for (size_t i = 0; i < count; i++) {
		const struct diag *d = list[i].diag;

		open_with(j, NULL, "\n  {");
		text(j, "check", plan_checks[d->check].name);
		text(j, "severity", severities[d->severity]);
		text(j, "text", d->text);
		text(j, "partition", d->part == NONE ? NULL : name_owner(desk->plan, d->part));
		text(j, "path", d->path);
		text(j, "property", d->prop);
		if (list[i].has_loc) {
			place(j, &list[i].loc);
		}
		if (d->other) {
			open_with(j, "other", "{");
			text(j, "path", d->other);
			if (list[i].has_other_loc) {
				place(j, &list[i].other_loc);
			}
			close_with(j, "}");
		}
		close_with(j, "}");
	}
	close_with(j, "]");
}

static void partitions(struct json *j, const struct plan *p)
{
	open_with(j, "partitions", "[");
	for (unsigned i = 0; i < p->part_count; i++) {
		const struct plan_part *part = &p->parts[i];

		open_with(j, NULL, "\n  {");
		text(j, "name", part->name);
		text(j, "path", part->path);
		flag(j, "starts", part->is_valid && !p->is_fatal);
		text(j, "interrupts", part->irq_mode == PLAN_IRQ_DIRECT ? "direct" : "virtual");
		if (part->msi.count) {
			open_with(j, "messages", "{");
			number(j, "first", part->msi.first);
			number(j, "count", part->msi.count);
			number(j, "frame", gpa_raw(part->msi.frame));
			close_with(j, "}");
		}
		open_with(j, "cpus", "[");
		for (unsigned k = 0; k < part->cpu_count; k++) {
			number(j, NULL, name_cpu(p, part->cpus[k]));
		}
		close_with(j, "]");
		open_with(j, "memory", "[");
		for (unsigned k = 0; k < part->mem_count; k++) {
			const struct plan_mem *m = &part->mems[k];

			open_with(j, NULL, "{");
			number(j, "guest", gpa_raw(m->gpa));
			number(j, "host", hpa_raw(m->hpa));
			number(j, "size", m->size);
			flag(j, "device", m->flags & PLAN_MEM_DEVICE);
			text(j, "path", m->path);
			close_with(j, "}");
		}
		close_with(j, "]");
		close_with(j, "}");
	}
	close_with(j, "]");
}

static void memory(struct json *j, const struct plan *p)
{
	struct piece *list;
	size_t count = map_pieces(p, &list);

	open_with(j, "memory", "[");
	for (size_t i = 0; i < count; i++) {
		open_with(j, NULL, "\n  {");
		number(j, "base", list[i].base);
		number(j, "size", list[i].size);
		owner(j, p, list[i].owner);
		if (list[i].pma != NONE) {
			text(j, "area", p->pmas[list[i].pma].path);
			number(j, "users", p->pmas[list[i].pma].user_count);
		}
		close_with(j, "}");
	}
	close_with(j, "]");
}

static void devices(struct json *j, const struct plan *p)
{
	open_with(j, "cpus", "[");
	for (unsigned i = 0; i < p->cpu_count; i++) {
		open_with(j, NULL, "\n  {");
		number(j, "number", name_cpu(p, i));
		number(j, "id", p->cpus[i].hw_id);
		text(j, "path", p->cpus[i].path);
		owner(j, p, p->cpus[i].owner);
		close_with(j, "}");
	}
	close_with(j, "]");
	open_with(j, "devices", "[");
	for (unsigned i = 0; i < p->dev_count; i++) {
		const struct plan_dev *d = &p->devs[i];

		open_with(j, NULL, "\n  {");
		text(j, "path", d->path);
		owner(j, p, d->owner);
		flag(j, "dma", d->is_dma_master);
		open_with(j, "interrupts", "[");
		for (unsigned k = 0; k < d->irq_count; k++) {
			number(j, NULL, p->irqs[d->irq_first + k].irq);
		}
		close_with(j, "]");
		open_with(j, "streams", "[");
		for (unsigned k = 0; k < d->stream_count; k++) {
			number(j, NULL, p->streams[d->stream_first + k].id);
		}
		close_with(j, "]");
		flag(j, "trusted", d->is_dma_trusted);
		close_with(j, "}");
	}
	close_with(j, "]");
}

static void bars(struct json *j, const struct plan *p, const struct plan_pci_fn *fn)
{
	static const char *const spaces[] = {"io", "mem32", "mem64"};

	open_with(j, "bars", "[");
	for (unsigned k = 0; k < fn->bar_count; k++) {
		const struct plan_bar *b = &p->bars[fn->bar_first + k];

		open_with(j, NULL, "{");
		number(j, "number", b->number);
		text(j, "space", spaces[b->space % PLAN_PCI_SPACES]);
		number(j, "base", hpa_raw(b->hpa));
		number(j, "bus", b->bus);
		number(j, "size", b->size);
		close_with(j, "}");
	}
	close_with(j, "]");
}

static void functions(struct json *j, const struct plan *p)
{
	open_with(j, "functions", "[");
	for (unsigned i = 0; i < p->pci_fn_count; i++) {
		const struct plan_pci_fn *fn = &p->pci_fns[i];
		const struct plan_stream *s = fn->stream != NONE ? &p->streams[fn->stream] : NULL;

		open_with(j, NULL, "\n  {");
		text(j, "function", name_function(fn));
		text(j, "path", fn->path);
		text(j, "bridge", p->devs[p->pci_hosts[fn->host].dev].path);
		owner(j, p, fn->owner);
		bars(j, p, fn);
		if (fn->irq != NONE) {
			number(j, "pin", fn->pin);
			number(j, "interrupt", p->irqs[fn->irq].irq);
		}
		if (fn->vectors) {
			number(j, "messages", fn->vectors);
			number(j, "device", fn->msi_device);
			number(j, "lpi", fn->lpi_first);
		}
		if (s) {
			number(j, "stream", s->id);
			text(j, "iommu", p->devs[s->iommu].path);
			text(j, "window", s->window != NONE ? p->windows[s->window].path : NULL);
		}
		flag(j, "trusted", fn->is_dma_trusted);
		close_with(j, "}");
	}
	close_with(j, "]");
	open_with(j, "windows", "[");
	for (unsigned i = 0; i < p->window_count; i++) {
		open_with(j, NULL, "\n  {");
		text(j, "path", p->windows[i].path);
		owner(j, p, p->windows[i].part);
		number(j, "guest", gpa_raw(p->windows[i].gpa));
		number(j, "size", p->windows[i].size);
		close_with(j, "}");
	}
	close_with(j, "]");
}

static void channels(struct json *j, const struct plan *p)
{
	open_with(j, "channels", "[");
	for (unsigned i = 0; i < p->chan_count; i++) {
		open_with(j, NULL, "\n  [");
		for (unsigned k = 0; k < 2; k++) {
			const struct plan_end *e = &p->chans[i].end[k];

			open_with(j, NULL, "{");
			text(j, "end", name_end(p, e));
			text(j, "path", e->path);
			if (e->kind == PLAN_END_MUX) {
				number(j, "channel", e->mux_channel);
			}
			if (e->kind == PLAN_END_PART) {
				text(j, "partition", name_owner(p, e->index));
			}
			close_with(j, "}");
		}
		close_with(j, "]");
	}
	close_with(j, "]");
}

void json_print(const struct desk *desk, FILE *out)
{
	struct json j = {.out = out, .sep = ""};

	open_with(&j, NULL, "{");
	text(&j, "layout", desk->layout.path);
	text(&j, "board", desk->board.path);
	flag(&j, "fatal", desk->plan->is_fatal);
	findings(&j, desk);
	partitions(&j, desk->plan);
	memory(&j, desk->plan);
	devices(&j, desk->plan);
	functions(&j, desk->plan);
	channels(&j, desk->plan);
	close_with(&j, "}\n");
}
