/* SPDX-License-Identifier: BSD-3-Clause */
/* TCG plugin: counts instructions per CPU, those of the hypervisor apart, and logs them at marks.
 */
/*
 * Loaded by QEMU: -plugin
 * libcount.so,out=FILE,lo=0x40200000,hi=0x40300000,glo=0x80000000,ghi=0x90000000 [lo, hi) is the
 * hypervisor, [glo, ghi) are guests, both by virtual address. A mark is `hint #0x70` .. `hint
 * #0x7f` (NOPs everywhere), executed anywhere. Every mark is one line:
 *
 *   mark NUMBER cpu C all A hv H sum S entries E
 *
 * A, H: instructions of that CPU before the mark, and those inside [lo, hi); S: inside [lo, hi) on
 * all CPUs; E: how often that CPU went from outside to inside. `first cpu C hv H` is the first
 * block in [glo, ghi) of a CPU. With ppc=1 a mark is `or rN,rN,rN` of r16 (0x70) .. r31 (0x7f), and
 * instructions are counted one by one: there a block often ends early, in a trap or at a device
 * register, and counting blocks would count what was not executed. Debian's QEMU has plugins
 * enabled but ships no header: the few functions used are declared here, as qemu-plugin.h of QEMU
 * 7.2 (API version 1) defines them.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { NO_REGS, R_REGS, RW_REGS };
typedef void (*tb_trans_cb)(plugin_id, struct qemu_plugin_tb *);
typedef void (*vcpu_udata_cb)(unsigned int cpu, void *data);
typedef void (*udata_cb)(plugin_id, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, tb_trans_cb cb);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, vcpu_udata_cb cb, int flags,
					  void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, vcpu_udata_cb cb,
					    int flags, void *data);
void qemu_plugin_register_atexit_cb(plugin_id id, udata_cb cb, void *data);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t n);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv);

enum { CPUS = 64 };

static struct {
	uint64_t all, hv, entries;
	int inside, started;
} cpus[CPUS];
static uint64_t lo, hi, glo, ghi;
static uint64_t ppc;
static uint64_t prof, *profile; /* by (address - lo) / 4 */
static FILE *out;

struct block {
	uint64_t addr;
	uint32_t count;
	uint8_t is_hv, is_guest;
};

/* Blocks live as long as QEMU: it may run one that it has translated long ago. */
static struct block *block_of(uint64_t addr, size_t n)
{
	struct block *b = malloc(sizeof(*b));

	if (!b) {
		abort();
	}
	b->addr = addr;
	b->count = (uint32_t)n;
	b->is_hv = addr - lo < hi - lo;
	b->is_guest = addr - glo < ghi - glo;
	return b;
}

static void profile_print(bool is_wanted)
{
	uint64_t i;

	for (i = 0; i < (hi - lo) / 4; i++) {
		if (is_wanted && profile[i]) {
			fprintf(out, "block %" PRIx64 " %" PRIu64 "\n", lo + 4 * i, profile[i]);
		}
		profile[i] = 0;
	}
}

/* A block, or with ppc=1 each instruction as a block of its own. */
static void block_run(unsigned int cpu, void *data)
{
	const struct block *b = data;

	cpus[cpu].all += b->count;
	if (b->is_hv) {
		cpus[cpu].hv += b->count;
		cpus[cpu].entries += !cpus[cpu].inside;
		if (profile) {
			profile[(b->addr - lo) / 4] += b->count;
		}
	}
	cpus[cpu].inside = b->is_hv;
	if (b->is_guest && !cpus[cpu].started) {
		cpus[cpu].started = 1;
		fprintf(out, "first cpu %u hv %" PRIu64 "\n", cpu, cpus[cpu].hv);
		if (profile) {
			profile_print(true);
		}
		fflush(out);
	}
}

/* data: the mark, and above bit 8 how many instructions of its block are not before it. */
static void mark_run(unsigned int cpu, void *data)
{
	uint64_t sum = 0, all = cpus[cpu].all - ((uintptr_t)data >> 8);
	unsigned int i;

	for (i = 0; i < CPUS; i++) {
		sum += cpus[i].hv;
	}
	fprintf(
	    out,
	    "mark %u cpu %u all %" PRIu64 " hv %" PRIu64 " sum %" PRIu64 " entries %" PRIu64 "\n",
	    (unsigned int)((uintptr_t)data & 0xff), cpu, all, cpus[cpu].hv, sum, cpus[cpu].entries);
	if (profile) {
		profile_print((uintptr_t)data & 1);
	}
	fflush(out);
}

/* The number of a mark, or 0. Instructions of both are in the byte order of memory. */
static unsigned int mark_of(const void *insn)
{
	uint32_t word;

	memcpy(&word, insn, sizeof(word));
	if (!ppc) { /* HINT, CRm 0b111x: #0x70..#0x7f */
		return (word & 0xfffffe1f) == 0xd5032e1f ? word >> 5 & 0x7f : 0;
	}
	word = __builtin_bswap32(word);
	if ((word & 0xfe0007ff) != 0x7e000378 || (word >> 21 & 31) != (word >> 16 & 31) ||
	    (word >> 21 & 31) != (word >> 11 & 31)) {
		return 0;
	}
	return 0x60 + (word >> 21 & 31);
}

static void block_translated(plugin_id id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb), i;
	uint64_t at = qemu_plugin_tb_vaddr(tb);

	(void)id;
	if (!ppc) {
		qemu_plugin_register_vcpu_tb_exec_cb(tb, block_run, NO_REGS, block_of(at, n));
	}
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		unsigned int mark = mark_of(qemu_plugin_insn_data(insn));

		if (ppc) {
			qemu_plugin_register_vcpu_insn_exec_cb(insn, block_run, NO_REGS,
							       block_of(at + 4 * i, 1));
		}
		if (mark) {
			qemu_plugin_register_vcpu_insn_exec_cb(
			    insn, mark_run, NO_REGS, (void *)(uintptr_t)(mark | (ppc ? 1 : n - i) << 8));
		}
	}
}

static void finish(plugin_id id, void *data)
{
	unsigned int i;

	(void)id;
	(void)data;
	for (i = 0; i < CPUS; i++) {
		if (cpus[i].all) {
			fprintf(out, "end cpu %u all %" PRIu64 " hv %" PRIu64 "\n", i, cpus[i].all,
				cpus[i].hv);
		}
	}
	fclose(out);
}

int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	static const struct {
		const char *name;
		uint64_t *value;
	} numbers[] = {
	    {"lo=", &lo}, {"hi=", &hi}, {"glo=", &glo}, {"ghi=", &ghi}, {"prof=", &prof}, {"ppc=", &ppc}};
	size_t n;
	int i;

	(void)info;
	for (i = 0; i < argc; i++) {
		for (n = 0; n < sizeof(numbers) / sizeof(numbers[0]); n++) {
			if (strncmp(argv[i], numbers[n].name, strlen(numbers[n].name)) == 0) {
				*numbers[n].value =
				    strtoull(argv[i] + strlen(numbers[n].name), NULL, 0);
			}
		}
		if (strncmp(argv[i], "out=", 4) == 0) {
			out = fopen(argv[i] + 4, "w");
		}
	}
	if (!out) {
		return -1;
	}
	profile = prof ? calloc((hi - lo) / 4, sizeof(*profile)) : NULL;
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
	qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
