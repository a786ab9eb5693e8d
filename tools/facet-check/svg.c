/* SPDX-License-Identifier: BSD-3-Clause */
/* The layout as a picture: memory to scale, CPUs, devices, channels. */
/* host; plain SVG 1.1 text, no script, no fonts but the viewer's */
#include "tools/facet-check/svg.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "tools/facet-check/map.h"
#include "tools/facet-check/mem.h"
#include "tools/facet-check/names.h"

#define WIDTH 1240
#define MEM_X 40
#define MEM_W 110
#define MEM_LABEL_X 190
#define MEM_HEIGHT 560
#define RIGHT_X 620
#define RIGHT_W 580
#define LABEL_STEP 34
#define GAP 14
#define ROW 20
#define MIN_PIECE 3.0

/* Told apart by people who see few colours, too; further partitions start over with a lighter one. */
static const char *const palette[] = {"#0072b2", "#e69f00", "#009e73", "#cc79a7",
				      "#56b4e9", "#d55e00", "#b8a800", "#6a51a3"};
static const char *const palette2[] = {"#7fb8d8", "#f2cf7f", "#7fceb9", "#e5bcd3",
				       "#aad9f4", "#eaae7f", "#dbd37f", "#b4a8d1"};
#define COLOUR_HV "#4a4f5a"
#define COLOUR_NOBODY "#eceef1"

static const char *colour_of(unsigned owner)
{
	if (owner == OWNER_HV) {
		return COLOUR_HV;
	}
	if (owner == OWNER_NOBODY) {
		return COLOUR_NOBODY;
	}
	return (owner / ARRAY_SIZE(palette) % 2 ? palette2 : palette)[owner % ARRAY_SIZE(palette)];
}

static bool is_dark(unsigned owner)
{
	return owner == OWNER_HV || (owner != OWNER_NOBODY && owner / ARRAY_SIZE(palette) % 2 == 0);
}

/* ---------------------------------------------------------------- pieces of SVG */

