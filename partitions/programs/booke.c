/* SPDX-License-Identifier: BSD-3-Clause */
/* What a Book E supervisor may expect beside the common: timers, critical, debug and machine checks. */
/* boot CPU, ppc only; parameter: broadcast=1, only that. Interrupts are taken by this program's own hook. */
#include "facet/test.h"

#include "facet/hcall.h"
#include "kit/ppc-e500mc/ppc.h"

#include <libfdt.h>
#include <string.h>

#define MSR_CE 0x20000u
#define MSR_EE 0x8000u
#define MSR_FP 0x2000u
#define MSR_ME 0x1000u
#define MSR_DE 0x200u
#define MSR_UCLE 0x04000000u
#define MSR_SPE 0x02000000u

#define TCR_WIE 0x08000000u
#define TCR_FIE 0x00800000u
#define TCR_ARE 0x00400000u
#define TSR_ENW 0x80000000u
#define TSR_WIS 0x40000000u
#define TSR_FIS 0x04000000u
/* Timebase bit 16, LSB 0: a period of 2^17 ticks. */
#define TCR_WATCHDOG (3u << 30 | 11u << 17)
#define TCR_FIT (3u << 24 | 11u << 13)
#define PERIOD_SHIFT 17

#define DBCR0_EDM 0x80000000u
#define DBCR0_IDM 0x40000000u
#define DBCR0_ICMP 0x08000000u
#define DBCR0_BRT 0x04000000u
#define MCSR_NMI 0x00100000u
#define ESR_PIL 0x08000000u

#define EINVAL_ 8
#define UNIMPLEMENTED_ 12

static struct seen {
	uint32_t count, pc, msr, esr;
} seen[40];
static uint32_t steps[8], step_count;
static uint32_t code[4] __attribute__((aligned(4096)));

/* One debug event: note it, and end the stepping when enough were seen. */
static void debug_event(struct trap_frame *f)
{
	if (step_count < 8) {
		steps[step_count] = f->pc;
	}
	if (++step_count >= 4) {
		f->msr &= ~MSR_DE;
	}
}

static bool hook(struct trap_frame *f, unsigned int vector, uint32_t esr, uint32_t dear)
{
	(void)dear;
	if (vector >= 40) {
		return false;
	}
	seen[vector].count++;
	seen[vector].pc = f->pc;
	seen[vector].msr = f->msr;
	seen[vector].esr = esr;
	switch (vector) {
	case 11:
		spr_write(SPR_TSR, TSR_FIS);
		return true;
	case 12:
		spr_write(SPR_TSR, TSR_WIS);
		return true;
	case 15:
		seen[vector].esr = spr_read(304);
		spr_write(304, seen[vector].esr);
		debug_event(f);
		return true;
	case 5: case 6: case 7: case 32:
		f->pc += 4;
		return true;
	case 1: case 37:
		return true;
	default:
		return false;
	}
}

static void seen_clear(void)
{
	memset(seen, 0, sizeof(seen));
}

/* ---- timers ----------------------------------------------------------------------------------------- */

static void test_fit(void)
{
	uint64_t begin = time_now(), end;

	seen_clear();
	spr_write(SPR_TSR, TSR_FIS);
	irq_unmask();
	spr_write(SPR_TCR, TCR_FIE | TCR_FIT);
	POLL_WAIT(seen[11].count >= 5, 10000);
	spr_write(SPR_TCR, 0);
	end = time_now();
	TEST("fixed-interval timer", seen[11].count >= 5 && seen[11].count <= ((end - begin) >> PERIOD_SHIFT) + 1,
	     "%lu in %llu ticks", (unsigned long)seen[11].count, (unsigned long long)(end - begin));
	irq_mask();
	spr_write(SPR_TSR, TSR_FIS);
	spr_write(SPR_TCR, TCR_FIT);
	TEST("its status without its interrupt", POLL_WAIT(spr_read(SPR_TSR) & TSR_FIS, 5000), "TSR[FIS] stays 0");
	spr_write(SPR_TCR, 0);
	spr_write(SPR_TSR, TSR_FIS);
	irq_unmask();
}

