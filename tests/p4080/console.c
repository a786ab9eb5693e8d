/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Console output and scripted input. Input depends on output only, so runs stay reproducible.
 */
#define _POSIX_C_SOURCE 200809L
#include "console.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

#include "uart.h"

#define CONSOLE_TYPES 64
#define CONSOLE_LINE 512

static struct {
	struct machine *machine;
	bool quiet;
	bool has_until;
	regex_t until;
	struct {
		regex_t when;
		const char *text;
	} type[CONSOLE_TYPES];
	unsigned type_count;
	unsigned type_next;
	char line[4][CONSOLE_LINE];
	unsigned len[4];
} console;

bool console_until(const char *regex)
{
	console.has_until = !regcomp(&console.until, regex, REG_EXTENDED | REG_NOSUB);
	return console.has_until;
}

bool console_type(const char *spec)
{
	const char *sep = strstr(spec, "::");
	char *regex;
	bool ok;

	if (!sep || console.type_count == CONSOLE_TYPES)
		return false;
	regex = strndup(spec, (size_t)(sep - spec));
	ok = regex && !regcomp(&console.type[console.type_count].when, regex,
			       REG_EXTENDED | REG_NOSUB);
	free(regex);
	console.type[console.type_count].text = sep + 2;
	console.type_count += ok;
	return ok;
}

static void console_answer(unsigned uart, const char *text)
{
	for (; *text; text++) {
		uint8_t byte = (uint8_t)*text;

		if (*text == '\\' && (text[1] == 'n' || text[1] == 'r'))
			byte = *++text == 'n' ? '\n' : '\r';
		uart_input(console.machine, uart, byte);
	}
}

/* The line of this UART changed: does anybody wait for it? */
static void console_match(unsigned uart)
{
	const char *line = console.line[uart];

	if (console.has_until && !regexec(&console.until, line, 0, NULL, 0))
		machine_stop(console.machine, EXIT_PASS, "--until matched");
	if (console.type_next == console.type_count ||
	    regexec(&console.type[console.type_next].when, line, 0, NULL, 0))
		return;
	console_answer(uart, console.type[console.type_next++].text);
}

static void console_put(void *arg, unsigned uart, uint8_t byte)
{
	char *line = console.line[uart];
	unsigned *len = &console.len[uart];

	(void)arg;
	if (!console.quiet)
		putchar(byte);
	if (byte == '\n' || *len == CONSOLE_LINE - 1) {
		*len = 0;
		line[0] = 0;
		if (!console.quiet)
			fflush(stdout);
		return;
	}
	line[(*len)++] = (char)byte;
	line[*len] = 0;
	console_match(uart);
}

void console_init(struct machine *m, bool quiet)
{
	console.machine = m;
	console.quiet = quiet;
	m->console = console_put;
	m->until_set = console.has_until;
}
