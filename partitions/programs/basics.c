/* SPDX-License-Identifier: BSD-3-Clause */
/* One CPU, everything a partition is promised: timer, interrupts, faults, firmware, hypercalls. */
/* boot CPU; the same on the bare machine, where hypervisor tests are skipped */
#include "facet/test.h"

#include "facet/hcall.h"
#include "kit/arm64/arm64.h"

#include <libfdt.h>
#include <string.h>

static volatile uint32_t ticks, ipis;
static uint64_t late;

static void tick(void)
{
	ticks++;
}

static void periodic(void)
{
	uint64_t now = time_now();
	static uint64_t due;

	if (due && now > due) {
		late = now - due > late ? now - due : late;
	}
	if (++ticks < 20) {
		due = now + time_hz() / 1000;
		timer_set(due, periodic);
	}
}

static void test_timer(void)
{
	uint64_t start = time_now();

	TEST("frequency", time_hz() >= 1000000 && time_hz() <= 1000000000, "%llu",
	     (unsigned long long)time_hz());
	timer_set(start + time_hz() / 1000, tick);
	IRQ_WAIT(ticks == 1);
	TEST("timer not early", time_now() - start >= time_hz() / 1000, "early");
	timer_set(time_now() - 1, tick);
	TEST("timer in the past", POLL_WAIT(ticks == 2, 3000), "did not fire");
	timer_set(UINT64_MAX, NULL);
	ticks = 0;
	timer_set(time_now(), periodic);
	TEST("twenty ticks", POLL_WAIT(ticks == 20, 5000), "%u", (unsigned int)ticks);
	time_delay_us(3000);
	TEST("and none more", ticks == 20, "%u", (unsigned int)ticks);
}

static void test_ipi(void)
{
	unsigned int i;

	irq_on(irq_ipi(1), irq_count, (void *)&ipis);
	for (i = 0; i < 100 && ipis == i; i++) {
		irq_send(0, 1);
		POLL_WAIT(ipis == i + 1, 3000);
	}
	TEST("ipi to self", ipis == 100, "%u of 100", (unsigned int)ipis);
	irq_mask();
	irq_send(0, 1);
	irq_send(0, 1);
	time_delay_us(100);
	TEST("masked", ipis == 100, "%u", (unsigned int)ipis);
	irq_unmask();
	TEST("pending once", POLL_WAIT(ipis == 101, 3000), "%u", (unsigned int)ipis);
	if (gic.version == 2) { /* may keep its SGIs enabled for good (IHI 0048, 4.3.5) */
		return;
	}
	irq_off(irq_ipi(1));
	irq_send(0, 1);
	time_delay_us(1000);
	TEST("disabled", ipis == 101 && irq_spurious == 0, "%u", (unsigned int)ipis);
	irq_on(irq_ipi(1), irq_count, (void *)&ipis);
	TEST("enabled again", POLL_WAIT(ipis == 102, 3000), "%u", (unsigned int)ipis);
}

static bool is_bus_error(bool ok, const struct fault *f, uint64_t addr)
{
	return !ok && f->syndrome >> 26 == 0x25 && (f->syndrome & 0x3f) == 0x10 && f->addr == addr;
}

/* Holes in the machine's map: a synchronous external abort for each access. */
static void test_stray(void)
{
	static const uint64_t holes[] = {0x0a004000, 0x0b000ffc};
	struct fault f = {0, 0, 0};
	uint64_t value;
	char name[32];
	unsigned int i;
	bool ok;

	for (i = 0; i < 2; i++) {
		ok = guard_load(holes[i], 4, &value, &f);
		snprintf(name, sizeof(name), "load from 0x%llx", (unsigned long long)holes[i]);
		TEST(name, is_bus_error(ok, &f, holes[i]), "ok %d, syndrome 0x%llx", ok,
		     (unsigned long long)f.syndrome);
		ok = guard_store(holes[i], 4, 1, &f);
		snprintf(name, sizeof(name), "store to 0x%llx", (unsigned long long)holes[i]);
		TEST(name, is_bus_error(ok, &f, holes[i]), "ok %d, syndrome 0x%llx", ok,
		     (unsigned long long)f.syndrome);
	}
}

static void test_psci(void)
{
	uint64_t self = cpu_affinity(0);

	TEST("psci version", psci(PSCI_VERSION, 0, 0, 0) >= 0x10000, "%lld",
	     (long long)psci(PSCI_VERSION, 0, 0, 0));
	TEST("psci features", psci(PSCI_FEATURES, PSCI_CPU_ON, 0, 0) == 0, "CPU_ON not there");
	TEST("psci unknown", psci(PSCI_FEATURES, 0x8400001f, 0, 0) == -1, "not refused");
	TEST("affinity info", psci(PSCI_AFFINITY_INFO, self, 0, 0) == 0, "%lld",
	     (long long)psci(PSCI_AFFINITY_INFO, self, 0, 0));
	TEST("already on", psci(PSCI_CPU_ON, self, 0x40000000, 0) == -4, "not refused");
	TEST("no such CPU", psci(PSCI_CPU_ON, 0x77777777, 0x40000000, 0) == -2, "not refused");
}

static void test_tree(void)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "epapr,hypervisor-1");

	TEST("guest-name", fdt_getprop(fdt, node, "guest-name", NULL) != NULL, "absent");
	TEST("guest-id", fdt_node_u32(node, "guest-id", 0) != 0, "absent");
	TEST("handles", fdt_path_offset(fdt, "/hypervisor/handles") >= 0, "absent");
}

static void test_hcalls(void)
{
	struct hcall_regs io = {.r = {[1] = 0xffffffff}};
	uint32_t state = 99;
	unsigned int number, a, b;

	TEST("own status", part_status(0xffffffff, &state) == 0 && state == 1, "state %u",
	     (unsigned int)state);
	TEST("bad handle", doorbell_send(1023) == 8 && doorbell_send(0) == 8, "not refused");
	TEST("bad channel", chan_poll(1022, &a, &b) == 8, "not refused");
	number = 200;
	TEST("unknown call", hcall(HCALL_VENDOR_FSL, number, &io) == 12, "not refused");
	io.r[1] = 0;
	TEST("reset needs privilege", hcall(HCALL_VENDOR_FSL, FH_SYSTEM_RESET, &io) == 1,
	     "not refused");
}

/* CNTVCT runs on by itself and never back, also across exits. */
static void test_time(void)
{
	uint64_t last = time_now(), now;
	unsigned int i, back = 0;

	for (i = 0; i < 1000; i++) {
		psci(PSCI_VERSION, 0, 0, 0);
		now = time_now();
		back += now < last;
		last = now;
	}
	TEST("time is monotone", back == 0, "%u steps back", back);
}

int main(void)
{
	test_timer();
	test_ipi();
	test_stray();
	test_psci();
	test_time();
	if (hv_present()) {
		test_tree();
		test_hcalls();
	} else {
		test_skip("hypervisor", "bare machine");
	}
	TEST("no strange interrupt", irq_spurious == 0, "%u", (unsigned int)irq_spurious);
	test_done();
	return 0;
}
