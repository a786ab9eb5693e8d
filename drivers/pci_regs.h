/* SPDX-License-Identifier: BSD-3-Clause */
/* PCI configuration space: offsets and bits. */
/* PCI Local Bus 3.0 chapter 6, PCI Express Base 4.0 chapter 7, PCI Power Management 1.2 */
#ifndef DRIVERS_PCI_REGS_H
#define DRIVERS_PCI_REGS_H

enum {
	PCI_SPACE = 256,       /* bytes of the conventional space, */
	PCI_SPACE_FULL = 4096, /* and of what an ECAM gives a function */
	PCI_BARS = 6,
	PCI_CAPS_MAX = 48, /* capabilities that fit: four bytes each from 0x40 on */
};

/* Header type 0. */
enum {
	PCI_VENDOR = 0x00,
	PCI_DEVICE = 0x02,
	PCI_COMMAND = 0x04,
	PCI_STATUS = 0x06,
	PCI_REVISION = 0x08, /* and the class in the three bytes above */
	PCI_CACHE_LINE = 0x0c,
	PCI_LATENCY = 0x0d,
	PCI_HEADER = 0x0e,
	PCI_BIST = 0x0f,
	PCI_BAR0 = 0x10,
	PCI_CARDBUS = 0x28,
	PCI_SUBSYSTEM = 0x2c,
	PCI_ROM = 0x30,
	PCI_CAPS = 0x34,
	PCI_LINE = 0x3c,
	PCI_PIN = 0x3d,
	PCI_GRANT = 0x3e,
	PCI_CAPS_FIRST = 0x40, /* capabilities lie behind the header */
};

/* Header type 1. */
enum {
	PCI_BRIDGE_SECONDARY = 0x19,
};

enum {
	PCI_COMMAND_IO = 1 << 0,
	PCI_COMMAND_MEMORY = 1 << 1,
	PCI_COMMAND_MASTER = 1 << 2,
	PCI_COMMAND_INTX_OFF = 1 << 10,
	PCI_STATUS_INTX = 1 << 3,
	PCI_STATUS_CAPS = 1 << 4,
	PCI_STATUS_CLEAR = 0xf900, /* written 1: cleared (6.2.3) */
	PCI_HEADER_TYPE = 0x7f,
	PCI_HEADER_MULTI = 0x80,
};

enum {
	PCI_BAR_IO = 1 << 0,
	PCI_BAR_TYPE = 3 << 1,
	PCI_BAR_64 = 2 << 1,
	PCI_BAR_PREFETCH = 1 << 3,
	PCI_BAR_IO_FLAGS = 0x3,
	PCI_BAR_MEM_FLAGS = 0xf,
};

/* Capability ids, and their registers from the capability's first byte. */
enum {
	PCI_CAP_PM = 0x01,
	PCI_CAP_MSI = 0x05,
	PCI_CAP_VENDOR = 0x09,
	PCI_CAP_EXPRESS = 0x10,
	PCI_CAP_MSIX = 0x11,
	PCI_CAP_AF = 0x13,
};

enum {
	PCI_PM_CONTROL = 4,
	PCI_PM_STATE = 3,	  /* 0: D0, 3: D3hot */
	PCI_PM_NO_RESET = 1 << 3, /* going from D3hot to D0 does not reset the function */
	PCI_PM_SIZE = 8,
};

enum {
	PCI_MSI_CONTROL = 2,
	PCI_MSI_ENABLE = 1 << 0,
	PCI_MSI_CAPABLE = 7 << 1, /* log2 of the messages it can send, */
	PCI_MSI_ENABLED = 7 << 4, /* and of those it may */
	PCI_MSI_64 = 1 << 7,
	PCI_MSI_MASKS = 1 << 8,
	PCI_MSI_ADDRESS = 4,
};

enum {
	PCI_MSIX_CONTROL = 2,
	PCI_MSIX_COUNT = 0x7ff, /* one less than the vectors */
	PCI_MSIX_MASK = 1 << 14,
	PCI_MSIX_ENABLE = 1 << 15,
	PCI_MSIX_TABLE = 4,
	PCI_MSIX_PENDING = 8,
	PCI_MSIX_BIR = 7, /* number of the BAR, in both */
	PCI_MSIX_SIZE = 12,
};

enum {
	PCI_EXP_FLAGS = 2,
	PCI_EXP_VERSION = 0xf,
	PCI_EXP_TYPE = 0xf0, /* 0 endpoint, 1 legacy endpoint, 9 integrated endpoint */
	PCI_EXP_CAPS = 4,
	PCI_EXP_CAPS_FLR = 1 << 28,
	PCI_EXP_CONTROL = 8,
	PCI_EXP_CONTROL_FLR = 1 << 15,
	PCI_EXP_STATUS = 10,
	PCI_EXP_STATUS_CLEAR = 0xf, /* errors detected; written 1: cleared */
	PCI_EXP_STATUS_BUSY = 1 << 5, /* transactions pending */
	PCI_EXP_LINK_CONTROL = 0x10,
	PCI_EXP_CONTROL2 = 0x28,
	PCI_EXP_SIZE1 = 0x14, /* version 1, endpoint */
	PCI_EXP_SIZE2 = 0x3c,
};

/* Advanced Features for conventional PCI (ECN of 2006). */
enum {
	PCI_AF_CAPS = 3,
	PCI_AF_CAPS_FLR = 1 << 1,
	PCI_AF_CONTROL = 4, /* bit 0: reset */
	PCI_AF_STATUS = 5,  /* bit 0: transactions pending */
	PCI_AF_SIZE = 6,
};

/* Virtio 1.1, section 4.1.4: capabilities of the vendor-specific kind. */
enum {
	PCI_VIRTIO_VENDOR = 0x1af4,
	PCI_VIRTIO_CAP_LEN = 2,
	PCI_VIRTIO_CAP_TYPE = 3,
	PCI_VIRTIO_COMMON = 1,
	PCI_VIRTIO_NOTIFY = 2,
	PCI_VIRTIO_ISR = 3,
	PCI_VIRTIO_DEVICE = 4,
	PCI_VIRTIO_ACCESS = 5,
	PCI_VIRTIO_SHARED = 8,
	PCI_VIRTIO_CAP_SIZE = 16,
	PCI_VIRTIO_ACCESS_SIZE = 20,
};

#endif
