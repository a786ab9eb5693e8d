/* SPDX-License-Identifier: BSD-3-Clause */
/* SMMUv3: probing, switching on with everything blocked, and what each stream may reach. */
/*
 * Until SMMUEN is set, DMA passes where the SMMU does not implement GBPA.ABORT (QEMU's does not): hv/pci.c
 * has taken bus mastership from every function before, and no guest runs yet. From then on an entry that
 * is not valid blocks its stream and leaves a record, where Config "abort" would leave none.
 */
#include "arch/barrier.h"
#include "arch/mmio.h"
#include "drivers/smmuv3.h"
#include "drivers/smmuv3_regs.h"
#include "hv/cpu.h"
#include "hv/fmt.h"
#include "hv/log.h"
#include "hv/pool.h"

enum {
	GBPA_US = 10000,
	CMDQ_BITS = 8,	   /* 4 KiB: more than anybody issues at once */
	EVENTQ_BITS = 12,  /* 128 KiB: four wild transfers of 4 KiB, 4 bytes a record */
	STAB_SPLIT = 6,	   /* second levels of one page, for 64 streams */
	STAB_LINEAR = 6,   /* bits of StreamID up to which one level costs less */
	STAB_BITS_MAX = 20, /* 128 KiB of first level */
};

static uint64_t memory_at(const void *p)
{
	return hpa_raw(arch_hmem_address(p));
}

/* ---- what it is --------------------------------------------------------------------------- */

/* Says in the log what is missing. */
static enum err smmu_probe(struct smmu *s)
{
	uint32_t idr0 = mmio_rd32(s->regs, SMMU_IDR0);
	uint32_t idr1 = mmio_rd32(s->regs, SMMU_IDR1);
	uint32_t idr5 = mmio_rd32(s->regs, SMMU_IDR5);
	const char *what = NULL;

	s->stage = idr0 & IDR0_S2P ? SMMU_STAGE2 : SMMU_STAGE1;
	s->oas = (uint8_t)field_get(IDR5_OAS, idr5);
	s->is_cached = idr0 & IDR0_COHACC;
	s->has_ats = idr0 & IDR0_ATS;
	s->can_stall = field_get(IDR0_STALL, idr0) == 0;
	s->tag_count = idr0 & (s->stage == SMMU_STAGE1 ? IDR0_ASID16 : IDR0_VMID16) ? 0xffff : 0xff;
	s->cmds.bits = CMDQ_BITS;
	s->events.bits = EVENTQ_BITS;
	if (field_get(IDR1_CMDQS, idr1) < CMDQ_BITS) {
		s->cmds.bits = (uint8_t)field_get(IDR1_CMDQS, idr1);
	}
	if (field_get(IDR1_EVENTQS, idr1) < EVENTQ_BITS) {
		s->events.bits = (uint8_t)field_get(IDR1_EVENTQS, idr1);
	}
	if (!(idr0 & (IDR0_S1P | IDR0_S2P)) || !(field_get(IDR0_TTF, idr0) & 2)) {
		what = "AArch64 translation tables";
	} else if (!(idr5 & IDR5_GRAN4K) || smmu_oas_bits(s->oas) == 0) {
		what = "pages of 4 KiB";
	} else if (field_get(IDR0_TTENDIAN, idr0) == 3) {
		what = "little-endian tables";
	} else if (field_get(IDR0_STALL, idr0) == 2) {
		what = "ending refused accesses without software";
	} else if ((idr1 & IDR1_PRESET) || s->cmds.bits < 2) {
		what = "tables and queues in memory of our choice";
	}
	if (what != NULL) {
		log_print(LOG_ERROR, "%s: it lacks %s", s->iommu->dev->path, what);
		return ERR_UNSUPPORTED;
	}
	return OK;
}

/* ---- memory ------------------------------------------------------------------------------- */

/* Its zeros leave the caches now: later they would go over what the SMMU has written. */
static enum err queue_make(const struct smmu *s, struct smmu_queue *q, unsigned int bytes)
{
	size_t n = (size_t)bytes << q->bits;

	q->base = pool_align(n, n < 64 ? 64 : n);
	if (q->base == NULL) {
		return ERR_SIZE;
	}
	q->at = memory_at(q->base);
	smmu_publish(s, q->base, n);
	return OK;
}

/* True for the streams of this SMMU that some partition owns. */
static bool is_given(const struct smmu *s, const struct plan *plan, const struct plan_stream *st)
{
	return st->iommu != NONE && &plan->devs[st->iommu] == s->iommu->dev &&
	       st->owner < MAX_PARTS;
}

