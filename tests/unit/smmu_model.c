/* SPDX-License-Identifier: BSD-3-Clause */
/* An SMMUv3 in software, from the specification (IHI 0070); numbers are written out once more here. */
/* host tests only; entries and translations are kept as long as no command drops them */
#include "smmu_model.h"

#include <stdio.h>
#include <string.h>

#include "arch/mmio.h"
#include "drivers/smmuv3_regs.h"
#include "hv/cpu.h"
#include "hv/dma.h"
#include "hv/log.h"
#include "hv/pool.h"

enum {
	CACHE = 64,
	LINE = 64,	      /* bytes that the CPUs' caches hold and write back together */
	MEMORY = 2 * 1048576, /* at least the pool */
};

struct smmu_model model;
struct iommu model_iommu;
struct iommu_fault model_faults[64];
unsigned int model_fault_count;

static uint32_t cr0, irq_ctrl, gbpa, gerror, gerrorn, strtab_cfg;
static uint64_t strtab, cmdq, eventq;
static uint32_t cmd_prod, cmd_cons, event_prod, event_cons;
/* The pool; the SMMU has it somewhere else, as aligned as here. */
static uint8_t *anchor;
#define MEMORY_AT (UINT64_C(0x80000000) + ((uintptr_t)anchor & 0x1fffff))
static struct {
	bool is_used;
	uint32_t stream;
	uint64_t ste[8];
	uint64_t cd[8];
} entries[CACHE];
static struct {
	bool is_used;
	uint16_t tag;
	uint64_t page, out;
	bool is_write;
} tlb[CACHE];

/* ---- what the driver uses of the hypervisor ----------------------------------------------- */

static struct cpu the_cpu;
static uint64_t now;

struct cpu *cpu_self(void)
{
	return &the_cpu;
}

uint64_t arch_time_now(void)
{
	return now += 10;
}

uint64_t arch_time_hz(void)
{
	return 1000000;
}

hpa_t arch_hmem_address(const void *p)
{
	return hpa(MEMORY_AT + (uint64_t)((const uint8_t *)p - anchor));
}

volatile void *arch_hmem_device(hpa_t at, uint64_t size)
{
	assert_int_equal(hpa_raw(at), 0x9050000);
	assert_int_equal(size, 0x20000);
	return &model;
}

/*
 * An SMMU apart has its own memory; the pool is what the CPUs have in caches, which never write
 * anything back by themselves, the worst they can do. `loaded` is what a line was when it came: where
 * the pool differs, the line is dirty and goes over what the SMMU has written.
 */
static uint8_t memory[MEMORY], loaded[MEMORY];

void arch_cache_sync(const void *p, uint64_t n)
{
	uint64_t at = (uint64_t)((const uint8_t *)p - anchor);
	uint64_t end = at + n;

	for (at -= at % LINE; model.kind.is_apart && at < end; at += LINE) {
		if (memcmp(anchor + at, loaded + at, LINE) != 0) {
			memcpy(memory + at, anchor + at, LINE);
		}
		memcpy(anchor + at, memory + at, LINE);
		memcpy(loaded + at, memory + at, LINE);
	}
}

static void caches_start(void)
{
	assert_true(pool_size() <= MEMORY);
	if (model.kind.is_apart) {
		memset(anchor, 0xa5, pool_size());
		memset(memory, 0xa5, MEMORY);
		memset(loaded, 0xa5, MEMORY);
	}
}

void log_print(enum log_level level, const char *fmt, ...)
{
	(void)level;
	(void)fmt;
}

void dma_fault(struct iommu *m, const struct iommu_fault *f)
{
	assert_ptr_equal(m, &model_iommu);
	if (model_fault_count < ARRAY_SIZE(model_faults)) {
		model_faults[model_fault_count] = *f;
	}
	model_fault_count++;
}

/* ---- memory ------------------------------------------------------------------------------- */

