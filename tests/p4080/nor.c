/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The flash is memory that ignores stores (spec 8.1). Reached only through a local-bus window.
 * Source: the P4080DS tree and U-Boot's board configuration.
 */
#define _DEFAULT_SOURCE
#include "nor.h"

#include <sys/mman.h>

#define NOR_BASE UINT64_C(0xfe8000000)
#define NOR_SIZE (UINT64_C(128) << 20)

static uint8_t *nor_mem;

static bool nor_reachable(struct machine *m, uint64_t off)
{
	return !m->bus.law_covers || fault_on(FAULT_LAW_UNCHECKED) ||
	       m->bus.law_covers(m->bus.law, NOR_BASE + off, false);
}

static bool nor_read(void *dev, uint64_t off, const struct bus_req *req, uint64_t *val)
{
	if (!nor_reachable(dev, off))
		return false;
	*val = 0;
	for (unsigned n = 0; n < req->size; n++)
		*val = *val << 8 | nor_mem[off + n];
	return true;
}

static bool nor_write(void *dev, uint64_t off, const struct bus_req *req, uint64_t val)
{
	(void)req;
	(void)val;
	return nor_reachable(dev, off);
}

static uint8_t *nor_page(void *dev, uint64_t off, enum bus_kind kind)
{
	return kind != BUS_STORE && nor_reachable(dev, off) ? nor_mem + off : NULL;
}

static const struct bus_region_ops nor_ops = {
	.name = "nor", .read = nor_read, .write = nor_write, .page = nor_page};

bool nor_init(struct machine *m)
{
	nor_mem = mmap(NULL, NOR_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (nor_mem == MAP_FAILED)
		return false;
	bus_map(&m->bus, NOR_BASE, NOR_SIZE, &nor_ops, m);
	return true;
}

bool nor_program(struct machine *m, uint32_t off, const uint8_t *data, size_t size)
{
	(void)m;
	if (off > NOR_SIZE || size > NOR_SIZE - off)
		return false;
	memcpy(nor_mem + off, data, size);
	return true;
}
