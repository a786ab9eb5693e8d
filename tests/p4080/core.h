/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One e500mc core: architected state, the caches that make it fast, and its doors to the machine.
 * A single host thread runs all cores in turn; nothing here is locked.
 */
#ifndef P4080_CORE_H
#define P4080_CORE_H

#include "bits.h"
#include "bus.h"
#include "spr.h"
#include "stats.h"

/* MSR bits (e500mc has no WE, no SPE) */
#define MSR_GS PBIT32(3)
#define MSR_UCLE PBIT32(5)
#define MSR_CE PBIT32(14)
#define MSR_EE PBIT32(16)
#define MSR_PR PBIT32(17)
#define MSR_FP PBIT32(18)
#define MSR_ME PBIT32(19)
#define MSR_FE0 PBIT32(20)
#define MSR_DE PBIT32(22)
#define MSR_FE1 PBIT32(23)
#define MSR_IS PBIT32(26)
#define MSR_DS PBIT32(27)
#define MSR_PMM PBIT32(29)
#define MSR_RI PBIT32(30)
#define MSR_MASK                                                                                   \
	(MSR_GS | MSR_UCLE | MSR_CE | MSR_EE | MSR_PR | MSR_FP | MSR_ME | MSR_FE0 | MSR_DE |       \
	 MSR_FE1 | MSR_IS | MSR_DS | MSR_PMM | MSR_RI)

/* Interrupt inputs of a core: levels, set by the interrupt controller. */
enum core_input {
	CORE_IN_EXTERNAL = 1,
	CORE_IN_CRITICAL = 2,
	CORE_IN_MCHECK = 4, /* MCP pin: MCSR[MCP] follows while it is high */
	CORE_IN_NMI = 8,
};

/* Message latches (msgsnd types) */
enum core_message {
	CORE_MSG_DBELL,
	CORE_MSG_DBELL_CRIT,
	CORE_MSG_G_DBELL,
	CORE_MSG_G_DBELL_CRIT,
	CORE_MSG_G_DBELL_MC,
	CORE_MSG_COUNT
};

/* Why the core executes nothing now */
enum core_idle {
	CORE_RUNNING,
	CORE_WAITING, /* `wait`: until an interrupt is taken */
	CORE_HELD,    /* in the spin table, or never started */
};

#define TLB0_SETS 128
#define TLB0_WAYS 4
#define TLB1_ENTRIES 64
#define SOFT_SLOTS 1024
#define FETCH_SLOTS 512

/* One TLB entry, kept in the form matching needs. */
struct tlb_entry {
	uint64_t rpn;	/* physical page, aligned to the page size of the entry as written */
	uint32_t epn;	/* effective page, masked to its size */
	uint32_t mask;	/* effective address bits that take part */
	uint32_t attr;	/* MAS2 WIMGE, X0, X1 */
	uint32_t perm;	/* MAS3 permission and user bits */
	uint16_t tid;
	uint8_t tsize;
	uint8_t lpid;
	bool valid;
	bool iprot;
	bool ts;
	bool tgs;
	bool vf;
};

/* The privilege and address space of an access. */
struct mmu_space {
	uint32_t lpid;
	uint32_t pid;
	bool gs;
	bool pr;
	bool as;
};

/* Translation caches: tag = generation and context in the upper bits, effective page below. */
struct soft_slot {
	uint64_t tag;
	uint8_t *host;
};

struct fetch_slot {
	uint64_t tag;
	struct code_page *page;
};

struct trace_entry {
	uint64_t cycle;
	uint32_t pc;
	uint32_t op;
	uint32_t msr;
	uint32_t ea; /* of the last data access before the entry */
};

#define TRACE_RING 256

struct timer_state {
	uint64_t dec_origin;  /* tick at which DEC held dec_value */
	uint32_t dec_value;
	bool dec_stopped;     /* 0 written: no interrupt, no count */
	uint64_t seen;	      /* last tick evaluated */
	uint64_t next;	      /* cycle of the next timer event, EVENT_NEVER */
	uint64_t tb_lag;      /* machine ticks less this = time base */
	uint64_t tb_from;     /* machine tick at which it was last set going */
	uint64_t tb_hold;     /* its value while stopped */
	bool tb_stopped;
};

#define LWARX_RING 16

struct core {
	/* hot: the interpreter's own */
	uint32_t gpr[32];
	uint8_t crf[8]; /* CR fields, 4 bits each */
	uint8_t so, ov, ca, xer_count;
	uint32_t lr;
	uint32_t ctr;
	uint32_t msr;
	uint32_t pc;	 /* valid outside the inner loop, and whenever an interrupt is raised */
	uint32_t page_va; /* effective page being executed */
	int32_t left;	 /* cycles until the inner loop must look up */
	int32_t stash;	 /* cycles taken away from left by core_kick */
	struct code_page *page;
	uint64_t ctx_load; /* upper parts of the tags: generation and address space */
	uint64_t ctx_store;
	uint64_t ctx_fetch;
	struct soft_slot rd[SOFT_SLOTS];
	struct soft_slot wr[SOFT_SLOTS];
	struct fetch_slot fetch[FETCH_SLOTS];

