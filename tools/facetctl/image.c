/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads a file and copies it, raw or by ELF program headers, to another partition. */
/* 32-bit big-endian ELF of PowerPC; p_paddr is guest-physical there */
#include "image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hv.h"

struct file {
	const unsigned char *at;
	size_t size;
};

static bool file_open(const char *path, struct file *f)
{
	struct stat st;
	void *at = MAP_FAILED;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && fstat(fd, &st) == 0) {
		f->size = (size_t)st.st_size;
		at = mmap(NULL, f->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	}
	if (at == MAP_FAILED) {
		fprintf(stderr, "facetctl: %s: %s\n", path, strerror(errno));
	}
	if (fd >= 0) {
		close(fd);
	}
	f->at = at;
	return at != MAP_FAILED;
}

static bool is_inside(const struct file *f, uint64_t offset, uint64_t size)
{
	return offset <= f->size && size <= f->size - offset;
}

static bool zeros(uint32_t part, uint64_t to, uint64_t size)
{
	static unsigned char nothing[65536];
	bool is_good = true;

	while (size > 0 && is_good) {
		size_t n = size < sizeof(nothing) ? (size_t)size : sizeof(nothing);

		is_good = hv_copy(part, to, nothing, n);
		to += n;
		size -= n;
	}
	return is_good;
}

static bool segment_load(uint32_t part, const struct file *f, const Elf32_Phdr *p, uint64_t to)
{
	if (!is_inside(f, p->p_offset, p->p_filesz) || p->p_filesz > p->p_memsz) {
		fprintf(stderr, "facetctl: the ELF file is cut off\n");
		return false;
	}
	to += p->p_paddr;
	return (p->p_filesz == 0 || hv_copy(part, to, f->at + p->p_offset, p->p_filesz)) &&
	       zeros(part, to + p->p_filesz, p->p_memsz - p->p_filesz);
}

static bool elf_load(uint32_t part, const struct file *f, uint64_t to, uint64_t *entry)
{
	Elf32_Ehdr head;
	Elf32_Phdr p;
	unsigned int i;

	memcpy(&head, f->at, sizeof(head));
	if (head.e_ident[EI_CLASS] != ELFCLASS32 || head.e_ident[EI_DATA] != ELFDATA2MSB ||
	    head.e_machine != EM_PPC || head.e_phentsize != sizeof(p) ||
	    !is_inside(f, head.e_phoff, (uint64_t)head.e_phnum * sizeof(p))) {
		fprintf(stderr, "facetctl: not an ELF file for 32-bit PowerPC\n");
		return false;
	}
	for (i = 0; i < head.e_phnum; i++) {
		memcpy(&p, f->at + head.e_phoff + i * sizeof(p), sizeof(p));
		if (p.p_type == PT_LOAD && p.p_memsz && !segment_load(part, f, &p, to)) {
			return false;
		}
	}
	*entry = to + head.e_entry;
	return true;
}

bool image_load(uint32_t part, const char *path, uint64_t to, uint64_t *entry)
{
	struct file f;

	if (!file_open(path, &f)) {
		return false;
	}
	if (f.size >= sizeof(Elf32_Ehdr) && memcmp(f.at, ELFMAG, SELFMAG) == 0) {
		return elf_load(part, &f, to, entry);
	}
	*entry = to;
	return hv_copy(part, to, f.at, f.size);
}
