/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The two Elo-plus DMA engines (spec 8.10).
 */
#ifndef P4080_DMA_H
#define P4080_DMA_H

#include "machine.h"

bool dma_init(struct machine *m);
/* Bytes a transfer moves per cycle; 0 = at once (default). */
void dma_set_rate(unsigned bytes);

#endif
