/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the model itself must do: exit codes, lints, oracle, cost windows. The caller chooses by a
 * register that is plain storage (see judge/engine.py).
 */
#include "kit.h"

#define CHOICE CCSR(0x130000)

FRAGMENT(g_window, "sc 1");

static struct ctx x;

static void multi_hit(void)
{
	tlb1_write(20, &(struct map){.ea = 0x50000000, .pa = 0x300000, .tsize = 2, .perm = P_ALL});
	tlb1_write(21, &(struct map){.ea = 0x50000000, .pa = 0x301000, .tsize = 4, .perm = P_ALL});
	(void)*(volatile uint32_t *)0x50000000;
}

static void cacheable(void)
{
	mtspr(S_MAS0, 0x10000000 | 22 << 16);
	mtspr(S_MAS1, 0x80000000 | 2 << 7);
	mtspr(S_MAS2, 0x50000000 | 4);
	mtspr(S_MAS3, 0xfe000000 | P_SRW);
	mtspr(S_MAS7, 0xf);
	mtspr(S_MAS8, 0);
	asm_op("tlbwe; isync");
	(void)*(volatile uint32_t *)0x50000000;
}

static void guest_map(uint32_t pa, uint32_t perm)
{
	tlb1_write(20, &(struct map){.ea = 0x50000000, .pa = pa, .tsize = 2, .perm = perm,
				     .mas8 = MAP_TGS | 1});
}

/* Ten instructions of ours and one of the guest, twice, in window 3. */
static void window(void)
{
	for (unsigned n = 0; n < 2; n++)
		asm_op("xoris 3,3,0; .rept 10; nop; .endr; xoris 19,19,0");
	guest_setup();
	guest(&x, g_window, 0);
}

/* --- code written at run time --- */

#define CODE ((volatile uint32_t *)0x00720000)
#define LI_R3(n) (0x38600000u | (n))
#define BLR 0x4e800020u

static void code_run(uint32_t want)
{
	CHECK(((uint32_t (*)(void))CODE)(), want);
}

static void code_write(uint32_t value, unsigned words, bool icbi)
{
	for (unsigned n = 0; n < words; n++)
		CODE[n] = n & 1 ? BLR : LI_R3(value);
	for (unsigned n = 0; icbi && n < words; n += 16)
		__asm__ volatile("dcbst 0,%0; sync; icbi 0,%0; sync; isync" : : "r"(CODE + n) : "memory");
}

static void stale_code(uint32_t choice)
{
	code_write(1, 1024, true);
	code_run(1);
	switch (choice) {
	case 21: /* one instruction changed; 22: with icbi */
	case 22:
		code_write(2, 2, choice == 22);
		break;
	case 23: /* the page written anew; 24: with icbi */
	case 24:
		code_write(2, 1024, choice == 24);
		break;
	case 25: /* written anew with the same contents */
		code_write(1, 1024, false);
		code_run(1);
		return;
	default: /* instruction cache invalidated as a whole */
		code_write(2, 1024, false);
		mtspr(1011, mfspr(1011) | 2);
		asm_op("isync");
		break;
	}
	code_run(2);
}

static void reservation(uint32_t choice)
{
	uint32_t word = 0;

	if (choice == 27)
		__asm__ volatile("lwarx 3,0,%0; b 1f; .space 512; 1: stwcx. 3,0,%0; stwcx. 3,0,%0"
				 : : "r"(&word) : "r3", "cr0", "memory");
	else
		__asm__ volatile("lwarx 3,0,%0; stwcx. 3,0,%0; b 1f; .space 2048; 1: stwcx. 3,0,%0"
				 : : "r"(&word) : "r3", "cr0", "memory");
}

/* --- firmware's part of the machine --- */

/* The flash holds what the command line put at 0x20000, and stores do not change it. */
static void flash(void)
{
	volatile uint32_t *word = (volatile uint32_t *)0x50000000;

	mtspr(S_MAS0, 0x10000000 | 22 << 16);
	mtspr(S_MAS1, 0x80000000 | 2 << 7);
	mtspr(S_MAS2, 0x50000000 | 0xa);
	mtspr(S_MAS3, 0xe8020000 | P_SRW);
	mtspr(S_MAS7, 0xf);
	mtspr(S_MAS8, 0);
	asm_op("tlbwe; isync");
	CHECK(word[0], 0x5ca1ab1e);
	word[0] = 0;
	CHECK(word[0], 0x5ca1ab1e);
	CHECK(word[1], 0x0badcafe);
}

extern void _start(void);
static volatile uint32_t calls;

static void count_call(void)
{
	calls++;
}

