/* SPDX-License-Identifier: BSD-3-Clause */
/* The configuration space of a host bridge as one partition sees it: its own functions only. */
/* any vcpu of its partition; registers under .lock */
#include "hv/vpci.h"
#include "hv/part.h"
#include "hv/pool.h"

static struct vpci *vpcis; /* of plan.vpcis, the same index */

static struct vpci_slot *vpci_find(struct vpci *d, unsigned int rid)
{
	for (unsigned int i = 0; i < d->count; i++) {
		if (d->slots[i].fn->rid == rid) {
			return &d->slots[i];
		}
	}
	return NULL;
}

/* Is the byte with the interrupt disable bit, the second of the command register, in the access? */
static bool vpci_has_intx(unsigned int at, unsigned int size)
{
	return at == PCI_COMMAND + 1 || (at == PCI_COMMAND && size > 1);
}

static uint32_t vpci_load(const struct vpci_slot *s, unsigned int at, unsigned int size)
{
	uint32_t ask;
	uint32_t x = vpci_fn_read(&s->filter, at, size, &ask);

	if (s->is_masked && vpci_has_intx(at, size)) {
		ask &= ~(uint32_t)(PCI_COMMAND_INTX_OFF >> 8 * (at - PCI_COMMAND));
	}
	return ask != 0 ? x | (pci_fn_read(s->fn, at, size) & ask) : x;
}

/*
 * What the guest may not change is written back as it is, and bits that clear by writing 1 with 0.
 * With nothing to keep it is one write, as the guest made it: the data of a window may not be read.
 */
static void vpci_store(const struct vpci *d, struct vpci_slot *s, unsigned int at,
		       unsigned int size, uint32_t g_value)
{
	struct vpci_store store = vpci_fn_write(&s->filter, at, size, g_value);
	uint32_t mine = store.pass | store.clear;

	if (vpci_has_intx(at, size)) {
		s->is_masked = false;
	}
	if (at == PCI_COMMAND && !d->is_open) {
		g_value &= ~(uint32_t)PCI_COMMAND_MASTER;
	}
	if (mine == 0) {
		return;
	}
	if (at == PCI_COMMAND && (g_value & store.pass & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY))) {
		pci_fn_settle(s->fn, the_plan);
	}
	if (mine != UINT32_MAX >> (32 - 8 * size)) {
		g_value = (pci_fn_read(s->fn, at, size) & ~mine) | (g_value & mine);
	}
	pci_fn_write(s->fn, at, size, g_value);
}

/* As hardware: what is not there reads as ones and swallows writes; 8 bytes at once are an error.
 */
static bool vpci_access(struct vcpu *v, void *dev, uint64_t offset, struct mmio *acc)
{
	struct vpci *d = dev;
	unsigned int at = offset & (PCI_SPACE_FULL - 1);
	struct vpci_slot *s;

	(void)v;
	if (acc->size > 4 || !is_aligned(at, acc->size)) {
		return false;
	}
	s = vpci_find(d, (unsigned int)(offset / PCI_SPACE_FULL) + (d->plan->bus_first << 8));
	if (s == NULL) {
		acc->value = UINT32_MAX >> (32 - 8 * acc->size);
		return true;
	}
	lock_take(&d->lock);
	if (acc->is_write) {
		vpci_store(d, s, at, acc->size, (uint32_t)acc->value);
	} else {
		acc->value = vpci_load(s, at, acc->size);
	}
	lock_drop(&d->lock);
	return true;
}

/* Of this partition and host. */
static bool vpci_is_mine(const struct vpci *d, const struct pci_fn *f)
{
	return f->plan != NULL && f->plan->owner == d->plan->part && f->host_index == d->plan->host;
}

