/* SPDX-License-Identifier: BSD-3-Clause */
/* The plan of the fake machine, written out by hand: four partitions on five of six CPUs. */
/* model tests only */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "drivers/table.h"

#define GPA(x) gpa(x)
#define HOST(part) (FAKE_RAM_BASE + MIB(2) * ((part) + 1))
#define HOST_RO (FAKE_RAM_BASE + MIB(14))
#define HOST_SHARED (FAKE_RAM_BASE + MIB(15))

static struct plan the_fake;
static struct plan_part plan_parts[FAKE_PARTS];
static struct plan_mem plan_mems[FAKE_PARTS][4];
static struct plan_handle plan_handles[FAKE_PARTS][FAKE_HANDLES];
static struct plan_image plan_images[FAKE_PARTS][3];
static uint8_t plan_gtrees[FAKE_PARTS][2048] __attribute__((aligned(8)));

static uint16_t plan_cpu_lists[FAKE_PARTS][2] = {{0, 1}, {2}, {3}, {4}};
static struct plan_cpu plan_cpus[FAKE_CPUS];

enum {
	V_AB_RX,
	V_AB_TX,
	V_MUX_RX,
	V_MUX_TX,
	V_BELL,
	V_VUART,
	V_SHUTDOWN,
	V_STATE_A,
	V_RESET_A,
	V_STATE_B,
	V_RESET_B,
	V_WDOG_A,
	V_UART_RX,
	V_UART_TX,
	V_COUNT
};

static struct plan_virq plan_virqs[V_COUNT];

static struct plan_chan plan_chans[] = {
    {{{.kind = PLAN_END_PART,
       .index = FAKE_A,
       .handle = FAKE_H_AB,
       .virq_rx = V_AB_RX,
       .virq_tx = V_AB_TX},
      {.kind = PLAN_END_PART,
       .index = FAKE_B,
       .handle = FAKE_H_AB,
       .virq_rx = V_AB_RX,
       .virq_tx = V_AB_TX}}},
    {{{.kind = PLAN_END_PART,
       .index = FAKE_A,
       .handle = FAKE_H_MUX,
       .virq_rx = V_MUX_RX,
       .virq_tx = V_MUX_TX},
      {.kind = PLAN_END_MUX, .index = 0, .mux_channel = 1}}},
    {{{.kind = PLAN_END_PART,
       .vuart = PLAN_VUART_PL011,
       .index = FAKE_B,
       .virq_rx = V_VUART,
       .virq_tx = NONE,
       .guest_addr = {FAKE_VUART}},
      {.kind = PLAN_END_MUX, .index = 0, .mux_channel = 2}}},
    {{{.kind = PLAN_END_HV}, {.kind = PLAN_END_MUX, .index = 0, .mux_channel = 0}}},
    {{{.kind = PLAN_END_PART,
       .index = FAKE_A,
       .handle = FAKE_H_UART,
       .virq_rx = V_UART_RX,
       .virq_tx = V_UART_TX},
      {.kind = PLAN_END_UART, .index = 1}}},
    {{{.kind = PLAN_END_PART,
       .index = FAKE_M,
       .handle = FAKE_H_CARRIER,
       .virq_rx = NONE,
       .virq_tx = NONE},
      {.kind = PLAN_END_NONE}}},
    {{{.kind = PLAN_END_PART,
       .index = FAKE_B,
       .handle = FAKE_H_OVER,
       .virq_rx = NONE,
       .virq_tx = NONE},
      {.kind = PLAN_END_MUX, .index = 1, .mux_channel = 3}}},
};
enum { C_AB, C_MUX, C_VUART, C_HV, C_UART, C_CARRIER, C_OVER };

static struct plan_mux plan_muxes[] = {{.path = "/mux", .uart = 0, .chan = NONE},
				       {.path = "/mux2", .uart = NONE, .chan = C_CARRIER}};
static struct plan_reg plan_regs[] = {{.base = {0x1000}, .size = 0x1000},
				      {.base = {0x2000}, .size = 0x1000},
				      {.base = {0x20000}, .size = 0x20000}};
static struct plan_irq plan_irqs[] = {{.irq = 33, .owner = OWNER_HV},
				      {.irq = 34, .owner = OWNER_HV},
				      {.irq = 35, .owner = OWNER_HV}};
