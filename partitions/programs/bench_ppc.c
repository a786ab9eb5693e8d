/* SPDX-License-Identifier: BSD-3-Clause */
/* One operation of a Book E supervisor after another between marks; a plugin on the host counts. */
/*
 * boot CPU; deterministic QEMU only. Each operation prints `OP name[,name] count`, then comes mark 15,
 * then as often as it likes marks 0 and 1 around the first name's code, 2 and 3 around the second's.
 * `TB name ticks` lets the host check its own count: under `-icount shift=4` one instruction is 6.4.
 */
#include "facet/test.h"

#include "facet/hcall.h"
#include "kit/ppc-e500mc/ppc.h"

#define N 200
#define mark(n) __asm__ volatile("or %0,%0,%0" : : "i"(16 + (n)) : "memory")

enum {
	SPR_PID = 48,
	SPR_SRR0 = 26,
	SPR_SRR1 = 27,
	SPR_IVPR = 63,
	SPR_SPRG0 = 272,
	SPR_SPRG3 = 275,
	SPR_MAS0 = 624,
	SPR_MAS1 = 625,
	SPR_MAS2 = 626,
	SPR_MAS3 = 627,
	SPR_MAS4 = 628,
	SPR_MAS6 = 630,
	SPR_MAS7 = 944,
};
#define MSR_PR 0x4000u
#define MAS1_4K (0x80000000u | 2 << 7)
#define MAS1_4M (0x80000000u | 12 << 7)
#define MAS1_IPROT 0x40000000u
#define MAS3_ALL 0x3fu
#define TLB1(n) (0x10000000u | (n) << 16)
#define M 4u
#define PAGES 0x40800000u	/* first-touch area; backed by memory from 8 MiB */
#define PAGE_TLB1 0x50000000u
#define PAGE_TLB0 0x51000000u
#define PAGE_USER 0x52000000u
#define SPARE 0x00700000u	/* memory nobody else uses */

static volatile uint32_t count;
static uint32_t sink;

/* Asleep before the first mark: until then what was printed leaves. */
static void op(const char *names, unsigned int n)
{
	printf("OP %s %u\n", names, n);
	time_sleep_ms(20);
	mark(15);
}

#define OP(name, n, body)                                                                          \
	do {                                                                                       \
		unsigned int i_;                                                                   \
		uint32_t t_;                                                                       \
		op(name, n);                                                                       \
		t_ = spr_read(268);                                                                \
		mark(0);                                                                           \
		for (i_ = 0; i_ < (n); i_++) {                                                     \
			body;                                                                      \
		}                                                                                  \
		mark(1);                                                                           \
		t_ = spr_read(268) - t_;                                                           \
		printf("TB %s %lu\n", name, (unsigned long)t_);                                    \
	} while (0)

/* ---- interrupts that are taken in assembly ---------------------------------------------------- */

/*
 * Vector 8: end of bench_user(). Vector 13: a data TLB miss as Linux 6.1 handles one from user mode:
 * the same fifteen privileged instructions. The page is backed by memory at EA modulo 16 MiB.
 */
__asm__(".section .text.bench_vectors, \"ax\"\n"
	"	.balign	65536\n"
	"	.globl	bench_vectors\n"
	"bench_vectors:\n"
	"	.org	bench_vectors + 8 * 64\n"
	"	or	19, 19, 19\n"
	"	addic.	3, 3, -1\n"
	"	bne	1f\n"
	"	blr\n"
	"	.globl	bench_user\n"
	"bench_user:\n"		/* void (unsigned int rounds, uint32_t pc, uint32_t msr) */
	"1:	mtspr	26, 4\n"
	"	mtspr	27, 5\n"
	"	or	16, 16, 16\n"
	"	rfi\n"
	"	.org	bench_vectors + 13 * 64\n"
	"	mtspr	272, 10\n"
	"	mfspr	10, 275\n"
	"	mfspr	10, 27\n"
	"	mtspr	1013, 10\n"
	"	mfspr	10, 61\n"
	"	rlwinm	10, 10, 0, 8, 19\n"
	"	mr	9, 10\n"
	"	mfspr	10, 275\n"
	"	mfspr	10, 62\n"
	"	ori	10, 9, 0x3f\n"
	"	mtspr	627, 10\n"
	"	li	10, 0\n"
	"	mtspr	944, 10\n"
	"	mfspr	10, 626\n"
	"	ori	10, 10, 4\n"
	"	mtspr	626, 10\n"
	"	tlbwe\n"
	"	mfspr	10, 275\n"
	"	mfspr	10, 272\n"
	"	rfi\n"
	"	.balign	4096\n"
	"	.globl	bench_user_code\n"
	"bench_user_code:\n"
	"	or	17, 17, 17\n"
	"	or	18, 18, 18\n"
	"	sc\n"
	"	.balign	4096\n"
	"	.text\n");
