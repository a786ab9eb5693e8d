/* SPDX-License-Identifier: BSD-3-Clause */
/* PL011 registers (Arm DDI 0183 section 3): the real device and the virtual one share them. */
/* pure */
#ifndef DRIVERS_PL011_REGS_H
#define DRIVERS_PL011_REGS_H

#include "hv/bits.h"

enum {
	PL011_DR = 0x00,    /* rw 12/8: data; reading takes one from the receive FIFO */
	PL011_RSR = 0x04,   /* rw 4: receive errors; a write clears */
	PL011_FR = 0x18,    /* ro 9: flags */
	PL011_ILPR = 0x20,  /* rw 8: IrDA low power */
	PL011_IBRD = 0x24,  /* rw 16: baud rate, integer */
	PL011_FBRD = 0x28,  /* rw 6: baud rate, fraction */
	PL011_LCR_H = 0x2c, /* rw 8: line control */
	PL011_CR = 0x30,    /* rw 16: control; 0x300 at reset */
	PL011_IFLS = 0x34,  /* rw 6: FIFO levels; 0x12 at reset */
	PL011_IMSC = 0x38,  /* rw 11: interrupts let through */
	PL011_RIS = 0x3c,   /* ro 11: interrupts, raw */
	PL011_MIS = 0x40,   /* ro 11: interrupts, let through */
	PL011_ICR = 0x44,   /* wo 11: interrupts to clear */
	PL011_DMACR = 0x48, /* rw 3: DMA */
	PL011_ID = 0xfe0,   /* ro: eight words of identification */
};

#define PL011_FR_CTS BIT(0)
#define PL011_FR_DSR BIT(1)
#define PL011_FR_DCD BIT(2)
#define PL011_FR_BUSY BIT(3)
#define PL011_FR_RXFE BIT(4)
#define PL011_FR_TXFF BIT(5)
#define PL011_FR_RXFF BIT(6)
#define PL011_FR_TXFE BIT(7)
#define PL011_LCR_FEN BIT(4)
#define PL011_LCR_8BIT (BIT(5) | BIT(6))
#define PL011_CR_UARTEN BIT(0)
#define PL011_CR_TXE BIT(8)
#define PL011_CR_RXE BIT(9)
#define PL011_IFLS_TX MASK(2, 0)
#define PL011_IFLS_RX MASK(5, 3)
#define PL011_INT_RX BIT(4)
#define PL011_INT_TX BIT(5)
#define PL011_INT_RT BIT(6)
#define PL011_INT_ALL MASK(10, 0)

#endif
