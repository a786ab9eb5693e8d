/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lock-step judge's program: supervisor and user code, interrupts, TLB management. No output
 * between lockstep_begin and lockstep_end: both machines must go through the same states. No program
 * interrupts: the reference puts their cause into SRR1 as server processors do; t-except has them.
 */
#include "kit.h"

#define EA 0x40000000u
#define PA 0x00300000u

FRAGMENT(f_sc, "li 0,7; sc");
FRAGMENT(f_load, "lwz 3,0(4); lhau 5,2(4); lbzux 6,4,7; sc");
FRAGMENT(f_store, "stw 3,0(4); stwu 4,8(4); sc");
FRAGMENT(f_multiple, "rlwinm 8,4,0,0,29; stmw 20,0(8); lmw 20,4(8); sc");
FRAGMENT(f_atomic, "rlwinm 8,4,0,0,29; lwarx 3,0,8; addi 3,3,1; stwcx. 3,0,8; sc");
FRAGMENT(f_float, "fadd 1,1,1; sc");
FRAGMENT(f_zero, "rlwinm 8,4,0,0,25; dcbz 0,8; dcbf 0,4; icbi 0,4; dcbst 0,4; sc");
FRAGMENT(f_usprg, "mfspr 4,260; mtspr 256,4; mfspr 3,256; sc");
FRAGMENT(f_cond, "mtcrf 0xff,4; mcrf 3,7; crxor 2,9,30; mfcr 5; isel 6,4,5,2; bc 12,2,1f; addi 6,6,1; 1: sc");
FRAGMENT(lockstep_begin, "nop; blr");
FRAGMENT(lockstep_end, "nop; blr");

static struct ctx x;
static uint32_t sum;

static void note(void)
{
	sum = sum * 31 + x.vector;
	sum = sum * 31 + x.pc;
	sum = sum * 31 + x.msr;
	sum = sum * 31 + x.esr;
	sum = sum * 31 + x.dear;
	sum = sum * 31 + x.entry_msr;
}

static void each(uint32_t msr)
{
	static const void *const all[] = {f_sc, f_load, f_store, f_multiple,
					  f_atomic, f_float, f_zero, f_usprg, f_cond};

	for (unsigned n = 0; n < sizeof(all) / sizeof(all[0]); n++) {
		for (unsigned k = 0; k < 3; k++) {
			x.gpr[4] = EA + k * 0xfff;
			x.gpr[7] = 3;
			run_at(&x, all[n], msr);
			note();
		}
	}
}

static void translations(void)
{
	/* The reference writes DEAR at an instruction TLB error: code is always mapped. */
	tlb1_write(2, &(struct map){.ea = 0x100000, .pa = 0x100000, .tsize = 10, .perm = P_ALL,
				    .ts = 1});
	/* No map, supervisor read-only, user everything, by PID, across a page. */
	each(0);
	tlb1_write(3, &(struct map){.ea = EA, .pa = PA, .tsize = 2, .perm = 1});
	each(0);
	each(M_PR | M_IS | M_DS);
	tlb1_write(3, &(struct map){.ea = EA, .pa = PA, .tsize = 4, .perm = P_ALL, .ts = 1});
	each(M_PR | M_IS | M_DS);
	tlb1_write(3, &(struct map){.ea = EA, .pa = PA, .tsize = 2, .perm = P_ALL, .ts = 1,
				    .tid = 3});
	each(M_PR | M_IS | M_DS);
	mtspr(S_PID, 3);
	each(M_PR | M_IS | M_DS);
	each(M_IS | M_DS | M_FP);
	mtspr(S_PID, 0);
}

static void arrays(void)
{
	for (unsigned n = 0; n < 4; n++) {
		tlb0_write(n, &(struct map){.ea = EA + 0x5000, .pa = PA + n * 0x1000, .perm = P_ALL,
					    .tid = 10 + n});
		mtspr(S_MAS4, n << 7);
		x.gpr[3] = tlb_search(EA + 0x5000, 0, 10 + n, 0);
		sum = sum * 31 + x.gpr[3] + mfspr(S_MAS3) + mfspr(S_MAS2);
		sum = sum * 31 + mfspr(S_MAS1);
	}
	mtspr(S_MAS0, 2 << 16);
	mtspr(S_MAS2, EA + 0x5000);
	asm_op("tlbre");
	sum = sum * 31 + mfspr(S_MAS3) + mfspr(S_MAS2) + mfspr(S_MAS1);
	mtspr(S_MAS6, 12 << 16);
	__asm__ volatile("tlbilx 3,0,%0; isync" : : "r"(EA + 0x5000));
	sum = sum * 31 + tlb_search(EA + 0x5000, 0, 12, 0);
	sum = sum * 31 + tlb_search(EA + 0x5000, 0, 11, 0);
	mtspr(S_MMUCSR0, 4);
	sum = sum * 31 + tlb_search(EA + 0x5000, 0, 11, 0);
}

/* Plain computation: sorting, division, string work. */
static void compute(void)
{
	static uint32_t v[64];
	uint64_t big = 0x123456789abcdefull;

	for (unsigned n = 0; n < 64; n++) {
		big = big * 6364136223846793005ull + 1442695040888963407ull;
		v[n] = (uint32_t)(big >> 29);
	}
	for (unsigned i = 1; i < 64; i++) {
		for (unsigned k = i; k && v[k - 1] > v[k]; k--) {
			uint32_t t = v[k];

			v[k] = v[k - 1];
			v[k - 1] = t;
		}
	}
	for (unsigned n = 1; n < 64; n++) {
		sum += v[n] / v[n / 2 + 1] + v[n] % (n + 3);
		sum ^= (uint32_t)((int32_t)v[n] / (int32_t)-n) ^ (uint32_t)((uint16_t)v[n] * (int16_t)sum);
		sum = sum << (v[n] & 15) | sum >> (32 - (v[n] & 15)) % 32;
	}
}

void test(void)
{
	((void (*)(void))(uint32_t)lockstep_begin)();
	compute();
	translations();
	arrays();
	((void (*)(void))(uint32_t)lockstep_end)();
	put_hex(sum);
	put_char('\n');
}
