/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * C part of the kit: console, failures, TLB entries.
 */
#include "kit.h"

#define UART ((volatile uint8_t *)KIT_UART)

unsigned failures;
void (*volatile kit_call[8])(void);

void call_on(unsigned core, void (*fn)(void))
{
	kit_call[core] = fn;
	while (kit_call[core]) {
	}
}

void put_char(char ch)
{
	UART[0] = (uint8_t)ch;
}

void *memset(void *d, int v, unsigned n)
{
	uint8_t *p = d;

	while (n--)
		*p++ = (uint8_t)v;
	return d;
}

void fail(const char *file, int line, const char *what, uint32_t got, uint32_t want)
{
	const char *name = file;

	for (const char *p = file; *p; p++) {
		if (*p == '/')
			name = p + 1;
	}
	failures++;
	put_string("FAIL ");
	put_string(name);
	put_char(':');
	put_char((char)('0' + line / 1000 % 10));
	put_char((char)('0' + line / 100 % 10));
	put_char((char)('0' + line / 10 % 10));
	put_char((char)('0' + line % 10));
	put_string(" ");
	put_string(what);
	put_string(": got ");
	put_hex(got);
	put_string(" want ");
	put_hex(want);
	put_char('\n');
}

void panic(uint32_t srr0, uint32_t esr, uint32_t lr);
void panic(uint32_t srr0, uint32_t esr, uint32_t lr)
{
	put_string("FAIL unexpected interrupt: srr0 ");
	put_hex(srr0);
	put_string(" esr ");
	put_hex(esr);
	put_string(" lr ");
	put_hex(lr);
	put_char('\n');
	stop(1);
}

static void tlb_write(uint32_t mas0, const struct map *e)
{
	mtspr(S_MAS0, mas0);
	mtspr(S_MAS1, 0x80000000u | (e->iprot ? 0x40000000u : 0) | e->tid << 16 |
			      (e->ts ? 0x1000u : 0) | e->tsize << 7);
	mtspr(S_MAS2, e->ea | 4);
	mtspr(S_MAS3, e->pa | e->perm);
	mtspr(S_MAS7, 0);
	KIT_HV(mtspr(S_MAS8, e->mas8));
	asm_op("tlbwe; isync");
}

void tlb1_write(unsigned n, const struct map *e)
{
	tlb_write(0x10000000u | n << 16, e);
}

void tlb0_write(unsigned way, const struct map *e)
{
	tlb_write(way << 16, e);
}

void tlb1_clear(unsigned n)
{
	mtspr(S_MAS0, 0x10000000u | n << 16);
	mtspr(S_MAS1, 0);
	asm_op("tlbwe; isync");
}

bool tlb_search(uint32_t ea, uint32_t mas5, uint32_t pid, uint32_t as)
{
	KIT_HV(mtspr(S_MAS5, mas5));
	(void)mas5;
	mtspr(S_MAS6, pid << 16 | as);
	__asm__ volatile("tlbsx 0, %0" : : "r"(ea) : "memory");
	return mfspr(S_MAS1) & 0x80000000u;
}

#ifndef KIT_NO_HV
void guest_setup(void)
{
	uint32_t *page = (uint32_t *)G_PAGE;

	for (unsigned n = 0; n < 1024; n++)
		page[n] = 0x44000022; /* sc 1 */
	mtspr(S_GIVPR, G_PAGE);
	mtspr(S_GIVOR2, V_DSI * 0x40);
	mtspr(S_GIVOR3, V_ISI * 0x40);
	mtspr(S_GIVOR4, V_EXT * 0x40);
	mtspr(S_GIVOR8, V_SC * 0x40);
	mtspr(S_GIVOR13, V_DTLB * 0x40);
	mtspr(S_GIVOR14, V_ITLB * 0x40);
	mtspr(S_LPIDR, 1);
	tlb1_write(8, &(struct map){.ea = 0x100000, .pa = 0x100000, .tsize = 10, .perm = P_ALL,
				    .iprot = 1, .mas8 = MAP_TGS | 1});
}

void guest(struct ctx *x, const void *pc, uint32_t msr)
{
	run_at(x, pc, M_GS | msr);
}
#endif
