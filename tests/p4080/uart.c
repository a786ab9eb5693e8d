/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * 16550A behind CCSR 0x11C500, 0x11C600, 0x11D500, 0x11D600 (spec 8.7).
 * Sending takes no time: the transmitter is always ready. Sources: the 16550A registers,
 * mainline's 8250_port.c and 8250_fsl.c.
 */
#include "uart.h"

#include <stdlib.h>

#include "machine.h"

#define UART_FIFO 4096 /* deeper than the chip's 16: scripted input arrives in bursts */

enum {
	UART_RBR = 0,
	UART_IER = 1,
	UART_IIR = 2,
	UART_LCR = 3,
	UART_MCR = 4,
	UART_LSR = 5,
	UART_MSR = 6,
	UART_SCR = 7,
	UART_DSR = 16,
};

#define IER_RX 0x1
#define IER_THRE 0x2
#define LCR_DLAB 0x80
#define LSR_DR 0x01
#define LSR_IDLE 0x60

struct uart {
	struct machine *machine;
	unsigned index;
	uint8_t ier, lcr, mcr, scr, fcr;
	uint8_t dll, dlm;
	bool thre_pending;
	uint8_t fifo[UART_FIFO];
	unsigned head, count;
	bool line;
};

static bool uart_wants(const struct uart *u)
{
	return (u->count && (u->ier & IER_RX)) || (u->thre_pending && (u->ier & IER_THRE));
}

/* Two UARTs share one interrupt line. */
static void uart_update(struct uart *u)
{
	struct machine *m = u->machine;
	const struct uart *other = m->uart[u->index ^ 1];
	bool line;

	u->line = uart_wants(u);
	line = u->line || other->line;
	if (m->irq_line)
		m->irq_line(m->mpic, u->index < 2 ? 36 : 37, line);
}

static uint32_t uart_read(void *dev, uint32_t off, unsigned cpu)
{
	struct uart *u = dev;
	uint8_t v = 0;

	(void)cpu;
	switch (off) {
	case UART_RBR:
		if (u->lcr & LCR_DLAB)
			return u->dll;
		if (u->count) {
			v = u->fifo[u->head];
			u->head = (u->head + 1) % UART_FIFO;
			u->count--;
			uart_update(u);
		}
		return v;
	case UART_IER:
		return u->lcr & LCR_DLAB ? u->dlm : u->ier;
	case UART_IIR:
		v = u->fcr & 1 ? 0xc0 : 0;
		if (u->count && (u->ier & IER_RX))
			return v | 4;
		if (u->thre_pending && (u->ier & IER_THRE)) {
			u->thre_pending = false;
			uart_update(u);
			return v | 2;
		}
		return v | 1;
	case UART_LCR:
		return u->lcr;
	case UART_MCR:
		return u->mcr;
	case UART_LSR:
		return LSR_IDLE | (u->count ? LSR_DR : 0);
	case UART_MSR:
		return 0xb0; /* DCD, DSR, CTS */
	case UART_SCR:
		return u->scr;
	default:
		return 0;
	}
}

static void uart_write(void *dev, uint32_t off, uint32_t val, unsigned cpu)
{
	struct uart *u = dev;
	struct machine *m = u->machine;

	(void)cpu;
	switch (off) {
	case UART_RBR:
		if (u->lcr & LCR_DLAB) {
			u->dll = (uint8_t)val;
			return;
		}
		if (m->console)
			m->console(m->console_arg, u->index, (uint8_t)val);
		u->thre_pending = true;
		break;
	case UART_IER:
		if (u->lcr & LCR_DLAB) {
			u->dlm = (uint8_t)val;
			return;
		}
		if (val & ~u->ier & IER_THRE)
			u->thre_pending = true;
		u->ier = val & 15;
		break;
	case UART_IIR:
		u->fcr = (uint8_t)val;
		if (val & 2)
			u->count = 0;
		break;
	case UART_LCR:
		u->lcr = (uint8_t)val;
		break;
	case UART_MCR:
		u->mcr = (uint8_t)val;
		break;
	case UART_SCR:
		u->scr = (uint8_t)val;
		break;
	default:
		break;
	}
	uart_update(u);
}

void uart_input(struct machine *m, unsigned n, uint8_t byte)
{
	struct uart *u = m->uart[n];

	if (u->count == UART_FIFO)
		return;
	u->fifo[(u->head + u->count++) % UART_FIFO] = byte;
	uart_update(u);
}

bool uart_init(struct machine *m)
{
	static const uint32_t base[4] = {0x11c500, 0x11c600, 0x11d500, 0x11d600};

	for (unsigned n = 0; n < 4; n++) {
		struct uart *u = calloc(1, sizeof(*u));

		if (!u)
			return false;
		u->machine = m;
		u->index = n;
		m->uart[n] = u;
		ccsr_add(&m->ccsr, &(struct ccsr_block){.name = "uart", .base = base[n],
							.size = 0x100, .dev = u,
							.read = uart_read, .write = uart_write,
							.bytes = true});
	}
	return true;
}
