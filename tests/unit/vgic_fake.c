/* SPDX-License-Identifier: BSD-3-Clause */
/* The machine behind the virtual GIC's tests: see vgic_fake.h. */
#include "tests/unit/vgic_fake.h"
#include "hv/msi.h"
#include "hv/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct fake_gic fake;
struct part fake_part;
bool fake_by_hand;
unsigned int fake_absent = FAKE_CPUS;
unsigned int fake_messages;
struct cpu cpus[MAX_CPUS];
const struct plan *the_plan;

static struct plan plan;
static struct plan_part plan_part;
static struct plan_irq irqs[8];
static struct plan_virq virqs[3];
static struct plan_pci_fn fns[3];
static uint16_t vcpu_cpus[FAKE_CPUS];
static struct vcpu vcpus[FAKE_CPUS];
static struct vdev rows[4];
static unsigned int row_count;
static unsigned int running;            /* physical CPU */
static void *pool[16];
static unsigned int pool_count;
static uint64_t now;
static bool is_locked;
bool fake_is_contended;

/* ---- what the core and the architecture would give ---- */

struct cpu *cpu_self(void)
{
	return &cpus[running];
}

void cpu_post(struct cpu *cpu, uint32_t events)
{
	cpu->events |= events;
}

/*
 * Only fold_other() waits: the CPUs it posted come to EL2, fold, and stand at the lock the waiter
 * holds; they get on when it is dropped.
 */
uint64_t arch_time_now(void)
{
	unsigned int i, caller = running;
	struct vgic *g = fake_part.vic;

	for (i = 0; i < g->cpu_count; i++) {
		struct vgic_cpu *c = &g->cpus[i];

		if (c->cpu != caller && cpus[c->cpu].events && !c->is_folded) {
			running = c->cpu;
			vgic_fold(c);
			c->is_folded = true;
			running = caller;
		}
	}
	return now += 10;
}

uint64_t arch_time_hz(void)
{
	return 1000000;
}

/* Whoever holds the lock may wait for this vCPU to fold. */
void lock_take(struct lock *l)
{
	struct vgic *g = fake_part.vic;

	(void)l;
	assert_false(is_locked);
	for (unsigned int i = 0; fake_is_contended && i < g->cpu_count; i++) {
		assert_true(g->is_direct || g->cpus[i].cpu != running || g->cpus[i].is_folded);
	}
	is_locked = true;
}

bool lock_take_if_free(struct lock *l)
{
	if (!fake_is_contended) {
		lock_take(l);
	}
	return !fake_is_contended;
}

void lock_drop(struct lock *l)
{
	struct vgic *g = fake_part.vic;
	unsigned int i, caller = running;

	(void)l;
	assert_true(is_locked);
	for (i = 0; g && i < g->cpu_count; i++) {
		struct vgic_cpu *c = &g->cpus[i];

		if (c->cpu != caller && c->is_folded) {
			running = c->cpu;
			vgic_refill(c);
			c->is_folded = false;
			running = caller;
		}
	}
	is_locked = false;
}

void log_print(enum log_level level, const char *fmt, ...)
{
	(void)level;
	(void)fmt;
}

void *pool_alloc(size_t n)
{
	assert_true(pool_count < ARRAY_SIZE(pool));
	pool[pool_count] = calloc(1, n);
	return pool[pool_count++];
}

enum err vdev_add(struct vdev_table *t, const struct vdev *row)
{
	(void)t;
	rows[row_count++] = *row;
	return OK;
}

/* ---- the physical GIC ---- */

static uint32_t *word_at(enum gic_bank bank, unsigned int cpu, unsigned int word)
{
	assert_true(word < FAKE_WORDS && cpu < FAKE_CPUS);
	return &fake.bank[bank][word == 0 ? cpu : 0][word];
}

static bool hw_has_cpu(unsigned int cpu)
{
	return cpu != fake_absent;
}

static uint32_t hw_get(unsigned int cpu, enum gic_bank bank, unsigned int word)
{
	return *word_at(bank, cpu, word);
}

static void hw_set(unsigned int cpu, enum gic_bank bank, unsigned int word, uint32_t bits)
{
	*word_at(bank, cpu, word) |= bits;
	fake.touched[word] |= bits;
	fake.writes++;
}

static void hw_clear(unsigned int cpu, enum gic_bank bank, unsigned int word, uint32_t bits)
{
	*word_at(bank, cpu, word) &= ~bits;
	fake.touched[word] |= bits;
	fake.writes++;
}

static void hw_prio(unsigned int cpu, uint32_t irq, uint8_t prio)
{
	assert_true(prio >= GIC_GUEST_PRIO);
	fake.prio[irq < 32 ? cpu : 0][irq] = prio;
	fake.touched[irq / 32] |= 1u << irq % 32;
}

