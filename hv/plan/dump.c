/* SPDX-License-Identifier: BSD-3-Clause */
/* A plan as canonical text. */
/* pure */
#include "hv/plan/check.h"
#include "hv/plan/dump.h"
#include "hv/plan/text.h"

struct out {
	dump_emit emit;
	void *to;
};

static void say(const struct out *o, const char *fmt, ...) printf_like(2, 3);

static void say(const struct out *o, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	va_start(ap, fmt);
	text_vfmt(line, sizeof(line), fmt, ap);
	va_end(ap);
	o->emit(o->to, line);
}

/* Values for %llx: the address types have no printf letter of their own. */
#define HEX(x) ((unsigned long long)(x))
#define HPA(a) HEX(hpa_raw(a))
#define GPA(a) HEX(gpa_raw(a))

static const char *owner_name(const struct plan *p, unsigned owner)
{
	switch (owner) {
	case OWNER_HV:
		return "hypervisor";
	case OWNER_NOBODY:
		return "-";
	default:
		return owner < p->part_count ? p->parts[owner].name : "?";
	}
}

static const char *name_at(const char *const *names, unsigned count, unsigned i)
{
	return i < count ? names[i] : "?";
}

#define NAME(table, i) name_at(table, ARRAY_SIZE(table), i)

static void dump_board(const struct plan *p, const struct out *o)
{
	static const char *const start[] = {"boot", "psci", "spin-table", "never"};
	const struct plan_board *b = &p->board;

	say(o, "board %s: %s, cells %u/%u, irqs %u%s", b->model, plan_is_ppc(p) ? "ppc" : "arm64",
	    b->addr_cells, b->size_cells, b->irq_count, p->is_fatal ? ", fatal" : "");
	say(o, "  irqc %s, console %s", b->irqc != NONE ? p->devs[b->irqc].path : "-",
	    b->console != NONE ? p->devs[b->console].path : "-");
	for (unsigned i = 0; i < p->ram_count; i++) {
		say(o, "  ram 0x%llx..0x%llx", HEX(p->ram[i].base), HEX(range_last(p->ram[i])));
	}
	for (unsigned i = 0; i < p->cpu_count; i++) {
		const struct plan_cpu *c = &p->cpus[i];

		say(o, "  cpu %u id 0x%llx %s owner %s%s", i, HEX(c->hw_id), NAME(start, c->start),
		    owner_name(p, c->owner), c->is_boot ? " boot" : "");
	}
}

static void dump_areas(const struct plan *p, const struct out *o)
{
	for (unsigned i = 0; i < p->hvmem_count; i++) {
		say(o, "hv-memory 0x%llx..0x%llx", HEX(p->hvmem[i].base),
		    HEX(range_last(p->hvmem[i])));
	}
	for (unsigned i = 0; i < p->pma_count; i++) {
		const struct plan_pma *a = &p->pmas[i];

		say(o, "area %s 0x%llx+0x%llx owner %s users %u%s", a->path, HPA(a->base),
		    HEX(a->size), owner_name(p, a->owner), a->user_count, a->zero ? " zero" : "");
	}
}

