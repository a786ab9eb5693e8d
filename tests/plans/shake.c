/* SPDX-License-Identifier: BSD-3-Clause */
/* Plans of layouts and boards with random damage, each looked over by the audit. */
/* host; usage: shake BOARD.dtb LAYOUT.dtb arm64|ppc SEED RUNS [PLANT]; status 1: the audit objects */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/plans/audit.h"

#define ARENA_SIZE ((size_t)8 << 20)
#define BLOB_MAX ((size_t)1 << 20)
#define HEADER 56u /* of a flat tree: what is spoilt there is only ever refused */

struct blob {
	unsigned char *data;
	size_t size;
	uint32_t *values;  /* where each property's value starts */
	uint32_t *lengths;
	unsigned value_count;
};

static uint64_t state;

static uint32_t any(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

static void *room(size_t size)
{
	void *p = calloc(1, size);

	if (!p) {
		fputs("shake: out of memory\n", stderr);
		exit(2);
	}
	return p;
}

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Note where the values are. The blob is sound: dtc has just made it. */
static void values_find(struct blob *b)
{
	uint32_t at = be32(b->data + 8), token;

	b->values = room(b->size * sizeof(*b->values) / 4);
	b->lengths = room(b->size * sizeof(*b->lengths) / 4);
	while ((token = be32(b->data + at)) != 9) {
		at += 4;
		if (token == 1) {
			at = (at + (uint32_t)strlen((char *)b->data + at) + 4) & ~3u;
		} else if (token == 3) {
			uint32_t len = be32(b->data + at);

			if (len) {
				b->values[b->value_count] = at + 8;
				b->lengths[b->value_count++] = len;
			}
			at = (at + 8 + len + 3) & ~3u;
		}
	}
}

static struct blob blob_read(const char *path)
{
	struct blob b = {.data = room(BLOB_MAX)};
	FILE *f = fopen(path, "rb");

	if (!f) {
		perror(path);
		exit(2);
	}
	b.size = fread(b.data, 1, BLOB_MAX, f);
	fclose(f);
	if (b.size <= HEADER) {
		fprintf(stderr, "%s: not a tree\n", path);
		exit(2);
	}
	values_find(&b);
	return b;
}

/* A place to spoil: mostly in some value, now and then anywhere behind the header. */
static size_t place(const struct blob *b)
{
	unsigned i = any(b->value_count);

	if (any(16) == 0) {
		return HEADER + any((uint32_t)(b->size - HEADER));
	}
	return b->values[i] + any(b->lengths[i]);
}

/* Spoil one place: a bit, a byte, a cell that becomes a telling number, or a copy of another cell. */
static void spoil(unsigned char *data, const struct blob *b)
{
	static const uint32_t telling[] = {0,          1,          0x1000,     0x10000000, 0x40000000,
					   0x50000000, 0x7fffffff, 0x80000000, 0xffffffff};
	size_t at = place(b), cell = at & ~(size_t)3, from = place(b) & ~(size_t)3;
	uint32_t n = telling[any(ARRAY_SIZE(telling))];

	if (cell + 4 > b->size || from + 4 > b->size) {
		return;
	}
	switch (any(4)) {
	case 0:
		data[at] ^= (unsigned char)(1u << any(8));
		break;
	case 1:
		data[at] = (unsigned char)any(256);
		break;
	case 2:
		for (unsigned i = 0; i < 4; i++) {
			data[cell + i] = (unsigned char)(n >> (24 - 8 * i));
		}
		break;
	default:
		memmove(data + cell, data + from, 4);
	}
}

/* The same for what is planned of PCI functions: two of the first partition, one of the second. */
static bool plant_pci(struct plan *p, unsigned what)
{
	struct plan_pci_fn *a = p->pci_fns, *b = &p->pci_fns[p->pci_fn_count - 1];
	struct plan_part *first = &p->parts[0];

	if (p->pci_fn_count < 3 || a[0].owner != 0 || a[1].owner != 0 || b->owner != 1) {
		return false;
	}
	switch (what) {
	case 10:
		b->rid = a->rid;
		b->host = a->host;
		return true;
	case 11:
		p->bars[b->bar_first] = p->bars[a->bar_first];
		return true;
	case 12:
		p->bars[a->bar_first].bus += PAGE_SIZE;
		return true;
	case 13:
		p->streams[b->stream].id = p->streams[a->stream].id;
		return true;
	case 14:
		p->streams[a->stream].owner = 1;
		return true;
	case 15:
		a->stream = NONE;
		return true;
	case 16:
		a[1].lpi_first = a[0].lpi_first + 1;
		return true;
	case 17:
		a[1].msi_device = a[0].msi_device;
		return true;
	case 18:
		first->msi.first = first->virqs[0].g_irq;
		return true;
	case 19:
		first->msi.frame = first->mems[0].gpa;
		return true;
	case 20:
		p->irqs[b->irq].owner = 0;
		return true;
	case 21:
		first->mems[0].hpa = hpa(hpa_raw(p->pci_hosts[0].windows[PLAN_PCI_MEM64].hpa) + GIB(3));
		first->mems[0].flags |= PLAN_MEM_DEVICE;
		return true;
	case 22:
		p->pci_hosts[0].ecam = first->mems[0].hpa;
		return true;
	case 23:
		p->vpci_count--;
		return true;
	case 24:
		p->windows[0].hpa = first->mems[0].hpa;
		return true;
	default:
		return false;
	}
}

/* Spoil a finished plan in a way the audit must see; false when this plan has no place for it. */
static bool plant(struct plan *p, unsigned what)
{
	struct plan_part *a = &p->parts[0], *b = &p->parts[1];

	if (p->is_fatal || p->part_count < 2 || !a->is_valid || !b->is_valid || a->mem_count < 2) {
		return false;
	}
	switch (what) {
	case 1:
		b->cpus[0] = a->cpus[0];
		return true;
	case 2:
		b->mems[0].hpa = a->mems[0].hpa;
		b->mems[0].flags = a->mems[0].flags = PLAN_MEM_W;
		p->pma_count = 0;
		return true;
	case 3:
		a->mems[0].hpa = hpa(p->hvmem[0].base);
		return true;
	case 4:
		a->mems[0].hpa = p->regs[p->devs[p->board.console].reg_first].base;
		a->mems[0].flags |= PLAN_MEM_DEVICE;
		return true;
	case 5:
		p->irqs[1] = p->irqs[0];
		p->irqs[0].owner = 0;
		p->irqs[1].owner = 1;
		return true;
	case 6:
		p->devs[p->board.console] = (struct plan_dev){.path = "/planted", .is_dma_master = true};
		return true;
	case 7:
		p->chans[1] = p->chans[0];
		return true;
	case 8:
		b->dtb_window.base = 0x123456000;
		return true;
	case 9:
		a->mems[1].gpa = a->mems[0].gpa;
		return true;
	default:
		return plant_pci(p, what);
	}
}

static bool run(const struct blob *whole, enum plan_arch arch, struct arena arena, unsigned planted,
		unsigned *starting)
{
	unsigned char *data[2];
	struct plan_input in = {.arch = arch};
	const char *objection = NULL;
	struct plan *p;

	for (unsigned i = 0; i < 2; i++) {
		data[i] = room(whole[i].size); /* exactly as large: ASan sees every step beyond */
		memcpy(data[i], whole[i].data, whole[i].size);
		for (unsigned n = planted ? 0 : any(4); n > 0; n--) {
			spoil(data[i], &whole[i]);
		}
	}
	in.hw = data[0];
	in.hw_size = whole[0].size;
	in.cfg = data[1];
	in.cfg_size = whole[1].size;
	if (!planted && any(8) == 0) {
		arena.size = any((uint32_t)KIB(192)) & ~7u; /* it runs out somewhere on the way */
	}
	p = plan_build(&in, &arena);
	if (p && planted && !plant(p, planted)) {
		fputs("shake: this plan has no place for that\n", stderr);
		exit(2);
	}
	for (unsigned i = 0; p && !p->is_fatal && i < p->part_count; i++) {
		*starting += p->parts[i].is_valid;
	}
	objection = p ? audit(p) : NULL;
	free(data[0]);
	free(data[1]);
	if (objection) {
		printf("the audit objects: %s\n", objection);
	}
	return !objection;
}

int main(int argc, char **argv)
{
	struct arena arena = {.size = ARENA_SIZE};
	struct blob whole[2];
	unsigned runs, planted, starting = 0, i = 0;
	uint64_t seed;
	bool ok = true;

	if (argc < 6) {
		fputs("usage: shake BOARD.dtb LAYOUT.dtb arm64|ppc SEED RUNS [PLANT]\n", stderr);
		return 2;
	}
	whole[0] = blob_read(argv[1]);
	whole[1] = blob_read(argv[2]);
	seed = strtoull(argv[4], NULL, 0);
	runs = (unsigned)strtoul(argv[5], NULL, 0);
	planted = argc > 6 ? (unsigned)strtoul(argv[6], NULL, 0) : 0;
	arena.base = room(ARENA_SIZE);
	for (; ok && i < runs; i++) {
		state = seed + i;
		ok = run(whole, argv[3][0] == 'a' ? PLAN_ARM64 : PLAN_PPC, arena, planted, &starting);
	}
	printf("%u plans, %u partitions would start%s\n", i, starting, ok ? "" : "; see the last seed");
	free(arena.base);
	for (unsigned k = 0; k < 2; k++) {
		free(whole[k].data);
		free(whole[k].values);
		free(whole[k].lengths);
	}
	return ok ? 0 : 1;
}