static void hw_trigger(unsigned int cpu, uint32_t irq, bool edge)
{
	(void)cpu;
	fake.edge[irq] = edge;
	fake.touched[irq / 32] |= 1u << irq % 32;
}

static void hw_route(uint32_t irq, unsigned int cpu)
{
	fake.route[irq] = (int)cpu;
	fake.touched[irq / 32] |= 1u << irq % 32;
}

static void take(unsigned int cpu, uint32_t irq);

static void hw_sgi(unsigned int cpu, unsigned int sgi)
{
	struct vgic *g = fake_part.vic;

	assert_true(sgi < 16 && sgi != GIC_KICK_SGI);
	fake.sgis[cpu] |= (uint16_t)(1u << sgi);
	*word_at(GIC_PEND, cpu, 0) |= 1u << sgi;
	if (!g->is_direct) {
		take(cpu, sgi);
	}
}

static bool hw_busy(void)
{
	return false;
}

static uint8_t lr_count(void)
{
	return FAKE_LRS;
}

static uint8_t prio_mask(void)
{
	return 0xf8;
}

static void lr_get(unsigned int n, struct gic_lr *lr)
{
	*lr = fake.lr[running][n];
}

static struct gic_hw hw;

static void lr_put(unsigned int n, const struct gic_lr *lr)
{
	assert_true(n < FAKE_LRS);
	assert_false(lr->is_hw && (lr->want_eoi || hw.ends_by_hand));
	assert_false(lr->is_hw && lr->state == (GIC_LR_PEND | GIC_LR_ACTIVE));
	fake.lr[running][n] = *lr;
	fake.ended[running][n] = false;
}

static void maint(enum gic_maint when)
{
	fake.maint[running] = when;
}

static void cpu_reset(bool direct)
{
	(void)direct;
	memset(fake.lr[running], 0, sizeof(fake.lr[running]));
	fake.maint[running] = GIC_MAINT_NONE;
}

static struct gic_hw hw = {
	.can_direct = true,
	.has_cpu = hw_has_cpu,
	.get = hw_get,
	.set = hw_set,
	.clear = hw_clear,
	.prio = hw_prio,
	.trigger = hw_trigger,
	.route = hw_route,
	.sgi = hw_sgi,
	.busy = hw_busy,
	.lr_count = lr_count,
	.prio_mask = prio_mask,
	.lr_get = lr_get,
	.lr_put = lr_put,
	.maint = maint,
	.cpu_reset = cpu_reset,
};

/* Virtual mode: the CPU acknowledges a line that is pending, enabled and not active. */
static void take(unsigned int cpu, uint32_t irq)
{
	struct vgic *g = fake_part.vic;
	uint32_t bit = 1u << irq % 32;
	unsigned int caller = running;

	if (!(*word_at(GIC_PEND, cpu, irq / 32) & *word_at(GIC_ENABLE, cpu, irq / 32) & bit) ||
	    *word_at(GIC_ACTIVE, cpu, irq / 32) & bit) {
		return;
	}
	*word_at(GIC_PEND, cpu, irq / 32) &= ~bit;
	if (irq >= 16) {
		*word_at(GIC_ACTIVE, cpu, irq / 32) |= bit;
	}
	running = cpu;
	vgic_arrive(&g->cpus[cpu - 1], irq);
	running = caller;
}

void fake_fire(uint32_t irq)
{
	unsigned int cpu = irq < 32 ? running : (unsigned int)fake.route[irq];

	*word_at(GIC_PEND, cpu, irq / 32) |= 1u << irq % 32;
	take(cpu, irq);
}

/* ---- the partition ---- */

