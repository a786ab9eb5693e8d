/* SPDX-License-Identifier: BSD-3-Clause */
/* A bounded iterator over the nodes and properties of a flattened device tree. */
/* pure; format: Devicetree Specification v0.4, chapter 5 */
#include "dtscan.h"

#include "hv/addr.h"

#include <string.h>

enum {
	FDT_MAGIC_WORD = (int)0xd00dfeed,
	TOKEN_NODE = 1,
	TOKEN_NODE_END = 2,
	TOKEN_PROP = 3,
	TOKEN_NOP = 4,
};

/* p is aligned to 4: the blob is (dtscan_open), and so is every cell in it. */
static uint32_t be32(const void *p)
{
	return __builtin_bswap32(*(const uint32_t *)p);
}

uint32_t dtscan_open(struct dtscan *s, const void *blob, uint32_t max)
{
	const uint8_t *b = blob;
	uint32_t total;
	uint32_t struct_size;
	uint32_t strings_size;
	struct range all;

	*s = (struct dtscan){ .blob = NULL };
	if ((uintptr_t)blob % 8 != 0) {
		return 0;
	}
	total = be32(b + 4);
	all = (struct range){ 0, total };
	struct_size = be32(b + 36);
	strings_size = be32(b + 32);
	*s = (struct dtscan){ .blob = b, .struct_at = be32(b + 8), .strings_at = be32(b + 12) };
	if (be32(b) != (uint32_t)FDT_MAGIC_WORD || total < 40 || total > max ||
	    !range_covers(all, s->struct_at, struct_size) || s->struct_at % 4 != 0 ||
	    !range_covers(all, s->strings_at, strings_size)) {
		return 0;
	}
	s->struct_end = s->struct_at + struct_size;
	s->strings_end = s->strings_at + strings_size;
	return total;
}

static enum dtscan_kind node_begin(struct dtscan *s)
{
	const char *name = (const char *)s->blob + s->struct_at;
	uint32_t room = s->struct_end - s->struct_at;
	uint32_t n = 0;

	while (n < room && name[n] != 0) {
		n++;
	}
	if (n == room) {
		return DTSCAN_END;
	}
	s->struct_at += (uint32_t)align_up(n + 1, 4);
	s->depth += s->is_started ? 1 : 0;
	s->is_started = true;
	if (s->depth <= DTSCAN_DEPTH) {
		s->path[s->depth] = name;
	}
	return DTSCAN_NODE;
}

static enum dtscan_kind prop_begin(struct dtscan *s)
{
	uint32_t room = s->struct_end - s->struct_at;
	uint32_t name_at;

	if (room < 8 || !s->is_started) {
		return DTSCAN_END;
	}
	s->len = be32(s->blob + s->struct_at);
	name_at = be32(s->blob + s->struct_at + 4);
	if (s->len > room - 8 || name_at >= s->strings_end - s->strings_at) {
		return DTSCAN_END;
	}
	s->data = s->blob + s->struct_at + 8;
	s->struct_at += 8 + (uint32_t)align_up(s->len, 4);
	s->prop = (const char *)s->blob + s->strings_at + name_at;
	s->prop_room = s->strings_end - s->strings_at - name_at;
	return DTSCAN_PROP;
}

enum dtscan_kind dtscan_next(struct dtscan *s)
{
	while (s->struct_at <= s->struct_end && s->struct_end - s->struct_at >= 4) {
		uint32_t token = be32(s->blob + s->struct_at);

		s->struct_at += 4;
		if (token == TOKEN_NODE) {
			return node_begin(s);
		}
		if (token == TOKEN_PROP) {
			return prop_begin(s);
		}
		if (token == TOKEN_NODE_END && s->depth > 0) {
			s->depth--;
		} else if (token != TOKEN_NOP) {
			return DTSCAN_END;
		}
	}
	return DTSCAN_END;
}

uint64_t dtscan_cells(const struct dtscan *s, unsigned int i, unsigned int cells)
{
	uint64_t x = 0;

	for (; cells != 0; cells--, i++) {
		x = x << 32 | (4 * (uint64_t)i + 4 <= s->len ? be32(s->data + 4 * i) : 0);
	}
	return x;
}

bool dtscan_prop_named(const struct dtscan *s, const char *prop, size_t n)
{
	return n < s->prop_room && memcmp(s->prop, prop, n) == 0 && s->prop[n] == 0;
}

bool dtscan_prop_is(const struct dtscan *s, const char *prop)
{
	return dtscan_prop_named(s, prop, strlen(prop));
}

bool dtscan_name_is(const char *name, const char *base)
{
	while (*base != 0 && *name == *base) {
		name++;
		base++;
	}
	return *base == 0 && (*name == 0 || *name == '@');
}
