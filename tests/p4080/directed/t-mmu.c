/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Translation and TLB management: every compared field, IPROT, MAS updates, next victim
 * (Book III-E chapter 6).
 * run: --cores 2 --start-all
 */
#include "kit.h"

#define EA 0x40000000u
#define PA 0x00300000u

FRAGMENT(g_load, "lwz 5,0(4); sc 1");
FRAGMENT(f_load, "lwz 5,0(4); sc 1");
FRAGMENT(f_store, "stw 5,0(4); sc 1");

static struct ctx x;

/* Fill TLB1[n] for EA with the fields given; every entry leads to its own word. */
static void entry(unsigned n, uint32_t tid, uint32_t ts, uint32_t mas8, uint32_t page)
{
	tlb1_write(n, &(struct map){.ea = EA, .pa = PA + page * 0x1000, .tsize = 2, .perm = P_ALL,
				    .tid = tid, .ts = ts, .mas8 = mas8});
}

static uint32_t load_as(uint32_t msr, uint32_t lpid, uint32_t pid)
{
	x.gpr[4] = EA;
	x.gpr[5] = 0xdead;
	mtspr(S_LPIDR, lpid);
	mtspr(S_PID, pid);
	run_at(&x, f_load, msr);
	mtspr(S_LPIDR, 1);
	mtspr(S_PID, 0);
	return x.vector == V_HCALL ? x.gpr[5] : 0x1000 + x.vector;
}

static void matching(void)
{
	for (unsigned n = 0; n < 16; n++)
		*(uint32_t *)(PA + n * 0x1000) = n;
	/* One entry a combination; the guest code of LPID 2 needs a map as well. */
	tlb1_write(9, &(struct map){.ea = 0x100000, .pa = 0x100000, .tsize = 10, .perm = P_ALL,
				    .iprot = 1, .mas8 = MAP_TGS | 2});
	tlb1_write(10, &(struct map){.ea = 0x100000, .pa = 0x100000, .tsize = 10, .perm = P_ALL,
				     .iprot = 1, .ts = 1});
	entry(16, 5, 0, 0, 1);		   /* hypervisor, PID 5 */
	entry(17, 6, 0, 0, 2);		   /* hypervisor, PID 6 */
	entry(18, 5, 1, 0, 3);		   /* hypervisor, PID 5, AS 1 */
	entry(19, 5, 0, MAP_TGS | 1, 4);   /* guest LPID 1, PID 5 */
	entry(20, 5, 0, MAP_TGS | 2, 5);   /* guest LPID 2, PID 5 */
	entry(21, 7, 0, MAP_TGS, 6);	   /* guest of any LPID, PID 7 */
	entry(22, 8, 0, 2, 7);		   /* hypervisor, LPIDR 2 only, PID 8 */
	CHECK(load_as(0, 1, 5), 1);
	CHECK(load_as(0, 1, 6), 2);
	CHECK(load_as(0, 1, 9), 0x1000 + V_DTLB);
	CHECK(load_as(M_IS | M_DS, 1, 5), 3);
	CHECK(load_as(M_GS, 1, 5), 4);
	CHECK(load_as(M_GS, 2, 5), 5);
	CHECK(load_as(M_GS, 1, 6), 0x1000 + V_DTLB);
	CHECK(load_as(M_GS, 1, 7), 6);
	CHECK(load_as(M_GS, 2, 7), 6);
	CHECK(load_as(0, 1, 8), 0x1000 + V_DTLB);
	CHECK(load_as(0, 2, 8), 7);
	/* TID 0 matches every PID. */
	entry(16, 0, 0, 0, 1);
	tlb1_clear(17);
	tlb1_clear(22);
	CHECK(load_as(0, 1, 200), 1);
	tlb1_clear(16);
}

static void search(void)
{
	/* tlbsx obeys SGS, SLPID, SPID, SAS. */
	CHECK(tlb_search(EA, 0x80000001, 5, 0), 1);
	CHECK(mfspr(S_MAS3) & ~0xfffu, PA + 4 * 0x1000);
	CHECK(mfspr(S_MAS8), MAP_TGS | 1);
	CHECK(mfspr(S_MAS0), 0x10000000 | 19 << 16);
	CHECK(tlb_search(EA, 0x80000002, 5, 0), 1);
	CHECK(mfspr(S_MAS8), MAP_TGS | 2);
	CHECK(tlb_search(EA, 0x80000003, 5, 0), 0);
	CHECK(tlb_search(EA, 0x00000001, 5, 0), 0);
	CHECK(tlb_search(EA, 0x00000001, 5, 1), 1);
	CHECK(mfspr(S_MAS3) & ~0xfffu, PA + 3 * 0x1000);
	/* A miss: V = 0, defaults of MAS4, the victim advances. */
	mtspr(S_MAS4, 0x00000104);
	CHECK(tlb_search(EA, 0, 77, 1), 0);
	CHECK(mfspr(S_MAS1), 77u << 16 | 0x1000 | 0x100);
	CHECK(mfspr(S_MAS2), 4);
	uint32_t nv = mfspr(S_MAS0);
	CHECK(tlb_search(EA, 0, 77, 1), 0);
	CHECK(mfspr(S_MAS0) >> 16 & 3, nv & 3);
	CHECK(mfspr(S_MAS0) & 3, (nv + 1) & 3);
}

