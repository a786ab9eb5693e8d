/* SPDX-License-Identifier: BSD-3-Clause */
/* The hypervisor's own output: polled at boot and in panic, through its byte channel in between. */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include "hv/types.h"
#include "hv/uart.h"

struct cpu;
struct tree;

/*
 * Boot CPU: find the UART the hardware tree names as stdout, for polled output. Without one the
 * log just stays in memory.
 */
void console_early(struct tree *hw);
/* Boot CPU: from now on through the hypervisor's end of its byte channel, served by that CPU. */
void console_attach(struct cpu *server);
/* The CPU that serves the console and the shell. */
struct cpu *console_cpu(void);
bool console_is_attached(void);

/* A log line was stored: have it written, once there is a channel to write to. Any lock. */
void console_notify(void);
/* Boot fails before there is a channel: write the log by polling. Boot CPU, no locks. */
void console_show_polled(void);
/* Any CPU, any lock, bounded: straight to the UART's registers. */
void console_polled(const char *text);
/* Console CPU, no locks, on CPU_EV_WORK: move log lines out and shell input in. */
void console_work(void);

/* Shell output; console CPU, no locks. Waits a bounded time for room, then drops. */
void console_write(const char *text);
void console_print(const char *fmt, ...) printf_like(1, 2);

#endif
