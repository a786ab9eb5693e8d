/* SPDX-License-Identifier: BSD-3-Clause */
/* A virtual NS16550A over a byte channel. */
/* any vcpu of its partition; registers under the channel's lock */
/*
 * The line is infinitely fast: the channel's queues stand for the wire. The transmit FIFO counts as
 * empty as long as its 16 bytes fit into the queue it feeds; the receive FIFO is the first 16 bytes
 * of the queue it reads. Loopback is honoured: modem inputs follow the outputs and data come back,
 * because that is how drivers probe for the device.
 */
#include "drivers/ns16550_regs.h"
#include "hv/part.h"
#include "hv/pool.h"
#include "hv/vuart.h"

struct v16550 {
	struct vuart base;
	uint8_t ier, lcr, mcr, scr, fcr;
	uint8_t dll, dlm;
	uint8_t loop_byte;
	bool has_loop_byte;
	bool is_tx_idle;     /* THR empty interrupt is latched; cleared by reading IIR or writing THR */
	bool is_line_on;     /* what the interrupt controller was told last */
};

static bool v16550_has_data(const struct v16550 *u)
{
	if (u->mcr & NS16550_MCR_LOOP) {
		return u->has_loop_byte;
	}
	return bc_readable(u->base.bc, u->base.end) != 0;
}

static bool v16550_has_room(const struct v16550 *u)
{
	return bc_space(u->base.bc, u->base.end) >= NS16550_FIFO;
}

/* Highest pending source (data sheet table "Interrupt control functions"). */
static uint8_t v16550_source(const struct v16550 *u)
{
	if ((u->ier & NS16550_IER_RX) && v16550_has_data(u)) {
		return NS16550_IIR_RX;
	}
	if ((u->ier & NS16550_IER_TX) && u->is_tx_idle) {
		return NS16550_IIR_TX;
	}
	return NS16550_IIR_NONE;
}

static void v16550_line(struct v16550 *u)
{
	bool is_on = v16550_source(u) != NS16550_IIR_NONE;

	if (is_on != u->is_line_on) {
		u->is_line_on = is_on;
		vic_level(u->base.part, u->base.g_irq, is_on);
	}
}

static void v16550_arrived(struct vuart *base)
{
	v16550_line((struct v16550 *)base);
}

static void v16550_drained(struct vuart *base)
{
	struct v16550 *u = (struct v16550 *)base;

	if (!u->is_tx_idle && v16550_has_room(u)) {
		u->is_tx_idle = true;
		v16550_line(u);
	}
}

static void v16550_reset(struct vuart *base)
{
	struct v16550 *u = (struct v16550 *)base;

	u->ier = 0;
	u->lcr = 0;
	u->mcr = 0;
	u->scr = 0;
	u->fcr = 0;
	u->dll = 0;
	u->dlm = 0;
	u->has_loop_byte = false;
	u->is_tx_idle = false;
	v16550_line(u);
}

static uint8_t v16550_receive(struct v16550 *u)
{
	uint8_t c = 0;

	if (u->mcr & NS16550_MCR_LOOP) {
		c = u->has_loop_byte ? u->loop_byte : 0;
		u->has_loop_byte = false;
	} else {
		(void)bc_get(u->base.bc, u->base.end, &c, 1);
	}
	return c;
}

static uint8_t v16550_line_status(const struct v16550 *u)
{
	uint8_t lsr = v16550_has_data(u) ? NS16550_LSR_DATA : 0;

	return v16550_has_room(u) ? lsr | NS16550_LSR_THRE | NS16550_LSR_TEMT : lsr;
}

/* Loopback wires DTR, RTS, OUT1, OUT2 to DSR, CTS, RI, DCD; otherwise the far end is always there. */
static uint8_t v16550_modem_status(const struct v16550 *u)
{
	if (!(u->mcr & NS16550_MCR_LOOP)) {
		return NS16550_MSR_CTS | NS16550_MSR_DSR | NS16550_MSR_DCD;
	}
	return (u->mcr & BIT(0) ? NS16550_MSR_DSR : 0) | (u->mcr & BIT(1) ? NS16550_MSR_CTS : 0) |
	       (u->mcr & BIT(2) ? NS16550_MSR_RI : 0) | (u->mcr & BIT(3) ? NS16550_MSR_DCD : 0);
}

