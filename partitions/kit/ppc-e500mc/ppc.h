/* SPDX-License-Identifier: BSD-3-Clause */
/* The kit on ppc-e500mc: registers, the trap frame, numbers of interrupts without a handle. */
/* any CPU, guest supervisor */
#ifndef KIT_PPC_H
#define KIT_PPC_H

#include "kit/kit.h"

#define spr_read(n)                                                                                \
	({                                                                                         \
		uint32_t v__;                                                                      \
		__asm__ volatile("mfspr %0, %1" : "=r"(v__) : "i"(n));                             \
		v__;                                                                               \
	})
#define spr_write(n, v) __asm__ volatile("mtspr %0, %1" : : "i"(n), "r"((uint32_t)(v)) : "memory")

enum {
	SPR_DEC = 22,
	SPR_DEAR = 61,
	SPR_ESR = 62,
	SPR_PIR = 286,
	SPR_PVR = 287,
	SPR_TSR = 336,
	SPR_TCR = 340,
	SPR_MCSR = 572,
	SPR_EPR = 702,
};

static inline uint32_t msr_read(void)
{
	uint32_t msr;

	__asm__ volatile("mfmsr %0" : "=r"(msr));
	return msr;
}

static inline void msr_write(uint32_t msr)
{
	__asm__ volatile("mtmsr %0; isync" : : "r"(msr) : "memory");
}

/* By its PVR; the other core is an e500v2. */
static inline bool is_e500mc(void)
{
	return spr_read(SPR_PVR) >> 16 == 0x8023;
}

/* Interrupts that come without a handle get numbers above all handles in use. */
#define IRQ_TIMER (IRQ_MAX - 9)
#define IRQ_IPI (IRQ_MAX - 8)

struct trap_frame {
	uint32_t gpr[32];
	uint32_t cr, lr, ctr, xer;
	uint32_t pc, msr;
};

/* A program may take exceptions for itself: return true when dealt with (frame may be changed). */
extern bool (*trap_hook)(struct trap_frame *frame, unsigned int vector, uint32_t esr, uint32_t dear);

#define MSR_WE 0x00040000u /* e500v2 */
#define TCR_DIE 0x04000000u
#define TSR_DIS 0x08000000u

/* EE on, `wait` or doze until an interrupt has been taken, then EE as in msr. */
void sleep_until_interrupt(uint32_t msr, bool has_wait);
/* An interrupt between these two has ended the sleep, also when the waiting was still to come. */
extern const char sleep_begin[], sleep_end[];
void timer_fired(void);
void irq_external(void);
void irq_ipis(void);
/* sc 1 with r3..r11 from and to the array. */
void sc1(uint32_t r3_to_r11[9]);

#endif
