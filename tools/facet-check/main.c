/* SPDX-License-Identifier: BSD-3-Clause */
/* facet-check: what the hypervisor would say about a layout, with file and line. */
/* host; exit status 0: fine, 1: errors found, 2: could not run */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/facet-check/board.h"
#include "tools/facet-check/explain.h"
#include "tools/facet-check/json.h"
#include "tools/facet-check/map.h"
#include "tools/facet-check/mem.h"
#include "tools/facet-check/report.h"
#include "tools/facet-check/svg.h"

#define ARENA_SIZE ((size_t)64 << 20)
#define MAX_INCLUDES 16
#define MAX_TREES 24

/* Where the bundle is on the desk: nowhere, so at an address that no board has. */
#define BUNDLE_NOWHERE 0xffff000000000000u

enum {
	EXIT_FINE,
	EXIT_ERRORS,
	EXIT_NOT_RUN,
};

struct options {
	const char *layout, *board, *bundle, *svg, *arch;
	const char *trees[MAX_TREES];
	unsigned tree_count;
	const char *includes[MAX_INCLUDES + 1];
	unsigned include_count;
	struct range hv_at;
	uint64_t bundle_at;
	bool want_map, want_json, is_strict, is_quiet;
};

static const char usage_text[] =
	"usage: facet-check LAYOUT --board BOARD [options]\n"
	"\n"
	"Check a layout (DTS or DTB) against a board's hardware tree (DTB or DTS).\n"
	"\n"
	"  -b, --board FILE        the hardware tree\n"
	"  -B, --bundle FILE       the bundle made by facet-pack: checks the images too\n"
	"  -m, --map               print who owns what\n"
	"  -s, --svg FILE          draw it to scale\n"
	"  -t, --guest-tree PART   print the tree a partition's guest will get, as DTS\n"
	"  -a, --arch ARCH         arm64 or ppc-e500mc (default: the board's)\n"
	"  -I DIR                  search for included files here too\n"
	"      --hv-at ADDR,SIZE   where the hypervisor will be in memory: checks against it, too\n"
	"      --bundle-at ADDR    the same for the bundle\n"
	"      --strict            warnings, and CPUs and devices of nobody, are errors\n"
	"      --json              findings and ownership as one JSON object\n"
	"  -q, --quiet             no summary line\n"
	"      --explain CHECK     what a check means and what would be right\n"
	"      --list-checks       all checks; --list-checks=markdown: as docs/errors.md\n"
	"\n"
	"exit status: 0 no errors, 1 errors in the layout, 2 could not run\n";

enum {
	OPT_STRICT = 256,
	OPT_JSON,
	OPT_EXPLAIN,
	OPT_LIST,
	OPT_HELP,
	OPT_HV_AT,
	OPT_BUNDLE_AT,
};

static const struct option long_options[] = {
	{"board", required_argument, NULL, 'b'},
	{"bundle", required_argument, NULL, 'B'},
	{"map", no_argument, NULL, 'm'},
	{"svg", required_argument, NULL, 's'},
	{"guest-tree", required_argument, NULL, 't'},
	{"arch", required_argument, NULL, 'a'},
	{"quiet", no_argument, NULL, 'q'},
	{"strict", no_argument, NULL, OPT_STRICT},
	{"json", no_argument, NULL, OPT_JSON},
	{"explain", required_argument, NULL, OPT_EXPLAIN},
	{"list-checks", optional_argument, NULL, OPT_LIST},
	{"hv-at", required_argument, NULL, OPT_HV_AT},
	{"bundle-at", required_argument, NULL, OPT_BUNDLE_AT},
	{"help", no_argument, NULL, OPT_HELP},
	{NULL, 0, NULL, 0},
};

static noreturn_fn void leave(int status)
{
	mem_drop();
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("facet-check: cannot write");
		status = EXIT_NOT_RUN;
	}
	exit(status);
}

static noreturn_fn void fail_usage(void)
{
	fputs("facet-check: want one layout and --board; see facet-check --help\n", stderr);
	leave(EXIT_NOT_RUN);
}

static noreturn_fn void list_checks(const char *format)
{
	if (format && strcmp(format, "markdown") == 0) {
		explain_page(stdout);
	} else {
		explain_list(stdout);
	}
	leave(EXIT_FINE);
}

static void add_text(const char **list, unsigned *count, unsigned max, const char *text)
{
	if (*count == max) {
		say_failure("too many options of one kind");
		leave(EXIT_NOT_RUN);
	}
	list[(*count)++] = text;
}

/* A number with nothing but `end` behind it; returns what follows. */
static const char *number_take(const char *text, char end, uint64_t *out)
{
	char *rest;

	errno = 0;
	*out = strtoull(text, &rest, 0);
	if (errno || rest == text || *rest != end) {
		say_failure("%s is not what is wanted here; see facet-check --help", text);
		leave(EXIT_NOT_RUN);
	}
	return rest + (end != 0);
}

/* Handle one option; those that print something of their own end the program. */
static void option_take(struct options *o, int c)
{
	switch (c) {
	case 'b':
		o->board = optarg;
		break;
	case 'B':
		o->bundle = optarg;
		break;
	case 'm':
		o->want_map = true;
		break;
	case 's':
		o->svg = optarg;
		break;
	case 't':
		add_text(o->trees, &o->tree_count, MAX_TREES, optarg);
		break;
	case 'a':
		o->arch = optarg;
		break;
	case 'I':
		add_text(o->includes, &o->include_count, MAX_INCLUDES, optarg);
		break;
	case 'q':
		o->is_quiet = true;
		break;
	case OPT_STRICT:
		o->is_strict = true;
		break;
	case OPT_JSON:
		o->want_json = true;
		break;
	case OPT_HV_AT:
		number_take(number_take(optarg, ',', &o->hv_at.base), 0, &o->hv_at.size);
		break;
	case OPT_BUNDLE_AT:
		number_take(optarg, 0, &o->bundle_at);
		break;
	case OPT_EXPLAIN:
		leave(explain_one(optarg, stdout) ? EXIT_FINE : EXIT_NOT_RUN);
	case OPT_LIST:
		list_checks(optarg);
	case OPT_HELP:
		fputs(usage_text, stdout);
		leave(EXIT_FINE);
	default:
		leave(EXIT_NOT_RUN);
	}
}

