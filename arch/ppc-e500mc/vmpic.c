/* SPDX-License-Identifier: BSD-3-Clause */
/* The MPIC face: an OpenPIC-style controller for guests that bring their own driver. */
/*
 * MPC8572 RM chapter 10, OpenPIC 1.2. Source n is the interrupt with handle n; numbers without one
 * read as masked and keep nothing. A guest sees its own vcpus, IPIs and timers only. Vectors,
 * priorities and task priority are the guest's; the external-proxy and mixed modes are both there.
 */
#include "emul.h"
#include "hv/cpu.h"
#include "irq.h"
#include "pic.h"

enum {
	BRR1 = 0x00000,
	IPIDR = 0x00040,      /* +0x10 for each of four; also in each CPU's private page */
	CTPR = 0x00080,
	WHOAMI = 0x00090,
	IACK = 0x000a0,
	EOI = 0x000b0,
	FRR = 0x01000,
	GCR = 0x01020,
	VIR = 0x01080,
	IPIVPR = 0x010a0,     /* +0x10 for each of four */
	SVR = 0x010e0,
	TFRR = 0x010f0,
	TIMER = 0x01100,      /* +0x40 for each of four: CCR, BCR, VPR, DR */
	GROUP_STEP = 0x01000, /* TFRR and timers of group B */
	GROUP_TIMERS = 4,
	SOURCES = 0x10000,    /* +0x20 for each: VPR, DR */
	SOURCES_END = 0x20000,
	PRIVATE = 0x20000,    /* +0x1000 for each CPU: as the first page */
	MPIC_SIZE = 0x40000,
};

#define BRR1_VALUE 0x00400400u      /* Freescale MPIC 4.0: the last without error interrupts */
#define SOURCE_COUNT 256u
#define GCR_RESET 0x80000000u
#define GCR_MODE 0x60000000u
#define GCR_PROXY 0x60000000u
#define VPR_MASK 0x80000000u
#define VPR_ACTIVE 0x40000000u
#define VPR_HIGH 0x00800000u
#define VPR_LEVEL 0x00400000u
#define VPR_PRIORITY 0x000f0000u
#define VPR_VECTOR 0x0000ffffu
#define COUNT_INHIBIT 0x80000000u
#define TIMER_HZ 25000000u

static uint32_t read_vpr(const struct pic_source *s)
{
	return (s->masked ? VPR_MASK : 0) | (s->active != 0 || s->latched != 0 ? VPR_ACTIVE : 0) |
	       ((s->config & PIC_CONFIG_HIGH) != 0 ? VPR_HIGH : 0) |
	       ((s->config & PIC_CONFIG_LEVEL) != 0 ? VPR_LEVEL : 0) |
	       (uint32_t)field_put(VPR_PRIORITY, s->priority) | s->vector;
}

static void write_vpr(struct part *p, struct pic_source *s, uint32_t x)
{
	s->masked = x & VPR_MASK;
	s->priority = (uint8_t)field_get(VPR_PRIORITY, x);
	s->vector = x & VPR_VECTOR;
	s->config = ((x & VPR_HIGH) != 0 ? PIC_CONFIG_HIGH : 0) |
		    ((x & VPR_LEVEL) != 0 ? PIC_CONFIG_LEVEL : 0);
	pic_apply(p, s);
}

/* The lowest vcpu named gets it; none keeps what was there, as the hardware forbids zero. */
static void write_dest(struct part *p, struct pic_source *s, uint32_t x)
{
	uint32_t mask = x & ((1u << p->plan->cpu_count) - 1);
	unsigned int was = s->dest;

	if (mask != 0) {
		s->dest = (uint8_t)__builtin_ctz(mask);
		pic_apply(p, s);
		pic_notify(p, was);
	}
}

void vmpic_reset(struct part *p)
{
	struct pic *pic = pic_of(p);

	pic->is_proxy = false;
	pic->spurious = PIC_SPURIOUS;
	pic->frequency[0] = TIMER_HZ;
	pic->frequency[1] = TIMER_HZ;
	for (unsigned int i = 0; i < MAX_CPUS; i++) {
		pic->task_priority[i] = PIC_PRIORITY_MAX;
	}
	for (unsigned int i = 0; i < PIC_TIMERS; i++) {
		pic->timer[i] = (struct pic_timer){ .base = COUNT_INHIBIT, .due = UINT64_MAX };
	}
	for (unsigned int i = 1; i < pic->all; i++) {
		struct pic_source *s = &pic->src[i];

		s->masked = true;
		s->priority = 0;
		s->vector = 0;
		s->latched = 0;
		s->active = 0;
		s->dest = 0;
		if (s->exists) {
			pic_mask_physical(s);
		}
	}
}

/* ---- registers of one CPU ------------------------------------------------------------------------------ */