/* As large as the highest stream that is given to somebody needs; the others do not exist. */
static void stab_size(struct smmu *s, const struct plan *plan)
{
	uint32_t idr0 = mmio_rd32(s->regs, SMMU_IDR0);
	uint32_t sid_bits = (uint32_t)field_get(IDR1_SIDSIZE, mmio_rd32(s->regs, SMMU_IDR1));
	uint64_t last = 1;
	uint32_t bits;

	for (unsigned int i = 0; i < plan->stream_count; i++) {
		const struct plan_stream *st = &plan->streams[i];
		uint64_t end = (uint64_t)st->id + st->count;

		if (is_given(s, plan, st) && end - 1 > last) {
			last = end - 1;
		}
	}
	bits = (uint32_t)(64 - __builtin_clzll(last));
	bits = bits < sid_bits ? bits : sid_bits;
	s->streams.bits = (uint8_t)bits;
	s->streams.split =
	    bits > STAB_LINEAR && field_get(IDR0_ST_LEVEL, idr0) == 1 ? STAB_SPLIT : 0;
}

static enum err stab_make(struct smmu *s, const struct plan *plan)
{
	uint64_t bytes;

	stab_size(s, plan);
	bytes = stab_root_bytes(&s->streams);
	if (s->streams.bits > STAB_BITS_MAX || bytes > pool_size()) {
		return ERR_SIZE;
	}
	s->streams.root =
	    pool_align((size_t)bytes, bytes < 64 ? 64 : (size_t)1 << (63 - __builtin_clzll(bytes)));
	if (s->streams.root == NULL) {
		return ERR_SIZE;
	}
	s->streams.at = memory_at(s->streams.root);
	for (unsigned int i = 0; i < plan->stream_count; i++) {
		const struct plan_stream *st = &plan->streams[i];

		for (uint32_t k = 0; is_given(s, plan, st) && k < st->count; k++) {
			uint64_t n = stab_leaf_bytes(&s->streams);
			void *leaf;

			if (!stab_lacks(&s->streams, st->id + k)) {
				continue;
			}
			leaf = pool_align((size_t)n, (size_t)n);
			if (leaf == NULL) {
				return ERR_SIZE;
			}
			smmu_publish(s, leaf, (size_t)n);
			stab_link(&s->streams, st->id + k, memory_at(leaf));
		}
	}
	smmu_publish(s, s->streams.root, (size_t)bytes);
	return OK;
}

/* ---- on ----------------------------------------------------------------------------------- */

/* Off, and refusing everything meanwhile where it can (GBPA: 6.3). */
static enum err smmu_quiet(struct smmu *s)
{
	s->was_on = mmio_rd32(s->regs, SMMU_CR0) & CR0_SMMUEN;
	if (cpu_wait_until(!(mmio_rd32(s->regs, SMMU_GBPA) & GBPA_UPDATE), GBPA_US)) {
		mmio_wr32(s->regs, SMMU_GBPA, (uint32_t)(GBPA_ABORT | GBPA_UPDATE));
		s->has_abort = cpu_wait_until(!(mmio_rd32(s->regs, SMMU_GBPA) & GBPA_UPDATE),
					      GBPA_US) &&
			       (mmio_rd32(s->regs, SMMU_GBPA) & GBPA_ABORT);
	}
	if (smmu_write_ack(s, SMMU_CR0, SMMU_CR0ACK, 0) != OK) {
		return ERR_TIMEOUT;
	}
	return smmu_write_ack(s, SMMU_IRQ_CTRL, SMMU_IRQ_CTRLACK, 0);
}

static enum err smmu_on(struct smmu *s)
{
	static const struct smmu_cmd forget[] = {
	    {{CMD_CFGI_ALL, CMD_RANGE_ALL}},
	    {{CMD_TLBI_NSNH_ALL, 0}},
	};
	uint32_t cr0 = CR0_CMDQEN | CR0_EVENTQEN | (s->has_ats ? (uint32_t)CR0_ATSCHK : 0);
	enum err e;

	mmio_wr32(s->regs, SMMU_CR1, s->is_cached ? CR1_CACHED : 0);
	mmio_wr32(s->regs, SMMU_CR2, CR2_RECINVSID | CR2_PTM);
	mmio_wr64(s->regs, SMMU_STRTAB_BASE, s->streams.at | BASE_ALLOC);
	mmio_wr32(s->regs, SMMU_STRTAB_BASE_CFG, stab_config(&s->streams));
	/* Interrupts by wire, not by message. */
	if (mmio_rd32(s->regs, SMMU_IDR0) & IDR0_MSI) {
		mmio_wr64(s->regs, SMMU_GERROR_IRQ_CFG0, 0);
		mmio_wr64(s->regs, SMMU_EVENTQ_IRQ_CFG0, 0);
	}
	smmu_queues_start(s);
	dev_mb();
	if (smmu_write_ack(s, SMMU_CR0, SMMU_CR0ACK, cr0) != OK) {
		return ERR_TIMEOUT;
	}
	lock_take(&s->lock);
	e = smmu_run(s, forget, ARRAY_SIZE(forget));
	lock_drop(&s->lock);
	if (e != OK) {
		return e;
	}
	return smmu_write_ack(s, SMMU_CR0, SMMU_CR0ACK, cr0 | (uint32_t)CR0_SMMUEN);
}