	uint64_t fpr[32];
	uint32_t fpscr;

	/* reservation (lwarx) */
	bool res_valid;
	bool res_watched; /* its page carries BUS_PAGE_WATCH */
	uint64_t res_pa;
	uint32_t lwarx_pc[LWARX_RING]; /* where the last ones were, for the lint */
	unsigned lwarx_next;
	uint32_t stwcx_pc; /* the last stwcx. without lwarx reported */

	uint32_t spr[SPR_COUNT];
	uint32_t pmr[512];
	struct tlb_entry tlb0[TLB0_SETS][TLB0_WAYS];
	struct tlb_entry tlb1[TLB1_ENTRIES];
	uint8_t tlb0_nv; /* unified next-victim counter */
	uint64_t gen_load, gen_store, gen_fetch; /* generations of the translation caches */

	uint32_t inputs;   /* enum core_input levels */
	uint32_t messages; /* bit per enum core_message */
	bool attention;	   /* something that decides interrupts changed */
	bool slow;	   /* debug events, tracing or breakpoints: one step at a time */
	bool dac;	   /* data address compare on: no translation may be cached */
	bool napping;	   /* RCPM: stops executing, state kept */
	enum core_idle idle;
	struct timer_state timer;
	uint64_t pmu_seen[STATS_STATE_COUNT * 2]; /* counters at the last PMC update */

	unsigned index; /* hardware number: bit in masks, requester id */
	struct machine *machine;
	uint64_t quantum_end; /* cycle at which the current quantum ends */
	uint64_t counted;     /* cycle up to which stats.insn is filled */
	bool in_quantum;
	struct stats stats;
	struct trace_entry trace[TRACE_RING];
	unsigned trace_next;
};

/* --- life --- */
struct core *core_new(struct machine *m, unsigned index);
void core_free(struct core *c);
/* Power-on state: MSR 0, TLBs empty, SPRs at reset values, held. */
void core_reset(struct core *c);
/*
 * Reset while the machine runs, between quanta: statistics, trace, the time base and what RCPM asks
 * of the core stay.
 */
void core_reset_again(struct core *c);
/* Let a held core run from pc (firmware: spin table). */
void core_start(struct core *c, uint32_t pc);
void core_set_nap(struct core *c, bool nap);
static inline bool core_is_waiting(const struct core *c)
{
	return c->idle == CORE_WAITING;
}

/* --- interrupts --- */
void core_set_input(struct core *c, enum core_input in, bool level);
/* Raise a machine check with these MCSR bits; address recorded in MCAR/MCARU. */
void core_machine_check(struct core *c, uint32_t mcsr, uint64_t pa);
/* Deliver one msgsnd message to this core if its tags match. */
void core_message(struct core *c, uint32_t rb);
/* msgclr: forget a pending message of this core that rb matches. */
void core_message_clear(struct core *c, uint32_t rb);

/* --- time --- */
/* Current cycle as this core sees it (exact inside a quantum). */
uint64_t core_cycle(const struct core *c);
/* Leave the inner loop after the current instruction and look at `attention` again. */
static inline void core_kick(struct core *c)
{
	c->attention = true;
	c->stash += c->left;
	c->left = 0;
}

/* --- translations --- */
/* Forget all cached translations (TLB arrays unchanged). */
void core_flush_soft(struct core *c);
/* Forget cached store translations (a page left the fast store path). */
void core_flush_stores(struct core *c);
/* Recompute ctx_*, slow, attention after MSR, PID, LPIDR or debug registers changed. */
void core_context_changed(struct core *c);

/* --- running --- */
/* Execute up to `cycles` from now; returns when they are used up or the core idles. */
void core_run(struct core *c, uint32_t cycles);

/* Register access for debuggers and the loader; no side effects. */
uint32_t core_cr_get(const struct core *c);
void core_cr_set(struct core *c, uint32_t cr);
uint32_t core_xer_get(const struct core *c);
void core_xer_set(struct core *c, uint32_t xer);
/*
 * Translate for a debugger: no TLB state changes. False when nothing maps ea.
 */
bool core_translate(struct core *c, const struct mmu_space *sp, uint32_t ea, uint64_t *pa);
/* Write one TLB1 entry as firmware does: 1:1 size in bytes (power of 4, >= 4 KB), supervisor RWX. */
void core_firmware_map(struct core *c, unsigned entry, uint32_t va, uint64_t pa, uint64_t size);

#endif
