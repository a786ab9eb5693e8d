/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The SoC's own blocks: address windows, coherency fabric, global utilities, run control.
 */
#ifndef P4080_SOC_H
#define P4080_SOC_H

#include "machine.h"

bool law_init(struct machine *m);
bool ccf_init(struct machine *m);
bool guts_init(struct machine *m);
bool rcpm_init(struct machine *m);

/* LIODN of a DMA engine as set in its GUTS register; engine 0 or 1. */
unsigned guts_dma_liodn(struct machine *m, unsigned engine);
/* Is PAMU i bypassed? */
bool guts_pamu_bypassed(struct machine *m, unsigned i);

#endif