/* ENW, WIS, and what TCR[WRC] asks for (nothing here): Book III-E 9.7. */
static void test_watchdog(void)
{
	uint32_t count;

	seen_clear();
	msr_write(msr_read() & ~MSR_CE);
	spr_write(SPR_TSR, TSR_ENW | TSR_WIS);
	spr_write(SPR_TCR, TCR_WIE | TCR_WATCHDOG);
	TEST("first expiry", POLL_WAIT(spr_read(SPR_TSR) & TSR_ENW, 5000) && seen[12].count == 0, "no ENW");
	TEST("second expiry", POLL_WAIT(spr_read(SPR_TSR) & TSR_WIS, 5000) && seen[12].count == 0,
	     "no WIS, or a critical interrupt with MSR[CE] = 0");
	msr_write(msr_read() | MSR_CE);
	TEST("its interrupt", POLL_WAIT(seen[12].count >= 1, 5000), "%lu", (unsigned long)seen[12].count);
	TEST("critical save registers", seen[12].msr == msr_read() && (msr_read() & MSR_CE) != 0,
	     "CSRR1 0x%lx, MSR 0x%lx", (unsigned long)seen[12].msr, (unsigned long)msr_read());
	count = seen[12].count;
	TEST("again when only WIS is cleared", POLL_WAIT(seen[12].count > count, 5000), "%lu",
	     (unsigned long)seen[12].count);
	spr_write(SPR_TCR, TCR_WATCHDOG);
	time_delay_us(2000);
	TEST("third expiry without WRC", (spr_read(SPR_TSR) & (TSR_ENW | TSR_WIS)) == (TSR_ENW | TSR_WIS),
	     "TSR 0x%lx", (unsigned long)spr_read(SPR_TSR));
	spr_write(SPR_TCR, 0);
	spr_write(SPR_TSR, TSR_ENW | TSR_WIS);
}

static void test_reload(void)
{
	uint64_t begin;
	uint32_t count = 0, periods;

	irq_mask();
	spr_write(SPR_TCR, 0);
	spr_write(54, 200000); /* DECAR: 0.5 ms */
	spr_write(SPR_DEC, 200000);
	spr_write(SPR_TSR, TSR_DIS);
	spr_write(SPR_TCR, TCR_ARE);
	begin = time_now();
	while (count < 4 && time_now() < begin + 10 * time_hz()) {
		if (spr_read(SPR_TSR) & TSR_DIS) {
			spr_write(SPR_TSR, TSR_DIS);
			count++;
		}
	}
	periods = (uint32_t)((time_now() - begin) / 200000);
	spr_write(SPR_TCR, 0);
	TEST("decrementer reloads itself", count == 4 && periods >= 3, "%lu in %lu periods", (unsigned long)count,
	     (unsigned long)periods);
	spr_write(SPR_DEC, 1000);
	time_delay_us(1000);
	TEST("and only then", spr_read(SPR_DEC) == 0, "0x%lx", (unsigned long)spr_read(SPR_DEC));
	spr_write(SPR_TSR, TSR_DIS);
	irq_unmask();
}

/* ---- machine checks and messages --------------------------------------------------------------------------- */

static uint64_t send_nmi(uint32_t mask)
{
	struct hcall_regs io = {.r = {[1] = mask}};

	return hcall(HCALL_VENDOR_FSL, FH_SEND_NMI, &io);
}

static void test_nmi(void)
{
	uint32_t msr = msr_read();

	seen_clear();
	TEST("NMI to nobody", send_nmi(0) == 0 && seen[1].count == 0, "%lu came", (unsigned long)seen[1].count);
	TEST("NMI to a vcpu that is not there", send_nmi(1u << cpu_count()) == EINVAL_, "accepted");
	TEST("NMI to all 32", send_nmi(0xffffffffu) == EINVAL_ && seen[1].count == 0, "accepted");
	TEST("NMI", send_nmi(1) == 0 && POLL_WAIT(seen[1].count == 1, 5000) && seen[1].esr == MCSR_NMI,
	     "%lu came, MCSR 0x%lx", (unsigned long)seen[1].count, (unsigned long)seen[1].esr);
	msr_write(msr & ~(MSR_ME | MSR_EE | MSR_CE));
	send_nmi(1);
	TEST("NMI while all is masked", POLL_WAIT(seen[1].count == 2, 5000) && (seen[1].msr & MSR_ME) == 0,
	     "%lu came, MCSRR1 0x%lx", (unsigned long)seen[1].count, (unsigned long)seen[1].msr);
	msr_write(msr);
}

static uint64_t message(uint32_t m)
{
	struct hcall_regs io = {.r = {[1] = m}};

	return hcall(HCALL_VENDOR_EPAPR, EV_MSGSND, &io);
}

