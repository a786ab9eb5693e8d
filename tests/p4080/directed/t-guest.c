/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guest state: MSR protection, redirected and trapped SPRs, directed interrupts, kept MSR bits
 * (Book III-E with category E.HV: chapters 2, 4, 5 and 7).
 */
#include "kit.h"

FRAGMENT(g_hcall, "sc 1");
FRAGMENT(g_sc, "sc; sc 1");
FRAGMENT(g_mtmsr0, "li 3,0; mtmsr 3; isync; mfmsr 3; sc 1");
FRAGMENT(g_mtmsr, "mtmsr 3; isync; mfmsr 3; sc 1");
FRAGMENT(g_rfi, "lis 3,1f@h; ori 3,3,1f@l; mtspr 378,3; li 3,2; mtspr 379,3; rfi\n"
		"sc 1; 1: li 4,77; sc 1");
FRAGMENT(g_rfci, "rfci");
FRAGMENT(g_rfgi, "rfgi");
FRAGMENT(g_msgsnd, "msgsnd 3");
FRAGMENT(g_tlbwe, "tlbwe");
FRAGMENT(g_tlbilx, "tlbilxlpid; sc 1");
FRAGMENT(g_dcbi, "dcbi 0,3");
FRAGMENT(g_ehpriv, "ehpriv");
FRAGMENT(g_load, "lwz 5,0(4); sc 1");
FRAGMENT(g_store, "stw 5,0(4); sc 1");
FRAGMENT(g_jump, "mtctr 4; bctr");
FRAGMENT(g_illegal, ".long 0");
FRAGMENT(g_sprg_write, "li 3,11; mtspr 272,3; li 3,12; mtspr 273,3; li 3,13; mtspr 274,3; li 3,14\n"
		       "mtspr 275,3; li 3,15; mtspr 61,3; li 3,16; mtspr 62,3; sc 1");
FRAGMENT(g_sprg_read, "mfspr 5,272; mfspr 6,275; mfspr 7,259; mfspr 8,286; mfspr 9,702; mfspr 10,61\n"
		      "mfspr 11,62; mfspr 12,371; sc 1");
FRAGMENT(g_pir_write, "mtspr 286,3");
FRAGMENT(g_gpir_write, "mtspr 382,3");
FRAGMENT(g_undef, "mfspr 3,1009");
FRAGMENT(g_epc_write, "lis 3,0xffff; ori 3,3,0xffff; mtspr 947,3; mtspr 948,3; sc 1");
FRAGMENT(g_lock, "dcbtls 0,0,4; sc 1");
FRAGMENT(g_mfpmr, "mfpmr 3,400; sc 1");
FRAGMENT(g_mfpmr_user, "li 3,5; mfpmr 3,384; sc 1");
FRAGMENT(g_mfhid, "mfspr 3,1008");
FRAGMENT(g_wrtee, "wrteei 1; mfmsr 3; sc 1");

static struct ctx x;

static void msr_protection(void)
{
	guest(&x, g_hcall, M_CE | M_ME | M_RI);
	CHECK(x.vector, V_HCALL);
	CHECK(x.msr, M_GS | M_CE | M_ME | M_RI);
	/* Kept on the way to the hypervisor: CE, ME, DE, RI; GS and the rest clear. */
	CHECK(x.entry_msr, M_CE | M_ME | M_RI);
	guest(&x, g_mtmsr0, M_EE);
	CHECK(x.gpr[3], M_GS);
	/* MSRP protects UCLE, DE and PMM at their old values. */
	mtspr(S_MSRP, 0x04000204);
	x.gpr[3] = M_UCLE | M_DE | M_PMM | M_RI;
	guest(&x, g_mtmsr, 0);
	CHECK(x.gpr[3], M_GS | M_RI);
	x.gpr[3] = 0;
	guest(&x, g_mtmsr, M_UCLE | M_PMM);
	CHECK(x.gpr[3], M_GS | M_UCLE | M_PMM);
	mtspr(S_MSRP, 0);
	x.gpr[3] = M_UCLE | M_PMM | M_RI;
	guest(&x, g_mtmsr, 0);
	CHECK(x.gpr[3], M_GS | M_UCLE | M_PMM | M_RI);
	guest(&x, g_wrtee, M_RI);
	CHECK(x.gpr[3], M_GS | M_EE | M_RI);
}

