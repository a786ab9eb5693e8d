/* SPDX-License-Identifier: BSD-3-Clause */
/* Contract "cpu", "time" and "cache": entry into C, other CPUs, waiting, the timebase. */
#include "hv/cpu.h"

#include "arch/regs.h"
#include "drivers/mpic.h"
#include "emul.h"
#include "hv/irqc.h"
#include "hv/log.h"
#include "hv/panic.h"
#include "hv/part.h"
#include "irq.h"
#include "map.h"
#include "spr_access.h"
#include "tlb.h"
#include "trap_ppc.h"

#define STACK_SIZE 8192

static uint8_t stacks[MAX_CPUS][STACK_SIZE] aligned_to(16) __attribute__((noinit));
extern uint8_t boot_stack_top[];
static struct range image;
static uint64_t timebase_hz;

/* ---- entry --------------------------------------------------------------------------------- */

static void set_vectors(void)
{
	if (tlb_core()->is_e500mc) {
		__asm__ volatile("mtspr 415, %0" : : "r"((uint32_t)vector_offset_debug_ed));
		__asm__ volatile("mtspr 532, %0" : : "r"((uint32_t)vector_offsets_more[4]));
		__asm__ volatile("mtspr 533, %0" : : "r"((uint32_t)vector_offsets_more[5]));
	} else {
		__asm__ volatile("mtspr 528, %0" : : "r"((uint32_t)vector_offsets_more[0]));
		__asm__ volatile("mtspr 529, %0" : : "r"((uint32_t)vector_offsets_more[1]));
		__asm__ volatile("mtspr 530, %0" : : "r"((uint32_t)vector_offsets_more[2]));
	}
	/* Probing is over: program interrupts of guests may take the short way. */
	__asm__ volatile("mtspr 406, %0" : : "r"((uint32_t)(uintptr_t)vec_program_fast & 0xffff));
	__asm__ volatile("mtspr 531, %0" : : "r"((uint32_t)vector_offsets_more[3]));
}

void ppc_start(uint32_t tree_high, uint32_t tree_low, uint32_t image_high, uint32_t image_low)
{
	struct boot_info boot;
	uint32_t pir;

	__asm__("mfspr %0, 286" : "=r"(pir));
	image.base = (uint64_t)image_high << 32 | image_low;
	image.size = MAP_IMAGE_SIZE;
	boot = (struct boot_info){
		.hw_tree = hpa((uint64_t)tree_high << 32 | tree_low),
		.cpu = pir,
		.image = image,
	};
	tlb_probe();
	emul_init();
	cpus[0].arch.window = UINT64_MAX;
	cpus[0].arch.timer_when = UINT64_MAX;
	cpus[0].arch.pir = pir;
	set_vectors();
	hv_main(&boot);
}

void ppc_start_secondary(void)
{
	struct cpu *cpu = cpu_self();

	cpu->arch.window = UINT64_MAX;
	cpu->arch.timer_when = UINT64_MAX;
	tlb_map_all_devices();
	set_vectors();
	hv_secondary(cpu);
}

hpa_t arch_hmem_address(const void *p)
{
	return hpa(image.base + ((uintptr_t)p - MAP_IMAGE));
}

void arch_cpu_init(struct cpu *cpu)
{
	cpu->arch.pir = (uint32_t)cpu->hw_id;
	/* Guests' cache operations by external PID may reach nothing before a guest runs. */
	tlb_set_guest_pid(EPC_USER_AS1 | SHADOW_PIDS);
	mtspr(SPR_TCR, TCR_DIE);
	timer_hw_arm(UINT64_MAX);
	if (tlb_core()->has_ehv) {
		panic_plain("this core has a working E.HV category and there is no code for it yet");
	}
	if (cpu->index == 0) {
		log_print(LOG_INFO, "%s without category E.HV: guests run de-privileged",
			  tlb_core()->is_e500mc ? "e500mc" : "e500v2");
	}
}

/* ---- other CPUs: ePAPR spin table (5.5.2) ------------------------------------------------------ */

