/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DMA channels: direct and chained transfers, every access through PAMU 0 (spec 8.10).
 * Sources: mainline's fsldma.h and fsldma.c (chains); direct mode observed with a hypervisor's
 * tests.
 */
#include "dma.h"

#include <stdlib.h>

#include "pamu.h"
#include "soc.h"

#define DMA_ENGINES 2
#define DMA_CHANNELS 4
#define DMA_PAMU 0

#define DMA_MR 0x00
#define DMA_SR 0x04
#define DMA_CLNDARH 0x08
#define DMA_CLNDARL 0x0c
#define DMA_SATR 0x10
#define DMA_SAR 0x14
#define DMA_DATR 0x18
#define DMA_DAR 0x1c
#define DMA_BCR 0x20
#define DMA_NLNDARH 0x24
#define DMA_NLNDARL 0x28

#define MR_CS 0x1u
#define MR_CTM 0x4u
#define MR_CA 0x8u
#define MR_EIE 0x40u
#define MR_EOLNIE 0x100u
#define MR_EOSIE 0x200u
#define MR_SRW 0x400u
#define SR_TE 0x80u
#define SR_EOLNI 0x8u
#define SR_CB 0x4u
#define SR_EOSI 0x2u
#define SR_W1C 0x9bu
#define NLNDAR_EOL 0x1u
#define NLNDAR_EOSIE 0x8u

struct dma_channel {
	struct machine *machine;
	unsigned engine;
	unsigned index;
	uint32_t reg[0x80 / 4];
	struct event event;
	/* the transfer under way */
	bool chain;
	unsigned descriptors; /* fetched so far */
	uint64_t link;	      /* the next one */
	uint64_t src, dst;
	uint32_t left;	/* bytes of the segment */
	uint32_t flags; /* low word of its link */
};

static struct dma_channel dma_channels[DMA_ENGINES][DMA_CHANNELS];
static unsigned dma_rate;

void dma_set_rate(unsigned bytes)
{
	dma_rate = bytes;
}

static void dma_update(struct dma_channel *d)
{
	struct machine *m = d->machine;
	uint32_t mr = d->reg[DMA_MR / 4];
	uint32_t sr = d->reg[DMA_SR / 4];
	bool line = ((sr & SR_EOSI) && (mr & MR_EOSIE)) || ((sr & SR_EOLNI) && (mr & MR_EOLNIE)) ||
		    ((sr & SR_TE) && (mr & MR_EIE));

	m->irq_line(m->mpic, 28 + 4 * d->engine + d->index, line);
}

static bool dma_access(struct dma_channel *d, uint64_t addr, void *buf, size_t len, bool write)
{
	struct machine *m = d->machine;

	return pamu_dma(m, DMA_PAMU, guts_dma_liodn(m, d->engine), addr, buf, len, write);
}

static uint64_t dma_addr(const uint32_t *ext_low)
{
	return (uint64_t)(ext_low[0] & 0xf) << 32 | ext_low[1];
}

/* The next descriptor of the chain becomes the current segment; false on an error. */
static bool dma_descriptor(struct dma_channel *d)
{
	uint8_t raw[32];
	uint32_t w[8];

	if (!dma_access(d, d->link, raw, sizeof(raw), false))
		return false;
	for (unsigned i = 0; i < 8; i++)
		w[i] = be32_get(raw + 4 * i);
	d->src = dma_addr(&w[0]);
	d->dst = dma_addr(&w[2]);
	d->left = w[6];
	d->flags = w[5];
	d->link = dma_addr(&w[4]) & ~UINT64_C(31);
	/* A ring without end would never stop: silicon neither; the model ends it with an error. */
	return ++d->descriptors < 65536;
}

/* Bytes of the next piece: within a page of the source. */
static uint32_t dma_piece(const struct dma_channel *d)
{
	uint32_t n = BUS_PAGE_SIZE - (uint32_t)(d->src & (BUS_PAGE_SIZE - 1));

	return n < d->left ? n : d->left;
}

/* Move a piece or fetch a descriptor. SR bits when the transfer is over, else 0. */
static uint32_t dma_step(struct dma_channel *d)
{
	uint8_t buf[BUS_PAGE_SIZE];
	uint32_t n = dma_piece(d);

	if (n) {
		if (!dma_access(d, d->src, buf, n, false) || !dma_access(d, d->dst, buf, n, true))
			return SR_TE;
		d->src += n;
		d->dst += n;
		d->left -= n;
	} else if (d->chain && !dma_descriptor(d)) {
		return SR_TE;
	}
	if (d->left)
		return 0;
	if (!d->chain)
		return SR_EOSI;
	/* End of segment: asked for by the descriptor or for the whole channel. */
	if ((d->flags & NLNDAR_EOSIE) || (d->reg[DMA_MR / 4] & MR_EOSIE))
		d->reg[DMA_SR / 4] |= SR_EOSI;
	return d->flags & NLNDAR_EOL ? SR_EOLNI : 0;
}