static void send_ipi(struct part *p, unsigned int n, uint32_t x)
{
	uint32_t mask = x & ((1u << p->plan->cpu_count) - 1);

	pic_ipi(pic_of(p), n)->latched |= mask;
	pic_mark(pic_of(p), pic_ipi(pic_of(p), n));
	for (unsigned int i = 0; i < p->plan->cpu_count; i++) {
		if ((mask >> i & 1) != 0) {
			pic_notify(p, i);
		}
	}
}

static bool cpu_write(struct vcpu *v, unsigned int cpu, uint32_t offset, uint32_t x)
{
	struct pic *pic = pic_of(v->part);
	struct pic_source *s;

	switch (offset) {
	case IPIDR:
	case IPIDR + 0x10:
	case IPIDR + 0x20:
	case IPIDR + 0x30:
		send_ipi(v->part, (offset - IPIDR) / 0x10, x);
		return true;
	case CTPR:
		pic->task_priority[cpu] = x & PIC_PRIORITY_MAX;
		pic_notify(v->part, cpu);
		return true;
	case EOI:
		/* Of another CPU's interrupt there is no end: that page acts on the accessing CPU. */
		s = cpu == v->index ? pic_in_service(v) : NULL;
		if (s != NULL) {
			pic_end(v, s);
		}
		return true;
	default:
		return offset == WHOAMI || offset == IACK;
	}
}

static bool cpu_read(struct vcpu *v, unsigned int cpu, uint32_t offset, uint32_t *x)
{
	struct pic *pic = pic_of(v->part);

	*x = 0;
	switch (offset) {
	case CTPR:
		*x = pic->task_priority[cpu];
		return true;
	case WHOAMI:
		*x = v->index;
		return true;
	case IACK:
		lock_drop(&pic->lock);
		*x = pic->is_proxy || cpu != v->index ? pic->spurious : pic_acknowledge(v);
		lock_take(&pic->lock);
		return true;
	default:
		return offset == EOI || (offset >= IPIDR && offset < CTPR && offset % 0x10 == 0);
	}
}

/* ---- timers ----------------------------------------------------------------------------------------------- */

static uint64_t ticks(uint32_t count)
{
	return (uint64_t)count * (arch_time_hz() / TIMER_HZ);
}

static uint32_t timer_read(struct pic *pic, unsigned int n, unsigned int reg)
{
	struct pic_timer *t = &pic->timer[n];
	struct pic_source *s = pic_timer_source(pic, n);
	uint64_t now = arch_time_now();
	uint32_t left = 0;

	switch (reg) {
	case 0: /* current count, toggling in bit 31 */
		if (t->due != UINT64_MAX && t->due > now) {
			left = (uint32_t)((t->due - now) / (arch_time_hz() / TIMER_HZ));
		}
		return left | (t->toggle ? COUNT_INHIBIT : 0);
	case 1:
		return t->base;
	case 2:
		return read_vpr(s) & ~(VPR_HIGH | VPR_LEVEL);
	default:
		return 1u << s->dest;
	}
}

static void timer_write(struct vcpu *v, unsigned int n, unsigned int reg, uint32_t x)
{
	struct pic *pic = pic_of(v->part);
	struct pic_timer *t = &pic->timer[n];

	switch (reg) {
	case 1:
		/* Clearing the inhibit bit loads the count and starts. */
		if ((t->base & COUNT_INHIBIT) != 0 && (x & COUNT_INHIBIT) == 0) {
			t->toggle = false;
			t->period = ticks(x) != 0 ? ticks(x) : 1;
			t->due = arch_time_now() + t->period;
		} else if ((x & COUNT_INHIBIT) != 0) {
			t->due = UINT64_MAX;
		}
		t->base = x;
		irq_post(&v->part->vcpus[0], IRQ_REMOTE_TIMER);
		break;
	case 2:
		write_vpr(v->part, pic_timer_source(pic, n), x);
		break;
	case 3:
		write_dest(v->part, pic_timer_source(pic, n), x);
		break;
	default:
		break; /* the current count is read-only */
	}
}

/* ---- the whole map ------------------------------------------------------------------------------------------ */

static struct pic_source *source_at(struct pic *pic, uint32_t offset)
{
	unsigned int n = (offset - SOURCES) / 0x20;

	return n != 0 && n < pic->count && pic->src[n].exists ? &pic->src[n] : NULL;
}

/* Number of the timer a register belongs to, or PIC_TIMERS: it is none's. */
static unsigned int timer_at(uint32_t offset)
{
	unsigned int group = offset >= TIMER + GROUP_STEP;
	uint32_t at = offset - TIMER - group * GROUP_STEP;

	if (offset < TIMER || at >= 0x40 * GROUP_TIMERS || offset % 0x10 != 0) {
		return PIC_TIMERS;
	}
	return group * GROUP_TIMERS + at / 0x40;
}

