/* SPDX-License-Identifier: BSD-3-Clause */
/* Which guest translations the hardware holds, and under which shadow process id. */
/* pure apart from shadow_hw_*; own CPU */
#include "arch/shadow.h"

#include <string.h>

static unsigned int context(uint32_t pid, unsigned int spaces, unsigned int pr)
{
	return (pid & 0xff) * 8 + spaces * 2 + pr;
}

static unsigned int set_of(uint32_t ea)
{
	return (ea >> PAGE_SHIFT) % GTLB0_SETS;
}

static void drop_big(struct shadow *s, unsigned int i)
{
	if (s->big[i].mask != 0) {
		shadow_hw_big(s->big_first + i, 0, 0, 0, 0);
		s->big[i].mask = 0;
	}
}

void shadow_recycle(struct shadow *s)
{
	shadow_hw_flush_small();
	memset(s->small, 0, sizeof(s->small));
	for (unsigned int i = 0; i < s->big_count; i++) {
		drop_big(s, i);
	}
	memset(s->spid, 0, sizeof(s->spid));
	memset(s->has_small, 0, sizeof(s->has_small));
	s->used = 0;
	s->recycles++;
}

void shadow_init(struct shadow *s, unsigned int big_first, unsigned int big_count)
{
	/* What an earlier life of the vcpu left in the hardware must not match ids of the next. */
	shadow_recycle(s);
	memset(s, 0, sizeof(*s));
	s->big_first = (uint8_t)big_first;
	s->big_count = (uint8_t)(big_count < SHADOW_BIG_MAX ? big_count : SHADOW_BIG_MAX);
}

unsigned int shadow_pid(struct shadow *s, uint32_t pid, unsigned int spaces, unsigned int pr)
{
	unsigned int c = context(pid, spaces, pr);

	if (s->spid[c] == 0) {
		if (s->used == SHADOW_PIDS) {
			shadow_recycle(s);
		}
		s->spid[c] = (uint8_t)++s->used;
	}
	return s->spid[c];
}

unsigned int shadow_pid_known(const struct shadow *s, uint32_t pid, unsigned int spaces, unsigned int pr)
{
	return s->spid[context(pid, spaces, pr)];
}

/* TSIZE of a power-of-4 page: 4 KiB is 2, each step of 4 adds 2. */
static uint32_t tsize_of(uint64_t size)
{
	return (uint32_t)__builtin_ctzll(size) - 10;
}

static void install_small(struct shadow *s, uint32_t mas1, const struct shadow_map *map,
			  unsigned int spid, uint32_t mas3, uint32_t mas7)
{
	uint32_t *set = s->small[set_of(map->ea)];
	uint32_t tag = (map->ea & MAS2_EPN) | spid;
	unsigned int way = GTLB0_WAYS;

	/* The same page again (new permissions) must not become a second match. */
	for (unsigned int i = 0; i < GTLB0_WAYS; i++) {
		if (set[i] == tag) {
			way = i;
		}
	}
	for (unsigned int i = 0; i < GTLB0_WAYS && way == GTLB0_WAYS; i++) {
		if (set[i] == 0) {
			way = i;
		}
	}
	if (way == GTLB0_WAYS) {
		way = s->way;
		s->way = (uint8_t)((s->way + 1) % GTLB0_WAYS);
	}
	set[way] = tag;
	s->has_small[spid / 32] |= 1u << spid % 32;
	shadow_hw_small(way, mas1, (map->ea & MAS2_EPN) | map->wimge, mas3, mas7);
}

static void install_big(struct shadow *s, uint32_t mas1, const struct shadow_map *map,
			unsigned int spid, uint32_t mas3, uint32_t mas7)
{
	uint32_t mask = (uint32_t)~(map->size - 1);
	unsigned int slot = s->big_next;

	for (unsigned int i = 0; i < s->big_count; i++) {
		if (s->big[i].mask == mask && s->big[i].spid == spid && s->big[i].ea == (map->ea & mask)) {
			slot = i;
		}
	}
	if (slot == s->big_next) {
		s->big_next = (uint8_t)((s->big_next + 1) % s->big_count);
	}
	s->big[slot] = (struct shadow_big){ .ea = map->ea & mask, .mask = mask, .spid = (uint8_t)spid };
	shadow_hw_big(s->big_first + slot, mas1, (map->ea & mask) | map->wimge, mas3, mas7);
}

/* Small pages inside a big one that is being installed would be second matches. */
static void clear_under(struct shadow *s, unsigned int spid, uint32_t ea, uint64_t size)
{
	uint64_t pages = size >> PAGE_SHIFT;
	unsigned int sets = pages < GTLB0_SETS ? (unsigned int)pages : GTLB0_SETS;

	for (unsigned int n = 0; n < sets; n++) {
		uint32_t at = ea + (n << PAGE_SHIFT);
		uint32_t *set = s->small[set_of(at)];

		for (unsigned int way = 0; way < GTLB0_WAYS; way++) {
			if ((set[way] & 0xff) == spid && (uint32_t)((set[way] & MAS2_EPN) - ea) < size) {
				shadow_hw_small(way, 0, set[way] & MAS2_EPN, 0, 0);
				set[way] = 0;
			}
		}
	}
}

void shadow_install(struct shadow *s, unsigned int spid, const struct shadow_map *map)
{
	uint64_t size = s->big_count == 0 ? PAGE_SIZE : map->size;
	uint64_t rpn = map->hpa & ~(size - 1);
	uint32_t mas1 = MAS1_V | MAS1_TS | (uint32_t)field_put(MAS1_TID, spid) |
			(uint32_t)field_put(MAS1_TSIZE, tsize_of(size));
	uint32_t mas3 = (uint32_t)(rpn & MAS3_RPN) | map->perm;
	uint32_t mas7 = (uint32_t)(rpn >> 32);

	s->fills++;
	if (size == PAGE_SIZE) {
		install_small(s, mas1, map, spid, mas3, mas7);
		return;
	}
	if (shadow_has_small(s, spid)) {
		clear_under(s, spid, map->ea & (uint32_t)~(size - 1), size);
	}
	install_big(s, mas1, map, spid, mas3, mas7);
}

void shadow_flush_small(struct shadow *s, uint32_t ea)
{
	uint32_t *set = s->small[set_of(ea)];

	s->flushes++;
	for (unsigned int way = 0; way < GTLB0_WAYS; way++) {
		if (((set[way] ^ ea) & MAS2_EPN) == 0 && set[way] != 0) {
			shadow_hw_small(way, 0, ea & MAS2_EPN, 0, 0);
			set[way] = 0;
		}
	}
}

void shadow_flush_pid(struct shadow *s, uint32_t pid)
{
	/* Ids are not reused before everything has been flushed: forgetting the id is enough. */
	s->flushes++;
	memset(&s->spid[context(pid, 0, 0)], 0, 8);
}

void shadow_flush_all(struct shadow *s)
{
	s->flushes++;
	memset(s->spid, 0, sizeof(s->spid));
}

uint64_t shadow_fit(uint32_t ea, uint64_t hpa, uint64_t room_below, uint64_t room_above,
		    uint64_t limit)
{
	uint64_t best = PAGE_SIZE;

	for (uint64_t size = 4 * (uint64_t)PAGE_SIZE; size <= limit && size <= GIB(1); size *= 4) {
		uint64_t off = ea & (size - 1);

		if (off != (hpa & (size - 1)) || off > room_below || size - off > room_above) {
			break;
		}
		best = size;
	}
	return best;
}