static void test_messages(void)
{
	uint32_t msr = msr_read();

	if (!is_e500mc()) {
		TEST("EV_MSGSND where no doorbell exists", message(spr_read(SPR_PIR)) == UNIMPLEMENTED_, "accepted");
		return;
	}
	seen_clear();
	msr_write(msr & ~MSR_CE);
	TEST("EV_MSGSND", message(1u << 27 | spr_read(SPR_PIR)) == 0 && seen[37].count == 0, "CE is off");
	msr_write(msr | MSR_CE);
	TEST("critical doorbell", POLL_WAIT(seen[37].count == 1, 5000), "%lu", (unsigned long)seen[37].count);
	msr_write(msr & ~MSR_CE);
	message(1u << 27 | spr_read(SPR_PIR));
	__asm__ volatile("mr 0,%0; .long 0x7c0001dc" : : "r"(1u << 27) : "r0"); /* msgclr r0 */
	msr_write(msr);
	TEST("msgclr takes it back", seen[37].count == 1, "%lu", (unsigned long)seen[37].count);
	message(1u << 27 | 0x3f);
	TEST("a tag nobody has", seen[37].count == 1, "%lu", (unsigned long)seen[37].count);
}

static volatile bool rung;

/* Again and again: the first one may come before the sleep. */
static void wake(void)
{
	rung = true;
	timer_set(time_now() + time_hz() / 100, wake);
}

static void test_idle(void)
{
	struct hcall_regs io = {.r = {0}};
	uint64_t begin = time_now(), status;

	rung = false;
	timer_set(begin + time_hz() / 100, wake);
	status = hcall(HCALL_VENDOR_EPAPR, EV_IDLE, &io);
	timer_set(UINT64_MAX, NULL);
	TEST("EV_IDLE", status == 0 && rung && time_now() >= begin + time_hz() / 100, "status %lu, %srung",
	     (unsigned long)status, rung ? "" : "not ");
	if (!is_e500mc()) {
		uint32_t msr = msr_read();

		spr_write(1008, 0); /* HID0: neither doze, nap nor sleep */
		msr_write(msr | MSR_WE);
		TEST("MSR[WE] without a mode", (msr_read() & MSR_WE) != 0, "it does not stick");
		msr_write(msr);
	}
}

/* ---- debug ---------------------------------------------------------------------------------------------------- */

static void test_debug(void)
{
	extern const char stepped[], stepped_over[];
	unsigned int n, good = 0;
	uint32_t msr = msr_read();

	seen_clear();
	step_count = 0;
	irq_mask();
	spr_write(304, 0xffffffffu);
	spr_write(308, DBCR0_IDM | DBCR0_ICMP);
	__asm__ volatile("mtmsr %0; .globl stepped; stepped: nop; nop; nop; nop; nop; nop"
			 : : "r"((msr & ~MSR_EE) | MSR_DE) : "memory");
	spr_write(308, 0);
	TEST("single step", step_count == 4 && (seen[15].esr & DBCR0_ICMP) != 0, "%lu events, DBSR 0x%lx",
	     (unsigned long)step_count, (unsigned long)seen[15].esr);
	TEST("each instruction", steps[0] == (uint32_t)(uintptr_t)stepped + 4 && steps[1] == steps[0] + 4 &&
	     steps[2] == steps[1] + 4 && steps[3] == steps[2] + 4, "0x%lx 0x%lx 0x%lx 0x%lx",
	     (unsigned long)steps[0], (unsigned long)steps[1], (unsigned long)steps[2], (unsigned long)steps[3]);
	step_count = 0;
	spr_write(308, DBCR0_IDM | DBCR0_ICMP);
	__asm__ volatile("mtmsr %0; .globl stepped_over; stepped_over: mfmsr 0; nop; mfspr 0, 272; mtspr 272, 0;"
			 "nop; nop"
			 : : "r"((msr & ~MSR_EE) | MSR_DE) : "r0", "memory");
	spr_write(308, 0);
	for (n = 0; n < 4; n++) {
		good += steps[n] == (uint32_t)(uintptr_t)stepped_over + 4 * (n + 1);
	}
	TEST("privileged ones too", step_count == 4 && good == 4, "%lu events, %u where they belong",
	     (unsigned long)step_count, good);
	step_count = 3;
	spr_write(308, DBCR0_IDM | DBCR0_BRT);
	__asm__ volatile("mtmsr %0; nop; b 1f; 1: nop" : : "r"((msr & ~MSR_EE) | MSR_DE) : "memory");
	spr_write(308, 0);
	TEST("branch taken", step_count == 4 && (seen[15].esr & DBCR0_BRT) != 0, "%lu events, DBSR 0x%lx",
	     (unsigned long)(step_count - 3), (unsigned long)seen[15].esr);
	TEST("DBSR is cleared by ones", spr_read(304) == 0, "0x%lx", (unsigned long)spr_read(304));
	msr_write(msr);
}