static bool is_source_register(uint32_t offset)
{
	return offset >= SOURCES && offset < SOURCES + SOURCE_COUNT * 0x20 && offset % 0x10 == 0;
}

static bool global_read(struct vcpu *v, uint32_t offset, uint32_t *x)
{
	struct pic *pic = pic_of(v->part);
	const struct pic_source *s;

	*x = 0;
	if (is_source_register(offset)) {
		s = source_at(pic, offset);
		if (offset % 0x20 == 0) {
			*x = s != NULL ? read_vpr(s) : VPR_MASK;
		} else {
			*x = s != NULL ? 1u << s->dest : 0;
		}
		return true;
	}
	if (timer_at(offset) < PIC_TIMERS) {
		*x = timer_read(pic, timer_at(offset), offset / 0x10 % 4);
		return true;
	}
	if (offset >= IPIVPR && offset < IPIVPR + 0x10 * PIC_IPIS && offset % 0x10 == 0) {
		*x = read_vpr(pic_ipi(pic, (offset - IPIVPR) / 0x10)) & ~(VPR_HIGH | VPR_LEVEL);
		return true;
	}
	switch (offset) {
	case BRR1:
		*x = BRR1_VALUE;
		return true;
	case FRR:
		*x = (SOURCE_COUNT - 1) << 16 | (uint32_t)(v->part->plan->cpu_count - 1) << 8 | 2;
		return true;
	case GCR:
		*x = pic->is_proxy ? GCR_PROXY : 0x20000000u;
		return true;
	case SVR:
		*x = pic->spurious;
		return true;
	case TFRR:
	case TFRR + GROUP_STEP:
		*x = pic->frequency[offset != TFRR];
		return true;
	default:
		return offset == VIR;
	}
}

static void source_write(struct part *p, uint32_t offset, uint32_t x)
{
	struct pic_source *s = source_at(pic_of(p), offset);

	if (s == NULL) {
		return; /* a source that is not this partition's: nothing is kept */
	}
	if (offset % 0x20 == 0) {
		write_vpr(p, s, x);
	} else {
		write_dest(p, s, x);
	}
	pic_notify(p, s->dest);
}

static bool global_write(struct vcpu *v, uint32_t offset, uint32_t x)
{
	struct pic *pic = pic_of(v->part);

	if (is_source_register(offset)) {
		source_write(v->part, offset, x);
		return true;
	}
	if (timer_at(offset) < PIC_TIMERS) {
		timer_write(v, timer_at(offset), offset / 0x10 % 4, x);
		return true;
	}
	if (offset >= IPIVPR && offset < IPIVPR + 0x10 * PIC_IPIS && offset % 0x10 == 0) {
		write_vpr(v->part, pic_ipi(pic, (offset - IPIVPR) / 0x10), x);
		return true;
	}
	switch (offset) {
	case GCR:
		if ((x & GCR_RESET) != 0) {
			vmpic_reset(v->part);
		} else {
			pic->is_proxy = (x & GCR_MODE) == GCR_PROXY;
		}
		return true;
	case SVR:
		pic->spurious = (uint16_t)x;
		return true;
	case TFRR:
	case TFRR + GROUP_STEP:
		pic->frequency[offset != TFRR] = x;
		return true;
	default:
		return offset == BRR1 || offset == FRR || offset == VIR;
	}
}

static bool access(struct vcpu *v, void *dev, uint64_t offset, struct mmio *acc)
{
	struct pic *pic = dev;
	uint32_t at = (uint32_t)offset, value = (uint32_t)acc->value;
	unsigned int cpu = v->index;
	bool is_known, is_private;

	if (acc->size != 4 || at % 4 != 0) {
		return false;
	}
	is_private = at >= IPIDR && at < FRR;
	if (at >= PRIVATE) {
		cpu = (at - PRIVATE) / 0x1000;
		at %= 0x1000;
		is_private = true;
	}
	if (cpu >= v->part->plan->cpu_count) {
		return false;
	}
	lock_take(&pic->lock);
	if (acc->is_write) {
		is_known = is_private ? cpu_write(v, cpu, at, value) : global_write(v, at, value);
	} else {
		is_known = is_private ? cpu_read(v, cpu, at, &value) : global_read(v, at, &value);
		acc->value = value;
	}
	lock_drop(&pic->lock);
	pic_update(v);
	return is_known;
}

enum err vmpic_init(struct part *p)
{
	struct vdev row = {
		.at = { gpa_raw(p->plan->pic_addr), MPIC_SIZE },
		.access = access,
		.dev = p->vic,
		.name = "mpic",
		.exit_class = EXIT_VIC,
	};

	return vdev_add(&p->vdevs, &row);
}
