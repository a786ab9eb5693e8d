/* SPDX-License-Identifier: BSD-3-Clause */
/* One test for each way in which the emulated e500 differs from what a guest may be shown. */
/*
 * Boot CPU. Each of these is a fact about QEMU's cores that would let a de-privileged guest escape, see
 * what is not its own, or be told something wrong, if the hypervisor passed it through.
 */
#include "hostile.h"

#define MSR_GS 0x10000000u
#define MSR_ME 0x1000u
#define MSR_EE 0x8000u
#define MSR_CE 0x20000u
#define MSR_DE 0x200u
#define MARK 0x5eed1234u

static volatile uint32_t fits, watchdogs;
static uint8_t page[4096] __attribute__((aligned(4096)));

/* Category E.HV is not there: GS never sticks, and a tlbwe "with GS" is just a tlbwe. */
static void hazard_gs(void)
{
	uint32_t msr = msr_read();
	struct exec e;

	msr_write(msr | MSR_GS);
	TEST("GS by mtmsr", (msr_read() & MSR_GS) == 0, "it sticks");
	tlb1_map(SLOT_WINDOW, WINDOW, 0, 2, PERM_SUPER);
	tlb1_clear(SLOT_WINDOW);
	test_pass("tlbwe after GS");
	msr_write(msr);
	exec_regs(&e, 0x4c0000cc, false, 0, 0, 0); /* rfgi */
	TEST("rfgi", exec_letter(&e) == 'i', "'%c'", exec_letter(&e));
	exec_regs(&e, INSN_X(270, 0, 0, 0), false, 0, 0, 0); /* ehpriv */
	TEST("ehpriv", exec_letter(&e) == 'i', "'%c'", exec_letter(&e));
	if (is_e500mc()) {
		exec_regs(&e, MFSPR(4, 338), false, MARK, 0, 0); /* LPIDR */
		TEST("LPIDR", exec_letter(&e) == 'i' && e.gpr[4] == MARK, "'%c'", exec_letter(&e));
	}
}

/* MSR[ME], and the machine state after a program interrupt: exactly what it was, no bit more. */
static void hazard_msr(void)
{
	static const uint32_t words[] = {0, INSN_X(467, 4, 0, 31), 0x7fe00008, 0x4c0000cc};
	uint32_t msr = msr_read();
	unsigned int i, mode, bad = 0;
	struct exec e;

	msr_write(msr & ~MSR_ME);
	TEST("ME off", (msr_read() & MSR_ME) == 0, "msr 0x%lx", (unsigned long)msr_read());
	msr_write(msr | MSR_ME);
	TEST("ME on", (msr_read() & MSR_ME) != 0, "msr 0x%lx", (unsigned long)msr_read());
	msr_write(msr);
	for (i = 0; i < 4; i++) {
		for (mode = 0; mode < 2; mode++) {
			exec_regs(&e, words[i], mode, 0, 0, 0);
			bad += e.vector != 6 || e.srr1 != e.msr || e.srr0 != e.pc;
		}
	}
	TEST("SRR after program interrupts", bad == 0, "%u of 8 wrong, last 0x%lx", bad,
	     (unsigned long)e.srr1);
}

/*
 * dcbzep, dcbstep, icbiep, dcbfep, dcbtep, dcbtstep are not privileged in QEMU. Nowhere may they reach
 * anything but this guest's own pages with this mode's permissions.
 */
static void hazard_external_pid(void)
{
	static const uint16_t ops[] = {1023, 63, 991, 127, 319, 255};
	uint32_t reached = 0, ea;
	unsigned int i, mode, kept = 0;
	struct exec e;

	for (ea = 0x01000000; ea >= 0x01000000; ea += 0x00100000) {
		if (ea - ALIAS < 0x01000000) {
			continue;
		}
		for (mode = 0; mode < 2; mode++) {
			exec_regs(&e, INSN_X(1023, 0, 0, 6), mode, 0, 0, ea);
			reached += e.vector == EXEC_DONE;
		}
	}
	TEST("dcbzep reaches nothing", reached == 0, "%lu places", (unsigned long)reached);
	for (i = 0; i < 6; i++) { /* a supervisor page, from user mode */
		memset(page, 0xa5, sizeof(page));
		exec_regs(&e, INSN_X(ops[i], 0, 0, 6), true, 0, 0, (uint32_t)(uintptr_t)page);
		kept += page[0] == 0xa5 && page[63] == 0xa5 && page[31] == 0xa5;
	}
	TEST("external-PID operations of user mode", kept == 6, "%u of 6 kept the page", kept);
	for (i = 0; i < 6; i++) { /* its own page: whatever happens, it stays inside */
		exec_regs(&e, INSN_X(ops[i], 0, 0, 6), true, 0, 0, (uint32_t)(uintptr_t)page + ALIAS + 128);
	}
	TEST("and their reach", page[127] == 0xa5 && page[192] == 0xa5, "beyond the block");
	for (i = 0, kept = 0; i < 3; i++) { /* lwepx, stwepx, dcbzep with this guest's idea of EPLC */
		static const uint16_t loads[] = {31, 159, 95};

		exec_regs(&e, INSN_X(loads[i], 4, 0, 6), true, MARK, 0, 0xf0100000);
		kept += e.vector != EXEC_DONE && e.gpr[4] == MARK;
	}
	TEST("external-PID loads of user mode", kept == 3, "%u of 3 refused", kept);
}

