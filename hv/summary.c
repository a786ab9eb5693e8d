/* SPDX-License-Identifier: BSD-3-Clause */
/* What boot says: the findings, and the table of what runs where. */
/* boot CPU; the shell too */
#include "hv/boot.h"
#include "hv/cpu.h"
#include "hv/fmt.h"
#include "hv/part.h"
#include "hv/plan/check.h"
#include "hv/version.h"

void boot_findings(const struct plan *plan, void (*emit)(const char *line))
{
	static const char *const severities[] = {"warning", "error", "fatal"};
	char line[256];

	for (unsigned int i = 0; i < plan->diag_count; i++) {
		const struct diag *d = &plan->diags[i];

		fmt_print(line, sizeof(line), "  %s: %s%s%s: %s [%s]", severities[d->severity],
			  d->path != NULL ? d->path : "/", d->prop != NULL ? ":" : "",
			  d->prop != NULL ? d->prop : "", d->text, plan_checks[d->check].name);
		emit(line);
	}
	if (plan->diag_dropped > 0) {
		fmt_print(line, sizeof(line), "  and %u findings more than fit the report",
			  plan->diag_dropped);
		emit(line);
	}
}

/* CPUs of a partition by their number in the board's tree: "0-1,3". */
static void boot_cpus(const struct plan *plan, const struct plan_part *p, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = 0;
	for (unsigned int i = 0; i < p->cpu_count; i++) {
		unsigned int first = p->cpus[i];
		unsigned int last = first;

		while (i + 1 < p->cpu_count && p->cpus[i + 1] == last + 1) {
			last = p->cpus[++i];
		}
		n += fmt_print(buf + n, size - n, last > first ? "%s%u-%u" : "%s%u",
			       n > 0 ? "," : "", first, last);
	}
	(void)plan;
}

static uint64_t boot_memory(const struct plan_part *p)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < p->mem_count; i++) {
		if (!(p->mems[i].flags & (PLAN_MEM_DEVICE | PLAN_MEM_DMA_ONLY))) {
			sum += p->mems[i].size;
		}
	}
	return sum;
}

/* "none", "iommu", or "TRUSTED" when a device may write everywhere. */
static const char *boot_dma(const struct plan *plan, unsigned int part)
{
	const char *text = "none";

	for (unsigned int i = 0; i < plan->dev_count; i++) {
		const struct plan_dev *d = &plan->devs[i];

		if (d->owner == part && d->is_dma_master) {
			if (d->is_dma_trusted) {
				return "TRUSTED";
			}
			text = "iommu";
		}
	}
	for (unsigned int i = 0; i < plan->pci_fn_count; i++) {
		if (plan->pci_fns[i].owner == part && plan->pci_fns[i].is_dma_trusted) {
			return "TRUSTED";
		}
	}
	for (unsigned int i = 0; i < plan->stream_count; i++) {
		if (plan->streams[i].owner == part && plan->streams[i].iommu != NONE) {
			text = "iommu";
		}
	}
	return text;
}

static const char *boot_state(const struct plan_part *p, const struct part *live)
{
	if (!p->is_valid || !live->is_usable) {
		return "error";
	}
	if (p->flags & PLAN_PART_NO_AUTO_START && live->state == PART_STOPPED) {
		return "waits";
	}
	return part_state_name(live->state);
}

void boot_summary(const struct plan *plan, uint64_t began, void (*emit)(const char *line))
{
	uint64_t us = (arch_time_now() - began) * 1000 / (arch_time_hz() / 1000);
	unsigned int up = 0;
	char line[200];
	char cpu_list[32];

	for (unsigned int i = 0; i < cpu_count; i++) {
		up += cpus[i].state == CPU_IDLE || cpus[i].state == CPU_GUEST;
	}
	fmt_print(line, sizeof(line), "Facet %s on %s, %u of %u CPUs", FACET_VERSION,
		  plan->board.model != NULL ? plan->board.model : "a board without a name", up,
		  cpu_count);
	emit(line);
	fmt_print(line, sizeof(line), "  %-3s %-16s %-10s %9s  %-10s %-8s %s", "no", "partition",
		  "CPUs", "memory", "interrupts", "DMA", "state");
	emit(line);
	for (unsigned int i = 0; i < plan->part_count; i++) {
		const struct plan_part *p = &plan->parts[i];

		boot_cpus(plan, p, cpu_list, sizeof(cpu_list));
		fmt_print(line, sizeof(line), "  %-3u %-16s %-10s %5" PRIu64 " MiB  %-10s %-8s %s",
			  p->guest_id, p->name, cpu_list, boot_memory(p) >> 20,
			  p->irq_mode == PLAN_IRQ_DIRECT ? "direct" : "virtual", boot_dma(plan, i),
			  boot_state(p, &parts[i]));
		emit(line);
	}
	fmt_print(line, sizeof(line), "  %u finding%s; ready after %" PRIu64 ".%03u ms",
		  plan->diag_count + plan->diag_dropped,
		  plan->diag_count + plan->diag_dropped == 1 ? "" : "s", us / 1000,
		  (unsigned int)(us % 1000));
	emit(line);
}
