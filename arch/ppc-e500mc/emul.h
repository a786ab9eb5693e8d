/* SPDX-License-Identifier: BSD-3-Clause */
/* What the emulator, the reflection code and the timers of a Book E guest ask of one another. */
/* trap context: own CPU */
#ifndef ARCH_EMUL_H
#define ARCH_EMUL_H

#include "arch/regs.h"
#include "hv/vcpu.h"

/* ---- emul.c: instructions ---------------------------------------------------------------- */

/*
 * One instruction that did not execute natively in guest supervisor state. TRAP_SKIP: done.
 * TRAP_RETRY: done, and the PC was set (rfi). TRAP_INJECT: a program interrupt was delivered.
 */
enum trap emul_insn(struct vcpu *v, uint32_t insn);
/* Boot CPU, once, before any guest runs: the indices into both tables. */
void emul_init(void);

/*
 * A move to or from a register number of problem state: when it fails there, it is illegal, not
 * privileged (Power ISA 2.06 III-E 5.4.1). QEMU makes no difference.
 */
bool emul_is_open_spr(uint32_t insn);

/* ---- emul_spr.c: registers --------------------------------------------------------------- */

struct spr {
	uint16_t number;
	uint8_t flags;                  /* SPR_* */
	uint16_t offset;                /* of a uint32_t in struct ppc_guest; 0: functions only */
	uint32_t mask;                  /* bits a write stores */
	uint32_t (*read)(struct vcpu *v);
	void (*write)(struct vcpu *v, uint32_t x);
	const char *name;
};

enum spr_flags {
	SPR_READ = 1,
	SPR_WRITE = 2,
	SPR_E500MC = 4,                 /* exists on e500mc only */
	SPR_E500V2 = 8,                 /* exists on e500v2 only */
	SPR_W1C = 16,                   /* writing ones clears */
	SPR_DEBUG = 32,                 /* the hypervisor's in a partition without debugging */
};

void spr_init(void);
/* The row for a number on this core type, or NULL: the register does not exist. */
const struct spr *spr_find(unsigned int number, bool is_e500mc);
extern const struct spr spr_table[];
extern const unsigned int spr_count;
uint32_t spr_read(struct vcpu *v, const struct spr *s);
void spr_write(struct vcpu *v, const struct spr *s, uint32_t x);

/* ---- reflect.c: interrupts into the guest ------------------------------------------------- */

/* Base-class interrupt: SRR0/1, PC = the current one. Always TRAP_INJECT. */
enum trap reflect(struct vcpu *v, enum ivor ivor);
enum trap reflect_program(struct vcpu *v, uint32_t esr);
enum trap reflect_data(struct vcpu *v, enum ivor ivor, uint32_t dear, uint32_t esr);
/* A fetch that missed or was not permitted: nothing of an earlier data access stays in ESR. */
enum trap reflect_fetch(struct vcpu *v, enum ivor ivor);
/* Machine check: MCSR bits, address; taken now if MSR[ME], else the partition checkstops. */
enum trap reflect_mcheck(struct vcpu *v, uint32_t mcsr, uint64_t addr);
/* Non-maskable: MCSR[NMI] whatever MSR[ME] is. */
void reflect_nmi(struct vcpu *v);
/* Pend and withdraw; deliver what MSR allows. deliver() is called on the way back to the guest. */
void pend(struct vcpu *v, enum ppc_pending p);
void unpend(struct vcpu *v, enum ppc_pending p);
void deliver(struct vcpu *v);
bool is_deliverable(const struct vcpu *v);

/* ---- context.c: what the guest's MSR and PID mean for the hardware -------------------------- */

#define GUEST_MSR_E500MC                                                                         \
	(MSR_UCLE | MSR_CE | MSR_EE | MSR_PR | MSR_FP | MSR_ME | MSR_FE0 | MSR_DE | MSR_FE1 |    \
	 MSR_IS | MSR_DS | MSR_PMM | MSR_RI)
#define GUEST_MSR_E500V2                                                                         \
	(MSR_UCLE | MSR_SPE | MSR_WE | MSR_CE | MSR_EE | MSR_PR | MSR_ME | MSR_FE0 | MSR_DE |    \
	 MSR_FE1 | MSR_IS | MSR_DS | MSR_PMM)

/* New MSR of the guest: keeps the implemented bits. The hardware follows in context_load(). */
void guest_set_msr(struct vcpu *v, uint32_t msr);
/* Load PID, EPLC, EPSC and compute hw_msr for the guest's present context. Before resuming. */
void context_load(struct vcpu *v);
/* A new life: what this core type implements. */
void context_reset(struct vcpu *v);
/* The least of it that g.context_stale asks for. */
void context_update(struct vcpu *v);
bool guest_is_e500mc(const struct vcpu *v);

/* ---- timer.c ------------------------------------------------------------------------------ */

void timer_reset(struct vcpu *v);
void timer_set_dec(struct vcpu *v, uint32_t ticks);
uint32_t timer_get_dec(struct vcpu *v);
void timer_set_tcr(struct vcpu *v, uint32_t tcr);
uint32_t timer_get_tsr(struct vcpu *v);
void timer_clear_tsr(struct vcpu *v, uint32_t bits);
/* Arm the hardware for the guest's and the hypervisor's next deadline. */
void timer_rearm(struct vcpu *v);
/* Hardware decrementer: interrupt at or after timebase `when` (cpu.c; tests record it). */
void timer_hw_arm(uint64_t when);
/* The hardware decrementer ran out: pend what is due, arm the next deadline. */
void timer_tick(struct vcpu *v);

/* ---- guest TLB changes that concern the hardware and the partition's other CPUs ------------- */

void mmu_write(struct vcpu *v, enum gtlb_result *res);      /* tlbwe */
void mmu_flush_all(struct vcpu *v);                         /* tlbilx T=0 */
void mmu_flush_pid(struct vcpu *v, uint32_t pid);           /* tlbilx T=1 */
void mmu_flush_va(struct vcpu *v, uint32_t ea, uint32_t pid); /* tlbilx T=3 */
void mmu_flush_array(struct vcpu *v, unsigned int array);   /* MMUCSR0 */
void mmu_broadcast(struct vcpu *v, uint32_t ea);            /* tlbivax, all vcpus of the partition */

/* dcbi: write a line of memory back. Delivers the fault that a store there would take. */
enum trap mmu_flush_line(struct vcpu *v, uint32_t ea);

/* ---- messages (msgsnd, msgclr): irq.c ------------------------------------------------------- */

void message_send(struct vcpu *v, uint32_t message);
void message_clear(struct vcpu *v, uint32_t message);


/* ---- spintable.c: boot CPU ----------------------------------------------------------------- */

must_check enum err spintable_init(struct part *p);

#endif
