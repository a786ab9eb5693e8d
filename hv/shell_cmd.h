/* SPDX-License-Identifier: BSD-3-Clause */
/* The shell's commands. */
/* console CPU, no locks */
#ifndef HV_SHELL_CMD_H
#define HV_SHELL_CMD_H

#include "hv/types.h"

typedef void shell_fn(unsigned int argc, char **argv);

struct shell_cmd {
	const char *name;
	const char *args;
	const char *text;
	unsigned int min_args;
	shell_fn *run;
};

shell_fn shell_help, shell_version, shell_reset;
shell_fn shell_info, shell_plan, shell_why, shell_log, shell_errors, shell_exits;
shell_fn shell_start, shell_stop, shell_restart, shell_pause, shell_resume;
shell_fn shell_mem, shell_regs, shell_irq, shell_iommu, shell_pci, shell_tree;

struct part;
/* Partition by name or number, or NULL after saying so. */
struct part *shell_part(const char *g_name);
/* A line of a report. */
void shell_line_out(const char *line);

#endif
