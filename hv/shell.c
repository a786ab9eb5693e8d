/* SPDX-License-Identifier: BSD-3-Clause */
/* The shell: line editing, words, and the table of commands. */
/* console CPU, no locks */
#include <string.h>

#include "hv/shell.h"
#include "hv/console.h"
#include "hv/shell_cmd.h"

#define SHELL_LINE 120u
#define SHELL_WORDS 8
#define SHELL_PROMPT "facet> "

static char shell_line[SHELL_LINE];
static char shell_last[SHELL_LINE];
static unsigned int shell_len;
static unsigned int shell_escape; /* characters of "ESC [ x" seen */

static const struct shell_cmd shell_cmds[] = {
    {"help", "[command]", "this list, or one command", 0, shell_help},
    {"info", "", "the partitions and their states", 0, shell_info},
    {"plan", "[verify]", "findings and ownership; verify: checksum of the sealed plan", 0,
     shell_plan},
    {"why", "<partition>", "why it last stopped, and how often it started", 1, shell_why},
    {"start", "<partition>", "load its images and start it", 1, shell_start},
    {"stop", "<partition>", "stop it", 1, shell_stop},
    {"restart", "<partition>", "stop it and start it anew", 1, shell_restart},
    {"pause", "<partition>", "hold its CPUs", 1, shell_pause},
    {"resume", "<partition>", "let them go on", 1, shell_resume},
    {"mem", "<partition> [address [bytes]]", "its memory map, or bytes at a guest address", 1,
     shell_mem},
    {"regs", "<partition> [vcpu]", "registers of a paused partition", 1, shell_regs},
    {"irq", "<partition>", "its interrupts", 1, shell_irq},
    {"iommu", "[check]", "DMA: who confines it, what was refused; check: its command queue", 0,
     shell_iommu},
    {"pci", "", "PCI functions, and how to give them to a partition", 0, shell_pci},
    {"tree", "<partition>", "its device tree, as source", 1, shell_tree},
    {"exits", "[partition [clear]]", "how often and how long guests were interrupted", 0,
     shell_exits},
    {"log", "[level]", "the log; level 0-3: error, warning, info, debug", 0, shell_log},
    {"errors", "", "error queues, lost bytes, stray accesses", 0, shell_errors},
    {"reset", "", "reset the whole machine at once", 0, shell_reset},
    {"version", "", "what this is", 0, shell_version},
};

void shell_help(unsigned int argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_SIZE(shell_cmds); i++) {
		const struct shell_cmd *c = &shell_cmds[i];

		if (argc < 2 || strcmp(argv[1], c->name) == 0) {
			console_print("  %-8s %-30s %s\n", c->name, c->args, c->text);
		}
	}
}

/* Split at blanks; double quotes keep blanks in a word. */
static unsigned int shell_split(char *line, char **argv)
{
	unsigned int argc = 0;
	char *at = line;

	while (argc < SHELL_WORDS) {
		char end = ' ';

		at += strspn(at, " \t");
		if (*at == 0) {
			break;
		}
		if (*at == '"') {
			end = '"';
			at++;
		}
		argv[argc++] = at;
		at += strcspn(at, end == '"' ? "\"" : " \t");
		if (*at == 0) {
			break;
		}
		*at++ = 0;
	}
	return argc;
}

static void shell_run(char *line)
{
	char *argv[SHELL_WORDS];
	unsigned int argc = shell_split(line, argv);

	if (argc == 0) {
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(shell_cmds); i++) {
		const struct shell_cmd *c = &shell_cmds[i];

		if (strcmp(argv[0], c->name) != 0 && !(argv[0][0] == '?' && i == 0)) {
			continue;
		}
		if (argc - 1 < c->min_args) {
			console_print("usage: %s %s\n", c->name, c->args);
		} else {
			c->run(argc, argv);
		}
		return;
	}
	console_print("no command \"%s\"; try help\n", argv[0]);
}

void shell_prompt(void)
{
	shell_line[shell_len] = 0;
	console_write(SHELL_PROMPT);
	console_write(shell_line);
}

static void shell_enter(void)
{
	shell_line[shell_len] = 0;
	console_write("\n");
	if (shell_len > 0) {
		memcpy(shell_last, shell_line, sizeof(shell_last));
	}
	shell_len = 0;
	shell_run(shell_line);
	shell_prompt();
}

static void shell_erase(unsigned int n)
{
	for (; n > 0 && shell_len > 0; n--) {
		shell_len--;
		console_write("\b \b");
	}
}

/* Cursor up brings the last line back; other sequences are swallowed. */
static void shell_sequence(uint8_t c)
{
	shell_escape = shell_escape == 1 && c == '[' ? 2 : 0;
	if (shell_escape == 0 && c == 'A') {
		shell_erase(shell_len);
		memcpy(shell_line, shell_last, sizeof(shell_line));
		shell_len = (unsigned int)strnlen(shell_line, SHELL_LINE - 1);
		console_write(shell_line);
	}
}

static void shell_char(uint8_t c)
{
	char echo[2] = {(char)c, 0};

	if (shell_escape != 0) {
		shell_sequence(c);
	} else if (c == 0x1b) {
		shell_escape = 1;
	} else if (c == '\r' || c == '\n') {
		shell_enter();
	} else if (c == 0x7f || c == '\b') {
		shell_erase(1);
	} else if (c == 0x15 || c == 0x03) {
		shell_erase(shell_len);
	} else if (c >= ' ' && c <= '~' && shell_len < SHELL_LINE - 1) {
		shell_line[shell_len++] = (char)c;
		console_write(echo);
	}
}

void shell_input(const uint8_t *bytes, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		shell_char(bytes[i]);
	}
}
