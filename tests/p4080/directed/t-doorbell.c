/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages: types, tags, enabling, saved registers; critical and machine check classes
 * (Book III-E 11, E.HV; spec 7.2 and 4.4).
 * run: --cores 2 --start-all
 */
#include "kit.h"

#define TYPE(n) ((uint32_t)(n) << 27)
#define BRDCAST 0x04000000u
#define LPIDTAG(n) ((uint32_t)(n) << 14)

FRAGMENT(f_loop, "li 3,20; mtctr 3; 1: bdnz 1b; sc 1");
FRAGMENT(f_enable, "wrteei 1; nop; nop; sc 1");
FRAGMENT(g_enable, "wrteei 1; nop; nop; sc 1");

static struct ctx x;

static void send(uint32_t rb)
{
	__asm__ volatile("msgsnd %0" : : "r"(rb) : "memory");
}

static void clear(uint32_t rb)
{
	__asm__ volatile("msgclr %0" : : "r"(rb) : "memory");
}

/* Vector that ends f_loop run with this MSR. */
static uint32_t taken(uint32_t msr)
{
	run_at(&x, f_loop, msr);
	return x.vector;
}

static void plain(void)
{
	send(TYPE(0));
	CHECK(taken(0), V_HCALL);
	CHECK(taken(M_EE), V_DBELL);
	CHECK(taken(M_EE), V_HCALL); /* one latch, cleared when taken */
	send(TYPE(0) | 5);
	CHECK(taken(M_EE), V_HCALL);
	send(TYPE(0) | 5 | BRDCAST);
	CHECK(taken(M_EE), V_DBELL);
	/* LPIDTAG: 0 or LPIDR. */
	send(TYPE(0) | LPIDTAG(3));
	CHECK(taken(M_EE), V_HCALL);
	send(TYPE(0) | LPIDTAG(1));
	CHECK(taken(M_EE), V_DBELL);
	send(TYPE(0));
	clear(TYPE(0) | 5);
	CHECK(taken(M_EE), V_DBELL);
	send(TYPE(0));
	clear(TYPE(0));
	CHECK(taken(M_EE), V_HCALL);
	send(TYPE(1));
	CHECK(taken(M_EE), V_HCALL);
	CHECK(taken(M_CE | M_EE | M_ME), V_DBELLC);
	CHECK(x.entry_msr, M_ME);
	CHECK(x.msr, M_CE | M_EE | M_ME);
	send(TYPE(7));
	CHECK(taken(M_EE | M_CE | M_ME), V_HCALL);
	/* Enabling by wrteei is immediate: the saved pc is the next instruction. */
	send(TYPE(0));
	run_at(&x, f_enable, 0);
	CHECK(x.vector, V_DBELL);
	CHECK(x.pc, (uint32_t)f_enable + 4);
	/* Guest state enables hypervisor-directed interrupts by itself. */
	send(TYPE(0));
	CHECK(taken(M_GS), V_DBELL);
	send(TYPE(1));
	CHECK(taken(M_GS), V_DBELLC);
}