extern const char bench_vectors[], bench_user_code[];
void bench_user(unsigned int rounds, uint32_t pc, uint32_t msr);

static void page_map(uint32_t mas0, uint32_t mas1, uint32_t ea, uint32_t at)
{
	spr_write(SPR_MAS0, mas0);
	spr_write(SPR_MAS1, mas1);
	spr_write(SPR_MAS2, ea | M);
	spr_write(SPR_MAS3, at | MAS3_ALL);
	spr_write(SPR_MAS7, 0);
	__asm__ volatile("tlbwe" : : : "memory");
}

static inline uint32_t load(uint32_t ea)
{
	return *(volatile uint32_t *)(uintptr_t)ea;
}

/* ---- the operations --------------------------------------------------------------------------- */

static void bench_moves(void)
{
	uint32_t msr, x;

	irq_mask();
	msr = msr_read();
	irq_unmask();
	OP("sprg-read", N, sink += spr_read(SPR_SPRG0));
	OP("sprg-write", N, spr_write(SPR_SPRG0, i_));
	OP("srr-write", N, spr_write(SPR_SRR1, i_));
	OP("sprg3-write", N, spr_write(SPR_SPRG3, i_));
	OP("mfmsr", N, __asm__ volatile("mfmsr %0" : "=r"(x)));
	OP("wrteei-0", N, __asm__ volatile("wrteei 0"));
	OP("wrteei-1", N, __asm__ volatile("wrteei 1"));
	OP("wrtee", N, __asm__ volatile("wrtee %0" : : "r"(msr)));
	OP("mtmsr", N, __asm__ volatile("mtmsr %0" : : "r"(msr)));
	irq_mask();
	msr = msr_read();
	op("rfi", N);
	for (unsigned int i = 0; i < N; i++) {
		__asm__ volatile("lis %0, 1f@ha; la %0, 1f@l(%0); mtspr 26, %0; mtspr 27, %1;"
				 "or 16,16,16; rfi; 1: or 17,17,17"
				 : "=&b"(x)
				 : "r"(msr));
	}
	irq_unmask();
}

static void bench_privilege(void)
{
	uint32_t ivpr = spr_read(SPR_IVPR);

	page_map(TLB1(9), MAS1_4K | MAS1_IPROT, PAGE_USER, (uint32_t)(uintptr_t)bench_user_code);
	/* The first return makes the user's context. */
	for (unsigned int i = 0; i < 2; i++) {
		op(i == 0 ? "rfi-to-user-first,syscall-first" : "rfi-to-user,syscall", i == 0 ? 1 : N);
		irq_mask();
		spr_write(SPR_IVPR, bench_vectors);
		bench_user(i == 0 ? 1 : N, PAGE_USER, msr_read() | MSR_PR);
		spr_write(SPR_IVPR, ivpr);
		irq_unmask();
	}
}

/* Page after page, each for the first time: the guest's handler fills its own TLB0. */
static void bench_miss(void)
{
	uint32_t ivpr = spr_read(SPR_IVPR);

	op("dtlb-miss-reflected", N);
	irq_mask();
	spr_write(SPR_MAS4, 2 << 7 | M);
	spr_write(SPR_IVPR, bench_vectors);
	mark(0);
	for (uint32_t i = 0; i < N; i++) {
		__asm__ volatile("lwz 10, 0(%0)" : : "b"(PAGES + i * 4096) : "r9", "r10", "memory");
	}
	mark(1);
	spr_write(SPR_IVPR, ivpr);
	irq_unmask();
}

/*
 * Four pages of one set, in the guest's TLB0 for all processes: two processes push each other's four
 * shadows out of the hardware's set, so every load is refilled, and the guest never notices.
 */
#define STRIDE 0x80000u

static void bench_refill(void)
{
	for (unsigned int way = 0; way < 4; way++) {
		page_map(way << 16, MAS1_4K, PAGE_TLB0 + way * STRIDE, SPARE);
	}
	op("dtlb-refill", N);
	irq_mask();
	for (unsigned int i = 0; i < N / 4; i++) {
		spr_write(SPR_PID, 5 + i % 2);
		mark(0);
		for (unsigned int way = 0; way < 4; way++) {
			sink += load(PAGE_TLB0 + way * STRIDE);
		}
		mark(1);
	}
	spr_write(SPR_PID, 0);
	irq_unmask();
}

#define TLBILX_PID 0x7c200024 /* tlbilx 1, 0, 0 */