static uint8_t v16550_identify(struct v16550 *u)
{
	uint8_t source = v16550_source(u);

	if (source == NS16550_IIR_TX) {
		u->is_tx_idle = false;
	}
	return source | (u->fcr & NS16550_FCR_ENABLE ? NS16550_IIR_FIFO : 0);
}

static uint8_t v16550_read(struct v16550 *u, uint64_t offset)
{
	bool has_dlab = u->lcr & NS16550_LCR_DLAB;

	switch (offset) {
	case NS16550_DATA:
		return has_dlab ? u->dll : v16550_receive(u);
	case NS16550_IER:
		return has_dlab ? u->dlm : u->ier;
	case NS16550_IIR:
		return v16550_identify(u);
	case NS16550_LCR:
		return u->lcr;
	case NS16550_MCR:
		return u->mcr;
	case NS16550_LSR:
		return v16550_line_status(u);
	case NS16550_MSR:
		return v16550_modem_status(u);
	default:
		return u->scr;
	}
}

static void v16550_transmit(struct v16550 *u, uint8_t c)
{
	if (u->mcr & NS16550_MCR_LOOP) {
		u->loop_byte = c;
		u->has_loop_byte = true;
		u->is_tx_idle = true;
		return;
	}
	(void)bc_put(u->base.bc, u->base.end, &c, 1);
	u->is_tx_idle = v16550_has_room(u);
}

static void v16550_fifo_control(struct v16550 *u, uint8_t x)
{
	u->fcr = x;
	if (x & NS16550_FCR_RX_RESET) {
		uint8_t c;

		while (bc_get(u->base.bc, u->base.end, &c, 1) != 0) {
			/* bounded by the queue: nobody refills it while its lock is held */
		}
		u->has_loop_byte = false;
	}
}

static void v16550_write(struct v16550 *u, uint64_t offset, uint8_t x)
{
	bool has_dlab = u->lcr & NS16550_LCR_DLAB;

	switch (offset) {
	case NS16550_DATA:
		if (has_dlab) {
			u->dll = x;
		} else {
			v16550_transmit(u, x);
		}
		break;
	case NS16550_IER:
		if (has_dlab) {
			u->dlm = x;
			break;
		}
		/* Enabling the transmit interrupt raises it at once while the FIFO is empty. */
		if (!(u->ier & NS16550_IER_TX) && (x & NS16550_IER_TX)) {
			u->is_tx_idle = v16550_has_room(u);
		}
		u->ier = x & NS16550_IER_BITS;
		break;
	case NS16550_FCR:
		v16550_fifo_control(u, x);
		break;
	case NS16550_LCR:
		u->lcr = x;
		break;
	case NS16550_MCR:
		u->mcr = x & NS16550_MCR_BITS;
		break;
	case NS16550_SCR:
		u->scr = x;
		break;
	default:
		break; /* LSR and MSR are read-only */
	}
}

static bool v16550_access(struct vcpu *v, void *dev, uint64_t offset, struct mmio *acc)
{
	struct v16550 *u = dev;

	(void)v;
	if (acc->size != 1) {
		return false;
	}
	lock_take(&u->base.bc->lock);
	if (acc->is_write) {
		v16550_write(u, offset, (uint8_t)acc->value);
	} else {
		acc->value = v16550_read(u, offset);
	}
	v16550_line(u);
	lock_drop(&u->base.bc->lock);
	if (acc->is_write && offset == NS16550_DATA) {
		bc_flush(u->base.bc, u->base.end);
	}
	return true;
}

enum err vuart_ns16550_create(struct part *p, struct bc *c, unsigned int end)
{
	const struct plan_end *plan = c->end[end].plan;
	struct v16550 *u = pool_alloc(sizeof(*u));
	struct vdev row = {
		.at = { gpa_raw(plan->guest_addr), NS16550_REGS },
		.access = v16550_access,
		.dev = u,
		.name = "ns16550",
		.exit_class = EXIT_VUART,
	};

	if (u == NULL) {
		return ERR_FULL;
	}
	u->base = (struct vuart){ .bc = c, .end = end, .part = p, .arrived = v16550_arrived,
				  .drained = v16550_drained, .reset = v16550_reset };
	u->base.g_irq = p->plan->virqs[plan->virq_rx].g_irq;
	c->end[end].vuart = &u->base;
	v16550_reset(&u->base);
	return vdev_add(&p->vdevs, &row);
}
