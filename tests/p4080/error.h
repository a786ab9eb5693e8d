/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Error registers of the platform caches and memory controllers, and errors injected into them.
 */
#ifndef P4080_ERROR_H
#define P4080_ERROR_H

#include "machine.h"

bool error_init(struct machine *m);

/*
 * BLOCK:KIND@CYCLE[,ADDRESS]: at that cycle the block detects this error at that physical address.
 * Blocks ddr1 ddr2 (kinds sbe mbe mse ape ace cde), cpc1 cpc2 (sbe mbe tsbe tmbe tmhit). Before
 * error_init(); false when it says something else.
 */
bool error_inject(const char *arg);

#endif