/* ---- instructions that this machine does not have, and unavailable units -------------------------------------- */

static uint32_t run(uint32_t insn, unsigned int vector)
{
	code[0] = insn;
	code[1] = 0x4e800020; /* blr */
	__asm__ volatile("dcbst 0,%0; msync; icbi 0,%0; isync" : : "r"(code) : "memory");
	seen_clear();
	((void (*)(void))(uintptr_t)code)();
	return seen[vector].count == 1 && seen[vector].pc == (uint32_t)(uintptr_t)code ? seen[vector].esr + 1 : 0;
}

/* 31 << 26 | rT = 0 | rA = 0 | rB = 0: none of them may do anything. */
static void test_absent(void)
{
	static const struct {
		const char *name;
		uint16_t extended;
	} rows[] = {
	    {"lwepx", 31}, {"lbepx", 95}, {"lhepx", 287}, {"stwepx", 159}, {"stbepx", 223}, {"sthepx", 415},
	    {"mfpmr", 334}, {"mtpmr", 462}, {"mfdcr", 323}, {"mtdcr", 451},
	};
	unsigned int i;
	char name[32];

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(name, sizeof(name), "%s is illegal", rows[i].name);
		TEST(name, run(31u << 26 | (uint32_t)rows[i].extended << 1, 6) == ESR_PIL + 1, "ESR 0x%lx",
		     (unsigned long)seen[6].esr);
	}
}

static void test_units(void)
{
	uint32_t msr = msr_read();

	if (is_e500mc()) {
		msr_write(msr & ~MSR_FP);
		TEST("floating point unavailable", run(0xfc00002a, 7) != 0, "vector 6: %lu",
		     (unsigned long)seen[6].count);
		msr_write(msr | MSR_FP);
		TEST("floating point", run(0xfc00002a, 7) == 0 && seen[6].count == 0, "refused");
	} else {
		msr_write(msr & ~MSR_SPE);
		TEST("SPE unavailable", run(0x1000022d, 32) != 0, "vector 6: %lu", (unsigned long)seen[6].count);
		msr_write(msr | MSR_SPE);
		TEST("SPE", run(0x1000022d, 32) == 0 && seen[6].count == 0, "refused");
	}
	msr_write(msr);
	seen_clear();
	__asm__ volatile("lwarx 0,0,%0" : : "r"((uintptr_t)code + 2) : "r0", "memory");
	TEST("alignment", seen[5].count == 1 && spr_read(SPR_DEAR) == (uint32_t)(uintptr_t)code + 2, "DEAR 0x%lx",
	     (unsigned long)spr_read(SPR_DEAR));
}

/* ---- a layout with guest-debug-disable and guest-cache-lock-disable ---------------------------------------------- */

static void withheld(void)
{
	uint32_t msr = msr_read();

	spr_write(308, DBCR0_IDM | DBCR0_ICMP);
	TEST("DBCR0 is external", spr_read(308) == DBCR0_EDM, "0x%lx", (unsigned long)spr_read(308));
	msr_write(msr | MSR_DE | MSR_UCLE);
	TEST("MSR[DE] and MSR[UCLE] stay off", (msr_read() & (MSR_DE | MSR_UCLE)) == 0, "0x%lx",
	     (unsigned long)msr_read());
	msr_write(msr);
	TEST("the tree says so", fdt_getprop(fdt, fdt_path_offset(fdt, "/hypervisor"), "fsl,hv-guest-debug-disable",
					     NULL) != NULL, "no property");
	test_done();
}

/* ---- all CPUs drop each other's translations without end: for pauses and stops in the midst of it -------------- */

static volatile uint32_t rounds[KIT_CPUS];

static void broadcast(void)
{
	for (;;) {
		register uint32_t ea __asm__("r3") = 0x60000000;

		__asm__ volatile(".long 0x7c001e24" : : "r"(ea) : "memory"); /* tlbivax 0, r3 */
		rounds[cpu_index()]++;
	}
}

static void broadcasts(void)
{
	TEST("second CPU", cpu_start(1, broadcast) == 0 && POLL_WAIT(rounds[1] != 0, 20000), "it does not run");
	test_done();
	broadcast();
}

int main(void)
{
	if (arg_u64("broadcast", 0)) {
		broadcasts();
	}
	if (arg_u64("withheld", 0)) {
		withheld();
		return 0;
	}
	trap_hook = hook;
	test_fit();
	test_watchdog();
	test_reload();
	test_nmi();
	test_messages();
	test_idle();
	test_debug();
	test_absent();
	test_units();
	test_done();
	return 0;
}
