/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Remote debugging: one inferior, cores as threads 1.., no memory is patched.
 */
#ifndef P4080_GDB_H
#define P4080_GDB_H

#include "machine.h"

/* Listen on this TCP port of the local host and wait for the debugger; false with a message. */
bool gdb_init(struct machine *m, unsigned port);
/* The run ended: tell the debugger. */
void gdb_exit(unsigned code);

#endif
