/* SPDX-License-Identifier: BSD-3-Clause */
/* ELF images: every header is read as the file's own class and byte order say, and checked first.
 */
/* boot vcpu's CPU, partition starting */
#include <string.h>

#include "hv/load_fmt.h"

#define ELF_SEGMENTS 64u
#define ELF_PT_LOAD 1u
#define ELF_EXEC 2u
#define ELF_DYN 3u
#define ELF_PPC 20u
#define ELF_AARCH64 183u

struct elf {
	bool is64;
	bool is_le;
	uint64_t entry, phoff;
	uint32_t phentsize, phnum;
	uint64_t lowest; /* physical address of the first byte loaded */
	unsigned int loads;
	unsigned int entries; /* segments that hold the entry point */
};

struct elf_segment {
	uint32_t type;
	uint64_t off, vaddr, paddr, filesz, memsz;
};

static uint64_t elf_get(const struct elf *e, const uint8_t *p, unsigned int size)
{
	uint64_t x = 0;

	for (unsigned int i = 0; i < size; i++) {
		x = x << 8 | p[e->is_le ? size - 1 - i : i];
	}
	return x;
}

/* A field at off32 or off64; addresses are as wide as the class. */
static uint64_t elf_word(const struct elf *e, const uint8_t *p, unsigned int off32,
			 unsigned int off64)
{
	return e->is64 ? elf_get(e, p + off64, 8) : elf_get(e, p + off32, 4);
}

/* ERR_NONE: not ELF at all. */
static enum err elf_header(struct load *l, struct elf *e)
{
	uint8_t h[64] = {0};
	uint64_t n = l->image->size < sizeof(h) ? l->image->size : sizeof(h);
	unsigned int machine, type, want64;

	if (n < 52 || load_read(l, 0, h, n) != OK || memcmp(h, "\177ELF", 4) != 0) {
		return ERR_NONE;
	}
	e->is64 = h[4] == 2;
	e->is_le = h[5] == 1;
	type = (unsigned int)elf_get(e, h + 16, 2);
	machine = (unsigned int)elf_get(e, h + 18, 2);
	want64 = ARCH_PLAN == PLAN_ARM64;
	if (machine != (ARCH_PLAN == PLAN_ARM64 ? ELF_AARCH64 : ELF_PPC) || e->is64 != want64 ||
	    (type != ELF_EXEC && type != ELF_DYN)) {
		return load_bad(l, "ELF file of another kind (class %u, machine %u, type %u)", h[4],
				machine, type);
	}
	if (e->is64 && n < sizeof(h)) {
		return load_bad(l, "ELF header is cut short");
	}
	e->entry = elf_word(e, h, 24, 24);
	e->phoff = elf_word(e, h, 28, 32);
	e->phentsize = (uint32_t)elf_get(e, h + (e->is64 ? 54 : 42), 2);
	e->phnum = (uint32_t)elf_get(e, h + (e->is64 ? 56 : 44), 2);
	if (e->phentsize < (e->is64 ? 56u : 32u) || e->phnum == 0 || e->phnum > ELF_SEGMENTS) {
		return load_bad(l, "ELF file with %u program headers of %u bytes",
				(unsigned int)e->phnum, (unsigned int)e->phentsize);
	}
	return OK;
}

static enum err elf_segment(struct load *l, const struct elf *e, unsigned int i,
			    struct elf_segment *s)
{
	uint64_t off = e->phoff + (uint64_t)i * e->phentsize;
	uint8_t h[56];

	if (off < e->phoff || load_read(l, off, h, e->is64 ? 56 : 32) != OK) {
		return load_bad(l, "ELF program header %u is cut off", i);
	}
	s->type = (uint32_t)elf_get(e, h, 4);
	s->off = elf_word(e, h, 4, 8);
	s->vaddr = elf_word(e, h, 8, 16);
	s->paddr = elf_word(e, h, 12, 24);
	s->filesz = elf_word(e, h, 16, 32);
	s->memsz = elf_word(e, h, 20, 40);
	return OK;
}

static enum err elf_check_segment(struct load *l, struct elf *e, unsigned int i,
				  const struct elf_segment *s)
{
	struct range file = {0, l->image->size};
	struct range place = {s->paddr, s->memsz};

	if (s->filesz > s->memsz || !range_valid(place) ||
	    (s->filesz > 0 && !range_covers(file, s->off, s->filesz))) {
		return load_bad(l, "ELF segment %u is cut off or makes no sense", i);
	}
	if (e->entry - s->vaddr < s->memsz) {
		e->entries++;
		l->entry = s->paddr + (e->entry - s->vaddr);
	}
	if (e->loads++ == 0 || s->paddr < e->lowest) {
		e->lowest = s->paddr;
	}
	return OK;
}

/* One pass over the loadable segments. */
static enum err elf_each(struct load *l, struct elf *e,
			 enum err (*fn)(struct load *l, struct elf *e, unsigned int i,
					const struct elf_segment *s))
{
	for (unsigned int i = 0; i < e->phnum; i++) {
		struct elf_segment s;

		if (elf_segment(l, e, i, &s) != OK) {
			return ERR_FORMAT;
		}
		if (s.type == ELF_PT_LOAD && s.memsz > 0 && fn(l, e, i, &s) != OK) {
			return ERR_FORMAT;
		}
	}
	return OK;
}

static enum err elf_check_room(struct load *l, struct elf *e, unsigned int i,
			       const struct elf_segment *s)
{
	uint64_t end = s->paddr - e->lowest + s->memsz;

	(void)i;
	if (end > l->len) {
		l->len = end;
	}
	return load_room(l, l->at + (s->paddr - e->lowest), s->memsz);
}

static enum err elf_load_segment(struct load *l, struct elf *e, unsigned int i,
				 const struct elf_segment *s)
{
	uint64_t at = l->at + (s->paddr - e->lowest);

	if (load_copy(l, s->off, at, s->filesz) != OK) {
		return ERR_FORMAT;
	}
	if (gmem_zero(l->part, gpa(at + s->filesz), s->memsz - s->filesz) != OK) {
		return load_bad(l, "clearing ELF segment %u failed", i);
	}
	return OK;
}

enum err load_elf(struct load *l)
{
	struct elf e = {0};
	enum err err = elf_header(l, &e);

	if (err != OK) {
		return err;
	}
	if (elf_each(l, &e, elf_check_segment) != OK) {
		return ERR_FORMAT;
	}
	if (e.loads == 0) {
		return load_bad(l, "ELF file without anything to load");
	}
	if (e.entries != 1 && l->image->role == PLAN_IMAGE_GUEST) {
		return load_bad(l, "ELF entry point lies in %u segments", e.entries);
	}
	if (l->at == IMAGE_AUTO) {
		l->at = e.lowest;
	}
	l->entry = l->at + (l->entry - e.lowest);
	l->has_entry = e.entries == 1;
	if (elf_each(l, &e, elf_check_room) != OK) {
		return ERR_FORMAT;
	}
	return elf_each(l, &e, elf_load_segment);
}