static uint64_t word_at(uint64_t at)
{
	uint64_t x;

	assert_true(at >= MEMORY_AT && at - MEMORY_AT < pool_size() && at % 8 == 0);
	memcpy(&x, (model.kind.is_apart ? memory : anchor) + (at - MEMORY_AT), 8);
	return x;
}

static void words_at(uint64_t at, uint64_t *to, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		to[i] = word_at(at + i * 8);
	}
}

static void word_put(uint64_t at, uint64_t x)
{
	assert_true(at >= MEMORY_AT && at - MEMORY_AT < pool_size());
	memcpy((model.kind.is_apart ? memory : anchor) + (at - MEMORY_AT), &x, 8);
}

static uint64_t bits_of(uint64_t word, unsigned int hi, unsigned int lo)
{
	return word << (63 - hi) >> (63 - hi) >> lo;
}

/* ---- events ------------------------------------------------------------------------------- */

static void event(unsigned int type, uint32_t stream, uint64_t at, bool is_write)
{
	unsigned int bits = (unsigned int)bits_of(eventq, 4, 0);
	uint32_t index = event_prod & ((2u << bits) - 1), cons = event_cons & ((2u << bits) - 1);
	uint64_t slot = bits_of(eventq, 51, 5) * 32 + (index & ((1u << bits) - 1)) * 32u;

	if (!(cr0 & 4)) {
		return;
	}
	if ((index ^ cons) == 1u << bits) {
		/* Full: the flag turns over once, until that is acknowledged (7.4). */
		if ((event_prod ^ event_cons) >> 31 == 0) {
			event_prod ^= 1u << 31;
		}
		return;
	}
	word_put(slot, type | (uint64_t)stream << 32);
	word_put(slot + 8, is_write ? 0 : UINT64_C(1) << 35);
	word_put(slot + 16, at);
	word_put(slot + 24, 0);
	event_prod = (event_prod & 1u << 31) | ((index + 1) & ((2u << bits) - 1));
}

/* ---- commands ----------------------------------------------------------------------------- */

static void entries_drop(bool all, uint32_t stream)
{
	for (unsigned int i = 0; i < CACHE; i++) {
		if (all || entries[i].stream == stream) {
			entries[i].is_used = false;
		}
	}
}

static void tlb_drop(bool all, uint16_t tag)
{
	for (unsigned int i = 0; i < CACHE; i++) {
		if (all || tlb[i].tag == tag) {
			tlb[i].is_used = false;
		}
	}
}

unsigned int model_tlb_count(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < CACHE; i++) {
		n += tlb[i].is_used;
	}
	return n;
}

/* False: CERROR_ILL. */
static bool command(uint64_t a, uint64_t b)
{
	switch (a & 0xff) {
	case 0x03:
		entries_drop(false, (uint32_t)(a >> 32));
		return true;
	case 0x04:
		assert_int_equal(b & 31, 31);
		entries_drop(true, 0);
		return true;
	case 0x11:
		assert_int_equal(bits_of(a, 47, 32), 0);
		tlb_drop(false, (uint16_t)(a >> 48));
		return model.kind.s1;
	case 0x28:
		tlb_drop(false, (uint16_t)(a >> 32));
		return model.kind.s2;
	case 0x30:
		tlb_drop(true, 0);
		return true;
	case 0x46:
		model.syncs++;
		return true;
	default:
		return false;
	}
}

static void commands_run(void)
{
	unsigned int bits = (unsigned int)bits_of(cmdq, 4, 0);
	uint32_t indices = (2u << bits) - 1;

	while ((cr0 & 8) && !model.is_deaf && !((gerror ^ gerrorn) & 1) &&
	       (cmd_cons & indices) != cmd_prod) {
		uint64_t at = bits_of(cmdq, 51, 5) * 32 + (cmd_cons & ((1u << bits) - 1)) * 16u;
		uint64_t a = word_at(at);
		bool is_known = command(a, word_at(at + 8));

		model.commands++;
		if (!is_known || (model.refuse > 0 && (a & 0xff) != 0x46)) {
			model.refuse -= model.refuse > 0;
			model.refused++;
			cmd_cons = (cmd_cons & indices) | 1u << 24;
			gerror ^= 1;
			return;
		}
		cmd_cons = (cmd_cons + 1) & indices;
	}
}