static void put_escaped(FILE *f, const char *s)
{
	for (s = mem_plain(s); *s; s++) {
		switch (*s) {
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '&':
			fputs("&amp;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		default:
			fputc(*s, f);
		}
	}
}

/* class: a style of the head of the file */
static void put_text(FILE *f, double x, double y, const char *class, const char *text)
{
	if (!text[0]) {
		return;
	}
	fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
	put_escaped(f, text);
	fputs("</text>\n", f);
}

/* A filled box with a tooltip (NULL: none). */
static void put_box(FILE *f, double x, double y, double w, double h, const char *fill,
		    const char *tip)
{
	fprintf(f,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" "
		"stroke=\"#fff\" stroke-width=\"%s\">",
		x, y, w, h, fill, h > 2 * MIN_PIECE ? "0.6" : "0");
	if (tip) {
		fputs("<title>", f);
		put_escaped(f, tip);
		fputs("</title>", f);
	}
	fputs("</rect>\n", f);
}

static const char *shorten(const char *text, size_t max)
{
	size_t n = strlen(text);

	return n <= max ? text : mem_format("…%s", text + n - (max - 1));
}

/* "path (file:line)" for tooltips. */
static const char *tip_of(const struct desk *d, const char *path)
{
	struct loc loc;

	if (path && d->layout.locs && locs_find(d->layout.locs, path, &loc)) {
		return mem_format("%s (%s:%u)", path, loc.file, loc.line);
	}
	return path;
}

static double heading(FILE *f, double x, double y, const char *text)
{
	put_text(f, x, y + 12, "h", text);
	return y + 24;
}

/* ---------------------------------------------------------------- memory */

struct slot {
	double y, h, label_y;
};

/* Give every piece its place: heights to scale, a gap where addresses jump. */
static double place_pieces(const struct piece *list, size_t n, double top, struct slot *slots)
{
	double total = 0, y = top, per_byte, height = MEM_HEIGHT;

	for (size_t i = 0; i < n; i++) {
		total += (double)list[i].size;
	}
	if ((double)n * LABEL_STEP > height) {
		height = (double)n * LABEL_STEP;
	}
	per_byte = total > 0 ? height / total : 0;
	for (size_t i = 0; i < n; i++) {
		if (i && list[i].base != list[i - 1].base + list[i - 1].size) {
			y += GAP;
		}
		slots[i].y = y;
		slots[i].h = (double)list[i].size * per_byte;
		y += slots[i].h;
	}
	return y;
}

/* Labels stand beside their piece, moved apart where pieces are thin. */
static double place_labels(struct slot *slots, size_t n, double top, double bottom)
{
	double limit = bottom;

	for (size_t i = 0; i < n; i++) {
		double y = slots[i].y + slots[i].h / 2 - LABEL_STEP / 2.0;
		double least = i ? slots[i - 1].label_y + LABEL_STEP : top;

		slots[i].label_y = y > least ? y : least;
	}
	for (size_t i = n; i-- > 0;) {
		if (slots[i].label_y + LABEL_STEP > limit && limit - LABEL_STEP >= top) {
			slots[i].label_y = limit - LABEL_STEP;
		}
		limit = slots[i].label_y;
	}
	return n ? slots[n - 1].label_y + LABEL_STEP : top;
}

/* A shared area is striped with the colours of its users. */
static void draw_piece(FILE *f, const struct desk *d, const struct piece *p, const struct slot *s)
{
	const struct plan *plan = d->plan;
	const struct plan_pma *a = p->pma == NONE ? NULL : &plan->pmas[p->pma];
	double h = s->h < MIN_PIECE ? MIN_PIECE : s->h;
	const char *tip = mem_format("%s, %s, %s", a ? tip_of(d, a->path) : "not used",
				     name_range(p->base, p->size), name_size(p->size));
	unsigned users = 0, drawn = 0;

	for (unsigned i = 0; a && a->user_count > 1 && i < plan->part_count; i++) {
		for (unsigned m = 0; m < plan->parts[i].mem_count; m++) {
			users += hpa_raw(plan->parts[i].mems[m].hpa) == hpa_raw(a->base);
		}
	}
	if (users < 2) {
		put_box(f, MEM_X, s->y, MEM_W, h, colour_of(p->owner), tip);
		return;
	}
	for (unsigned i = 0; i < plan->part_count; i++) {
		for (unsigned m = 0; m < plan->parts[i].mem_count; m++) {
			if (hpa_raw(plan->parts[i].mems[m].hpa) == hpa_raw(a->base)) {
				put_box(f, MEM_X + drawn * (double)MEM_W / users, s->y, (double)MEM_W / users,
					h, colour_of(i), tip);
				drawn++;
			}
		}
	}
}

static void label_piece(FILE *f, const struct plan *plan, const struct piece *p,
			const struct slot *s)
{
	const struct plan_pma *a = p->pma == NONE ? NULL : &plan->pmas[p->pma];
	const char *users = a ? map_users(plan, a) : "";
	const char *who = users[0] ? users : a ? name_owner(plan, p->owner) : "nobody";
	double y = s->label_y + LABEL_STEP / 2.0, edge = s->y + s->h / 2;

	fprintf(f,
		"<polyline points=\"%d,%.1f %d,%.1f %d,%.1f\" fill=\"none\" stroke=\"#9aa0a8\" "
		"stroke-width=\"0.7\"/>\n",
		MEM_X + MEM_W + 2, edge, MEM_X + MEM_W + 14, edge, MEM_LABEL_X - 5, y);
	put_text(f, MEM_LABEL_X, y - 2, "b",
		 mem_format("%s, %s", shorten(who, 46), name_size(p->size)));
	put_text(f, MEM_LABEL_X, y + 11, "m",
		 mem_format("%s %s", name_range(p->base, p->size), a ? shorten(a->path, 22) : ""));
}

static double draw_memory(FILE *f, const struct desk *d, double top)
{
	struct piece *list;
	size_t n = map_pieces(d->plan, &list);
	struct slot *slots = mem_take((n + 1) * sizeof(*slots));
	double bottom, labels;

	top = heading(f, MEM_X, top, "Host memory, to scale");
	bottom = place_pieces(list, n, top, slots);
	labels = place_labels(slots, n, top, bottom);
	/* unused memory first: it must not cover a thin area beside it */
	for (size_t i = 0; i < n; i++) {
		if (list[i].pma == NONE) {
			draw_piece(f, d, &list[i], &slots[i]);
		}
		label_piece(f, d->plan, &list[i], &slots[i]);
	}
	for (size_t i = 0; i < n; i++) {
		if (list[i].pma != NONE) {
			draw_piece(f, d, &list[i], &slots[i]);
		}
	}
	return labels > bottom ? labels : bottom;
}

/* ---------------------------------------------------------------- the right side */

static double draw_legend(FILE *f, const struct plan *plan, double y)
{
	y = heading(f, RIGHT_X, y, "Partitions");
	for (unsigned i = 0; i < plan->part_count; i++) {
		const struct plan_part *p = &plan->parts[i];
		put_box(f, RIGHT_X, y, 14, 14, colour_of(i), p->path);
		put_text(f, RIGHT_X + 22, y + 11, "b", shorten(p->name, 24));
		put_text(f, RIGHT_X + 190, y + 11, "t",
			 mem_format("CPU %s, interrupts %s%s", name_cpus(plan, p), name_delivery(p),
				    p->is_valid ? "" : ", does not start"));
		y += ROW;
	}
	put_box(f, RIGHT_X, y, 14, 14, COLOUR_HV, NULL);
	put_text(f, RIGHT_X + 22, y + 11, "b", "hypervisor");
	put_box(f, RIGHT_X + 190, y, 14, 14, COLOUR_NOBODY, NULL);
	put_text(f, RIGHT_X + 212, y + 11, "t", "nobody");
	return y + ROW + GAP;
}

static double draw_cpus(FILE *f, const struct desk *d, double y)
{
	const struct plan *plan = d->plan;
	unsigned per_row = plan->cpu_count < 8 ? (plan->cpu_count ? plan->cpu_count : 1) : 8;
	double w = (double)RIGHT_W / per_row;

	y = heading(f, RIGHT_X, y, "CPUs");
	for (unsigned i = 0; i < plan->cpu_count; i++) {
		const struct plan_cpu *c = &plan->cpus[i];
		double x = RIGHT_X + i % per_row * w, row_y = y + i / per_row * 44;
		const char *owner = c->owner == OWNER_NOBODY ? "nobody" : name_owner(plan, c->owner);

		put_box(f, x, row_y, w - 3, 40, colour_of(c->owner), c->path);
		put_text(f, x + 7, row_y + 16, is_dark(c->owner) ? "wb" : "b",
			 mem_format("CPU %" PRIu64, name_cpu(plan, i)));
		put_text(f, x + 7, row_y + 31, is_dark(c->owner) ? "w" : "t",
			 shorten(owner, (size_t)(w / 7.5)));
	}
	return y + (plan->cpu_count + per_row - 1) / per_row * 44 + GAP;
}

/* One box a possible owner, the real one's filled. */
static void draw_owner(FILE *f, const struct plan *plan, unsigned owner, double y)
{
	for (unsigned i = 0; i <= plan->part_count; i++) {
		bool is_owner = i == 0 ? owner == OWNER_HV : owner == i - 1;
		double step = plan->part_count < 8 ? 16 : 150.0 / (plan->part_count + 1);

		put_box(f, RIGHT_X + 215 + i * step, y, step - 2, 14,
			is_owner ? colour_of(owner) : "#f4f5f7",
			is_owner ? name_owner(plan, owner) : NULL);
	}
}

static double draw_device(FILE *f, const struct desk *d, const struct plan_dev *dev, double y)
{
	const struct plan *plan = d->plan;
	const char *irqs = name_irqs(plan, dev), *streams = name_streams(plan, dev);

	put_text(f, RIGHT_X, y + 11, "m", shorten(dev->path, 30));
	draw_owner(f, plan, dev->owner, y);
	put_text(f, RIGHT_X + 375, y + 11, "m",
		 dev->reg_count ? name_addr(hpa_raw(plan->regs[dev->reg_first].base)) : "");
	put_text(f, RIGHT_X + 475, y + 11, "m",
		 shorten(mem_format("%s%s%s%s", irqs[0] ? "irq " : "", irqs, streams[0] ? " dma " : "",
				    dev->is_dma_trusted ? "trusted" : streams),
			 18));
	return y + ROW - 2;
}

/* A function: its first BAR, line, messages and stream. */
static double draw_function(FILE *f, const struct plan *plan, const struct plan_pci_fn *fn, double y)
{
	const struct plan_bar *b = &plan->bars[fn->bar_first];
	const char *irq =
		fn->irq != NONE ? mem_format("irq %u ", plan->irqs[fn->irq].irq) : "";
	const char *msi = fn->vectors ? mem_format("msi %u ", fn->vectors) : "";
	const char *dma = fn->stream != NONE && !fn->is_dma_trusted
				  ? mem_format("dma %#x", plan->streams[fn->stream].id)
				  : name_dma(plan, fn);

	put_text(f, RIGHT_X, y + 11, "m",
		 shorten(mem_format("%s %s", name_function(fn), fn->path), 30));
	draw_owner(f, plan, fn->owner, y);
	put_text(f, RIGHT_X + 375, y + 11, "m",
		 fn->bar_count ? mem_format("%s%s", name_addr(hpa_raw(b->hpa)),
					    fn->bar_count > 1 ? "+" : "")
			       : "");
	put_text(f, RIGHT_X + 475, y + 11, "m", mem_format("%s%s%s", irq, msi, dma));
	return y + ROW - 2;
}

static double draw_windows(FILE *f, const struct plan *plan, double y)
{
	for (unsigned i = 0; i < plan->window_count; i++) {
		const struct plan_window *w = &plan->windows[i];

		put_text(f, RIGHT_X, y + 11, "m", shorten(w->path, 30));
		draw_owner(f, plan, w->part, y);
		put_text(f, RIGHT_X + 375, y + 11, "m", name_addr(gpa_raw(w->gpa)));
		put_text(f, RIGHT_X + 475, y + 11, "m",
			 mem_format("dma window, %s", name_size(w->size)));
		y += ROW - 2;
	}
	return y;
}

static double draw_devices(FILE *f, const struct desk *d, double y)
{
	const struct plan *plan = d->plan;
	unsigned nobody = 0;

	y = heading(f, RIGHT_X, y, "Devices");
	for (unsigned i = 0; i < plan->dev_count; i++) {
		if (plan->devs[i].owner == OWNER_NOBODY) {
			nobody++;
		} else if (!map_is_below_bridge(plan, &plan->devs[i])) {
			y = draw_device(f, d, &plan->devs[i], y);
		}
	}
	for (unsigned i = 0; i < plan->pci_fn_count; i++) {
		y = draw_function(f, plan, &plan->pci_fns[i], y);
	}
	y = draw_windows(f, plan, y);
	if (nobody) {
		put_text(f, RIGHT_X, y + 11, "t", mem_format("and %u of nobody", nobody));
		y += ROW;
	}
	return y + GAP;
}

static const char *end_colour(const struct plan_end *e)
{
	return e->kind == PLAN_END_PART ? colour_of(e->index)
	       : e->kind == PLAN_END_NONE ? COLOUR_NOBODY : COLOUR_HV;
}

static double draw_channels(FILE *f, const struct desk *d, double y)
{
	const struct plan *plan = d->plan;

	if (plan->chan_count) {
		y = heading(f, RIGHT_X, y, "Byte channels");
	}
	for (unsigned i = 0; i < plan->chan_count; i++) {
		const struct plan_end *e = plan->chans[i].end;

		put_box(f, RIGHT_X, y, 14, 14, end_colour(&e[0]), tip_of(d, e[0].path));
		put_text(f, RIGHT_X + 20, y + 11, "t", shorten(name_end(plan, &e[0]), 36));
		put_text(f, RIGHT_X + 270, y + 11, "t", "↔");
		put_box(f, RIGHT_X + 300, y, 14, 14, end_colour(&e[1]), tip_of(d, e[1].path));
		put_text(f, RIGHT_X + 320, y + 11, "t", shorten(name_end(plan, &e[1]), 36));
		y += ROW;
	}
	return y + GAP;
}

static double draw_doorbells(FILE *f, const struct plan *plan, double y)
{
	if (plan->doorbell_count) {
		y = heading(f, RIGHT_X, y, "Doorbells");
	}
	for (unsigned i = 0; i < plan->doorbell_count; i++) {
		const struct plan_doorbell *b = &plan->doorbells[i];
		double x = RIGHT_X;

		for (unsigned p = 0; p < plan->part_count; p++) {
			for (unsigned h = 0; h < plan->parts[p].handle_count; h++) {
				const struct plan_handle *ph = &plan->parts[p].handles[h];

				if (ph->kind == PLAN_H_SEND_DOORBELL && ph->index == i) {
					put_box(f, x, y, 14, 14, colour_of(p), plan->parts[p].name);
					x += 17;
				}
			}
		}
		put_text(f, x + 3, y + 11, "t", "→");
		x += 22;
		for (unsigned k = 0; k < b->rx_count; k++) {
			unsigned part = plan->receivers[b->rx_first + k].part;

			put_box(f, x, y, 14, 14, colour_of(part), name_owner(plan, part));
			x += 17;
		}
		put_text(f, x + 8, y + 11, "m", shorten(b->path ? b->path : "", 40));
		y += ROW;
	}
	return y + GAP;
}

void svg_draw(const struct desk *d, FILE *out)
{
	FILE *f = tmpfile();
	double left, right = 70;
	const char *model = d->plan->board.model ? d->plan->board.model : d->board.path;
	int c;

	if (!f) {
		return;
	}
	left = draw_memory(f, d, right);
	right = draw_legend(f, d->plan, right);
	right = draw_cpus(f, d, right);
	right = draw_devices(f, d, right);
	right = draw_channels(f, d, right);
	right = draw_doorbells(f, d->plan, right);
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\">\n"
		"<style>text{font-family:'DejaVu Sans',Helvetica,Arial,sans-serif;font-size:12px;"
		"fill:#23272e}.h{font-size:14px;font-weight:bold}.b,.wb{font-weight:bold}"
		".m{font-family:'DejaVu Sans Mono',Menlo,monospace;font-size:10.5px;fill:#555b66}"
		".w,.wb{fill:#fff}.big{font-size:20px;font-weight:bold}</style>\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
		WIDTH, (left > right ? left : right) + 30);
	put_text(out, MEM_X, 38, "big", d->layout.path);
	put_text(out, RIGHT_X, 38, "t", mem_format("on %s", model));
	rewind(f);
	while ((c = fgetc(f)) != EOF) {
		fputc(c, out);
	}
	fclose(f);
	fputs("</svg>\n", out);
}