static enum err smmuv3_init(struct iommu *m, const struct plan *plan)
{
	const struct plan_reg *reg = &plan->regs[m->dev->reg_first];
	struct smmu *s = pool_alloc(sizeof(*s));
	enum err e;

	if (s == NULL || m->dev->reg_count == 0 || reg->size < SMMU_REGS_SIZE) {
		return s == NULL ? ERR_SIZE : ERR_UNSUPPORTED;
	}
	s->lock = (struct lock)LOCK_INIT(LOCK_IOMMU, "smmu");
	s->iommu = m;
	s->regs = arch_hmem_device(reg->base, SMMU_REGS_SIZE);
	if (s->regs == NULL) {
		return ERR_SIZE;
	}
	e = smmu_probe(s);
	if (e == OK && (queue_make(s, &s->cmds, CMD_BYTES) != OK ||
			queue_make(s, &s->events, EVENT_BYTES) != OK || stab_make(s, plan) != OK)) {
		e = ERR_SIZE;
	}
	if (e == OK) {
		e = smmu_quiet(s);
	}
	if (e == OK) {
		e = smmu_on(s);
	}
	m->priv = e == OK ? s : NULL;
	return e;
}

/* ---- spaces ------------------------------------------------------------------------------- */

struct smmu_space {
	struct smmu_walk walk;
	uint64_t ste[STE_WORDS];
	uint64_t cd[CD_WORDS] aligned_to(CD_BYTES);
};

static enum err tables_make(struct smmu *s, struct iommu_space *space, struct smmu_walk *w,
			    const struct iommu_map *maps, unsigned int count)
{
	struct pgt_geom geom = smmu_geom(s->stage, w->bits);
	struct pgt_pool pool = {.used = 0};
	struct pgt t;
	enum err e;

	pool.tables = pool_rest(&pool.pages);
	if (pool.tables == NULL) {
		return ERR_SIZE;
	}
	pool.at = memory_at(pool.tables);
	e = pgt_init(&t, &geom, &pool);
	for (unsigned int i = 0; e == OK && i < count; i++) {
		const struct iommu_map *m = &maps[i];
		unsigned int page = (m->flags & IOMMU_W ? SMMU_PAGE_W : 0) |
				    (m->flags & IOMMU_DEVICE ? SMMU_PAGE_DEVICE : 0);

		e = pgt_map(&t, gpa_raw(m->gpa), hpa_raw(m->hpa), m->size,
			    smmu_attrs(s->stage, page));
		space->map_size += m->size;
	}
	if (e != OK) {
		return e == ERR_FULL ? ERR_SIZE : ERR_RANGE;
	}
	smmu_publish(s, pool.tables, (size_t)pool.used * PAGE_SIZE);
	pool_keep(pool.used);
	space->table_size = pool.used * (uint32_t)PAGE_SIZE;
	w->root_at = t.root_at;
	w->page_shift = geom.page_shift;
	w->start_level = geom.start_level;
	return OK;
}

static enum err smmuv3_space_init(struct iommu *m, struct iommu_space *space,
				  const struct iommu_map *maps, unsigned int count)
{
	struct smmu *s = m->priv;
	struct smmu_space *p = pool_alloc(sizeof(*p));
	unsigned int oas = smmu_oas_bits(s->oas);
	uint64_t last = 0;
	enum err e;

	if (p == NULL || s->tag_last == s->tag_count) {
		return ERR_SIZE;
	}
	for (unsigned int i = 0; i < count; i++) {
		uint64_t top = gpa_raw(maps[i].gpa) + (maps[i].size - 1);

		last = top > last ? top : last;
		if ((hpa_raw(maps[i].hpa) + (maps[i].size - 1)) >> oas != 0) {
			return ERR_RANGE;
		}
	}
	p->walk = (struct smmu_walk){.stage = s->stage,
				     .bits = (uint8_t)smmu_bits(s->stage, last, oas),
				     .oas = s->oas > 5 ? 5 : s->oas,
				     .is_cached = s->is_cached,
				     .tag = ++s->tag_last};
	if (p->walk.bits == 0) {
		return ERR_RANGE;
	}
	e = tables_make(s, space, &p->walk, maps, count);
	if (e != OK) {
		return e;
	}
	if (s->stage == SMMU_STAGE1) {
		smmu_cd(p->cd, &p->walk);
		smmu_publish(s, p->cd, CD_BYTES);
		smmu_ste1(p->ste, memory_at(p->cd), s->can_stall, s->is_cached);
	} else {
		smmu_ste2(p->ste, &p->walk);
	}
	space->priv = p;
	return OK;
}

