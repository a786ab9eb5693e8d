/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * External-PID accesses (category E.PD): every field of EPLC and EPSC, from hypervisor and guest.
 */
#include "kit.h"

#define EA 0x40000000u
#define PA 0x00300000u
#define EPR 0x80000000u
#define EAS 0x40000000u
#define EGS 0x20000000u
#define ELPID(n) ((n) << 16)

FRAGMENT(f_load, "lwepx 5,0,4; sc 1");
FRAGMENT(f_store, "stwepx 5,0,4; sc 1");
FRAGMENT(f_byte, "lbepx 5,0,4; lhepx 6,0,4; stbepx 7,0,4; addi 8,4,2; sthepx 7,0,8; sc 1");
FRAGMENT(f_cache, "dcbfep 0,4; dcbstep 0,4; icbiep 0,4; dcbtep 0,0,4; dcbtstep 0,0,4; dcbzep 0,4; sc 1");
FRAGMENT(f_float, "lfdepx 1,0,4; addi 8,4,8; stfdepx 1,0,8; sc 1");

static struct ctx x;

static void entry(unsigned n, uint32_t tid, uint32_t ts, uint32_t perm, uint32_t mas8, uint32_t page)
{
	tlb1_write(n, &(struct map){.ea = EA, .pa = PA + page * 0x1000, .tsize = 2, .perm = perm,
				    .tid = tid, .ts = ts, .mas8 = mas8});
}

static uint32_t load(uint32_t eplc, uint32_t msr)
{
	mtspr(S_EPLC, eplc);
	x.gpr[4] = EA;
	run_at(&x, f_load, msr);
	return x.vector == V_HCALL ? x.gpr[5] : 0x1000 + x.vector;
}

static uint32_t store(uint32_t epsc, uint32_t msr)
{
	mtspr(S_EPSC, epsc);
	x.gpr[4] = EA;
	x.gpr[5] = 0x5555;
	run_at(&x, f_store, msr);
	return x.vector == V_HCALL ? 0 : 0x1000 + x.vector;
}

static void fields(void)
{
	for (unsigned n = 0; n < 16; n++)
		*(uint32_t *)(PA + n * 0x1000) = n;
	entry(16, 5, 0, 0x05, 0, 1);	       /* hypervisor, PID 5, supervisor only */
	entry(17, 5, 1, P_ALL, 0, 2);	       /* AS 1 */
	entry(18, 5, 0, P_ALL, MAP_TGS | 1, 3); /* guest of LPID 1 */
	entry(19, 5, 0, P_ALL, MAP_TGS | 2, 4); /* guest of LPID 2 */
	entry(20, 6, 0, P_ALL, 0, 5);	       /* PID 6 */
	CHECK(load(5, 0), 1);
	CHECK(load(6, 0), 5);
	CHECK(load(5 | EAS, 0), 2);
	CHECK(load(5 | EGS | ELPID(1), 0), 3);
	CHECK(load(5 | EGS | ELPID(2), 0), 4);
	CHECK(load(5 | EGS | ELPID(3), 0), 0x1000 + V_DTLB);
	CHECK(load(7, 0), 0x1000 + V_DTLB);
	CHECK(x.esr, 0x40);
	CHECK(x.dear, EA);
	/* EPR: as user, although the page is the supervisor's. */
	CHECK(load(5 | EPR, 0), 0x1000 + V_DSI);
	CHECK(x.esr, 0x40);
	CHECK(store(5 | EPR, 0), 0x1000 + V_DSI);
	CHECK(x.esr, 0x00800040);
	CHECK(store(5 | EGS | ELPID(2), 0), 0);
	CHECK(*(uint32_t *)(PA + 0x4000), 0x5555);
	/* EPSC is for stores, EPLC for loads. */
	mtspr(S_EPLC, 7);
	CHECK(store(6, 0), 0);
	CHECK(*(uint32_t *)(PA + 0x5000), 0x5555);
}

static void from_guest(void)
{
	/* In guest state EGS counts as 1 and ELPID as LPIDR, whatever the registers hold. */
	*(uint32_t *)(PA + 0x3000) = 3;
	*(uint32_t *)(PA + 0x4000) = 4;
	CHECK(load(5, M_GS), 3);
	CHECK(load(5 | EGS | ELPID(2), M_GS), 3);
	CHECK(load(5 | EPR, M_GS), 3);
	CHECK(load(9, M_GS), 0x1000 + V_DTLB);
	CHECK(store(5, M_GS), 0);
	CHECK(*(uint32_t *)(PA + 0x3000), 0x5555);
	CHECK(*(uint32_t *)(PA + 0x4000), 4);
	CHECK(load(5, M_GS | M_PR), 0x1000 + V_PROG);
	CHECK(x.esr, 0x04000000);
	/* Faults are directed by the current state, here to the guest. */
	mtspr(S_EPCR, 0x50000000);
	load(9, M_GS);
	CHECK(x.vector, V_HCALL);
	CHECK(x.pc, GVEC(V_DTLB));
	CHECK(mfspr(S_GESR), 0x40);
	CHECK(load(9, 0), 0x1000 + V_DTLB);
	/* A virtualisation fault reaches the hypervisor from both states. */
	entry(18, 5, 0, P_ALL, MAP_TGS | MAP_VF | 1, 3);
	CHECK(load(5, M_GS), 0x1000 + V_DSI);
	CHECK(x.esr, 0x40);
	CHECK(load(5 | EGS | ELPID(1), 0), 0x1000 + V_DSI);
	mtspr(S_EPCR, 0);
}

static void forms(void)
{
	uint32_t *p = (uint32_t *)(PA + 0x5000);

	mtspr(S_EPLC, 6);
	mtspr(S_EPSC, 6);
	p[0] = 0x81828384;
	x.gpr[4] = EA;
	x.gpr[7] = 0xabcd;
	run_at(&x, f_byte, 0);
	CHECK(x.gpr[5], 0x81);
	CHECK(x.gpr[6], 0x8182);
	CHECK(p[0], 0xcd82abcd);
	p[0] = 0x3ff00000;
	p[1] = 1;
	run_at(&x, f_float, M_FP);
	CHECK(p[2], 0x3ff00000);
	CHECK(p[3], 1);
	run_at(&x, f_float, 0);
	CHECK(x.vector, V_FP);
	p[15] = 1;
	p[16] = 2;
	run_at(&x, f_cache, 0);
	CHECK(x.vector, V_HCALL);
	CHECK(p[0], 0);
	CHECK(p[15], 0);
	CHECK(p[16], 2);
}

void test(void)
{
	guest_setup();
	fields();
	from_guest();
	forms();
}
