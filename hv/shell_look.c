/* SPDX-License-Identifier: BSD-3-Clause */
/* Shell commands that look into partitions: memory, registers, interrupts, DMA, trees, exits. */
/* console CPU, no locks */
#include <libfdt.h>
#include <string.h>

#include "hv/console.h"
#include "hv/cpu.h"
#include "hv/fmt.h"
#include "hv/part.h"
#include "hv/shell_cmd.h"

#define SHELL_DUMP_MAX KIB(4)
#define SHELL_DUMP_ROW 16u

static void shell_mem_map(const struct part *p)
{
	console_print("%-18s %-18s %10s %s\n", "guest", "host", "KiB", "access");
	for (unsigned int i = 0; i < p->plan->mem_count; i++) {
		const struct plan_mem *m = &p->plan->mems[i];

		console_print("%#018" PRIx64 " %#018" PRIx64 " %10" PRIu64 " r%c%c%s%s%s  %s\n",
			      gpa_raw(m->gpa), hpa_raw(m->hpa), m->size / 1024,
			      m->flags & PLAN_MEM_W ? 'w' : '-', m->flags & PLAN_MEM_X ? 'x' : '-',
			      m->flags & PLAN_MEM_DEVICE ? " device" : "",
			      m->flags & PLAN_MEM_SHARED ? " shared" : "",
			      m->flags & PLAN_MEM_DMA_ONLY ? " dma-only" : "",
			      m->path != NULL ? m->path : "");
	}
	for (unsigned int i = 0; i < p->vdevs.count; i++) {
		const struct vdev *d = &p->vdevs.rows[i];

		console_print("%#018" PRIx64 " %-18s %10" PRIu64 " emulated  %s\n", d->at.base, "-",
			      d->at.size / 1024, d->name);
	}
}

static void shell_mem_row(uint64_t at, const uint8_t *bytes, unsigned int n)
{
	char text[SHELL_DUMP_ROW + 1];

	console_print("%010" PRIx64 " ", at);
	for (unsigned int i = 0; i < SHELL_DUMP_ROW; i++) {
		if (i < n) {
			console_print(" %02x", bytes[i]);
			text[i] = bytes[i] >= ' ' && bytes[i] <= '~' ? (char)bytes[i] : '.';
		} else {
			console_write("   ");
			text[i] = 0;
		}
	}
	text[SHELL_DUMP_ROW] = 0;
	console_print("  %s\n", text);
}

void shell_mem(unsigned int argc, char **argv)
{
	const struct part *p = shell_part(argv[1]);
	uint64_t size = 256;
	uint64_t at;

	if (p == NULL) {
		return;
	}
	if (argc < 3) {
		shell_mem_map(p);
		return;
	}
	if (!fmt_number(argv[2], &at) || (argc > 3 && !fmt_number(argv[3], &size)) ||
	    size > SHELL_DUMP_MAX) {
		console_print("an address and at most %u bytes\n", (unsigned int)SHELL_DUMP_MAX);
		return;
	}
	for (uint64_t off = 0; off < size; off += SHELL_DUMP_ROW) {
		unsigned int n =
		    size - off < SHELL_DUMP_ROW ? (unsigned int)(size - off) : SHELL_DUMP_ROW;
		uint8_t bytes[SHELL_DUMP_ROW];

		if (gmem_read(p, gpa(at + off), bytes, n) != OK) {
			console_print("%#" PRIx64 " is not memory of %s\n", at + off,
				      p->plan->name);
			return;
		}
		shell_mem_row(at + off, bytes, n);
	}
}

void shell_regs(unsigned int argc, char **argv)
{
	const struct part *p = shell_part(argv[1]);
	uint64_t only = UINT64_MAX;

	if (p == NULL) {
		return;
	}
	if (argc > 2 && (!fmt_number(argv[2], &only) || only >= p->plan->cpu_count)) {
		console_print("%s has vcpus 0 to %u\n", p->plan->name, p->plan->cpu_count - 1u);
		return;
	}
	if (p->state != PART_PAUSED && p->state != PART_STOPPED) {
		console_print("%s is %s; pause it first\n", p->plan->name,
			      part_state_name(p->state));
		return;
	}
	for (unsigned int i = 0; p->vcpus != NULL && i < p->plan->cpu_count; i++) {
		if (only == UINT64_MAX || only == i) {
			console_print("vcpu %u\n", i);
			arch_vcpu_dump(&p->vcpus[i], shell_line_out);
		}
	}
}

void shell_irq(unsigned int argc, char **argv)
{
	static const char *const kinds[] = {"channel rx", "channel tx", "virtual UART", "doorbell",
					    "event"};
	const struct part *p = shell_part(argv[1]);

	(void)argc;
	if (p == NULL) {
		return;
	}
	console_print("%-6s %-6s %-6s %s\n", "guest", "host", "sense", "source");
	for (unsigned int i = 0; i < the_plan->irq_count; i++) {
		const struct plan_irq *irq = &the_plan->irqs[i];

		if (irq->owner == p->index) {
			console_print("%-6u %-6u %-6s %s\n", (unsigned int)irq->g_irq,
				      (unsigned int)irq->irq,
				      irq->flags & PLAN_IRQ_LEVEL ? "level" : "edge",
				      irq->dev == NONE ? "" : the_plan->devs[irq->dev].path);
		}
	}
	for (unsigned int i = 0; i < p->plan->virq_count; i++) {
		const struct plan_virq *irq = &p->plan->virqs[i];

		console_print("%-6u %-6s %-6s %s\n", (unsigned int)irq->g_irq, "-",
			      irq->is_level ? "level" : "edge",
			      irq->kind < ARRAY_SIZE(kinds) ? kinds[irq->kind] : "?");
	}
	for (unsigned int i = 0; i < the_plan->pci_fn_count; i++) {
		const struct plan_pci_fn *fn = &the_plan->pci_fns[i];

		if (fn->owner == p->index && fn->vectors != 0) {
			console_print("%-6u %-6u %-6s %s (%u messages of the partition)\n",
				      (unsigned int)p->plan->msi.first, (unsigned int)fn->lpi_first,
				      "edge", fn->path, (unsigned int)p->plan->msi.count);
		}
	}
}

