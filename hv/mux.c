/* SPDX-License-Identifier: BSD-3-Clause */
/* The byte channel mux: framing, fairness and the two transports. */
/* any CPU */
#include "hv/mux.h"
#include "hv/console.h"
#include "hv/cpu.h"
#include "hv/part.h"
#include "hv/pool.h"
#include "hv/uarts.h"

/* Bytes of one channel per turn, and of all channels per call: no sender is held up for long. */
#define MUX_TURN 64u
#define MUX_CALL 1024u

struct mux *muxes;
unsigned int mux_count;

static uint32_t mux_transport(struct mux *m, const uint8_t *bytes, uint32_t n)
{
	uint32_t done;

	if (m->uart != NULL) {
		return m->uart->ops->tx(m->uart, bytes, n);
	}
	lock_take(&m->carrier->lock);
	done = bc_put(m->carrier, m->carrier_end, bytes, n);
	lock_drop(&m->carrier->lock);
	return done;
}

/* Hand the staged bytes over. True when all are gone. Lock held. */
static bool mux_drain(struct mux *m)
{
	m->tx_at += (uint16_t)mux_transport(m, m->tx + m->tx_at, m->tx_n - m->tx_at);
	if (m->tx_at < m->tx_n) {
		return false;
	}
	m->tx_at = 0;
	m->tx_n = 0;
	return true;
}

/* Frame up to one turn of a channel into the empty stage. Returns the channel's bytes taken. */
static uint32_t mux_stage(struct mux *m, unsigned int number)
{
	struct mux_channel *ch = &m->channels[number];
	uint8_t bytes[MUX_TURN];
	uint32_t n;

	if (bc_readable(ch->bc, ch->end) == 0) {
		return 0;
	}
	n = bc_receive(ch->bc, ch->end, bytes, MUX_TURN);
	if (n > 0 && (m->tx_announce || m->tx_channel != number)) {
		m->tx[m->tx_n++] = MUX_ESCAPE;
		m->tx[m->tx_n++] = (uint8_t)(MUX_FIRST + number);
		m->tx_channel = (uint8_t)number;
		m->tx_announce = false;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (bytes[i] == MUX_ESCAPE) {
			m->tx[m->tx_n++] = MUX_ESCAPE;
		}
		m->tx[m->tx_n++] = bytes[i];
	}
	return n;
}

/* The first of these channels that has something to send. Returns its bytes taken. */
static uint32_t mux_first_of(struct mux *m, uint32_t numbers)
{
	for (; numbers != 0; numbers &= numbers - 1) {
		unsigned int number = (unsigned int)__builtin_ctz(numbers);
		uint32_t n = mux_stage(m, number);

		if (n > 0) {
			m->tx_turn = (uint8_t)((number + 1) % MAX_MUX_CHANNELS);
			return n;
		}
	}
	return 0;
}

/* One round over all channels, beginning after the one served last. Lock held, stage empty. */
static uint32_t mux_round(struct mux *m)
{
	uint32_t before = (UINT32_C(1) << m->tx_turn) - 1;
	uint32_t n = mux_first_of(m, m->attached & ~before);

	return n > 0 ? n : mux_first_of(m, m->attached & before);
}

void mux_flush(struct mux *m)
{
	uint32_t total = 0;
	uint32_t n = 0;
	bool is_all_out;

	lock_take(&m->lock);
	while ((is_all_out = mux_drain(m)) && total < MUX_CALL && (n = mux_round(m)) > 0) {
		total += n;
	}
	if (m->uart != NULL) {
		m->uart->ops->tx_irq(m->uart, !is_all_out || n > 0);
	}
	lock_drop(&m->lock);
	if (m->uart == NULL && (total > 0 || n > 0)) {
		cpu_post(console_cpu(), CPU_EV_WORK);
	}
}

/* Data for the selected channel. Lock held. */
static void mux_deliver(struct mux *m, const uint8_t *bytes, uint32_t n)
{
	struct mux_channel *ch = &m->channels[m->rx_channel];
	uint32_t done;

	if (n == 0 || m->rx_dropped || ch->bc == NULL) {
		return;
	}
	lock_take(&ch->bc->lock);
	done = bc_put(ch->bc, ch->end, bytes, n);
	lock_drop(&ch->bc->lock);
	ch->lost += n - done;
	if (ch->bc->end[1 - ch->end].plan->kind != PLAN_END_PART) {
		cpu_post(console_cpu(), CPU_EV_WORK);
	}
}