/* Core 1 comes out of the spin table, is reset by the interrupt controller, and is there again. */
static void spin_table(void)
{
	volatile uint32_t *entry = (volatile uint32_t *)0x03f00040;

	for (unsigned n = 1; n < 3; n++) {
		CHECK(entry[0], 0);
		CHECK(entry[1], 1);
		kit_call[1] = count_call;
		for (volatile unsigned k = 0; k < 3000; k++) {
		}
		CHECK(calls, n - 1); /* not released yet */
		entry[1] = (uint32_t)_start;
		while (kit_call[1]) {
		}
		CHECK(calls, n);
		CCSR(0x41090) = 2;
		CCSR(0x41090) = 0;
		for (volatile unsigned k = 0; k < 3000; k++) {
		}
	}
}

#define PAMU(off) CCSR(0x20000 + (off))
#define LIODN 193u
#define PPAACT ((volatile uint32_t *)0x00700000)
#define SPAACT ((volatile uint32_t *)0x00710000)

/* PAMU 0 looks up these tables (in reset state its masters still bypass it). */
static void pamu_on(void)
{
	PAMU(0x04) = (uint32_t)PPAACT;
	PAMU(0x0c) = (uint32_t)PPAACT + 256 * 64;
	PAMU(0x14) = (uint32_t)SPAACT;
	PAMU(0x1c) = (uint32_t)SPAACT + 16 * 64;
	PAMU(0xc10) = 0x40000000;
}

/* A window of 4 KB << order at pa, all words but the one with the valid bit. */
static volatile uint32_t *pamu_entry(uint32_t pa, unsigned order)
{
	volatile uint32_t *w = PPAACT + LIODN * 16;

	w[1] = pa | (11 + order) << 6 | 3 << 3;
	return w;
}

static void pamu_oracle(uint32_t choice)
{
	volatile uint32_t *w = pamu_entry(choice == 12 ? 0x00600000 : 0x00400000, 0);

	switch (choice) {
	case 12: /* its own page */
	case 13: /* not its own, made valid while the PAMU works */
		CCSR(0xe0604) = 0;
		pamu_on();
		w[1] |= 1;
		break;
	case 14: /* valid before the PAMU works */
		w[1] |= 1;
		CCSR(0xe0604) = 0;
		pamu_on();
		break;
	case 15: /* valid, but the PAMU is bypassed: not in effect */
		w[1] |= 1;
		pamu_on();
		break;
	case 16: /* complete but for the valid bit */
		CCSR(0xe0604) = 0;
		pamu_on();
		w[1] |= 4 << 6;
		break;
	case 17: /* two sub-windows: the first its own, the second not */
	case 18:
		CCSR(0xe0604) = 0;
		pamu_on();
		SPAACT[5] = (choice == 17 ? 0x00601000 : 0x00400000) | 11;
		SPAACT[3] = 1 << 2;
		w[3] = 1 << 2;
		w[5] = 0x00600000 | 11;
		w[1] = 0x00400000 | 12 << 6 | 0x20 | 3 << 3 | 1;
		SPAACT[1] = 3 << 3 | 1;
		break;
	case 19: /* its own read-only page, writable; 20: the hypervisor's */
		CCSR(0xe0604) = 0;
		pamu_on();
		w[1] = 0x00500000 | 11 << 6 | 1 << 3 | 1;
		w[1] = 0x00500000 | 11 << 6 | 3 << 3 | 1;
		break;
	default:
		CCSR(0xe0604) = 0;
		pamu_on();
		w[1] = 0x00080000 | 11 << 6 | 3 << 3 | 1;
		break;
	}
}

void test(void)
{
	switch (CHOICE) {
	case 1:
		multi_hit();
		break;
	case 2:
		asm_op("mtspr 1009,3");
		break;
	case 3:
		cacheable();
		break;
	case 4: /* the guest's own memory */
		guest_map(0x00300000, P_ALL);
		break;
	case 5: /* not its own */
		guest_map(0x00400000, P_ALL);
		break;
	case 6: /* its own, but read-only: first readable, then writable */
		guest_map(0x00500000, 0x33);
		guest_map(0x00500000, P_ALL);
		break;
	case 7: /* another's page as a virtualisation fault: translates nothing */
		tlb1_write(20, &(struct map){.ea = 0x50000000, .pa = 0x00400000, .tsize = 2,
					     .perm = 0x0f, .mas8 = MAP_TGS | MAP_VF | 1});
		break;
	case 8:
		asm_op("wait");
		break;
	case 9:
		window();
		break;
	case 10:
		stop(3);
		break;
	case 11:
		put_string("one two three\n");
		for (;;) {
		}
	case 0:
		break;
	case 21 ... 26:
		stale_code(CHOICE);
		break;
	case 27:
	case 28:
		reservation(CHOICE);
		break;
	case 29:
		flash();
		break;
	case 30:
		spin_table();
		break;
	case 31: /* reset request */
		CCSR(0xe00b0) = 2;
		for (;;) {
		}
	default:
		pamu_oracle(CHOICE);
		break;
	}
}
