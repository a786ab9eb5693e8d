/* SPDX-License-Identifier: BSD-3-Clause */
/* QEMU's teaching device as a DMA engine: 4 KiB of its own memory, one transfer at a time. */
/*
 * boot CPU; arm64. A transfer takes 100 ms of the machine's time whatever its size: start several
 * devices, then wait for each. -device edu needs dma_mask=0xffffffffffff to reach all memory.
 */
#ifndef FACET_EDU_H
#define FACET_EDU_H

#include "facet/pci.h"

#define EDU_MEMORY 4095 /* bytes a transfer can have: QEMU ends when the last byte is touched */

struct edu {
	struct pci_fn fn;
	uint64_t regs;
	uint32_t irq; /* 0: neither a line nor a message; edu_wait() waits for a timer */
	volatile uint32_t raised, taken;
};

/* The n-th one, ready to transfer; with its message when it may and msi says so, else its line. */
bool edu_open(struct edu *e, unsigned int n, bool msi);
/* Start: n bytes from memory into the device at offset, or from there to memory. n <= EDU_MEMORY. */
void edu_fetch(struct edu *e, uint64_t from, uint32_t offset, uint32_t n);
void edu_store(struct edu *e, uint32_t offset, uint64_t to, uint32_t n);
/* Sleep until the transfer started last has ended. False: it has not within ms. */
bool edu_wait(struct edu *e, unsigned int ms);
/* A transfer is under way. */
bool edu_busy(const struct edu *e);
/* Works at all: identification and the register that inverts. */
bool edu_alive(const struct edu *e);

#endif