static void plan_make(unsigned int version, unsigned int count, bool direct)
{
	static const uint32_t lines[] = { LINE_UART, LINE_BLK, LINE_NET };
	static const uint32_t bells[] = { LINE_BELL, LINE_BELL2, LINE_VUART };
	unsigned int i;

	memset(&plan, 0, sizeof(plan));
	memset(&plan_part, 0, sizeof(plan_part));
	plan.irqs = irqs;
	plan.board.vtimer_irq = LINE_TIMER;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		irqs[plan.irq_count++] = (struct plan_irq){ .irq = lines[i], .owner = 0 };
	}
	irqs[plan.irq_count++] = (struct plan_irq){ .irq = LINE_UART + 1, .owner = 1 };
	for (i = 0; i < ARRAY_SIZE(bells); i++) {
		virqs[i] = (struct plan_virq){ .g_irq = bells[i],
					       .is_level = bells[i] == LINE_VUART,
					       .carrier = direct ? bells[i] : 0 };
	}
	for (i = 0; i < count; i++) {
		vcpu_cpus[i] = (uint16_t)(i + 1);
	}
	for (i = 0; i < ARRAY_SIZE(fns) && fake_messages != 0; i++) {
		fns[i] = (struct plan_pci_fn){ .owner = i == 2,
					       .msi_device = 8 + 8 * i,
					       .vectors = (uint16_t)(1 + i),
					       .lpi_first = LPI_FIRST + i * fake_messages };
		plan.pci_fn_count++;
	}
	plan.pci_fns = fns;
	plan.board.lpi_end = LPI_FIRST + plan.pci_fn_count * fake_messages;
	plan_part.msi.first = LINE_MSG;
	plan_part.msi.count = fake_messages;
	plan_part.msi.frame = gpa(FRAME_AT);
	plan_part.virqs = virqs;
	plan_part.virq_count = ARRAY_SIZE(virqs);
	plan_part.cpus = vcpu_cpus;
	plan_part.cpu_count = (uint16_t)count;
	plan_part.irq_mode = direct ? PLAN_IRQ_DIRECT : PLAN_IRQ_VIRTUAL;
	plan_part.gic.version = (uint8_t)version;
	plan_part.gic.dist = gpa(DIST_AT);
	plan_part.gic.redist = gpa(REDIST_AT);
	plan_part.gic.spi_end = SPI_END;
	the_plan = &plan;
}

void fake_start(unsigned int version, unsigned int count, bool direct)
{
	unsigned int i;

	while (pool_count > 0) {
		free(pool[--pool_count]);
	}
	memset(&fake, 0, sizeof(fake));
	memset(&fake_part, 0, sizeof(fake_part));
	memset(vcpus, 0, sizeof(vcpus));
	memset(cpus, 0, sizeof(cpus));
	row_count = 0;
	plan_make(version, count, direct);
	hw.version = (uint8_t)version;
	hw.ends_by_hand = version == 2 && fake_by_hand;
	gic_hw = &hw;
	fake_part.plan = &plan_part;
	fake_part.vcpus = vcpus;
	fake_part.state = PART_RUNNING;
	for (i = 0; i < count; i++) {
		vcpus[i].part = &fake_part;
		vcpus[i].cpu = &cpus[i + 1];
		vcpus[i].index = (uint16_t)i;
		vcpus[i].state = VCPU_ON;
		cpus[i + 1].index = (uint16_t)(i + 1);
	}
	running = 0;
	if (fake_absent < FAKE_CPUS) {
		assert_int_equal(vic_init(&fake_part), ERR_NONE);
		return;
	}
	assert_int_equal(vic_init(&fake_part), OK);
	vic_reset(&fake_part);
	for (i = 0; i < count; i++) {
		running = i + 1;
		vic_vcpu_reset(&vcpus[i]);
	}
	running = 1;
	memset(fake.touched, 0, sizeof(fake.touched));
}

void fake_run_on(unsigned int vcpu)
{
	running = vcpu + 1;
}

struct vgic *fake_vgic(void)
{
	return fake_part.vic;
}

uint32_t fake_own(unsigned int word)
{
	struct vgic_lines *l = vgic_lines(fake_vgic(), &fake_vgic()->cpus[0], word);

	return l->hw | l->soft;
}

bool fake_access(unsigned int region, uint64_t offset, unsigned int size, bool is_write, uint64_t *value)
{
	struct mmio acc = { .value = *value, .size = (uint8_t)size, .is_write = is_write };
	bool ok;

	acc.addr = gpa(gpa_raw(gpa(rows[region].at.base)) + offset);
	ok = rows[region].access(&vcpus[running - 1], rows[region].dev, offset, &acc);
	*value = acc.value;
	fake_settle();
	return ok;
}

uint32_t fake_rd(uint64_t offset)
{
	uint64_t x = 0;

	assert_true(fake_access(false, offset, 4, false, &x));
	return (uint32_t)x;
}

void fake_wr(uint64_t offset, uint32_t x)
{
	uint64_t value = x;

	assert_true(fake_access(false, offset, 4, true, &value));
}

void fake_enable(uint32_t irq)
{
	fake_wr(ISENABLER + word_of(irq), bit_of(irq));
}

uint32_t fake_redist_rd(uint64_t offset)
{
	uint64_t x = 0;

	assert_true(fake_access(true, offset, 4, false, &x));
	return (uint32_t)x;
}

void fake_redist_wr(uint64_t offset, uint32_t x)
{
	uint64_t value = x;

	assert_true(fake_access(true, offset, 4, true, &value));
}

void fake_start_on(unsigned int version, unsigned int count)
{
	unsigned int irq;

	fake_start(version, count, false);
	fake_wr(0, version == 3 ? V3_ON : V2_ON);
	for (irq = 32; version == 2 && irq < SPI_END; irq += 4) {
		fake_wr(ITARGETSR + irq, 0x01010101);
	}
}