static void dump_devices(const struct plan *p, const struct out *o)
{
	for (unsigned d = 0; d < p->dev_count; d++) {
		const struct plan_dev *dev = &p->devs[d];

		if (dev->owner == OWNER_NOBODY) {
			continue;
		}
		say(o, "device %s owner %s%s%s%s", dev->path, owner_name(p, dev->owner),
		    dev->is_dma_master ? " dma" : "", dev->is_dma_trusted ? " trusted" : "",
		    dev->is_claimable ? " claimable" : "");
		for (unsigned i = 0; i < dev->reg_count; i++) {
			const struct plan_reg *r = &p->regs[dev->reg_first + i];

			say(o, "  reg 0x%llx+0x%llx guest 0x%llx", HPA(r->base), HEX(r->size),
			    GPA(r->guest));
		}
		for (unsigned i = 0; i < dev->irq_count; i++) {
			const struct plan_irq *q = &p->irqs[dev->irq_first + i];

			say(o, "  irq %d%s%s guest %d", (int)q->irq,
			    q->flags & PLAN_IRQ_LEVEL ? " level" : " edge",
			    q->flags & PLAN_IRQ_LOW ? " low" : "", (int)q->g_irq);
		}
		for (unsigned i = 0; i < dev->stream_count; i++) {
			const struct plan_stream *s = &p->streams[dev->stream_first + i];

			say(o, "  stream 0x%x+0x%x iommu %s window %d%s mapping %d stash %u%s",
			    s->id, s->count, s->iommu != NONE ? p->devs[s->iommu].path : "-",
			    s->window == NONE ? -1 : (int)s->window,
			    s->no_dma_disable ? " no-disable" : "",
			    s->op_mapping == 0xff ? -1 : (int)s->op_mapping, s->stash_dest,
			    s->snoop_cpu_only ? " snoop-cpu-only" : "");
		}
	}
}

static void dump_hosts(const struct plan *p, const struct out *o)
{
	static const char *const spaces[] = {"io", "mem32", "mem64"};

	for (unsigned i = 0; i < p->pci_host_count; i++) {
		const struct plan_pci_host *h = &p->pci_hosts[i];

		say(o, "bridge %s buses %u..%u ecam 0x%llx", p->devs[h->dev].path, h->bus_first,
		    h->bus_last, HPA(h->ecam));
		for (unsigned s = 0; s < PLAN_PCI_SPACES; s++) {
			const struct plan_pci_window *w = &h->windows[s];

			if (w->size) {
				say(o, "  %s 0x%llx+0x%llx bus 0x%llx", spaces[s], HPA(w->hpa),
				    HEX(w->size), HEX(w->bus));
			}
		}
	}
}

static void dump_functions(const struct plan *p, const struct out *o)
{
	for (unsigned i = 0; i < p->pci_fn_count; i++) {
		const struct plan_pci_fn *fn = &p->pci_fns[i];

		say(o, "function %s rid 0x%x of %s owner %s%s pin %u irq %d", fn->path, fn->rid,
		    p->devs[p->pci_hosts[fn->host].dev].path, owner_name(p, fn->owner),
		    fn->is_dma_trusted ? " trusted" : "", fn->pin,
		    fn->irq != NONE ? (int)p->irqs[fn->irq].irq : -1);
		if (fn->stream != NONE) {
			const struct plan_stream *s = &p->streams[fn->stream];

			say(o, "  stream 0x%x iommu %s window %d%s", s->id, p->devs[s->iommu].path,
			    s->window == NONE ? -1 : (int)s->window,
			    s->no_dma_disable ? " no-disable" : "");
		}
		if (fn->vectors) {
			say(o, "  messages %u device 0x%x lpi %u", fn->vectors, fn->msi_device,
			    fn->lpi_first);
		}
		for (unsigned k = 0; k < fn->bar_count; k++) {
			const struct plan_bar *b = &p->bars[fn->bar_first + k];

			say(o, "  bar %u 0x%llx+0x%llx bus 0x%llx guest 0x%llx", b->number,
			    HPA(b->hpa), HEX(b->size), HEX(b->bus), GPA(b->gpa));
		}
	}
}

static void dump_end(const struct plan *p, const struct out *o, const struct plan_end *e)
{
	static const char *const kinds[] = {"nothing", "partition", "hypervisor",
					    "uart",    "mux",	    "gdb"};
	static const char *const vuarts[] = {"", " pl011", " ns16550"};

	switch (e->kind) {
	case PLAN_END_PART:
	case PLAN_END_GDB:
		say(o, "  %s %s %s%s at 0x%llx handle %u rx %d tx %d", NAME(kinds, e->kind),
		    owner_name(p, e->index), e->path, NAME(vuarts, e->vuart), GPA(e->guest_addr),
		    e->handle, e->virq_rx == NONE ? -1 : (int)e->virq_rx,
		    e->virq_tx == NONE ? -1 : (int)e->virq_tx);
		break;
	case PLAN_END_UART:
		say(o, "  uart %s", p->devs[e->index].path);
		break;
	case PLAN_END_MUX:
		say(o, "  mux %s channel %d", p->muxes[e->index].path,
		    e->mux_channel == NONE ? -1 : (int)e->mux_channel);
		break;
	default:
		say(o, "  %s", NAME(kinds, e->kind));
		break;
	}
}