/* Function 0, and the guest has another one of its device. */
static bool vpci_is_multi(const struct vpci *d, const struct pci_fn *f)
{
	for (unsigned int i = 0; i < pci_fn_count && (f->rid & 7) == 0; i++) {
		if (vpci_is_mine(d, &pci_fns[i]) && pci_fns[i].rid >> 3 == f->rid >> 3 &&
		    &pci_fns[i] != f) {
			return true;
		}
	}
	return false;
}

static void vpci_slot_init(const struct vpci *d, struct vpci_slot *s, const struct pci_fn *f)
{
	struct vpci_grant grant = {
	    .vectors = f->plan->vectors, .pin = f->plan->pin, .is_multi = vpci_is_multi(d, f)};
	uint8_t hw[PCI_SPACE];

	for (unsigned int i = 0; i < f->plan->bar_count; i++) {
		unsigned int n = the_plan->bars[f->plan->bar_first + i].number;

		grant.bars[n] = pci_fn_read(f, PCI_BAR0 + 4 * n, 4);
		grant.sizing[n] = f->sizing[n];
		grant.has_io = grant.has_io || f->bars[n].is_io;
		if (f->bars[n].is_64) {
			grant.bars[n + 1] = pci_fn_read(f, PCI_BAR0 + 4 * n + 4, 4);
			grant.sizing[n + 1] = f->sizing[n + 1];
		}
	}
	for (unsigned int at = 0; at < PCI_SPACE; at += 4) {
		uint32_t x = pci_fn_read(f, at, 4);

		for (unsigned int i = 0; i < 4; i++, x >>= 8) {
			hw[at + i] = (uint8_t)x;
		}
	}
	s->fn = f;
	vpci_fn_init(&s->filter, hw, &grant);
}

static enum err vpci_create(struct part *p, struct vpci *d)
{
	struct vdev row = {
	    .at = {gpa_raw(d->plan->ecam), (d->plan->bus_last - d->plan->bus_first + 1u) * MIB(1)},
	    .access = vpci_access,
	    .dev = d,
	    .name = "pci",
	    .exit_class = EXIT_MMIO,
	};

	d->lock = (struct lock)LOCK_INIT(LOCK_PCI, "pci");
	d->count = 0;
	for (unsigned int i = 0; i < pci_fn_count; i++) {
		d->count += vpci_is_mine(d, &pci_fns[i]);
	}
	d->slots = pool_alloc(d->count * sizeof(*d->slots));
	if (d->slots == NULL) {
		return ERR_FULL;
	}
	for (unsigned int i = 0, n = 0; i < pci_fn_count; i++) {
		if (vpci_is_mine(d, &pci_fns[i])) {
			vpci_slot_init(d, &d->slots[n++], &pci_fns[i]);
		}
	}
	return vdev_add(&p->vdevs, &row);
}

enum err vpci_part_init(struct part *p)
{
	enum err e = OK;

	if (vpcis == NULL) {
		vpcis = pool_alloc(the_plan->vpci_count * sizeof(*vpcis));
	}
	if (vpcis == NULL) {
		return ERR_FULL;
	}
	for (unsigned int i = 0; e == OK && i < the_plan->vpci_count; i++) {
		if (the_plan->vpcis[i].part == p->index) {
			vpcis[i].plan = &the_plan->vpcis[i];
			e = vpci_create(p, &vpcis[i]);
		}
	}
	return e;
}

void vpci_part_open(const struct part *p, bool is_open)
{
	for (unsigned int i = 0; i < the_plan->vpci_count; i++) {
		struct vpci *d;

		if (the_plan->vpcis[i].part != p->index) {
			continue;
		}
		d = &vpcis[i];
		lock_take(&d->lock);
		d->is_open = is_open;
		for (unsigned int n = 0; n < d->count; n++) {
			struct vpci_slot *s = &d->slots[n];

			vpci_fn_reset(&s->filter);
			s->is_masked = is_open && s->fn->plan->pin != 0 &&
				       (pci_fn_read(s->fn, PCI_STATUS, 2) & PCI_STATUS_INTX);
		}
		lock_drop(&d->lock);
	}
}
