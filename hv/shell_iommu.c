/* SPDX-License-Identifier: BSD-3-Clause */
/* The shell's word on DMA: who confines what, which streams are open, what was refused. */
/* console CPU, no locks */
#include <string.h>

#include "hv/console.h"
#include "hv/dma.h"
#include "hv/fmt.h"
#include "hv/part.h"
#include "hv/shell_cmd.h"

static void shell_iommu_head(struct iommu *m)
{
	char text[120];

	m->ops->describe(m, text, sizeof(text));
	console_print("%s: %s\n", m->dev->path, text);
	console_print("  %u refused, %u overflows, %u commands repaired, %u other errors\n",
		      (unsigned int)m->events, (unsigned int)m->overflows,
		      (unsigned int)m->repairs, (unsigned int)m->errors);
}

/* Streams of partitions: one line each, and one more for the last access refused. */
static void shell_iommu_stream(const struct plan_stream *s, const struct dma_stream *d)
{
	const struct plan_pci_fn *fn = s->fn != NONE ? &the_plan->pci_fns[s->fn] : NULL;
	const char *path = fn != NULL ? fn->path : the_plan->devs[s->dev].path;
	bool is_trusted =
	    fn != NULL ? fn->is_dma_trusted : the_plan->devs[s->dev].is_dma_trusted;
	uint32_t sum = 0;

	console_print("%#-8x %-16s %-7s %9" PRIu64 " %9u", (unsigned int)s->id,
		      parts[s->owner].plan->name, d->is_open ? "open" : "blocked",
		      d->space != NULL ? d->space->map_size >> 10 : 0,
		      d->space != NULL ? (unsigned int)d->space->table_size >> 10 : 0);
	for (unsigned int r = 0; r < IOMMU_REASONS; r++) {
		console_print(" %9u", (unsigned int)d->refused[r]);
		sum += d->refused[r];
	}
	console_print("  %s%s\n", path, is_trusted ? ": TRUSTED not to go round it" : "");
	if (sum != 0 && d->last.has_addr) {
		console_print("  last: %s of %#" PRIx64 ", %s\n",
			      d->last.is_write ? "write" : "read", gpa_raw(d->last.at),
			      dma_reason_name(d->last.reason));
	}
}

static void shell_iommu_streams(void)
{
	console_print("%-8s %-16s %-7s %9s %9s", "stream", "owner", "state", "KiB", "tables");
	for (unsigned int r = 0; r < IOMMU_REASONS; r++) {
		console_print(" %9s", dma_reason_name(r));
	}
	console_print("  device\n");
	for (unsigned int i = 0; i < the_plan->stream_count; i++) {
		const struct plan_stream *s = &the_plan->streams[i];

		if (s->owner < part_count && s->iommu != NONE) {
			shell_iommu_stream(s, &dma_streams[i]);
		}
	}
	console_print("streams of nobody: %u refused", (unsigned int)dma_stranger_count);
	if (dma_stranger_count != 0) {
		console_print(", the last of stream %#x", (unsigned int)dma_stranger_last);
	}
	console_print("\n");
}

static void shell_iommu_bare(const char *path, unsigned int owner, bool is_trusted)
{
	console_print("%-40s %-16s confined by nothing%s\n", path, parts[owner].plan->name,
		      is_trusted ? ": it is TRUSTED" : "");
}

/* Devices and functions that master the bus with no IOMMU in front of them. */
static void shell_iommu_open(void)
{
	unsigned int idle = 0;

	for (unsigned int i = 0; i < the_plan->pci_fn_count; i++) {
		const struct plan_pci_fn *fn = &the_plan->pci_fns[i];

		if (fn->stream == NONE && fn->owner < part_count) {
			shell_iommu_bare(fn->path, fn->owner, fn->is_dma_trusted);
		}
	}
	for (unsigned int i = 0; i < the_plan->dev_count; i++) {
		const struct plan_dev *d = &the_plan->devs[i];
		bool has_iommu = false;

		for (unsigned int n = 0; n < d->stream_count; n++) {
			has_iommu |= the_plan->streams[d->stream_first + n].iommu != NONE;
		}
		if (!d->is_dma_master || has_iommu) {
			continue;
		}
		if (d->owner >= part_count) {
			idle++;
			continue;
		}
		shell_iommu_bare(d->path, d->owner, d->is_dma_trusted);
	}
	console_print("%u devices without an IOMMU are given to no guest\n", idle);
}

static void shell_iommu_check(void)
{
	struct iommu *m;

	for (unsigned int n = 0; (m = dma_iommu(n)) != NULL; n++) {
		enum err e = m->ops->check(m);

		console_print("%s: %s\n", m->dev->path,
			      e == OK ? "it refused a command that does not exist, and went on"
			      : e == ERR_STATE ? "it took a command that does not exist"
					       : "it does not go on");
	}
}

void shell_iommu(unsigned int argc, char **argv)
{
	struct iommu *m;

	if (argc > 1 && strcmp(argv[1], "check") == 0) {
		shell_iommu_check();
		return;
	}
	for (unsigned int n = 0; (m = dma_iommu(n)) != NULL; n++) {
		shell_iommu_head(m);
	}
	if (dma_iommu(0) != NULL) {
		shell_iommu_streams();
	}
	shell_iommu_open();
}
