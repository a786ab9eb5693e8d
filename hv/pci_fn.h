/* SPDX-License-Identifier: BSD-3-Clause */
/* A PCI function found at boot: what it is, what it can do, and whose it is. */
/* written on the boot CPU, read-only afterwards */
#ifndef HV_PCI_FN_H
#define HV_PCI_FN_H

#include "drivers/pci_ecam.h"
#include "drivers/pci_regs.h"

/* A base address register as hardware answers to the sizing protocol; size 0: not there. */
struct pci_bar {
	uint64_t size;
	bool is_io;
	bool is_64; /* takes the register behind it as well */
	bool is_prefetch;
	bool is_upper; /* is that register */
};

struct pci_fn {
	const struct pci_ecam *host;
	const struct plan_pci_fn *plan; /* NULL: given to nobody */
	uint16_t host_index;		/* in plan.pci_hosts */
	uint16_t rid;
	uint16_t vendor, device;
	uint32_t class; /* base class, subclass, interface */
	uint8_t header; /* type, without the multi-function bit */
	uint8_t pin;	/* 1..4, 0 none */
	uint8_t cap_pm, cap_msi, cap_msix, cap_express, cap_af; /* offsets, 0: none */
	bool was_master;    /* firmware had left it able to write memory */
	uint8_t msix_bars;  /* bit set: BARs with the table and the pending bits */
	uint16_t msi, msix; /* messages it can send by either */
	uint16_t exp_control, exp_control2, exp_link; /* as firmware left them */
	uint32_t sizing[PCI_BARS];
	struct pci_bar bars[PCI_BARS];
	volatile void *msix_table; /* NULL: none in a BAR of the plan, or not to be had */
};

extern struct pci_fn *pci_fns; /* by host, then rid */
extern unsigned int pci_fn_count;

static inline uint32_t pci_fn_read(const struct pci_fn *f, unsigned int at, unsigned int size)
{
	return pci_ecam_read(f->host, f->rid, at, size);
}

static inline void pci_fn_write(const struct pci_fn *f, unsigned int at, unsigned int size,
				uint32_t x)
{
	pci_ecam_write(f->host, f->rid, at, size, x);
}

/* ---- pci_probe.c: boot CPU ---- */

/* Walks the functions of a host: bus_first, and the buses that bridges lead to. */
struct pci_scan {
	struct pci_ecam *host;
	uint32_t next, end; /* rid; behind the last bus that is to be looked at */
	uint32_t buses[8]; /* bit set: bus is to be looked at */
	bool is_short;	   /* some bus could not be mapped */
};
void pci_scan_init(struct pci_scan *s, struct pci_ecam *host);
must_check bool pci_scan_next(struct pci_scan *s, uint16_t *rid);
/* Switch off bus master, decoders, INTx. True: it had been bus master. */
bool pci_fn_quiet(const struct pci_ecam *host, uint16_t rid);
/* Fill in from the hardware; .host and .rid are set, the function is quiet. BARs are left 0. */
void pci_fn_probe(struct pci_fn *f);

/* ---- pci_check.c ---- */

/* Does hardware have what the plan gives away? False: text says what to write in the layout. */
must_check bool pci_fn_check(const struct pci_fn *f, const struct plan *plan, char *text,
			     size_t size);
/* The layout's properties that describe it as it is; returns the bytes of text. */
size_t pci_fn_bars_text(const struct pci_fn *f, bool is_io, char *text, size_t size);
uint16_t pci_fn_vectors(const struct pci_fn *f);

/* ---- pci_virtio.c: the function restored, not open ---- */

/* False: a virtio device that does not promise to keep to what an IOMMU lets it have. */
must_check bool pci_virtio_is_confined(const struct pci_fn *f);
/* Reset it as virtio is reset, if that is what it is. False: it does not answer. Bounded wait. */
must_check bool pci_virtio_reset(const struct pci_fn *f);

/* ---- pci_msix.c: the function restored, not open ---- */

/* Boot CPU: its table can be cleared from now on. ERR_FULL: out of boot memory. */
must_check enum err pci_msix_map(struct pci_fn *f, const struct plan *plan);
/* Every entry masked and zero, if it has a table. */
void pci_msix_forget(const struct pci_fn *f);

/* ---- pci_reset.c: config writes of one partition's functions; not in parallel on one function
 * ---- */

/* Bus master off. */
void pci_fn_cut(const struct pci_fn *f);
/* What it asked for has been answered, as far as it can tell: to be waited for before a reset. */
must_check bool pci_fn_is_idle(const struct pci_fn *f);
/* Starts a reset by the best means it has: ms to wait before pci_fn_reset_end(). */
must_check unsigned int pci_fn_reset_begin(const struct pci_fn *f);
/* ms to wait before config space may be used again. */
must_check unsigned int pci_fn_reset_end(const struct pci_fn *f);
/* Config space as at first boot: planned BARs, everything off. False: it does not answer. */
must_check bool pci_fn_restore(const struct pci_fn *f, const struct plan *plan);
/* Its guest is about to switch decoders on: a function that does not decode gets its addresses again. */
void pci_fn_settle(const struct pci_fn *f, const struct plan *plan);
/* Decoders on, INTx with a pin, unless the function asserts it from an earlier life. */
void pci_fn_open(const struct pci_fn *f, const struct plan *plan);

#endif
