/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ELF loading and the state of core 0 at entry.
 */
#include "load.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

uint8_t *load_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *buf = NULL;
	long len;

	if (f && !fseek(f, 0, SEEK_END) && (len = ftell(f)) >= 0 && !fseek(f, 0, SEEK_SET)) {
		buf = malloc((size_t)len + 1);
		if (buf && fread(buf, 1, (size_t)len, f) != (size_t)len) {
			free(buf);
			buf = NULL;
		}
		*size = (size_t)len;
	}
	if (f)
		fclose(f);
	if (!buf)
		fprintf(stderr, "facet-p4080: cannot read %s\n", path);
	return buf;
}

bool load_elf(struct machine *m, const uint8_t *img, size_t size, struct load_result *r)
{
	const Elf32_Ehdr *eh = (const Elf32_Ehdr *)img;
	uint32_t phoff, phnum;

	if (size < sizeof(*eh) || memcmp(eh->e_ident, ELFMAG, SELFMAG) ||
	    eh->e_ident[EI_CLASS] != ELFCLASS32 || eh->e_ident[EI_DATA] != ELFDATA2MSB) {
		fprintf(stderr, "facet-p4080: not a 32-bit big-endian ELF image\n");
		return false;
	}
	phoff = be32_get((const uint8_t *)&eh->e_phoff);
	phnum = be16_get((const uint8_t *)&eh->e_phnum);
	r->entry = be32_get((const uint8_t *)&eh->e_entry);
	r->end = 0;
	for (uint32_t n = 0; n < phnum; n++) {
		uint64_t at = phoff + (uint64_t)n * sizeof(Elf32_Phdr);
		const uint8_t *ph = img + at;
		uint64_t off, pa, va, filesz, memsz;

		if (at + sizeof(Elf32_Phdr) > size)
			return false;
		if (be32_get(ph + offsetof(Elf32_Phdr, p_type)) != PT_LOAD)
			continue;
		off = be32_get(ph + offsetof(Elf32_Phdr, p_offset));
		pa = be32_get(ph + offsetof(Elf32_Phdr, p_paddr));
		va = be32_get(ph + offsetof(Elf32_Phdr, p_vaddr));
		filesz = be32_get(ph + offsetof(Elf32_Phdr, p_filesz));
		memsz = be32_get(ph + offsetof(Elf32_Phdr, p_memsz));
		if (off + filesz > size || pa + memsz > m->bus.ram.size ||
		    !bus_poke(&m->bus, pa, img + off, filesz)) {
			fprintf(stderr, "facet-p4080: segment %u does not fit\n", n);
			return false;
		}
		/* The entry is a virtual address in a kernel linked high. */
		if (r->entry - va < memsz && va != pa)
			r->entry = r->entry - va + pa;
		if (pa + memsz > r->end)
			r->end = pa + memsz;
	}
	return true;
}

void load_start(struct core *c, uint64_t entry, uint32_t r3)
{
	core_firmware_map(c, 0, 0, 0, UINT64_C(64) << 20);
	c->gpr[1] = 0;
	c->gpr[3] = r3;
	c->gpr[6] = 0x65504150;
	c->gpr[7] = 64u << 20;
	core_start(c, (uint32_t)entry);
}
