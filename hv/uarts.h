/* SPDX-License-Identifier: BSD-3-Clause */
/* The UARTs the hypervisor owns. */
/* boot CPU fills it; read-only afterwards */
#ifndef HV_UARTS_H
#define HV_UARTS_H

#include "hv/uart.h"

struct cpu;

/* Boot CPU: start every UART that a channel, mux or the console uses; interrupts go to `server`. */
must_check enum err uarts_init(const struct plan *plan);
/* Their interrupts from now on go to that CPU. */
must_check enum err uarts_serve(const struct plan *plan, struct cpu *server);
/* The running UART that is plan device `dev`, or NULL. */
struct uart *uart_of_dev(unsigned int dev);

#endif
