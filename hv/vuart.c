/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtual UARTs of a partition, made from the channel ends that ask for one. */
/* boot CPU */
#include "hv/vuart.h"
#include "hv/part.h"

enum err vuart_init(struct part *p)
{
	for (unsigned int i = 0; i < bc_count; i++) {
		for (unsigned int e = 0; e < 2; e++) {
			const struct plan_end *end = bcs[i].end[e].plan;
			enum err err = OK;

			if (bcs[i].end[e].part != p) {
				continue;
			}
			if (end->vuart == PLAN_VUART_PL011) {
				err = vuart_pl011_create(p, &bcs[i], e);
			} else if (end->vuart == PLAN_VUART_NS16550) {
				err = vuart_ns16550_create(p, &bcs[i], e);
			}
			if (err != OK) {
				return err;
			}
		}
	}
	return OK;
}
