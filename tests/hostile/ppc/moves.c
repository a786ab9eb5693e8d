/* SPDX-License-Identifier: BSD-3-Clause */
/* What the hypervisor does without a frame must be what its tables say: both ways, side by side. */
/*
 * boot CPU. An instruction with its Rc bit set is reserved, so it arrives as illegal, is not taken by
 * the short way and is decoded by the tables, which ignore that bit. Each step runs one instruction
 * from the same random state in both forms; a second one reads back, by the tables, what it did. All
 * registers and all special registers of the short way are compared. A user's `sc` goes the short way,
 * `sc 2` does not. In some steps a decrementer interrupt is pending, which comes with the instruction
 * that lets it through and not later.
 */
#include "hostile.h"

#define RC 1u
#define SC 0x44000002u
#define SC_2 0x44000042u
#define RFI (19u << 26 | 50u << 1)
#define MSR_PR 0x4000u
/* Bits a guest may change here and come back: CE, EE, PR, FP, ME, FE0, DE, FE1, RI. */
#define MSR_PLAYED 0x0002fb02u

/* Written and read the short way, or beside those in the hypervisor's storage. */
static const uint16_t sprs[] = {26, 27, 61, 62, 272, 273, 274, 275, 276, 624, 625, 626, 627, 628, 630, 944, 1013};
enum { SPRS = sizeof(sprs) / sizeof(sprs[0]) };

static uint32_t reader[2 * SPRS + 1] __attribute__((aligned(4096)));

/* Code that stores them all where r3 points, each read by the tables. */
static void reader_make(void)
{
	unsigned int i;

	for (i = 0; i < SPRS; i++) {
		reader[2 * i] = MFSPR(4, sprs[i]) | RC;
		reader[2 * i + 1] = 36u << 26 | 4u << 21 | 3u << 16 | 4 * i; /* stw r4, 4i(r3) */
	}
	reader[2 * SPRS] = 0x4e800020; /* blr */
	for (i = 0; i < sizeof(reader); i += 32) {
		__asm__ volatile("dcbst 0,%0; msync; icbi 0,%0; isync" : : "r"((char *)reader + i) : "memory");
	}
}

static void sprs_set(const uint32_t value[SPRS])
{
	static uint32_t code[2] __attribute__((aligned(32)));
	unsigned int i;

	for (i = 0; i < SPRS; i++) {
		code[0] = MTSPR(3, sprs[i]) | RC;
		code[1] = 0x4e800020;
		__asm__ volatile("dcbst 0,%0; msync; icbi 0,%0; isync" : : "r"(code) : "memory");
		((void (*)(uint32_t))(uintptr_t)code)(value[i]);
	}
}

/* One draw: the instruction, what reads back, the state before. */
struct move {
	uint32_t insn, slow, back, msr;
	uint32_t gpr[32], spr[SPRS];
	bool is_user, is_pending;
};

/* Few bits at a time: most changes of several take the long way anyway. */
static uint32_t msr_toggled(struct rng *r)
{
	return rng_word(r) & rng_word(r) & rng_word(r) & MSR_PLAYED;
}

static void move_draw(struct rng *r, struct move *m, uint32_t msr)
{
	static const uint16_t extended[] = {83, 131, 163, 146}; /* mfmsr, wrtee, wrteei, mtmsr */
	uint32_t kind = rng_below(r, 12), rt = rng_below(r, 32), spr = sprs[rng_below(r, SPRS)];
	uint32_t rb = rng_below(r, 32);
	unsigned int i;

	memset(m, 0, sizeof(*m));
	for (i = 0; i < 32; i++) {
		m->gpr[i] = rng_value(r);
	}
	for (i = 0; i < SPRS; i++) {
		m->spr[i] = rng_value(r);
	}
	m->msr = msr ^ (msr_toggled(r) & ~MSR_PR);
	m->is_pending = rng_below(r, 8) == 0;
	m->back = INSN_X(83, rb, 0, 0) | RC; /* mfmsr */
	switch (kind) {
	case 0: case 1: case 2: case 3: case 4: case 5:
		m->insn = kind % 2 ? MTSPR(rt, spr) : MFSPR(rt, spr);
		m->back = MFSPR(rb, spr) | RC;
		break;
	case 10: /* rfi to the next instruction, here or in the user's view of it */
		m->insn = RFI;
		m->spr[1] = m->msr ^ msr_toggled(r);
		m->spr[0] = exec_code() + 4 + (m->spr[1] & MSR_PR ? ALIAS : 0);
		break;
	case 11:
		m->insn = SC;
		m->is_user = true;
		break;
	default:
		m->insn = INSN_X(extended[kind % 4], rt, rng_below(r, 8) ? 0 : rng_below(r, 32),
				 rng_below(r, 2) << 4);
		m->gpr[rt] = m->msr ^ (msr_toggled(r) & ~MSR_PR);
	}
	m->slow = m->insn == SC ? SC_2 : m->insn | RC;
}

static void move_run(const struct move *m, bool is_slow, struct exec *e, uint32_t spr[SPRS])
{
	memset(e, 0, sizeof(*e));
	memcpy(e->gpr, m->gpr, sizeof(e->gpr));
	e->cr = m->gpr[5] ^ m->gpr[9];
	e->lr = m->gpr[6];
	e->ctr = m->gpr[7];
	e->xer = m->gpr[8] & 0xe000007f;
	if (m->is_pending) {
		spr_write(SPR_DEC, 1);
		while (!(spr_read(SPR_TSR) & TSR_DIS)) {
		}
	}
	sprs_set(m->spr);
	exec_pair(e, is_slow ? m->slow : m->insn, m->back, m->msr, m->is_user);
	spr_write(SPR_TSR, TSR_DIS);
	((void (*)(uint32_t *))(uintptr_t)reader)(spr);
}

void moves_run(const char *arg, uint64_t steps, uint64_t seed)
{
	static struct exec fast, slow;
	static uint32_t spr_fast[SPRS], spr_slow[SPRS];
	struct rng r = {seed};
	uint32_t step, msr, differences = 0, exceptions = 0;
	static struct move m;

	(void)arg;
	reader_make();
	irq_mask();
	spr_write(SPR_TCR, TCR_DIE);
	msr = msr_read();
	for (step = 0; step < steps; step++) {
		move_draw(&r, &m, msr);
		move_run(&m, false, &fast, spr_fast);
		move_run(&m, true, &slow, spr_slow);
		exceptions += fast.vector != EXEC_DONE;
		if (memcmp(&fast, &slow, offsetof(struct exec, saved)) ||
		    memcmp(spr_fast, spr_slow, sizeof(spr_fast))) {
			if (differences++ < 8) {
				printf("step %lu: %08lx back %08lx msr %08lx user %d vectors %lu %lu\n",
				       (unsigned long)step, (unsigned long)m.insn, (unsigned long)m.back,
				       (unsigned long)m.msr, m.is_user, (unsigned long)fast.vector,
				       (unsigned long)slow.vector);
			}
		}
	}
	spr_write(SPR_TCR, 0);
	irq_unmask();
	TEST("moves", differences == 0, "%lu of %lu differ", (unsigned long)differences,
	     (unsigned long)steps);
	TEST("moves end in exceptions too", exceptions > steps / 400 && exceptions < steps / 2, "%lu",
	     (unsigned long)exceptions);
}