static bool present(unsigned pid, uint32_t mas8)
{
	return tlb_search(EA, mas8 | (mas8 & 0xff), pid, 0);
}

#define TLBILX(t, ea) __asm__ volatile("tlbilx " #t ",0,%0; isync" : : "r"(ea) : "memory")

static void fill_both(void)
{
	entry(19, 5, 0, MAP_TGS | 1, 4);
	entry(20, 5, 0, MAP_TGS | 2, 5);
	entry(21, 6, 0, MAP_TGS | 1, 6);
	tlb0_write(0, &(struct map){.ea = EA, .pa = PA, .perm = P_ALL, .tid = 10,
				    .mas8 = MAP_TGS | 1, .iprot = 1});
	tlb0_write(1, &(struct map){.ea = EA, .pa = PA, .perm = P_ALL, .tid = 11,
				    .mas8 = MAP_TGS | 1});
	tlb0_write(2, &(struct map){.ea = EA, .pa = PA, .perm = P_ALL, .tid = 10,
				    .mas8 = MAP_TGS | 2});
	tlb0_write(3, &(struct map){.ea = EA, .pa = PA, .perm = P_ALL, .tid = 10, .mas8 = 1});
	tlb1_write(23, &(struct map){.ea = EA, .pa = PA, .tsize = 2, .perm = P_ALL, .tid = 12,
				     .iprot = 1, .mas8 = MAP_TGS | 1});
}

#define G1 (MAP_TGS | 1)
#define G2 (MAP_TGS | 2)

static void invalidate(void)
{
	mtspr(S_MAS4, 0);
	fill_both();
	/* T = 3: one address of one PID, LPID and GS, in both arrays. */
	mtspr(S_MAS5, G1);
	mtspr(S_MAS6, 10 << 16);
	TLBILX(3, EA);
	CHECK(present(10, G1), 0); /* IPROT does not exist in TLB0 */
	CHECK(present(11, G1), 1);
	CHECK(present(10, G2), 1);
	CHECK(present(10, 1), 1);
	CHECK(present(5, G1), 1);
	fill_both();
	mtspr(S_MAS5, G1);
	mtspr(S_MAS6, 5 << 16);
	TLBILX(3, EA + 0x1000);
	CHECK(present(5, G1), 1);
	mtspr(S_MAS5, G1);
	mtspr(S_MAS6, 5 << 16);
	TLBILX(3, EA);
	CHECK(present(5, G1), 0);
	CHECK(present(6, G1), 1);
	CHECK(present(5, G2), 1);
	/* T = 1: one PID of an LPID; T = 0: the LPID; protected entries stay. */
	fill_both();
	mtspr(S_MAS5, G1);
	mtspr(S_MAS6, 10 << 16);
	TLBILX(1, 0);
	CHECK(present(10, G1), 0);
	CHECK(present(11, G1), 1);
	CHECK(present(10, G2), 1);
	fill_both();
	mtspr(S_MAS5, G1);
	TLBILX(0, 0);
	CHECK(present(5, G1), 0);
	CHECK(present(6, G1), 0);
	CHECK(present(10, G1), 0);
	CHECK(present(11, G1), 0);
	CHECK(present(10, 1), 0);
	CHECK(present(10, G2), 1);
	CHECK(present(5, G2), 1);
	CHECK(present(12, G1), 1);
	/* MMUCSR0 spares protected entries too. */
	fill_both();
	mtspr(S_MMUCSR0, 6);
	CHECK(present(10, G2), 0);
	CHECK(present(5, G2), 0);
	CHECK(present(12, G1), 1);
	CHECK(mfspr(S_MMUCSR0), 0);
	tlb1_clear(23);
}

static volatile uint32_t other_present;

static void other_fill(void)
{
	fill_both();
}

static void other_look(void)
{
	other_present = present(5, G1) | present(5, G2) << 1 | present(10, G1) << 2 |
			present(12, G1) << 3;
}