static void dump_channels(const struct plan *p, const struct out *o)
{
	for (unsigned i = 0; i < p->mux_count; i++) {
		say(o, "mux %s on %s", p->muxes[i].path,
		    p->muxes[i].uart != NONE   ? p->devs[p->muxes[i].uart].path
		    : p->muxes[i].chan != NONE ? "a byte channel"
					       : "nothing");
	}
	for (unsigned i = 0; i < p->chan_count; i++) {
		say(o, "channel %u%s", i, p->hv_chan == i ? " shell" : "");
		dump_end(p, o, &p->chans[i].end[0]);
		dump_end(p, o, &p->chans[i].end[1]);
	}
	for (unsigned i = 0; i < p->doorbell_count; i++) {
		const struct plan_doorbell *b = &p->doorbells[i];

		say(o, "doorbell %s%s", b->path, b->is_fast ? " fast" : "");
		for (unsigned k = 0; k < b->rx_count; k++) {
			const struct plan_receiver *r = &p->receivers[b->rx_first + k];

			say(o, "  to %s virq %u", owner_name(p, r->part), r->virq);
		}
	}
}

static void dump_windows(const struct plan *p, const struct out *o)
{
	static const char *const kinds[] = {"memory", "msi", "ccsr"};

	for (unsigned i = 0; i < p->window_count; i++) {
		const struct plan_window *w = &p->windows[i];

		say(o, "window %u %s of %s 0x%llx+0x%llx -> 0x%llx slots %u", i, w->path,
		    owner_name(p, w->part), GPA(w->gpa), HEX(w->size), HPA(w->hpa),
		    w->subwindow_count);
		for (unsigned k = 0; k < w->sub_count; k++) {
			const struct plan_subwindow *s = &p->subwindows[w->sub_first + k];

			say(o, "  slot %u %s 0x%llx+0x%llx -> 0x%llx", s->slot,
			    NAME(kinds, s->kind), GPA(s->gpa), HEX(s->size), HPA(s->hpa));
		}
	}
}

static void dump_mems(const struct plan_part *part, const struct out *o)
{
	for (unsigned i = 0; i < part->mem_count; i++) {
		const struct plan_mem *m = &part->mems[i];

		say(o, "  mem 0x%llx+0x%llx -> 0x%llx%s%s%s%s%s%s %s", GPA(m->gpa), HEX(m->size),
		    HPA(m->hpa), m->flags & PLAN_MEM_W ? " w" : "",
		    m->flags & PLAN_MEM_X ? " x" : "", m->flags & PLAN_MEM_DEVICE ? " device" : "",
		    m->flags & PLAN_MEM_DMA_ONLY ? " dma-only" : "",
		    m->flags & PLAN_MEM_SHARED ? " shared" : "",
		    m->flags & PLAN_MEM_ZERO ? " zero" : "", m->path);
	}
}

static void dump_images(const struct plan_part *part, const struct out *o)
{
	static const char *const roles[] = {"extra", "rootfs", "guest"};

	for (unsigned i = 0; i < part->image_count; i++) {
		const struct plan_image *g = &part->images[i];

		say(o, "  image %s %s src 0x%llx size 0x%llx dest 0x%llx window 0x%llx",
		    NAME(roles, g->role), g->name ? g->name : "-", HPA(g->src), HEX(g->size),
		    GPA(g->dest), HEX(g->window));
	}
}