static void returns(void)
{
	mtspr(S_SRR0, 0);
	x.gpr[4] = 0;
	guest(&x, g_rfi, M_RI);
	CHECK(x.vector, V_HCALL);
	CHECK(x.gpr[4], 77);
	CHECK(x.msr, M_GS | M_RI);
	guest(&x, g_rfci, 0);
	CHECK(x.vector, V_EHPRIV);
	CHECK(x.pc, (uint32_t)g_rfci);
	guest(&x, g_rfgi, 0);
	CHECK(x.vector, V_EHPRIV);
	guest(&x, g_rfi, M_PR);
	CHECK(x.vector, V_PROG);
	CHECK(x.esr, 0x04000000);
}

static void privileged(void)
{
	static const void *const traps[] = {g_msgsnd, g_tlbwe, g_dcbi, g_ehpriv, g_mfhid,
					    g_pir_write, g_gpir_write};

	x.gpr[3] = 0x100000;
	for (unsigned n = 0; n < sizeof(traps) / sizeof(traps[0]); n++) {
		guest(&x, traps[n], 0);
		CHECK(x.vector, V_EHPRIV);
		CHECK(x.pc, (uint32_t)traps[n]);
	}
	/* Undefined SPR: program, also in guest state (spec 5). */
	guest(&x, g_undef, 0);
	CHECK(x.vector, V_PROG);
	CHECK(x.esr, 0x08000000);
	guest(&x, g_illegal, 0);
	CHECK(x.vector, V_PROG);
	/* tlbilx: EPCR[DGTMI]. */
	mtspr(S_MAS5, 2);
	guest(&x, g_tlbilx, 0);
	CHECK(x.vector, V_HCALL);
	mtspr(S_EPCR, 0x00800000);
	guest(&x, g_tlbilx, 0);
	CHECK(x.vector, V_EHPRIV);
	mtspr(S_EPCR, 0);
	/* Cache locking and the performance monitor: MSRP. */
	x.gpr[4] = 0x100000;
	guest(&x, g_lock, 0);
	CHECK(x.vector, V_HCALL);
	guest(&x, g_mfpmr, 0);
	CHECK(x.vector, V_HCALL);
	mtspr(S_MSRP, 0x04000004);
	guest(&x, g_lock, 0);
	CHECK(x.vector, V_EHPRIV);
	guest(&x, g_mfpmr, 0);
	CHECK(x.vector, V_EHPRIV);
	__asm__ volatile("mtpmr 400,%0" : : "r"(0x80000000));
	guest(&x, g_mfpmr_user, M_PR);
	CHECK(x.vector, V_HCALL);
	CHECK(x.gpr[3], 0);
	mtspr(S_MSRP, 0);
	guest(&x, g_mfpmr_user, M_PR);
	CHECK(x.gpr[3], 0x80000000);
	/* User mode without UCLE: DSI with DLK. */
	guest(&x, g_lock, M_PR);
	CHECK(x.vector, V_DSI);
	CHECK(x.esr, 0x00200000);
}

static void redirection(void)
{
	mtspr(275, 0x1234);
	mtspr(S_DEAR, 0x777);
	mtspr(S_ESR, 0x666);
	guest(&x, g_sprg_write, 0);
	CHECK(x.vector, V_HCALL);
	CHECK(mfspr(275), 0x1234);
	CHECK(mfspr(S_DEAR), 0x777);
	CHECK(mfspr(S_ESR), 0x666);
	CHECK(mfspr(368), 11);
	CHECK(mfspr(369), 12);
	CHECK(mfspr(370), 13);
	CHECK(mfspr(371), 14);
	CHECK(mfspr(S_GDEAR), 15);
	CHECK(mfspr(S_GESR), 16);
	mtspr(S_GPIR, 9);
	mtspr(S_GEPR, 0x321);
	guest(&x, g_sprg_read, 0);
	CHECK(x.gpr[5], 11);
	CHECK(x.gpr[6], 14);
	CHECK(x.gpr[7], 14);
	CHECK(x.gpr[8], 9);
	CHECK(x.gpr[9], 0x321);
	CHECK(x.gpr[10], 15);
	CHECK(x.gpr[11], 16);
	CHECK(x.gpr[12], 14);
	CHECK(mfspr(259), 0x1234);
	CHECK(mfspr(S_PIR), 0);
	mtspr(S_EPLC, 0);
	mtspr(S_EPSC, 0x20050000);
	guest(&x, g_epc_write, 0);
	CHECK(mfspr(S_EPLC), 0xc0003fff);
	CHECK(mfspr(S_EPSC), 0xe0053fff);
}

