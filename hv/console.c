/* SPDX-License-Identifier: BSD-3-Clause */
/* The console: polled UART at boot and in panic, a byte channel served by one CPU in between. */
#include <string.h>

#include "hv/console.h"
#include "drivers/table.h"
#include "hv/bc.h"
#include "hv/cpu.h"
#include "hv/fmt.h"
#include "hv/log.h"
#include "hv/mux.h"
#include "hv/part.h"
#include "hv/plan/tree.h"
#include "hv/shell.h"

#define CONSOLE_CHUNK 64u
/* Shell output that finds the channel full waits this long for a slow line, then is dropped. */
#define CONSOLE_WAIT_US 50000

static struct uart console_uart; /* polled; regs NULL: there is none */
static struct bc *console_bc;
static unsigned int console_end;
static struct cpu *console_server;
static uint64_t console_cursor; /* log text already shown */
static bool console_in_line;	/* the shell's prompt or input is on the current line */

static const struct uart_ops *console_find(const struct tree *hw, unsigned int *node)
{
	unsigned int chosen = tree_by_path(hw, "/chosen", 7);
	const char *name = chosen == NONE ? NULL : tree_str(hw, chosen, "stdout-path");
	char path[128];
	const struct tree_prop *compatible;

	if (name == NULL && chosen != NONE) {
		name = tree_str(hw, chosen, "linux,stdout-path");
	}
	if (name == NULL || strlen(name) >= sizeof(path)) {
		return NULL;
	}
	/* Options may follow a colon: "/pl011@9000000:115200". */
	memcpy(path, name, strlen(name) + 1);
	path[strcspn(path, ":")] = 0;
	*node = tree_by_name(hw, path);
	compatible = *node == NONE ? NULL : tree_prop(hw, *node, "compatible");
	if (compatible == NULL) {
		return NULL;
	}
	return driver_uart_compatible((const char *)compatible->val, compatible->len);
}

void console_early(struct tree *hw)
{
	unsigned int node = NONE;
	const struct uart_ops *ops = console_find(hw, &node);
	struct range reg;

	if (ops == NULL || tree_reg(hw, node, 0, &reg) != OK) {
		return;
	}
	console_uart.ops = ops;
	console_uart.at = hpa(reg.base);
	console_uart.dev = NONE;
	console_uart.regs = arch_hmem_device(hpa(reg.base), ops->size);
	if (console_uart.regs != NULL && ops->init(&console_uart) != OK) {
		console_uart.regs = NULL;
	}
}

void console_polled(const char *text)
{
	for (; console_uart.regs != NULL && *text != 0; text++) {
		if (*text == '\n') {
			console_uart.ops->putc_polled(&console_uart, '\r');
		}
		console_uart.ops->putc_polled(&console_uart, *text);
	}
}

void console_notify(void)
{
	if (console_server != NULL) {
		cpu_post(console_server, CPU_EV_WORK);
	}
}

void console_show_polled(void)
{
	char text[CONSOLE_CHUNK + 1];
	unsigned int n;

	while ((n = log_read(&console_cursor, text, CONSOLE_CHUNK)) > 0) {
		text[n] = 0;
		console_polled(text);
	}
}

struct cpu *console_cpu(void)
{
	return console_server;
}

bool console_is_attached(void)
{
	return console_bc != NULL;
}

void console_attach(struct cpu *server)
{
	const struct plan *plan = the_plan;

	console_server = server;
	if (plan->hv_chan != NONE) {
		console_bc = &bcs[plan->hv_chan];
		console_end = plan->hv_chan_end;
	}
}

/* Wait a bounded time for room, moving what is in the way. */
static void console_room(uint32_t n)
{
	uint64_t wait = CONSOLE_WAIT_US;

	if (bc_space(console_bc, console_end) < n) {
		(void)cpu_wait_until((mux_work(), bc_space(console_bc, console_end) >= n), wait);
	}
}

static void console_send(const char *text, size_t n)
{
	while (n > 0) {
		const char *end = memchr(text, '\n', n);
		size_t some = end == NULL ? n : (size_t)(end - text);

		if (some == 0) {
			console_room(2);
			(void)bc_send(console_bc, console_end, (const uint8_t *)"\r\n", 2);
			some = 1;
		} else {
			some = some < CONSOLE_CHUNK ? some : CONSOLE_CHUNK;
			console_room((uint32_t)some);
			(void)bc_send(console_bc, console_end, (const uint8_t *)text,
				      (uint32_t)some);
		}
		text += some;
		n -= some;
	}
}

void console_write(const char *text)
{
	if (console_bc != NULL) {
		console_send(text, strlen(text));
		console_in_line = true;
	}
}

void console_print(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	fmt_vprint(text, sizeof(text), fmt, ap);
	va_end(ap);
	console_write(text);
}

/* Log lines to the channel, as many as it takes; room for the rest is CPU_EV_WORK again. */
static void console_show_log(void)
{
	char text[CONSOLE_CHUNK];
	bool is_shown = false;
	unsigned int n;

	while (bc_has_room(console_bc, console_end, 2 * CONSOLE_CHUNK) &&
	       (n = log_read(&console_cursor, text, sizeof(text))) > 0) {
		if (!is_shown && console_in_line) {
			console_send("\n", 1);
		}
		console_send(text, n);
		is_shown = true;
	}
	if (is_shown && console_in_line) {
		shell_prompt();
	}
}

void console_work(void)
{
	uint8_t bytes[CONSOLE_CHUNK];
	uint32_t n;

	mux_work();
	if (console_bc == NULL) {
		return;
	}
	console_show_log();
	while ((n = bc_receive(console_bc, console_end, bytes, sizeof(bytes))) > 0) {
		shell_input(bytes, n);
	}
}
