/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Physical accesses: RAM first, then the few device regions.
 */
#define _DEFAULT_SOURCE
#include "bus.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "insn.h"
#include "machine.h"
#include "pamu.h"
#include "reserve.h"

bool bus_init(struct bus *b, struct machine *m, uint64_t ram_size)
{
	struct ram *r = &b->ram;

	b->machine = m;
	r->size = ram_size & ~(uint64_t)(BUS_PAGE_SIZE - 1);
	/* Untouched guest memory costs nothing: anonymous pages are zero on demand. */
	r->mem = mmap(NULL, r->size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (r->mem == MAP_FAILED)
		return false;
	r->flags = calloc(r->size >> BUS_PAGE_SHIFT, sizeof(*r->flags));
	r->code = calloc(r->size >> BUS_PAGE_SHIFT, sizeof(*r->code));
	return r->flags && r->code;
}

void bus_free(struct bus *b)
{
	if (b->ram.mem && b->ram.mem != MAP_FAILED)
		munmap(b->ram.mem, b->ram.size);
	free(b->ram.flags);
	free(b->ram.code);
}

void bus_map(struct bus *b, uint64_t base, uint64_t size, const struct bus_region_ops *ops,
	     void *dev)
{
	if (b->region_count == BUS_REGION_MAX) {
		fprintf(stderr, "facet-p4080: too many bus regions\n");
		abort();
	}
	b->region[b->region_count++] = (struct bus_region){base, size, ops, dev};
}

static const struct bus_region *bus_find(const struct bus *b, uint64_t pa)
{
	for (unsigned i = 0; i < b->region_count; i++) {
		if (pa - b->region[i].base < b->region[i].size)
			return &b->region[i];
	}
	return NULL;
}

static bool bus_law_ok(struct bus *b, uint64_t pa, bool dram)
{
	if (!b->law_covers || fault_on(FAULT_LAW_UNCHECKED))
		return true;
	return b->law_covers(b->law, pa & ~(uint64_t)(BUS_PAGE_SIZE - 1), dram);
}

static bool bus_error(struct bus *b, const struct bus_req *req)
{
	log_print(2, "bus error: address %llx, source %u", (unsigned long long)req->pa,
		  req->source);
	if (b->on_error)
		b->on_error(b->ccf, req);
	return false;
}

/* What every store to RAM must do besides storing. */
static void bus_snoop(struct bus *b, uint64_t pa, unsigned size, unsigned source)
{
	uint8_t flags = b->ram.flags[pa >> BUS_PAGE_SHIFT];

	if (flags & BUS_PAGE_CODE)
		code_page_store(b, pa, size);
	if (flags & BUS_PAGE_WATCH)
		reserve_snoop(b->machine, pa, source);
	if (flags & BUS_PAGE_TABLE)
		pamu_table_store(b->machine, pa, size, source);
}

static uint64_t be_get(const uint8_t *p, unsigned size)
{
	switch (size) {
	case 1:
		return *p;
	case 2:
		return be16_get(p);
	case 4:
		return be32_get(p);
	default:
		return be64_get(p);
	}
}

static void be_put(uint8_t *p, unsigned size, uint64_t v)
{
	switch (size) {
	case 1:
		*p = (uint8_t)v;
		break;
	case 2:
		be16_put(p, (uint16_t)v);
		break;
	case 4:
		be32_put(p, (uint32_t)v);
		break;
	default:
		be64_put(p, v);
		break;
	}
}

bool bus_read(struct bus *b, const struct bus_req *req, uint64_t *val)
{
	const struct bus_region *r;

	if (req->pa < b->ram.size) {
		if (!bus_law_ok(b, req->pa, true))
			return bus_error(b, req);
		*val = be_get(b->ram.mem + req->pa, req->size);
		return true;
	}
	r = bus_find(b, req->pa);
	if (!r || !r->ops->read(r->dev, req->pa - r->base, req, val))
		return bus_error(b, req);
	return true;
}

bool bus_write(struct bus *b, const struct bus_req *req, uint64_t val)
{
	const struct bus_region *r;

	if (req->pa < b->ram.size) {
		if (!bus_law_ok(b, req->pa, true))
			return bus_error(b, req);
		be_put(b->ram.mem + req->pa, req->size, val);
		bus_snoop(b, req->pa, req->size, req->source);
		return true;
	}
	r = bus_find(b, req->pa);
	if (!r || !r->ops->write(r->dev, req->pa - r->base, req, val))
		return bus_error(b, req);
	return true;
}

/* One page of a bulk access; registers are reached word by word. */
static bool bus_dma_part(struct bus *b, uint64_t pa, uint8_t *buf, size_t len, unsigned liodn,
			 bool write)
{
	uint8_t *host = bus_page(b, pa, write ? BUS_STORE : BUS_LOAD);
	struct bus_req req = {pa, 4, BUS_SOURCE_DMA, (uint16_t)liodn, write ? BUS_STORE : BUS_LOAD};

	if (host && pa < b->ram.size) {
		uint8_t *p = host + (pa & (BUS_PAGE_SIZE - 1));

		if (!write) {
			memcpy(buf, p, len);
			return true;
		}
		memcpy(p, buf, len);
		bus_snoop(b, pa, (unsigned)len, BUS_SOURCE_DMA);
		return true;
	}
	while (len) {
		uint64_t val = 0;
		bool ok;

		req.size = (len >= 4 && !(req.pa & 3)) ? 4 : 1;
		if (write)
			val = be_get(buf, req.size);
		ok = write ? bus_write(b, &req, val) : bus_read(b, &req, &val);
		if (!ok)
			return false;
		if (!write)
			be_put(buf, req.size, val);
		buf += req.size;
		req.pa += req.size;
		len -= req.size;
	}
	return true;
}

static bool bus_dma(struct bus *b, uint64_t pa, uint8_t *buf, size_t len, unsigned liodn,
		    bool write)
{
	while (len) {
		size_t n = BUS_PAGE_SIZE - (pa & (BUS_PAGE_SIZE - 1));

		if (n > len)
			n = len;
		if (!bus_dma_part(b, pa, buf, n, liodn, write))
			return false;
		pa += n;
		buf += n;
		len -= n;
	}
	return true;
}

bool bus_dma_read(struct bus *b, uint64_t pa, void *dst, size_t len, unsigned liodn)
{
	return bus_dma(b, pa, dst, len, liodn, false);
}

bool bus_dma_write(struct bus *b, uint64_t pa, const void *src, size_t len, unsigned liodn)
{
	return bus_dma(b, pa, (uint8_t *)(uintptr_t)src, len, liodn, true);
}

/* Whatever the windows say: NULL where there is neither memory nor a device with pages. */
static uint8_t *bus_any_page(struct bus *b, uint64_t pa, enum bus_kind kind)
{
	const struct bus_region *r;
	uint64_t page = pa & ~(uint64_t)(BUS_PAGE_SIZE - 1);

	if (pa < b->ram.size)
		return b->ram.mem + page;
	r = bus_find(b, pa);
	if (!r || !r->ops->page)
		return NULL;
	return r->ops->page(r->dev, page - r->base, kind);
}

uint8_t *bus_page(struct bus *b, uint64_t pa, enum bus_kind kind)
{
	if (pa < b->ram.size && !bus_law_ok(b, pa, true))
		return NULL;
	return bus_any_page(b, pa, kind);
}

bool bus_poke(struct bus *b, uint64_t pa, const void *src, size_t len)
{
	const uint8_t *p = src;

	while (len) {
		size_t n = BUS_PAGE_SIZE - (pa & (BUS_PAGE_SIZE - 1));
		uint8_t *host = bus_any_page(b, pa, BUS_LOAD);

		n = n > len ? len : n;
		if (!host)
			return false;
		memcpy(host + (pa & (BUS_PAGE_SIZE - 1)), p, n);
		if (pa < b->ram.size)
			bus_snoop(b, pa, (unsigned)n, BUS_SOURCE_DMA);
		pa += n;
		p += n;
		len -= n;
	}
	return true;
}

bool bus_peek(struct bus *b, uint64_t pa, void *dst, size_t len)
{
	uint8_t *p = dst;

	while (len) {
		const uint8_t *host = bus_any_page(b, pa, BUS_LOAD);

		if (!host)
			return false;
		*p = host[pa & (BUS_PAGE_SIZE - 1)];
		p++;
		pa++;
		len--;
	}
	return true;
}

void bus_map_changed(struct bus *b)
{
	struct machine *m = b->machine;

	for (unsigned i = 0; i < m->cfg.cores; i++) {
		if (m->core[i])
			core_flush_soft(m->core[i]);
	}
}