/* Registers that problem state reads without a trap are the guest's own. */
static void hazard_user_sprs(void)
{
	static const uint16_t super[] = {275, 276, 277, 278, 279};
	struct exec e;
	unsigned int i, good = 0;

	for (i = 0; i < 5; i++) {
		exec_regs(&e, MTSPR(4, super[i]), false, MARK + i, 0, 0);
	}
	for (i = 0; i < 5; i++) {
		exec_regs(&e, MFSPR(4, 259 + i), true, 0, 0, 0);
		good += e.vector == EXEC_DONE && e.gpr[4] == MARK + i;
	}
	TEST("SPRG3-7 by user numbers", good == 5, "%u of 5", good);
	exec_regs(&e, MTSPR(4, 256), true, MARK, 0, 0);
	hcall(1, 99, &(struct hcall_regs){{0}});
	exec_regs(&e, MFSPR(4, 256), false, 0, 0, 0);
	TEST("USPRG0 survives the hypervisor", e.gpr[4] == MARK, "0x%lx", (unsigned long)e.gpr[4]);
	for (i = 0; i < 5; i++) {
		exec_regs(&e, MTSPR(4, super[i]), false, 0, 0, 0);
	}
	exec_regs(&e, MTSPR(4, 256), true, 0, 0, 0);
}

/* sc, sc 1, sc 2 arrive alike; only sc 1 of the supervisor is a hypercall. */
static void hazard_sc(void)
{
	uint32_t handle = 0, token = 1u << 16 | 3; /* poll a byte channel that is none: EINVAL */
	struct exec e;

	memset(&e, 0, sizeof(e));
	e.gpr[11] = token;
	e.gpr[3] = handle;
	exec_insn(&e, 0x44000022, false);
	TEST("sc 1", e.vector == EXEC_DONE && e.srr0 == e.pc + 8 && e.gpr[3] == 8, "status %lu",
	     (unsigned long)e.gpr[3]);
	e.gpr[3] = handle;
	exec_insn(&e, 0x44000002, false);
	TEST("sc", e.vector == 8 && e.srr0 == e.pc + 4 && e.gpr[3] == 0, "at +%lu",
	     (unsigned long)(e.srr0 - e.pc));
	exec_insn(&e, 0x44000042, false);
	TEST("sc 2", e.vector == 8 && e.srr0 == e.pc + 4 && e.gpr[3] == 0, "at +%lu",
	     (unsigned long)(e.srr0 - e.pc));
	exec_insn(&e, 0x44000022, true);
	TEST("sc 1 in user mode", e.vector == 6 && e.gpr[3] == 0 && e.srr0 == e.pc, "vector %lu r3 %lu",
	     (unsigned long)e.vector, (unsigned long)e.gpr[3]);
}

static bool tick_hook(struct trap_frame *frame, unsigned int vector, uint32_t esr, uint32_t dear)
{
	(void)frame;
	(void)esr;
	(void)dear;
	if (vector == 11) {
		fits++;
		spr_write(SPR_TSR, 0x04000000);
	} else if (vector == 12) {
		watchdogs++;
		spr_write(SPR_TSR, 0x40000000);
	}
	return vector == 11 || vector == 12;
}

