/* SPDX-License-Identifier: BSD-3-Clause */
/* Draws, vectors, and single instructions in supervisor and user mode. */
/* boot CPU */
#include "hostile.h"

#define SC 0x44000002u
#define MSR_PR 0x4000u
#define MSR_EE 0x8000u
#define MSR_CE 0x20000u

static uint32_t code[1024] __attribute__((aligned(4096)));

extern char exec_vectors[], vectors[];
void exec_run(struct exec *e);

uint32_t rng_word(struct rng *r)
{
	return (uint32_t)(rng_next(r) >> 32);
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
	return rng_word(r) % n;
}

uint32_t rng_value(struct rng *r)
{
	static const uint32_t places[] = {
	    0,		0x1000,	    0x00100000, 0x00ffffff, 0x01000000, 0x10000000, 0x40000000,
	    0x80000000, 0xe0000000, 0xe8000000, 0xf0000000, 0xf0100000, 0xf0400000, 0xffffffff,
	};

	switch (rng_below(r, 8)) {
	case 0:
		return places[rng_below(r, sizeof(places) / sizeof(places[0]))] + rng_below(r, 64);
	case 1:
		return (1u << rng_below(r, 32)) - 1 + rng_below(r, 3);
	case 2:
	case 3:
		return rng_below(r, 1200);
	default:
		return rng_word(r);
	}
}

void tlb1_map(unsigned int n, uint32_t ea, uint64_t pa, unsigned int tsize, uint32_t perm)
{
	spr_write(624, 0x10000000u | n << 16);
	spr_write(625, 0xc0000000u | tsize << 7);
	spr_write(626, ea | 0x4);
	spr_write(627, (uint32_t)pa | perm);
	spr_write(944, (uint32_t)(pa >> 32));
	__asm__ volatile("isync; tlbwe; isync" : : : "memory");
}

void tlb1_clear(unsigned int n)
{
	spr_write(624, 0x10000000u | n << 16);
	spr_write(625, 0);
	__asm__ volatile("isync; tlbwe; isync" : : : "memory");
}

static uint32_t vector_offset(unsigned int n)
{
	return (uint32_t)(exec_vectors - vectors) + (n < 16 ? n : n - 16) * 16;
}

/* Interrupts are the kit's, except while an instruction runs that may have ruined the stack. */
static void vectors_take(bool all)
{
	spr_write(404, all ? vector_offset(4) : 4 * 64);
	spr_write(410, all ? vector_offset(10) : 10 * 64);
	if (is_e500mc()) {
		spr_write(532, all ? vector_offset(36) : 16 * 64);
	}
}

#define TAKE(n) spr_write(400 + (n), vector_offset(n))

void exec_init(void)
{
	TAKE(0);
	TAKE(1);
	TAKE(2);
	TAKE(3);
	TAKE(5);
	TAKE(6);
	TAKE(7);
	TAKE(8);
	TAKE(9);
	TAKE(13);
	TAKE(14);
	TAKE(15);
	spr_write(531, vector_offset(35));
	if (is_e500mc()) {
		spr_write(533, vector_offset(37));
	} else {
		spr_write(528, vector_offset(32));
		spr_write(529, vector_offset(33));
		spr_write(530, vector_offset(34));
	}
	tlb1_map(SLOT_ALIAS, ALIAS, 0, 14, PERM_ALL); /* 16 MiB */
}

/*
 * An interrupt that came in (code that lets them in is tried too) is nobody's exception: without its end no
 * other of this priority would follow, and a message comes once.
 */
static void interrupt_end(uint32_t vector)
{
	if (vector == 4) {
		irq_external();
	} else if (vector == 36) {
		irq_ipis();
	}
}

uint32_t exec_code(void)
{
	return (uint32_t)(uintptr_t)code;
}

uint32_t exec_pair(struct exec *e, uint32_t insn, uint32_t then, uint32_t msr, bool is_user)
{
	uint32_t before = msr_read();

	code[0] = insn;
	code[1] = then;
	code[2] = SC;
	__asm__ volatile("dcbst 0,%0; msync; icbi 0,%0; isync" : : "r"(code) : "memory");
	irq_mask();
	vectors_take(true);
	e->pc = exec_code() + (is_user ? ALIAS : 0);
	e->msr = msr | (is_user ? MSR_PR : 0);
	exec_run(e);
	vectors_take(false);
	interrupt_end(e->vector);
	if (before & MSR_EE) {
		irq_unmask();
	}
	return e->vector;
}

uint32_t exec_insn(struct exec *e, uint32_t insn, bool is_user)
{
	return exec_pair(e, insn, SC, msr_read() & ~(MSR_EE | MSR_CE), is_user);
}

uint32_t exec_regs(struct exec *e, uint32_t insn, bool is_user, uint32_t r4, uint32_t r5, uint32_t r6)
{
	memset(e, 0, sizeof(*e));
	e->gpr[4] = r4;
	e->gpr[5] = r5;
	e->gpr[6] = r6;
	e->lr = exec_code() + 4 + (is_user ? ALIAS : 0);
	e->ctr = e->lr;
	return exec_insn(e, insn, is_user);
}

char exec_letter(const struct exec *e)
{
	switch (e->vector) {
	case 1:
		return 'm';
	case 2:
	case 13:
		return 'd';
	case 3:
	case 14:
		return 'f';
	case 5:
		return 'a';
	case 6:
		return e->esr & 0x08000000 ? 'i' : e->esr & 0x04000000 ? 'p' : e->esr & 0x02000000 ? 't' : 'u';
	case 7:
		return 'F';
	case EXEC_DONE:
		return 'n';
	case 32:
	case 33:
	case 34:
		return 'S';
	default:
		return 'x';
	}
}
