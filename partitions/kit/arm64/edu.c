/* SPDX-License-Identifier: BSD-3-Clause */
/* Driver of QEMU's `edu` (docs/specs/edu.txt of QEMU tells the registers). */
/* boot CPU; the interrupt handler only counts */
#include "facet/edu.h"

#include "kit/arm64/arm64.h"

enum {
	EDU_ID = 0x00,
	EDU_INVERT = 0x04,
	EDU_IRQ_STATUS = 0x24,
	EDU_IRQ_ACK = 0x64,
	EDU_DMA_FROM = 0x80,
	EDU_DMA_TO = 0x88,
	EDU_DMA_COUNT = 0x90,
	EDU_DMA_COMMAND = 0x98,
	EDU_RUN = 1,
	EDU_TO_RAM = 2,
	EDU_IRQ = 4,
	EDU_BUFFER = 0x40000,
};

static void edu_fired(uint32_t irq, void *arg)
{
	struct edu *e = arg;
	uint32_t status = mmio_read32(e->regs + EDU_IRQ_STATUS);

	(void)irq;
	/* A line may be shared with another one: then there is nothing to acknowledge here. */
	if (status) {
		mmio_write32(e->regs + EDU_IRQ_ACK, status);
		e->raised++;
	}
}

bool edu_open(struct edu *e, unsigned int n, bool msi)
{
	*e = (struct edu){.irq = 0};
	if (!pci_find(PCI_ID(0x1234, 0x11e8), n, &e->fn)) {
		return false;
	}
	e->regs = pci_bar(&e->fn, 0);
	if (!e->regs) {
		return false;
	}
	/*
	 * The device cannot be reset: a transfer of this partition's last life ends first, without being a
	 * bus master, and what it left raised is taken down.
	 */
	pci_write(&e->fn, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	POLL_WAIT(!edu_busy(e), 10000);
	pci_enable(&e->fn, true);
	mmio_write32(e->regs + EDU_IRQ_ACK, mmio_read32(e->regs + EDU_IRQ_STATUS));
	e->irq = msi ? pci_msi(&e->fn) : 0;
	if (!e->irq) {
		e->irq = pci_intx(&e->fn);
	}
	if (e->irq) {
		irq_on(e->irq, edu_fired, e);
	}
	return true;
}

bool edu_alive(const struct edu *e)
{
	mmio_write32(e->regs + EDU_INVERT, 0x12345678);
	return mmio_read32(e->regs + EDU_ID) == 0x010000ed &&
	       mmio_read32(e->regs + EDU_INVERT) == ~0x12345678u;
}

bool edu_busy(const struct edu *e)
{
	return mmio_read32(e->regs + EDU_DMA_COMMAND) & EDU_RUN;
}

static void edu_start(struct edu *e, uint64_t from, uint64_t to, uint32_t n, uint32_t command)
{
	e->taken = e->raised;
	dsb();
	mmio_write64(e->regs + EDU_DMA_FROM, from);
	mmio_write64(e->regs + EDU_DMA_TO, to);
	mmio_write64(e->regs + EDU_DMA_COUNT, n);
	mmio_write64(e->regs + EDU_DMA_COMMAND, command | EDU_RUN | (e->irq ? EDU_IRQ : 0));
}

void edu_fetch(struct edu *e, uint64_t from, uint32_t offset, uint32_t n)
{
	edu_start(e, from, EDU_BUFFER + offset, n, 0);
}

void edu_store(struct edu *e, uint32_t offset, uint64_t to, uint32_t n)
{
	edu_start(e, EDU_BUFFER + offset, to, n, EDU_TO_RAM);
}

static volatile bool late;

static void edu_late(void)
{
	late = true;
}

bool edu_wait(struct edu *e, unsigned int ms)
{
	late = false;
	timer_set(time_now() + ms * time_hz() / 1000, edu_late);
	IRQ_WAIT(late || (e->irq && e->raised != e->taken));
	timer_set(UINT64_MAX, NULL);
	dsb();
	return e->irq ? e->raised != e->taken : !edu_busy(e);
}