/* ---- streams ------------------------------------------------------------------------------ */

static enum err ste_forget(struct smmu *s, uint32_t stream)
{
	struct smmu_cmd cmd = {{field_put(CMD_STREAM, stream) | CMD_CFGI_STE, CMD_LEAF}};

	return smmu_run(s, &cmd, 1);
}

/*
 * An entry becomes valid by its first doubleword alone, after the rest is seen, and invalid the same
 * way (3.21.3): no state in between can be fetched.
 */
static enum err ste_write(struct smmu *s, uint64_t *ste, uint32_t stream, const uint64_t *value)
{
	enum err e;

	__atomic_store_n(&ste[0], 0, __ATOMIC_RELAXED);
	smmu_publish(s, ste, STE_BYTES);
	e = ste_forget(s, stream);
	if (e != OK || value == NULL) {
		return e;
	}
	for (unsigned int i = 1; i < STE_WORDS; i++) {
		ste[i] = value[i];
	}
	smmu_publish(s, ste, STE_BYTES);
	__atomic_store_n(&ste[0], value[0], __ATOMIC_RELAXED);
	smmu_publish(s, ste, STE_BYTES);
	return ste_forget(s, stream);
}

static enum err stream_set(struct iommu *m, uint32_t stream, const uint64_t *value)
{
	struct smmu *s = m->priv;
	uint64_t *ste = stab_entry(&s->streams, stream);
	enum err e;

	if (ste == NULL) {
		return ERR_NONE;
	}
	lock_take(&s->lock);
	e = ste_write(s, ste, stream, value);
	lock_drop(&s->lock);
	return e;
}

static enum err smmuv3_open(struct iommu *m, uint32_t stream, const struct iommu_space *space)
{
	const struct smmu_space *p = space->priv;

	return stream_set(m, stream, p->ste);
}

static enum err smmuv3_block(struct iommu *m, uint32_t stream)
{
	return stream_set(m, stream, NULL);
}

static enum err smmuv3_flush(struct iommu *m, const struct iommu_space *space)
{
	const struct smmu_space *p = space->priv;
	struct smmu *s = m->priv;
	struct smmu_cmd cmd = {{field_put(CMD_VMID, p->walk.tag) | CMD_TLBI_S12_VMALL, 0}};
	enum err e;

	if (s->stage == SMMU_STAGE1) {
		cmd.word[0] = field_put(CMD_ASID, p->walk.tag) | CMD_TLBI_NH_ASID;
	}
	lock_take(&s->lock);
	e = smmu_run(s, &cmd, 1);
	lock_drop(&s->lock);
	return e;
}

/* ---- the rest ----------------------------------------------------------------------------- */

static bool smmuv3_poll(struct iommu *m, unsigned int count)
{
	struct smmu *s = m->priv;

	lock_take(&s->lock);
	(void)smmu_errors(s);
	lock_drop(&s->lock);
	return smmu_events(s, count);
}

static void smmuv3_irq(struct iommu *m, bool on)
{
	struct smmu *s = m->priv;

	if (smmu_write_ack(s, SMMU_IRQ_CTRL, SMMU_IRQ_CTRLACK,
			   (uint32_t)(IRQ_GERROR | (on ? IRQ_EVENTQ : 0))) != OK) {
		m->errors++;
	}
}

static enum err smmuv3_check(struct iommu *m)
{
	struct smmu *s = m->priv;
	enum err e;

	lock_take(&s->lock);
	e = smmu_check(s);
	lock_drop(&s->lock);
	return e;
}

static void smmuv3_describe(const struct iommu *m, char *buf, size_t size)
{
	const struct smmu *s = m->priv;

	fmt_print(buf, size, "SMMUv3 stage %u, %u-bit addresses, %s stream table, %s before boot, %s",
		  s->stage, smmu_oas_bits(s->oas), s->streams.split != 0 ? "2-level" : "linear",
		  s->was_on ? "on" : "off",
		  s->has_abort ? "closed until it was on" : "open until it was on");
}

const struct iommu_ops iommu_smmuv3_ops = {
	.name = "SMMUv3",
	.init = smmuv3_init,
	.space_init = smmuv3_space_init,
	.open = smmuv3_open,
	.block = smmuv3_block,
	.flush = smmuv3_flush,
	.poll = smmuv3_poll,
	.irq = smmuv3_irq,
	.check = smmuv3_check,
	.describe = smmuv3_describe,
};
