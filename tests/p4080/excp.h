/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts: classes, vectors, saved state, and the decision which pending one is taken.
 * Synchronous ones expect core->pc = address of the instruction and leave core->pc = vector.
 */
#ifndef P4080_EXCP_H
#define P4080_EXCP_H

#include "core.h"
#include "mmu.h"

/* IVOR numbers */
enum excp_vector {
	EXCP_CRITICAL = 0,
	EXCP_MCHECK = 1,
	EXCP_DSI = 2,
	EXCP_ISI = 3,
	EXCP_EXTERNAL = 4,
	EXCP_ALIGN = 5,
	EXCP_PROGRAM = 6,
	EXCP_FP = 7,
	EXCP_SC = 8,
	EXCP_DEC = 10,
	EXCP_FIT = 11,
	EXCP_WATCHDOG = 12,
	EXCP_DTLB = 13,
	EXCP_ITLB = 14,
	EXCP_DEBUG = 15,
	EXCP_PERFMON = 35,
	EXCP_DBELL = 36,
	EXCP_DBELL_CRIT = 37,
	EXCP_G_DBELL = 38,
	EXCP_G_DBELL_CRIT = 39,
	EXCP_HCALL = 40,
	EXCP_EHPRIV = 41,
};

const char *excp_name(unsigned ivor);

/* --- synchronous --- */
void excp_tlb_miss(struct core *c, const struct mmu_access *a);
/* DSI or ISI; vf = virtualisation fault (always to the hypervisor). */
void excp_storage(struct core *c, const struct mmu_access *a, bool vf);
/* Cache locking without permission: DSI with ESR[DLK] or ESR[ILK]. */
void excp_lock(struct core *c, uint32_t ea, uint32_t esr);
void excp_align(struct core *c, uint32_t ea, bool store);
void excp_program(struct core *c, uint32_t esr);
void excp_fp_unavailable(struct core *c);
/* sc and sc 1: core->pc must be the next instruction's address. */
void excp_syscall(struct core *c);
void excp_hcall(struct core *c);
/* Embedded hypervisor privilege. */
void excp_ehpriv(struct core *c);
/* Debug interrupt now; pc saved as it is. DBSR has been set. */
void excp_debug(struct core *c);

/* --- asynchronous --- */
/* Take the highest-priority enabled interrupt, if any; called when core->attention is set. */
void excp_poll(struct core *c);

/* --- MSR --- */
/* Write MSR as software in the current state does: guest state keeps GS and protected bits. */
void excp_msr_write(struct core *c, uint32_t val);
/* Return from interrupt with this saved pair. */
void excp_return(struct core *c, uint32_t pc, uint32_t msr);

/* Count instructions up to now; `lost` cycles executed nothing. */
void excp_account(struct core *c, unsigned lost);

#endif
