/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Kit of the directed programs: bare metal on core 0, in hypervisor state.
 * run() executes a context until the first interrupt that reaches the hypervisor and reports it.
 */
#ifndef DIRECTED_KIT_H
#define DIRECTED_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kit_regs.h"

/* A machine context and, after run(), the interrupt that ended it. */
struct ctx {
	uint32_t gpr[32];
	uint32_t pc, msr;	/* in: where and how to run; out: what was saved */
	uint32_t cr, lr, ctr, xer;
	uint32_t vector;	/* IVOR number */
	uint32_t entry_msr;	/* MSR at the vector */
	uint32_t srr0, srr1, csrr0, csrr1, mcsrr0, mcsrr1, dsrr0, dsrr1, gsrr0, gsrr1;
	uint32_t esr, dear;
};

void run(struct ctx *x);
/* Run pc with msr, all registers as in x. */
static inline void run_at(struct ctx *x, const void *pc, uint32_t msr)
{
	x->pc = (uint32_t)pc;
	x->msr = msr;
	run(x);
}

extern unsigned failures;
void fail(const char *file, int line, const char *what, uint32_t got, uint32_t want);
#define CHECK(got, want)                                                                           \
	do {                                                                                       \
		uint32_t g_ = (uint32_t)(got), w_ = (uint32_t)(want);                              \
		if (g_ != w_)                                                                      \
			fail(__FILE__, __LINE__, #got, g_, w_);                                    \
	} while (0)

void put_char(char ch);
void put_string(const char *s);
void put_hex(uint32_t v);
void *memcpy(void *d, const void *s, unsigned n);
void *memset(void *d, int v, unsigned n);
/* End the run: exit code 0 when v is 0. */
void stop(uint32_t v) __attribute__((noreturn));
/* The program, on core 0. */
void test(void);
/* A function written here is called by that core (run with --start-all); it becomes 0 at return. */
extern void (*volatile kit_call[8])(void);
/* Call fn on a core and wait. */
void call_on(unsigned core, void (*fn)(void));

#define mfspr(n)                                                                                   \
	({                                                                                         \
		uint32_t v_;                                                                       \
		__asm__ volatile("mfspr %0, %1" : "=r"(v_) : "n"(n) : "memory");                   \
		v_;                                                                                \
	})
#define mtspr(n, v) __asm__ volatile("mtspr %0, %1" : : "n"(n), "r"((uint32_t)(v)) : "memory")
#define mfmsr()                                                                                    \
	({                                                                                         \
		uint32_t v_;                                                                       \
		__asm__ volatile("mfmsr %0" : "=r"(v_) : : "memory");                              \
		v_;                                                                                \
	})
#define mtmsr(v) __asm__ volatile("mtmsr %0; isync" : : "r"((uint32_t)(v)) : "memory")
#define asm_op(text) __asm__ volatile(text : : : "memory")

/* A code fragment: NAME is its address; it must not fall through. */
#define FRAGMENT(name, text)                                                                       \
	extern const char name[];                                                                  \
	__asm__(".pushsection .text\n.balign 4\n.globl " #name "\n" #name ":\n" text              \
		"\n.popsection")

/* IVOR numbers */
enum {
	V_CRIT = 0, V_MC = 1, V_DSI = 2, V_ISI = 3, V_EXT = 4, V_ALIGN = 5, V_PROG = 6, V_FP = 7,
	V_SC = 8, V_DEC = 10, V_FIT = 11, V_WDT = 12, V_DTLB = 13, V_ITLB = 14, V_DEBUG = 15,
	V_PERF = 35, V_DBELL = 36, V_DBELLC = 37, V_GDBELL = 38, V_GDBELLC = 39, V_HCALL = 40,
	V_EHPRIV = 41,
};

/* Device registers, mapped at 0xfe000000 by the kit. */
#define CCSR(off) (*(volatile uint32_t *)(0xfe000000u + (off)))

/* TLB entries; pa below 4 GB. tsize: 2 = 4 KB, 4 = 16 KB, 6 = 64 KB, ... 18 = 256 MB. */
struct map {
	uint32_t ea, pa, tsize, perm;
	uint32_t tid, ts, iprot;
	uint32_t mas8; /* TGS | VF | TLPID */
};
#define MAP_TGS 0x80000000u
#define MAP_VF 0x40000000u
void tlb1_write(unsigned n, const struct map *e);
void tlb1_clear(unsigned n);
void tlb0_write(unsigned way, const struct map *e);
/* Search: true on a hit; MAS registers hold the entry. */
bool tlb_search(uint32_t ea, uint32_t mas5, uint32_t pid, uint32_t as);

/*
 * --- guest state ---
 * guest_setup() maps the program for LPID 1 (TLB1[8], all permissions) and puts `sc 1` at every
 * guest vector, so that a guest-directed interrupt n shows as a hypercall from GVEC(n).
 */
#define G_PAGE 0x00180000u
#define GVEC(n) (G_PAGE + (n)*0x40u + 4)
void guest_setup(void);
/* Run pc in guest supervisor state with extra MSR bits. */
void guest(struct ctx *x, const void *pc, uint32_t msr);

#endif