static void dma_finish(struct dma_channel *d, uint32_t status)
{
	d->reg[DMA_MR / 4] &= ~MR_CS;
	d->reg[DMA_SR / 4] = (d->reg[DMA_SR / 4] & ~SR_CB) | status;
	dma_update(d);
}

/* The next step is due when its bytes have had their time. */
static void dma_schedule(struct dma_channel *d)
{
	struct machine *m = d->machine;

	event_arm(&m->events, &d->event, machine_cycle(m) + dma_piece(d) / dma_rate + 1);
}

static void dma_advance(void *arg)
{
	struct dma_channel *d = arg;
	uint32_t status;

	do {
		status = dma_step(d);
	} while (!status && !dma_rate);
	if (status)
		dma_finish(d, status);
	else
		dma_schedule(d);
}

static void dma_start(struct dma_channel *d)
{
	d->chain = !(d->reg[DMA_MR / 4] & MR_CTM);
	d->descriptors = 0;
	d->link = dma_addr(&d->reg[DMA_CLNDARH / 4]) & ~UINT64_C(31);
	d->src = dma_addr(&d->reg[DMA_SATR / 4]);
	d->dst = dma_addr(&d->reg[DMA_DATR / 4]);
	d->left = d->chain ? 0 : d->reg[DMA_BCR / 4];
	d->reg[DMA_SR / 4] |= SR_CB;
	if (dma_rate)
		dma_schedule(d);
	else
		dma_advance(d);
}

static void dma_channel_write(struct dma_channel *d, uint32_t off, uint32_t val)
{
	uint32_t old = d->reg[off / 4];

	switch (off) {
	case DMA_SR:
		d->reg[off / 4] &= ~(val & SR_W1C);
		break;
	case DMA_MR:
		d->reg[off / 4] = val;
		if ((val & MR_CA) && d->event.armed) {
			event_cancel(&d->machine->events, &d->event);
			dma_finish(d, 0);
		} else if ((val & MR_CS) && !(old & MR_CS)) {
			dma_start(d);
		}
		break;
	case DMA_DAR:
		d->reg[off / 4] = val;
		if ((d->reg[DMA_MR / 4] & (MR_SRW | MR_CTM)) == (MR_SRW | MR_CTM))
			dma_start(d);
		break;
	default:
		d->reg[off / 4] = val;
		break;
	}
	dma_update(d);
}

/* DGSR: one byte a channel, channel 0 first, with the status bits of SR. */
static uint32_t dma_dgsr(unsigned engine)
{
	uint32_t v = 0;

	for (unsigned n = 0; n < DMA_CHANNELS; n++)
		v = v << 8 | (dma_channels[engine][n].reg[DMA_SR / 4] & 0xff);
	return v;
}

static uint32_t dma_read(void *dev, uint32_t off, unsigned cpu)
{
	unsigned engine = *(unsigned *)dev;

	(void)cpu;
	if (off == 0x300)
		return dma_dgsr(engine);
	if (off < 0x100 || off >= 0x300)
		return 0;
	return dma_channels[engine][(off - 0x100) / 0x80].reg[(off & 0x7f) / 4];
}

static void dma_write(void *dev, uint32_t off, uint32_t val, unsigned cpu)
{
	unsigned engine = *(unsigned *)dev;

	(void)cpu;
	if (off >= 0x100 && off < 0x300)
		dma_channel_write(&dma_channels[engine][(off - 0x100) / 0x80], off & 0x7f, val);
}

bool dma_init(struct machine *m)
{
	static unsigned engines[DMA_ENGINES] = {0, 1};

	for (unsigned e = 0; e < DMA_ENGINES; e++) {
		for (unsigned n = 0; n < DMA_CHANNELS; n++) {
			struct dma_channel *d = &dma_channels[e][n];

			d->machine = m;
			d->engine = e;
			d->index = n;
			d->event = (struct event){.fire = dma_advance, .arg = d};
		}
		ccsr_add(&m->ccsr, &(struct ccsr_block){.name = "dma", .base = 0x100000 + e * 0x1000,
							.size = 0x1000, .dev = &engines[e],
							.read = dma_read, .write = dma_write});
	}
	return true;
}
