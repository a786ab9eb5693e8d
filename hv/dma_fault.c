/* SPDX-License-Identifier: BSD-3-Clause */
/* Refused accesses of devices: drained at a bounded rate, counted, and told to whom they belong to. */
/* the CPU that serves the console */
#include <string.h>

#include "hv/dma.h"
#include "hv/cpu.h"
#include "hv/errq.h"
#include "hv/fmt.h"
#include "hv/irqc.h"
#include "hv/log.h"
#include "hv/part.h"

/*
 * At most so many records, and one interrupt, in so much time, whatever devices do: a CPU that serves
 * the console may run a guest as well.
 */
#define DMA_BATCH 64u
#define DMA_PAUSE_US 1000u
/* Accesses of one transfer are at most so far apart. */
#define DMA_PIECE 4096u

uint32_t dma_stranger_count;
uint32_t dma_stranger_last;

static struct log_limit dma_limit; /* of lines about strangers */
static struct {
	uint64_t at; /* when to look again; UINT64_MAX: an interrupt will tell */
	uint32_t overflows, repairs;
} dma_watch[4];
static struct cpu *dma_server;

const char *dma_reason_name(enum iommu_reason reason)
{
	static const char *const names[] = {
	    [IOMMU_UNMAPPED] = "unmapped", [IOMMU_READONLY] = "read-only",
	    [IOMMU_BLOCKED] = "blocked",   [IOMMU_UNKNOWN] = "unknown",
	    [IOMMU_BUS] = "bus",	   [IOMMU_BROKEN] = "broken",
	};

	return names[reason];
}

static const char *dma_reason_text(unsigned int reason)
{
	static const char *const texts[] = {
	    [IOMMU_UNMAPPED] = "nothing is there for it",
	    [IOMMU_READONLY] = "it may only read there",
	    [IOMMU_BLOCKED] = "its DMA is off",
	    [IOMMU_UNKNOWN] = "its stream is nobody's",
	    [IOMMU_BUS] = "requests of that kind are not let through",
	    [IOMMU_BROKEN] = "the IOMMU could not read its tables",
	};

	return texts[reason];
}

/* ---- one record --------------------------------------------------------------------------- */

/* A stream that a partition owns comes before a range of its host bridge that has the same ids. */
static unsigned int dma_find(const struct iommu *m, uint32_t id)
{
	unsigned int found = NONE;

	for (unsigned int i = 0; i < the_plan->stream_count; i++) {
		const struct plan_stream *st = &the_plan->streams[i];

		if (st->iommu == NONE || &the_plan->devs[st->iommu] != m->dev ||
		    id - st->id >= st->count) {
			continue;
		}
		found = i;
		if (st->owner < part_count) {
			break;
		}
	}
	return found;
}

static const char *dma_path(const struct plan_stream *st)
{
	return st->fn != NONE ? the_plan->pci_fns[st->fn].path : the_plan->devs[st->dev].path;
}

/* As Topaz lays out an access violation (Topaz hypercalls, section 5.1: pamu). */
static void dma_record(struct errq *q, const struct iommu_fault *f, const struct plan_stream *st,
		       uint32_t owner)
{
	struct errq_record r = {.domain = "smmu", .error = "access violation"};
	uint32_t access = (f->has_addr ? 1u : 0) | (f->has_addr && f->is_write ? 2u : 0);
	uint32_t words[] = {f->reason, access, f->stream, f->code};
	uint64_t at = f->has_addr ? gpa_raw(f->at) : 0;

	if (st != NULL) {
		r.path = the_plan->devs[st->dev].path;
		r.g_path = dma_path(st);
	}
	memcpy(r.detail, &owner, sizeof(owner));
	memcpy(r.detail + 8, &at, sizeof(at));
	memcpy(r.detail + 16, words, sizeof(words));
	(void)errq_put(q, &r);
}

/* The next piece of a transfer of which a piece was refused before: a line is enough for all. */
static bool dma_goes_on(const struct iommu_fault *last, const struct iommu_fault *f)
{
	return f->has_addr && last->has_addr && f->reason == last->reason &&
	       f->is_write == last->is_write && gpa_raw(f->at) - gpa_raw(last->at) - 1 < DMA_PIECE;
}

static void dma_owned(struct part *p, unsigned int i, const struct iommu_fault *f)
{
	const struct plan_stream *st = &the_plan->streams[i];
	struct dma_stream *d = &dma_streams[i];
	const char *why = dma_reason_text(f->reason);
	const char *name = p->plan->name;

	dma_record(p->errq, f, st, p->plan->guest_id);
	if (dma_goes_on(&d->last, f) ||
	    !log_limit_ok(&d->limit, arch_time_now(), arch_time_hz())) {
		return;
	}
	if (f->has_addr) {
		log_print(LOG_INFO, "%s: DMA of %s (stream %#x): %s of %#" PRIx64 " refused: %s", name,
			  dma_path(st), (unsigned int)f->stream, f->is_write ? "write" : "read",
			  gpa_raw(f->at), why);
	} else {
		log_print(LOG_INFO, "%s: DMA of %s (stream %#x) refused: %s", name, dma_path(st),
			  (unsigned int)f->stream, why);
	}
}