static void dump_handles(const struct plan_part *part, const struct out *o)
{
	static const char *const kinds[] = {
	    "none",   "partition", "channel",	  "send-doorbell", "virq",    "irq",
	    "device", "dma",	   "error-queue", "error-manager", "shutdown"};
	static const char *const virqs[] = {"channel-rx", "channel-tx", "vuart", "doorbell",
					    "event"};

	for (unsigned i = 0; i < part->handle_count; i++) {
		if (part->handles[i].kind) {
			say(o, "  handle %u %s %u", i, NAME(kinds, part->handles[i].kind),
			    part->handles[i].index);
		}
	}
	for (unsigned i = 0; i < part->virq_count; i++) {
		const struct plan_virq *v = &part->virqs[i];

		say(o, "  virq %u %s %u number %u%s%s", i, NAME(virqs, v->kind), v->index, v->g_irq,
		    v->is_level ? " level" : "", v->carrier ? " carried" : "");
	}
	for (unsigned i = 0; i < part->managed_count; i++) {
		const struct plan_managed *m = &part->managed[i];

		say(o, "  manages %u handle %u virqs %u %u %u shutdown %u", m->part, m->handle,
		    m->virq[0], m->virq[1], m->virq[2], m->shutdown_handle);
	}
}

static void dump_part(const struct plan *p, const struct plan_part *part, const struct out *o)
{
	static const char *const modes[] = {"auto", "direct", "virtual"};
	static const char *const wdogs[] = {"reset", "notify", "stop"};

	say(o, "partition %s at %s id %u%s flags 0x%x interrupts %s watchdog %s", part->name,
	    part->path, part->guest_id, part->is_valid ? "" : " refused", part->flags,
	    NAME(modes, part->irq_mode), NAME(wdogs, part->wdog_action));
	for (unsigned i = 0; i < part->cpu_count; i++) {
		say(o, "  vcpu %u cpu %u", i, part->cpus[i]);
	}
	dump_mems(part, o);
	dump_images(part, o);
	say(o, "  dtb-window 0x%llx+0x%llx", HEX(part->dtb_window.base),
	    HEX(part->dtb_window.size));
	if (plan_is_ppc(p)) {
		say(o, "  init-map 0x%llx gpa 0x%llx va 0x%llx spin-table 0x%llx",
		    HEX(part->initmap_size), HEX(part->initmap_gpa), HEX(part->initmap_va),
		    GPA(part->spin_table));
	} else {
		say(o, "  gic v%u dist 0x%llx redist 0x%llx cpu 0x%llx spi-end %u",
		    part->gic.version, GPA(part->gic.dist), GPA(part->gic.redist),
		    GPA(part->gic.cpu), part->gic.spi_end);
		if (part->msi.count) {
			say(o, "  messages %u+%u frame 0x%llx", part->msi.first, part->msi.count,
			    GPA(part->msi.frame));
		}
	}
	dump_handles(part, o);
}

void plan_dump(const struct plan *plan, dump_emit emit, void *to)
{
	struct out o = {emit, to};

	dump_board(plan, &o);
	dump_areas(plan, &o);
	dump_devices(plan, &o);
	dump_hosts(plan, &o);
	dump_functions(plan, &o);
	dump_windows(plan, &o);
	dump_channels(plan, &o);
	for (unsigned i = 0; i < plan->part_count; i++) {
		dump_part(plan, &plan->parts[i], &o);
	}
}

void plan_dump_diags(const struct plan *plan, dump_emit emit, void *to)
{
	static const char *const severities[] = {"warning", "error", "fatal"};
	struct out o = {emit, to};

	for (unsigned i = 0; i < plan->diag_count; i++) {
		const struct diag *d = &plan->diags[i];

		say(&o, "%s [%s] %s%s%s: %s%s%s%s", NAME(severities, d->severity),
		    plan_checks[d->check].name, d->path, d->prop ? " " : "", d->prop ? d->prop : "",
		    d->text, d->other ? " (" : "", d->other ? d->other : "", d->other ? ")" : "");
	}
}
