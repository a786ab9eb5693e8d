/* SPDX-License-Identifier: BSD-3-Clause */
/* Command queue, event queue and global errors of an SMMUv3 (IHI 0070, 3.5, chapters 4 and 7). */
/* any CPU; the event queue: one CPU */
#include "arch/barrier.h"
#include "arch/mmio.h"
#include "drivers/smmuv3.h"
#include "drivers/smmuv3_regs.h"
#include "hv/cpu.h"
#include "hv/dma.h"
#include "hv/log.h"

enum {
	SETTLE_US = 10000,  /* a register */
	DRAIN_US = 100000,  /* commands: an invalidation waits for accesses under way */
	RUN_TRIES = 3,	    /* of a batch with a command that was refused */
	CMD_BAD = 0xff,	    /* an opcode that is reserved (4.1.2) */
};

enum err smmu_write_ack(struct smmu *s, uint32_t reg, uint32_t ack, uint32_t x)
{
	mmio_wr32(s->regs, reg, x);
	return cpu_wait_until(mmio_rd32(s->regs, ack) == x, SETTLE_US) ? OK : ERR_TIMEOUT;
}

void smmu_publish(const struct smmu *s, const void *p, size_t n)
{
	if (!s->is_cached) {
		arch_cache_sync(p, n);
	}
	dev_wmb();
}

static uint64_t queue_base(const struct smmu_queue *q)
{
	return BASE_ALLOC | q->at | q->bits;
}

/* An index with its wrap bit, one on. */
static uint32_t queue_next(const struct smmu_queue *q, uint32_t index)
{
	return (index + 1) & (uint32_t)(BIT(q->bits + 1u) - 1);
}

static uint64_t *queue_entry(const struct smmu_queue *q, uint32_t index, unsigned int bytes)
{
	return q->base + (index & (uint32_t)(BIT(q->bits) - 1)) * (bytes / 8);
}

void smmu_queues_start(struct smmu *s)
{
	s->cmds.index = 0;
	s->events.index = 0;
	mmio_wr64(s->regs, SMMU_CMDQ_BASE, queue_base(&s->cmds));
	mmio_wr32(s->regs, SMMU_CMDQ_PROD, 0);
	mmio_wr32(s->regs, SMMU_CMDQ_CONS, 0);
	mmio_wr64(s->regs, SMMU_EVENTQ_BASE, queue_base(&s->events));
	mmio_wr32(s->regs, SMMU_EVENTQ_PROD, 0);
	mmio_wr32(s->regs, SMMU_EVENTQ_CONS, 0);
	/* What was reported to somebody else. */
	mmio_wr32(s->regs, SMMU_GERRORN, mmio_rd32(s->regs, SMMU_GERROR));
}

/* ---- commands ----------------------------------------------------------------------------- */

static uint32_t cmds_done(const struct smmu *s)
{
	return mmio_rd32(s->regs, SMMU_CMDQ_CONS) & (uint32_t)(BIT(s->cmds.bits + 1u) - 1);
}

static void cmd_write(struct smmu *s, uint32_t index, uint64_t a, uint64_t b)
{
	uint64_t *entry = queue_entry(&s->cmds, index, CMD_BYTES);

	entry[0] = a;
	entry[1] = b;
	smmu_publish(s, entry, CMD_BYTES);
}

/*
 * The SMMU has stopped at a command that it does not understand or could not read. It becomes a
 * CMD_SYNC, and the queue goes on (4.1.3). Some models look at it again only when PROD is written.
 */
static void cmd_repair(struct smmu *s)
{
	uint32_t cons = mmio_rd32(s->regs, SMMU_CMDQ_CONS);

	s->error = (uint8_t)field_get(CMDQ_CONS_ERR, cons);
	s->iommu->repairs++;
	cmd_write(s, cons, CMD_SYNC, 0);
}

static void cmds_kick(struct smmu *s)
{
	dev_mb();
	mmio_wr32(s->regs, SMMU_CMDQ_PROD, s->cmds.index);
}

bool smmu_errors(struct smmu *s)
{
	uint32_t now = mmio_rd32(s->regs, SMMU_GERROR);
	uint32_t active = (now ^ mmio_rd32(s->regs, SMMU_GERRORN)) & GERROR_ALL;

	if (active == 0) {
		return false;
	}
	if (active & GERROR_CMDQ) {
		cmd_repair(s);
	}
	mmio_wr32(s->regs, SMMU_GERRORN, now);
	if (active & GERROR_CMDQ) {
		cmds_kick(s);
	}
	if (active & GERROR_EVENTQ_ABT) {
		s->iommu->overflows++;
	}
	if (active & ~(uint32_t)(GERROR_CMDQ | GERROR_EVENTQ_ABT)) {
		s->iommu->errors++;
		log_print(LOG_ERROR, "%s: global error %#x%s", s->iommu->dev->path, active,
			  active & GERROR_SFM ? ": it is out of service and refuses all DMA" : "");
	}
	return true;
}

