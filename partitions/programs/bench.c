/* SPDX-License-Identifier: BSD-3-Clause */
/* One operation after another between marks; the plugin on the host counts what each costs. */
/*
 * boot CPU; deterministic QEMU only. Before each pair of marks a line `OP name count` is printed.
 * Parameters: cpus used are those of the partition; bells of the layout as in chatter.c; dma=1: only what
 * two edus do, the first with its line, the second with its message.
 */
#include "facet/test.h"

#include "facet/edu.h"
#include "facet/hcall.h"
#include "kit/arm64/arm64.h"

#define N 200
#define mark_begin() __asm__ volatile("hint #0x70" : : : "memory")
#define mark_end() __asm__ volatile("hint #0x71" : : : "memory")

static volatile uint32_t count;
static uint64_t sink;

/* Asleep before the first mark: until then what was printed leaves. */
#define OP(name, n, body)                                                                          \
	do {                                                                                       \
		unsigned int i_;                                                                   \
		printf("OP %s %u\n", name, (n));                                                   \
		time_sleep_ms(20);                                                                 \
		mark_begin();                                                                      \
		for (i_ = 0; i_ < (n); i_++) {                                                     \
			body;                                                                      \
		}                                                                                  \
		mark_end();                                                                        \
	} while (0)

static void tick(void)
{
	count++;
}

static void call(unsigned int vendor, unsigned int number, uint64_t a)
{
	struct hcall_regs io = {.r = {[1] = a}};

	sink += hcall(vendor, number, &io);
}

static void bench_calls(void)
{
	OP("psci-version", N, psci(PSCI_VERSION, 0, 0, 0));
	if (!hv_present()) {
		return;
	}
	OP("hcall-revision", N, psci(HCALL_SMCCC_REVISION, 0, 0, 0));
	OP("hcall-unassigned", N, call(HCALL_VENDOR_FSL, 200, 0));
	OP("hcall-status", N, call(HCALL_VENDOR_FSL, FH_PARTITION_GET_STATUS, 0xffffffff));
}

static void bench_timer(void)
{
	count = 0;
	OP("timer-interrupt", N, timer_set(time_now() + 500, tick); IRQ_WAIT(count == i_ + 1));
}

static uint64_t rtc;

static void rtc_fired(uint32_t irq, void *arg)
{
	(void)irq;
	(void)arg;
	mmio_write32(rtc + 0x1c, 1); /* RTCICR */
	count++;
}

/* The real-time clock (PL031, DDI 0224): RTCMR = RTCDR raises its line at once. */
static void bench_device(void)
{
	int node = fdt_node_compatible_n("arm,pl031", 0);
	uint64_t size;

	if (node < 0 || !fdt_node_reg(node, 0, &rtc, &size)) {
		return;
	}
	irq_on(fdt_node_irq(node, 0), rtc_fired, NULL);
	count = 0;
	mmio_write32(rtc + 0x10, 1); /* RTCIMSC */
	OP("device-interrupt", N, mmio_write32(rtc + 4, mmio_read32(rtc)); IRQ_WAIT(count == i_ + 1));
}

/* Made anew in each round, as an inlined accessor of a driver has its value: in a scratch register. */
static inline uint32_t fresh(uint32_t x)
{
	__asm__ volatile("" : "+r"(x));
	return x;
}

/* Masking a line of its own and unmasking it: both writes change something. */
static void bench_line(void)
{
	int node = fdt_node_compatible_n("arm,pl031", 0);
	uint32_t irq = node >= 0 ? fdt_node_irq(node, 0) : 0;
	uint64_t at = gic.dist + irq / 32 * 4;

	if (irq) {
		OP("gicd-line-off-and-on", N, mmio_write32(at + 0x180, fresh(1u << irq % 32));
		   mmio_write32(at + 0x100, fresh(1u << irq % 32)));
	}
}

static void bench_gic(void)
{
	uint64_t sgi = gic.version == 3 ? gic_redist() + 0x10000 : gic.dist;

	OP("gicd-typer-read", N, sink += mmio_read32(gic.dist + 4));
	OP("gicd-isenabler-read", N, sink += mmio_read32(gic.dist + 0x108));
	OP("gicd-isenabler-write", N, mmio_write32(gic.dist + 0x108, 0));
	OP("gicr-isenabler-write", N, mmio_write32(sgi + 0x100, fresh(1)));
	bench_line();
	irq_on(irq_ipi(1), irq_count, (void *)&count);
	count = 0;
	OP("sgi-to-self", N, irq_send(0, 1); IRQ_WAIT(count == i_ + 1));
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
	if (cpu_count() < 2) {
		return;
	}
	irq_on(irq_ipi(1), ponged, NULL);
	irq_on(irq_ipi(2), irq_count, (void *)&count);
	if (cpu_start(1, other) != 0) {
		return;
	}
	time_sleep_ms(100);
	count = 0;
	OP("sgi-to-cpu-and-back", N, irq_send(1, 1); IRQ_WAIT(count == i_ + 1));
}

static void bench_doorbell(void)
{
	uint32_t ring = fdt_node_u32(hv_node("ring"), "hv-handle", 0);

	if (!ring) {
		return;
	}
	irq_on(fdt_node_irq(hv_node("bell"), 0), irq_count, (void *)&count);
	time_sleep_ms(100); /* the partition that answers is up */
	count = 0;
	OP("doorbell-there-and-back", N, doorbell_send(ring); IRQ_WAIT(count == i_ + 1));
}

static void bench_stray(void)
{
	uint64_t value;

	if (hv_present()) {
		/* The first ones of a second are printed: not what a guest can do for long. */
		for (unsigned int i = 0; i < 20; i++) {
			guard_load(0x0b000000, 4, &value, NULL);
		}
		OP("stray-load", N, guard_load(0x0b000000, 4, &value, NULL));
	}
}

static void bench_compute(void)
{
	uint64_t x = 1;

	OP("compute", 1000000, x = x * 6364136223846793005 + 1442695040888963407;
	   __asm__ volatile(""
			    : "+r"(x)));
	sink += x;
}

/* Writing EDU_RAISE interrupts at once; edu's handler acknowledges. */
#define EDU_RAISE 0x60

static void bench_raise(const char *name, struct edu *e)
{
	e->raised = 0;
	OP(name, N, mmio_write32(e->regs + EDU_RAISE, 1); IRQ_WAIT(e->raised == i_ + 1));
}

/* Giving a device a buffer it never had, and taking it back: for a guest that is only telling it where. */
static void bench_dma(void)
{
	static struct edu line, message;
	uint64_t base, size;

	fdt_ram(0, &base, &size);
	if (!edu_open(&line, 0, false) || !edu_open(&message, 1, true)) {
		test_fail("edu", "there are not two");
		return;
	}
	bench_raise("intx-interrupt", &line);
	bench_raise("msi-interrupt", &message);
	OP("dma-map-and-unmap", N, mmio_write64(line.regs + 0x80, base + i_ * 0x1000);
	   mmio_write64(line.regs + 0x88, 0x40000); mmio_write64(line.regs + 0x90, 64));
	OP("dma-transfer-and-message", 20, edu_fetch(&message, base + i_ * 0x1000, 0, 64);
	   IRQ_WAIT(message.raised != message.taken));
}

static void bench_all(void)
{
	bench_compute();
	bench_calls();
	bench_timer();
	bench_device();
	bench_gic();
	bench_smp();
	bench_doorbell();
	bench_stray();
}

int main(void)
{
	if (arg_u64("dma", 0)) {
		bench_dma();
	} else {
		bench_all();
	}
	test_pass("bench");
	test_done();
	return 0;
}
