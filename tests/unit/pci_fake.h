/* SPDX-License-Identifier: BSD-3-Clause */
/* A PCI bus that decodes, resets and goes deaf, and what the core gives to code that uses it. */
/* the bus takes writes as PCI 3.0 and PCI Express Base 4.0 say; time passes by asking for it */
#ifndef TESTS_UNIT_PCI_FAKE_H
#define TESTS_UNIT_PCI_FAKE_H

#include "hv/part.h"
#include "hv/pci.h"
#include "hv/vpci.h"

enum {
	RID_HOST = 0x0000,
	RID_NVME = 0x0008,  /* FLR; MSI-X of 65; two memory BARs in three registers, one I/O */
	RID_MULTI = 0x0010, /* two functions; AF reset; MSI with 64 bits and masks */
	RID_SOUND = 0x0011, /* the second; no reset; pin B */
	RID_PORT = 0x0018,  /* bridge to bus 1 */
	RID_BEHIND = 0x0100,
	RID_LOST = 0x0020,   /* bridge that firmware has not set up */
	RID_SLEEPY = 0x0028, /* D3hot at boot, resets when it wakes up */
	RID_VIRTIO = 0x0038, /* virtio 1.0 disk: where its registers are, and the window on them */
	RID_ALIAS = 0x0031,  /* answers as function 1 of a device with one function */
	RIDS = 0x200,
};

struct bus_fn {
	bool is_there;
	uint8_t space[PCI_SPACE], first[PCI_SPACE];
	uint8_t rw[PCI_SPACE], clear[PCI_SPACE]; /* bits that can be written, that clear by 1 */
	uint8_t express, af, pm;
	unsigned int resets;
	uint8_t window;	   /* virtio: window on its registers, */
	uint32_t features; /* and the upper half of its features */
	uint32_t select;
	uint8_t status; /* of the driver; written 0: the device's own reset, */
	bool is_stuck;	/* which it may not get done */
	uint64_t deaf_until; /* after a reset: answers with ones */
};

/* The MSI-X table of RID_NVME, at NVME_AT + 0x2000, 65 entries. */
#define NVME_AT UINT64_C(0x8000004000)
extern uint32_t nvme_table[65][4];

extern struct bus_fn bus[RIDS];
extern uint64_t fake_now;
extern unsigned int deaf_us; /* how long functions are deaf after a reset */
extern char log_text[256];

/* Every function as its vendor made it, then as firmware may have left it. */
void bus_init(void);
void put(uint8_t *bytes, unsigned int size, uint32_t x);
uint32_t peek(unsigned int rid, unsigned int at, unsigned int size);

#endif
