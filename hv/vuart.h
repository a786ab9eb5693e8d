/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtual UARTs: a device model in front of a byte channel's end, so that plain drivers just work. */
#ifndef HV_VUART_H
#define HV_VUART_H

#include "hv/bc.h"
#include "hv/vdev.h"

/* What a channel tells the UART model at its end; all with the channel's lock held. */
struct vuart {
	struct bc *bc;
	unsigned int end;
	struct part *part;
	uint32_t g_irq;
	void (*arrived)(struct vuart *u);  /* bytes to read */
	void (*drained)(struct vuart *u);  /* room to write */
	void (*reset)(struct vuart *u);    /* the partition starts anew */
};

/* Boot CPU, after bc_init() and vic_init(): all virtual UARTs of a partition. */
must_check enum err vuart_init(struct part *p);
/* Model constructors, by enum plan_vuart. */
must_check enum err vuart_pl011_create(struct part *p, struct bc *c, unsigned int end);
must_check enum err vuart_ns16550_create(struct part *p, struct bc *c, unsigned int end);

#endif
