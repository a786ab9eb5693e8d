/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The outside end of the UARTs: output, --until, and typed answers.
 */
#ifndef P4080_CONSOLE_H
#define P4080_CONSOLE_H

#include "machine.h"

/* Connect to a machine. quiet: no output. */
void console_init(struct machine *m, bool quiet);
/* End the run with EXIT_PASS when a line matches; false if the expression is bad. */
bool console_until(const char *regex);
/*
 * "REGEX::TEXT": once a line matches, TEXT arrives on that UART; \r and \n are escapes. Answers are used in
 * the order given. False if it is malformed.
 */
bool console_type(const char *spec);

#endif