void model_wake(void)
{
	model.is_deaf = false;
	commands_run();
}

/* ---- walks -------------------------------------------------------------------------------- */

/* 0, or the event that there is instead of an entry. */
static unsigned int entry_read(uint32_t stream, uint64_t *ste, uint64_t *cd)
{
	unsigned int size = strtab_cfg & 63, split = strtab_cfg >> 6 & 31;
	uint64_t at = bits_of(strtab, 51, 6) << 6;

	if ((uint64_t)stream >> size != 0) {
		return 0x02;
	}
	if (strtab_cfg >> 16 & 3) {
		uint64_t desc = word_at(at + (stream >> split) * 8u);
		unsigned int span = desc & 31;
		uint32_t low = stream & ((1u << split) - 1);

		assert_true(model.kind.two_level);
		assert_true(split == 6 || split == 8 || split == 10);
		if (span == 0 || low >= 1u << (span - 1)) {
			return 0x02;
		}
		at = (bits_of(desc, 51, 6) << 6) + low * 64u;
		assert_int_equal((bits_of(desc, 51, 6) << 6) & ((64u << (span - 1)) - 1), 0);
	} else {
		assert_int_equal(at & ((64u << size) - 1), 0);
		at += stream * UINT64_C(64);
	}
	words_at(at, ste, 8);
	if (!(ste[0] & 1)) {
		return 0x04;
	}
	if (bits_of(ste[0], 3, 1) == 5) {
		assert_true(model.kind.s1);
		words_at(bits_of(ste[0], 51, 6) << 6, cd, 8);
		assert_true(cd[0] >> 31 & 1);
	} else {
		assert_int_equal(bits_of(ste[0], 3, 1), 6);
		assert_true(model.kind.s2);
	}
	return 0;
}

static unsigned int entry_get(uint32_t stream, const uint64_t **ste, const uint64_t **cd)
{
	unsigned int slot = CACHE, type;

	for (unsigned int i = 0; i < CACHE; i++) {
		if (entries[i].is_used && entries[i].stream == stream) {
			*ste = entries[i].ste;
			*cd = entries[i].cd;
			return entries[i].ste[0] & 1 ? 0 : 0x04;
		}
		slot = entries[i].is_used ? slot : i;
	}
	assert_true(slot < CACHE);
	type = entry_read(stream, entries[slot].ste, entries[slot].cd);
	entries[slot].stream = stream;
	/* One that is not valid may be kept as well. */
	entries[slot].is_used = type == 0 || type == 0x04;
	*ste = entries[slot].ste;
	*cd = entries[slot].cd;
	return type;
}

/* A 4 KiB-granule walk of either stage: 0 or the event. */
static unsigned int walk(uint64_t root, unsigned int tsz, unsigned int level, bool is_s2, uint64_t at,
			 bool is_write, uint64_t *out)
{
	unsigned int bits = 64 - tsz;
	uint64_t table = root, desc;

	if (at >> bits != 0) {
		return 0x10;
	}
	for (;; level++) {
		unsigned int shift = 12 + (3 - level) * 9;
		unsigned int top = table == root && bits > shift ? bits : shift + 9;

		desc = word_at(table + bits_of(at, top - 1, shift) * 8);
		if (!(desc & 1)) {
			return 0x10;
		}
		if (level == 3 || !(desc & 2)) {
			assert_true(level > 0);
			*out = (desc & UINT64_C(0xfffffffff000) & ~((UINT64_C(1) << shift) - 1)) |
			       (at & ((UINT64_C(1) << shift) - 1));
			break;
		}
		table = desc & UINT64_C(0xfffffffff000);
	}
	if (!(desc >> 10 & 1)) {
		return 0x12;
	}
	if (is_s2 ? !(desc >> 6 & 1) || (is_write && !(desc >> 7 & 1))
		  : !(desc >> 6 & 1) || (is_write && (desc >> 7 & 1))) {
		return 0x13;
	}
	return 0;
}

