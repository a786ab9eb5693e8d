/* SPDX-License-Identifier: BSD-3-Clause */
/* Byte channels. */
/* any CPU */
#include "hv/bc.h"
#include "hv/console.h"
#include "hv/cpu.h"
#include "hv/mux.h"
#include "hv/part.h"
#include "hv/pool.h"
#include "hv/uarts.h"
#include "hv/vuart.h"

#define BC_CHUNK 64u

struct bc *bcs;
unsigned int bc_count;

static void bc_raise(const struct bc_end *e, const struct plan_virq *virq)
{
	/* A partition with an error in its plan has no interrupt controller. */
	if (virq != NULL && e->part->is_usable) {
		vic_raise(e->part, virq->g_irq);
	}
}

/* Bytes have arrived for an end: c->lock held. */
static void bc_tell_readable(const struct bc_end *e)
{
	if (e->vuart != NULL) {
		e->vuart->arrived(e->vuart);
	} else {
		bc_raise(e, e->rx);
	}
}

/* The other end has taken some of what this end sent: c->lock held. */
static void bc_tell_space(struct bc_end *e)
{
	if (e->vuart != NULL) {
		e->vuart->drained(e->vuart);
	} else if (e->is_blocked && e->part != NULL) {
		bc_raise(e, e->tx);
	} else if (e->is_blocked) {
		/* The log, or a mux that this channel carries. */
		cpu_post(console_cpu(), CPU_EV_WORK);
	}
	e->is_blocked = false;
}

uint32_t bc_put(struct bc *c, unsigned int end, const uint8_t *bytes, uint32_t n)
{
	uint32_t done = queue_push(&c->to[1 - end], bytes, n);

	if (done < n) {
		c->end[end].is_blocked = true;
	}
	if (done > 0) {
		bc_tell_readable(&c->end[1 - end]);
	}
	return done;
}

bool bc_has_room(struct bc *c, unsigned int end, uint32_t n)
{
	bool has_room;

	lock_take(&c->lock);
	has_room = bc_space(c, end) >= n;
	if (!has_room) {
		c->end[end].is_blocked = true;
	}
	lock_drop(&c->lock);
	return has_room;
}

uint32_t bc_get(struct bc *c, unsigned int end, uint8_t *bytes, uint32_t n)
{
	uint32_t got = queue_pop(&c->to[end], bytes, n);

	if (got > 0) {
		bc_tell_space(&c->end[1 - end]);
	}
	return got;
}

/* Give the UART at one end as much as it takes now. */
static void bc_feed_uart(struct bc *c, unsigned int uart_end)
{
	struct uart *u = c->end[uart_end].uart;
	struct queue *q = &c->to[uart_end];
	uint8_t bytes[BC_CHUNK];
	uint32_t fill;

	lock_take(&c->lock);
	while ((fill = queue_fill(q)) > 0) {
		struct queue peek = *q;
		uint32_t n = queue_pop(&peek, bytes, fill < BC_CHUNK ? fill : BC_CHUNK);
		uint32_t taken = u->ops->tx(u, bytes, n);

		(void)bc_get(c, uart_end, bytes, taken);
		if (taken < n) {
			break;
		}
	}
	u->ops->tx_irq(u, fill > 0);
	lock_drop(&c->lock);
}

void bc_flush(struct bc *c, unsigned int end)
{
	struct bc_end *peer = &c->end[1 - end];

	if (peer->mux != NULL) {
		mux_flush(peer->mux);
	} else if (peer->uart != NULL) {
		bc_feed_uart(c, 1 - end);
	} else if (peer->plan->kind == PLAN_END_HV) {
		cpu_post(console_cpu(), CPU_EV_WORK);
	}
}

uint32_t bc_send(struct bc *c, unsigned int end, const uint8_t *bytes, uint32_t n)
{
	uint32_t done;

	lock_take(&c->lock);
	done = bc_put(c, end, bytes, n);
	lock_drop(&c->lock);
	bc_flush(c, end);
	return done;
}

uint32_t bc_receive(struct bc *c, unsigned int end, uint8_t *bytes, uint32_t n)
{
	uint32_t got;

	lock_take(&c->lock);
	got = bc_get(c, end, bytes, n);
	lock_drop(&c->lock);
	return got;
}

/* The UART of a direct channel has data or room. Interrupt context of the console CPU. */
static void bc_uart_ready(struct uart *u, void *arg)
{
	struct bc *c = arg;
	unsigned int end = c->end[0].uart == u ? 0 : 1;
	uint8_t bytes[BC_CHUNK];
	uint32_t n;

	while ((n = u->ops->rx(u, bytes, BC_CHUNK)) > 0) {
		c->end[1 - end].lost += n - bc_send(c, end, bytes, n);
	}
	bc_feed_uart(c, end);
}

static void bc_end_init(struct bc *c, struct bc_end *e, const struct plan_end *plan)
{
	e->plan = plan;
	if (plan->kind == PLAN_END_PART) {
		const struct plan_part *p = &the_plan->parts[plan->index];

		e->part = &parts[plan->index];
		if (plan->vuart == PLAN_VUART_NONE && p->is_valid) {
			e->rx = plan->virq_rx == NONE ? NULL : &p->virqs[plan->virq_rx];
			e->tx = plan->virq_tx == NONE ? NULL : &p->virqs[plan->virq_tx];
		}
	} else if (plan->kind == PLAN_END_UART) {
		e->uart = uart_of_dev(plan->index);
		if (e->uart != NULL) {
			e->uart->arg = c;
			e->uart->ready = bc_uart_ready;
		}
	}
}

enum err bc_init(const struct plan *plan)
{
	bcs = pool_alloc(plan->chan_count * sizeof(*bcs));
	if (bcs == NULL && plan->chan_count > 0) {
		return ERR_FULL;
	}
	for (unsigned int i = 0; i < plan->chan_count; i++) {
		struct bc *c = &bcs[i];

		c->lock = (struct lock)LOCK_INIT(LOCK_CHAN, "byte channel");
		for (unsigned int e = 0; e < 2; e++) {
			c->to[e].buf = pool_alloc(QUEUE_BUF);
			if (c->to[e].buf == NULL) {
				return ERR_FULL;
			}
			bc_end_init(c, &c->end[e], &plan->chans[i].end[e]);
		}
	}
	bc_count = plan->chan_count;
	return OK;
}

void bc_reset_part(const struct part *p)
{
	for (unsigned int i = 0; i < bc_count; i++) {
		for (unsigned int e = 0; e < 2; e++) {
			if (bcs[i].end[e].part != p) {
				continue;
			}
			lock_take(&bcs[i].lock);
			queue_clear(&bcs[i].to[e]);
			bcs[i].end[e].is_blocked = false;
			bc_tell_space(&bcs[i].end[1 - e]);
			if (bcs[i].end[e].vuart != NULL) {
				bcs[i].end[e].vuart->reset(bcs[i].end[e].vuart);
			}
			lock_drop(&bcs[i].lock);
		}
	}
}

void bc_begin_part(const struct part *p)
{
	for (unsigned int i = 0; i < bc_count; i++) {
		for (unsigned int e = 0; e < 2; e++) {
			struct bc_end *end = &bcs[i].end[e];

			if (end->part != p) {
				continue;
			}
			lock_take(&bcs[i].lock);
			if (end->vuart != NULL) {
				end->vuart->reset(end->vuart);
			}
			if (queue_fill(&bcs[i].to[e]) != 0) {
				bc_tell_readable(end);
			}
			lock_drop(&bcs[i].lock);
		}
	}
}
