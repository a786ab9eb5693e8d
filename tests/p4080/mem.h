/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data accesses of instructions: the fast path through the translation caches, inline.
 * All return false after raising an interrupt; core->pc is set by the slow path then.
 */
#ifndef P4080_MEM_H
#define P4080_MEM_H

#include "insn.h"
#include "mmu.h"

bool mem_load_slow(struct core *c, const struct insn *i, uint32_t ea, unsigned size, uint64_t *v);
bool mem_store_slow(struct core *c, const struct insn *i, uint32_t ea, unsigned size, uint64_t v);

/* External-PID forms, under EPLC and EPSC. */
bool mem_load_epid(struct core *c, const struct insn *i, uint32_t ea, unsigned size, uint64_t *v);
bool mem_store_epid(struct core *c, const struct insn *i, uint32_t ea, unsigned size, uint64_t v);
/* Address space and privilege of external-PID accesses now. */
struct mmu_space mem_space_epid(const struct core *c, bool store);

/* Translate one address for a cache or reservation instruction; c->pc is set. */
bool mem_translate(struct core *c, const struct insn *i, uint32_t ea, enum bus_kind kind,
		   struct mmu_result *r);
/* Physical accesses after translation; machine check raised on a bus error. */
bool mem_phys_read(struct core *c, uint64_t pa, unsigned size, uint64_t *v);
bool mem_phys_write(struct core *c, uint64_t pa, unsigned size, uint64_t v);

static inline const uint8_t *mem_fast_load(const struct core *c, uint32_t ea, unsigned size)
{
	const struct soft_slot *s = &c->rd[(ea >> 12) % SOFT_SLOTS];

	if (__builtin_expect(s->tag != (c->ctx_load | (ea >> 12)) || (ea & 0xfff) > 4096 - size,
			     0))
		return NULL;
	return s->host + (ea & 0xfff);
}

static inline uint8_t *mem_fast_store(const struct core *c, uint32_t ea, unsigned size)
{
	const struct soft_slot *s = &c->wr[(ea >> 12) % SOFT_SLOTS];

	if (__builtin_expect(s->tag != (c->ctx_store | (ea >> 12)) || (ea & 0xfff) > 4096 - size,
			     0))
		return NULL;
	return s->host + (ea & 0xfff);
}

static inline bool mem_ld8(struct core *c, const struct insn *i, uint32_t ea, uint32_t *v)
{
	const uint8_t *p = mem_fast_load(c, ea, 1);
	uint64_t w;

	if (p) {
		*v = *p;
		return true;
	}
	if (!mem_load_slow(c, i, ea, 1, &w))
		return false;
	*v = (uint32_t)w;
	return true;
}

static inline bool mem_ld16(struct core *c, const struct insn *i, uint32_t ea, uint32_t *v)
{
	const uint8_t *p = mem_fast_load(c, ea, 2);
	uint64_t w;

	if (p) {
		*v = be16_get(p);
		return true;
	}
	if (!mem_load_slow(c, i, ea, 2, &w))
		return false;
	*v = (uint32_t)w;
	return true;
}

static inline bool mem_ld32(struct core *c, const struct insn *i, uint32_t ea, uint32_t *v)
{
	const uint8_t *p = mem_fast_load(c, ea, 4);
	uint64_t w;

	if (p) {
		*v = be32_get(p);
		return true;
	}
	if (!mem_load_slow(c, i, ea, 4, &w))
		return false;
	*v = (uint32_t)w;
	return true;
}

static inline bool mem_ld64(struct core *c, const struct insn *i, uint32_t ea, uint64_t *v)
{
	const uint8_t *p = mem_fast_load(c, ea, 8);

	if (p) {
		*v = be64_get(p);
		return true;
	}
	return mem_load_slow(c, i, ea, 8, v);
}

static inline bool mem_st8(struct core *c, const struct insn *i, uint32_t ea, uint32_t v)
{
	uint8_t *p = mem_fast_store(c, ea, 1);

	if (p) {
		*p = (uint8_t)v;
		return true;
	}
	return mem_store_slow(c, i, ea, 1, v & 0xff);
}

static inline bool mem_st16(struct core *c, const struct insn *i, uint32_t ea, uint32_t v)
{
	uint8_t *p = mem_fast_store(c, ea, 2);

	if (p) {
		be16_put(p, (uint16_t)v);
		return true;
	}
	return mem_store_slow(c, i, ea, 2, v & 0xffff);
}

static inline bool mem_st32(struct core *c, const struct insn *i, uint32_t ea, uint32_t v)
{
	uint8_t *p = mem_fast_store(c, ea, 4);

	if (p) {
		be32_put(p, v);
		return true;
	}
	return mem_store_slow(c, i, ea, 4, v);
}

static inline bool mem_st64(struct core *c, const struct insn *i, uint32_t ea, uint64_t v)
{
	uint8_t *p = mem_fast_store(c, ea, 8);

	if (p) {
		be64_put(p, v);
		return true;
	}
	return mem_store_slow(c, i, ea, 8, v);
}

#endif
