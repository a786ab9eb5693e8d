/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * facet-p4080: run an image on the P4080 model.
 */
#define _POSIX_C_SOURCE 200809L
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "boot.h"
#include "console.h"
#include "dma.h"
#include "error.h"
#include "gdb.h"
#include "machine.h"
#include "oracle.h"
#include "pamu.h"
#include "virtio.h"

struct options {
	struct machine_config cfg;
	struct boot_config boot;
	const char *owners;
	const char *disk;
	unsigned gdb_port;
	bool stats;
	bool quiet;
};

static void main_usage(void)
{
	fputs("usage: facet-p4080 [options] IMAGE\n"
	      "  --dtb FILE         board device tree to fix up and hand over\n"
	      "  --initrd FILE --append STRING\n"
	      "  --ccsr OFFSET=VALUE  write a device register before the image starts\n"
	      "  --cores N          1 to 8 (1)\n"
	      "  --ram MB           memory (256)\n"
	      "  --until REGEX      stop with exit 0 when a console line matches\n"
	      "  --type REGEX::TEXT when a console line matches, TEXT is typed there (in order)\n"
	      "  --limit N          stop with exit 3 after N instructions\n"
	      "  --seed N --quantum N --jitter N\n"
	      "                     interleaving of the cores (1, 1024, 0)\n"
	      "  --tbdiv N          instructions per time base tick (8)\n"
	      "  --fault NAME       plant a fault; --faults lists them\n"
	      "  --inject BLOCK:KIND@CYCLE[,ADDRESS]\n"
	      "                     an error ddr1|ddr2:sbe|mbe|mse|ape|ace|cde, cpc1|cpc2:sbe|mbe|tsbe|\n"
	      "                     tmbe|tmhit is detected at that cycle\n"
	      "  --disk FILE        contents of the virtio block device\n"
	      "  --flash OFFSET=FILE  program a file into the NOR flash\n"
	      "  --erratum NAME     a-003638, pamu-a001, a-005982\n"
	      "  --dma-rate N       DMA moves N bytes a cycle (0: at once)\n"
	      "  --owners FILE      isolation oracle\n"
	      "  --fatal LINT, --no-fatal LINT\n"
	      "  --stats            counters at the end, on standard error\n"
	      "  --gdb PORT         wait for a debugger on this TCP port\n"
	      "  --trace            keep every instruction in the trace ring\n"
	      "  --trace-registers  print registers before every instruction\n"
	      "  --quiet            no console output\n"
	      "  --log N            0 to 3 (1)\n"
	      "  --start-all        all cores begin at the entry point, not only core 0\n",
	      stderr);
}

enum {
	OPT_CORES = 256,
	OPT_RAM,
	OPT_UNTIL,
	OPT_LIMIT,
	OPT_SEED,
	OPT_QUANTUM,
	OPT_JITTER,
	OPT_TBDIV,
	OPT_FAULT,
	OPT_FAULTS,
	OPT_OWNERS,
	OPT_FATAL,
	OPT_NO_FATAL,
	OPT_STATS,
	OPT_TRACE,
	OPT_TRACE_REGISTERS,
	OPT_QUIET,
	OPT_LOG,
	OPT_START_ALL,
	OPT_DTB,
	OPT_INITRD,
	OPT_APPEND,
	OPT_CCSR,
	OPT_ERRATUM,
	OPT_DMA_RATE,
	OPT_FLASH,
	OPT_TYPE,
	OPT_GDB,
	OPT_DISK,
	OPT_INJECT,
};

static const struct option main_options[] = {
	{"cores", required_argument, NULL, OPT_CORES},
	{"ram", required_argument, NULL, OPT_RAM},
	{"until", required_argument, NULL, OPT_UNTIL},
	{"limit", required_argument, NULL, OPT_LIMIT},
	{"seed", required_argument, NULL, OPT_SEED},
	{"quantum", required_argument, NULL, OPT_QUANTUM},
	{"jitter", required_argument, NULL, OPT_JITTER},
	{"tbdiv", required_argument, NULL, OPT_TBDIV},
	{"fault", required_argument, NULL, OPT_FAULT},
	{"faults", no_argument, NULL, OPT_FAULTS},
	{"owners", required_argument, NULL, OPT_OWNERS},
	{"fatal", required_argument, NULL, OPT_FATAL},
	{"no-fatal", required_argument, NULL, OPT_NO_FATAL},
	{"stats", no_argument, NULL, OPT_STATS},
	{"trace", no_argument, NULL, OPT_TRACE},
	{"trace-registers", no_argument, NULL, OPT_TRACE_REGISTERS},
	{"quiet", no_argument, NULL, OPT_QUIET},
	{"log", required_argument, NULL, OPT_LOG},
	{"start-all", no_argument, NULL, OPT_START_ALL},
	{"dtb", required_argument, NULL, OPT_DTB},
	{"initrd", required_argument, NULL, OPT_INITRD},
	{"append", required_argument, NULL, OPT_APPEND},
	{"ccsr", required_argument, NULL, OPT_CCSR},
	{"erratum", required_argument, NULL, OPT_ERRATUM},
	{"gdb", required_argument, NULL, OPT_GDB},
	{"disk", required_argument, NULL, OPT_DISK},
	{"inject", required_argument, NULL, OPT_INJECT},
	{"type", required_argument, NULL, OPT_TYPE},
	{"flash", required_argument, NULL, OPT_FLASH},
	{"dma-rate", required_argument, NULL, OPT_DMA_RATE},
	{NULL, 0, NULL, 0},
};