/* ---- the guest's CPU interface ---- */

static bool maint_due(unsigned int cpu)
{
	unsigned int i, valid = 0, pending = 0;
	bool ended = false;

	for (i = 0; i < FAKE_LRS; i++) {
		valid += fake.lr[cpu][i].state != 0;
		pending += (fake.lr[cpu][i].state & GIC_LR_PEND) != 0;
		ended |= fake.ended[cpu][i];
	}
	return ended || (fake.maint[cpu] == GIC_MAINT_NO_PENDING && pending == 0) ||
	       (fake.maint[cpu] == GIC_MAINT_UNDERFLOW && valid <= 1);
}

/* Lines of a word that a CPU would acknowledge now. */
static void take_word(unsigned int cpu, unsigned int word)
{
	uint32_t bits = *word_at(GIC_PEND, cpu, word) & *word_at(GIC_ENABLE, cpu, word) &
			~*word_at(GIC_ACTIVE, cpu, word) & fake_own(word);
	unsigned int irq;

	for (; bits; bits &= bits - 1) {
		irq = word * 32 + (unsigned int)__builtin_ctz(bits);
		take(word == 0 ? cpu : (unsigned int)fake.route[irq], irq);
	}
}

void fake_settle(void)
{
	struct vgic *g = fake_part.vic;
	unsigned int i, rounds, caller = running;
	bool again = true;

	for (rounds = 0; again; rounds++) {
		assert_true(rounds < 100); /* maintenance must not come back for ever */
		again = false;
		for (i = 0; i < g->cpu_count; i++) {
			running = i + 1;
			if (cpus[running].events) {
				cpus[running].events = 0;
				vic_sync(&vcpus[i]);
				again = true;
			}
			if (!g->is_direct && maint_due(running)) {
				vgic_maint(&g->cpus[i]);
				again = true;
			}
			if (!g->is_direct) {
				take_word(running, 0);
			}
		}
	}
	for (i = 1; i < SPI_END / 32 && !g->is_direct; i++) {
		take_word(0, i);
	}
	running = caller;
}

static bool is_blocked(unsigned int cpu, uint8_t prio)
{
	unsigned int i;

	for (i = 0; i < FAKE_LRS; i++) {
		if (fake.lr[cpu][i].state & GIC_LR_ACTIVE && fake.lr[cpu][i].prio <= prio) {
			return true;
		}
	}
	return false;
}

uint32_t fake_ack(unsigned int vcpu)
{
	unsigned int cpu = vcpu + 1, i, caller = running;
	struct gic_lr *best = NULL;
	uint32_t irq = 1023;

	running = cpu;
	for (i = 0; i < FAKE_LRS; i++) {
		struct gic_lr *lr = &fake.lr[cpu][i];

		if (lr->state & GIC_LR_PEND && (!best || lr->prio < best->prio) &&
		    !is_blocked(cpu, lr->prio)) {
			best = lr;
		}
	}
	if (best) {
		irq = best->irq;
		best->state = (uint8_t)((best->state & ~GIC_LR_PEND) | GIC_LR_ACTIVE);
	}
	fake_settle();
	running = caller;
	return irq;
}

void fake_eoi(unsigned int vcpu, uint32_t irq)
{
	unsigned int cpu = vcpu + 1, i, caller = running;

	running = cpu;
	for (i = 0; i < FAKE_LRS; i++) {
		struct gic_lr *lr = &fake.lr[cpu][i];

		if (lr->irq != irq || !(lr->state & GIC_LR_ACTIVE)) {
			continue;
		}
		lr->state &= (uint8_t)~GIC_LR_ACTIVE;
		if (lr->is_hw) {
			*word_at(GIC_ACTIVE, cpu, irq / 32) &= ~(1u << irq % 32);
		} else if (lr->want_eoi && !lr->state) {
			fake.ended[cpu][i] = true;
		}
		fake_settle();
		running = caller;
		return;
	}
	fail_msg("INTID %u ended, but it is active in no list register", irq);
}

void fake_check(void)
{
	unsigned int cpu, i, j, word;

	for (cpu = 0; cpu < FAKE_CPUS; cpu++) {
		for (i = 0; i < FAKE_LRS; i++) {
			const struct gic_lr *lr = &fake.lr[cpu][i];

			if (!lr->state) {
				continue;
			}
			assert_true(fake_own(lr->irq / 32) >> lr->irq % 32 & 1);
			for (j = 0; j < i; j++) {
				assert_false(fake.lr[cpu][j].state && fake.lr[cpu][j].irq == lr->irq);
			}
		}
	}
	for (word = 0; word < FAKE_WORDS; word++) {
		assert_int_equal(fake.touched[word] & ~(word < SPI_END / 32 ? fake_own(word) : 0), 0);
	}
}