static bool cmds_finished(struct smmu *s)
{
	(void)smmu_errors(s);
	return cmds_done(s) == s->cmds.index;
}

/* All that fits the queue at once, which is empty before and after. */
static enum err cmds_issue(struct smmu *s, const struct smmu_cmd *cmds, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		cmd_write(s, s->cmds.index, cmds[i].word[0], cmds[i].word[1]);
		s->cmds.index = queue_next(&s->cmds, s->cmds.index);
	}
	cmd_write(s, s->cmds.index, CMD_SYNC, 0);
	s->cmds.index = queue_next(&s->cmds, s->cmds.index);
	cmds_kick(s);
	if (!cpu_wait_until(cmds_finished(s), DRAIN_US)) {
		return ERR_TIMEOUT;
	}
	/* Nothing that follows is seen before this. */
	dev_mb();
	s->sync_count += count;
	return OK;
}

enum err smmu_run(struct smmu *s, const struct smmu_cmd *cmds, unsigned int count)
{
	for (unsigned int i = 0; i < RUN_TRIES; i++) {
		uint32_t repairs = s->iommu->repairs;
		enum err e;

		/* What timed out before has been waited for already. */
		if (cmds_done(s) != s->cmds.index && !cmds_finished(s)) {
			return ERR_TIMEOUT;
		}
		e = cmds_issue(s, cmds, count);
		/* A repaired queue has lost a command; which one does not matter. */
		if (e != OK || repairs == s->iommu->repairs) {
			return e;
		}
	}
	return ERR_FORMAT;
}

enum err smmu_check(struct smmu *s)
{
	struct smmu_cmd bad = {{CMD_BAD, 0}};
	struct smmu_cmd good = {{CMD_CFGI_ALL, CMD_RANGE_ALL}};
	uint32_t repairs = s->iommu->repairs;

	if (cmds_issue(s, &bad, 1) != OK) {
		return ERR_TIMEOUT;
	}
	if (repairs == s->iommu->repairs) {
		return ERR_STATE;
	}
	return smmu_run(s, &good, 1);
}

/* ---- events ------------------------------------------------------------------------------- */

static uint8_t event_reason(unsigned int type)
{
	switch (type) {
	case EVENT_TRANSLATION:
	case EVENT_SIZE:
		return IOMMU_UNMAPPED;
	case EVENT_PERMISSION:
	case EVENT_ACCESS:
		return IOMMU_READONLY;
	case EVENT_BAD_STE:
	case EVENT_DISABLED:
		return IOMMU_BLOCKED;
	case EVENT_BAD_STREAM:
		return IOMMU_UNKNOWN;
	case EVENT_UUT:
	case EVENT_BAD_ATS:
	case EVENT_FORBIDDEN:
	case EVENT_BAD_SUB:
		return IOMMU_BUS;
	default:
		return IOMMU_BROKEN;
	}
}

/* Those with an input address: 7.3.12 to 7.3.16. */
static bool event_has_address(unsigned int type)
{
	return type == EVENT_WALK || (type >= EVENT_TRANSLATION && type <= EVENT_PERMISSION);
}

static void event_report(struct smmu *s, const uint64_t *entry)
{
	unsigned int type = (unsigned int)field_get(EVENT0_TYPE, entry[0]);
	struct iommu_fault f = {
	    .stream = (uint32_t)field_get(EVENT0_STREAM, entry[0]),
	    .reason = event_reason(type),
	    .code = (uint8_t)type,
	    .is_write = (entry[1] & EVENT1_READ) == 0,
	    .has_addr = event_has_address(type),
	    .at = gpa(entry[2]),
	};

	s->iommu->events++;
	dma_fault(s->iommu, &f);
}

/* OVFLG and OVACKFLG differ while a record has been dropped that we do not know of (7.4). */
static void events_return(struct smmu *s, uint32_t prod, uint32_t *flag)
{
	if ((prod & EVENTQ_OVERFLOW) != *flag) {
		*flag = prod & EVENTQ_OVERFLOW;
		s->iommu->overflows++;
	}
	mmio_wr32(s->regs, SMMU_EVENTQ_CONS, s->events.index | *flag);
}

bool smmu_events(struct smmu *s, unsigned int count)
{
	uint32_t indices = (uint32_t)(BIT(s->events.bits + 1u) - 1);
	uint32_t flag = mmio_rd32(s->regs, SMMU_EVENTQ_CONS) & EVENTQ_OVERFLOW;
	uint32_t prod = mmio_rd32(s->regs, SMMU_EVENTQ_PROD);

	/* Records are read after the index that says they are there. */
	dev_mb();
	while (count > 0 && s->events.index != (prod & indices)) {
		uint64_t *entry = queue_entry(&s->events, s->events.index, EVENT_BYTES);

		smmu_publish(s, entry, EVENT_BYTES);
		event_report(s, entry);
		s->events.index = queue_next(&s->events, s->events.index);
		count--;
	}
	dev_mb();
	events_return(s, prod, &flag);
	return s->events.index != (mmio_rd32(s->regs, SMMU_EVENTQ_PROD) & indices);
}