static void guest_types(void)
{
	mtspr(S_GPIR, 9);
	/* G_DBELL: LPIDTAG and GPIR must match; only in guest state with EE. */
	send(TYPE(2) | LPIDTAG(1) | 0);
	CHECK(taken(M_GS | M_EE), V_HCALL);
	send(TYPE(2) | LPIDTAG(2) | 9);
	CHECK(taken(M_GS | M_EE), V_HCALL);
	send(TYPE(2) | 9);
	CHECK(taken(M_GS | M_EE), V_HCALL);
	send(TYPE(2) | LPIDTAG(1) | 9);
	CHECK(taken(M_EE), V_HCALL);
	CHECK(taken(M_GS), V_HCALL);
	mtspr(S_SRR0, 0x111);
	CHECK(taken(M_GS | M_EE | M_CE | M_ME | M_RI), V_GDBELL);
	CHECK(x.entry_msr, M_CE | M_ME | M_RI);
	CHECK(x.gsrr0 - (uint32_t)f_loop < 16, 1);
	CHECK(x.gsrr1, M_GS | M_EE | M_CE | M_ME | M_RI);
	send(TYPE(2) | LPIDTAG(1) | BRDCAST | 3);
	run_at(&x, g_enable, M_GS);
	CHECK(x.vector, V_GDBELL);
	CHECK(x.pc, (uint32_t)g_enable + 4);
	/* Critical: GS and CE, machine check: GS and ME; both through IVOR39 and CSRR. */
	send(TYPE(3) | LPIDTAG(1) | 9);
	CHECK(taken(M_CE | M_EE | M_ME), V_HCALL);
	CHECK(taken(M_GS | M_EE | M_ME), V_HCALL);
	CHECK(taken(M_GS | M_CE | M_ME), V_GDBELLC);
	CHECK(x.csrr1, M_GS | M_CE | M_ME);
	CHECK(x.entry_msr, M_ME);
	send(TYPE(4) | LPIDTAG(1) | 9);
	CHECK(taken(M_CE | M_EE | M_ME), V_HCALL);
	CHECK(taken(M_GS | M_EE | M_CE), V_HCALL);
	CHECK(taken(M_GS | M_ME), V_GDBELLC);
	send(TYPE(4) | LPIDTAG(2) | 9);
	send(TYPE(3) | LPIDTAG(2) | 9);
	CHECK(taken(M_GS | M_ME | M_CE), V_HCALL);
	/* Priority: critical before external-class, guest doorbell last. */
	send(TYPE(2) | LPIDTAG(1) | 9);
	send(TYPE(0));
	send(TYPE(1));
	CHECK(taken(M_GS | M_EE | M_CE), V_DBELLC);
	CHECK(taken(M_GS | M_EE | M_CE), V_DBELL);
	CHECK(taken(M_GS | M_EE | M_CE), V_GDBELL);
}

/* Core 1 sends to core 0 and to everyone. */
static void other_send(void)
{
	send(TYPE(0));
	send(TYPE(1) | BRDCAST);
	clear(TYPE(1) | BRDCAST);
}

static void between_cores(void)
{
	call_on(1, other_send);
	CHECK(taken(M_EE), V_DBELL);
	CHECK(taken(M_CE), V_DBELLC);
	CHECK(taken(M_CE | M_EE), V_HCALL);
}

FRAGMENT(f_wait, "wait; li 3,44; sc 1");
FRAGMENT(f_bus, "lwz 3,0(4); sc 1");

static void machine_check(void)
{
	/* Nothing claims 0x2_0000_0000: a load there is a machine check with the address. */
	mtspr(S_MAS0, 0x10000000 | 30 << 16);
	mtspr(S_MAS1, 0x80000000 | 2 << 7);
	mtspr(S_MAS2, 0x70000000 | 0xa);
	mtspr(S_MAS3, 0x12340000 | 5);
	mtspr(S_MAS7, 2);
	mtspr(S_MAS8, 0);
	asm_op("tlbwe; isync");
	x.gpr[4] = 0x70000010;
	run_at(&x, f_bus, M_ME | M_CE | M_EE | M_RI);
	CHECK(x.vector, V_MC);
	CHECK(x.entry_msr, 0);
	CHECK(x.pc, (uint32_t)f_bus);
	CHECK(x.mcsrr1, M_ME | M_CE | M_EE | M_RI);
	CHECK(mfspr(S_MCSR), 0x00088000);
	CHECK(mfspr(573), 0x12340010);
	CHECK(mfspr(569), 2);
	/* Still pending until cleared, write-one-to-clear. */
	CHECK(taken(M_ME), V_MC);
	mtspr(S_MCSR, 0xffffffff);
	CHECK(mfspr(S_MCSR), 0);
	CHECK(taken(M_ME), V_HCALL);
	tlb1_clear(30);
	/* wait ends when an interrupt is taken; the saved pc is after it. */
	send(TYPE(0));
	run_at(&x, f_wait, M_EE);
	CHECK(x.vector, V_DBELL);
	mtspr(S_DEC, 30);
	mtspr(S_TCR, 0x04000000);
	run_at(&x, f_wait, M_EE);
	CHECK(x.vector, V_DEC);
	CHECK(x.pc, (uint32_t)f_wait + 4);
	mtspr(S_TCR, 0);
	mtspr(S_TSR, 0xffffffff);
}

void test(void)
{
	guest_setup();
	plain();
	guest_types();
	between_cores();
	machine_check();
}
