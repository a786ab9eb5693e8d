/* SPDX-License-Identifier: BSD-3-Clause */
/* The architecture contract on the host: one thread, a coroutine per CPU, strict turns. */
/* model tests only */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <sanitizer/common_interface_defs.h>

#include "fake.h"
#include "hv/console.h"
#include "hv/dma.h"
#include "hv/errq.h"
#include "hv/gtree.h"
#include "hv/irqc.h"
#include "hv/pool.h"
#include "hv/uarts.h"
#include "hv/vuart.h"

#define FAKE_STACK KIB(256)
#define FAKE_HZ 1000000u

struct fake_cpu {
	ucontext_t context;
	uint8_t *stack;
	void (*fn)(void); /* where to begin on an empty stack */
	bool is_fresh;
	bool is_absent;
	bool is_kicked;
	bool is_waiting; /* in arch_cpu_wait() */
	bool is_guest;	 /* in arch_vcpu_enter() */
	bool is_deaf;
	fake_op *op;
	void *op_arg;
};

uint8_t fake_ram[FAKE_RAM_SIZE];
struct cpu *fake_self = &cpus[0];
const struct irqc_ops *irqc;
const char *const arch_exit_names[] = {"hcall", "vuart", "stray", "event", NULL};

static struct fake_cpu fake_cpus[FAKE_CPUS];
static ucontext_t fake_scheduler;
static const void *fake_main_stack;
static size_t fake_main_size;
static uint64_t fake_now = 1000;
static uint64_t fake_armed[FAKE_CPUS];

/* ---- turns -------------------------------------------------------------------------------- */

static struct fake_cpu *fake_me(void)
{
	return &fake_cpus[fake_self->index];
}

static void fake_entry(void)
{
	__sanitizer_finish_switch_fiber(NULL, &fake_main_stack, &fake_main_size);
	fake_me()->fn();
	abort();
}

/* Give the turn back to the scheduler. */
static void fake_yield(void)
{
	struct fake_cpu *me = fake_me();
	void *save;

	__sanitizer_start_switch_fiber(&save, fake_main_stack, fake_main_size);
	swapcontext(&me->context, &fake_scheduler);
	__sanitizer_finish_switch_fiber(save, NULL, NULL);
}

static void fake_turn(unsigned int i)
{
	struct fake_cpu *c = &fake_cpus[i];
	struct cpu *before = fake_self;
	void *save;

	if (c->is_fresh) {
		c->is_fresh = false;
		getcontext(&c->context);
		c->context.uc_stack.ss_sp = c->stack;
		c->context.uc_stack.ss_size = FAKE_STACK;
		c->context.uc_link = NULL;
		makecontext(&c->context, fake_entry, 0);
	}
	fake_self = &cpus[i];
	__sanitizer_start_switch_fiber(&save, c->stack, FAKE_STACK);
	swapcontext(&fake_scheduler, &c->context);
	__sanitizer_finish_switch_fiber(save, NULL, NULL);
	fake_self = before;
}

static bool fake_has_work(unsigned int i)
{
	struct fake_cpu *c = &fake_cpus[i];
	bool is_deaf = c->is_deaf && c->is_guest && !cpus[i].vcpu->part->arch.is_revoked;

	if (c->is_absent || cpus[i].state == CPU_PARKED || (c->stack == NULL)) {
		return false;
	}
	return c->is_fresh || fake_armed[i] <= fake_now || (c->is_guest && c->op != NULL) ||
	       (c->is_kicked && !is_deaf);
}

/*
 * Events make no CPU look, kicks do, and a CPU does not kick itself: what it posts to itself it has to
 * see before it waits or goes to its guest. A test posts as the CPU whose interrupt it stands for.
 */
static void fake_look(void)
{
	if (fake_self->events != 0) {
		fake_me()->is_kicked = true;
	}
}

static void fake_nothing_lost(void)
{
	for (unsigned int i = 0; i < cpu_count; i++) {
		const struct fake_cpu *c = &fake_cpus[i];

		if (c->stack != NULL && !c->is_absent && !c->is_deaf && cpus[i].state != CPU_PARKED) {
			assert_int_equal(cpus[i].events, 0);
		}
	}
}

