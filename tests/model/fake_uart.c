/* SPDX-License-Identifier: BSD-3-Clause */
/* Two UARTs whose line is a pair of buffers in the test's hands. */
/* model tests only */
#include <string.h>

#include "fake.h"
#include "drivers/table.h"
#include "hv/uarts.h"

#define FAKE_LINE 65536u

static struct fake_line {
	uint8_t in[FAKE_LINE], out[FAKE_LINE];
	unsigned int in_at, in_n, out_n;
	unsigned int room;
	bool tx_irq;
} lines[2];

static struct fake_line *fake_line_of(const struct uart *u)
{
	return &lines[u->dev];
}

static enum err fake_uart_init(struct uart *u)
{
	fake_line_of(u)->room = FAKE_LINE;
	return OK;
}

static void fake_uart_irq_on(struct uart *u)
{
	(void)u;
}

static unsigned int fake_uart_tx(struct uart *u, const uint8_t *bytes, unsigned int n)
{
	struct fake_line *l = fake_line_of(u);

	n = n < l->room ? n : l->room;
	assert_true(l->out_n + n <= FAKE_LINE);
	memcpy(l->out + l->out_n, bytes, n);
	l->out_n += n;
	l->room -= n;
	return n;
}

static unsigned int fake_uart_rx(struct uart *u, uint8_t *bytes, unsigned int n)
{
	struct fake_line *l = fake_line_of(u);

	n = n < l->in_n - l->in_at ? n : l->in_n - l->in_at;
	memcpy(bytes, l->in + l->in_at, n);
	l->in_at += n;
	return n;
}

static void fake_uart_tx_irq(struct uart *u, bool on)
{
	fake_line_of(u)->tx_irq = on;
}

static void fake_uart_putc(struct uart *u, char c)
{
	(void)fake_uart_tx(u, (const uint8_t *)&c, 1);
}

static const struct uart_ops fake_uart_ops = {
    .compatible = "fake",
    .size = 0x1000,
    .init = fake_uart_init,
    .irq_on = fake_uart_irq_on,
    .tx = fake_uart_tx,
    .rx = fake_uart_rx,
    .tx_irq = fake_uart_tx_irq,
    .putc_polled = fake_uart_putc,
};

const struct uart_ops *driver_uart(unsigned int driver)
{
	return driver == PLAN_DRV_UART_PL011 ? &fake_uart_ops : NULL;
}

const struct uart_ops *driver_uart_compatible(const char *compatible, size_t len)
{
	(void)compatible;
	(void)len;
	return NULL;
}

/* The UART's interrupt arrives at the console CPU. */
static void fake_uart_interrupt(unsigned int uart)
{
	struct cpu *before = fake_self;

	fake_self = &cpus[5];
	trap_irq(fake_self, 33 + uart);
	fake_self = before;
	fake_run();
}

void fake_uart_in(unsigned int uart, const void *bytes, unsigned int n)
{
	struct fake_line *l = &lines[uart];

	memcpy(l->in, bytes, n);
	l->in_at = 0;
	l->in_n = n;
	fake_uart_interrupt(uart);
	assert_int_equal(l->in_at, n);
}

unsigned int fake_uart_out(unsigned int uart, void *bytes, unsigned int n)
{
	struct fake_line *l = &lines[uart];
	unsigned int got = l->out_n;

	assert_true(got <= n);
	memcpy(bytes, l->out, got);
	l->out_n = 0;
	return got;
}

void fake_uart_room(unsigned int uart, unsigned int n)
{
	lines[uart].room = n;
	while (lines[uart].tx_irq && lines[uart].room > 0) {
		fake_uart_interrupt(uart);
	}
}