static void broadcast(void)
{
	fill_both();
	call_on(1, other_fill);
	/* tlbivax of TLB1 (EA bit 0x8): LPID 1, guest, this address; on every core. */
	mtspr(S_MAS5, G1);
	__asm__ volatile("tlbivax 0,%0; tlbsync" : : "r"(EA | 8) : "memory");
	CHECK(present(5, G1), 0);
	CHECK(present(5, G2), 1);
	CHECK(present(10, G1), 1);
	call_on(1, other_look);
	CHECK(other_present, 0xe);
	mtspr(S_MAS5, G1);
	__asm__ volatile("tlbivax 0,%0; tlbsync" : : "r"(EA + 0x1000) : "memory");
	CHECK(present(10, G1), 1);
	mtspr(S_MAS5, G2);
	__asm__ volatile("tlbivax 0,%0; tlbsync" : : "r"(0xc) : "memory");
	CHECK(present(5, G2), 0);
	mtspr(S_MMUCSR0, 6);
	tlb1_clear(23);
}

static void misses(void)
{
	/* MAS at a miss: 6.4; a miss with DMIUH leaves them alone. */
	mtspr(S_MAS4, 0x10000104);
	mtspr(S_MAS5, 0x80000021);
	x.gpr[4] = EA + 0x5678;
	mtspr(S_PID, 3);
	run_at(&x, f_store, M_GS | M_DS);
	mtspr(S_PID, 0);
	CHECK(x.vector, V_DTLB);
	CHECK(mfspr(S_MAS1), 0x80000000 | 3 << 16 | 0x1000 | 0x100);
	CHECK(mfspr(S_MAS2), EA + 0x5000 + 4);
	CHECK(mfspr(S_MAS3), 0);
	CHECK(mfspr(S_MAS6), 3 << 16 | 1);
	CHECK(mfspr(S_MAS7), 0);
	CHECK(mfspr(S_MAS0) & 0xf0000000, 0x10000000);
	CHECK(mfspr(S_MAS5), 0x80000021);
	uint32_t nv = mfspr(S_MAS0);
	run_at(&x, f_store, M_GS);
	CHECK(mfspr(S_MAS0) >> 16 & 3, nv & 3);
	CHECK(mfspr(S_MAS0) & 3, (nv + 1) & 3);
	mtspr(S_EPCR, 0x00400000);
	mtspr(S_MAS1, 0x12340000);
	mtspr(S_MAS2, 0x56789000);
	run_at(&x, f_store, M_GS);
	CHECK(x.vector, V_DTLB);
	CHECK(mfspr(S_MAS1), 0x12340000);
	CHECK(mfspr(S_MAS2), 0x56789000);
	/* DMIUH is about misses that go to the hypervisor: a guest-directed one still writes. */
	mtspr(S_EPCR, 0x40400000);
	run_at(&x, f_store, M_GS);
	CHECK(x.pc, GVEC(V_DTLB));
	CHECK(mfspr(S_MAS2), EA + 0x5000 + 4);
	mtspr(S_EPCR, 0);
	mtspr(S_MAS4, 0);
}

static void sizes(void)
{
	/* 64 KB entry: 16 pages, EPN masked; the odd TSIZE bit does not exist. */
	tlb1_write(24, &(struct map){.ea = EA + 0x3000, .pa = PA, .tsize = 7, .perm = P_ALL});
	CHECK(tlb_search(EA + 0xffff, 0, 0, 0), 1);
	CHECK(mfspr(S_MAS1) & 0xf80, 6 << 7);
	CHECK(mfspr(S_MAS2) & ~0xfffu, EA);
	CHECK(tlb_search(EA + 0x10000, 0, 0, 0), 0);
	*(volatile uint32_t *)(PA + 0x2ffe) = 0;
	*(volatile uint32_t *)(EA + 0x2ffe) = 0x11223344;
	CHECK(*(volatile uint32_t *)(PA + 0x2ffc) & 0xffff, 0x1122);
	CHECK(*(volatile uint32_t *)(PA + 0x3000) >> 16, 0x3344);
	tlb1_clear(24);
	/* A store across a page end whose second page faults writes nothing. */
	tlb1_write(24, &(struct map){.ea = EA, .pa = PA, .tsize = 2, .perm = P_ALL});
	*(volatile uint32_t *)(PA + 0xffc) = 0xaaaaaaaa;
	x.gpr[4] = EA + 0xffe;
	x.gpr[5] = 0;
	run_at(&x, f_store, 0);
	CHECK(x.vector, V_DTLB);
	CHECK(x.dear, EA + 0x1000);
	CHECK(*(volatile uint32_t *)(PA + 0xffc), 0xaaaaaaaa);
	tlb1_clear(24);
}

void test(void)
{
	guest_setup();
	matching();
	search();
	for (unsigned n = 16; n < 24; n++)
		tlb1_clear(n);
	invalidate();
	broadcast();
	misses();
	sizes();
}