void fake_run(void)
{
	unsigned int turns = 0;
	bool any = true;

	fake_look();
	while (any) {
		any = false;
		for (unsigned int i = 0; i < cpu_count; i++) {
			if (fake_has_work(i)) {
				any = true;
				assert_true(turns++ < 1000000);
				fake_turn(i);
				assert_int_equal(cpus[i].locks_held, 0);
			}
		}
	}
	fake_nothing_lost();
}

void fake_step(unsigned int i)
{
	fake_look();
	if (fake_has_work(i)) {
		fake_turn(i);
		assert_int_equal(cpus[i].locks_held, 0);
	}
}

void fake_time_jump(uint64_t us)
{
	fake_now += us * (FAKE_HZ / 1000000u);
}

void fake_time_pass(uint64_t us)
{
	fake_time_jump(us);
	fake_run();
}

/* ---- cpu ---------------------------------------------------------------------------------- */

static void fake_begin(unsigned int i, void (*fn)(void))
{
	fake_cpus[i].stack = fake_cpus[i].stack == NULL ? malloc(FAKE_STACK) : fake_cpus[i].stack;
	fake_cpus[i].fn = fn;
	fake_cpus[i].is_fresh = true;
}

static void fake_secondary(void)
{
	hv_secondary(fake_self);
}

void arch_cpu_init(struct cpu *cpu)
{
	(void)cpu;
}

enum err arch_cpu_start(struct cpu *cpu)
{
	if (!fake_cpus[cpu->index].is_absent) {
		fake_begin(cpu->index, fake_secondary);
	}
	return OK;
}

void arch_cpu_kick(struct cpu *cpu)
{
	fake_cpus[cpu->index].is_kicked = true;
}

static void fake_interrupts(void)
{
	unsigned int i = fake_self->index;

	fake_cpus[i].is_kicked = false;
	if (fake_armed[i] <= fake_now) {
		fake_armed[i] = UINT64_MAX;
		timer_expired(fake_self);
	}
}

void arch_cpu_wait(void)
{
	fake_yield();
	fake_interrupts();
}

void arch_cpu_restack(noreturn_fn void (*fn)(void))
{
	struct fake_cpu *me = fake_me();

	me->fn = fn;
	me->is_fresh = true;
	me->is_guest = false;
	fake_yield();
	abort();
}

void arch_cpu_park(void)
{
	fake_self->state = CPU_PARKED;
	for (;;) {
		fake_yield();
	}
}

unsigned int fake_resets;

void arch_system_reset(void)
{
	fake_resets++;
}

void arch_system_off(void)
{
}

/* ---- vcpu --------------------------------------------------------------------------------- */

void arch_vcpu_reset(struct vcpu *v, const struct vcpu_entry *entry)
{
	memset(v->arch.x, 0, sizeof(v->arch.x));
	assert_ptr_equal(v->cpu, fake_self);
	v->arch.resets++;
	v->arch.is_user = false;
	v->arch.entry_pc = v->arch.pc = entry->pc;
	v->arch.entry_arg = v->arch.x[0] = entry->arg;
}

void arch_vcpu_enter(struct vcpu *v)
{
	struct fake_cpu *me = fake_me();

	assert_ptr_equal(v->cpu, fake_self);
	assert_int_equal(fake_self->locks_held, 0);
	assert_int_equal(v->state, VCPU_ON);
	assert_false(v->part->arch.is_revoked);
	fake_iommu_enter(v->part);
	v->arch.enters++;
	me->is_guest = true;
	for (;;) {
		enum trap verdict = TRAP_RETRY;

		if (!me->is_kicked) {
			fake_yield();
		}
		fake_interrupts();
		if (me->op != NULL) {
			fake_op *op = me->op;

			me->op = NULL;
			verdict = op(v, me->op_arg);
		}
		if (verdict == TRAP_STOP || fake_self->events != 0) {
			me->is_guest = false;
			trap_exit(v, verdict);
			me->is_guest = true;
		}
	}
}

void arch_vcpu_leave(struct vcpu *v)
{
	assert_ptr_equal(v->cpu, fake_self);
	v->arch.leaves++;
}

