/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The four 16550 UARTs of the two DUARTs.
 */
#ifndef P4080_UART_H
#define P4080_UART_H

#include "bits.h"

struct machine;

bool uart_init(struct machine *m);
/* Input arriving on UART n now; dropped when its FIFO is full. */
void uart_input(struct machine *m, unsigned n, uint8_t byte);

#endif
