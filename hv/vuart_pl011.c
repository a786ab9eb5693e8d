/* SPDX-License-Identifier: BSD-3-Clause */
/* A virtual PL011 (Arm DDI 0183) over a byte channel; its first 0x48 bytes are an SBSA UART too. */
/* any vcpu of its partition; registers under the channel's lock */
/*
 * The line is infinitely fast: the channel's queues stand for the wire. The transmit FIFO is the
 * last 16 bytes of room of the queue it feeds (so it is empty as long as there is more room than
 * that), the receive FIFO the first 16 bytes of the queue it reads. Bits that would have no effect
 * read as zero: no modem inputs but CTS/DSR/DCD (on), no loopback, no IrDA, no DMA requests.
 */
#include "hv/vuart.h"
#include "drivers/pl011_regs.h"
#include "hv/part.h"
#include "hv/pool.h"

#define PL011_FIFO 16u
#define PL011_REGS KIB(4)
/* Settable bits: no loopback, no SIR; RTS and DTR and the out lines go nowhere but can be read
 * back. */
#define PL011_CR_BITS (PL011_CR_UARTEN | PL011_CR_TXE | PL011_CR_RXE | MASK(15, 10))
/* As firmware leaves it, which an SBSA UART's driver and early consoles rely on. */
#define PL011_CR_RESET (PL011_CR_UARTEN | PL011_CR_TXE | PL011_CR_RXE)
#define PL011_LCR_RESET (PL011_LCR_FEN | PL011_LCR_8BIT)
#define PL011_IFLS_RESET 0x12u

struct vpl011 {
	struct vuart base;
	uint32_t ris; /* latched sources */
	uint32_t imsc;
	uint16_t ibrd, cr;
	uint8_t fbrd, lcr, ifls;
	bool is_tx_low; /* the transmit FIFO was at or below its level when last looked at */
};

static uint32_t vpl011_depth(const struct vpl011 *u)
{
	return u->lcr & PL011_LCR_FEN ? PL011_FIFO : 1;
}

/* Fill of the two FIFOs as the guest sees them. */
static uint32_t vpl011_rx_fill(const struct vpl011 *u)
{
	uint32_t fill = bc_readable(u->base.bc, u->base.end);

	return fill < vpl011_depth(u) ? fill : vpl011_depth(u);
}

static uint32_t vpl011_tx_fill(const struct vpl011 *u)
{
	uint32_t space = bc_space(u->base.bc, u->base.end);

	return space < vpl011_depth(u) ? vpl011_depth(u) - space : 0;
}

/* IFLS: 1/8, 1/4, 1/2, 3/4, 7/8 of 16. */
static uint32_t vpl011_level(const struct vpl011 *u, uint64_t mask)
{
	static const uint8_t levels[8] = {2, 4, 8, 12, 14, 14, 14, 14};

	return u->lcr & PL011_LCR_FEN ? levels[field_get(mask, u->ifls)] : 1;
}

static bool vpl011_is_tx_low(const struct vpl011 *u)
{
	uint32_t fill = vpl011_tx_fill(u);

	return u->lcr & PL011_LCR_FEN ? fill <= vpl011_level(u, PL011_IFLS_TX) : fill == 0;
}

/*
 * After every access and arrival, changed or not: where no end of interrupt is seen (direct mode),
 * this is what asserts a level again.
 */
static void vpl011_line(struct vpl011 *u)
{
	vic_level(u->base.part, u->base.g_irq, (u->ris & u->imsc) != 0);
}

/* Receive interrupts follow the FIFO; the time-out comes at once, the line being idle. */
static void vpl011_look_rx(struct vpl011 *u)
{
	uint32_t fill = vpl011_rx_fill(u);

	if (fill >= vpl011_level(u, PL011_IFLS_RX)) {
		u->ris |= PL011_INT_RX;
	} else {
		u->ris &= ~(uint32_t)PL011_INT_RX;
	}
	if (fill == 0) {
		u->ris &= ~(uint32_t)PL011_INT_RT;
	} else if (u->lcr & PL011_LCR_FEN) {
		u->ris |= PL011_INT_RT;
	}
}

/* The transmit interrupt is raised by the fall through the level, not by the state (section 2.8).
 */
static void vpl011_look_tx(struct vpl011 *u, bool has_written)
{
	bool is_low = vpl011_is_tx_low(u);

	if (is_low && (has_written || !u->is_tx_low)) {
		u->ris |= PL011_INT_TX;
	} else if (!is_low) {
		u->ris &= ~(uint32_t)PL011_INT_TX;
	}
	u->is_tx_low = is_low;
}

static void vpl011_arrived(struct vuart *base)
{
	struct vpl011 *u = (struct vpl011 *)base;

	vpl011_look_rx(u);
	vpl011_line(u);
}

static void vpl011_drained(struct vuart *base)
{
	struct vpl011 *u = (struct vpl011 *)base;

	if (!u->is_tx_low) {
		vpl011_look_tx(u, false);
		vpl011_line(u);
	}
}

static void vpl011_reset(struct vuart *base)
{
	struct vpl011 *u = (struct vpl011 *)base;

	u->ris = 0;
	u->imsc = 0;
	u->ibrd = 0;
	u->fbrd = 0;
	u->lcr = PL011_LCR_RESET;
	u->cr = PL011_CR_RESET;
	u->ifls = PL011_IFLS_RESET;
	u->is_tx_low = vpl011_is_tx_low(u);
	vpl011_line(u);
}