static void mux_command(struct mux *m, uint8_t c)
{
	if (c == MUX_ESCAPE) {
		mux_deliver(m, &c, 1);
	} else if (c == MUX_RESEND) {
		m->tx_announce = true;
	} else if (c >= MUX_FIRST) {
		unsigned int number = c - MUX_FIRST;

		m->rx_dropped = number >= MAX_MUX_CHANNELS || m->channels[number].bc == NULL;
		if (!m->rx_dropped) {
			m->rx_channel = (uint8_t)number;
		}
	} else {
		m->rx_bad++;
	}
}

void mux_input(struct mux *m, const uint8_t *bytes, uint32_t n)
{
	uint32_t start = 0;

	lock_take(&m->lock);
	for (uint32_t i = 0; i < n; i++) {
		if (m->rx_escape) {
			m->rx_escape = false;
			mux_command(m, bytes[i]);
			start = i + 1;
		} else if (bytes[i] == MUX_ESCAPE) {
			mux_deliver(m, bytes + start, i - start);
			m->rx_escape = true;
			start = i + 1;
		}
	}
	mux_deliver(m, bytes + start, n - start);
	lock_drop(&m->lock);
}

/* Interrupt context of the console CPU: the UART has data or room. */
static void mux_uart_ready(struct uart *u, void *arg)
{
	struct mux *m = arg;
	uint8_t bytes[MUX_TURN];
	uint32_t n;

	while ((n = u->ops->rx(u, bytes, sizeof(bytes))) > 0) {
		mux_input(m, bytes, n);
	}
	mux_flush(m);
}

void mux_work(void)
{
	for (unsigned int i = 0; i < mux_count; i++) {
		struct mux *m = &muxes[i];
		uint8_t bytes[MUX_TURN];
		uint32_t n;

		if (m->carrier != NULL) {
			while ((n = bc_receive(m->carrier, m->carrier_end, bytes, sizeof(bytes))) >
			       0) {
				mux_input(m, bytes, n);
			}
		}
		mux_flush(m);
	}
}

static void mux_attach(struct bc *c, unsigned int end, const struct plan_end *plan)
{
	struct mux *m = &muxes[plan->index];
	struct mux_channel *ch = &m->channels[plan->mux_channel];

	c->end[end].mux = m;
	ch->bc = c;
	ch->end = (uint8_t)end;
	m->attached |= UINT32_C(1) << plan->mux_channel;
	/* Topaz asks for a selection once per channel that comes into being. */
	m->tx[m->tx_n++] = MUX_ESCAPE;
	m->tx[m->tx_n++] = MUX_RESEND;
}

static void mux_open(struct mux *m, const struct plan_mux *plan)
{
	m->lock = (struct lock)LOCK_INIT(LOCK_MUX, "mux");
	m->plan = plan;
	m->tx_announce = true;
	if (plan->uart != NONE) {
		m->uart = uart_of_dev(plan->uart);
		if (m->uart != NULL) {
			m->uart->arg = m;
			m->uart->ready = mux_uart_ready;
		}
	}
	if (plan->chan != NONE) {
		m->carrier = &bcs[plan->chan];
		m->carrier_end = m->carrier->end[0].plan->kind == PLAN_END_NONE ? 0 : 1;
		m->carrier->end[m->carrier_end].mux = m;
	}
}

enum err mux_init(const struct plan *plan)
{
	muxes = pool_alloc(plan->mux_count * sizeof(*muxes));
	if (muxes == NULL && plan->mux_count > 0) {
		return ERR_FULL;
	}
	mux_count = plan->mux_count;
	for (unsigned int i = 0; i < mux_count; i++) {
		mux_open(&muxes[i], &plan->muxes[i]);
		if (muxes[i].uart == NULL && muxes[i].carrier == NULL) {
			return ERR_NONE;
		}
	}
	for (unsigned int i = 0; i < bc_count; i++) {
		for (unsigned int e = 0; e < 2; e++) {
			if (plan->chans[i].end[e].kind == PLAN_END_MUX) {
				mux_attach(&bcs[i], e, &plan->chans[i].end[e]);
			}
		}
	}
	for (unsigned int i = 0; i < mux_count; i++) {
		for (unsigned int n = 0; n < MAX_MUX_CHANNELS; n++) {
			if (muxes[i].channels[n].bc != NULL) {
				muxes[i].rx_channel = (uint8_t)n;
				break;
			}
		}
	}
	return OK;
}