static void options_parse(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "b:B:ms:t:a:I:q", long_options, NULL)) != -1) {
		option_take(o, c);
	}
	if (optind + 1 != argc || !o->board) {
		fail_usage();
	}
	o->layout = argv[optind];
}

/* ---------------------------------------------------------------- the two trees */

/* What the user says, or what the board's CPUs are. */
static enum plan_arch arch_of(const struct options *o, const struct board *board)
{
	if (!o->arch) {
		return board->arch;
	}
	if (strcmp(o->arch, "arm64") != 0 && strcmp(o->arch, "ppc-e500mc") != 0) {
		say_failure("--arch %s: want arm64 or ppc-e500mc", o->arch);
		leave(EXIT_NOT_RUN);
	}
	return o->arch[0] == 'a' ? PLAN_ARM64 : PLAN_PPC;
}

static bool load_trees(struct desk *d, const struct options *o)
{
	enum source_state layout = source_load(&d->layout, o->layout, o->includes);
	enum source_state board = source_load(&d->board, o->board, o->includes);

	if (layout == SOURCE_UNREADABLE || board == SOURCE_UNREADABLE) {
		leave(EXIT_NOT_RUN);
	}
	return board == SOURCE_OK && d->layout.blob.size > 0;
}

static void make_plan(struct desk *d, const struct options *o)
{
	struct arena arena = {.base = mem_take(ARENA_SIZE), .size = ARENA_SIZE};
	struct plan_input in = {0};
	struct bytes bundle;
	struct board board;

	in.hw = d->board.blob.data;
	in.hw_size = d->board.blob.size;
	board_read(&board, in.hw, in.hw_size);
	in.arch = arch_of(o, &board);
	in.boot_cpu = board.boot_cpu;
	in.image = o->hv_at;
	in.cfg = d->layout.blob.data;
	in.cfg_size = d->layout.blob.size;
	if (o->bundle) {
		if (!run_read(o->bundle, &bundle)) {
			say_failure("cannot read %s: %s", o->bundle, strerror(errno));
			leave(EXIT_NOT_RUN);
		}
		in.bundle = bundle.data;
		in.bundle_size = bundle.size;
		in.bundle_at = hpa(o->bundle_at);
	}
	d->plan = plan_build(&in, &arena);
	if (!d->plan) {
		say_failure("%s is too large to be planned", o->layout);
		leave(EXIT_NOT_RUN);
	}
}

/* ---------------------------------------------------------------- what is printed */

static void print_tree(const struct plan *plan, const char *name)
{
	static const char *const argv[] = {"dtc", "-q", "-q", "-I", "dtb", "-O", "dts", "-", NULL};
	const struct plan_part *part = NULL;
	struct bytes blob;
	struct run r;

	for (unsigned i = 0; i < plan->part_count; i++) {
		if (strcmp(plan->parts[i].name, name) == 0 || strcmp(plan->parts[i].path, name) == 0) {
			part = &plan->parts[i];
		}
	}
	if (!part) {
		say_failure("there is no partition %s", name);
		leave(EXIT_NOT_RUN);
	}
	if (!part->gtree) {
		say_failure("partition %s gets no tree: see the findings", name);
		leave(EXIT_ERRORS);
	}
	blob = (struct bytes){.data = mem_text(part->gtree, part->gtree_size), .size = part->gtree_size};
	r = run_program(argv, &blob);
	if (r.status != 0) {
		say_failure("dtc cannot read the tree of %s:\n%s", name, r.err.data);
		leave(EXIT_NOT_RUN);
	}
	fwrite(r.out.data, 1, r.out.size, stdout);
}

static void print_svg(const struct desk *d, const char *path)
{
	FILE *f = fopen(path, "w");

	if (f) {
		svg_draw(d, f);
	}
	if (!f || ferror(f) || fclose(f) != 0) {
		say_failure("cannot write %s: %s", path, strerror(errno));
		leave(EXIT_NOT_RUN);
	}
}

static void print_views(const struct desk *d, const struct options *o)
{
	if (o->want_map) {
		map_print(d->plan, stdout);
	}
	if (o->want_json) {
		json_print(d, stdout);
	}
	for (unsigned i = 0; i < o->tree_count; i++) {
		print_tree(d->plan, o->trees[i]);
	}
	if (o->svg) {
		print_svg(d, o->svg);
	}
}

int main(int argc, char **argv)
{
	struct options o = {.bundle_at = BUNDLE_NOWHERE};
	struct desk d = {0};
	bool is_bad;

	say_setup(stderr, isatty(2) && !getenv("NO_COLOR"));
	options_parse(&o, argc, argv);
	d.is_strict = o.is_strict;
	d.bundle_path = o.bundle;
	if (load_trees(&d, &o)) {
		make_plan(&d, &o);
		report_findings(&d);
		print_views(&d, &o);
	}
	if (!o.is_quiet) {
		report_summary(&d, stderr);
	}
	is_bad = say_count(SAY_ERROR) > 0 || (o.is_strict && say_count(SAY_WARNING) > 0);
	leave(is_bad ? EXIT_ERRORS : EXIT_FINE);
}