/* The first load of a process whose shadows were all forgotten: a page of the guest's TLB1. */
static void bench_refill_first(void)
{
	page_map(TLB1(8), MAS1_4K | MAS1_IPROT, PAGE_TLB1, SPARE);
	op("dtlb-refill-first", N);
	irq_mask();
	spr_write(SPR_PID, 5);
	spr_write(SPR_MAS6, 5 << 16);
	for (unsigned int i = 0; i < N; i++) {
		__asm__ volatile(".long %0" : : "i"(TLBILX_PID) : "memory");
		mark(0);
		sink += load(PAGE_TLB1);
		mark(1);
	}
	spr_write(SPR_PID, 0);
	irq_unmask();
}

static void tlbilx_page(uint32_t ea)
{
	register uint32_t at __asm__("r4") = ea;

	__asm__ volatile(".long 0x7c602024" : : "r"(at) : "memory"); /* tlbilx 3, 0, r4 */
}

static void bench_tlb(void)
{
	bench_refill();
	bench_refill_first();
	irq_mask();
	page_map(0, MAS1_4K, PAGE_TLB0, SPARE);
	OP("tlbwe-4k", N, __asm__ volatile("tlbwe" : : : "memory"));
	spr_write(SPR_MAS0, TLB1(8));
	spr_write(SPR_MAS1, MAS1_4M | MAS1_IPROT);
	spr_write(SPR_MAS2, PAGE_TLB1 | M);
	spr_write(SPR_MAS3, 0x00400000 | MAS3_ALL);
	OP("tlbwe-tlb1", N, __asm__ volatile("tlbwe" : : : "memory"));
	OP("mtpid", N, spr_write(SPR_PID, i_ & 1));
	spr_write(SPR_PID, 0);
	spr_write(SPR_MAS6, 0);
	page_map(0, MAS1_4K, PAGE_TLB0, SPARE);
	OP("tlbilx-page", N, tlbilx_page(PAGE_TLB0));
	irq_unmask();
}

static void call(unsigned int number)
{
	struct hcall_regs io = {.r = {0}};

	sink += (uint32_t)hcall(HCALL_VENDOR_FSL, number, &io);
}

static void bench_calls(void)
{
	uint32_t peer = fdt_node_u32(hv_node("peer"), "hv-handle", 0);
	unsigned int sent = 0;

	OP("hcall-null", N, call(200));
	OP("channel-send-16", 32, sent += chan_send(peer, "sixteen bytes...", 16));
	if (sent != 32 * 16) {
		test_fail("channel-send-16", "%u bytes taken", sent);
	}
}

static void tick(void)
{
	count++;
}

static void bench_interrupts(void)
{
	uint32_t self = fdt_node_u32(hv_node("selfring"), "hv-handle", 0);
	uint32_t ring = fdt_node_u32(hv_node("ring"), "hv-handle", 0);

	count = 0;
	OP("decrementer", N, timer_set(time_now() + 5000, tick); IRQ_WAIT(count == i_ + 1));
	irq_on(fdt_node_irq(hv_node("selfbell"), 0), irq_count, (void *)&count);
	count = 0;
	OP("external-by-hv-pic", N, doorbell_send(self); IRQ_WAIT(count == i_ + 1));
	irq_on(fdt_node_irq(hv_node("bell"), 0), irq_count, (void *)&count);
	time_sleep_ms(100); /* the partition that answers is up */
	count = 0;
	OP("doorbell-there-and-back", N, doorbell_send(ring); IRQ_WAIT(count == i_ + 1));
}

static void ponged(uint32_t irq, void *arg)
{
	(void)irq;
	(void)arg;
	irq_send(0, 2);
}

static void other(void)
{
	IRQ_WAIT(false);
}

static void bench_smp(void)
{
	irq_on(irq_ipi(1), ponged, NULL);
	irq_on(irq_ipi(2), irq_count, (void *)&count);
	if (cpu_start(1, other) != 0) {
		test_fail("msgsnd", "the second CPU does not start");
		return;
	}
	time_sleep_ms(100);
	count = 0;
	OP("msgsnd-there-and-back", N, irq_send(1, 1); IRQ_WAIT(count == i_ + 1));
}

static void bench_compute(void)
{
	uint32_t x = 1;

	OP("compute", 1000000, x = x * 1664525 + 1013904223; __asm__ volatile("" : "+r"(x)));
	sink += x;
}

int main(void)
{
	time_sleep_ms(100); /* the partition beside this one has come up: its instructions are time, too */
	bench_compute();
	bench_moves();
	bench_privilege();
	bench_tlb();
	bench_miss();
	bench_calls();
	bench_interrupts();
	bench_smp();
	test_pass("bench");
	test_done();
	return 0;
}
