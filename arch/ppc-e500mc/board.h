/* SPDX-License-Identifier: BSD-3-Clause */
/* What the board needs done before a guest runs. */
/* boot CPU */
#ifndef ARCH_BOARD_H
#define ARCH_BOARD_H

#include "hv/plan/plan.h"

/* Close the inbound windows of PCI host bridges: firmware leaves them open to all RAM. */
void board_close_dma(const struct plan *plan);

#endif
