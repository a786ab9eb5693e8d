/* SPDX-License-Identifier: BSD-3-Clause */
/* How the parts of a plan are called in maps, pictures and listings. */
/* host */
#include "tools/facet-check/names.h"

#include <inttypes.h>

#include "tools/facet-check/mem.h"

const char *name_owner(const struct plan *plan, unsigned owner)
{
	if (owner == OWNER_HV) {
		return "hypervisor";
	}
	return owner < plan->part_count ? plan->parts[owner].name : "-";
}

const char *name_size(uint64_t size)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	unsigned unit = 0;

	while (unit < 4 && size >= 1024 && size % 1024 == 0) {
		size /= 1024;
		unit++;
	}
	if (unit == 0 && size >= 65536) {
		return mem_format("%#" PRIx64, size);
	}
	return mem_format("%" PRIu64 " %s", size, units[unit]);
}

const char *name_addr(uint64_t addr)
{
	return mem_format("0x%010" PRIx64, addr);
}

const char *name_range(uint64_t base, uint64_t size)
{
	return mem_format("%s..%s", name_addr(base), name_addr(base + (size - 1)));
}

/* ", interrupt 33" of a virtual UART. */
static const char *vuart_irq(const struct plan *plan, const struct plan_end *end)
{
	const struct plan_part *part = &plan->parts[end->index];

	if (end->virq_rx >= part->virq_count || plan->arch != PLAN_ARM64) {
		return "";
	}
	return mem_format(", interrupt %u", part->virqs[end->virq_rx].g_irq);
}

static const char *part_end(const struct plan *plan, const struct plan_end *end)
{
	const char *part = name_owner(plan, end->index);

	if (end->index >= plan->part_count || end->vuart == PLAN_VUART_NONE) {
		return mem_format("%s: handle %u", part, end->handle);
	}
	return mem_format("%s: %s at %#" PRIx64 "%s", part,
			  end->vuart == PLAN_VUART_PL011 ? "pl011" : "ns16550",
			  gpa_raw(end->guest_addr), vuart_irq(plan, end));
}

const char *name_end(const struct plan *plan, const struct plan_end *end)
{
	switch (end->kind) {
	case PLAN_END_PART:
		return part_end(plan, end);
	case PLAN_END_GDB:
		return mem_format("%s: debugger of vcpu %u", name_owner(plan, end->index), end->vcpu);
	case PLAN_END_HV:
		return "hypervisor: shell";
	case PLAN_END_UART:
		return end->index < plan->dev_count ? plan->devs[end->index].path : "-";
	case PLAN_END_MUX:
		return mem_format("%s: channel %u",
				  end->index < plan->mux_count ? plan->muxes[end->index].path : "mux",
				  end->mux_channel);
	default:
		return "-";
	}
}

static const char *add_run(const char *list, uint64_t first, uint64_t last)
{
	const char *gap = list[0] ? " " : "";

	if (first == last) {
		return mem_format("%s%s%" PRIu64, list, gap, first);
	}
	return mem_format("%s%s%" PRIu64 "-%" PRIu64, list, gap, first, last);
}

uint64_t name_cpu(const struct plan *plan, unsigned cpu)
{
	return plan->arch == PLAN_ARM64 ? cpu : plan->cpus[cpu].hw_id;
}

const char *name_cpus(const struct plan *plan, const struct plan_part *part)
{
	const char *list = "";
	uint64_t first = 0, last = 0;

	for (unsigned i = 0; i < part->cpu_count; i++) {
		uint64_t id = name_cpu(plan, part->cpus[i]);

		if (i > 0 && id == last + 1) {
			last = id;
			continue;
		}
		if (i > 0) {
			list = add_run(list, first, last);
		}
		first = last = id;
	}
	return part->cpu_count ? add_run(list, first, last) : list;
}

const char *name_irqs(const struct plan *plan, const struct plan_dev *dev)
{
	const char *list = "";

	for (unsigned i = 0; i < dev->irq_count; i++) {
		const struct plan_irq *irq = &plan->irqs[dev->irq_first + i];

		if (irq->irq == UINT32_MAX) { /* it ends at a controller nobody drives */
			list = mem_format("%s%s?", list, i ? " " : "");
		} else {
			list = mem_format("%s%s%u", list, i ? " " : "", irq->irq);
		}
	}
	return list;
}

const char *name_streams(const struct plan *plan, const struct plan_dev *dev)
{
	const char *list = "";

	for (unsigned i = 0; i < dev->stream_count; i++) {
		list = mem_format("%s%s%#x", list, i ? " " : "",
				  plan->streams[dev->stream_first + i].id);
	}
	return list;
}

const char *name_function(const struct plan_pci_fn *fn)
{
	return mem_format("%02x:%02x.%x", fn->rid >> 8, fn->rid >> 3 & 31, fn->rid & 7);
}

const char *name_dma(const struct plan *plan, const struct plan_pci_fn *fn)
{
	const struct plan_stream *s = fn->stream != NONE ? &plan->streams[fn->stream] : NULL;

	if (fn->is_dma_trusted || !s) {
		return fn->is_dma_trusted ? "trusted" : "unprotected";
	}
	return s->window == NONE ? "confined"
				 : mem_format("window %s", plan->windows[s->window].path);
}

const char *name_delivery(const struct plan_part *part)
{
	if (part->irq_mode == PLAN_IRQ_DIRECT) {
		return "direct";
	}
	return part->msi.count && part->msi.first
		       ? mem_format("virtual, messages %u-%u", part->msi.first,
				    part->msi.first + part->msi.count - 1)
		       : "virtual";
}
