/* SPDX-License-Identifier: BSD-3-Clause */
/* NS16550A registers, a byte each (TL16C550 data sheet, section "Accessible registers"). */
/* pure */
#ifndef DRIVERS_NS16550_REGS_H
#define DRIVERS_NS16550_REGS_H

#include "hv/bits.h"

enum {
	NS16550_DATA = 0, /* r: receive, w: transmit; with DLAB: divisor low */
	NS16550_IER = 1,  /* rw 4: interrupts let through; with DLAB: divisor high */
	NS16550_IIR = 2,  /* r: what interrupts */
	NS16550_FCR = 2,  /* w: FIFO control */
	NS16550_LCR = 3,
	NS16550_MCR = 4,
	NS16550_LSR = 5,
	NS16550_MSR = 6,
	NS16550_SCR = 7,
	NS16550_REGS = 8,
};

#define NS16550_IER_RX BIT(0)
#define NS16550_IER_TX BIT(1)
#define NS16550_IER_LINE BIT(2)
#define NS16550_IER_MODEM BIT(3)
#define NS16550_IER_BITS MASK(3, 0)
#define NS16550_IIR_NONE 0x01u
#define NS16550_IIR_TX 0x02u
#define NS16550_IIR_RX 0x04u
#define NS16550_IIR_TIMEOUT 0x0cu
#define NS16550_IIR_FIFO 0xc0u
#define NS16550_FCR_ENABLE BIT(0)
#define NS16550_FCR_RX_RESET BIT(1)
#define NS16550_FCR_TX_RESET BIT(2)
#define NS16550_FCR_TRIGGER MASK(7, 6)
#define NS16550_LCR_8BIT 0x03u
#define NS16550_LCR_DLAB BIT(7)
#define NS16550_MCR_LOOP BIT(4)
#define NS16550_MCR_OUT2 BIT(3)
#define NS16550_MCR_BITS MASK(4, 0)
#define NS16550_LSR_DATA BIT(0)
#define NS16550_LSR_THRE BIT(5)
#define NS16550_LSR_TEMT BIT(6)
#define NS16550_MSR_CTS BIT(4)
#define NS16550_MSR_DSR BIT(5)
#define NS16550_MSR_RI BIT(6)
#define NS16550_MSR_DCD BIT(7)
#define NS16550_FIFO 16u

#endif