static struct plan_dev plan_devs[] = {
    {.path = "/uart0",
     .owner = OWNER_HV,
     .driver = PLAN_DRV_UART_PL011,
     .reg_first = 0,
     .reg_count = 1,
     .irq_first = 0,
     .irq_count = 1},
    {.path = "/uart1",
     .owner = OWNER_HV,
     .driver = PLAN_DRV_UART_PL011,
     .reg_first = 1,
     .reg_count = 1,
     .irq_first = 1,
     .irq_count = 1},
    {.path = "/smmu",
     .owner = OWNER_HV,
     .driver = PLAN_DRV_SMMUV3,
     .reg_first = 2,
     .reg_count = 1,
     .irq_first = 2,
     .irq_count = 1},
    {.path = "/bus", .owner = OWNER_HV, .stream_first = 0, .stream_count = 5},
};
enum { D_SMMU = 2, D_BUS };

#define STREAM(n, whose, what)                                                                     \
	{.id = (n) + 1, .count = 1, .iommu = D_SMMU, .dev = D_BUS, .owner = (whose), .fn = NONE,    \
	 .window = (what)}
static struct plan_stream plan_streams[] = {
    [FAKE_S_ALL] = STREAM(FAKE_S_ALL, FAKE_A, NONE),
    [FAKE_S_WINDOW] = STREAM(FAKE_S_WINDOW, FAKE_A, 0),
    [FAKE_S_KEEP] = {.id = FAKE_S_KEEP + 1, .count = 1, .iommu = D_SMMU, .dev = D_BUS,
		     .owner = FAKE_A, .fn = NONE, .window = NONE, .no_dma_disable = true},
    [FAKE_S_B] = STREAM(FAKE_S_B, FAKE_B, NONE),
    [FAKE_S_RANGE] = {.id = 1, .count = 8, .iommu = D_SMMU, .dev = D_BUS,
		      .owner = OWNER_NOBODY, .fn = NONE, .window = NONE},
};
static struct plan_window plan_windows[] = {
    {.gpa = {FAKE_WINDOW}, .hpa = {FAKE_RAM_BASE + MIB(2) + 0x40000}, .size = FAKE_WINDOW_SIZE,
     .part = FAKE_A, .path = "/window"},
};
static struct plan_receiver plan_receivers[] = {{FAKE_B, V_BELL}, {FAKE_M, V_BELL}};
static struct plan_doorbell plan_bells[] = {{.path = "/bell", .rx_first = 0, .rx_count = 2}};
static struct plan_managed plan_manages[] = {
    {.part = FAKE_A,
     .handle = 1,
     .virq = {V_STATE_A, V_WDOG_A, V_RESET_A, NONE},
     .shutdown_handle = FAKE_H_SHUT_A},
    {.part = FAKE_B,
     .handle = 2,
     .virq = {V_STATE_B, NONE, V_RESET_B, NONE},
     .shutdown_handle = NONE},
};

static void plan_handle(unsigned int part, unsigned int h, unsigned int kind, unsigned int index,
			unsigned int end)
{
	plan_handles[part][h] = (struct plan_handle){
	    .kind = (uint8_t)kind, .end = (uint8_t)end, .index = (uint16_t)index};
}

static void plan_gtree(unsigned int i)
{
	void *fdt = plan_gtrees[i];

	assert_int_equal(fdt_create_empty_tree(fdt, sizeof(plan_gtrees[i])), 0);
	assert_true(fdt_add_subnode(fdt, 0, "hypervisor") > 0);
	assert_int_equal(fdt_setprop_string(fdt, 0, "label", plan_parts[i].name), 0);
	assert_int_equal(fdt_pack(fdt), 0);
	plan_parts[i].gtree = fdt;
	plan_parts[i].gtree_size = fdt_totalsize(fdt);
}

