/* SPDX-License-Identifier: BSD-3-Clause */
/* The rest of the hypervisor, as far as the emulator, reflection and timers of ppc need it. */
#include "ppc_fake.h"

#include <string.h>

#include "hv/cpu.h"
#include "pic.h"
#include "tlb.h"

struct tlb_core core = { .pvr = 0x80230020, .svr = 0x82000010, .mmucfg = 0x064809c4, .is_e500mc = true };
static struct plan plan;
struct plan_part plan_part;
static struct part part = { .plan = &plan_part };
static struct cpu cpu;
struct vcpu vcpu = { .part = &part, .cpu = &cpu };
uint64_t now, armed;
uint32_t flushed_line;
unsigned int watchdogs, failures, flushed_arrays;
const struct plan *the_plan = &plan;

const struct tlb_core *tlb_core(void)
{
	return &core;
}
void tlb_load_user_sprgs(const uint32_t sprg3_to_7[5])
{
	(void)sprg3_to_7;
}
bool guest_is_e500mc(const struct vcpu *v)
{
	(void)v;
	return core.is_e500mc;
}
void guest_set_msr(struct vcpu *v, uint32_t msr)
{
	v->arch.g.msr = msr & (core.is_e500mc ? GUEST_MSR_E500MC : GUEST_MSR_E500V2);
}
uint64_t arch_time_now(void)
{
	return now;
}
void timer_hw_arm(uint64_t when)
{
	armed = when;
}
void part_watchdog(struct vcpu *v)
{
	(void)v;
	watchdogs++;
}
enum trap part_fail(struct vcpu *v, const char *fmt, ...)
{
	(void)v;
	(void)fmt;
	failures++;
	return TRAP_STOP;
}
void pic_taken(struct vcpu *v)
{
	unpend(v, PPC_PEND_EXTERNAL);
	v->arch.g.epr = 77;
}
uint64_t pic_timer_due(const struct vcpu *v)
{
	(void)v;
	return UINT64_MAX;
}
void pic_timer_tick(struct vcpu *v, uint64_t at)
{
	(void)v;
	(void)at;
}
void mmu_write(struct vcpu *v, enum gtlb_result *res)
{
	(void)v;
	*res = GTLB_OK;
}
void mmu_flush_all(struct vcpu *v)
{
	(void)v;
}
void mmu_flush_pid(struct vcpu *v, uint32_t pid)
{
	(void)v;
	(void)pid;
}
void mmu_flush_va(struct vcpu *v, uint32_t ea, uint32_t pid)
{
	(void)v;
	(void)ea;
	(void)pid;
}
void mmu_flush_array(struct vcpu *v, unsigned int array)
{
	(void)v;
	flushed_arrays |= 1u << array;
}
enum trap mmu_flush_line(struct vcpu *v, uint32_t ea)
{
	(void)v;
	flushed_line = ea;
	return TRAP_SKIP;
}
void mmu_broadcast(struct vcpu *v, uint32_t ea)
{
	(void)v;
	(void)ea;
}
void message_send(struct vcpu *v, uint32_t message)
{
	(void)v;
	(void)message;
}
void message_clear(struct vcpu *v, uint32_t message)
{
	(void)v;
	(void)message;
}

int ppc_setup(void **state)
{
	(void)state;
	memset(&vcpu.arch, 0, sizeof(vcpu.arch));
	vcpu.part = &part;
	vcpu.cpu = &cpu;
	cpu.arch.timer_when = UINT64_MAX;
	emul_init();
	core.is_e500mc = true;
	plan_part.flags = 0;
	plan.legacy_interrupts = false;
	now = 1000000;
	watchdogs = failures = flushed_arrays = 0;
	timer_reset(&vcpu);
	return 0;
}