uint64_t arch_vcpu_reg(const struct vcpu *v, unsigned int n)
{
	return v->arch.x[n];
}

void arch_vcpu_set_reg(struct vcpu *v, unsigned int n, uint64_t x)
{
	v->arch.x[n] = x;
}

uint64_t arch_vcpu_pc(const struct vcpu *v)
{
	return v->arch.pc;
}

bool arch_vcpu_is_user(const struct vcpu *v)
{
	return v->arch.is_user;
}

void arch_vcpu_inject_bus_error(struct vcpu *v, gpa_t at, bool is_write)
{
	(void)at;
	(void)is_write;
	v->arch.faults++;
}

void arch_vcpu_dump(const struct vcpu *v, void (*emit)(const char *line))
{
	(void)v;
	emit("  pc 0");
}

/* ---- memory and time ---------------------------------------------------------------------- */

enum err arch_gspace_init(struct part *p)
{
	(void)p;
	return OK;
}

void arch_gspace_revoke(struct part *p)
{
	p->arch.is_revoked = true;
}

void arch_gspace_restore(struct part *p)
{
	p->arch.is_revoked = false;
}

/* Views end at every 4 KiB boundary, so that all code that walks memory is seen walking. */
void *arch_hmem(hpa_t at, uint64_t *size)
{
	uint64_t off = hpa_raw(at) - FAKE_RAM_BASE;
	uint64_t room = PAGE_SIZE - (off & (PAGE_SIZE - 1));

	if (off >= FAKE_RAM_SIZE) {
		return NULL;
	}
	*size = *size < room ? *size : room;
	fake_iommu_touch(hpa_raw(at));
	return fake_ram + off;
}

hpa_t arch_hmem_address(const void *p)
{
	return hpa((uintptr_t)p);
}

volatile void *arch_hmem_device(hpa_t at, uint64_t size)
{
	static uint8_t registers[PAGE_SIZE];

	(void)at;
	(void)size;
	return registers;
}

void arch_hmem_seal(const struct plan *plan, struct range arena)
{
	(void)plan;
	(void)arena;
}

void arch_cache_sync(const void *p, uint64_t n)
{
	(void)p;
	(void)n;
}

uint64_t arch_time_now(void)
{
	return fake_now++;
}

uint64_t arch_time_hz(void)
{
	return FAKE_HZ;
}

void arch_time_arm(uint64_t when)
{
	fake_armed[fake_self->index] = when;
}

/* ---- virtual interrupts ------------------------------------------------------------------- */

enum err vic_init(struct part *p)
{
	(void)p;
	return OK;
}

void vic_reset(struct part *p)
{
	p->arch.vic_resets++;
	memset(p->arch.level, 0, sizeof(p->arch.level));
}

void vic_vcpu_reset(struct vcpu *v)
{
	assert_ptr_equal(v->cpu, fake_self);
}

void vic_raise(struct part *p, uint32_t g_irq)
{
	p->arch.raised[g_irq]++;
	cpu_post(p->vcpus[0].cpu, CPU_EV_VIRQ);
}

void vic_level(struct part *p, uint32_t g_irq, bool on)
{
	p->arch.level[g_irq] = on;
}

void vic_sync(struct vcpu *v)
{
	assert_ptr_equal(v->cpu, fake_self);
	v->arch.syncs++;
}

void vic_pause(struct part *p, bool paused)
{
	p->arch.is_vic_paused = paused;
}

/* ---- what tests do ------------------------------------------------------------------------ */

static enum err fake_irqc_cpu_init(struct cpu *cpu)
{
	(void)cpu;
	return OK;
}

static void fake_irqc_claim(uint32_t irq, struct cpu *to, uint8_t flags)
{
	(void)irq;
	(void)to;
	(void)flags;
}

static void fake_irqc_eoi(uint32_t irq)
{
	(void)irq;
}

static const struct irqc_ops fake_irqc = {
    .name = "fake",
    .cpu_init = fake_irqc_cpu_init,
    .claim = fake_irqc_claim,
    .eoi = fake_irqc_eoi,
    .kick = arch_cpu_kick,
};