static bool main_number_option(struct options *o, int opt, uint64_t v)
{
	switch (opt) {
	case OPT_CORES:
		o->cfg.cores = (unsigned)v;
		return v >= 1 && v <= MACHINE_CORES;
	case OPT_RAM:
		o->cfg.ram_size = v << 20;
		return v >= 1 && v <= 8192;
	case OPT_LIMIT:
		o->cfg.limit = v;
		return true;
	case OPT_SEED:
		o->cfg.seed = v;
		return true;
	case OPT_QUANTUM:
		o->cfg.quantum = (uint32_t)v;
		return v >= 1 && v <= 1000000;
	case OPT_JITTER:
		o->cfg.jitter = (uint32_t)v;
		return v <= 1000000;
	case OPT_TBDIV:
		o->cfg.tbdiv = (uint32_t)v;
		return v >= 1 && v <= 1000000;
	case OPT_GDB:
		o->gdb_port = (unsigned)v;
		return v > 0 && v < 65536;
	case OPT_DMA_RATE:
		dma_set_rate((unsigned)v);
		return true;
	case OPT_LOG:
		log_level = (int)v;
		return v <= 3;
	default:
		return false;
	}
}

/* OFFSET=VALUE: a register written before the image starts, as firmware would. */
static bool main_ccsr_option(struct options *o, const char *arg)
{
	const char *eq = strchr(arg, '=');

	if (!eq || o->boot.poke_count == BOOT_POKES)
		return false;
	o->boot.poke[o->boot.poke_count].off = (uint32_t)strtoul(arg, NULL, 0);
	o->boot.poke[o->boot.poke_count++].val = (uint32_t)strtoul(eq + 1, NULL, 0);
	return true;
}

/* OFFSET=FILE */
static bool main_flash_option(struct options *o, const char *arg)
{
	const char *eq = strchr(arg, '=');

	if (!eq || o->boot.flash_count == BOOT_POKES)
		return false;
	o->boot.flash[o->boot.flash_count].off = (uint32_t)strtoul(arg, NULL, 0);
	o->boot.flash[o->boot.flash_count++].path = eq + 1;
	return true;
}

static bool main_option(struct options *o, int opt, const char *arg)
{
	switch (opt) {
	case OPT_UNTIL:
		return console_until(arg);
	case OPT_DISK:
		o->disk = arg;
		return true;
	case OPT_INJECT:
		return error_inject(arg);
	case OPT_TYPE:
		return console_type(arg);
	case OPT_FAULT:
		return fault_enable(arg);
	case OPT_FAULTS:
		fault_list(stdout);
		exit(0);
	case OPT_OWNERS:
		o->owners = arg;
		return true;
	case OPT_FATAL:
		return lint_set_fatal(arg, true);
	case OPT_NO_FATAL:
		return lint_set_fatal(arg, false);
	case OPT_STATS:
		o->stats = true;
		return true;
	case OPT_TRACE:
		o->cfg.trace = true;
		return true;
	case OPT_TRACE_REGISTERS:
		o->cfg.trace_registers = true;
		return true;
	case OPT_QUIET:
		o->quiet = true;
		return true;
	case OPT_DTB:
		o->boot.dtb = arg;
		return true;
	case OPT_INITRD:
		o->boot.initrd = arg;
		return true;
	case OPT_APPEND:
		o->boot.append = arg;
		return true;
	case OPT_CCSR:
		return main_ccsr_option(o, arg);
	case OPT_FLASH:
		return main_flash_option(o, arg);
	case OPT_ERRATUM:
		return pamu_erratum(arg);
	case OPT_START_ALL:
		o->boot.start_all = true;
		return true;
	default:
		return arg && main_number_option(o, opt, strtoull(arg, NULL, 0));
	}
}

static bool main_parse(struct options *o, int argc, char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "", main_options, NULL)) != -1) {
		if (!main_option(o, opt, optarg)) {
			if (opt != '?')
				fprintf(stderr, "facet-p4080: bad value: %s\n", optarg);
			return false;
		}
	}
	if (optind != argc - 1)
		return false;
	o->boot.image = argv[optind];
	return true;
}

static bool main_setup(struct machine *m, const struct options *o)
{
	console_init(m, o->quiet);
	if (o->owners && !(m->oracle = oracle_load(o->owners)))
		return false;
	if (!machine_devices(m) || (o->disk && !virtio_disk(m, o->disk)))
		return false;
	return boot_machine(m, &o->boot) && (!o->gdb_port || gdb_init(m, o->gdb_port));
}

int main(int argc, char **argv)
{
	struct options o = {
		.cfg = {.cores = 1, .ram_size = UINT64_C(256) << 20, .seed = 1, .quantum = 1024,
			.tbdiv = 8},
	};
	struct timespec t0, t1;
	struct machine *m;
	double seconds, cpu;
	int code;

	if (!main_parse(&o, argc, argv)) {
		main_usage();
		return EXIT_USAGE;
	}
	m = machine_new(&o.cfg);
	if (!m || !main_setup(m, &o))
		return EXIT_USAGE;
	clock_gettime(CLOCK_MONOTONIC, &t0);
	code = (int)machine_run(m);
	gdb_exit((unsigned)code);
	clock_gettime(CLOCK_MONOTONIC, &t1);
	fflush(stdout);
	seconds = (double)(t1.tv_sec - t0.tv_sec) + 1e-9 * (double)(t1.tv_nsec - t0.tv_nsec);
	cpu = (double)clock() / CLOCKS_PER_SEC;
	log_print(1,
		  "facet-p4080: %s; exit %d; %" PRIu64
		  " instructions, %.2f s, %.0f MIPS, %.0f by processor time",
		  m->exit_why, code, machine_insns(m), seconds,
		  (double)machine_insns(m) / 1e6 / (seconds > 0 ? seconds : 1),
		  (double)machine_insns(m) / 1e6 / (cpu > 0 ? cpu : 1));
	if (o.stats)
		stats_print(m, stderr);
	return code;
}