static void hazard_dec(void)
{
	uint32_t a, b;

	spr_write(SPR_TCR, 0);
	spr_write(SPR_TSR, 0x08000000);
	spr_write(SPR_DEC, 0x10000000);
	a = spr_read(SPR_DEC);
	time_delay_us(50);
	b = spr_read(SPR_DEC);
	TEST("DEC counts down", a <= 0x10000000 && b < a && b > 0, "0x%lx 0x%lx", (unsigned long)a,
	     (unsigned long)b);
	spr_write(SPR_DEC, 0);
	TEST("DEC written 0", (spr_read(SPR_TSR) & 0x08000000) == 0 && spr_read(SPR_DEC) == 0, "expired");
	spr_write(SPR_DEC, 1000);
	time_delay_us(50);
	TEST("DEC expires", (spr_read(SPR_TSR) & 0x08000000) != 0 && spr_read(SPR_DEC) == 0, "0x%lx",
	     (unsigned long)spr_read(SPR_DEC));
	spr_write(SPR_TSR, 0x08000000);
}

/* FIT and watchdog do not exist in QEMU: the guest's are made of the decrementer. */
static void hazard_fit_watchdog(void)
{
	uint64_t begin, end;

	trap_hook = tick_hook;
	fits = watchdogs = 0;
	irq_unmask();
	/* FIE, timebase bit 16 (LSB 0): FP = 3, FPEXT = 11, period 2^17 ticks: 0.33 ms */
	begin = time_now();
	spr_write(SPR_TCR, 0x00800000 | 3u << 24 | 11u << 13);
	while (time_now() < begin + 5 * time_hz() && fits < 3) {
	}
	spr_write(SPR_TCR, 0);
	end = time_now();
	TEST("fixed-interval timer", fits >= 3 && fits <= ((end - begin) >> 17) + 1, "%lu in %llu ticks",
	     (unsigned long)fits, (unsigned long long)(end - begin));
	spr_write(SPR_TSR, 0xc4000000);
	__asm__ volatile("mfmsr 0; oris 0,0,2; mtmsr 0" : : : "r0", "memory"); /* CE */
	/* WIE, the same bit, no reset: first ENW, then the interrupt */
	spr_write(SPR_TCR, 0x08000000 | 3u << 30 | 11u << 17);
	end = time_now() + 5 * time_hz();
	while (time_now() < end && !watchdogs) {
	}
	spr_write(SPR_TCR, 0);
	TEST("watchdog interrupt", watchdogs >= 1, "%lu", (unsigned long)watchdogs);
	spr_write(SPR_TSR, 0xc4000000);
	trap_hook = NULL;
}

/* Reset requests of the debug block stay words in memory. */
static void hazard_dbcr0(void)
{
	spr_write(308, 0x30000000);
	TEST("DBCR0 system reset", (spr_read(308) & 0x30000000) == 0, "kept");
	spr_write(308, 0x20000000);
	TEST("DBCR0 core reset", (spr_read(308) & 0x30000000) == 0, "kept");
	spr_write(308, 0);
}

/* No flush of the guest's takes away what the hypervisor stands on. */
static void hazard_flush(void)
{
	unsigned int t;
	struct exec e;

	if (is_e500mc()) {
		for (t = 0; t < 4; t++) {
			exec_regs(&e, INSN_X(18, t, 0, 6), false, 0, 0, 0xf0100000);
			TEST("tlbilx", exec_letter(&e) == (t == 2 ? 'i' : 'n'), "T=%u '%c'", t,
			     exec_letter(&e));
		}
	}
	exec_regs(&e, INSN_X(786, 0, 0, 6), false, 0, 0, 4);
	exec_regs(&e, INSN_X(786, 0, 0, 6), false, 0, 0, 0xc);
	exec_regs(&e, INSN_X(786, 0, 0, 6), false, 0, 0, 0xf0100008);
	spr_write(1012, 6);
	__asm__ volatile("isync");
	TEST("tlbivax and MMUCSR0", spr_read(1012) == 0, "not done");
}

/* Memory nobody backs: a machine check that says where, not a zero. */
static void hazard_unbacked(void)
{
	uint32_t at = 0x20000000;
	struct exec e;

	exec_regs(&e, 32u << 26 | 4u << 21 | 6u << 16, false, MARK, 0, at); /* lwz r4, 0(r6) */
	TEST("load from nowhere", e.vector == 1 && e.gpr[4] == MARK && e.mcsr != 0 && e.srr0 == e.pc,
	     "vector %lu r4 0x%lx", (unsigned long)e.vector, (unsigned long)e.gpr[4]);
	TEST("its address", spr_read(573) == at, "0x%lx", (unsigned long)spr_read(573));
	exec_regs(&e, 36u << 26 | 4u << 21 | 6u << 16, false, MARK, 0, at + 4); /* stw */
	TEST("store to nowhere", e.vector == 1 && spr_read(573) == at + 4, "vector %lu",
	     (unsigned long)e.vector);
}

