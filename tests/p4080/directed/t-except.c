/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts without E.HV: saved state, syndrome, MSR at entry (Book III-E 7).
 */
#include "kit.h"

FRAGMENT(f_illegal, ".long 0x00000000; 1: b 1b");
FRAGMENT(f_trap, "tweq 0,0; 1: b 1b");
FRAGMENT(f_sc, "sc; 1: b 1b");
FRAGMENT(f_sc1, "sc 1; 1: b 1b");
FRAGMENT(f_mfmsr, "mfmsr 3; 1: b 1b");
FRAGMENT(f_load, "lwz 3,0(4); 1: b 1b");
FRAGMENT(f_store, "stw 3,0(4); 1: b 1b");
FRAGMENT(f_lmw, "lmw 30,0(4); 1: b 1b");
FRAGMENT(f_lwarx, "lwarx 3,0,4; 1: b 1b");
FRAGMENT(f_fadd, "fadd 1,1,1; 1: b 1b");
FRAGMENT(f_ehpriv, "ehpriv; 1: b 1b");
FRAGMENT(f_mfspr_hv, "mfspr 3,1008; 1: b 1b");
FRAGMENT(f_mfspr_undef, "mfspr 3,1009; 1: b 1b");
FRAGMENT(f_mfspr_undef_user, "mfspr 3,1000; 1: b 1b");

static struct ctx x;

static void expect(const void *pc, uint32_t msr, uint32_t vector, uint32_t esr)
{
	run_at(&x, pc, msr);
	CHECK(x.vector, vector);
	CHECK(x.pc, (uint32_t)pc);
	CHECK(x.msr, msr);
	if (esr != ~0u)
		CHECK(x.esr, esr);
	CHECK(x.entry_msr, msr & (M_CE | M_ME | M_DE | M_RI));
}

void test(void)
{
	uint32_t on = M_CE | M_ME | M_RI;

	/* User code runs in the supervisor-only map of the firmware: give it a page map of its own. */
	tlb1_write(2, &(struct map){.ea = 0x100000, .pa = 0x100000, .tsize = 10, .perm = P_ALL,
				    .ts = 1});
	expect(f_illegal, on, V_PROG, 0x08000000);
	expect(f_trap, on, V_PROG, 0x02000000);
	expect(f_mfmsr, on | M_PR | M_IS | M_DS, V_PROG, 0x04000000);
	expect(f_mfspr_hv, on | M_PR | M_IS | M_DS, V_PROG, 0x04000000);
	expect(f_mfspr_undef, M_PR | M_IS | M_DS, V_PROG, 0x04000000);
	expect(f_mfspr_undef_user, M_PR | M_IS | M_DS, V_PROG, 0x08000000);
	expect(f_mfspr_undef, on, V_PROG, 0x08000000);
	expect(f_fadd, on, V_FP, ~0u);
	expect(f_ehpriv, on | M_PR | M_IS | M_DS, V_EHPRIV, ~0u);
	expect(f_ehpriv, on, V_EHPRIV, ~0u);
	run_at(&x, f_sc, on);
	CHECK(x.vector, V_SC);
	CHECK(x.pc, (uint32_t)f_sc + 4);
	run_at(&x, f_sc1, on);
	CHECK(x.vector, V_HCALL);
	CHECK(x.pc, (uint32_t)f_sc1 + 4);
	/* Storage interrupts: nothing maps 0x80000000; TLB1[3] is read-only for the supervisor. */
	x.gpr[4] = 0x80000000;
	expect(f_load, on, V_DTLB, 0);
	CHECK(x.dear, 0x80000000);
	expect(f_store, on, V_DTLB, 0x00800000);
	tlb1_write(3, &(struct map){.ea = 0x80000000, .pa = 0x200000, .tsize = 2, .perm = 1});
	expect(f_store, on, V_DSI, 0x00800000);
	expect(f_load, on | M_PR | M_IS | M_DS, V_DTLB, 0);
	run_at(&x, (void *)0x80000000, on);
	CHECK(x.vector, V_ISI);
	run_at(&x, (void *)0x90000000, on);
	CHECK(x.vector, V_ITLB);
	CHECK(x.pc, 0x90000000);
	x.gpr[4] = 0x80000001;
	expect(f_lmw, on, V_ALIGN, 0);
	expect(f_lwarx, on, V_ALIGN, 0);
	put_string("done\n");
}
