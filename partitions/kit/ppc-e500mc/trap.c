/* SPDX-License-Identifier: BSD-3-Clause */
/* Exceptions of a guest program: guarded accesses, interrupts, and a report of everything else. */
/* own CPU, exception context */
#include "kit/ppc-e500mc/ppc.h"

bool (*trap_hook)(struct trap_frame *frame, unsigned int vector, uint32_t esr, uint32_t dear);

void trap_entry(struct trap_frame *frame, unsigned int vector);

static void trap_report(const struct trap_frame *frame, unsigned int vector)
{
	kit_panic("FAIL exception: vector %u on cpu %u, esr 0x%lx dear 0x%lx mcsr 0x%lx pc 0x%lx msr 0x%lx\n",
		  vector, cpu_index(), (unsigned long)spr_read(SPR_ESR), (unsigned long)spr_read(SPR_DEAR),
		  (unsigned long)spr_read(SPR_MCSR), (unsigned long)frame->pc, (unsigned long)frame->msr);
}

/* What kind of fault: the vector in the upper half, ESR or MCSR in the lower. */
static bool trap_fault(struct trap_frame *frame, unsigned int vector)
{
	uint32_t esr = vector == 1 ? spr_read(SPR_MCSR) : spr_read(SPR_ESR);
	uint32_t dear = spr_read(SPR_DEAR);

	if (vector == 1) {
		spr_write(SPR_MCSR, esr);
	}
	if (trap_guarded((uint64_t)vector << 32 | esr, dear, frame->pc)) {
		frame->pc += 4;
		return true;
	}
	return trap_hook && trap_hook(frame, vector, esr, dear);
}

/* An interrupt that came just before the `wait` must not be slept over (lost wake-up). */
static void end_sleep(struct trap_frame *frame)
{
	uintptr_t pc = frame->pc;

	if (pc >= (uintptr_t)sleep_begin && pc < (uintptr_t)sleep_end) {
		frame->pc = (uint32_t)(uintptr_t)sleep_end;
		frame->msr &= ~MSR_WE;
	}
}

void trap_entry(struct trap_frame *frame, unsigned int vector)
{
	if (vector == 15 && is_e500mc()) {
		frame->pc = spr_read(574); /* e500mc saves debug interrupts apart: DSRR0, DSRR1 */
		frame->msr = spr_read(575);
	}
	if (vector == 4 || vector == 10 || vector == 36) {
		end_sleep(frame);
	}
	switch (vector) {
	case 4:
		irq_external();
		return;
	case 10:
		timer_fired();
		return;
	case 36:
		irq_ipis();
		return;
	default:
		if (!trap_fault(frame, vector)) {
			trap_report(frame, vector);
		}
	}
}