static void dma_stranger(unsigned int i, const struct iommu *m, const struct iommu_fault *f)
{
	const struct plan_stream *st = i != NONE ? &the_plan->streams[i] : NULL;

	dma_stranger_count++;
	dma_stranger_last = f->stream;
	dma_record(errq_global, f, st, 0);
	if (log_limit_ok(&dma_limit, arch_time_now(), arch_time_hz())) {
		log_print(LOG_WARN, "%s: DMA of stream %#x, which is nobody's, refused: %s",
			  m->dev->path, (unsigned int)f->stream, dma_reason_text(f->reason));
	}
}

void dma_fault(struct iommu *m, const struct iommu_fault *f)
{
	unsigned int i = dma_find(m, f->stream);
	unsigned int owner = i != NONE ? the_plan->streams[i].owner : OWNER_NOBODY;
	struct part *p = owner < MAX_PARTS ? &parts[owner] : NULL;

	if (i != NONE) {
		dma_streams[i].refused[f->reason]++;
	}
	if (p != NULL && p->errq != NULL) {
		dma_owned(p, i, f);
	} else {
		dma_stranger(i, m, f);
	}
	if (i != NONE) {
		dma_streams[i].last = *f;
	}
}

/* ---- draining ----------------------------------------------------------------------------- */

/* What went wrong in the IOMMU itself since the last look. */
static void dma_health(unsigned int n)
{
	const struct iommu *m = dma_iommu(n);

	if (m->overflows != dma_watch[n].overflows) {
		dma_watch[n].overflows = m->overflows;
		if (log_limit_ok(&dma_limit, arch_time_now(), arch_time_hz())) {
			log_print(LOG_WARN,
				  "%s: refused accesses came faster than they could be recorded; "
				  "some are not counted",
				  m->dev->path);
		}
	}
	if (m->repairs != dma_watch[n].repairs) {
		dma_watch[n].repairs = m->repairs;
		log_print(LOG_WARN, "%s: it refused a command; its queue was repaired",
			  m->dev->path);
	}
}

/*
 * A batch; then silence until the timer, when the interrupt comes back if nothing is left. The queue
 * is looked at once more after that, as its interrupt is an edge.
 */
static void dma_drain(unsigned int n, bool is_timer)
{
	struct iommu *m = dma_iommu(n);
	bool is_more = m->ops->poll(m, DMA_BATCH);

	if (is_timer && !is_more) {
		m->ops->irq(m, true);
		is_more = m->ops->poll(m, DMA_BATCH);
		if (!is_more) {
			dma_watch[n].at = UINT64_MAX;
		}
	} else {
		is_more = true;
	}
	if (is_more) {
		m->ops->irq(m, false);
		dma_watch[n].at = arch_time_now() + arch_time_hz() / 1000000 * DMA_PAUSE_US;
		cpu_timer_by(dma_watch[n].at);
	}
	dma_health(n);
}

void dma_timers(const struct cpu *cpu, uint64_t now)
{
	for (unsigned int n = 0; cpu == dma_server && dma_iommu(n) != NULL; n++) {
		if (now >= dma_watch[n].at) {
			dma_drain(n, true);
		} else if (dma_watch[n].at != UINT64_MAX) {
			cpu_timer_by(dma_watch[n].at);
		}
	}
}

static void dma_irq(struct cpu *cpu, void *arg)
{
	unsigned int n = 0;

	(void)cpu;
	while (dma_iommu(n) != NULL && dma_iommu(n) != arg) {
		n++;
	}
	dma_drain(n, false);
}

/*
 * Whichever of its lines rings, everything is looked at: the plan does not know which is for what.
 * The first look is posted to the server.
 */
enum err dma_serve(const struct plan *plan, struct cpu *server)
{
	dma_server = server;
	for (unsigned int n = 0; dma_iommu(n) != NULL; n++) {
		struct iommu *m = dma_iommu(n);

		for (unsigned int i = 0; i < m->dev->irq_count; i++) {
			const struct plan_irq *irq = &plan->irqs[m->dev->irq_first + i];

			if (irq->irq == PLAN_IRQ_NONE) {
				continue;
			}
			if (irq_register(irq->irq, dma_irq, m) != OK) {
				return ERR_FULL;
			}
			irqc->claim(irq->irq, server, irq->flags);
		}
		dma_watch[n].at = 0;
	}
	cpu_post(server, CPU_EV_WORK);
	return OK;
}