static uint32_t vpl011_flags(const struct vpl011 *u)
{
	uint32_t fr = PL011_FR_CTS | PL011_FR_DSR | PL011_FR_DCD;
	uint32_t rx = vpl011_rx_fill(u);
	uint32_t tx = vpl011_tx_fill(u);

	fr |= rx == 0 ? PL011_FR_RXFE : 0;
	fr |= rx == vpl011_depth(u) ? PL011_FR_RXFF : 0;
	fr |= tx == 0 ? PL011_FR_TXFE : PL011_FR_BUSY;
	fr |= tx == vpl011_depth(u) ? PL011_FR_TXFF : 0;
	return fr;
}

static uint32_t vpl011_receive(struct vpl011 *u)
{
	uint8_t c = 0;

	(void)bc_get(u->base.bc, u->base.end, &c, 1);
	vpl011_look_rx(u);
	return c;
}

static bool vpl011_read(struct vpl011 *u, uint64_t offset, uint64_t *value)
{
	/* PL011 revision 1 with PrimeCell identification (section 3.3.14). */
	static const uint8_t id[8] = {0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

	switch (offset) {
	case PL011_DR:
		*value = vpl011_receive(u);
		return true;
	case PL011_RSR:
	case PL011_ILPR:
	case PL011_DMACR:
		*value = 0;
		return true;
	case PL011_FR:
		*value = vpl011_flags(u);
		return true;
	case PL011_IBRD:
		*value = u->ibrd;
		return true;
	case PL011_FBRD:
		*value = u->fbrd;
		return true;
	case PL011_LCR_H:
		*value = u->lcr;
		return true;
	case PL011_CR:
		*value = u->cr;
		return true;
	case PL011_IFLS:
		*value = u->ifls;
		return true;
	case PL011_IMSC:
		*value = u->imsc;
		return true;
	case PL011_RIS:
		*value = u->ris;
		return true;
	case PL011_MIS:
		*value = u->ris & u->imsc;
		return true;
	case PL011_ICR:
		*value = 0;
		return true;
	default:
		if (offset >= PL011_ID && offset < PL011_REGS && is_aligned(offset, 4)) {
			*value = id[(offset - PL011_ID) / 4];
			return true;
		}
		return false;
	}
}

/* What the guest writes while transmission is off never reaches the line. */
static void vpl011_transmit(struct vpl011 *u, uint8_t c)
{
	if ((u->cr & PL011_CR_TXE) && (u->cr & PL011_CR_UARTEN)) {
		(void)bc_put(u->base.bc, u->base.end, &c, 1);
		vpl011_look_tx(u, true);
	}
}

static bool vpl011_write(struct vpl011 *u, uint64_t offset, uint32_t x)
{
	switch (offset) {
	case PL011_DR:
		vpl011_transmit(u, (uint8_t)x);
		return true;
	case PL011_RSR:
	case PL011_ILPR:
	case PL011_DMACR:
		return true;
	case PL011_IBRD:
		u->ibrd = (uint16_t)x;
		return true;
	case PL011_FBRD:
		u->fbrd = x & 0x3f;
		return true;
	case PL011_LCR_H:
		u->lcr = (uint8_t)x;
		u->is_tx_low = vpl011_is_tx_low(u);
		vpl011_look_rx(u);
		return true;
	case PL011_CR:
		u->cr = x & PL011_CR_BITS;
		return true;
	case PL011_IFLS:
		u->ifls = x & 0x3f;
		vpl011_look_rx(u);
		return true;
	case PL011_IMSC:
		u->imsc = x & PL011_INT_ALL;
		return true;
	case PL011_ICR:
		u->ris &= ~x;
		return true;
	default:
		/* Read-only and reserved registers take writes without effect (section 3.2). */
		return offset < PL011_REGS && is_aligned(offset, 4);
	}
}

static bool vpl011_access(struct vcpu *v, void *dev, uint64_t offset, struct mmio *acc)
{
	struct vpl011 *u = dev;
	bool is_known;

	(void)v;
	if (acc->size > 4) {
		return false;
	}
	lock_take(&u->base.bc->lock);
	if (acc->is_write) {
		is_known = vpl011_write(u, offset, (uint32_t)acc->value);
	} else {
		is_known = vpl011_read(u, offset, &acc->value);
	}
	vpl011_line(u);
	lock_drop(&u->base.bc->lock);
	if (acc->is_write && offset == PL011_DR) {
		bc_flush(u->base.bc, u->base.end);
	}
	return is_known;
}

enum err vuart_pl011_create(struct part *p, struct bc *c, unsigned int end)
{
	const struct plan_end *plan = c->end[end].plan;
	struct vpl011 *u = pool_alloc(sizeof(*u));
	struct vdev row = {
	    .at = {gpa_raw(plan->guest_addr), PL011_REGS},
	    .access = vpl011_access,
	    .dev = u,
	    .name = "pl011",
	    .exit_class = EXIT_VUART,
	};

	if (u == NULL) {
		return ERR_FULL;
	}
	u->base = (struct vuart){.bc = c,
				 .end = end,
				 .part = p,
				 .arrived = vpl011_arrived,
				 .drained = vpl011_drained,
				 .reset = vpl011_reset};
	u->base.g_irq = p->plan->virqs[plan->virq_rx].g_irq;
	c->end[end].vuart = &u->base;
	vpl011_reset(&u->base);
	return vdev_add(&p->vdevs, &row);
}