struct spin_entry {
	uint32_t addr_high, addr_low, r3_high, r3_low, reserved, pir;
};

enum err arch_cpu_start(struct cpu *cpu)
{
	const struct plan_cpu *pc = &the_plan->cpus[cpu->index];
	uint64_t entry = image.base + ((uintptr_t)secondary_start - MAP_IMAGE);
	uint64_t size = sizeof(struct spin_entry);
	volatile struct spin_entry *e;

	if (pc->start != PLAN_START_SPIN) {
		return ERR_NONE;
	}
	cpu->stack_top = stacks[cpu->index] + STACK_SIZE;
	e = arch_hmem(pc->release_addr, &size);
	if (size < sizeof(*e)) {
		return ERR_RANGE;
	}
	if ((e->addr_low & 1) == 0) {
		return ERR_STATE;
	}
	e->r3_high = 0;
	e->r3_low = (uint32_t)(uintptr_t)cpu;
	e->addr_high = (uint32_t)(entry >> 32);
	msync();
	e->addr_low = (uint32_t)entry;
	msync();
	__asm__ volatile("dcbf 0, %0; msync" : : "r"(e) : "memory");
	return OK;
}

void arch_cpu_kick(struct cpu *cpu)
{
	irqc->kick(cpu);
}

void arch_cpu_wait(void)
{
	struct cpu *cpu = cpu_self();

	if (tlb_core()->is_e500mc) {
		cpu_wait_e500mc();
	} else {
		cpu_wait_e500v2();
	}
	irq_external(cpu);
	if ((mfspr(SPR_TSR) & TSR_DIS) != 0) {
		irq_timer(cpu);
		/* The rest of a far deadline; a guest's own are armed when it goes on. */
		timer_hw_arm(cpu->arch.timer_when);
	}
}

void arch_cpu_restack(noreturn_fn void (*fn)(void))
{
	uint8_t *top = (uint8_t *)cpu_self()->stack_top - 16;

	__asm__ volatile("mr %%r1, %0; li %%r0, 0; stw %%r0, 0(%%r1); mtctr %1; bctr"
			 :
			 : "r"(top), "r"(fn)
			 : "memory");
	__builtin_unreachable();
}

void arch_cpu_park(void)
{
	for (;;) {
		__asm__ volatile("wrteei 0");
		cpu_relax();
	}
}

/* ---- time -------------------------------------------------------------------------------------- */

uint64_t arch_time_now(void)
{
	return timebase();
}

uint64_t arch_time_hz(void)
{
	if (the_plan != NULL && timebase_hz == 0) {
		timebase_hz = the_plan->board.timebase_hz;
	}
	return timebase_hz != 0 ? timebase_hz : 400000000;
}

/* DEC counts to 0 and latches TSR[DIS]; a far deadline is approached in steps. */
#define DEC_MAX 0x7fffffffu

void timer_hw_arm(uint64_t when)
{
	uint64_t now = timebase();
	uint64_t ticks = when > now ? when - now : 1;

	mtspr(SPR_DEC, ticks < DEC_MAX ? (uint32_t)ticks : DEC_MAX);
}

void arch_time_arm(uint64_t when)
{
	struct cpu *cpu = cpu_self();

	cpu->arch.timer_when = when;
	if (cpu->vcpu != NULL) {
		timer_rearm(cpu->vcpu);
	} else {
		timer_hw_arm(when);
	}
}

/* ---- cache --------------------------------------------------------------------------------------- */

#define LINE 32 /* the smaller of the family: e500mc has 64 */

void arch_cache_sync(const void *p, uint64_t n)
{
	uintptr_t first = (uintptr_t)p & ~(uintptr_t)(LINE - 1);
	uintptr_t last = (uintptr_t)p + (uintptr_t)n;

	for (uintptr_t a = first; a < last; a += LINE) {
		__asm__ volatile("dcbst 0, %0" : : "r"(a) : "memory");
	}
	msync();
	for (uintptr_t a = first; a < last; a += LINE) {
		__asm__ volatile("icbi 0, %0" : : "r"(a) : "memory");
	}
	msync();
	isync();
}
