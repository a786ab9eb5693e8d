/* SPDX-License-Identifier: BSD-3-Clause */
/* The console: a UART named by the tree, or a byte channel when there is no UART. */
/* any CPU; lines of different CPUs may mix only between calls of printf */
#include "kit/kit.h"

#include <libfdt.h>
#include <stdarg.h>
#include <string.h>

static const struct con_uart *const uarts[] = {&con_pl011, &con_ns16550};

static struct {
	const struct con_uart *uart;
	uint64_t regs;
	uint32_t irq;
	uint32_t channel;
	uint32_t busy;
} con;

static bool con_try_uart(int node, const struct con_uart *uart)
{
	uint64_t size;

	if (fdt_node_check_compatible(fdt, node, uart->compatible) != 0 ||
	    !fdt_node_reg(node, 0, &con.regs, &size)) {
		return false;
	}
	con.uart = uart;
	con.irq = fdt_node_irq(node, 0);
	uart->init(con.regs);
	return true;
}

static bool con_try(int node)
{
	unsigned int i;

	for (i = 0; i < sizeof(uarts) / sizeof(uarts[0]); i++) {
		if (con_try_uart(node, uarts[i])) {
			return true;
		}
	}
	if (fdt_node_check_compatible(fdt, node, "epapr,hv-byte-channel") == 0) {
		con.channel = fdt_node_u32(node, "hv-handle", 0);
		con.irq = fdt_node_irq(node, 0);
	}
	return con.channel != 0;
}

/* /chosen/stdout-path (a path or an alias, options after a colon), else /aliases/stdout. */
static int con_stdout_node(void)
{
	int chosen = fdt_path_offset(fdt, "/chosen");
	const char *path = fdt_getprop(fdt, chosen, "stdout-path", NULL);
	const char *colon;

	if (!path) {
		path = fdt_get_alias(fdt, "stdout");
		return path ? fdt_path_offset(fdt, path) : -1;
	}
	colon = strchr(path, ':');
	return fdt_path_offset_namelen(fdt, path, colon ? (int)(colon - path) : (int)strlen(path));
}

void con_init(void)
{
	int node = con_stdout_node();
	unsigned int i;

	if (node >= 0 && con_try(node)) {
		return;
	}
	for (i = 0; i < sizeof(uarts) / sizeof(uarts[0]); i++) {
		node = fdt_node_compatible_n(uarts[i]->compatible, 0);
		if (node >= 0 && con_try(node)) {
			return;
		}
	}
	node = fdt_node_compatible_n("epapr,hv-byte-channel", 0);
	if (node >= 0) {
		con_try(node);
	}
}

static void con_channel_write(const char *bytes, size_t n)
{
	while (n > 0) {
		unsigned int done = chan_send(con.channel, bytes, n < 16 ? (unsigned int)n : 16);

		bytes += done;
		n -= done;
		if (done == 0) {
			cpu_relax();
		}
	}
}

void con_write(const char *bytes, size_t n)
{
	size_t i;

	if (con.channel) {
		con_channel_write(bytes, n);
		return;
	}
	for (i = 0; con.uart && i < n; i++) {
		if (bytes[i] == '\n') {
			con.uart->putc(con.regs, '\r');
		}
		con.uart->putc(con.regs, bytes[i]);
	}
}

int con_getc(void)
{
	uint8_t byte;

	if (con.channel) {
		return chan_receive(con.channel, &byte, 1) == 1 ? byte : -1;
	}
	return con.uart ? con.uart->getc(con.regs) : -1;
}

static volatile int waiting;

static void con_received(uint32_t irq, void *arg)
{
	(void)irq;
	(void)arg;
	con_irq_enable(false);
	waiting = 0;
}

int con_wait(void)
{
	int c;

	if (con.irq == 0) {
		while ((c = con_getc()) < 0) {
			cpu_relax();
		}
		return c;
	}
	irq_on(con.irq, con_received, NULL);
	for (;;) {
		/* Armed before the look: a byte that comes behind it must find the sleeper waiting. */
		waiting = 1;
		con_irq_enable(true);
		c = con_getc();
		if (c >= 0) {
			return c;
		}
		IRQ_WAIT(!waiting);
	}
}

uint32_t con_irq(void)
{
	return con.irq;
}

void con_irq_enable(bool on)
{
	if (con.uart) {
		con.uart->irq_enable(con.regs, on);
	}
}

static void con_write_whole(const char *bytes, size_t n)
{
	while (__atomic_exchange_n(&con.busy, 1, __ATOMIC_ACQUIRE)) {
		cpu_relax();
	}
	con_write(bytes, n);
	__atomic_store_n(&con.busy, 0, __ATOMIC_RELEASE);
}

/*
 * The C library's printf() wants floating point and a lock per stream; this one formats integers
 * into a line of its own and writes it in one go, so it also works on several CPUs at once.
 */
int vprintf(const char *fmt, va_list args)
{
	char line[256];
	int n = vsniprintf(line, sizeof(line), fmt, args);
	size_t len = n < 0 ? 0 : n < (int)sizeof(line) ? (size_t)n : sizeof(line) - 1;

	con_write_whole(line, len);
	return n;
}

int printf(const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vprintf(fmt, args);
	va_end(args);
	return n;
}

int puts(const char *s)
{
	return printf("%s\n", s);
}

int putchar(int c)
{
	char byte = (char)c; /* not by printf(), which the compiler turns into putchar() again */

	con_write_whole(&byte, 1);
	return c;
}
