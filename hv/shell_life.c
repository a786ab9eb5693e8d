/* SPDX-License-Identifier: BSD-3-Clause */
/* Shell commands on the life of partitions, and on the hypervisor itself. */
/* console CPU, no locks */
#include <string.h>

#include "hv/bc.h"
#include "hv/boot.h"
#include "hv/console.h"
#include "hv/cpu.h"
#include "hv/errq.h"
#include "hv/fmt.h"
#include "hv/log.h"
#include "hv/mux.h"
#include "hv/part.h"
#include "hv/plan/dump.h"
#include "hv/shell_cmd.h"
#include "hv/version.h"

struct part *shell_part(const char *g_name)
{
	struct part *p = part_find(g_name);

	if (p == NULL) {
		console_print("no partition \"%s\"; try info\n", g_name);
	}
	return p;
}

void shell_line_out(const char *line)
{
	console_write(line);
	console_write("\n");
}

void shell_version(unsigned int argc, char **argv)
{
	(void)argc;
	(void)argv;
	console_print("Facet %s\n", FACET_VERSION);
}

void shell_reset(unsigned int argc, char **argv)
{
	(void)argc;
	(void)argv;
	arch_system_reset();
	console_write("this board cannot be reset from here\n");
}

void shell_info(unsigned int argc, char **argv)
{
	(void)argc;
	(void)argv;
	console_print("%-4s %-16s %-10s %6s %7s %7s\n", "no", "partition", "state", "vcpus",
		      "starts", "strays");
	for (unsigned int i = 0; i < part_count; i++) {
		const struct part *p = &parts[i];
		unsigned int on = 0;

		for (unsigned int n = 0; p->vcpus != NULL && n < p->plan->cpu_count; n++) {
			on += p->vcpus[n].state != VCPU_OFF;
		}
		console_print("%-4u %-16s %-10s %3u/%-2u %7u %7u\n", p->plan->guest_id,
			      p->plan->name, p->is_usable ? part_state_name(p->state) : "error", on,
			      p->plan->cpu_count, (unsigned int)p->starts,
			      (unsigned int)p->stray_count);
	}
}

static void shell_dump_line(void *to, const char *line)
{
	(void)to;
	shell_line_out(line);
}

void shell_plan(unsigned int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "verify") == 0) {
		console_write(boot_plan_is_intact() ? "the sealed plan is intact\n"
						    : "THE SEALED PLAN HAS BEEN CHANGED\n");
		return;
	}
	plan_dump(the_plan, shell_dump_line, NULL);
	boot_findings(the_plan, shell_line_out);
}

void shell_why(unsigned int argc, char **argv)
{
	const struct part *p = shell_part(argv[1]);

	(void)argc;
	if (p == NULL) {
		return;
	}
	console_print("%s: %s, started %u times", p->plan->name, part_state_name(p->state),
		      (unsigned int)p->starts);
	if (p->stopped_by != PART_BY_NONE) {
		console_print("; last %s by %s: %s", p->was_restarted ? "restarted" : "stopped",
			      part_reason_name(p->stopped_by), p->stop_text);
	} else if (p->stop_text[0] != 0) {
		console_print("; %s", p->stop_text);
	}
	console_write("\n");
	if (p->limit != NULL && p->limit->hidden_all > 0) {
		console_print("%u lines it caused were not shown\n",
			      (unsigned int)p->limit->hidden_all);
	}
}

/* Say what came of a request. */
static void shell_request(const struct part *p, enum err e, const char *verb)
{
	if (e == ERR_STATE) {
		console_print("%s is %s: it cannot be %s\n", p->plan->name,
			      part_state_name(p->state), verb);
	} else if (e != OK) {
		console_print("%s cannot be %s: %s\n", p->plan->name, verb,
			      p->stop_text[0] != 0 ? p->stop_text : "its plan has an error");
	}
}

static void shell_forgive(struct part *p)
{
	if (p->limit != NULL) {
		p->limit->shown = 0;
	}
}

void shell_start(unsigned int argc, char **argv)
{
	struct part *p = shell_part(argv[1]);

	(void)argc;
	if (p != NULL) {
		shell_forgive(p);
		shell_request(p, part_start(p, true, 0), "started");
	}
}

void shell_stop(unsigned int argc, char **argv)
{
	struct part *p = shell_part(argv[1]);

	(void)argc;
	if (p != NULL) {
		shell_request(p, part_stop(p, PART_BY_SHELL, "by the operator"), "stopped");
	}
}

void shell_restart(unsigned int argc, char **argv)
{
	struct part *p = shell_part(argv[1]);

	(void)argc;
	if (p != NULL) {
		shell_forgive(p);
		shell_request(p, part_restart(p, PART_BY_SHELL, "by the operator"), "restarted");
	}
}

void shell_pause(unsigned int argc, char **argv)
{
	struct part *p = shell_part(argv[1]);

	(void)argc;
	if (p != NULL) {
		shell_request(p, part_pause(p), "paused");
	}
}

void shell_resume(unsigned int argc, char **argv)
{
	struct part *p = shell_part(argv[1]);

	(void)argc;
	if (p != NULL) {
		shell_request(p, part_resume(p), "resumed");
	}
}

void shell_log(unsigned int argc, char **argv)
{
	uint64_t cursor = log_begin();
	uint64_t end = log_end();
	uint64_t level;
	char text[65];
	unsigned int n;

	if (argc > 1) {
		if (fmt_number(argv[1], &level) && level <= LOG_DEBUG) {
			log_level = (uint8_t)level;
		} else {
			console_write("levels are 0 to 3\n");
		}
		return;
	}
	while (cursor < end && (n = log_read(&cursor, text, sizeof(text) - 1)) > 0) {
		text[n] = 0;
		console_write(text);
	}
}

void shell_errors(unsigned int argc, char **argv)
{
	(void)argc;
	(void)argv;
	console_print("%-16s %8s %8s %8s\n", "queue", "records", "lost", "strays");
	console_print("%-16s %8u %8u\n", "(global)", errq_count(errq_global),
		      errq_lost(errq_global));
	for (unsigned int i = 0; i < part_count; i++) {
		const struct part *p = &parts[i];

		if (p->errq != NULL) {
			console_print("%-16s %8u %8u %8u\n", p->plan->name, errq_count(p->errq),
				      errq_lost(p->errq), (unsigned int)p->stray_count);
		}
	}
	for (unsigned int i = 0; i < mux_count; i++) {
		for (unsigned int n = 0; n < MAX_MUX_CHANNELS; n++) {
			if (muxes[i].channels[n].lost > 0) {
				console_print("mux %u channel %u: %u bytes lost on the way in\n", i,
					      n, (unsigned int)muxes[i].channels[n].lost);
			}
		}
	}
}
