/* SPDX-License-Identifier: BSD-3-Clause */
/* Many byte channels over one UART or channel, in Topaz's wire protocol. */
/* any CPU; nothing of LOCK_MUX rank or above held */
#ifndef HV_MUX_H
#define HV_MUX_H

#include "hv/bc.h"

/*
 * The wire, both directions: 0x18 c with c >= '0' selects channel c - '0' for the data that
 * follows; 0x18 0x18 is one literal 0x18; 0x18 0x01 asks the other side to select again before
 * its next data. A receiver starts with the first channel, a sender selects before its first data.
 */
#define MUX_ESCAPE 0x18
#define MUX_RESEND 0x01
#define MUX_FIRST '0'

struct mux_channel {
	struct bc *bc;          /* NULL: unused number */
	uint8_t end;            /* the mux's end of it */
	uint32_t lost;          /* received bytes that found its queue full */
};

struct mux {
	struct lock lock;
	const struct plan_mux *plan;
	struct uart *uart;      /* transport: a UART, */
	struct bc *carrier;     /* or a byte channel */
	uint8_t carrier_end;
	uint8_t rx_channel;
	bool rx_escape;         /* the last byte was MUX_ESCAPE */
	bool rx_dropped;        /* an unknown channel is selected */
	bool tx_announce;       /* select before the next data */
	uint8_t tx_channel;
	uint8_t tx_turn;        /* channel to look at first */
	uint16_t tx_at, tx_n;   /* part of tx[] that waits for the transport */
	uint8_t tx[160];
	uint32_t attached;      /* a bit per channel number in use */
	uint32_t rx_bad;        /* commands that mean nothing */
	struct mux_channel channels[MAX_MUX_CHANNELS];
};

extern struct mux *muxes;
extern unsigned int mux_count;

/* Boot CPU, after bc_init(). */
must_check enum err mux_init(const struct plan *plan);
/* Send what channels hold, as far as the transport takes it now. */
void mux_flush(struct mux *m);
/* Bytes that came over the transport. */
void mux_input(struct mux *m, const uint8_t *bytes, uint32_t n);
/* Console CPU: muxes that ride on byte channels look at them. */
void mux_work(void);

#endif