static unsigned int translate(const uint64_t *ste, const uint64_t *cd, uint64_t at, bool is_write,
			      uint64_t *out)
{
	bool is_s2 = bits_of(ste[0], 3, 1) == 6;
	uint16_t tag = (uint16_t)(is_s2 ? ste[2] : bits_of(cd[0], 63, 48));
	unsigned int slot = CACHE, type;

	assert_int_not_equal(tag, 0);
	for (unsigned int i = 0; i < CACHE; i++) {
		if (tlb[i].is_used && tlb[i].tag == tag && tlb[i].page == at >> 12 &&
		    (tlb[i].is_write || !is_write)) {
			*out = tlb[i].out << 12 | (at & 0xfff);
			return 0;
		}
		slot = tlb[i].is_used ? slot : i;
	}
	if (is_s2) {
		unsigned int tsz = (unsigned int)bits_of(ste[2], 37, 32);

		assert_int_equal(bits_of(ste[2], 47, 46), 0);
		type = walk(bits_of(ste[3], 51, 4) << 4, tsz,
			    2 - (unsigned int)bits_of(ste[2], 39, 38), true, at, is_write, out);
	} else {
		unsigned int tsz = (unsigned int)bits_of(cd[0], 5, 0);

		type = walk(bits_of(cd[1], 51, 4) << 4, tsz, tsz >= 25 ? 1 : 0, false, at, is_write,
			    out);
	}
	if (type == 0 && slot < CACHE) {
		tlb[slot].is_used = true;
		tlb[slot].tag = tag;
		tlb[slot].page = at >> 12;
		tlb[slot].out = *out >> 12;
		tlb[slot].is_write = is_write;
	}
	return type;
}

bool model_dma(uint32_t stream, uint64_t at, bool is_write, uint64_t *out)
{
	const uint64_t *ste, *cd;
	unsigned int type;

	*out = at;
	if (!(cr0 & 1)) {
		return !(gbpa >> 20 & 1);
	}
	type = entry_get(stream, &ste, &cd);
	if (type == 0) {
		type = translate(ste, cd, at, is_write, out);
	}
	if (type != 0) {
		event(type, stream, type >= 0x10 ? at : 0, is_write);
	}
	return type == 0;
}

/* ---- registers ---------------------------------------------------------------------------- */

static uint32_t idr0(void)
{
	const struct smmu_model_kind *k = &model.kind;

	return (k->s2 ? 1u : 0) | (k->s1 ? 2u : 0) | 2u << 2 | (k->is_apart ? 0 : 1u << 4) |
	       (k->has_ats ? 1u << 10 : 0) |
	       1u << 12 | 1u << 18 | 2u << 21 | 1u << 24 | (k->two_level ? 1u << 27 : 0);
}

uint64_t fake_mmio_rd(const volatile void *regs, uint64_t off, unsigned int bits)
{
	assert_ptr_equal(regs, &model);
	assert_int_equal(bits, 32);
	switch (off) {
	case 0x00:
		return idr0();
	case 0x04:
		return model.kind.sid_bits | (uint32_t)model.kind.eventq_bits << 16 |
		       (uint32_t)model.kind.cmdq_bits << 21;
	case 0x14:
		return model.kind.oas | 1u << 4;
	case 0x20:
	case 0x24:
		return model.is_stuck && off == 0x24 ? ~cr0 : cr0;
	case 0x44:
		return gbpa;
	case 0x54:
		return irq_ctrl;
	case 0x60:
		return gerror;
	case 0x64:
		return gerrorn;
	case 0x9c:
		return cmd_cons;
	case 0x100a8:
		return event_prod;
	case 0x100ac:
		return event_cons;
	default:
		fail_msg("read of register %#x", (unsigned int)off);
		return 0;
	}
}

