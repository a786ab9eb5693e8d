/* SPDX-License-Identifier: BSD-3-Clause */
/* An IOMMU that keeps what it was told, so that tests see which stream translates when. */
/* model tests only */
#include <string.h>

#include "fake.h"
#include "drivers/table.h"
#include "hv/dma.h"

struct fake_iommu fake_iommu;

static enum err fake_iommu_init(struct iommu *m, const struct plan *plan)
{
	(void)plan;
	m->priv = &fake_iommu;
	return OK;
}

static enum err fake_space_init(struct iommu *m, struct iommu_space *s,
				const struct iommu_map *maps, unsigned int count)
{
	struct fake_space *f = &fake_iommu.spaces[fake_iommu.space_count];

	(void)m;
	assert_true(fake_iommu.space_count < FAKE_STREAMS);
	assert_true(count <= ARRAY_SIZE(f->maps));
	memcpy(f->maps, maps, count * sizeof(*maps));
	f->count = count;
	fake_iommu.space_count++;
	s->priv = f;
	return OK;
}

static enum err fake_set(uint32_t stream, const struct fake_space *space)
{
	if (stream >= FAKE_STREAMS) {
		return ERR_NONE;
	}
	if (fake_iommu.is_dead) {
		return ERR_TIMEOUT;
	}
	fake_iommu.is_stale |= space == NULL && fake_iommu.open[stream] != NULL;
	fake_iommu.open[stream] = space;
	return OK;
}

static enum err fake_open(struct iommu *m, uint32_t stream, const struct iommu_space *s)
{
	(void)m;
	return fake_set(stream, s->priv);
}

static enum err fake_block(struct iommu *m, uint32_t stream)
{
	(void)m;
	return fake_set(stream, NULL);
}

static enum err fake_flush(struct iommu *m, const struct iommu_space *s)
{
	(void)m;
	(void)s;
	fake_iommu.is_stale = false;
	fake_iommu.flushes++;
	return fake_iommu.is_dead ? ERR_TIMEOUT : OK;
}

static bool fake_poll(struct iommu *m, unsigned int count)
{
	fake_iommu.polls++;
	assert_ptr_equal(fake_self, &cpus[5]);
	while (count > 0 && fake_iommu.fault_count > 0) {
		struct iommu_fault f = fake_iommu.faults[0];

		fake_iommu.fault_count--;
		memmove(fake_iommu.faults, fake_iommu.faults + 1,
			fake_iommu.fault_count * sizeof(f));
		m->events++;
		dma_fault(m, &f);
		count--;
	}
	return fake_iommu.fault_count > 0;
}

static void fake_irq(struct iommu *m, bool on)
{
	(void)m;
	fake_iommu.is_irq_on = on;
}

static enum err fake_check(struct iommu *m)
{
	(void)m;
	return OK;
}

static void fake_describe(const struct iommu *m, char *buf, size_t size)
{
	(void)m;
	strncpy(buf, "fake", size);
}

static const struct iommu_ops fake_iommu_ops = {
    .name = "fake",
    .init = fake_iommu_init,
    .space_init = fake_space_init,
    .open = fake_open,
    .block = fake_block,
    .flush = fake_flush,
    .poll = fake_poll,
    .irq = fake_irq,
    .check = fake_check,
    .describe = fake_describe,
};

const struct iommu_ops *driver_iommu(unsigned int driver)
{
	return driver == PLAN_DRV_SMMUV3 ? &fake_iommu_ops : NULL;
}

/* ---- what tests look at ------------------------------------------------------------------- */

static bool fake_is_private(const struct part *p, uint64_t at)
{
	for (unsigned int i = 0; i < p->plan->mem_count; i++) {
		const struct plan_mem *m = &p->plan->mems[i];

		if (!(m->flags & PLAN_MEM_SHARED) && at - hpa_raw(m->hpa) < m->size) {
			return true;
		}
	}
	return false;
}

void fake_iommu_touch(uint64_t at)
{
	for (unsigned int i = 0; i < part_count; i++) {
		if (parts[i].state != PART_STARTING || !fake_is_private(&parts[i], at)) {
			continue;
		}
		assert_false(fake_iommu.is_stale);
		for (unsigned int s = 0; s < the_plan->stream_count; s++) {
			const struct plan_stream *st = &the_plan->streams[s];

			assert_true(st->owner != i || st->no_dma_disable ||
				    fake_iommu.open[st->id] == NULL);
		}
	}
}

void fake_iommu_enter(const struct part *p)
{
	for (unsigned int s = 0; s < the_plan->stream_count; s++) {
		const struct plan_stream *st = &the_plan->streams[s];

		assert_true(st->owner != p->index || fake_iommu.open[st->id] != NULL ||
			    !dma_streams[s].is_open);
	}
}

void fake_iommu_refuse(uint32_t id, enum iommu_reason reason, uint64_t at)
{
	struct cpu *before = fake_self;

	assert_true(fake_iommu.fault_count < ARRAY_SIZE(fake_iommu.faults));
	fake_iommu.faults[fake_iommu.fault_count++] =
	    (struct iommu_fault){.stream = id, .reason = (uint8_t)reason, .is_write = true,
				 .has_addr = true, .at = gpa(at)};
	if (!fake_iommu.is_irq_on || fake_iommu.fault_count > 1) {
		return;
	}
	fake_self = &cpus[5];
	trap_irq(fake_self, 35);
	fake_self = before;
}