/* A guest-directed interrupt: vector n, guest MSR kept bits in x.srr1 of the hypercall. */
static void expect_guest(uint32_t n, uint32_t kept)
{
	CHECK(x.vector, V_HCALL);
	CHECK(x.pc, GVEC(n));
	CHECK(x.msr, M_GS | kept);
}

static void directed(void)
{
	uint32_t on = M_CE | M_ME | M_RI | M_EE;
	uint32_t kept = M_CE | M_ME | M_RI;

	guest(&x, g_sc, on);
	expect_guest(V_SC, kept);
	CHECK(x.gsrr0, (uint32_t)g_sc + 4);
	CHECK(x.gsrr1, M_GS | on);
	guest(&x, g_sc, on | M_PR);
	expect_guest(V_SC, kept);
	/* Without the EPCR bits storage interrupts go to the hypervisor and touch no G register. */
	x.gpr[4] = 0x40000000;
	mtspr(S_GDEAR, 1);
	mtspr(S_GESR, 2);
	guest(&x, g_store, on);
	CHECK(x.vector, V_DTLB);
	CHECK(x.dear, 0x40000000);
	CHECK(x.esr, 0x00800000);
	CHECK(mfspr(S_GDEAR), 1);
	CHECK(mfspr(S_GESR), 2);
	CHECK(x.pc, (uint32_t)g_store);
	/* With them, to the guest, and the hypervisor's registers stay. */
	mtspr(S_EPCR, 0x78000000);
	mtspr(S_DEAR, 3);
	mtspr(S_ESR, 4);
	guest(&x, g_store, on);
	expect_guest(V_DTLB, kept);
	CHECK(mfspr(S_GDEAR), 0x40000000);
	CHECK(mfspr(S_GESR), 0x00800000);
	CHECK(x.dear, 3);
	CHECK(x.esr, 4);
	CHECK(x.gsrr0, (uint32_t)g_store);
	guest(&x, g_jump, on);
	expect_guest(V_ITLB, kept);
	CHECK(x.gsrr0, 0x40000000);
	tlb1_write(9, &(struct map){.ea = 0x40000000, .pa = 0x200000, .tsize = 2, .perm = 1,
				    .mas8 = MAP_TGS | 1});
	guest(&x, g_store, on);
	expect_guest(V_DSI, kept);
	guest(&x, g_jump, on);
	expect_guest(V_ISI, kept);
	/* Program, alignment, FP unavailable: never to the guest. */
	guest(&x, g_illegal, on);
	CHECK(x.vector, V_PROG);
	/* In hypervisor state they come to the hypervisor whatever EPCR says. */
	run_at(&x, g_store, 0);
	CHECK(x.vector, V_DTLB);
	/* MSRP-protected bits survive a guest-directed interrupt, others clear. */
	guest(&x, g_sc, M_UCLE | M_PMM);
	expect_guest(V_SC, 0);
	mtspr(S_MSRP, 0x04000004);
	guest(&x, g_sc, M_UCLE | M_PMM);
	expect_guest(V_SC, M_UCLE | M_PMM);
	mtspr(S_MSRP, 0);
	/* Virtualisation fault: to the hypervisor although DSIGS = 1; fetches do not see it. */
	tlb1_write(9, &(struct map){.ea = 0x40000000, .pa = G_PAGE, .tsize = 2, .perm = P_ALL,
				    .mas8 = MAP_TGS | MAP_VF | 1});
	guest(&x, g_store, on);
	CHECK(x.vector, V_DSI);
	CHECK(x.dear, 0x40000000);
	CHECK(x.esr, 0x00800000);
	guest(&x, g_load, on);
	CHECK(x.vector, V_DSI);
	CHECK(x.esr, 0);
	guest(&x, g_jump, on);
	CHECK(x.vector, V_HCALL);
	CHECK(x.pc, 0x40000004);
	tlb1_clear(9);
	mtspr(S_EPCR, 0);
}

void test(void)
{
	guest_setup();
	msr_protection();
	returns();
	privileged();
	redirection();
	directed();
}