static void cr0_write(uint32_t x)
{
	/* ATSCHK must not change while it is on, and the structures are there before it is. */
	assert_true(!(cr0 & x & 1) || ((cr0 ^ x) & 16) == 0);
	if (x & 1) {
		assert_int_equal(x & 0xc, 0xc);
		assert_true(!model.kind.has_ats || (x & 16));
		assert_true(cr0 & 8);
	}
	cr0 = x;
}

/* Aligned to its own size (6.3, queue bases). */
static uint64_t queue_write(uint64_t x, unsigned int entry)
{
	uint64_t bytes = (uint64_t)entry << (x & 31);

	assert_int_equal(cr0 & 0xc, 0);
	assert_int_equal((bits_of(x, 51, 5) << 5) & (bytes - 1), 0);
	return x;
}

static void index_write(uint64_t off, uint32_t x)
{
	if (off == 0x98) {
		cmd_prod = x;
		commands_run();
	} else if (off == 0x9c) {
		assert_int_equal(cr0 & 8, 0);
		cmd_cons = x;
	} else if (off == 0x100a8) {
		assert_int_equal(cr0 & 4, 0);
		event_prod = x;
	} else {
		event_cons = x;
	}
}

static void gbpa_write(uint32_t x)
{
	assert_true(x >> 31);
	gbpa = model.kind.has_gbpa ? x & 1u << 20 : 0;
}

void fake_mmio_wr(volatile void *regs, uint64_t off, unsigned int bits, uint64_t x)
{
	bool is_setup = off == 0x28 || off == 0x2c || off == 0x80 || off == 0x88;

	assert_ptr_equal(regs, &model);
	assert_int_equal(bits, off == 0x80 || off == 0x90 || off == 0xa0 ? 64 : 32);
	assert_true(!is_setup || !(cr0 & 1));
	switch (off) {
	case 0x20:
		cr0_write((uint32_t)x);
		break;
	case 0x28:
		assert_int_equal(x, model.kind.is_apart ? 0 : 0xd75);
		break;
	case 0x2c:
		assert_int_equal(x, 6);
		break;
	case 0x44:
		gbpa_write((uint32_t)x);
		break;
	case 0x50:
		irq_ctrl = (uint32_t)x;
		break;
	case 0x64:
		gerrorn = (uint32_t)x;
		break;
	case 0x80:
		strtab = x;
		break;
	case 0x88:
		strtab_cfg = (uint32_t)x;
		break;
	case 0x90:
		cmdq = queue_write(x, 16);
		break;
	case 0xa0:
		eventq = queue_write(x, 32);
		break;
	default:
		assert_true(off == 0x98 || off == 0x9c || off == 0x100a8 || off == 0x100ac);
		index_write(off, (uint32_t)x);
		break;
	}
}

enum err model_start(const struct smmu_model_kind *kind, const struct plan *plan)
{
	uint32_t pages;

	memset(entries, 0, sizeof(entries));
	memset(tlb, 0, sizeof(tlb));
	model = (struct smmu_model){.kind = *kind};
	cr0 = kind->was_on ? 1 : 0;
	irq_ctrl = gbpa = gerror = gerrorn = strtab_cfg = 0;
	cmd_prod = cmd_cons = event_prod = event_cons = 0;
	model_fault_count = 0;
	if (anchor == NULL) {
		anchor = pool_rest(&pages);
	}
	caches_start();
	model_iommu = (struct iommu){.ops = &iommu_smmuv3_ops, .dev = &plan->devs[0]};
	return iommu_smmuv3_ops.init(&model_iommu, plan);
}