void fake_boot(void)
{
	const struct plan *plan = fake_plan();

	irqc = &fake_irqc;
	cpu_count = FAKE_CPUS;
	the_plan = plan;
	for (unsigned int i = 0; i < FAKE_CPUS; i++) {
		fake_armed[i] = UINT64_MAX;
		cpus[i].index = (uint16_t)i;
		cpus[i].hw_id = i;
		cpus[i].timer_when = UINT64_MAX;
	}
	fake_cpus[4].is_absent = true;
	errq_global = errq_create();
	assert_int_equal(uarts_init(plan), OK);
	assert_int_equal(part_init_all(plan), OK);
	assert_int_equal(bc_init(plan), OK);
	assert_int_equal(mux_init(plan), OK);
	assert_int_equal(dma_init(plan), OK);
	for (unsigned int i = 0; i < part_count; i++) {
		assert_int_equal(gtree_open(&parts[i]), OK);
		assert_int_equal(vuart_init(&parts[i]), OK);
		assert_int_equal(dma_part_init(&parts[i]), OK);
		parts[i].is_usable = true;
	}
	pool_close();
	for (unsigned int i = 0; i < FAKE_CPUS; i++) {
		assert_int_equal(arch_cpu_start(&cpus[i]), OK);
	}
	fake_self = &cpus[5];
	fake_run();
	console_attach(&cpus[5]);
	assert_int_equal(uarts_serve(plan, &cpus[5]), OK);
	assert_int_equal(dma_serve(plan, &cpus[5]), OK);
	fake_run();
}

void fake_start(unsigned int part)
{
	assert_int_equal(part_start(&parts[part], true, 0), OK);
	fake_run();
	assert_int_equal(parts[part].state, PART_RUNNING);
}

void fake_trap(struct vcpu *v, fake_op *fn, void *arg)
{
	struct fake_cpu *c = &fake_cpus[v->cpu->index];

	assert_true(c->is_guest);
	c->op = fn;
	c->op_arg = arg;
	fake_run();
	assert_null(c->op);
}

static enum trap fake_hcall_op(struct vcpu *v, void *arg)
{
	arch_vcpu_set_reg(v, ARCH_HCALL_STATUS, (uint64_t)trap_hcall(v, *(uint32_t *)arg));
	return TRAP_SKIP;
}

uint64_t fake_hcall(unsigned int part, uint32_t token, unsigned int n, ...)
{
	struct vcpu *v = &parts[part].vcpus[0];
	va_list ap;

	va_start(ap, n);
	for (unsigned int i = 0; i < n; i++) {
		v->arch.x[ARCH_HCALL_ARG0 + i] = va_arg(ap, uint64_t);
	}
	va_end(ap);
	fake_trap(v, fake_hcall_op, &token);
	return v->arch.x[ARCH_HCALL_STATUS];
}

void fake_try(struct vcpu *v, fake_op *fn, void *arg)
{
	struct fake_cpu *c = &fake_cpus[v->cpu->index];

	if (c->is_guest && c->op == NULL) {
		c->op = fn;
		c->op_arg = arg;
	}
}

void fake_deafen(struct vcpu *v, bool on)
{
	fake_cpus[v->cpu->index].is_deaf = on;
}

void fake_deaf(struct vcpu *v, bool on)
{
	fake_deafen(v, on);
	fake_run();
}

static enum trap fake_mmio_op(struct vcpu *v, void *arg)
{
	return trap_mmio(v, arg);
}

uint64_t fake_load(struct vcpu *v, uint64_t at, unsigned int size)
{
	struct mmio acc = {.addr = gpa(at), .size = (uint8_t)size};

	fake_trap(v, fake_mmio_op, &acc);
	return acc.value;
}

void fake_store(struct vcpu *v, uint64_t at, unsigned int size, uint64_t x)
{
	struct mmio acc = {.addr = gpa(at), .size = (uint8_t)size, .value = x, .is_write = true};

	fake_trap(v, fake_mmio_op, &acc);
}

unsigned int fake_raised(unsigned int part, unsigned int irq)
{
	unsigned int n = parts[part].arch.raised[irq];

	parts[part].arch.raised[irq] = 0;
	return n;
}