static void plan_one(unsigned int i, const char *name, unsigned int vcpus)
{
	struct plan_part *p = &plan_parts[i];
	unsigned int n = 0;

	p->name = p->path = name;
	p->is_valid = true;
	p->irq_mode = PLAN_IRQ_VIRTUAL;
	p->cpu_count = (uint16_t)vcpus;
	p->cpus = plan_cpu_lists[i];
	plan_mems[i][n++] = (struct plan_mem){GPA(FAKE_GPA), hpa(HOST(i)), FAKE_MEM,
					      PLAN_MEM_W | PLAN_MEM_X, "/ram"};
	if (i == FAKE_A) {
		plan_mems[i][n++] =
		    (struct plan_mem){GPA(FAKE_RO), hpa(HOST_RO), PAGE_SIZE, 0, "/ro"};
	}
	if (i == FAKE_A || i == FAKE_B) {
		plan_mems[i][n++] = (struct plan_mem){GPA(FAKE_SHARED), hpa(HOST_SHARED), PAGE_SIZE,
						      PLAN_MEM_W | PLAN_MEM_SHARED, "/shared"};
	}
	p->mems = plan_mems[i];
	p->mem_count = (uint16_t)n;
	plan_images[i][0] = (struct plan_image){.role = PLAN_IMAGE_GUEST,
						.src = hpa(FAKE_IMAGES),
						.size = 4096,
						.dest = GPA(FAKE_GPA + 0x1000),
						.window = 0x10000,
						.name = "guest"};
	p->images = plan_images[i];
	p->image_count = 1;
	p->handles = plan_handles[i];
	p->handle_count = FAKE_HANDLES;
	p->virqs = plan_virqs;
	p->virq_count = V_COUNT;
	p->dtb_window = (struct range){FAKE_DTB, 0x2000};
	p->shutdown_virq = V_SHUTDOWN;
	p->guest_id = (uint16_t)(i + 1);
	p->wdog_action = PLAN_WDOG_RESET;
	plan_handle(i, FAKE_H_ERRQ, PLAN_H_ERROR_QUEUE, 0, 0);
	plan_gtree(i);
}

struct plan *fake_plan(void)
{
	struct plan *p = &the_fake;

	for (unsigned int i = 0; i < V_COUNT; i++) {
		plan_virqs[i].g_irq = FAKE_IRQ_AB_RX + i;
	}
	plan_one(FAKE_A, "a", 2);
	plan_one(FAKE_B, "b", 1);
	plan_one(FAKE_M, "m", 1);
	plan_one(FAKE_X, "x", 1);
	plan_handle(FAKE_A, FAKE_H_AB, PLAN_H_CHAN, C_AB, 0);
	plan_handle(FAKE_B, FAKE_H_AB, PLAN_H_CHAN, C_AB, 1);
	plan_handle(FAKE_A, FAKE_H_MUX, PLAN_H_CHAN, C_MUX, 0);
	plan_handle(FAKE_A, FAKE_H_UART, PLAN_H_CHAN, C_UART, 0);
	plan_handle(FAKE_B, FAKE_H_OVER, PLAN_H_CHAN, C_OVER, 0);
	plan_handle(FAKE_M, FAKE_H_CARRIER, PLAN_H_CHAN, C_CARRIER, 0);
	plan_handle(FAKE_A, FAKE_H_BELL, PLAN_H_SEND_DOORBELL, 0, 0);
	plan_handle(FAKE_A, FAKE_H_DMA, PLAN_H_DMA, FAKE_S_ALL, 0);
	plan_handle(FAKE_B, FAKE_H_DMA, PLAN_H_DMA, FAKE_S_ALL, 0);
	plan_handle(FAKE_M, 1, PLAN_H_PART, FAKE_A, 0);
	plan_handle(FAKE_M, 2, PLAN_H_PART, FAKE_B, 0);
	plan_handle(FAKE_M, FAKE_H_SHUT_A, PLAN_H_SHUTDOWN, FAKE_A, 0);
	plan_parts[FAKE_M].managed = plan_manages;
	plan_parts[FAKE_M].managed_count = ARRAY_SIZE(plan_manages);
	for (unsigned int i = 0; i < FAKE_CPUS; i++) {
		plan_cpus[i] =
		    (struct plan_cpu){.path = "/cpu", .hw_id = i, .start = PLAN_START_PSCI};
	}
	p->arch = ARCH_PLAN;
	p->cpus = plan_cpus;
	p->cpu_count = FAKE_CPUS;
	p->parts = plan_parts;
	p->part_count = FAKE_PARTS;
	p->chans = plan_chans;
	p->chan_count = ARRAY_SIZE(plan_chans);
	p->muxes = plan_muxes;
	p->mux_count = ARRAY_SIZE(plan_muxes);
	p->devs = plan_devs;
	p->dev_count = ARRAY_SIZE(plan_devs);
	p->regs = plan_regs;
	p->irqs = plan_irqs;
	p->irq_count = ARRAY_SIZE(plan_irqs);
	p->streams = plan_streams;
	p->stream_count = ARRAY_SIZE(plan_streams);
	p->windows = plan_windows;
	p->window_count = ARRAY_SIZE(plan_windows);
	p->doorbells = plan_bells;
	p->doorbell_count = ARRAY_SIZE(plan_bells);
	p->receivers = plan_receivers;
	p->hv_chan = C_HV;
	p->hv_chan_end = 0;
	return p;
}

void arch_hmem_ram(const struct tree *hw)
{
	(void)hw;
}