/* A property as dts source: text where it reads as text, else cells, else bytes. */
static void shell_tree_value(const uint8_t *val, int len)
{
	bool is_text = len > 0 && val[len - 1] == 0 && val[0] != 0;

	for (int i = 0; i < len - 1 && is_text; i++) {
		is_text = (val[i] >= ' ' && val[i] <= '~') || (val[i] == 0 && val[i + 1] != 0);
	}
	if (is_text) {
		for (int at = 0; at < len; at += (int)strlen((const char *)val + at) + 1) {
			console_print("%s\"%s\"", at > 0 ? ", " : " = ", (const char *)val + at);
		}
	} else if (len % 4 == 0) {
		for (int at = 0; at < len; at += 4) {
			console_print(
			    "%s%#x", at > 0 ? " " : " = <",
			    (unsigned int)fdt32_ld((const fdt32_t *)(const void *)(val + at)));
		}
		console_write(len > 0 ? ">" : "");
	} else {
		for (int at = 0; at < len; at++) {
			console_print("%s%02x", at > 0 ? " " : " = [", val[at]);
		}
		console_write("]");
	}
}

static void shell_indent(int depth)
{
	for (int i = 0; i < depth; i++) {
		console_write("    ");
	}
}

void shell_tree(unsigned int argc, char **argv)
{
	struct part *p = shell_part(argv[1]);
	int depth = -1;
	int last = -1;

	(void)argc;
	if (p == NULL || p->gtree == NULL) {
		return;
	}
	for (int node = fdt_next_node(p->gtree, -1, &depth); node >= 0 && depth >= 0;
	     node = fdt_next_node(p->gtree, node, &depth)) {
		int prop;

		for (; last >= depth; last--) {
			shell_indent(last);
			console_write("};\n");
		}
		last = depth;
		shell_indent(depth);
		console_print("%s {\n", depth == 0 ? "/" : fdt_get_name(p->gtree, node, NULL));
		fdt_for_each_property_offset(prop, p->gtree, node)
		{
			const char *name;
			int len;
			const void *val = fdt_getprop_by_offset(p->gtree, prop, &name, &len);

			shell_indent(depth + 1);
			console_write(name);
			shell_tree_value(val, len);
			console_write(";\n");
		}
	}
	for (; last >= 0; last--) {
		shell_indent(last);
		console_write("};\n");
	}
}

/* Integer square root, rounded down. */
static uint64_t shell_root(uint64_t x)
{
	uint64_t root = 0;

	for (uint64_t bit = UINT64_C(1) << 31; bit != 0; bit >>= 1) {
		if ((root | bit) * (root | bit) <= x) {
			root |= bit;
		}
	}
	return root;
}

static void shell_exits_vcpu(const struct vcpu *v)
{
	for (unsigned int c = 0; c < EXIT_CLASSES && arch_exit_names[c] != NULL; c++) {
		const struct exit_stat *s = &v->exits[c];
		uint64_t mean;

		if (s->count == 0) {
			continue;
		}
		mean = s->sum / s->count;
		console_print("%-16s %4u %-10s %10" PRIu64 " %8u %8" PRIu64 " %8u %12" PRIu64
			      " %8" PRIu64 "\n",
			      v->part->plan->name, v->index, arch_exit_names[c], s->count,
			      (unsigned int)~s->min, mean, (unsigned int)s->max, s->sum,
			      shell_root(s->sum_sq / s->count > mean * mean
					     ? s->sum_sq / s->count - mean * mean
					     : 0));
	}
}

void shell_exits(unsigned int argc, char **argv)
{
	const struct part *only = argc > 1 ? shell_part(argv[1]) : NULL;
	bool is_clear = argc > 2 && strcmp(argv[2], "clear") == 0;

	if (argc > 1 && only == NULL) {
		return;
	}
	console_print("%-16s %4s %-10s %10s %8s %8s %8s %12s %8s\n", "partition", "vcpu", "exit",
		      "count", "min", "mean", "max", "sum", "deviation");
	for (unsigned int i = 0; i < part_count; i++) {
		const struct part *p = &parts[i];

		for (unsigned int n = 0; p->vcpus != NULL && n < p->plan->cpu_count; n++) {
			if (only != NULL && only != p) {
				continue;
			}
			shell_exits_vcpu(&p->vcpus[n]);
			if (is_clear) {
				memset(p->vcpus[n].exits, 0, sizeof(p->vcpus[n].exits));
			}
		}
	}
	console_print("times in ticks of %" PRIu64 " Hz\n", arch_time_hz());
}