/*
 * With MSR[IS] != MSR[DS] one address means two pages: what was loaded through the one must not be fetched
 * through the other.
 */
static void hazard_spaces(void)
{
	static uint32_t other[1024] __attribute__((aligned(4096)));
	uint32_t msr = msr_read();
	struct exec e = {.gpr = {[6] = WINDOW}, .lr = WINDOW};

	*(uint32_t *)page = 0x44000002; /* sc: what is fetched */
	other[0] = MARK;                /* what is loaded; no instruction */
	__asm__ volatile("dcbst 0,%0; msync; icbi 0,%0; isync" : : "r"(page) : "memory");
	tlb1_map(SLOT_WINDOW, WINDOW, (uint32_t)(uintptr_t)page, 2, PERM_SUPER);
	spr_write(624, 0x10000000u | (SLOT_WINDOW + 1) << 16);
	spr_write(625, 0xc0001100u); /* TS = 1, 4 KiB */
	spr_write(626, WINDOW | 4);
	spr_write(627, (uint32_t)(uintptr_t)other | PERM_SUPER);
	spr_write(944, 0);
	__asm__ volatile("isync; tlbwe; isync" : : : "memory");
	exec_pair(&e, 0x80860000, 0x4e800020, (msr & ~(MSR_EE | MSR_CE)) | 0x10, false); /* lwz r4,0(r6); blr */
	TEST("two pages of two spaces", e.vector == EXEC_DONE && e.srr0 == WINDOW + 4 && e.gpr[4] == MARK,
	     "vector %lu at 0x%lx, r4 0x%lx", (unsigned long)e.vector, (unsigned long)e.srr0,
	     (unsigned long)e.gpr[4]);
	tlb1_clear(SLOT_WINDOW);
	tlb1_clear(SLOT_WINDOW + 1);
}

/* A message to the sender itself: QEMU aborts on the instruction when it counts instructions. */
static void hazard_self_message(void)
{
	static volatile uint32_t ipis;

	if (!is_e500mc()) {
		test_skip("msgsnd to itself", "no messages on this core");
		return;
	}
	irq_on(irq_ipi(2), irq_count, (void *)&ipis);
	irq_unmask();
	irq_send(0, 2);
	TEST("msgsnd to itself", POLL_WAIT(ipis == 1, 100), "%lu", (unsigned long)ipis);
	__asm__ volatile("lis 0, 0x0400; .long 0x7c00019c" : : : "r0", "memory");
	test_pass("msgsnd to all");
}

/* tlbivax reaches the partition's other CPU, though the core's instruction does not. */
static volatile uint32_t remote_step, remote_value;

static void remote_cpu(void)
{
	spr_write(624, 0); /* TLB0 */
	spr_write(625, 0x80000100);
	spr_write(626, WINDOW | 4);
	spr_write(627, (uint32_t)(uintptr_t)page | PERM_SUPER);
	spr_write(944, 0);
	__asm__ volatile("isync; tlbwe; isync" : : : "memory");
	remote_value = *(volatile uint32_t *)WINDOW;
	remote_step = 1;
	while (remote_step == 1) {
	}
	spr_write(630, 0); /* MAS6 */
	__asm__ volatile("tlbsx 0,%0" : : "r"(WINDOW));
	remote_value = spr_read(625) >> 31;
	remote_step = 3;
	for (;;) {
		cpu_sleep();
	}
}

static void hazard_broadcast(void)
{
	static bool is_done;
	struct exec e;

	if (is_done || cpu_count() < 2 || cpu_start(1, remote_cpu) != 0) {
		test_skip("tlbivax on the other CPU", "no second CPU to start");
		return;
	}
	is_done = true;
	TEST("the other CPU's mapping", POLL_WAIT(remote_step == 1, 5000), "not there");
	exec_regs(&e, INSN_X(786, 0, 0, 6), false, 0, 0, WINDOW);
	__asm__ volatile("tlbsync; msync");
	remote_step = 2;
	TEST("tlbivax on the other CPU", POLL_WAIT(remote_step == 3, 5000) && remote_value == 0, "still valid");
}

void hazards_run(const char *arg, uint64_t steps, uint64_t seed)
{
	(void)arg;
	(void)steps;
	(void)seed;
	hazard_gs();
	hazard_msr();
	hazard_external_pid();
	hazard_user_sprs();
	hazard_sc();
	hazard_dec();
	hazard_fit_watchdog();
	hazard_dbcr0();
	hazard_flush();
	hazard_unbacked();
	hazard_spaces();
	hazard_self_message();
	hazard_broadcast();
	exec_init();
}
